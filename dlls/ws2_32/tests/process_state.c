/*
 * The state of a socket that two have: what one changes, the other sees (page "WSADuplicateSocketW function":
 * descriptors share the socket)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

enum step
{
    STEP_END,
    STEP_NONBLOCKING,
    STEP_BLOCKING,
    STEP_RECEIVE,
    STEP_SELECT,
    STEP_EVENT,
    STEP_SHUTDOWN_SEND,
    STEP_SHUTDOWN_RECEIVE,
};

/* What the two processes send each other. */
struct shared
{
    WSAPROTOCOL_INFOW info;
    ULONG64 inherited; /* in place of the info; the same for 32-bit and 64-bit programs */
    enum step step;
    BOOL locked; /* the first WSAEventSelect is called with the loader's lock, as in a DllMain */
    int ret, error;
};

enum way
{
    BY_DUPLICATE_SOCKET,
    BY_INHERITANCE,
    BY_DUPLICATE_HANDLE, /* in the same process */
    BY_DUPLICATE_TO,     /* the same, to another process, which gets the number */
    WAY_COUNT,
};

static const char *const way_names[WAY_COUNT]
    = { "WSADuplicateSocket", "inherited", "DuplicateHandle", "DuplicateHandle to a child" };

/* The other one that has the socket. */
struct other
{
    struct shared *shared;
    HANDLE mapping, process, go, done;
    SOCKET copy;
};

NTSYSAPI LONG WINAPI LdrLockLoaderLock( ULONG flags, ULONG *result, ULONG_PTR *cookie );
NTSYSAPI LONG WINAPI LdrUnlockLoaderLock( ULONG flags, ULONG_PTR cookie );

/* No thread of a module's own can begin while it is locked. */
static int select_read( SOCKET s, WSAEVENT event, BOOL locked )
{
    ULONG_PTR cookie;
    int ret;

    if (locked) LdrLockLoaderLock( 0, NULL, &cookie );
    ret = WSAEventSelect( s, event, FD_READ );
    if (locked) LdrUnlockLoaderLock( 0, cookie );
    return ret;
}

static void perform( struct shared *shared, SOCKET s, enum step step )
{
    static WSAEVENT event;
    char buffer[4];

    WSASetLastError( 0 );
    switch (step)
    {
    case STEP_NONBLOCKING:
    case STEP_BLOCKING:
    {
        u_long on = step == STEP_NONBLOCKING;

        shared->ret = ioctlsocket( s, FIONBIO, &on );
        break;
    }
    case STEP_RECEIVE:
        set_timeout( s, 200 );
        shared->ret = recv( s, buffer, sizeof( buffer ), 0 );
        break;
    case STEP_SELECT:
        if (!event) event = WSACreateEvent();
        shared->ret = select_read( s, event, shared->locked );
        break;
    case STEP_EVENT:
        shared->ret = WaitForSingleObject( event, 3000 );
        ResetEvent( event );
        break;
    case STEP_SHUTDOWN_SEND: shared->ret = shutdown( s, SD_SEND ); break;
    case STEP_SHUTDOWN_RECEIVE: shared->ret = shutdown( s, SD_RECEIVE ); break;
    default: shared->ret = SOCKET_ERROR; break;
    }
    shared->error = WSAGetLastError();
}

static HANDLE open_event( const char *name, const char *which )
{
    char full[80];

    sprintf( full, "%s-%s", name, which );
    return CreateEventA( NULL, FALSE, FALSE, full );
}

static void child( const char *name )
{
    HANDLE mapping = OpenFileMappingA( FILE_MAP_WRITE, FALSE, name );
    struct shared *shared = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, sizeof( *shared ) );
    HANDLE go = open_event( name, "go" ), done = open_event( name, "done" );
    SOCKET s = INVALID_SOCKET;

    start_winsock();
    while (!WaitForSingleObject( go, 20000 ) && shared->step != STEP_END)
    {
        if (shared->inherited) s = (SOCKET)shared->inherited;
        else if (s == INVALID_SOCKET)
            s = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &shared->info, 0,
                            WSA_FLAG_OVERLAPPED );
        ok( s != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
        perform( shared, s, shared->step );
        SetEvent( done );
    }
    ok_success( closesocket( s ) );
    stop_winsock();
}

