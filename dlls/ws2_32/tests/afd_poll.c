/*
 * Programs that poll \Device\Afd themselves, as libuv, mio and wepoll do, beside our data path
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The structures and codes are those that these programs declare for themselves.
 */

#include "sockets.h"
#include <winternl.h>
#include <stddef.h>

#define IOCTL_POLL 0x00012024

#define POLL_RECEIVE      0x0001
#define POLL_RECEIVE_OOB  0x0002
#define POLL_SEND         0x0004
#define POLL_DISCONNECT   0x0008
#define POLL_ABORT        0x0010
#define POLL_LOCAL_CLOSE  0x0020
#define POLL_ACCEPT       0x0080
#define POLL_CONNECT_FAIL 0x0100

#define STATUS_PENDING_ 0x103

struct poll_info
{
    LARGE_INTEGER timeout;
    ULONG count;
    ULONG exclusive;
    struct
    {
        HANDLE handle;
        ULONG events;
        NTSTATUS status;
    } sockets[1];
};

static NTSTATUS( WINAPI *pNtCreateFile )( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *,
                                          LARGE_INTEGER *, ULONG, ULONG, ULONG, ULONG, void *, ULONG );
static NTSTATUS( WINAPI *pNtDeviceIoControlFile )( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *,
                                                   ULONG, void *, ULONG );
static NTSTATUS( WINAPI *pNtCancelIoFileEx )( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );

/* How a program polls. */
enum way
{
    WAY_HELPER, /* wepoll, mio: by a handle of \Device\Afd of their own, associated with their port */
    WAY_SOCKET, /* libuv: by a socket */
    WAY_ITSELF  /* by the socket that is polled */
};

static HANDLE device, port;
static ULONG poll_size; /* in 32-bit programs there is room behind a structure's entry, which some leave out */

struct poll
{
    struct poll_info info;
    IO_STATUS_BLOCK iosb;
};

static HANDLE base_handle( SOCKET s )
{
    HANDLE base = NULL;
    DWORD size;

    ok_success( WSAIoctl( s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof( base ), &size, NULL, NULL ) );
    return base;
}

static NTSTATUS start( struct poll *poll, HANDLE handle, SOCKET s, ULONG events )
{
    memset( poll, 0, sizeof( *poll ) );
    poll->info.timeout.QuadPart = MAXLONGLONG;
    poll->info.count = 1;
    poll->info.sockets[0].handle = base_handle( s );
    poll->info.sockets[0].events = events;
    poll->iosb.Status = STATUS_PENDING_;
    return pNtDeviceIoControlFile( handle, NULL, NULL, poll, &poll->iosb, IOCTL_POLL, &poll->info, poll_size,
                                   &poll->info, poll_size );
}

/* Takes the packet. Returns the events that it reports, or -1. */
static long finish( struct poll *poll, DWORD wait )
{
    OVERLAPPED *ov = NULL;
    ULONG_PTR key = 0;
    DWORD bytes;

    if (!GetQueuedCompletionStatus( port, &bytes, &key, &ov, wait ) && !ov) return -1;
    ok( (void *)ov == (void *)poll, "got %p, expected %p\n", ov, poll );
    return poll->info.count ? (long)poll->info.sockets[0].events : 0;
}

static HANDLE poller( enum way way, SOCKET *s )
{
    *s = INVALID_SOCKET;
    if (way == WAY_HELPER) return device;
    *s = tcp_socket( AF_INET );
    ok( CreateIoCompletionPort( base_handle( *s ), port, 1, 0 ) == port, "failed: %lu\n", GetLastError() );
    return base_handle( *s );
}

