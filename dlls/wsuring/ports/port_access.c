/*
 * Handles of ports that don't have all rights
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A served port's packets are posted and taken without the wineserver, which would refuse such a handle. Few programs
 * have any, so only these are noted.
 */

#include "ports/port.h"
#include "base/handle_life.h"
#include "base/handle_table.h"

#define ACCESS_NOTED 4 /* so that an entry is never 0 */

static struct handle_table table;   /* PORT_NO_* and handle_life_stamp, by handle */
static SRWLOCK lock = SRWLOCK_INIT; /* for writers */
static volatile BOOL in_use;

UINT port_access_lacks( ACCESS_MASK access )
{
    UINT lacks = 0;

    if (access & ( GENERIC_ALL | MAXIMUM_ALLOWED )) return 0;
    if (!( access & ( IO_COMPLETION_MODIFY_STATE | GENERIC_WRITE ) )) lacks |= PORT_NO_MODIFY;
    if (!( access & ( SYNCHRONIZE | GENERIC_EXECUTE ) )) lacks |= PORT_NO_WAIT;
    return lacks;
}

void port_note_lacks( HANDLE handle, UINT lacks )
{
    ULONG_PTR value = (ULONG)handle_life_stamp( handle ) | ACCESS_NOTED | lacks;
    void *volatile *entry;

    if (!lacks && !in_use) return;
    lock_acquire( &lock );
    if (( entry = handle_entry( &table, handle, lacks != 0 ) )) *entry = lacks ? (void *)value : NULL;
    if (lacks) in_use = TRUE;
    lock_release( &lock );
}

UINT port_handle_lacks( HANDLE handle )
{
    void *volatile *entry;
    ULONG value;

    if (!in_use || !( entry = handle_entry( &table, handle, FALSE ) ) || !( value = (ULONG)(ULONG_PTR)*entry ))
        return 0;
    if (( value & ~(ULONG)( LIFE_ONE - 1 ) ) != (ULONG)handle_life_stamp( handle )) return 0; /* of one before it */
    return value & ( PORT_NO_MODIFY | PORT_NO_WAIT );
}
