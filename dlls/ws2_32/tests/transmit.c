/*
 * TransmitFile
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

enum
{
    FILE_SIZE = 200000
};

static char pattern[FILE_SIZE];

enum way
{
    WAY_SYNC,
    WAY_EVENT,
    WAY_PORT
};

static const struct
{
    DWORD offset, len, head, tail, chunk, flags;
    BOOL no_file;
} parts[] = {
    { 0, 0, 0, 0, 0, 0 },
    { 0, 41 * 1024, 0, 0, 0, 0 },
    { 0, FILE_SIZE, 0, 0, 0, 0 },
    { 1000, 0, 0, 0, 0, 0 },
    { 1000, 77777, 0, 0, 1000, 0 },
    { FILE_SIZE, 0, 0, 0, 0, 0 },
    { FILE_SIZE - 1, 0, 0, 0, 0, 0 },
    { FILE_SIZE - 10, 100, 0, 0, 0, 0 },
    { 0, 0, 10, 0, 0, 0 },
    { 0, 0, 0, 10, 0, 0 },
    { 0, 0, 5000, 3000, 0, TF_WRITE_BEHIND },
    { 5, 10, 5, 3, 4096, 0 },
    { 0, 0, 100, 200, 0, TF_USE_KERNEL_APC },
    { 0, 0, 100, 0, 0, 0, TRUE },
    { 0, 0, 0, 100, 0, 0, TRUE },
    { 0, 0, 10, 20, 0, TF_USE_SYSTEM_THREAD, TRUE },
    { 0, 0, 0, 0, 0, 0, TRUE },
};

static void test_parts( enum way way )
{
    static char received[FILE_SIZE + 20000], expected[FILE_SIZE + 20000];
    char head[5000], tail[5000];
    struct receiver receiver;
    SOCKET client, server;
    HANDLE file, port = NULL;
    OVERLAPPED ov, *done;
    ULONG_PTR key;
    DWORD count, pos;
    unsigned int i;
    int ret;

    fill_pattern( head, sizeof( head ), 1000 );
    fill_pattern( tail, sizeof( tail ), 2000 );
    tcp_socketpair( &client, &server );
    if (way == WAY_PORT) port = CreateIoCompletionPort( (HANDLE)server, NULL, 9, 0 );
    file = make_file( 0, pattern, FILE_SIZE );
    for (i = 0; i < sizeof( parts ) / sizeof( parts[0] ); i++)
    {
        TRANSMIT_FILE_BUFFERS buffers = { head, parts[i].head, tail, parts[i].tail };
        DWORD len = parts[i].no_file ? 0 : min( parts[i].len ? parts[i].len : FILE_SIZE, FILE_SIZE - parts[i].offset ),
              total = 0;

        winetest_push_context( "%d, %u", way, i );
        memcpy( expected, head, parts[i].head );
        memcpy( expected + parts[i].head, pattern + parts[i].offset, len );
        memcpy( expected + parts[i].head + len, tail, parts[i].tail );
        total = parts[i].head + len + parts[i].tail;
        receive_begin( &receiver, client, received, total );
        memset( &ov, 0, sizeof( ov ) );
        ov.Offset = parts[i].offset;
        if (way == WAY_EVENT) ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        SetFilePointer( file, way == WAY_SYNC ? parts[i].offset : 77, NULL, FILE_BEGIN );
        WSASetLastError( 0xdead );
        ret = ext.TransmitFile( server, parts[i].no_file ? NULL : file, parts[i].len, parts[i].chunk,
                                way == WAY_SYNC ? NULL : &ov, parts[i].head || parts[i].tail ? &buffers : NULL,
                                parts[i].flags );
        if (way == WAY_SYNC) ok( ret, "failed: %d\n", WSAGetLastError() );
        else
        {
            ok( ret || WSAGetLastError() == ERROR_IO_PENDING, "failed: %d\n", WSAGetLastError() );
            if (way == WAY_EVENT)
            {
                ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not signalled\n" );
                CloseHandle( ov.hEvent );
            }
            else
                ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ) && done == &ov && count == total,
                    "got %p, %lu\n", done, count );
            ret = overlapped_result( server, &ov, &count );
            ok( !ret && count == total, "got %d, %lu bytes, expected %lu\n", ret, count, total );
        }
        receive_end( &receiver, 5000 );
        ok( receiver.total == total && !memcmp( received, expected, total ), "got %I64u bytes, expected %lu\n",
            receiver.total, total );
        pos = SetFilePointer( file, 0, NULL, FILE_CURRENT );
        if (parts[i].no_file)
            ok( pos == ( way == WAY_SYNC ? parts[i].offset : 77 ), "the file's pointer is at %lu\n", pos );
        else if (way == WAY_SYNC) ok( pos == parts[i].offset + len, "the file's pointer is at %lu\n", pos );
        else ok( pos == 77, "the file's pointer is at %lu\n", pos );
        winetest_pop_context();
    }
    CloseHandle( file );
    if (port) CloseHandle( port );
    closesocket( client );
    closesocket( server );
}

static void test_errors( void )
{
    SOCKET client, server, udp, fresh, shut, shut_peer;
    TRANSMIT_FILE_BUFFERS buffers = { 0 };
    HANDLE file, read_pipe, write_pipe;
    OVERLAPPED ov = { 0 };

    tcp_socketpair( &client, &server );
    tcp_socketpair( &shut, &shut_peer );
    ok_success( shutdown( shut, SD_SEND ) );
    udp = udp_socket( AF_INET );
    fresh = tcp_socket( AF_INET );
    file = make_file( 0, pattern, 100 );
    CreatePipe( &read_pipe, &write_pipe, NULL, 0 );

    ok_docs_bool( ext.TransmitFile( 0xdead0, file, 0, 0, NULL, NULL, 0 ), WSAENOTSOCK );
    ok_docs_bool( ext.TransmitFile( fresh, file, 0, 0, NULL, NULL, 0 ), WSAENOTCONN );
    ok_docs_bool( ext.TransmitFile( udp, file, 0, 0, NULL, NULL, 0 ), WSAENOTCONN );
    ok_docs_bool( ext.TransmitFile( fresh, NULL, 0, 0, NULL, NULL, TF_REUSE_SOCKET ), WSAENOTCONN );
    ok_docs_bool( ext.TransmitFile( shut, file, 0, 0, NULL, NULL, 0 ), WSAESHUTDOWN );
    ok_docs_bool( ext.TransmitFile( server, file, 0, 0, NULL, NULL, TF_REUSE_SOCKET ), WSAEINVAL );
    ok_docs_bool( ext.TransmitFile( server, file, 2147483647, 0, NULL, NULL, 0 ), WSAEINVAL );
    if (!by_afd()) /* there it pends for ever, or sends nothing and says so in the completion */
    {
        ov.Offset = 101;
        ok_bool( ext.TransmitFile( server, file, 0, 0, &ov, NULL, 0 ), WSAEINVAL );
        ok_bool( ext.TransmitFile( server, (HANDLE)0xdead0, 0, 0, NULL, NULL, 0 ), ERROR_INVALID_HANDLE );
        ok_bool( ext.TransmitFile( server, INVALID_HANDLE_VALUE, 0, 0, NULL, NULL, 0 ), ERROR_INVALID_HANDLE );
        ok_bool( ext.TransmitFile( server, read_pipe, 0, 0, NULL, NULL, 0 ), WSAEINVAL );
    }
    if (!stock)
    {
        ok_bool( ext.TransmitFile( server, file, 0, 0, (OVERLAPPED *)bad_page(), NULL, 0 ), WSAEFAULT );
        ok_bool( ext.TransmitFile( server, file, 0, 0, NULL, (TRANSMIT_FILE_BUFFERS *)bad_page(), 0 ), WSAEFAULT );
        buffers.Head = bad_page() - 1;
        buffers.HeadLength = 2;
        ok_bool( ext.TransmitFile( server, file, 0, 0, NULL, &buffers, 0 ), WSAEFAULT );
        buffers.Tail = bad_page() - 1;
        buffers.TailLength = 2;
        buffers.HeadLength = 0;
        ok_bool( ext.TransmitFile( server, file, 0, 0, NULL, &buffers, 0 ), WSAEFAULT );
        /* nothing of all this was sent */
        set_blocking( client, FALSE );
        ok_error( recv( client, pattern, 0, MSG_PEEK ), WSAEWOULDBLOCK );
    }
    CloseHandle( file );
    CloseHandle( read_pipe );
    CloseHandle( write_pipe );
    closesocket( client );
    closesocket( server );
    closesocket( shut );
    closesocket( shut_peer );
    closesocket( udp );
    closesocket( fresh );
}

