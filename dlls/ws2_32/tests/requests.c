/*
 * Loads for counting wineserver requests: tools/lib/count_requests reads the server's trace of this test
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each phase is set up, run a few times to reach the steady state, and then run between two marks. A mark is the
 * request of OpenEvent with a name that says what follows: wsuring-mark:begin:PHASE:OPERATIONS and wsuring-mark:end.
 * What the program itself needs (waiting for an event, an alertable wait) is done after the end mark, so that all
 * requests between the marks are the module's. Packets are taken between them: that is the module's matter too.
 */

#include "requests.h"

static char buffer[COUNT][64];

static void mark( const char *text )
{
    char name[96];
    HANDLE event;

    sprintf( name, "wsuring-mark:%s", text );
    event = OpenEventA( SYNCHRONIZE, FALSE, name );
    ok( !event, "%s is there\n", name );
}

void phase_begin( const char *phase, unsigned int operations )
{
    char text[80];

    sprintf( text, "begin:%s:%u", phase, operations );
    mark( text );
}

void phase_end( void )
{
    mark( "end" );
}

void spin_until_done( OVERLAPPED *ov )
{
    unsigned int i;

    for (i = 0; is_pending( ov ) && i < 2000000000; i++) YieldProcessor();
    if (is_pending( ov )) ok( 0, "the operation doesn't end\n" );
}

/* ---- without OVERLAPPED */

enum call
{
    CALL_SEND,
    CALL_SENDTO,
    CALL_WSASEND,
    CALL_RECV,
    CALL_RECVFROM,
    CALL_WSARECV,
    CALL_WOULDBLOCK
};

static union address peer_addr;
static int peer_len;

static int one_send( SOCKET s, enum call call )
{
    WSABUF wsabuf = { 5, (char *)"hello" };
    DWORD count = -1;

    switch (call)
    {
    case CALL_SENDTO: return sendto( s, "hello", 5, 0, &peer_addr.any, peer_len );
    case CALL_WSASEND: return WSASend( s, &wsabuf, 1, &count, 0, NULL, NULL ) ? -1 : (int)count;
    default: return send( s, "hello", 5, 0 );
    }
}

static int one_recv( SOCKET s, enum call call )
{
    union address from;
    int from_len = sizeof( from );
    WSABUF wsabuf = { 5, buffer[0] };
    DWORD count = -1, flags = 0;

    switch (call)
    {
    case CALL_RECVFROM: return recvfrom( s, buffer[0], 5, 0, &from.any, &from_len );
    case CALL_WSARECV: return WSARecv( s, &wsabuf, 1, &count, &flags, NULL, NULL ) ? -1 : (int)count;
    default: return recv( s, buffer[0], 5, 0 );
    }
}

/* a is the socket of the phase, b its peer */
static void direct_phase( const char *name, SOCKET a, SOCKET b, enum call call, BOOL blocking )
{
    int i, good = 0, total = WARM + COUNT;
    char text[80];
    BOOL is_send = call <= CALL_WSASEND;

    sprintf( text, "%s%s", name, blocking ? "" : "-nonblocking" );
    winetest_push_context( "%s", text );
    set_blocking( a, blocking );
    if (!is_send && call != CALL_WOULDBLOCK)
    {
        for (i = 0; i < total; i++) one_send( b, CALL_SEND );
        Sleep( 50 );
    }
    for (i = 0; i < total; i++)
    {
        if (i == WARM) phase_begin( text, COUNT );
        if (call == CALL_WOULDBLOCK) good += recv( a, buffer[0], 5, 0 ) == -1;
        else if (is_send) good += one_send( a, call ) == 5;
        else good += one_recv( a, call ) == 5;
    }
    phase_end();
    ok( good == total, "%d of %d calls are good, error %d\n", good, total, WSAGetLastError() );
    if (is_send)
        for (i = 0; i < total; i++)
            ok( one_recv( b, CALL_RECV ) == 5, "a peer's receive failed: %d\n", WSAGetLastError() );
    set_blocking( a, TRUE );
    winetest_pop_context();
}

/* Two threads, each of which waits for the other in blocking calls. */
static DWORD WINAPI pong_thread( void *arg )
{
    SOCKET s = *(SOCKET *)arg;
    char data[8];
    int i;

    for (i = 0; i < WARM + COUNT; i++)
        if (recv( s, data, 5, 0 ) != 5 || send( s, data, 5, 0 ) != 5) break;
    /* the thread's end isn't counted: it waits for one more byte */
    recv( s, data, 1, 0 );
    return 0;
}

