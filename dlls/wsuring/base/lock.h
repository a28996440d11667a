/*
 * Locks whose holders aren't stopped
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A program may suspend or terminate a thread that calls Winsock or waits for a port. In the wineserver that stops no
 * other thread. So each thread counts what it holds or waits for, and hooks/suspend.c stops it when it holds nothing.
 */

#ifndef WSURING_LOCK_H
#define WSURING_LOCK_H

#include "base/ntdll.h"

extern DWORD lock_slot; /* of TlsSlots, where the count is; 0 before lock_init, which is another's */

/* Before the first lock is taken. */
void lock_init( void );

/* Does the thread with this TEB hold anything? It doesn't run meanwhile. */
BOOL lock_held_by( const TEB *teb );

static inline void lock_count( LONG change )
{
#ifdef _WIN32 /* builds for the host (tests/unix) have no such slots */
    if (lock_slot) *(volatile ULONG_PTR *)&current_teb()->TlsSlots[lock_slot] += (LONG_PTR)change;
#else
    (void)change;
#endif
}

/* Around what mustn't be left half done: memory of the heap, for example. */
static inline void lock_enter( void )
{
    lock_count( 1 );
}

static inline void lock_leave( void )
{
    lock_count( -1 );
}

static inline void lock_acquire( SRWLOCK *lock )
{
    lock_enter();
    AcquireSRWLockExclusive( lock );
}

static inline void lock_release( SRWLOCK *lock )
{
    ReleaseSRWLockExclusive( lock );
    lock_leave();
}

static inline void lock_acquire_shared( SRWLOCK *lock )
{
    lock_enter();
    AcquireSRWLockShared( lock );
}

static inline void lock_release_shared( SRWLOCK *lock )
{
    ReleaseSRWLockShared( lock );
    lock_leave();
}

#endif /* WSURING_LOCK_H */
