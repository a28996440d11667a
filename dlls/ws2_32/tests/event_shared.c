/*
 * Events that sockets set, and that others set, reset, share or close in every other way
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is done to an event by another handle, another thread, or on the way to another call counts as much as SetEvent
 * and ResetEvent.
 */

#include "sockets.h"

static SOCKET a, b;
static HANDLE self; /* this process, by a handle like those of others */
static unsigned int seed;

static unsigned int random_below( unsigned int limit )
{
    seed = seed * 1103515245 + 12345;
    return ( seed >> 8 ) % limit;
}

static BOOL is_set( HANDLE event )
{
    return !WaitForSingleObject( event, 0 );
}

/* An operation that is done at once. */
static void set_by_operation( HANDLE event )
{
    send_with_event( a, b, event );
}

/* ---- by other handles and calls */

enum way
{
    BY_COPY,   /* DuplicateHandle */
    BY_SELF,   /* the same, by a real handle of the process */
    BY_NAME,   /* CreateEvent and OpenEvent */
    BY_TAGGED, /* the low bits of a handle mean nothing */
    BY_CHILD,  /* which has inherited it */
    BY_SIGNAL, /* SignalObjectAndWait */
    WAY_COUNT
};

static const char *const way_names[WAY_COUNT]
    = { "DuplicateHandle", "real process handle", "name", "tagged", "child", "SignalObjectAndWait" };

struct shared_event
{
    HANDLE event, other;
    enum way way;
};

static void make( struct shared_event *shared, enum way way, BOOL manual )
{
    HANDLE event = CreateEventA( NULL, manual, FALSE, way == BY_NAME ? own_name( "" ) : NULL ), other = event;
    BOOL ret = TRUE;

    switch (way)
    {
    case BY_COPY:
        ret = DuplicateHandle( GetCurrentProcess(), event, GetCurrentProcess(), &other, 0, FALSE,
                               DUPLICATE_SAME_ACCESS );
        break;
    case BY_SELF: ret = DuplicateHandle( self, event, self, &other, 0, FALSE, DUPLICATE_SAME_ACCESS ); break;
    case BY_NAME: other = OpenEventA( EVENT_ALL_ACCESS, FALSE, own_name( "" ) ); break;
    case BY_TAGGED: other = (HANDLE)( (ULONG_PTR)event | 1 ); break;
    case BY_CHILD: ret = SetHandleInformation( event, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT ); break;
    default: break;
    }
    ok( ret && event && other, "error %lu\n", GetLastError() );
    shared->event = event;
    shared->other = other;
    shared->way = way;
}

static void unmake( struct shared_event *shared )
{
    CloseHandle( shared->event );
    if (shared->way == BY_COPY || shared->way == BY_SELF || shared->way == BY_NAME) CloseHandle( shared->other );
}

static void by_child( const char *what, HANDLE event )
{
    char arguments[64];
    HANDLE process;

    sprintf( arguments, "%s %lx", what, HandleToULong( event ) );
    process = start_child( "event_shared", arguments );
    ok( !WaitForSingleObject( process, 30000 ), "the child doesn't end\n" );
    CloseHandle( process );
}

static void other_set( const struct shared_event *shared )
{
    HANDLE never;

    switch (shared->way)
    {
    case BY_SIGNAL:
        never = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok( SignalObjectAndWait( shared->event, never, 1, FALSE ) == WAIT_TIMEOUT, "error %lu\n", GetLastError() );
        CloseHandle( never );
        break;
    case BY_CHILD: by_child( "set", shared->event ); break;
    default: ok( SetEvent( shared->other ), "error %lu\n", GetLastError() ); break;
    }
}

static void other_reset( const struct shared_event *shared )
{
    if (shared->way == BY_CHILD) by_child( "reset", shared->event );
    else ok( ResetEvent( shared->other ), "error %lu\n", GetLastError() );
}