static void other_begin( struct other *other, SOCKET s, enum way way )
{
    static unsigned int count;
    char name[64], arguments[80];

    memset( other, 0, sizeof( *other ) );
    if (way == BY_DUPLICATE_HANDLE)
    {
        static struct shared shared;

        other->shared = &shared;
        ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)s, GetCurrentProcess(), (HANDLE *)&other->copy, 0, FALSE,
                             DUPLICATE_SAME_ACCESS ),
            "failed: %lu\n", GetLastError() );
        return;
    }
    sprintf( name, "wsuring-state-%lu-%u", GetCurrentProcessId(), count++ );
    other->mapping
        = CreateFileMappingA( INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof( *other->shared ), name );
    other->shared = MapViewOfFile( other->mapping, FILE_MAP_WRITE, 0, 0, sizeof( *other->shared ) );
    SetHandleInformation( (HANDLE)s, HANDLE_FLAG_INHERIT, way == BY_INHERITANCE ? HANDLE_FLAG_INHERIT : 0 );
    other->go = open_event( name, "go" );
    other->done = open_event( name, "done" );
    sprintf( arguments, "child %s", name );
    other->process = start_child( "process_state", arguments );
    if (way == BY_INHERITANCE) other->shared->inherited = s;
    else if (way == BY_DUPLICATE_TO)
        ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)s, other->process, (HANDLE *)&other->shared->inherited, 0,
                             FALSE, DUPLICATE_SAME_ACCESS ),
            "failed: %lu\n", GetLastError() );
    else ok_success( WSADuplicateSocketW( s, GetProcessId( other->process ), &other->shared->info ) );
}

static void other_does_( unsigned int line, struct other *other, enum step step, int expect_ret, int expect_error )
{
    struct shared *shared = other->shared;

    shared->ret = 0xdead;
    if (other->process)
    {
        shared->step = step;
        SetEvent( other->go );
        ok_( __FILE__, line )( !WaitForSingleObject( other->done, 20000 ), "the other process doesn't answer\n" );
    }
    else perform( shared, other->copy, step );
    ok_( __FILE__, line )(
        shared->ret == expect_ret && ( shared->ret != SOCKET_ERROR || shared->error == expect_error ),
        "the other got %d, error %d, expected %d, error %d\n", shared->ret, shared->error, expect_ret, expect_error );
}
#define other_does( other, step, ret, error ) other_does_( __LINE__, other, step, ret, error )

static void other_end( struct other *other )
{
    if (!other->process)
    {
        ok_docs( closesocket( other->copy ), 0, 0 );
        return;
    }
    other->shared->step = STEP_END;
    SetEvent( other->go );
    wait_child_process( other->process );
    CloseHandle( other->process );
    CloseHandle( other->go );
    CloseHandle( other->done );
    UnmapViewOfFile( other->shared );
    CloseHandle( other->mapping );
}

static void test_mode( struct other *other, SOCKET peer, SOCKET s )
{
    char buffer[4];

    winetest_push_context( "mode" );
    set_timeout( s, 200 );
    ok_error( recv( s, buffer, sizeof( buffer ), 0 ), WSAETIMEDOUT );
    other_does( other, STEP_NONBLOCKING, 0, 0 );
    ok_error( recv( s, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    other_does( other, STEP_RECEIVE, SOCKET_ERROR, WSAEWOULDBLOCK );
    other_does( other, STEP_BLOCKING, 0, 0 );
    ok_error( recv( s, buffer, sizeof( buffer ), 0 ), WSAETIMEDOUT );
    set_blocking( s, FALSE );
    other_does( other, STEP_RECEIVE, SOCKET_ERROR, WSAEWOULDBLOCK );
    set_blocking( s, TRUE );
    other_does( other, STEP_RECEIVE, SOCKET_ERROR, WSAETIMEDOUT );
    ok_call( send( peer, "abcd", 4, 0 ), 4, 0 );
    other_does( other, STEP_RECEIVE, 4, 0 );
    winetest_pop_context();
}

static void test_selection( struct other *other, SOCKET peer, SOCKET s )
{
    WSAEVENT event = WSACreateEvent();
    char buffer[4];

    winetest_push_context( "selection" );
    ok_success( select_read( s, event, other->shared->locked ) );
    ok_call( send( peer, "a", 1, 0 ), 1, 0 );
    ok( !WaitForSingleObject( event, 3000 ), "the event isn't set\n" );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 1, 0 );
    ResetEvent( event );

    /* the selection of the other ends ours */
    other_does( other, STEP_SELECT, 0, 0 );
    ok_call( send( peer, "b", 1, 0 ), 1, 0 );
    other_does( other, STEP_EVENT, WAIT_OBJECT_0, 0 );
    ok( WaitForSingleObject( event, 100 ) == WAIT_TIMEOUT, "the event is set\n" );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 1, 0 );

    /* and ours that of the other */
    ok_success( WSAEventSelect( s, event, FD_READ ) );
    ok_call( send( peer, "c", 1, 0 ), 1, 0 );
    ok( !WaitForSingleObject( event, 3000 ), "the event isn't set\n" );
    other_does( other, STEP_EVENT, WAIT_TIMEOUT, 0 );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 1, 0 );
    ok_success( WSAEventSelect( s, NULL, 0 ) );
    WSACloseEvent( event );
    winetest_pop_context();
}