/* The peer takes nothing for a while: it pends, is behind and before other sends, can be cancelled, and ends when the
 * peer goes. */
static void test_pending( void )
{
    static char data[3000000];
    struct receiver receiver;
    SOCKET client, server;
    OVERLAPPED ov = { 0 }, send_ov = { 0 };
    WSABUF buf = { 4, (char *)"tail" };
    HANDLE file;
    DWORD count, i;
    int ret, size = 100000;

    memset( data, 'x', sizeof( data ) );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    send_ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    file = make_file( 0, data, sizeof( data ) );
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "%s", i == 0 ? "peer waits" : i == 1 ? "cancelled" : "peer resets" );
        tcp_socketpair( &client, &server );
        ok_success( setsockopt( client, SOL_SOCKET, SO_RCVBUF, (char *)&size, sizeof( size ) ) );
        ok_success( setsockopt( server, SOL_SOCKET, SO_SNDBUF, (char *)&size, sizeof( size ) ) );
        ok_bool( ext.TransmitFile( server, file, 0, 0, &ov, NULL, 0 ), ERROR_IO_PENDING );
        if (!i)
        {
            ok_error( WSASend( server, &buf, 1, NULL, 0, &send_ov, NULL ), ERROR_IO_PENDING );
            Sleep( 50 );
            ok( is_pending( &ov ) && is_pending( &send_ov ), "done though nobody has received\n" );
            receive_begin( &receiver, client, NULL, sizeof( data ) + 4 );
            ok( !WaitForSingleObject( ov.hEvent, 5000 ), "not signalled\n" );
            ok( !WaitForSingleObject( send_ov.hEvent, 5000 ), "not signalled\n" );
            ret = overlapped_result( server, &ov, &count );
            ok( !ret && count == sizeof( data ), "got %d, %lu bytes\n", ret, count );
            receive_end( &receiver, 5000 );
            ok( receiver.total == sizeof( data ) + 4, "got %I64u bytes\n", receiver.total );
        }
        else if (i == 1)
        {
            /* Wine 10's server has handed it to its own thread */
            ok_unless_afd( CancelIoEx( (HANDLE)server, &ov ), "CancelIoEx failed: %lu\n", GetLastError() );
            if (by_afd()) CancelIoEx( (HANDLE)server, NULL );
            ok_unless_afd( overlapped_result( server, &ov, &count ) == WSA_OPERATION_ABORTED, "got another result\n" );
        }
        else
        {
            struct linger linger = { 1, 0 };

            setsockopt( client, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
            closesocket( client );
            ret = overlapped_result( server, &ov, &count );
            ok( ret == WSAECONNRESET || ret == WSAECONNABORTED, "got %d\n", ret );
        }
        closesocket( server );
        if (i < 2) closesocket( client );
        winetest_pop_context();
    }
    CloseHandle( file );
    CloseHandle( ov.hEvent );
    CloseHandle( send_ov.hEvent );
}

