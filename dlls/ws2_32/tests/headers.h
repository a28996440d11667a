/*
 * What Wine's headers (8.0, 10.0) lack for tests that are built in Wine's tree (tools/into-tree), or have otherwise
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_HEADERS_H
#define TESTS_HEADERS_H

#ifdef __WINESRC__

#include "wsuring_winsock.h"

#ifndef LUP_NEAREST
#define LUP_NEAREST 0x00000008
#endif
#ifndef LUP_FLUSHCACHE
#define LUP_FLUSHCACHE 0x00001000
#endif
#ifndef SIO_NSP_NOTIFY_CHANGE
#define SIO_NSP_NOTIFY_CHANGE 0x88000019
#endif
#ifndef SERVICETYPE_GUARANTEED
#define SERVICETYPE_GUARANTEED 0x00000003
#endif
#ifndef WSA_CMSG_SPACE
#define WSA_CMSG_SPACE( length ) WSA_CMSG_ALIGN( sizeof( WSACMSGHDR ) + WSA_CMSG_ALIGN( length ) )
#endif

typedef enum
{
    MCAST_INCLUDE,
    MCAST_EXCLUDE
} MULTICAST_MODE_TYPE;

typedef struct group_req
{
    ULONG gr_interface;
    SOCKADDR_STORAGE gr_group;
} GROUP_REQ;

typedef struct group_source_req
{
    ULONG gsr_interface;
    SOCKADDR_STORAGE gsr_group;
    SOCKADDR_STORAGE gsr_source;
} GROUP_SOURCE_REQ;

typedef struct group_filter
{
    ULONG gf_interface;
    SOCKADDR_STORAGE gf_group;
    MULTICAST_MODE_TYPE gf_fmode;
    ULONG gf_numsrc;
    SOCKADDR_STORAGE gf_slist[1];
} GROUP_FILTER;

BOOL WINAPI GetProcessHandleCount( HANDLE process, DWORD *count );
BOOL WINAPI WSAConnectByList( SOCKET s, SOCKET_ADDRESS_LIST *list, DWORD *local_len, struct sockaddr *local,
                              DWORD *remote_len, struct sockaddr *remote, const struct timeval *timeout,
                              WSAOVERLAPPED *reserved );
BOOL WINAPI WSAConnectByNameA( SOCKET s, const char *node, const char *service, DWORD *local_len,
                               struct sockaddr *local, DWORD *remote_len, struct sockaddr *remote,
                               const struct timeval *timeout, WSAOVERLAPPED *reserved );
BOOL WINAPI WSAConnectByNameW( SOCKET s, const WCHAR *node, const WCHAR *service, DWORD *local_len,
                               struct sockaddr *local, DWORD *remote_len, struct sockaddr *remote,
                               const struct timeval *timeout, WSAOVERLAPPED *reserved );
int WINAPI WPUCompleteOverlappedRequest( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD count, int *err );
int WINAPI WSASendMsg( SOCKET s, WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine );
const WCHAR *WINAPI InetNtopW( int family, const void *src, WCHAR *dst, size_t size );
const char *WINAPI inet_ntop( int family, const void *src, char *dst, size_t size );

#else

#define SELECT_TIMEVAL const PTIMEVAL

#endif /* __WINESRC__ */

#endif /* TESTS_HEADERS_H */
