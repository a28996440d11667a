/*
 * WSAStartup and WSACleanup: versions, counting, the last error, calls before start-up
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

/* Calls with arguments that would do no harm: each returns what its failure is. */
#define CALLS                                                                                                          \
    CALL( accept, (int)accept( 4, NULL, NULL ) )                                                                       \
    CALL( bind, bind( 4, &addr.any, sizeof( addr.v4 ) ) )                                                              \
    CALL( closesocket, closesocket( 4 ) )                                                                              \
    CALL( connect, connect( 4, &addr.any, sizeof( addr.v4 ) ) )                                                        \
    CALL( getpeername, getpeername( 4, &addr.any, &len ) )                                                             \
    CALL( getsockname, getsockname( 4, &addr.any, &len ) )                                                             \
    CALL( getsockopt, getsockopt( 4, SOL_SOCKET, SO_ERROR, buffer, &len ) )                                            \
    CALL( ioctlsocket, ioctlsocket( 4, FIONBIO, &value ) )                                                             \
    CALL( listen, listen( 4, 1 ) )                                                                                     \
    CALL( recv, recv( 4, buffer, 1, 0 ) )                                                                              \
    CALL( recvfrom, recvfrom( 4, buffer, 1, 0, NULL, NULL ) )                                                          \
    CALL( select, select( 0, &set, NULL, NULL, &timeout ) )                                                            \
    CALL( send, send( 4, buffer, 1, 0 ) )                                                                              \
    CALL( sendto, sendto( 4, buffer, 1, 0, &addr.any, sizeof( addr.v4 ) ) )                                            \
    CALL( setsockopt, setsockopt( 4, SOL_SOCKET, SO_KEEPALIVE, buffer, 4 ) )                                           \
    CALL( shutdown, shutdown( 4, SD_BOTH ) )                                                                           \
    CALL( socket, (int)socket( AF_INET, SOCK_STREAM, 0 ) )                                                             \
    CALL( gethostname, gethostname( buffer, sizeof( buffer ) ) )                                                       \
    CALL( WSAAccept, (int)WSAAccept( 4, NULL, NULL, NULL, 0 ) )                                                        \
    CALL( WSAConnect, WSAConnect( 4, &addr.any, sizeof( addr.v4 ), NULL, NULL, NULL, NULL ) )                          \
    CALL( WSADuplicateSocketA, WSADuplicateSocketA( 4, GetCurrentProcessId(), &info ) )                                \
    CALL( WSAEnumNetworkEvents, WSAEnumNetworkEvents( 4, NULL, &events ) )                                             \
    CALL( WSAEnumProtocolsA, WSAEnumProtocolsA( NULL, NULL, &count ) )                                                 \
    CALL( WSAEventSelect, WSAEventSelect( 4, NULL, 0 ) )                                                               \
    CALL( WSAIoctl, WSAIoctl( 4, FIONREAD, NULL, 0, buffer, 4, &count, NULL, NULL ) )                                  \
    CALL( WSAPoll, WSAPoll( &poll, 1, 0 ) )                                                                            \
    CALL( WSARecv, WSARecv( 4, &wsabuf, 1, &count, &flags, NULL, NULL ) )                                              \
    CALL( WSARecvDisconnect, WSARecvDisconnect( 4, NULL ) )                                                            \
    CALL( WSARecvFrom, WSARecvFrom( 4, &wsabuf, 1, &count, &flags, NULL, NULL, NULL, NULL ) )                          \
    CALL( WSASend, WSASend( 4, &wsabuf, 1, &count, 0, NULL, NULL ) )                                                   \
    CALL( WSASendDisconnect, WSASendDisconnect( 4, NULL ) )                                                            \
    CALL( WSASendTo, WSASendTo( 4, &wsabuf, 1, &count, 0, &addr.any, sizeof( addr.v4 ), NULL, NULL ) )                 \
    CALL( WSASocketA, (int)WSASocketA( AF_INET, SOCK_STREAM, 0, NULL, 0, 0 ) )                                         \
    CALL( WSASocketW, (int)WSASocketW( AF_INET, SOCK_STREAM, 0, NULL, 0, 0 ) )                                         \
    CALL( WSAGetOverlappedResult, WSAGetOverlappedResult( 4, &ov, &count, FALSE, &flags ) - 1 )                        \
    CALL( WSACleanup, WSACleanup() )

