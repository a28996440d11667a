/*
 * Results of the classic functions, moved to another place
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "resolve.h"

static void rebase( char **ptr, ptrdiff_t delta )
{
    if (*ptr) *ptr += delta;
}

static void rebase_list( char ***list, ptrdiff_t delta )
{
    char **ptr;

    for (ptr = *list; *ptr; ptr++) *ptr += delta;
    *list = (char **)( (char *)*list + delta );
}

void hostent_rebase( struct hostent *host, UINT_PTR target )
{
    ptrdiff_t delta = target - (UINT_PTR)host;

    rebase( &host->h_name, delta );
    rebase_list( &host->h_aliases, delta );
    rebase_list( &host->h_addr_list, delta );
}

void service_rebase( struct servent *serv, UINT_PTR target )
{
    ptrdiff_t delta = target - (UINT_PTR)serv;

    rebase( &serv->s_name, delta );
    rebase( &serv->s_proto, delta );
    rebase_list( &serv->s_aliases, delta );
}

void protocol_rebase( struct protoent *proto, UINT_PTR target )
{
    ptrdiff_t delta = target - (UINT_PTR)proto;

    rebase( &proto->p_name, delta );
    rebase_list( &proto->p_aliases, delta );
}
