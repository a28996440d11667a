/*
 * Name space providers: their catalogue, and those that are installed beside DNS
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The catalogue is kept in the prefix's registry, in the place and form that Windows has: NameSpace_Catalog5 below
 * Services\WinSock2\Parameters. "Tcpip" (DNS) is always in it, active, and served by this module itself.
 */

#ifndef WS2_32_NAME_SPACE_H
#define WS2_32_NAME_SPACE_H

#include "query_set.h"
#include "catalog.h"
#include "wsuring_spi.h"

#define NAME_SPACES_MAX     64   /* entries; more aren't read, nor written */
#define NAME_SPACE_BLOB_MAX 4096 /* bytes of a provider's own data */

struct name_space
{
    GUID provider;
    DWORD number; /* NS_DNS and the like */
    DWORD version;
    BOOL active;
    WCHAR name[256];
    WCHAR path[MAX_PATH]; /* may have environment variables; none: the base provider */
    DWORD blob_size;
    BYTE blob[1];
};

struct name_spaces
{
    DWORD count;
    struct name_space *items[NAME_SPACES_MAX];
};

/* ---- name_space_store.c */

/* Never without the base provider. NULL when out of memory. */
struct name_spaces *name_spaces_load( enum catalog_kind kind );
void name_spaces_free( struct name_spaces *spaces );
/* As it was when the process first needed it: applications don't see later changes ("WSCInstallNameSpace function",
 * remarks). NULL when out of memory. */
const struct name_spaces *name_spaces_of_process( void );

/* Room for blob_size bytes of the provider's own data. NULL when out of memory. */
struct name_space *name_space_alloc( DWORD blob_size );
/* Calls change, and writes what it has left there, unless it returned an error. Others, in any process, wait. Returns
 * that error, WSA_NOT_ENOUGH_MEMORY or WSANO_RECOVERY: the registry can't be written. */
int name_spaces_change( enum catalog_kind kind, int ( *change )( struct name_spaces *, void * ), void *arg );

static inline BOOL name_space_is_base( const struct name_space *space )
{
    return IsEqualGUID( &space->provider, &dns_provider );
}

/* ---- name_space.c */

struct name_space_choice
{
    DWORD count;
    const struct name_space *items[NAME_SPACES_MAX];
};

/* The active providers that a query is for, in the catalogue's order: one by its identifier, else all of the name
 * space, or with NS_ALL all. TRUE if any is another than the base provider. */
BOOL name_space_choose( DWORD name_space, const GUID *provider, struct name_space_choice *choice );
const struct name_space *name_space_of_provider( const GUID *provider ); /* NULL: there is none */
/* All that is known of a class for a name space, in one block of memory that the caller frees: what its provider says,
 * or else the registry. NULL if there is no such class. (service_class_info.c) */
WSASERVICECLASSINFOW *service_class_describe( const GUID *class_id, const struct name_space *space );
BOOL name_spaces_installed( void ); /* are there others than the base provider? */

/* ---- name_space_load.c */

/* Begins a call into a provider, which is loaded and started at first use. Returns 0 or WSAEPROVIDERFAILEDINIT: there
 * is no such DLL, its NSPStartup has failed, or is what asks; WSAEINVALIDPROCTABLE; WSASYSNOTREADY;
 * WSASERVICE_NOT_FOUND: it asks itself, over and over. */
int name_space_enter( const struct name_space *space, const NSP_ROUTINE **routines );
void name_space_leave( const struct name_space *space );
/* What a provider's function has left as its error, which isn't 0. */
int name_space_error( void );
void name_spaces_cleanup( void ); /* each one's NSPCleanup, at the last WSACleanup */

/* ---- advertised.c: providers of version 2 that the process has advertised */

struct advertised;

/* One call of one of its functions. */
struct advertised_call
{
    struct advertised_call *next;
    struct advertised *instance; /* NULL: none is advertised */
    const NSPV2_ROUTINE *routines;
    GUID provider;
    void *session;
    DWORD thread;
    HANDLE handle; /* for WSAProviderCompleteAsyncCall */
    BOOL completed;
    int error;
};

BOOL advertised_is( const GUID *provider );
/* Begins a call, if the provider is advertised. Returns 0, what its NSPv2Startup said, WSAEPROVIDERFAILEDINIT: it is
 * that which asks; WSASERVICE_NOT_FOUND: it asks itself, over and over. The second: for a lookup that has begun;
 * WSASERVICE_NOT_FOUND: it isn't advertised any more. */
int advertised_enter( const GUID *provider, struct advertised_call *call );
int advertised_enter_again( struct advertised *instance, struct advertised_call *call );
/* The error of what the function has returned; waits for its completion. */
int advertised_result( struct advertised_call *call, int ret );
void advertised_leave( struct advertised_call *call );
struct advertised *advertised_hold( const struct advertised_call *call );
void advertised_release( struct advertised *instance );
void advertised_cleanup( void ); /* ends all, at the last WSACleanup */

/* ---- space_call.c: a provider of either version. All return 0 or the error. */

struct space_handle
{
    HANDLE handle;
    struct advertised *instance; /* NULL: version 1 */
};

/* A lookup that has begun is ended, and then freed when nobody uses it any more. */
int space_call_begin( const struct name_space *space, WSAQUERYSETW *set, WSASERVICECLASSINFOW *class_info, DWORD flags,
                      struct space_handle *handle );
int space_call_next( const struct name_space *space, const struct space_handle *handle, DWORD flags, DWORD *size,
                     WSAQUERYSETW *results );
void space_call_end( const struct name_space *space, const struct space_handle *handle );
int space_call_set( const struct name_space *space, WSASERVICECLASSINFOW *class_info, WSAQUERYSETW *set,
                    WSAESETSERVICEOP operation, DWORD flags );

static inline void space_call_free( const struct space_handle *handle )
{
    advertised_release( handle->instance );
}

/* ---- space_class.c */

/* Tell all active providers of a class, which is in the registry, or of one that was. */
void space_class_install( WSASERVICECLASSINFOW *info );
void space_class_remove( const GUID *id );
/* What a provider says of a class, in memory that the caller frees, which may refer to *id. Returns 0 or its error;
 * WSAEOPNOTSUPP: it has no such function. */
int space_class_info( const struct name_space *space, const GUID *id, WSASERVICECLASSINFOW **info );

/* ---- service_register.c */

/* Asks all providers but the base. It is done if any has done it. Returns 0, WSASERVICE_NOT_FOUND without any, or the
 * first error. */
int service_register_others( DWORD name_space, const GUID *provider, WSAQUERYSETW *set, WSAESETSERVICEOP operation,
                             DWORD flags );

/* ---- query_convert.c */

/* A copy of the program's set in Unicode, in one block of memory; what isn't a string remains in the program's own.
 * Returns 0, WSAEFAULT or WSA_NOT_ENOUGH_MEMORY. */
int query_to_unicode( const void *set, BOOL unicode, WSAQUERYSETW **copy );
/* The bytes that the set needs in the ANSI form, which is written if size is enough. */
SIZE_T query_to_ansi( const WSAQUERYSETW *set, void *out, SIZE_T size );

#endif /* WS2_32_NAME_SPACE_H */
