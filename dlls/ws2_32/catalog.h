/*
 * The catalogue of transport providers
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * It is kept in the prefix's registry, in the place and form that Windows has: Protocol_Catalog9 below
 * Services\WinSock2\Parameters, one key for each entry. The entries of the base provider are always there, whatever
 * the registry says. There is one for 64-bit and one for 32-bit programs.
 */

#ifndef WS2_32_CATALOG_H
#define WS2_32_CATALOG_H

#include "ws2_32.h"

#define CATALOG_MAX 512 /* entries; more aren't read, nor written */

/* An entry as the registry has it (value PackedCatalogItem). The path may have environment variables. */
struct catalog_item
{
    char path[MAX_PATH];
    WSAPROTOCOL_INFOW info;
};
C_ASSERT( sizeof( struct catalog_item ) == 888 );

enum catalog_kind
{
    CATALOG_64,
    CATALOG_32,
    CATALOG_OWN = sizeof( void * ) == 8 ? CATALOG_64 : CATALOG_32
};

struct catalog
{
    DWORD count;
    DWORD next_id;
    struct catalog_item items[CATALOG_MAX];
};

/* ---- catalog_base.c */

/* The base provider's entries; NULL after the last. */
const WSAPROTOCOL_INFOW *catalog_base_entry( DWORD index );
BOOL catalog_is_base( const GUID *provider );
/* Does a program see this entry in WSAEnumProtocols? */
BOOL catalog_is_visible( const WSAPROTOCOL_INFOW *info );

/* ---- catalog.c */

/* The catalogue as it was when the process first needed it: applications don't see later changes
 * ("WSCInstallProvider function", remarks). NULL when out of memory. */
const struct catalog *catalog_of_process( void );

/* ---- catalog_store.c */

/* Both need no more than catalog_free. NULL when out of memory. */
struct catalog *catalog_load( enum catalog_kind kind );
void catalog_free( struct catalog *catalog );

/* Calls change for one catalogue, or with both for both, and writes what it has left there, unless it returned an
 * error. Nothing changes if any returns one. Others, in any process, wait. Returns that error, WSA_NOT_ENOUGH_MEMORY or
 * WSANO_RECOVERY: the registry can't be written. */
int catalog_change( enum catalog_kind kind, BOOL both, int ( *change )( struct catalog *, enum catalog_kind, void * ),
                    void *arg );

/* The key of both catalogues, which the caller closes; NULL if it can't be had. The second doesn't make one. */
HKEY catalog_parameters( void );
HKEY catalog_parameters_there( void );
/* A change is many writes, and a reader must see all of them or none. A process that never lets go of it doesn't keep
 * others from their sockets: after a while they go on. */
HANDLE catalog_lock( void );
void catalog_unlock( HANDLE mutex );
/* Entries are named by their position: 000000000001, with twelve digits. */
void catalog_entry_name( WCHAR name[13], DWORD position );
/* Changes with each change of a catalogue, as its last write. */
DWORD catalog_serial( void );
/* Changes that alone. Returns 0 or WSANO_RECOVERY. */
int catalog_touch( void );

#endif /* WS2_32_CATALOG_H */