/* An operation that pends resets its event, however that was set. */
static void test_set_elsewhere( void )
{
    static char data[8];
    struct shared_event shared;
    DWORD got, flags = 0;
    unsigned int way, i, kind;

    for (way = 0; way < WAY_COUNT; way++)
        for (kind = 0; kind < 2; kind++)
        {
            winetest_push_context( "%s, %s", way_names[way], kind ? "manual" : "automatic" );
            make( &shared, way, kind );
            for (i = 0; i < ( way == BY_CHILD ? 1 : 3 ); i++)
            {
                OVERLAPPED ov = { .hEvent = shared.event };
                WSABUF buffer = { sizeof( data ), data };

                if (i) ok( ResetEvent( shared.event ), "error %lu\n", GetLastError() );
                other_set( &shared );
                ok_error( WSARecv( b, &buffer, 1, &got, &flags, &ov, NULL ), WSA_IO_PENDING );
                ok( !is_set( shared.event ), "%u: signalled while the operation pends\n", i );
                ok_call( send( a, "x", 1, 0 ), 1, 0 );
                ok( !WaitForSingleObject( shared.event, 3000 ) && !is_pending( &ov ), "%u: the wait doesn't end\n", i );
                /* the wait may have reset it */
                other_set( &shared );
                ok( is_set( shared.event ), "%u: not signalled\n", i );
                if (kind) ok( is_set( shared.event ), "%u: not signalled\n", i );
            }
            unmake( &shared );
            winetest_pop_context();
        }
}

/* A wait isn't over when somebody else has reset the event. */
static void test_reset_elsewhere( void )
{
    struct shared_event shared;
    unsigned int way, i;

    for (way = 0; way < WAY_COUNT; way++)
    {
        winetest_push_context( "%s", way_names[way] );
        make( &shared, way, TRUE );
        for (i = 0; i < ( way == BY_CHILD ? 1 : 3 ); i++)
        {
            set_by_operation( shared.event );
            other_reset( &shared );
            ok( !is_set( shared.event ), "%u: signalled\n", i );
            set_by_operation( shared.event );
            ok( is_set( shared.event ), "%u: not signalled\n", i );
            set_by_operation( shared.event );
            other_reset( &shared );
            set_by_operation( shared.event );
            ok( is_set( shared.event ), "%u: not signalled\n", i );
            other_reset( &shared );
            ok( !is_set( shared.event ), "%u: signalled\n", i );
        }
        unmake( &shared );
        winetest_pop_context();
    }

    /* copied when it is set */
    for (way = BY_COPY; way <= BY_SELF; way++)
    {
        winetest_push_context( "late, %s", way_names[way] );
        shared.event = CreateEventW( NULL, TRUE, FALSE, NULL );
        set_by_operation( shared.event );
        if (way == BY_COPY)
            DuplicateHandle( GetCurrentProcess(), shared.event, GetCurrentProcess(), &shared.other, 0, FALSE,
                             DUPLICATE_SAME_ACCESS );
        else DuplicateHandle( self, shared.event, GetCurrentProcess(), &shared.other, 0, FALSE, DUPLICATE_SAME_ACCESS );
        ResetEvent( shared.other );
        ok( !is_set( shared.event ), "signalled\n" );
        CloseHandle( shared.event );
        CloseHandle( shared.other );
        winetest_pop_context();
    }
}

/* ---- closed in other ways than by CloseHandle */

static HANDLE new_object( unsigned int kind )
{
    switch (kind)
    {
    case 0: return CreateSemaphoreW( NULL, 0, 1, NULL );
    case 1: return OpenThread( SYNCHRONIZE, FALSE, GetCurrentThreadId() );
    case 2: return CreateWaitableTimerW( NULL, TRUE, NULL );
    case 3: return OpenProcess( SYNCHRONIZE, FALSE, GetCurrentProcessId() );
    case 4: return CreateEventW( NULL, TRUE, FALSE, NULL );
    default: return CreateEventW( NULL, FALSE, FALSE, NULL );
    }
}