/* Polls before and after the thing happens, and again after our data path has taken it. */
static void test_data( enum way way )
{
    SOCKET a, b, own;
    HANDLE handle = poller( way, &own );
    struct poll poll;
    char buffer[8];
    long got;
    int i;

    winetest_push_context( "way %d", way );
    tcp_socketpair( &a, &b );
    /* both have been used already: the data path is on */
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    set_blocking( b, FALSE );
    for (i = 0; i < 3; i++)
    {
        start( &poll, handle, b, POLL_RECEIVE | POLL_DISCONNECT | POLL_ABORT | POLL_LOCAL_CLOSE );
        ok( finish( &poll, 20 ) == -1, "%d: it is readable already\n", i );
        ok_call( send( a, "abcd", 4, 0 ), 4, 0 );
        got = finish( &poll, 2000 );
        ok( got == POLL_RECEIVE, "%d: got %lx\n", i, got );
        /* a part is left */
        ok_call( recv( b, buffer, 2, 0 ), 2, 0 );
        start( &poll, handle, b, POLL_RECEIVE );
        got = finish( &poll, 2000 );
        ok( got == POLL_RECEIVE, "%d: got %lx\n", i, got );
        ok_call( recv( b, buffer, 8, 0 ), 2, 0 );
        ok_error( recv( b, buffer, 8, 0 ), WSAEWOULDBLOCK );
        start( &poll, handle, b, POLL_SEND );
        got = finish( &poll, 2000 );
        ok( got == POLL_SEND, "%d: got %lx\n", i, got );
    }
    ok_call( send( a, "x", 1, MSG_OOB ), 1, 0 );
    start( &poll, handle, b, POLL_RECEIVE_OOB );
    got = finish( &poll, 2000 );
    ok( got == POLL_RECEIVE_OOB, "got %lx\n", got );

    /* no room, until the peer has taken it */
    i = fill_send_buffer( b );
    start( &poll, handle, b, POLL_SEND );
    ok( finish( &poll, 20 ) == -1, "there is room\n" );
    ok_call( drain( a, i ), i, 0 );
    got = finish( &poll, 2000 );
    ok( got == POLL_SEND, "got %lx\n", got );

    start( &poll, handle, b, POLL_DISCONNECT | POLL_ABORT );
    closesocket( a );
    got = finish( &poll, 2000 );
    ok( got == POLL_DISCONNECT, "got %lx\n", got );

    /* a poll ends with its socket */
    tcp_socketpair( &a, &own );
    start( &poll, handle, a, POLL_RECEIVE | POLL_LOCAL_CLOSE );
    closesocket( a );
    got = finish( &poll, 2000 );
    ok( got == POLL_LOCAL_CLOSE || !got, "got %lx\n", got );
    closesocket( own );
    closesocket( b );
    winetest_pop_context();
}

static void test_reset( enum way way )
{
    struct linger linger = { 1, 0 };
    SOCKET a, b, own;
    HANDLE handle = poller( way, &own );
    struct poll poll;
    char buffer[8];
    long got;

    winetest_push_context( "way %d", way );
    tcp_socketpair( &a, &b );
    start( &poll, handle, b, POLL_RECEIVE | POLL_DISCONNECT | POLL_ABORT );
    setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    closesocket( a );
    got = finish( &poll, 2000 );
    ok( got > 0 && got & ( POLL_ABORT | POLL_DISCONNECT | POLL_RECEIVE ), "got %lx\n", got );
    ok_docs_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAECONNRESET );
    closesocket( b );
    if (own != INVALID_SOCKET) closesocket( own );
    winetest_pop_context();
}

static void test_connect( enum way way )
{
    SOCKET s, accepted, listener, own;
    HANDLE handle = poller( way, &own );
    struct poll poll, accept_poll;
    union address addr;
    int len, i, error, error_len = sizeof( error );
    long got, first;

    winetest_push_context( "way %d", way );
    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < 3; i++)
    {
        start( &accept_poll, handle, listener, POLL_ACCEPT );
        ok( finish( &accept_poll, 20 ) == -1, "%d: there is a connection already\n", i );
        s = tcp_socket( AF_INET );
        set_blocking( s, FALSE );
        ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
        first = finish( &accept_poll, 2000 );
        ok( first == POLL_ACCEPT, "%d: got %lx\n", i, first );
        start( &poll, handle, s, POLL_SEND | POLL_CONNECT_FAIL );
        got = finish( &poll, 2000 );
        ok( got == POLL_SEND, "%d: got %lx\n", i, got );
        accepted = accept( listener, NULL, NULL );
        ok( accepted != INVALID_SOCKET, "%d: accept failed: %d\n", i, WSAGetLastError() );
        closesocket( accepted );
        closesocket( s );
    }
    closesocket( listener );

    /* nobody listens there any more */
    s = tcp_socket( AF_INET );
    set_blocking( s, FALSE );
    ok_error( connect( s, &addr.any, len ), WSAEWOULDBLOCK );
    start( &poll, handle, s, POLL_SEND | POLL_CONNECT_FAIL );
    got = finish( &poll, 3000 );
    ok( got > 0 && got & POLL_CONNECT_FAIL, "got %lx\n", got );
    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&error, &error_len ) );
    ok( error == WSAECONNREFUSED, "got error %d\n", error );
    closesocket( s );
    if (own != INVALID_SOCKET) closesocket( own );
    winetest_pop_context();
}

