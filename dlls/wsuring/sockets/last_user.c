/*
 * Which queue an OVERLAPPED was given to last
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether an operation still pends in the server is read from its OVERLAPPED, which a program uses again: servers give
 * that of an AcceptEx to the next one, which then pends for as long as no client comes. The accepted socket mustn't
 * take that for its own operation, or the server would serve it for ever. An OVERLAPPED can't be used again before its
 * operation has ended, so the last user decides. What is forgotten here costs time only.
 */

#include "base/provider.h"
#include "sockets/last_user.h"

static struct last_user
{
    const volatile void *volatile overlapped;
    const struct queue *queue; /* NULL: none of AFD's */
} users[1024];

static SRWLOCK lock = SRWLOCK_INIT;

static struct last_user *last_user_of( const volatile void *overlapped )
{
    UINT_PTR hash = (UINT_PTR)overlapped >> 3;

    return users + ( ( hash ^ hash >> 10 ^ hash >> 20 ) & ( ARRAY_SIZE( users ) - 1 ) );
}

void last_user_enter( struct queue *queue, const volatile void *overlapped )
{
    struct last_user *user = last_user_of( overlapped );

    lock_acquire( &lock );
    user->overlapped = overlapped;
    user->queue = queue;
    lock_release( &lock );
}

void last_user_leave( const volatile void *overlapped )
{
    struct last_user *user = last_user_of( overlapped );

    if (user->overlapped != overlapped) return;
    lock_acquire( &lock );
    if (user->overlapped == overlapped) user->queue = NULL;
    lock_release( &lock );
}

BOOL last_user_is_other( const struct queue *queue, const volatile void *overlapped )
{
    const struct last_user *user = last_user_of( overlapped );
    BOOL other;

    lock_acquire_shared( &lock );
    other = user->overlapped == overlapped && user->queue != queue;
    lock_release_shared( &lock );
    return other;
}
