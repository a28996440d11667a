/*
 * Overlapped operations whose hEvent is no event
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They fail at once, move no data and complete nowhere. The I/O system refuses the handle (STATUS_INVALID_HANDLE,
 * STATUS_OBJECT_TYPE_MISMATCH), which Winsock takes for the socket's: WSAENOTSOCK. An event that the handle may not set
 * is refused with WSAEACCES, and by WSAEventSelect with WSAEINVAL.
 */

#include "extension.h"

static SOCKET a, b;
static HANDLE file;
static char room[64];
static WSABUF buffer = { 8, room };
static DWORD count, flags;
static union address peer;
static int peer_len;

static int call_send( OVERLAPPED *ov )
{
    return WSASend( a, &buffer, 1, &count, 0, ov, NULL );
}

static int call_recv( OVERLAPPED *ov )
{
    return WSARecv( a, &buffer, 1, &count, &flags, ov, NULL );
}

static int call_sendto( OVERLAPPED *ov )
{
    return WSASendTo( a, &buffer, 1, &count, 0, NULL, 0, ov, NULL );
}

static int call_recvfrom( OVERLAPPED *ov )
{
    peer_len = sizeof( peer );
    return WSARecvFrom( a, &buffer, 1, &count, &flags, &peer.any, &peer_len, ov, NULL );
}

static int call_write_file( OVERLAPPED *ov )
{
    return WriteFile( (HANDLE)a, room, 8, NULL, ov ) ? 0 : SOCKET_ERROR;
}

static int call_read_file( OVERLAPPED *ov )
{
    return ReadFile( (HANDLE)a, room, 8, NULL, ov ) ? 0 : SOCKET_ERROR;
}

static int call_transmit_file( OVERLAPPED *ov )
{
    return ext.TransmitFile( a, file, 0, 0, ov, NULL, 0 ) ? 0 : SOCKET_ERROR;
}

static int call_transmit_packets( OVERLAPPED *ov )
{
    TRANSMIT_PACKETS_ELEMENT element = { .dwElFlags = TP_ELEMENT_MEMORY, .cLength = 8, .pBuffer = room };

    return ext.TransmitPackets( a, &element, 1, 0, ov, 0 ) ? 0 : SOCKET_ERROR;
}

static const struct
{
    const char *name;
    int ( *call )( OVERLAPPED *ov );
    BOOL file; /* kernel32 gives its own error */
    BOOL sends;
} calls[] = {
    { "WSASend", call_send, FALSE, TRUE },
    { "WSARecv", call_recv },
    { "WSASendTo", call_sendto, FALSE, TRUE },
    { "WSARecvFrom", call_recvfrom },
    { "WriteFile", call_write_file, TRUE, TRUE },
    { "ReadFile", call_read_file, TRUE },
    { "TransmitFile", call_transmit_file, FALSE, TRUE },
    { "TransmitPackets", call_transmit_packets, FALSE, TRUE },
};

static HANDLE handle_never( void )
{
    return (HANDLE)0x12340;
}

static HANDLE handle_closed( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );

    CloseHandle( event );
    return event;
}

static HANDLE handle_mutex( void )
{
    return CreateMutexW( NULL, FALSE, NULL );
}

/* By a duplicate, by a handle that was made so, and by one that a reset has been tried with. */
static HANDLE handle_weak( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL ), copy = NULL;

    ok( DuplicateHandle( GetCurrentProcess(), event, GetCurrentProcess(), &copy, SYNCHRONIZE | READ_CONTROL, FALSE,
                         DUPLICATE_CLOSE_SOURCE ),
        "error %lu\n", GetLastError() );
    return copy;
}

static HANDLE handle_made_weak( void )
{
    return CreateEventExW( NULL, NULL, CREATE_EVENT_MANUAL_RESET, SYNCHRONIZE );
}