/* No event, no port: the program polls, or waits for the socket's handle. */
static void test_no_sign( void )
{
    struct receiver receiver;
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    HANDLE file = make_file( 0, pattern, FILE_SIZE );
    DWORD count;

    tcp_socketpair( &client, &server );
    receive_begin( &receiver, client, NULL, FILE_SIZE );
    WSASetLastError( 0 );
    ok( ext.TransmitFile( server, file, 0, 0, &ov, NULL, 0 ) || WSAGetLastError() == ERROR_IO_PENDING, "failed: %d\n",
        WSAGetLastError() );
    ok( !overlapped_result( server, &ov, &count ) && count == FILE_SIZE, "got %lu bytes\n", count );
    receive_end( &receiver, 5000 );
    CloseHandle( file );
    closesocket( client );
    closesocket( server );
}

static void test_disconnect( BOOL overlapped )
{
    struct receiver receiver;
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    HANDLE file = make_file( 0, pattern, FILE_SIZE );
    static char received[FILE_SIZE + 10];
    DWORD count;

    if (by_afd() && ( overlapped || stock )) return; /* the server doesn't do it */
    winetest_push_context( "%s", overlapped ? "overlapped" : "blocking" );
    tcp_socketpair( &client, &server );
    receive_begin( &receiver, client, received, sizeof( received ) );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (overlapped)
    {
        WSASetLastError( 0 );
        ok( ext.TransmitFile( server, file, 0, 0, &ov, NULL, TF_DISCONNECT ) || WSAGetLastError() == ERROR_IO_PENDING,
            "failed: %d\n", WSAGetLastError() );
        ok( !overlapped_result( server, &ov, &count ) && count == FILE_SIZE, "got %lu bytes\n", count );
    }
    else ok_bool( ext.TransmitFile( server, file, 0, 0, NULL, NULL, TF_DISCONNECT ), 0 );
    receive_end( &receiver, 5000 );
    ok( receiver.total == FILE_SIZE && receiver.closed && !memcmp( received, pattern, FILE_SIZE ), "got %I64u bytes\n",
        receiver.total );
    ok_error( send( server, "a", 1, 0 ), WSAESHUTDOWN );
    CloseHandle( ov.hEvent );
    CloseHandle( file );
    closesocket( client );
    closesocket( server );
    winetest_pop_context();
}