/* The handle of an event that was set is another object's now. */
static void test_moved( void )
{
    HANDLE event, moved, others[32], old;
    unsigned int i, j, way, kind, same = 0;

    for (way = 0; way < 4; way++)
        for (kind = 0; kind < 6; kind++)
        {
            winetest_push_context( "way %u, kind %u", way, kind );
            old = event = CreateEventW( NULL, TRUE, FALSE, NULL );
            set_by_operation( event );
            moved = NULL;
            switch (way)
            {
            case 0:
                ok( DuplicateHandle( GetCurrentProcess(), event, self, &moved, 0, FALSE,
                                     DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
                    "error %lu\n", GetLastError() );
                break;
            case 1:
                ok( DuplicateHandle( self, event, self, &moved, 0, FALSE,
                                     DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
                    "error %lu\n", GetLastError() );
                break;
            case 2: DuplicateHandle( self, event, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE ); break;
            default: DuplicateHandle( GetCurrentProcess(), event, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE ); break;
            }
            if (moved && moved != event) ok( is_set( moved ), "not signalled\n" );
            for (i = 0; i < ARRAY_SIZE( others ); i++)
            {
                others[i] = new_object( kind );
                ok( WaitForSingleObject( others[i], 0 ) == WAIT_TIMEOUT, "signalled\n" );
                if (others[i] == old) same++;
            }
            for (j = 0; j < i; j++) CloseHandle( others[j] );
            if (moved) CloseHandle( moved );
            winetest_pop_context();
        }
    ok( same, "no handle has been used again\n" );
}

/* The same for a socket: the peer hears of it. */
static void test_socket_moved( void )
{
    unsigned int way;
    HANDLE moved;
    char buffer[8];
    SOCKET c, d;

    for (way = 0; way < 2; way++)
    {
        winetest_push_context( "way %u", way );
        tcp_socketpair( &c, &d );
        set_timeout( d, 3000 );
        ok_call( send( c, "x", 1, 0 ), 1, 0 );
        ok_call( recv( d, buffer, sizeof( buffer ), 0 ), 1, 0 );
        moved = NULL;
        if (way) DuplicateHandle( self, (HANDLE)c, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE );
        else
            ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)c, self, &moved, 0, FALSE,
                                 DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
                "error %lu\n", GetLastError() );
        if (moved && moved != (HANDLE)c) ok_error( send( c, "x", 1, 0 ), WSAENOTSOCK );
        if (moved) CloseHandle( moved );
        ok_call( recv( d, buffer, sizeof( buffer ), 0 ), 0, 0 );
        closesocket( d );
        winetest_pop_context();
    }
}

/* ---- bad handles beside a good one */

static void test_bad( void )
{
    HANDLE handles[2] = { CreateEventW( NULL, TRUE, FALSE, NULL ) }, closed = CreateEventW( NULL, TRUE, FALSE, NULL );
    unsigned int i, failed = 0;

    CloseHandle( closed );
    for (i = 0; i < 10; i++)
    {
        set_by_operation( handles[0] );
        handles[1] = NULL;
        ok( WaitForMultipleObjects( 2, handles, FALSE, 0 ) == WAIT_FAILED && GetLastError() == ERROR_INVALID_HANDLE,
            "error %lu\n", GetLastError() );
        /* at least now and then */
        handles[1] = closed;
        if (WaitForMultipleObjects( 2, handles, FALSE, 0 ) == WAIT_FAILED) failed++;
    }
    ok( failed, "a wait for a closed handle doesn't fail\n" );
    CloseHandle( handles[0] );

    /* one that may not be waited for */
    handles[0] = CreateEventExW( NULL, NULL, CREATE_EVENT_MANUAL_RESET, EVENT_MODIFY_STATE );
    set_by_operation( handles[0] );
    ok( WaitForSingleObject( handles[0], 0 ) == WAIT_FAILED && GetLastError() == ERROR_ACCESS_DENIED, "error %lu\n",
        GetLastError() );
    CloseHandle( handles[0] );
}

/* ---- anything after anything, in two threads: no wait ends before its time, and each ends */

enum deed
{
    DEED_SEND,
    DEED_SET,
    DEED_SIGNAL,
    DEED_COPY,
    DEED_END
};

static volatile LONG deed_to_do = -1, deed_done;
static volatile HANDLE deed_event;

