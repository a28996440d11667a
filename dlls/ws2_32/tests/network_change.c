/*
 * Changes of addresses and routes: SIO_ADDRESS_LIST_CHANGE, SIO_ROUTING_INTERFACE_CHANGE and their FD_* events
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "Winsock IOCTLs" and "WSAEventSelect function". tests/network makes the changes; without it there are
 * none.
 */

#include "sockets.h"

enum
{
    SELECT_MESSAGE = WM_USER + 7
};

static const struct change
{
    const char *name;
    DWORD code;
    long event;
    int bit;
} changes[] = {
    { "addr", SIO_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE_BIT },
    { "route", SIO_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE_BIT },
};

static const struct change *change;
static int family;
static HANDLE event;
static BOOL is_on;

/* Adds what the test is about, or takes it away again. */
static void make_change( void )
{
    char command[16];

    is_on = !is_on;
    snprintf( command, sizeof( command ), "%s%s%s", change->name, family == AF_INET6 ? "6" : "4", is_on ? "+" : "-" );
    change_world( command );
}

static int ask( SOCKET s, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    union address any = { .any.sa_family = family };
    DWORD size;

    return WSAIoctl( s, change->code, &any, family == AF_INET6 ? sizeof( any.v6 ) : sizeof( any.v4 ), NULL, 0, &size,
                     ov, routine );
}

#define arm( s ) ok_docs_error( ask( s, NULL, NULL ), WSAEWOULDBLOCK )

/* Never by the server's AFD. */
static void expect_told_( int line, SOCKET s )
{
    WSANETWORKEVENTS events = { 0 };
    DWORD ret = WaitForSingleObject( event, by_afd() ? 0 : 10000 );
    int taken = WSAEnumNetworkEvents( s, event, &events );

    ok_unless_afd( !ret && !taken && events.lNetworkEvents == change->event && !events.iErrorCode[change->bit],
                   "line %d: wait %lu, %d, events %lx, error %d\n", line, ret, taken, events.lNetworkEvents,
                   events.iErrorCode[change->bit] );
}

static void expect_nothing_( int line, SOCKET s )
{
    WSANETWORKEVENTS events = { 0 };
    DWORD ret = WaitForSingleObject( event, 50 );
    int taken = WSAEnumNetworkEvents( s, event, &events );

    ok( ret == WAIT_TIMEOUT && !taken && !events.lNetworkEvents, "line %d: wait %lu, %d, events %lx\n", line, ret,
        taken, events.lNetworkEvents );
}

#define expect_told( s )    expect_told_( __LINE__, s )
#define expect_nothing( s ) expect_nothing_( __LINE__, s )

/* A connected socket's events are noticed elsewhere than a fresh one's. */
static SOCKET make_socket( BOOL connected, SOCKET *peer )
{
    SOCKET s;

    *peer = INVALID_SOCKET;
    if (!connected) return udp_socket( family );
    tcp_pair( family, WSA_FLAG_OVERLAPPED, &s, peer );
    return s;
}

static void test_arming( BOOL connected )
{
    SOCKET peer, s = make_socket( connected, &peer );
    WSANETWORKEVENTS events;
    u_long off = 0;
    DWORD size;

    ok_success( WSAEventSelect( s, event, change->event ) );
    expect_nothing( s );
    ok_docs_error( ioctlsocket( s, FIONBIO, &off ), WSAEINVAL );
    set_blocking( s, FALSE ); /* stock has made it blocking */
    arm( s );
    expect_nothing( s );
    arm( s );
    ok_docs_error( WSAIoctl( s, change->code, NULL, 0, NULL, 0, &size, NULL, NULL ),
                   change->event == FD_ADDRESS_LIST_CHANGE ? WSAEWOULDBLOCK : WSAEFAULT );
    ok_docs_error( WSAIoctl( s, change->code, bad_page(), 16, NULL, 0, &size, NULL, NULL ),
                   change->event == FD_ADDRESS_LIST_CHANGE ? WSAEWOULDBLOCK : WSAEFAULT );
    ok_docs_error( ask( INVALID_SOCKET, NULL, NULL ), WSAENOTSOCK );
    expect_nothing( s );

    /* beside others */
    ok_success( WSAEventSelect( s, event, change->event | FD_CLOSE | ( connected ? FD_WRITE : FD_READ ) ) );
    if (connected)
    {
        ok( !WaitForSingleObject( event, 5000 ), "no FD_WRITE\n" );
        ok_success( WSAEnumNetworkEvents( s, event, &events ) );
        ok( events.lNetworkEvents == FD_WRITE, "got %lx\n", events.lNetworkEvents );
        closesocket( peer );
        ok( !WaitForSingleObject( event, 5000 ), "no FD_CLOSE\n" );
        ok_success( WSAEnumNetworkEvents( s, event, &events ) );
        ok( events.lNetworkEvents == FD_CLOSE, "got %lx\n", events.lNetworkEvents );
    }
    ok_success( WSAEventSelect( s, NULL, 0 ) );
    arm( s );
    closesocket( s );
    ok( WaitForSingleObject( event, 50 ) == WAIT_TIMEOUT, "something was reported\n" );
}