static void pingpong_phase( const char *name, SOCKET a, SOCKET b )
{
    HANDLE thread = CreateThread( NULL, 0, pong_thread, &b, 0, NULL );
    int i, good = 0;
    char data[8];

    winetest_push_context( "%s", name );
    for (i = 0; i < WARM + COUNT; i++)
    {
        if (i == WARM) phase_begin( name, 4 * COUNT ); /* two sends, two receives */
        good += send( a, "hello", 5, 0 ) == 5 && recv( a, data, 5, 0 ) == 5;
    }
    phase_end();
    ok( good == WARM + COUNT, "%d are good, error %d\n", good, WSAGetLastError() );
    send( a, "x", 1, 0 );
    ok( !WaitForSingleObject( thread, 5000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
    winetest_pop_context();
}

const char *const pair_kinds[PAIR_KINDS] = { "connected", "accepted", "udp", "accepted-ex", "connected-ex" };

void pair_of_kind( int kind, SOCKET *a, SOCKET *b )
{
    if (kind == 4) extension_pair( AF_INET, a, b );
    else if (kind == 3) extension_pair( AF_INET, b, a );
    else if (kind == 2) udp_pair( AF_INET, a, b );
    else if (kind) tcp_socketpair( b, a );
    else tcp_socketpair( a, b );
}

static void run_direct( void )
{
    static const struct
    {
        const char *name;
        enum call call;
    } calls[] = {
        { "send", CALL_SEND },       { "WSASend", CALL_WSASEND },   { "recv", CALL_RECV },
        { "WSARecv", CALL_WSARECV }, { "recvfrom", CALL_RECVFROM }, { "sendto", CALL_SENDTO },
    };
    SOCKET a, b;
    unsigned int i, kind;
    char name[64];
    int blocking;

    for (kind = 0; kind < PAIR_KINDS; kind++)
    {
        pair_of_kind( kind, &a, &b );
        peer_len = sizeof( peer_addr );
        ok_success( getpeername( a, &peer_addr.any, &peer_len ) );
        /* the threads that the first use of a socket starts go to sleep */
        ok( send( a, "x", 1, 0 ) == 1 && recv( b, name, 1, 0 ) == 1, "no data: %d\n", WSAGetLastError() );
        Sleep( 50 );
        for (i = 0; i < ARRAY_SIZE( calls ); i++)
        {
            sprintf( name, "%s-%s", pair_kinds[kind], calls[i].name );
            for (blocking = 1; blocking >= 0; blocking--) direct_phase( name, a, b, calls[i].call, blocking );
        }
        sprintf( name, "%s-wouldblock", pair_kinds[kind] );
        direct_phase( name, a, b, CALL_WOULDBLOCK, FALSE );
        /* a time-out makes no difference; nor does its lack */
        set_timeout( a, 0 );
        set_timeout( b, 0 );
        sprintf( name, "%s-pingpong", pair_kinds[kind] );
        pingpong_phase( name, a, b );
        closesocket( a );
        closesocket( b );
    }
    /* an unconnected UDP socket */
    a = udp_socket( AF_INET );
    peer_len = loopback( &peer_addr, AF_INET, 0 );
    ok_success( bind( a, &peer_addr.any, peer_len ) );
    ok_success( getsockname( a, &peer_addr.any, &peer_len ) );
    ok_call( sendto( a, "a", 1, 0, &peer_addr.any, peer_len ), 1, 0 );
    ok_call( recv( a, name, sizeof( name ), 0 ), 1, 0 );
    direct_phase( "udp-unconnected-sendto", a, a, CALL_SENDTO, TRUE );
    closesocket( a );
}

/* ---- readiness and names */

enum query
{
    QUERY_SELECT,
    QUERY_SELECT_WAIT,
    QUERY_POLL,
    QUERY_SOCKNAME,
    QUERY_PEERNAME,
    QUERY_UNREAD,
    QUERY_COUNT
};

/* As a server has it: a listener, idle connections, and b with something to read. */
static BOOL query_once( enum query query, SOCKET listener, SOCKET a, SOCKET b )
{
    struct timeval timeout = { 0, 0 };
    WSAPOLLFD fds[3] = { { listener, POLLIN, 0 }, { a, POLLIN, 0 }, { b, POLLIN, 0 } };
    union address addr;
    int len = sizeof( addr );
    fd_set reads, excepts;
    u_long count;

    switch (query)
    {
    case QUERY_SELECT:
    case QUERY_SELECT_WAIT:
        timeout.tv_sec = query == QUERY_SELECT_WAIT;
        FD_ZERO( &reads );
        FD_SET( listener, &reads );
        FD_SET( a, &reads );
        FD_SET( b, &reads );
        excepts = reads;
        return select( 0, &reads, NULL, &excepts, &timeout ) == 1 && FD_ISSET( b, &reads );
    case QUERY_POLL: return WSAPoll( fds, 3, 0 ) == 1 && fds[2].revents == POLLRDNORM;
    case QUERY_SOCKNAME: return !getsockname( b, &addr.any, &len );
    case QUERY_PEERNAME: return !getpeername( b, &addr.any, &len );
    default: return !ioctlsocket( b, FIONREAD, &count ) && count == 3;
    }
}

static void run_queries( void )
{
    static const char *names[QUERY_COUNT]
        = { "select", "select-wait", "WSAPoll", "getsockname", "getpeername", "FIONREAD" };
    SOCKET listener, a, b;
    union address addr;
    enum query query;
    int i, good, len;
    char data[4];

    listener = tcp_listener( AF_INET, &addr, &len );
    tcp_socketpair( &a, &b );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( wait_readable( b, 1000 ), "not readable\n" );
    for (query = 0; query < QUERY_COUNT; query++)
    {
        for (i = good = 0; i < WARM + COUNT; i++)
        {
            if (i == WARM) phase_begin( names[query], COUNT );
            good += query_once( query, listener, a, b );
        }
        phase_end();
        ok( good == WARM + COUNT, "%s: %d are good, error %d\n", names[query], good, WSAGetLastError() );
    }
    ok_call( recv( b, data, sizeof( data ), 0 ), 3, 0 );
    closesocket( a );
    closesocket( b );
    closesocket( listener );
}

START_TEST( requests )
{
    HANDLE early_port;
    WSADATA data;

    WSAStartup( MAKEWORD( 2, 2 ), &data );
    early_port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    start_winsock();
    run_direct();
    run_queries();
    run_overlapped();
    run_port( early_port );
    run_reuse();
    run_events( FALSE );
    run_events( TRUE );
    run_messages();
    run_connections();
    run_selected();
    run_notified();
    stop_winsock();
    WSACleanup();
}
