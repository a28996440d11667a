/*
 * What differs between releases of Wine
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_UNIX_WINE_VERSION_H
#define WSURING_UNIX_WINE_VERSION_H

#include <stdint.h>

struct wine_version
{
    char name[16];              /* as wine_get_version() returns it */
    uint32_t add_fd_completion; /* request code */
};

#pragma GCC visibility push( hidden )

/* NULL for an unknown Wine. Only an exact match counts, because request codes change with every release. */
const struct wine_version *wine_version_find( const char *name );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_WINE_VERSION_H */