/* ends: the peer has ended its side before; otherwise data comes after the shutdown */
static void test_shutdown( struct other *other, SOCKET peer, SOCKET s, BOOL ends )
{
    char buffer[4];
    int ret;

    winetest_push_context( "shutdown" );
    set_blocking( s, TRUE );
    other_does( other, STEP_SHUTDOWN_SEND, 0, 0 );
    set_timeout( peer, 3000 );
    ok_call( recv( peer, buffer, sizeof( buffer ), 0 ), 0, 0 );
    WSASetLastError( 0 );
    ret = send( s, "a", 1, 0 );
    ok_unless_afd( ret == SOCKET_ERROR && WSAGetLastError() == WSAESHUTDOWN, "got %d, error %d\n", ret,
                   WSAGetLastError() );
    /* the end of both sides is in order, though this handle has not shut down */
    ok_call( send( peer, "b", 1, 0 ), 1, 0 );
    ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 1, 0 );
    set_timeout( s, 3000 );
    if (ends)
    {
        ok_success( shutdown( peer, SD_SEND ) );
        ok_call( recv( s, buffer, sizeof( buffer ), 0 ), 0, 0 );
    }
    other_does( other, STEP_SHUTDOWN_RECEIVE, 0, 0 );
    if (!ends)
    {
        ok_call( send( peer, "c", 1, 0 ), 1, 0 );
        Sleep( 20 );
    }
    WSASetLastError( 0 );
    ret = recv( s, buffer, sizeof( buffer ), 0 );
    ok_unless_afd( ret == SOCKET_ERROR && WSAGetLastError() == WSAESHUTDOWN, "got %d, error %d\n", ret,
                   WSAGetLastError() );
    winetest_pop_context();
}

static void use( SOCKET a, SOCKET b )
{
    char buffer[4];

    set_timeout( b, 3000 );
    ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok_call( recv( b, buffer, sizeof( buffer ), 0 ), 3, 0 );
}

static void test_all( enum way way, BOOL used, BOOL locked )
{
    struct other other;
    SOCKET a, b;

    winetest_push_context( "%s, %s before%s", way_names[way], used ? "used" : "not used", locked ? ", locked" : "" );
    tcp_socketpair( &a, &b );
    SetHandleInformation( (HANDLE)a, HANDLE_FLAG_INHERIT, 0 );
    if (used) use( a, b );
    other_begin( &other, b, way );
    other.shared->locked = locked;
    test_mode( &other, a, b );
    test_selection( &other, a, b );
    test_shutdown( &other, a, b, used );
    other_end( &other );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* Nobody has used it before the other one does. An accepted socket, or one that is made inheritable only later. */
static void test_untouched( enum way way, BOOL later )
{
    struct other other;
    char buffer[4];
    SOCKET a, b;
    int ret;

    winetest_push_context( "%s, untouched, %s", way_names[way], later ? "inheritable later" : "accepted" );
    if (later) tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT, &b, &a );
    else tcp_socketpair( &a, &b );
    SetHandleInformation( (HANDLE)a, HANDLE_FLAG_INHERIT, 0 );
    other_begin( &other, b, way );
    other_does( &other, STEP_NONBLOCKING, 0, 0 );
    set_timeout( b, 200 );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAEWOULDBLOCK );
    other_does( &other, STEP_BLOCKING, 0, 0 );
    ok_error( recv( b, buffer, sizeof( buffer ), 0 ), WSAETIMEDOUT );
    other_does( &other, STEP_SHUTDOWN_SEND, 0, 0 );
    WSASetLastError( 0 );
    ret = send( b, "a", 1, 0 );
    ok_unless_afd( ret == SOCKET_ERROR && WSAGetLastError() == WSAESHUTDOWN, "got %d, error %d\n", ret,
                   WSAGetLastError() );
    other_end( &other );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

START_TEST( process_state )
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );
    enum way way;

    if (argc > 3 && !strcmp( argv[2], "child" ))
    {
        child( argv[3] );
        return;
    }
    start_winsock();
    if (argc > 2)
    {
        test_all( BY_INHERITANCE, FALSE, TRUE );
        stop_winsock();
        return;
    }
    for (way = 0; way < WAY_COUNT; way++)
    {
        /* Wine's own module doesn't know sockets that it hasn't made; test process shows that */
        if (stock && ( way == BY_INHERITANCE || way == BY_DUPLICATE_TO )) continue;
        test_all( way, FALSE, FALSE );
        test_all( way, TRUE, FALSE );
        test_untouched( way, FALSE );
        test_untouched( way, TRUE );
    }
    if (!stock)
    {
        /* the first of both processes */
        HANDLE process = start_child( "process_state", "locked" );

        wait_child_process( process );
        CloseHandle( process );
    }
    stop_winsock();
}