/* More than 4 GB, none of which is on a disk: a part behind that border, then, in the process, all of it. */
/* Nothing to send is no reason not to see that the connection is gone. */
static void test_reset( BOOL overlapped )
{
    struct linger linger = { 1, 0 };
    TRANSMIT_FILE_BUFFERS head = { (void *)"head", 4, NULL, 0 };
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    SOCKET client, server;
    int i, error;
    BOOL ret;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "overlapped %d, head %d", overlapped, i );
        tcp_socketpair( &client, &server );
        ok_success( setsockopt( server, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
        closesocket( server );
        Sleep( 50 );
        WSASetLastError( 0xdead );
        ret = ext.TransmitFile( client, NULL, 0, 0, overlapped ? &ov : NULL, i ? &head : NULL, 0 );
        error = WSAGetLastError();
        ok( !ret && ( error == WSAECONNRESET || error == WSAENOTCONN ), "got %d, error %d\n", ret, error );
        closesocket( client );
        winetest_pop_context();
    }
    CloseHandle( ov.hEvent );
}

/* The head goes out at once if nothing follows: the host doesn't wait for more. */
static void test_head_alone( void )
{
    TRANSMIT_FILE_BUFFERS head = { (void *)"head", 4, NULL, 0 };
    SOCKET client, server;
    DWORD begin, took = ~0u;
    char buffer[4];
    HANDLE file = make_file( 0, NULL, 0 );
    int i;

    tcp_socketpair( &client, &server );
    /* the best of a few rounds: beside load all may be late */
    for (i = 0; i < 10 && took >= 100; i++)
    {
        begin = GetTickCount();
        ok( ext.TransmitFile( client, file, 0, 0, NULL, &head, 0 ), "error %d\n", WSAGetLastError() );
        ok_call( recv_all( server, buffer, 4 ), 4, 0 );
        took = min( took, GetTickCount() - begin );
    }
    ok( took < 100, "it took %lu ms\n", took );
    CloseHandle( file );
    closesocket( client );
    closesocket( server );
}

static void test_huge( void )
{
    const UINT64 size = ( (UINT64)4 << 30 ) + 100000;
    struct receiver receiver;
    LARGE_INTEGER pos;
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    char received[2000];
    DWORD count;
    HANDLE file;
    BOOL good;

    file = make_file( 0, NULL, 0 );
    pos.QuadPart = size - 1000;
    SetFilePointerEx( file, pos, NULL, FILE_BEGIN );
    if (!WriteFile( file, pattern, 1000, &count, NULL ))
    {
        skip( "no file of 4 GB can be made\n" );
        CloseHandle( file );
        return;
    }
    tcp_socketpair( &client, &server );
    receive_begin( &receiver, client, received, 1500 );
    pos.QuadPart = size - 1500;
    ov.Offset = pos.u.LowPart;
    ov.OffsetHigh = pos.u.HighPart;
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    WSASetLastError( 0 );
    ok( ext.TransmitFile( server, file, 0, 0, &ov, NULL, 0 ) || WSAGetLastError() == ERROR_IO_PENDING, "failed: %d\n",
        WSAGetLastError() );
    ok( !overlapped_result( server, &ov, &count ) && count == 1500, "got %lu bytes\n", count );
    receive_end( &receiver, 5000 );
    ok( receiver.total == 1500 && !memcmp( received + 500, pattern, 1000 ) && !received[499], "got other data\n" );

    if (!by_afd())
    {
        receive_begin( &receiver, client, NULL, size );
        ov.Offset = ov.OffsetHigh = 0;
        WSASetLastError( 0 );
        ok( ext.TransmitFile( server, file, 0, 0, &ov, NULL, 0 ) || WSAGetLastError() == ERROR_IO_PENDING,
            "failed: %d\n", WSAGetLastError() );
        good = receive_wait( &receiver, ov.hEvent, 20000 );
        ok( good, "not signalled, %I64u bytes received\n", receiver.total );
        ok( ov.InternalHigh == (ULONG_PTR)size && !ov.Internal, "got %I64u bytes, status %Ix\n",
            (UINT64)ov.InternalHigh, ov.Internal );
        if (!good) shutdown( client, SD_BOTH );
        receive_end( &receiver, 10000 );
        ok( receiver.total == size, "got %I64u bytes\n", receiver.total );
    }
    CloseHandle( ov.hEvent );
    CloseHandle( file );
    closesocket( client );
    closesocket( server );
}

START_TEST( transmit )
{
    start_winsock();
    load_extensions();
    fill_pattern( pattern, sizeof( pattern ), 5 );
    test_parts( WAY_SYNC );
    test_parts( WAY_EVENT );
    test_parts( WAY_PORT );
    test_errors();
    test_pending();
    test_no_sign();
    test_disconnect( FALSE );
    test_disconnect( TRUE );
    test_reset( FALSE );
    test_reset( TRUE );
    test_head_alone();
    test_huge();
    /* by mswsock.dll, whose function asks for ours */
    winetest_push_context( "mswsock" );
    ext.TransmitFile = TransmitFile;
    test_parts( WAY_SYNC );
    test_parts( WAY_EVENT );
    winetest_pop_context();
    stop_winsock();
}