/* Microsoft's page of each function: WSANOTINITIALISED, "a successful WSAStartup call must occur before using this
 * function" */
static void check_not_initialised( void )
{
    union address addr;
    int len = loopback( &addr, AF_INET, 9 ), ret, error;
    char buffer[64] = { 0 };
    u_long value = 0;
    fd_set set = { 1, { 4 } };
    struct timeval timeout = { 0, 0 };
    DWORD count = sizeof( buffer ), flags = 0;
    WSAPROTOCOL_INFOA info;
    WSANETWORKEVENTS events;
    WSAPOLLFD poll = { 4, POLLIN, 0 };
    WSABUF wsabuf = { 1, buffer };
    OVERLAPPED ov = { 0 };

#define CALL( name, call )                                                                                             \
    WSASetLastError( 0xdeadbeef );                                                                                     \
    ret = call;                                                                                                        \
    error = WSAGetLastError();                                                                                         \
    todo_wine_if( stock &&error != WSANOTINITIALISED )                                                                 \
        ok( ret == -1 && error == WSANOTINITIALISED, #name ": got %d, error %d\n", ret, error );
    CALLS
#undef CALL
}

/* WSAStartup's page: the version wanted, or the highest there is */
static void test_versions( void )
{
    static const struct
    {
        WORD wanted;
        int ret;
        WORD got;
    } tests[] = {
        { MAKEWORD( 0, 0 ), WSAVERNOTSUPPORTED, MAKEWORD( 2, 2 ) },
        { MAKEWORD( 0, 1 ), WSAVERNOTSUPPORTED, MAKEWORD( 2, 2 ) },
        { MAKEWORD( 1, 0 ), 0, MAKEWORD( 1, 0 ) },
        { MAKEWORD( 1, 1 ), 0, MAKEWORD( 1, 1 ) },
        { MAKEWORD( 2, 0 ), 0, MAKEWORD( 2, 0 ) },
        { MAKEWORD( 2, 1 ), 0, MAKEWORD( 2, 1 ) },
        { MAKEWORD( 2, 2 ), 0, MAKEWORD( 2, 2 ) },
        { MAKEWORD( 2, 3 ), 0, MAKEWORD( 2, 2 ) },
        { MAKEWORD( 3, 2 ), 0, MAKEWORD( 2, 2 ) },
        { MAKEWORD( 255, 255 ), 0, MAKEWORD( 2, 2 ) },
    };
    unsigned int i;
    WSADATA data;
    int ret;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "version %04x", tests[i].wanted );
        memset( &data, 0xcc, sizeof( data ) );
        ret = WSAStartup( tests[i].wanted, &data );
        ok( ret == tests[i].ret, "got %d\n", ret );
        ok( data.wVersion == tests[i].got, "got version %04x\n", data.wVersion );
        ok( data.wHighVersion == MAKEWORD( 2, 2 ), "got highest version %04x\n", data.wHighVersion );
        ok( memchr( data.szDescription, 0, sizeof( data.szDescription ) ) && data.szDescription[0],
            "no description\n" );
        ok( memchr( data.szSystemStatus, 0, sizeof( data.szSystemStatus ) ) != NULL, "no status\n" );
        /* a program of version 1 reads these; to one of version 2 they mean nothing */
        if (LOBYTE( tests[i].got ) == 1)
            ok( data.iMaxSockets > 100 && data.iMaxUdpDg > 8192, "got %d, %d\n", data.iMaxSockets, data.iMaxUdpDg );
        if (!ret) ok_success( WSACleanup() );
        winetest_pop_context();
    }

    ret = WSAStartup( MAKEWORD( 2, 2 ), NULL );
    ok( ret == WSAEFAULT, "got %d\n", ret );
    ok_docs( WSAStartup( MAKEWORD( 2, 2 ), (WSADATA *)bad_page() ), WSAEFAULT, 0 );
    if (stock) WSACleanup();
    ok_error( WSACleanup(), WSANOTINITIALISED );
}

