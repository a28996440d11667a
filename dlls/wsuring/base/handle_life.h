/*
 * Is a handle still what it was when it was entered?
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The LIFE_* words of unixlib.h: a table that is looked up by handle value checks here that an entry is still valid.
 * It costs one read of memory and sees every close, also those past kernelbase and by other processes.
 */

#ifndef WSURING_HANDLE_LIFE_H
#define WSURING_HANDLE_LIFE_H

#include "base/provider.h"

extern volatile LONG *handle_life; /* NULL in the tier afd */
extern struct held_events held_events;

/* NULL if nothing is known about the handle value. */
static inline volatile LONG *handle_life_word( HANDLE handle )
{
    ULONG_PTR value = (ULONG_PTR)handle;

    return !handle_life || value / 4 >= LIFE_HANDLES ? NULL : handle_life + value / 4;
}

/* To be called while the handle is known to be open, before anybody can look it up. */
static inline void handle_life_enter( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );

    if (word) InterlockedOr( word, LIFE_VALID );
}

/* The same for one whose word was `seen' before it was compared. FALSE: it has been closed since, or
 * there is no word. */
static inline BOOL handle_life_confirm( HANDLE handle, LONG seen )
{
    volatile LONG *word = handle_life_word( handle );

    return word && InterlockedCompareExchange( word, seen | LIFE_VALID, seen ) == seen;
}

/* The next close is of no interest. */
static inline void handle_life_leave( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );

    if (word) InterlockedAnd( word, ~LIFE_VALID );
}

/* FALSE: it has been closed since it was entered, or is being closed. */
static inline BOOL handle_is_valid( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );

    return !word || *word & LIFE_VALID;
}

/* A close is under way, which may fail yet. */
static inline BOOL handle_is_closing( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );

    return word && *word & LIFE_CLOSING;
}

/* For tables that can't clear each other's entries: noted with an entry, and compared before it is used. */
static inline LONG handle_life_stamp( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );

    return word ? *word & ~( LIFE_ONE - 1 ) : 0;
}

/* The stamp of a word that has been `seen', after one more close or none. */
static inline LONG handle_life_closed( LONG seen, BOOL closed )
{
    return ( (ULONG)seen & ~( LIFE_ONE - 1 ) ) + ( closed ? 2 * LIFE_ONE : 0 );
}

/* A close of it would fail. */
static inline BOOL handle_is_protected( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );

    return word && *word & LIFE_PROTECTED;
}

#endif /* WSURING_HANDLE_LIFE_H */
