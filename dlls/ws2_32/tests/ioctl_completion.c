/*
 * How WSAIoctl completes: what the call returns, the OVERLAPPED, the event, the packet, the routine
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Some ioctls are done within the call, others are passed to the driver; with an OVERLAPPED the difference shows.
 */

#include "sockets.h"
#include <mstcpip.h>

#define SIO_BSP_HANDLE_               0x4800001b
#define SIO_IDEAL_SEND_BACKLOG_QUERY_ 0x4004747b
#define SIO_TCP_INFO_                 0xd8000027

static char in[64], out[4096];

enum input
{
    ZERO,
    ONE,
    ADDRESS,
    FUNCTION,
    NOTHING, /* no such function */
};

enum end
{
    NOW,    /* within the call: the completion has 0 bytes */
    COUNTS, /* the same, and a failure sets the count to 0 */
    LATER,  /* by the driver */
    ALONE,  /* within the call, and not with an OVERLAPPED */
};

#define CODE( name ) #name, name
#define ANY_SIZE     ~0u

static const struct row
{
    const char *name;
    DWORD code;
    int type;
    enum input input;
    enum end end;
    int error;
    DWORD bytes;
    enum
    {
        STOCK,  /* so on stock too */
        OURS,   /* stock hasn't got it */
        SERVER, /* nor has tier afd */
    } who;
    BOOL tells; /* a short buffer gives the size that is needed */
} rows[] = {
    { CODE( FIONBIO ), SOCK_STREAM, ONE, NOW, 0, 0 },
    { CODE( FIONREAD ), SOCK_STREAM, ZERO, NOW, 0, 4 },
    { CODE( FIONREAD ), SOCK_DGRAM, ZERO, NOW, 0, 4 },
    { CODE( SIOCATMARK ), SOCK_STREAM, ZERO, NOW, 0, 4 },
    { CODE( SIO_ADDRESS_LIST_QUERY ), SOCK_STREAM, ZERO, NOW, 0, ANY_SIZE, STOCK, TRUE },
    { CODE( SIO_ENABLE_CIRCULAR_QUEUEING ), SOCK_DGRAM, ZERO, NOW, 0, 0 },
    { CODE( SIO_FIND_ROUTE ), SOCK_DGRAM, ADDRESS, NOW, 0, 0, OURS },
    { CODE( SIO_GET_EXTENSION_FUNCTION_POINTER ), SOCK_STREAM, FUNCTION, NOW, 0, sizeof( void * ) },
    { CODE( SIO_GET_EXTENSION_FUNCTION_POINTER ), SOCK_STREAM, NOTHING, NOW, WSAEINVAL, 0 },
    { CODE( SIO_IDEAL_SEND_BACKLOG_QUERY_ ), SOCK_STREAM, ZERO, NOW, WSAENOTCONN, 0 },
    { CODE( SIO_IDEAL_SEND_BACKLOG_QUERY_ ), SOCK_DGRAM, ZERO, NOW, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_MULTICAST_SCOPE ), SOCK_DGRAM, ONE, NOW, 0, 0, OURS },
    { CODE( SIO_ROUTING_INTERFACE_QUERY ), SOCK_DGRAM, ADDRESS, NOW, 0, 16, STOCK, TRUE },
    { CODE( SIO_ROUTING_INTERFACE_QUERY ), SOCK_DGRAM, ZERO, NOW, WSAEAFNOSUPPORT, 0 },
    { CODE( SIO_UDP_CONNRESET ), SOCK_DGRAM, ONE, NOW, 0, 0 },
    { CODE( SIO_KEEPALIVE_VALS ), SOCK_STREAM, ZERO, COUNTS, 0, 0 },
    { CODE( SIO_KEEPALIVE_VALS ), SOCK_DGRAM, ZERO, COUNTS, WSAEINVAL, 0, OURS },
    { CODE( FIOASYNC ), SOCK_STREAM, ONE, LATER, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_FLUSH ), SOCK_STREAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_FLUSH ), SOCK_DGRAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_GET_QOS ), SOCK_STREAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_TRANSLATE_HANDLE ), SOCK_STREAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { "an unknown code", 0x98765432, SOCK_STREAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { "an unknown code", 0xdeadbeef, SOCK_DGRAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { "an unknown code", 0x667e, SOCK_DGRAM, ONE, LATER, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_GET_INTERFACE_LIST ), SOCK_STREAM, ZERO, LATER, 0, ANY_SIZE },
    { CODE( SIO_GET_INTERFACE_LIST_EX ), SOCK_STREAM, ZERO, LATER, 0, ANY_SIZE, OURS },
    { CODE( SIO_TCP_INFO_ ), SOCK_STREAM, ZERO, LATER, 0, 88, SERVER },
    { CODE( SIO_TCP_INFO_ ), SOCK_DGRAM, ZERO, LATER, WSAEOPNOTSUPP, 0 },
    { CODE( SIO_ACQUIRE_PORT_RESERVATION ), SOCK_STREAM, ZERO, LATER, WSAEINVAL, 0, OURS },
    { CODE( SIO_BASE_HANDLE ), SOCK_STREAM, ZERO, ALONE, 0, sizeof( SOCKET ) },
    { CODE( SIO_BASE_HANDLE ), SOCK_DGRAM, ZERO, ALONE, 0, sizeof( SOCKET ) },
    { CODE( SIO_BSP_HANDLE_ ), SOCK_DGRAM, ZERO, ALONE, 0, sizeof( SOCKET ), OURS },
};