/* As they change what they wait for: the poll is cancelled, and another one made. */
static void test_cancel( enum way way )
{
    SOCKET a, b, own;
    HANDLE handle = poller( way, &own );
    IO_STATUS_BLOCK iosb;
    struct poll poll;
    char buffer[8];
    NTSTATUS status;
    long got;
    int i;

    winetest_push_context( "way %d", way );
    udp_pair( AF_INET, &a, &b );
    for (i = 0; i < 3; i++)
    {
        start( &poll, handle, b, POLL_RECEIVE );
        status = pNtCancelIoFileEx( handle, &poll.iosb, &iosb );
        ok( !status, "got %lx\n", status );
        finish( &poll, 2000 );
        ok( poll.iosb.Status == (NTSTATUS)0xc0000120, "got %lx\n", poll.iosb.Status );
        start( &poll, handle, b, POLL_RECEIVE );
        ok_call( send( a, "abc", 3, 0 ), 3, 0 );
        got = finish( &poll, 2000 );
        ok( got == POLL_RECEIVE, "got %lx\n", got );
        ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
    }
    closesocket( a );
    closesocket( b );
    if (own != INVALID_SOCKET) closesocket( own );
    winetest_pop_context();
}

/* A socket gets another connection while it is polled for something that doesn't come. */
static void test_again( enum way way )
{
    static const GUID guid = WSAID_DISCONNECTEX;
    SOCKET holder, s, accepted, own = INVALID_SOCKET;
    LPFN_DISCONNECTEX disconnect_ex = NULL;
    union address addr;
    IO_STATUS_BLOCK iosb;
    struct poll poll;
    HANDLE handle;
    DWORD size;
    int len;

    winetest_push_context( "way %d", way );
    holder = tcp_socket( AF_INET );
    len = loopback( &addr, AF_INET, 0 );
    ok_success( bind( holder, &addr.any, len ) );
    ok_success( getsockname( holder, &addr.any, &len ) );

    /* nobody listens yet */
    s = tcp_socket( AF_INET );
    if (way == WAY_ITSELF)
        ok( CreateIoCompletionPort( handle = base_handle( s ), port, 1, 0 ) == port, "failed: %lu\n", GetLastError() );
    else handle = poller( way, &own );
    ok_error( connect( s, &addr.any, len ), WSAECONNREFUSED );
    start( &poll, handle, s, POLL_RECEIVE_OOB );
    ok_success( listen( holder, 5 ) );
    ok_success( connect( s, &addr.any, len ) );
    accepted = accept( holder, NULL, NULL );
    pNtCancelIoFileEx( handle, &poll.iosb, &iosb );
    finish( &poll, 500 ); /* the last one may have cancelled it already, and a port that went with the old connection
                             doesn't report it */
    ok( poll.iosb.Status == (NTSTATUS)0xc0000120, "got %lx\n", poll.iosb.Status );

    /* it ends, and there is the next one */
    ok_success( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&guid, sizeof( guid ), &disconnect_ex,
                          sizeof( disconnect_ex ), &size, NULL, NULL ) );
    start( &poll, handle, s, POLL_RECEIVE_OOB );
    closesocket( accepted );
    ok( disconnect_ex( s, NULL, TF_REUSE_SOCKET, 0 ) || by_afd(), "DisconnectEx failed: %d\n", WSAGetLastError() );
    pNtCancelIoFileEx( handle, &poll.iosb, &iosb );
    finish( &poll, 500 );
    ok( poll.iosb.Status == (NTSTATUS)0xc0000120, "got %lx\n", poll.iosb.Status );
    closesocket( s );
    closesocket( holder );
    if (own != INVALID_SOCKET) closesocket( own );
    /* the server is there still */
    tcp_socketpair( &s, &accepted );
    closesocket( s );
    closesocket( accepted );
    winetest_pop_context();
}

static const enum call {
    CALL_RECV,
    CALL_RECV_FROM,
    CALL_READ_FILE,
} calls[] = { CALL_RECV, CALL_RECV_FROM, CALL_READ_FILE };

