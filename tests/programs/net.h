/*
 * One source for Windows and Linux: sockets under Winsock's names on both
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef PROGRAMS_NET_H
#define PROGRAMS_NET_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0a00
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

typedef HANDLE thread_t;

static inline int net_error( void )
{
    return WSAGetLastError();
}
static inline int would_block( void )
{
    return WSAGetLastError() == WSAEWOULDBLOCK;
}

static inline void net_start( void )
{
    WSADATA data;

    if (WSAStartup( MAKEWORD( 2, 2 ), &data )) exit( 3 );
}

static inline double now_us( void )
{
    LARGE_INTEGER count, frequency;

    QueryPerformanceCounter( &count );
    QueryPerformanceFrequency( &frequency );
    return count.QuadPart * 1e6 / frequency.QuadPart;
}

static inline void set_nonblocking( SOCKET s )
{
    u_long one = 1;

    ioctlsocket( s, FIONBIO, &one );
}

static inline thread_t thread_start( DWORD( WINAPI *func )( void * ), void *arg )
{
    return CreateThread( NULL, 0, func, arg, 0, NULL );
}
static inline void thread_join( thread_t thread )
{
    WaitForSingleObject( thread, INFINITE );
}

#define THREAD_FUNC( name, arg ) static DWORD WINAPI name( void *arg )

#else

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef int SOCKET;
typedef pthread_t thread_t;

#define INVALID_SOCKET ( -1 )
#define closesocket    close
#define SD_SEND        SHUT_WR

static inline int net_error( void )
{
    return errno;
}
static inline int would_block( void )
{
    return errno == EAGAIN;
}
static inline void net_start( void )
{
}

static inline double now_us( void )
{
    struct timespec ts;

    clock_gettime( CLOCK_MONOTONIC, &ts );
    return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

static inline void set_nonblocking( SOCKET s )
{
    fcntl( s, F_SETFL, fcntl( s, F_GETFL ) | O_NONBLOCK );
}

static inline thread_t thread_start( void *( *func )(void *), void *arg )
{
    pthread_t thread;

    pthread_create( &thread, NULL, func, arg );
    return thread;
}

static inline void thread_join( thread_t thread )
{
    pthread_join( thread, NULL );
}

#define THREAD_FUNC( name, arg ) static void *name( void *arg )

#endif

static inline void die( const char *what )
{
    fprintf( stderr, "%s failed: error %d\n", what, net_error() );
    exit( 3 );
}

static inline struct sockaddr_in loopback( int port )
{
    struct sockaddr_in addr;

    memset( &addr, 0, sizeof( addr ) );
    addr.sin_family = AF_INET;
    addr.sin_port = htons( port );
    addr.sin_addr.s_addr = htonl( 0x7f000001 );
    return addr;
}

/* A listener on a port that the system chooses, returned in *port. */
static inline SOCKET net_listen( int *port )
{
    struct sockaddr_in addr = loopback( 0 );
    socklen_t len = sizeof( addr );
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );

    if (s == INVALID_SOCKET || bind( s, (struct sockaddr *)&addr, sizeof( addr ) ) || listen( s, 1000 )
        || getsockname( s, (struct sockaddr *)&addr, &len ))
        die( "listen" );
    *port = ntohs( addr.sin_port );
    return s;
}

static inline void set_nodelay( SOCKET s )
{
    int one = 1;

    setsockopt( s, IPPROTO_TCP, TCP_NODELAY, (const char *)&one, sizeof( one ) );
}

static inline SOCKET net_connect( int port )
{
    struct sockaddr_in addr = loopback( port );
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );

    if (s == INVALID_SOCKET || connect( s, (struct sockaddr *)&addr, sizeof( addr ) )) die( "connect" );
    set_nodelay( s );
    return s;
}

static inline int send_all( SOCKET s, const char *data, int len )
{
    int done = 0, n;

    for (; done < len; done += n)
        if (( n = send( s, data + done, len - done, 0 ) ) <= 0) return 0;
    return 1;
}

static inline int recv_all( SOCKET s, char *data, int len )
{
    int done = 0, n;

    for (; done < len; done += n)
        if (( n = recv( s, data + done, len - done, 0 ) ) <= 0) return 0;
    return 1;
}

/* The same pseudo-random bytes everywhere (xorshift64*), so that both ends know them. */
static inline void fill_random( unsigned char *data, size_t len, uint64_t *state )
{
    size_t i;

    for (i = 0; i + 8 <= len; i += 8)
    {
        uint64_t value;

        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        value = *state * 0x2545f4914f6cdd1dull;
        memcpy( data + i, &value, 8 );
    }
}

#endif /* PROGRAMS_NET_H */
