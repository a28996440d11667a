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
    DWORD starter; /* the thread that starts it; 0 if it is ready */
    WSPPROC_TABLE table;
};

extern volatile BOOL layers_active; /* a layer has been started */

struct layer *layer_find( const GUID *provider ); /* that is ready, or NULL */
/* One that is ready, or that the caller is to start, and end with layer_started or layer_failed. Waits while another
 * thread starts it, unless that could wait for this one. Returns 0, WSA_NOT_ENOUGH_MEMORY, or WSAEPROVIDERFAILEDINIT:
 * it is in the layer's own WSPStartup. */
int layer_begin( const GUID *provider, struct layer **result );
/* The one to use: not this one if another thread was faster, whose WSPStartup needs its WSPCleanup then. */
struct layer *layer_started( struct layer *layer, const WSPPROC_TABLE *table );
void layer_failed( struct layer *layer );
/* Each layer's WSPCleanup; none is known any more after it. */
void layers_cleanup( void );

/* The table of the layer that a socket belongs to, NULL for the base provider. */
const WSPPROC_TABLE *layer_of_socket( SOCKET s );
/* Notes whose a socket is; NULL: the base provider's. FALSE when out of memory. */
BOOL layer_set_socket( SOCKET s, const WSPPROC_TABLE *table );

#endif /* WS2_32_PROVIDER_H */
