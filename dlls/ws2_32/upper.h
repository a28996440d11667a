/*
 * Handles that a layer answers for
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WS2_32_UPPER_H
#define WS2_32_UPPER_H

#include "ws2_32.h"
#include "../wsuring/base/upper.h"

#define UPPER_SERVICE L"System\\CurrentControlSet\\Services\\WS2IFSL" /* Windows' driver for them */

/* What is needed of files above: the base provider, and the calling thread. At WSAStartup. */
void upper_init( const WSPPROC_TABLE *( *base )( int *err ), WSATHREADID *( *thread )(void));

BOOL upper_is_allowed( void ); /* that driver isn't disabled */

extern volatile BOOL upper_used; /* there has been one */

BOOL upper_is_one( SOCKET s );
BOOL upper_find( SOCKET s, DWORD_PTR *context ); /* FALSE: it is another handle */

/* INVALID_SOCKET and WSAENOBUFS. Whose it is, the caller notes. */
SOCKET upper_create( DWORD_PTR context, int *err );
/* 0, or WSAENOTSOCK for another handle. */
int upper_destroy( SOCKET s );
/* Reports the end of an operation by event or port. 0, or WSAEINVAL for another handle. */
int upper_complete( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes );
void uppers_cleanup( void );

#endif /* WS2_32_UPPER_H */
