/*
 * For tests with more sockets in an fd_set than 64
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_LARGE_SETS_H
#define TESTS_LARGE_SETS_H

#define FD_SETSIZE 1024
#include "sockets.h"

#ifdef __WINESRC__
/* Wine's headers don't heed what FD_SETSIZE was before them */
#undef FD_SETSIZE
#define FD_SETSIZE 1024

struct large_set
{
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
};

#define fd_set struct large_set
#define select( count, read, write, except, timeout )                                                                  \
    select( count, (void *)( read ), (void *)( write ), (void *)( except ), timeout )
#define __WSAFDIsSet( s, set ) __WSAFDIsSet( s, (void *)( set ) )
#endif

#endif /* TESTS_LARGE_SETS_H */