enum mode
{
    PLAIN,
    EVENT,
    PORT,
    SKIPPED, /* the port gets no packet of what is done at once */
    ROUTINE,
    MODES
};
static const char *const mode_names[] = { "plain", "event", "port", "port, skipped", "routine" };

static struct
{
    unsigned int calls;
    DWORD error, bytes, flags;
    OVERLAPPED *ov;
} routine_got;

static void CALLBACK routine( DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags )
{
    routine_got.calls++;
    routine_got.error = error;
    routine_got.bytes = bytes;
    routine_got.flags = flags;
    routine_got.ov = ov;
}

static DWORD dos_error( int error )
{
    switch (error)
    {
    case WSAEFAULT: return ERROR_INSUFFICIENT_BUFFER;
    case WSAEINVAL: return ERROR_INVALID_PARAMETER;
    case WSAEOPNOTSUPP: return ERROR_NOT_SUPPORTED;
    default: return error;
    }
}

static void set_input( enum input input )
{
    static const GUID function = WSAID_ACCEPTEX;
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );

    memset( in, 0, sizeof( in ) );
    if (input == ADDRESS) memcpy( in, &addr, len );
    if (input == FUNCTION) memcpy( in, &function, sizeof( function ) );
    if (input == NOTHING) memset( in, 0x5a, sizeof( in ) );
    if (input == ONE) *(int *)in = 1;
}

#define check( row, condition, ... )                                                                                   \
    do                                                                                                                 \
    {                                                                                                                  \
        int good_ = !!( condition );                                                                                   \
        todo_wine_if( stock && !good_ && ( ( row )->who != STOCK || lenient ) ) ok( good_, __VA_ARGS__ );              \
    } while (0)

/* Runs one ioctl in one mode, with room for so many bytes; `error' is the result that must come of it, and `told' the
 * count of a failure. */
static void run( const struct row *row, enum mode mode, DWORD room, int error, DWORD told, BOOL lenient )
{
    SOCKET s = WSASocketW( AF_INET, row->type, 0, NULL, 0, WSA_FLAG_OVERLAPPED );
    BOOL pends = mode != PLAIN && ( row->end == LATER || row->end == ALONE ), completes, got;
    OVERLAPPED ov = { .Internal = 0xdeadbeef, .InternalHigh = 0xdeadbeef }, *packet = NULL;
    DWORD size = 0xdeadbeef, expect_size = 0xdeadbeef, bytes, packet_size = ~0u;
    HANDLE port = NULL, event = NULL;
    ULONG_PTR key = 0;
    int ret;

    if (pends && row->end == ALONE) error = WSAEOPNOTSUPP;
    completes = mode != PLAIN && ( pends || !error );
    if (mode == PORT || mode == SKIPPED) port = CreateIoCompletionPort( (HANDLE)s, NULL, 123, 0 );
    if (mode == SKIPPED)
        ok( SetFileCompletionNotificationModes( (HANDLE)s, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS ), "error %lu\n",
            GetLastError() );
    if (mode == EVENT) ov.hEvent = event = CreateEventW( NULL, TRUE, FALSE, NULL );
    memset( &routine_got, 0, sizeof( routine_got ) );
    memset( out, 0xcc, sizeof( out ) );
    set_input( row->input );

    WSASetLastError( 0xdeadbeef );
    ret = WSAIoctl( s, row->code, in, sizeof( in ), out, room, &size, mode == PLAIN ? NULL : &ov,
                    mode == ROUTINE ? routine : NULL );
    if (pends) check( row, ret == -1 && WSAGetLastError() == WSA_IO_PENDING, "got %d, %d\n", ret, WSAGetLastError() );
    else
        check( row, ret == ( error ? -1 : 0 ) && WSAGetLastError() == error, "got %d, %d, expected %d\n", ret,
               WSAGetLastError(), error );

    if (!pends && !error) expect_size = row->bytes;
    else if (!pends) expect_size = told != ~0u ? told : row->end == NOW || mode != PLAIN ? 0xdeadbeef : 0;
    if (expect_size == ANY_SIZE) check( row, size && size <= room, "got %lu bytes\n", size );
    else check( row, size == expect_size, "got count %lx, expected %lx\n", size, expect_size );
    if (error) check( row, out[0] == (char)0xcc, "something was written\n" );

    bytes = pends && !error ? row->bytes : 0;
    if (row->who == OURS && mode == PORT && by_afd()) bytes = 0; /* the server's completion has none */
    if (completes)
    {
        check( row, !ov.Internal == !error && ov.Internal != 0xdeadbeef, "got status %Ix\n", ov.Internal );
        check( row, bytes == ANY_SIZE ? ov.InternalHigh && ov.InternalHigh <= room : ov.InternalHigh == bytes,
               "got %Iu bytes\n", ov.InternalHigh );
    }
    else
        check( row, ov.Internal == 0xdeadbeef && ov.InternalHigh == 0xdeadbeef, "got status %Ix, %Iu bytes\n",
               ov.Internal, ov.InternalHigh );

    if (event)
    {
        /* stock forgets the event of what has failed later */
        lenient |= error && pends;
        check( row, WaitForSingleObject( event, 0 ) == ( completes ? WAIT_OBJECT_0 : WAIT_TIMEOUT ),
               "the event is wrong\n" );
        CloseHandle( event );
    }
    if (port)
    {
        if (mode == SKIPPED && !pends) completes = FALSE;
        got = GetQueuedCompletionStatus( port, &packet_size, &key, &packet, 0 );
        check( row, packet == ( completes ? &ov : NULL ), "got packet %p\n", packet );
        if (packet && completes)
        {
            check( row, got == !error && ( got || GetLastError() == dos_error( error ) ), "got %d, error %lu\n", got,
                   GetLastError() );
            check( row, packet_size == ov.InternalHigh && key == 123, "got %lu bytes, key %Iu\n", packet_size, key );
            ok( !GetQueuedCompletionStatus( port, &packet_size, &key, &packet, 0 ) && !packet, "a second packet\n" );
        }
        CloseHandle( port );
    }
    if (mode == ROUTINE)
    {
        check( row, SleepEx( 0, TRUE ) == ( completes ? WAIT_IO_COMPLETION : 0 ), "the wait ended otherwise\n" );
        check( row, routine_got.calls == (unsigned int)completes, "%u calls\n", routine_got.calls );
        if (routine_got.calls && completes)
        {
            check( row, (int)routine_got.error == error, "got error %lu\n", routine_got.error );
            check( row, routine_got.bytes == ov.InternalHigh && !routine_got.flags && routine_got.ov == &ov,
                   "got %lu bytes, flags %lx\n", routine_got.bytes, routine_got.flags );
        }
    }
    closesocket( s );
    SleepEx( 0, TRUE );
}

