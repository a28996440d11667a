/*
 * Reports whether programs in this prefix use wsuring, for wsuring-setup status
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Prints one line, words of the form NAME=VALUE: the provider's status (wsuring_status, a private export of
 * wsuring.dll), or `engine=none' if ws2_32.dll doesn't use wsuring. Further lines say what of Wine is missing.
 * `failed=STEP error=N' names the Winsock call that failed. Exit code 0 if wsuring serves sockets.
 */

#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>

/* A datagram to ourselves: the data path is alive. Returns the step that failed, or NULL. */
static const char *try_datagram( SOCKET s )
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    int len = sizeof( addr );
    DWORD timeout = 2000;
    char data = 'w';

    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    if (setsockopt( s, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof( timeout ) )) return "setsockopt";
    if (bind( s, (struct sockaddr *)&addr, sizeof( addr ) )) return "bind";
    if (getsockname( s, (struct sockaddr *)&addr, &len )) return "getsockname";
    if (sendto( s, &data, 1, 0, (struct sockaddr *)&addr, len ) != 1) return "sendto";
    data = 0;
    if (recv( s, &data, 1, 0 ) != 1 || data != 'w') return "recv";
    return NULL;
}

/* Starts Winsock and moves a byte. Returns the step that failed, or NULL. */
static const char *try_sockets( void )
{
    const char *failed;
    WSADATA data;
    SOCKET s;

    /* WSAStartup returns its error */
    int error = WSAStartup( MAKEWORD( 2, 2 ), &data );

    if (error)
    {
        WSASetLastError( error );
        return "WSAStartup";
    }
    if (( s = socket( AF_INET, SOCK_STREAM, IPPROTO_TCP ) ) == INVALID_SOCKET) return "socket-tcp";
    closesocket( s );
    if (( s = socket( AF_INET, SOCK_DGRAM, IPPROTO_UDP ) ) == INVALID_SOCKET) return "socket-udp";
    failed = try_datagram( s );
    if (!failed) closesocket( s );
    return failed;
}

int main( void )
{
    const char *( CDECL * provider_status )( void ) = NULL, *( CDECL * provider_missing )( unsigned int ) = NULL;
    const char *failed = try_sockets();
    int error = WSAGetLastError();
    HMODULE provider = GetModuleHandleA( "wsuring.dll" );
    const char *sentence;
    unsigned int i;

    if (provider)
    {
        provider_status = (void *)GetProcAddress( provider, "wsuring_status" );
        provider_missing = (void *)GetProcAddress( provider, "wsuring_missing" );
    }
    printf( "wsuring-status: %s", provider_status ? provider_status() : "engine=none" );
    if (failed) printf( " failed=%s error=%d", failed, error );
    printf( "\n" );
    for (i = 0; provider_missing && ( sentence = provider_missing( i ) ); i++)
        if (*sentence) printf( "wsuring-missing: %s\n", sentence );
    return !provider_status || failed;
}
