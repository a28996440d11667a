/*
 * Which queue an OVERLAPPED was given to last
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_LAST_USER_H
#define WSURING_LAST_USER_H

struct queue;

/* AFD gets it for an operation of this queue. */
void last_user_enter( struct queue *queue, const volatile void *overlapped );
/* The provider's own operation uses it: only noted if AFD has had it. To be called before it looks pending. */
void last_user_leave( const volatile void *overlapped );
/* Has it been used for another queue since? Then the operation of this one is over. FALSE if that isn't known. */
BOOL last_user_is_other( const struct queue *queue, const volatile void *overlapped );

#endif /* WSURING_LAST_USER_H */