static void test_row( const struct row *row )
{
    int error = row->who == SERVER && by_afd() ? WSAEOPNOTSUPP : row->error;
    OVERLAPPED ov = { 0 };
    DWORD needed = ~0u;
    enum mode mode;
    SOCKET s;

    s = WSASocketW( AF_INET, row->type, 0, NULL, 0, WSA_FLAG_OVERLAPPED );
    set_input( row->input );
    ok_error( WSAIoctl( s, row->code, in, sizeof( in ), out, sizeof( out ), NULL, NULL, NULL ), WSAEFAULT );
    ok_error( WSAIoctl( s, row->code, in, sizeof( in ), out, sizeof( out ), NULL, &ov, NULL ), WSAEFAULT );
    ok_error( WSAIoctl( s, row->code, in, sizeof( in ), out, sizeof( out ), NULL, &ov, routine ), WSAEFAULT );
    ok( !SleepEx( 0, TRUE ), "the routine was called\n" );
    if (row->tells) WSAIoctl( s, row->code, in, sizeof( in ), out, sizeof( out ), &needed, NULL, NULL );
    closesocket( s );

    for (mode = PLAIN; mode < MODES; mode++)
    {
        /* the server takes what ends later as done at once, and posts nothing */
        if (mode == SKIPPED && by_afd() && ( row->end == LATER || row->end == ALONE )) continue;
        winetest_push_context( "%s", mode_names[mode] );
        run( row, mode, sizeof( out ), error, ~0u, FALSE );
        winetest_pop_context();
        if (error || !row->bytes) continue;
        winetest_push_context( "%s, no room", mode_names[mode] );
        run( row, mode, 0, WSAEFAULT, needed, row->end == ALONE || row->bytes != 4 );
        winetest_pop_context();
    }
}

/* They can't be told from one that fails by its parameters: nothing is done or completed. */
static void test_bad_overlapped( void )
{
    SOCKET s = udp_socket( AF_INET );
    DWORD size = 0xdeadbeef;
    u_long unread = 77;

    ok_docs_error( WSAIoctl( s, FIONREAD, NULL, 0, &unread, 4, &size, (OVERLAPPED *)bad_page(), NULL ), WSAEFAULT );
    ok_docs_error( WSAIoctl( s, FIONREAD, NULL, 0, &unread, 4, (DWORD *)bad_page(), NULL, NULL ), WSAEFAULT );
    ok_unless_stock( size == 0xdeadbeef && unread == 77, "got %lx, %lu\n", size, unread );
    closesocket( s );
}

START_TEST( ioctl_completion )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < ARRAY_SIZE( rows ); i++)
    {
        winetest_push_context( "%s, %s", rows[i].name, rows[i].type == SOCK_STREAM ? "stream" : "datagram" );
        test_row( &rows[i] );
        winetest_pop_context();
    }
    test_bad_overlapped();
    stop_winsock();
}
