/*
 * What a thread holds: see lock.h
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/provider.h"

DWORD lock_slot;

void lock_init( void )
{
    DWORD first = TlsAlloc(), slot = first ? first : TlsAlloc();

    if (!first) TlsFree( first );
    if (slot < ARRAY_SIZE( current_teb()->TlsSlots )) lock_slot = slot;
    else if (slot != TLS_OUT_OF_INDEXES) TlsFree( slot );
}

BOOL lock_held_by( const TEB *teb )
{
    ULONG_PTR held;

    /* it may be terminated at any time */
    return lock_slot && guarded_copy( &held, &teb->TlsSlots[lock_slot], sizeof( held ) ) && held;
}
