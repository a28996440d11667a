/*
 * The providers that have been loaded
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Most processes have the base provider only, and all sockets are its own. Once an entry of the catalogue has led to
 * another (a layer), each of its sockets is noted; those that aren't are the base provider's.
 */

#ifndef WS2_32_PROVIDER_H
#define WS2_32_PROVIDER_H

#include "ws2_32.h"

/* ---- guarded_call.S */

/* Returns what func returns, or WSAEPROVIDERFAILEDINIT if it crashes. */
int guarded_call( int ( *func )( void *arg ), void *arg );

/* ---- provider_load.c */

/* 0 or the error that a first socket call returns (pages "WSAStartup function" and "socket function"). */
int provider_load( const WCHAR *path, const WSAPROTOCOL_INFOW *entry, WSPPROC_TABLE *result );

/* ---- layer.c */

struct layer
{
    struct layer *next;
    GUID provider;
    BOOL starting;
    WSPPROC_TABLE table;
};

extern volatile BOOL layers_active; /* a layer has been started */

struct layer *layer_add( const GUID *provider ); /* starting; NULL when out of memory */
struct layer *layer_find( const GUID *provider );
void layer_remove( struct layer *layer );
/* Each layer's WSPCleanup; none is known any more after it. */
void layers_cleanup( void );

/* The table of the layer that a socket belongs to, NULL for the base provider. */
const WSPPROC_TABLE *layer_of_socket( SOCKET s );
/* Notes whose a socket is; NULL: the base provider's. FALSE when out of memory. */
BOOL layer_set_socket( SOCKET s, const WSPPROC_TABLE *table );

#endif /* WS2_32_PROVIDER_H */