static void test_events( BOOL connected )
{
    SOCKET peer, s = make_socket( connected, &peer );

    winetest_push_context( "%s %s, %s", change->name, family_name( family ), connected ? "connected" : "fresh" );
    ok_success( WSAEventSelect( s, event, change->event ) );
    make_change();
    expect_nothing( s ); /* not asked for */
    arm( s );
    expect_nothing( s );
    make_change();
    expect_told( s );
    make_change();
    expect_nothing( s ); /* once */
    arm( s );
    arm( s );
    make_change();
    make_change();
    expect_told( s );
    expect_nothing( s );

    /* asked for again before it was taken */
    arm( s );
    make_change();
    ok_unless_afd( !WaitForSingleObject( event, by_afd() ? 0 : 10000 ), "no event\n" );
    arm( s );
    expect_told( s );
    make_change();
    expect_told( s );

    /* selected after it was asked for, and after it has come */
    ok_success( WSAEventSelect( s, NULL, 0 ) );
    arm( s );
    make_change();
    ok( WaitForSingleObject( event, 50 ) == WAIT_TIMEOUT, "reported without a selection\n" );
    ok_success( WSAEventSelect( s, event, change->event | FD_CLOSE ) );
    expect_told( s );

    /* reported, not enumerated, and selected again; then the selection ends, and the report with it */
    arm( s );
    make_change();
    ok_unless_afd( !WaitForSingleObject( event, by_afd() ? 0 : 10000 ), "no event\n" );
    ResetEvent( event );
    ok_success( WSAEventSelect( s, event, change->event ) );
    expect_told( s );
    arm( s );
    make_change();
    ok_unless_afd( !WaitForSingleObject( event, by_afd() ? 0 : 10000 ), "no event\n" );
    ResetEvent( event );
    ok_success( WSAEventSelect( s, NULL, 0 ) );
    ok_success( WSAEventSelect( s, event, change->event ) );
    expect_nothing( s );

    /* closed */
    arm( s );
    closesocket( s );
    if (peer != INVALID_SOCKET) closesocket( peer );
    make_change();
    ok( WaitForSingleObject( event, 50 ) == WAIT_TIMEOUT, "reported after closesocket\n" );
    winetest_pop_context();
}

static UINT messages( HWND window, SOCKET s, UINT expect )
{
    DWORD start = GetTickCount();
    UINT count = 0;
    MSG msg;

    do
    {
        while (PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE, PM_REMOVE ))
        {
            ok( msg.wParam == s && msg.lParam == change->event, "got %Ix, %Ix\n", msg.wParam, msg.lParam );
            count++;
        }
        if (count < expect) Sleep( 5 );
    } while (count < expect && !by_afd() && GetTickCount() - start < 10000);
    return count;
}

