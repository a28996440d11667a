/*
 * Wine's headers of Windows, so that ws2_32's files for names can be compiled for the host: included before all else
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Compile with -fshort-wchar. libc's functions of the same names stay libc's.
 */

#ifndef WSURING_TESTS_UNIX_NAMES_WINDOWS_H
#define WSURING_TESTS_UNIX_NAMES_WINDOWS_H

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define freeaddrinfo     ws_freeaddrinfo
#define getaddrinfo      ws_getaddrinfo
#define gethostbyaddr    ws_gethostbyaddr
#define gethostbyname    ws_gethostbyname
#define gethostname      ws_gethostname
#define getnameinfo      ws_getnameinfo
#define getprotobyname   ws_getprotobyname
#define getprotobynumber ws_getprotobynumber
#define getservbyname    ws_getservbyname
#define getservbyport    ws_getservbyport
#define htonl            ws_htonl
#define htons            ws_htons
#define inet_ntoa        ws_inet_ntoa
#define inet_pton        ws_inet_pton
#define ntohl            ws_ntohl
#define ntohs            ws_ntohs

#define _WIN32_WINNT 0x0a00
#define WINSOCK_API_LINKAGE
#define WIN32_NO_STATUS
/* Wine's headers have other types of these */
#define inet_addr headers_inet_addr
#define inet_ntop headers_inet_ntop
#define InetNtopW headers_InetNtopW
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#undef inet_addr
#undef inet_ntop
#undef InetNtopW
#define inet_addr ws_inet_addr
#define inet_ntop ws_inet_ntop

/* and lack these */
#ifndef GAA_FLAG_INCLUDE_GATEWAYS
#define GAA_FLAG_INCLUDE_GATEWAYS 0x80
#endif
#ifndef AI_FQDN
#define AI_FQDN       0x00020000
#define AI_FILESERVER 0x00040000
#endif
#ifndef AI_FORCE_CLEAR_TEXT
#define AI_FORCE_CLEAR_TEXT     0x00000020
#define AI_BYPASS_DNS_CACHE     0x00000040
#define AI_SECURE_WITH_FALLBACK 0x00100000
#define AI_RESOLUTION_HANDLE    0x40000000
#define AI_EXTENDED             ( (int)0x80000000 )
#endif

/* of 16-bit characters */
extern size_t ws_wcsnlen( const WCHAR *str, size_t max );
#define wcsnlen ws_wcsnlen

/* The contents of every file that is read: hosts, services and protocols alike. Must not change during a call. */
extern const char *host_file;
extern size_t host_file_size;
extern void host_file_changed( void );

/* as mingw-w64 has them */
extern LONG WINAPI RtlIpv4StringToAddressA( const char *str, BOOLEAN strict, char **end, struct in_addr *addr );
extern LONG WINAPI RtlIpv4StringToAddressW( const WCHAR *str, BOOLEAN strict, WCHAR **end, struct in_addr *addr );
extern LONG WINAPI RtlIpv4StringToAddressExW( const WCHAR *str, BOOLEAN strict, struct in_addr *addr, USHORT *port );
extern LONG WINAPI RtlIpv6StringToAddressExA( const char *str, struct in6_addr *addr, ULONG *scope, USHORT *port );
extern LONG WINAPI RtlIpv6StringToAddressExW( const WCHAR *str, struct in6_addr *addr, ULONG *scope, USHORT *port );
extern char *WINAPI RtlIpv4AddressToStringA( const struct in_addr *addr, char *str );
extern WCHAR *WINAPI RtlIpv4AddressToStringW( const struct in_addr *addr, WCHAR *str );
extern LONG WINAPI RtlIpv4AddressToStringExW( const struct in_addr *addr, USHORT port, WCHAR *str, ULONG *len );
extern char *WINAPI RtlIpv6AddressToStringA( const struct in6_addr *addr, char *str );
extern WCHAR *WINAPI RtlIpv6AddressToStringW( const struct in6_addr *addr, WCHAR *str );
extern LONG WINAPI RtlIpv6AddressToStringExA( const struct in6_addr *addr, ULONG scope, USHORT port, char *str,
                                              ULONG *len );
extern LONG WINAPI RtlIpv6AddressToStringExW( const struct in6_addr *addr, ULONG scope, USHORT port, WCHAR *str,
                                              ULONG *len );

extern unsigned long WINAPI inet_addr( const char *str );
extern const char *WINAPI inet_ntop( int family, const void *src, char *dst, size_t size );
extern const WCHAR *WINAPI InetNtopW( int family, const void *src, WCHAR *dst, size_t size );

#endif /* WSURING_TESTS_UNIX_NAMES_WINDOWS_H */
