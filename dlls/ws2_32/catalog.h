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

/* ---- catalog_chain.c */

/* Takes away the chains that lead nowhere: their sockets get what lies below. */
void catalog_drop_broken( struct catalog *catalog );

/* ---- category.c */

/* Takes away the layers that the program doesn't permit, and the chains through them. */
void category_filter( struct catalog *catalog );
/* The provider has been removed. */
void category_forget( enum catalog_kind kind, const GUID *provider );

/* ---- catalog_store.c */

/* Both need no more than catalog_free. NULL when out of memory. */
struct catalog *catalog_load( enum catalog_kind kind );
void catalog_free( struct catalog *catalog );

/* The item with that number, or NULL. */
const struct catalog_item *catalog_with_id( const struct catalog *catalog, DWORD id );
/* A number that no entry has, for a new one. */
DWORD catalog_new_id( struct catalog *catalog );

/* Calls change for one catalogue, or with both for both, and writes what it has left there, unless it returned an
 * error. Nothing changes if any returns one. Others, in any process, wait. Returns that error, WSA_NOT_ENOUGH_MEMORY or
 * WSANO_RECOVERY: the registry can't be written. */
int catalog_change( enum catalog_kind kind, BOOL both, int ( *change )( struct catalog *, enum catalog_kind, void * ),
                    void *arg );

/* The key of both catalogues, which the caller closes; NULL if it can't be had. The second doesn't make one. */
HKEY catalog_parameters( void );
HKEY catalog_parameters_there( void );
/* Changes with each change of a catalogue, as its last write. */
DWORD catalog_serial( void );
/* Changes that alone. Returns 0 or WSANO_RECOVERY. */
int catalog_touch( void );

/* ---- catalog_key.c: what the catalogues of transports and of name spaces share. Errors are the registry's. */

/* A change is many writes, and a reader must see all of them or none. A process that never lets go of it doesn't keep
 * others from their sockets: after a while they go on. */
HANDLE catalog_lock( void );
void catalog_unlock( HANDLE mutex );
/* FALSE: there is none of that type. size: in bytes, as RegQueryValueExW has it. */
BOOL catalog_value( HKEY key, const WCHAR *name, DWORD wanted, void *buffer, DWORD *size );
DWORD catalog_number( HKEY key, const WCHAR *name, DWORD otherwise );
LONG catalog_set_number( HKEY key, const WCHAR *name, DWORD value );
/* As the last write: those who watch the key see one change more. */
LONG catalog_count_change( HKEY key );
/* Calls read for each entry that is there, in order, limit at most, until it returns FALSE. */
void catalog_read_entries( HKEY key, enum catalog_kind kind, DWORD limit, BOOL ( *read )( HKEY entry, void *arg ),
                           void *arg );
/* Calls write for each of count entries, and deletes those behind them. */
LONG catalog_write_entries( HKEY key, enum catalog_kind kind, DWORD count,
                            LONG ( *write )( HKEY entry, const void *arg, DWORD index ), const void *arg );

#endif /* WS2_32_CATALOG_H */