/* WSACleanup's page: one for each WSAStartup; the last ends all sockets */
static void test_counting( void )
{
    SOCKET s;
    int i;

    for (i = 0; i < 3; i++) start_winsock();
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( s != INVALID_SOCKET, "socket failed: %d\n", WSAGetLastError() );
    for (i = 0; i < 2; i++)
    {
        ok_success( WSACleanup() );
        ok( wait_readable( s, 0 ) == FALSE && WSAGetLastError() != WSANOTINITIALISED, "select failed: %d\n",
            WSAGetLastError() );
    }
    stop_winsock();
    check_not_initialised();

    start_winsock();
    ok_error( closesocket( s ), WSAENOTSOCK );
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( s != INVALID_SOCKET, "socket failed: %d\n", WSAGetLastError() );
    ok_success( closesocket( s ) );
    stop_winsock();
}

static DWORD WINAPI last_error_thread( void *arg )
{
    ok( !WSAGetLastError(), "a new thread has error %d\n", WSAGetLastError() );
    ok_error( closesocket( (SOCKET)(ULONG_PTR)arg ), WSAENOTSOCK );
    WSASetLastError( 5678 );
    return 0;
}

/* WSAGetLastError's page: the error is the thread's, the same value as GetLastError */
static void test_last_error( void )
{
    HANDLE thread;
    SOCKET s;

    WSASetLastError( 0x1234 );
    ok( GetLastError() == 0x1234, "got %lu\n", GetLastError() );
    SetLastError( 0x4321 );
    ok( WSAGetLastError() == 0x4321, "got %d\n", WSAGetLastError() );

    start_winsock();
    s = tcp_socket( AF_INET );
    WSASetLastError( 1234 );
    thread = CreateThread( NULL, 0, last_error_thread, (void *)(ULONG_PTR)0xdead0, 0, NULL );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    ok( WSAGetLastError() == 1234, "got %d\n", WSAGetLastError() );
    closesocket( s );
    stop_winsock();
}

static DWORD WINAPI startup_thread( void *arg )
{
    int i;

    for (i = 0; i < 200; i++)
    {
        WSADATA data;
        SOCKET s;
        int ret = WSAStartup( MAKEWORD( 2, 2 ), &data );

        ok( !ret, "WSAStartup failed: %d\n", ret );
        s = socket( AF_INET, SOCK_DGRAM, 0 );
        ok( s != INVALID_SOCKET, "socket failed: %d\n", WSAGetLastError() );
        ok_success( closesocket( s ) );
        ok_success( WSACleanup() );
    }
    return (DWORD)(ULONG_PTR)arg;
}

static void test_threads( void )
{
    HANDLE threads[4];
    unsigned int i;

    /* one more, else the last WSACleanup of one thread takes the socket of another */
    start_winsock();
    for (i = 0; i < ARRAY_SIZE( threads ); i++) threads[i] = CreateThread( NULL, 0, startup_thread, NULL, 0, NULL );
    WaitForMultipleObjects( ARRAY_SIZE( threads ), threads, TRUE, INFINITE );
    for (i = 0; i < ARRAY_SIZE( threads ); i++) CloseHandle( threads[i] );
    stop_winsock();
}

START_TEST( startup )
{
    check_not_initialised();
    test_versions();
    test_counting();
    test_last_error();
    test_threads();
}