static void test_messages( BOOL connected )
{
    HWND window = CreateWindowExA( 0, "STATIC", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL );
    SOCKET peer, s = make_socket( connected, &peer );
    UINT count;

    winetest_push_context( "%s %s, %s", change->name, family_name( family ), connected ? "connected" : "fresh" );
    ok( window != NULL, "no window\n" );
    ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, change->event ) );
    make_change();
    ok( !messages( window, s, 0 ), "a message without being asked\n" );
    arm( s );
    make_change();
    make_change();
    count = messages( window, s, 1 );
    ok_unless_afd( count == 1, "got %u messages\n", count );
    Sleep( 50 );
    ok( !messages( window, s, 0 ), "one more\n" );
    arm( s );
    make_change();
    count = messages( window, s, 1 );
    ok_unless_afd( count == 1, "got %u messages\n", count );
    closesocket( s );
    if (peer != INVALID_SOCKET) closesocket( peer );
    DestroyWindow( window );
    winetest_pop_context();
}

static UINT routine_calls;

static void CALLBACK routine( DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags )
{
    ok( !error && !bytes, "error %lu, %lu bytes, %p, %lx\n", error, bytes, ov, flags );
    routine_calls++;
}

static DWORD WINAPI block( void *arg )
{
    return ask( (SOCKET)arg, NULL, NULL ) ? WSAGetLastError() : 0;
}

static void test_overlapped( BOOL connected )
{
    SOCKET peer, s = make_socket( connected, &peer );
    OVERLAPPED ov[4] = { { 0 } };
    DWORD size, flags, code = ~0u;
    unsigned int i;
    HANDLE thread;

    /* the server knows IPv4's addresses alone */
    if (by_afd() && ( family == AF_INET6 || change->code != SIO_ADDRESS_LIST_CHANGE )) goto done;
    winetest_push_context( "%s %s, %s", change->name, family_name( family ), connected ? "connected" : "fresh" );
    for (i = 0; i < 2; i++)
    {
        ov[i].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_error( ask( s, &ov[i], NULL ), WSA_IO_PENDING );
    }
    routine_calls = 0;
    ok_error( ask( s, &ov[2], routine ), WSA_IO_PENDING );
    ok_unless_stock( is_pending( &ov[0] ) && is_pending( &ov[1] ) && is_pending( &ov[2] ), "not pending\n" );
    make_change();
    for (i = 0; i < 2; i++)
    {
        ok( !WaitForSingleObject( ov[i].hEvent, 10000 ), "%u: not reported\n", i );
        ok( WSAGetOverlappedResult( s, &ov[i], &size, FALSE, &flags ) && !size, "%u: error %d\n", i,
            WSAGetLastError() );
        CloseHandle( ov[i].hEvent );
    }
    for (i = 0; i < 100 && !routine_calls; i++) SleepEx( 100, TRUE );
    ok( routine_calls == 1, "got %u\n", routine_calls );

    ov[3].hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_error( ask( s, &ov[3], NULL ), WSA_IO_PENDING );
    ok( WaitForSingleObject( ov[3].hEvent, 50 ) == WAIT_TIMEOUT, "an old change was reported\n" );

    /* it may begin to wait at any time */
    thread = CreateThread( NULL, 0, block, (void *)s, 0, NULL );
    for (i = 0; i < 200 && WaitForSingleObject( thread, 100 ); i++) make_change();
    ok( GetExitCodeThread( thread, &code ) && !code, "got %lu\n", code );
    CloseHandle( thread );
    ok( !WaitForSingleObject( ov[3].hEvent, 10000 ), "not reported\n" );
    CloseHandle( ov[3].hEvent );
    winetest_pop_context();
done:
    closesocket( s );
    if (peer != INVALID_SOCKET) closesocket( peer );
}

START_TEST( network_change )
{
    BOOL real = getenv( "WSURING_TEST_NETWORK" ) != NULL;
    unsigned int i, j, connected;

    start_winsock();
    event = WSACreateEvent();
    for (i = 0; i < ARRAY_SIZE( changes ); i++)
        for (j = 0; j < family_count(); j++)
            for (connected = 0; connected < 2; connected++)
            {
                change = &changes[i];
                family = families[j];
                test_arming( connected );
                if (!real) continue;
                test_events( connected );
                test_messages( connected );
                test_overlapped( connected );
                if (is_on) make_change();
            }
    WSACloseEvent( event );
    stop_winsock();
}