static void begin( enum call call, SOCKET s, WSABUF *buf, DWORD *flags, OVERLAPPED *ov )
{
    WSASetLastError( 0xdead );
    switch (call)
    {
    case CALL_RECV: WSARecv( s, buf, 1, NULL, flags, ov, NULL ); break;
    case CALL_RECV_FROM: WSARecvFrom( s, buf, 1, NULL, flags, NULL, NULL, ov, NULL ); break;
    case CALL_READ_FILE: ReadFile( (HANDLE)s, buf->buf, buf->len, NULL, ov ); break;
    }
    ok( WSAGetLastError() == WSA_IO_PENDING, "call %d: got error %d\n", call, WSAGetLastError() );
}

/* Receives that wait come before a poll that waits: it ends by data that is left. */
static void test_receive( enum way way, int type, enum call call )
{
    OVERLAPPED ov[2] = { { 0 } };
    DWORD count, flags[2] = { 0 };
    char data[2];
    WSABUF bufs[2] = { { 1, data }, { 1, data + 1 } };
    SOCKET a, b, own = INVALID_SOCKET;
    HANDLE handle;
    struct poll poll;
    long got;
    int i;

    winetest_push_context( "way %d, type %d, call %d", way, type, call );
    handle = poller( way, &own );
    typed_pair( AF_INET, type, &a, &b );
    ok_call( send( a, "x", 1, 0 ), 1, 0 );
    ok_call( recv( b, data, 1, 0 ), 1, 0 );
    start( &poll, handle, b, POLL_RECEIVE );
    for (i = 0; i < 2; i++)
    {
        ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        begin( call, b, bufs + i, flags + i, ov + i );
    }
    for (i = 0; i < 2; i++)
    {
        ok_call( send( a, i ? "b" : "a", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( ov[i].hEvent, 2000 ), "%d: it doesn't end\n", i );
        ok( GetOverlappedResult( (HANDLE)b, ov + i, &count, FALSE ) && count == 1 && data[i] == "ab"[i],
            "%d: got %lu, %c\n", i, count, data[i] );
        ok( finish( &poll, 20 ) == -1, "%d: the poll has ended\n", i );
        CloseHandle( ov[i].hEvent );
    }
    ok_call( send( a, "c", 1, 0 ), 1, 0 );
    got = finish( &poll, 2000 );
    ok( got == POLL_RECEIVE, "got %lx\n", got );
    ok_call( recv( b, data, 1, 0 ), 1, 0 );
    closesocket( a );
    closesocket( b );
    if (own != INVALID_SOCKET) closesocket( own );
    winetest_pop_context();
}

START_TEST( afd_poll )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    static WCHAR name[] = L"\\Device\\Afd\\Wsuring";
    UNICODE_STRING string = { sizeof( name ) - sizeof( WCHAR ), sizeof( name ), name };
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK iosb;
    NTSTATUS status;
    enum way way;
    unsigned int i;

    pNtCreateFile = (void *)GetProcAddress( ntdll, "NtCreateFile" );
    pNtDeviceIoControlFile = (void *)GetProcAddress( ntdll, "NtDeviceIoControlFile" );
    pNtCancelIoFileEx = (void *)GetProcAddress( ntdll, "NtCancelIoFileEx" );
    InitializeObjectAttributes( &attributes, &string, 0, NULL, NULL );
    start_winsock();
    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    status = pNtCreateFile( &device, SYNCHRONIZE, &attributes, &iosb, NULL, 0, FILE_SHARE_READ | FILE_SHARE_WRITE,
                            FILE_OPEN, 0, NULL, 0 );
    ok( !status, "opening the device failed: %lx\n", status );
    ok( CreateIoCompletionPort( device, port, 0, 0 ) == port, "failed: %lu\n", GetLastError() );
    for (way = WAY_HELPER; way <= WAY_SOCKET; way++)
    {
        poll_size = way == WAY_HELPER ? offsetof( struct poll_info, sockets[1] ) : sizeof( struct poll_info );
        test_data( way );
        test_reset( way );
        test_connect( way );
        test_cancel( way );
        for (i = 0; i < ARRAY_SIZE( calls ); i++)
        {
            test_receive( way, SOCK_STREAM, calls[i] );
            test_receive( way, SOCK_DGRAM, calls[i] );
        }
    }
    /* its own module can't connect a socket again */
    if (!stock)
        for (way = WAY_HELPER; way <= WAY_ITSELF; way++) test_again( way );
    CloseHandle( device );
    CloseHandle( port );
    stop_winsock();
}
