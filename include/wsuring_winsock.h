/*
 * Winsock's headers for modules that define what these declare
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The modules are compiled with mingw-w64's headers, and inside Wine's tree (tools/into-tree) with Wine's, where
 * __WINESRC__ is defined. All that differs between them is here, in wsuring_spi.h and in wsuring_sdk.h.
 */

#ifndef WSURING_WINSOCK_H
#define WSURING_WINSOCK_H

/* Wine's headers give these other types than Microsoft's pages, or than mingw-w64's. */
#ifdef __WINESRC__
#define InetNtopW         sdk_InetNtopW
#define WSAConnectByNameA sdk_WSAConnectByNameA
#define WSAConnectByNameW sdk_WSAConnectByNameW
#define inet_ntop         sdk_inet_ntop
#endif

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>

#ifdef __WINESRC__
#undef InetNtopW
#undef WSAConnectByNameA
#undef WSAConnectByNameW
#undef inet_ntop
#endif

#include <windows.h>
#ifdef __WINESRC__
#include <winternl.h>
/* mingw-w64 has these in mstcpip.h */
#include <ip2string.h>
#endif

#ifdef __WINESRC__
#define SELECT_TIMEVAL       const struct timeval *
#define SDK_TEXT_END( type ) const type *
#ifdef htonl /* by Wine 8.0 */
#undef htonl
#undef htons
#undef ntohl
#undef ntohs
u_long WINAPI htonl( u_long value );
u_short WINAPI htons( u_short value );
u_long WINAPI ntohl( u_long value );
u_short WINAPI ntohs( u_short value );
#endif
#else
#define SELECT_TIMEVAL       const PTIMEVAL
#define SDK_TEXT_END( type ) type *
#endif

#include "wsuring_sdk.h"
#include "wsuring_spi.h"

#endif /* WSURING_WINSOCK_H */
