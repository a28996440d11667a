/*
 * The cost of a name
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: names numeric COUNT      getaddrinfo of a numeric address with a port
 *        names localhost COUNT    getaddrinfo of "localhost"
 *        names async COUNT        GetAddrInfoExW (Linux: getaddrinfo_a) of "localhost", 1,000 of them under way at once
 * Prints: RESULT microseconds each
 */

#if !defined( _WIN32 ) && !defined( _GNU_SOURCE )
#define _GNU_SOURCE /* getaddrinfo_a */
#endif

#include "net.h"

#ifndef _WIN32
#include <netdb.h>
#endif

enum
{
    BATCH = 1000
};

static double blocking( const char *name, int count )
{
    struct addrinfo hints, *list;
    double start = now_us();
    int i;

    memset( &hints, 0, sizeof( hints ) );
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    for (i = 0; i < count; i++)
    {
        if (getaddrinfo( name, "80", &hints, &list )) die( "getaddrinfo" );
        freeaddrinfo( list );
    }
    return ( now_us() - start ) / count;
}

#ifdef _WIN32

static LONG left;
static HANDLE batch_event;

static void CALLBACK answered( DWORD error, DWORD bytes, OVERLAPPED *overlapped )
{
    (void)bytes;
    (void)overlapped;
    if (error) die( "a lookup" );
    if (!InterlockedDecrement( &left )) SetEvent( batch_event );
}

static void lookup_batch( int count )
{
    /* not in every import library */
    static int( WINAPI * get )( const WCHAR *node, const WCHAR *service, DWORD name_space, GUID *provider,
                                const ADDRINFOEXW *hints, ADDRINFOEXW **list, struct timeval *timeout,
                                OVERLAPPED *overlapped, void *routine, HANDLE *handle );
    static void( WINAPI * release )( ADDRINFOEXW * list );
    static ADDRINFOEXW *lists[BATCH];
    static OVERLAPPED overlapped[BATCH];
    ADDRINFOEXW hints;
    int i;

    if (!get)
    {
        HMODULE module = GetModuleHandleA( "ws2_32.dll" );

        get = (void *)GetProcAddress( module, "GetAddrInfoExW" );
        release = (void *)GetProcAddress( module, "FreeAddrInfoExW" );
        batch_event = CreateEventW( NULL, FALSE, FALSE, NULL );
    }
    memset( &hints, 0, sizeof( hints ) );
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    memset( overlapped, 0, sizeof( overlapped ) );
    left = count;
    for (i = 0; i < count; i++)
        if (get( L"localhost", L"80", NS_DNS, NULL, &hints, &lists[i], NULL, &overlapped[i], (void *)answered, NULL )
            != WSA_IO_PENDING)
            die( "GetAddrInfoExW" );
    WaitForSingleObject( batch_event, INFINITE );
    for (i = 0; i < count; i++) release( lists[i] );
}

#else

static void lookup_batch( int count )
{
    static struct gaicb lookups[BATCH], *list[BATCH];
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
    int i;

    for (i = 0; i < count; i++)
    {
        memset( &lookups[i], 0, sizeof( lookups[i] ) );
        lookups[i].ar_name = "localhost";
        lookups[i].ar_service = "80";
        lookups[i].ar_request = &hints;
        list[i] = &lookups[i];
    }
    if (getaddrinfo_a( GAI_NOWAIT, list, count, NULL )) die( "getaddrinfo_a" );
    for (i = 0; i < count; i++)
    {
        const struct gaicb *one = &lookups[i];

        while (gai_error( &lookups[i] ) == EAI_INPROGRESS) gai_suspend( &one, 1, NULL );
        if (gai_error( &lookups[i] )) die( "a lookup" );
        freeaddrinfo( lookups[i].ar_result );
    }
}

#endif

static double asynchronous( int count )
{
    double start = now_us();
    int todo, n;

    for (todo = count; todo; todo -= n)
    {
        n = todo < BATCH ? todo : BATCH;
        lookup_batch( n );
    }
    return ( now_us() - start ) / count;
}

int main( int argc, char **argv )
{
    const char *mode = argc > 1 ? argv[1] : "";
    int count = argc > 2 ? atoi( argv[2] ) : 1000;
    double result;

    net_start();
    closesocket( socket( AF_INET, SOCK_DGRAM, 0 ) ); /* loads the provider, which reports its presence */
    if (!strcmp( mode, "numeric" )) result = blocking( "192.0.2.1", count );
    else if (!strcmp( mode, "localhost" )) result = blocking( "localhost", count );
    else if (!strcmp( mode, "async" )) result = asynchronous( count );
    else
    {
        fprintf( stderr, "usage: names numeric|localhost|async COUNT\n" );
        return 2;
    }
    printf( "RESULT %.4f\n", result );
    return 0;
}
