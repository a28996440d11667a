/*
 * What differs between releases of Wine
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <string.h>

#include "wine_version.h"

/* wine-interfaces 5.2. Add a release when its codes are known from its protocol header or by experiment. The
 * self-check in post.c still decides. */
static const struct wine_version versions[] = {
    { .name = "8.0", .add_fd_completion = 254 },
    { .name = "10.0", .add_fd_completion = 267 },
};

const struct wine_version *wine_version_find( const char *name )
{
    size_t i;

    for (i = 0; i < sizeof( versions ) / sizeof( versions[0] ); i++)
        if (!strcmp( versions[i].name, name )) return &versions[i];
    return NULL;
}
