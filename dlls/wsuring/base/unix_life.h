/*
 * Memory that both sides know: which handle values have been closed, and the events of pending operations
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part of unixlib.h, whose rules hold here too.
 */

#ifndef WSURING_UNIX_LIFE_H
#define WSURING_UNIX_LIFE_H

#include <stdint.h>

/* One word for each handle value (handle / 4), written by unix/handle_life.c before and after every request of the
 * process that closes the handle, by any thread. The provider sets LIFE_VALID when it enters a handle into one of
 * its tables; a close takes it away, and puts it back if it failed. */
#if UINTPTR_MAX == 0xffffffff
#define LIFE_HANDLES LIFE_HANDLES_32
#else
#define LIFE_HANDLES 0x1000000
#endif
#define LIFE_HANDLES_32  0x200000   /* 8 MB of the 2 GB that a 32-bit program has */
#define LIFE_VALID       0x00000001 /* not closed since */
#define LIFE_PROTECTED   0x00000002 /* HANDLE_FLAG_PROTECT_FROM_CLOSE */
#define LIFE_CLOSING_ONE 0x00000004 /* closes under way, six bits */
#define LIFE_CLOSING     0x000000fc
#define LIFE_HELD        0x00000100 /* an event's, and an operation is to set it (or was, if none is counted) */
#define LIFE_ONE         0x00000200 /* counts, so that a word that has changed is never the same again */

/* Events that operations are to set. A close of the handle of one leaves a duplicate here first, since the operation
 * has the object and not the handle. Places are by handle / 4; a record may be in the next ones, too. */
#define HELD_PLACES 4096
#define HELD_NEAR   8
struct held_events
{
    uint32_t counts[HELD_PLACES];  /* operations */
    uint32_t setting[HELD_PLACES]; /* threads that are setting one by its handle, for which a close waits */
    uint32_t closed_count;
    uint32_t pad;
    uint64_t closed[HELD_PLACES]; /* the handle, and below it the duplicate, 0 if there couldn't be one; 0 for none */
};

#endif /* WSURING_UNIX_LIFE_H */