static HANDLE handle_tried_weak( void )
{
    HANDLE event = handle_weak();

    ok( !ResetEvent( event ) && GetLastError() == ERROR_ACCESS_DENIED, "error %lu\n", GetLastError() );
    ok( !SetEvent( event ) && GetLastError() == ERROR_ACCESS_DENIED, "error %lu\n", GetLastError() );
    return event;
}

static const struct
{
    const char *name;
    HANDLE ( *make )( void );
    BOOL open, weak;
} handles[] = {
    { "never one", handle_never },
    { "closed", handle_closed },
    { "a mutex", handle_mutex, TRUE },
    { "a weak one", handle_weak, TRUE, TRUE },
    { "one made weak", handle_made_weak, TRUE, TRUE },
    { "a tried weak one", handle_tried_weak, TRUE, TRUE },
};

static void test_call( int which, int kind, BOOL ready )
{
    HANDLE port = CreateIoCompletionPort( (HANDLE)a, NULL, 7, 0 ), handle;
    OVERLAPPED ov = { 0 }, *done;
    ULONG_PTR key;
    int ret, error, expect = handles[kind].weak ? WSAEACCES : WSAENOTSOCK,
                    expect_file = handles[kind].weak ? ERROR_ACCESS_DENIED : ERROR_INVALID_HANDLE;

    if (calls[which].call == call_transmit_packets && by_afd()) return; /* not there */
    winetest_push_context( "%s, %s%s", calls[which].name, handles[kind].name, ready ? ", ready" : "" );
    if (ready) ok_call( send( b, "data", 4, 0 ), 4, 0 );
    if (ready) ok( wait_readable( a, 2000 ), "no data\n" );
    ov.hEvent = handle = handles[kind].make();
    flags = 0;
    WSASetLastError( 0xdeadbeef );
    ret = calls[which].call( &ov );
    error = WSAGetLastError();
    ok_unless_stock( ret == SOCKET_ERROR && ( error == expect || ( calls[which].file && error == expect_file ) ),
                     "got %d, error %d\n", ret, error );
    if (ret == SOCKET_ERROR && error != WSA_IO_PENDING)
    {
        ok( !GetQueuedCompletionStatus( port, &count, &key, &done, 0 ) && !done, "there is a packet\n" );
        if (ready) ok_call( recv( a, room, sizeof( room ), 0 ), 4, 0 );
        if (calls[which].sends) ok( !wait_readable( b, 0 ), "data was sent\n" );
    }
    if (handles[kind].open) CloseHandle( handle );
    CloseHandle( port );
    winetest_pop_context();
}

static void test_select( int kind )
{
    WSANETWORKEVENTS events;
    HANDLE handle = handles[kind].make();

    winetest_push_context( "WSAEventSelect, %s", handles[kind].name );
    ok_error( WSAEventSelect( a, handle, FD_READ ), WSAEINVAL );
    ok_call( send( b, "data", 4, 0 ), 4, 0 );
    ok( wait_readable( a, 2000 ), "no data\n" );
    ok_success( WSAEnumNetworkEvents( a, NULL, &events ) );
    ok( !events.lNetworkEvents, "got %lx\n", events.lNetworkEvents );
    ok_call( recv( a, room, sizeof( room ), 0 ), 4, 0 );
    if (handles[kind].open) CloseHandle( handle );
    winetest_pop_context();
}

START_TEST( event_invalid )
{
    int which, kind, ready;

    start_winsock();
    load_extensions();
    file = make_file( FILE_FLAG_OVERLAPPED, "content", 7 );
    for (which = 0; which < (int)ARRAY_SIZE( calls ); which++)
        for (kind = 0; kind < (int)ARRAY_SIZE( handles ); kind++)
            for (ready = 0; ready <= !calls[which].sends; ready++)
            {
                tcp_socketpair( &a, &b );
                test_call( which, kind, ready );
                closesocket( a );
                closesocket( b );
            }
    tcp_socketpair( &a, &b );
    for (kind = 0; kind < (int)ARRAY_SIZE( handles ); kind++) test_select( kind );
    closesocket( a );
    closesocket( b );
    CloseHandle( file );
    stop_winsock();
}
