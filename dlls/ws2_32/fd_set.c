/*
 * Sets of sockets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

int WINAPI __WSAFDIsSet( SOCKET s, fd_set *set )
{
    u_int i;

    for (i = 0; i < set->fd_count; i++)
        if (set->fd_array[i] == s) return 1;
    return 0;
}