static DWORD WINAPI doer( void *arg )
{
    HANDLE never = CreateEventW( NULL, TRUE, FALSE, NULL ), copy;
    unsigned int delay = 1;
    LONG deed;

    (void)arg;
    for (;;)
    {
        while (( deed = InterlockedExchange( &deed_to_do, -1 ) ) == -1) SwitchToThread();
        delay = delay * 1103515245 + 12345;
        if (!( delay >> 16 & 15 )) Sleep( 1 );
        if (deed == DEED_END) break;
        InterlockedExchange( &deed_done, TRUE );
        switch (deed)
        {
        case DEED_SEND: send( a, "x", 1, 0 ); break;
        case DEED_SET: SetEvent( deed_event ); break;
        case DEED_SIGNAL: SignalObjectAndWait( deed_event, never, 0, FALSE ); break;
        case DEED_COPY:
            DuplicateHandle( self, deed_event, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
            SetEvent( copy );
            CloseHandle( copy );
            break;
        }
    }
    CloseHandle( never );
    return 0;
}

static void do_deed( enum deed deed )
{
    deed_done = FALSE;
    InterlockedExchange( &deed_to_do, deed );
}

static void reset_somehow( HANDLE event )
{
    switch (random_below( 4 ))
    {
    case 0: WSAResetEvent( event ); break;
    case 1: PulseEvent( event ); break;
    case 2: ResetEvent( (HANDLE)( (ULONG_PTR)event | random_below( 4 ) ) ); break;
    default: ResetEvent( event ); break;
    }
}

static void test_random( void )
{
    HANDLE thread = CreateThread( NULL, 0, doer, NULL, 0, NULL ), event = NULL, old, others[3];
    unsigned int round, i, rounds = by_afd() ? 1500 : 6000, count;
    char data[8];

    seed = 4711;
    for (round = 0; round < rounds; round++)
    {
        OVERLAPPED ov = { 0 };
        WSABUF buffer = { sizeof( data ), data };
        DWORD got, flags = 0, ret;

        winetest_push_context( "round %u", round );
        if (!event || !random_below( 20 ))
        {
            old = event;
            if (old) CloseHandle( old );
            count = random_below( 3 );
            for (i = 0; i < count; i++)
            {
                others[i] = new_object( random_below( 6 ) );
                ok( WaitForSingleObject( others[i], 0 ) == WAIT_TIMEOUT, "a new object is signalled\n" );
            }
            event = CreateEventW( NULL, TRUE, FALSE, NULL );
            for (i = 0; i < count; i++) CloseHandle( others[i] );
        }
        deed_event = event;
        switch (random_below( 6 ))
        {
        case 0: /* an operation that is done at once, and perhaps another */
            set_by_operation( event );
            if (random_below( 2 )) break;
            set_by_operation( event );
            break;
        case 1: do_deed( DEED_SET ); goto waits;
        case 2: do_deed( DEED_SIGNAL ); goto waits;
        case 3: do_deed( DEED_COPY ); goto waits;
        default:
            ov.hEvent = event;
            ok_error( WSARecv( b, &buffer, 1, &got, &flags, &ov, NULL ), WSA_IO_PENDING );
            if (random_below( 2 )) ok( !is_set( event ), "signalled while the operation pends\n" );
            do_deed( DEED_SEND );
            ret = WaitForSingleObject( event, 10000 );
            ok( !ret && !is_pending( &ov ), "got %lx%s\n", ret, is_pending( &ov ) ? ", and it pends" : "" );
            if (ret) goto stop;
            ok( WSAGetOverlappedResult( b, &ov, &got, FALSE, &flags ) && got == 1, "got %lu bytes, error %d\n", got,
                WSAGetLastError() );
            break;
        waits:
            ret = WaitForSingleObject( event, 10000 );
            ok( !ret && deed_done, "got %lx%s\n", ret, deed_done ? "" : ", before it was set" );
            if (ret) goto stop;
            break;
        }
        for (i = random_below( 3 ); i; i--) ok( is_set( event ), "not signalled\n" );
        /* most programs don't wait for the other thread either; here its call must be over before the event is reset */
        while (deed_to_do != -1) SwitchToThread();
        if (random_below( 4 ))
        {
            reset_somehow( event );
            ok( !is_set( event ), "signalled\n" );
        }
        else event = ( CloseHandle( event ), NULL ); /* closed while it is set */
        winetest_pop_context();
    }
    round = 0;
stop:
    if (round) winetest_pop_context();
    do_deed( DEED_END );
    ok( !WaitForSingleObject( thread, 10000 ), "the thread doesn't end\n" );
    CloseHandle( thread );
    CloseHandle( event );
}

START_TEST( event_shared )
{
    int argc;
    char **argv;

    argc = winetest_get_mainargs( &argv );
    if (argc >= 4)
    {
        HANDLE event = (HANDLE)(ULONG_PTR)strtoul( argv[3], NULL, 16 );

        if (!strcmp( argv[2], "set" )) ok( SetEvent( event ), "error %lu\n", GetLastError() );
        else ok( ResetEvent( event ), "error %lu\n", GetLastError() );
        return;
    }
    start_winsock();
    self = OpenProcess( PROCESS_ALL_ACCESS, FALSE, GetCurrentProcessId() );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    test_set_elsewhere();
    test_reset_elsewhere();
    test_moved();
    test_socket_moved();
    test_bad();
    test_random();
    closesocket( a );
    closesocket( b );
    CloseHandle( self );
    stop_winsock();
}
