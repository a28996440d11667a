/*
 * Events that WSAEnumNetworkEvents has reset, and that are set again a moment later
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whatever a program does with such an event in between: it isn't signalled until something happens, and then it is,
 * for every way to wait.
 */

#include "sockets.h"
#include "extension.h"

static SOCKET a, b;
static HANDLE event;

/* Socket b has something to read, the event has been waited for by an ordinary wait, and it has been reset. */
static void use_event( void )
{
    WSANETWORKEVENTS events;
    char data[8];
    int i;

    for (i = 0; i < 2; i++)
    {
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        if (i) wait_set( event ); /* for a wait that is over at once */
        ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
        ok_success( WSAEnumNetworkEvents( b, event, &events ) );
        ok( events.lNetworkEvents == FD_READ, "got %lx\n", events.lNetworkEvents );
        ok_call( recv( b, data, sizeof( data ), 0 ), 1, 0 );
    }
}

/* ---- ways to wait for it: TRUE when it is signalled */

static BOOL wait_single( HANDLE handle, DWORD timeout )
{
    return !WaitForSingleObject( handle, timeout );
}

static BOOL wait_alertable( HANDLE handle, DWORD timeout )
{
    return !WaitForSingleObjectEx( handle, timeout, TRUE );
}

static BOOL wait_any( HANDLE handle, DWORD timeout )
{
    HANDLE handles[2] = { CreateEventW( NULL, TRUE, FALSE, NULL ), handle };
    DWORD ret = WaitForMultipleObjects( 2, handles, FALSE, timeout );

    ok( ret == 1 || ret == WAIT_TIMEOUT, "got %lx\n", ret );
    CloseHandle( handles[0] );
    return ret == 1;
}

static BOOL wait_second( HANDLE handle, DWORD timeout )
{
    HANDLE handles[2] = { handle, CreateEventW( NULL, TRUE, !timeout, NULL ) };
    DWORD ret = WaitForMultipleObjects( 2, handles, FALSE, timeout );

    CloseHandle( handles[1] );
    return !ret;
}

static BOOL wait_all( HANDLE handle, DWORD timeout )
{
    HANDLE handles[2] = { CreateEventW( NULL, TRUE, TRUE, NULL ), handle };
    DWORD ret = WaitForMultipleObjects( 2, handles, TRUE, timeout );

    CloseHandle( handles[0] );
    return !ret;
}

static BOOL wait_winsock( HANDLE handle, DWORD timeout )
{
    return WSAWaitForMultipleEvents( 1, &handle, FALSE, timeout, FALSE ) == WSA_WAIT_EVENT_0;
}

static BOOL wait_signal( HANDLE handle, DWORD timeout )
{
    HANDLE other = CreateEventW( NULL, TRUE, FALSE, NULL );
    DWORD ret = SignalObjectAndWait( other, handle, timeout, FALSE );

    CloseHandle( other );
    return !ret;
}

static BOOL wait_copy( HANDLE handle, DWORD timeout )
{
    HANDLE copy;
    DWORD ret;

    DuplicateHandle( GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS );
    ret = WaitForSingleObject( copy, timeout );
    CloseHandle( copy );
    return !ret;
}

static BOOL wait_child( HANDLE handle, DWORD timeout )
{
    char arguments[64];
    HANDLE process;
    DWORD code;

    SetHandleInformation( handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT );
    sprintf( arguments, "wait %lx %lu", HandleToULong( handle ), timeout );
    process = start_child( "event_reset", arguments );
    ok( !WaitForSingleObject( process, 30000 ), "the child doesn't end\n" );
    GetExitCodeProcess( process, &code );
    CloseHandle( process );
    return !code;
}

static BOOL wait_tagged( HANDLE handle, DWORD timeout )
{
    return !WaitForSingleObject( (HANDLE)( (ULONG_PTR)handle | 2 ), timeout );
}

static const struct
{
    const char *name;
    BOOL ( *func )( HANDLE handle, DWORD timeout );
} waits[] = {
    { "WaitForSingleObject", wait_single },
    { "alertable", wait_alertable },
    { "any", wait_any },
    { "any, as the first", wait_second },
    { "all", wait_all },
    { "WSAWaitForMultipleEvents", wait_winsock },
    { "SignalObjectAndWait", wait_signal },
    { "a copy", wait_copy },
    { "a child", wait_child },
    { "tagged", wait_tagged },
};

static void test_waits( void )
{
    unsigned int i, j;
    char data[8];

    for (i = 0; i < ARRAY_SIZE( waits ); i++)
    {
        winetest_push_context( "%s", waits[i].name );
        event = WSACreateEvent();
        ok_success( WSAEventSelect( b, event, FD_READ ) );
        for (j = 0; j < 3; j++)
        {
            use_event();
            if (j < 2) ok( !waits[i].func( event, 0 ), "signalled\n" );
            if (j == 1) ok( !waits[i].func( event, 20 ), "signalled\n" );
            ok_call( send( a, "x", 1, 0 ), 1, 0 );
            ok( waits[i].func( event, 10000 ), "not signalled\n" );
            ok( waits[i].func( event, 0 ), "not signalled any more\n" );
            ok_call( recv( b, data, sizeof( data ), 0 ), 1, 0 );
            ok_success( ResetEvent( event ) ? 0 : SOCKET_ERROR );
            ok( !waits[i].func( event, 0 ), "signalled\n" );
        }
        ok_success( WSAEventSelect( b, NULL, 0 ) );
        WSACloseEvent( event );
        winetest_pop_context();
    }
}

/* ---- what else may happen to it: TRUE if it is signalled then */

static BOOL do_set( void )
{
    SetEvent( event );
    return TRUE;
}

static BOOL do_pulse( void )
{
    PulseEvent( event );
    return FALSE;
}

static BOOL do_set_reset( void )
{
    SetEvent( event );
    ResetEvent( event );
    return FALSE;
}

static BOOL do_enum( void )
{
    WSANETWORKEVENTS events;

    ok_success( WSAEnumNetworkEvents( b, event, &events ) );
    ok( !events.lNetworkEvents, "got %lx\n", events.lNetworkEvents );
    return FALSE;
}

static BOOL do_select_again( void )
{
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    return FALSE;
}

static BOOL do_select_none( void )
{
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    return FALSE;
}

/* An operation that pends resets its event. */
static BOOL do_pend( void )
{
    static OVERLAPPED ov;
    char data[8];
    WSABUF buffer = { sizeof( data ), data };
    DWORD got, flags = 0;

    memset( &ov, 0, sizeof( ov ) );
    ov.hEvent = event;
    ok_error( WSARecv( b, &buffer, 1, &got, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled while the operation pends\n" );
    CancelIoEx( (HANDLE)b, &ov );
    ok( wait_overlapped( &ov, 10000 ), "it pends\n" );
    return TRUE;
}

static BOOL do_done( void )
{
    send_with_event( a, b, event );
    WaitForSingleObject( event, 10000 );
    return TRUE;
}

/* One that doesn't come about leaves it alone. */
static BOOL do_fail( void )
{
    OVERLAPPED ov = { .hEvent = event };
    char data[8];

    ok( !ReadFile( (HANDLE)0xdead0, data, sizeof( data ), NULL, &ov ) && GetLastError() == ERROR_INVALID_HANDLE,
        "got %lu\n", GetLastError() );
    return FALSE;
}

/* So many others that what is known of this one needs its place (event_state.c); their waits are right as well, and
 * what happens then is told. */
static BOOL do_many( void )
{
    static BOOL data;
    static HANDLE others[8192];
    unsigned int i, count;
    DWORD bad = 0;

    for (count = 0; count < ARRAY_SIZE( others ); count++)
    {
        others[count] = CreateEventW( NULL, TRUE, FALSE, NULL );
        if (others[count] != event && !( ( HandleToULong( others[count] ) ^ HandleToULong( event ) ) & 0x3ffc )) break;
    }
    for (i = count > 10 ? count - 10 : 0; i <= count && i < ARRAY_SIZE( others ); i++)
    {
        SetEvent( others[i] );
        bad += WaitForSingleObject( others[i], 0 );
        ResetEvent( others[i] );
        bad += WaitForSingleObject( others[i], 0 ) != WAIT_TIMEOUT;
    }
    ok( !bad, "%lu waits are wrong\n", bad );
    if (( data = !data ))
    {
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
        ok_call( recv( b, (char[1]){ 0 }, 1, 0 ), 1, 0 );
    }
    for (i = 0; i <= count && i < ARRAY_SIZE( others ); i++) CloseHandle( others[i] );
    return data;
}

/* The server signals it from now on. */
static BOOL do_listen( void )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    SOCKET listener = socket( AF_INET, SOCK_STREAM, 0 ), client = socket( AF_INET, SOCK_STREAM, 0 );
    int len = sizeof( addr );
    static BOOL look;

    ok_success( bind( listener, (struct sockaddr *)&addr, len ) );
    ok_success( listen( listener, 1 ) );
    ok_success( getsockname( listener, (struct sockaddr *)&addr, &len ) );
    ok_success( WSAEventSelect( listener, event, FD_ACCEPT ) );
    if (look) ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled before anybody connects\n" );
    look = !look;
    ok_success( connect( client, (struct sockaddr *)&addr, len ) );
    ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
    closesocket( client );
    closesocket( listener );
    return TRUE;
}

static const struct
{
    const char *name;
    BOOL ( *func )( void );
} deeds[] = {
    { "SetEvent", do_set },
    { "PulseEvent", do_pulse },
    { "SetEvent, ResetEvent", do_set_reset },
    { "WSAEnumNetworkEvents", do_enum },
    { "selected again", do_select_again },
    { "selected no more", do_select_none },
    { "an operation pends", do_pend },
    { "an operation is done", do_done },
    { "an operation fails", do_fail },
    { "many other events", do_many },
    { "a listener", do_listen },
};

static void test_deeds( void )
{
    unsigned int i, j;
    BOOL ret;

    for (i = 0; i < ARRAY_SIZE( deeds ); i++)
    {
        winetest_push_context( "%s", deeds[i].name );
        event = WSACreateEvent();
        for (j = 0; j < 3; j++)
        {
            ok_success( WSAEventSelect( b, event, FD_READ ) );
            use_event();
            ret = deeds[i].func();
            ok( WaitForSingleObject( event, 0 ) == ( ret ? WAIT_OBJECT_0 : WAIT_TIMEOUT ), "%ssignalled\n",
                ret ? "not " : "" );
            ResetEvent( event );
            ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled\n" );
        }
        ok_success( WSAEventSelect( b, NULL, 0 ) );
        WSACloseEvent( event );
        winetest_pop_context();
    }
}

/* ---- others that signal it when they are done, whom the server has */

static SOCKET listener, accepted;
static union address listener_addr;
static int listener_len;
static HKEY key;
static HANDLE directory;
static char path[MAX_PATH];
static OVERLAPPED other;
static DWORD buffer[256];

static void begin_accept( void )
{
    DWORD got;

    listener = tcp_listener( AF_INET, &listener_addr, &listener_len );
    accepted = socket( AF_INET, SOCK_STREAM, 0 );
    ok( !ext.AcceptEx( listener, accepted, buffer, 0, ACCEPT_ADDR, ACCEPT_ADDR, &got, &other )
            && WSAGetLastError() == ERROR_IO_PENDING,
        "got %d\n", WSAGetLastError() );
}

static void end_accept( void )
{
    SOCKET client = socket( AF_INET, SOCK_STREAM, 0 );

    ok_success( connect( client, &listener_addr.any, listener_len ) );
    ok( wait_overlapped( &other, 10000 ), "it pends\n" );
    closesocket( client );
    closesocket( accepted );
    closesocket( listener );
}

static void begin_key( void )
{
    ok( !RegCreateKeyExA( HKEY_CURRENT_USER, own_name( "Software\\" ), 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS,
                          NULL, &key, NULL ),
        "no key\n" );
    ok( !RegNotifyChangeKeyValue( key, FALSE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE ), "not watched\n" );
}

static void end_key( void )
{
    ok( !RegSetValueExA( key, "value", 0, REG_SZ, (BYTE *)"x", 2 ), "not set\n" );
}

static void end_key_last( void )
{
    RegCloseKey( key );
    RegDeleteKeyA( HKEY_CURRENT_USER, own_name( "Software\\" ) );
}

static void begin_directory( void )
{
    DWORD len = GetTempPathA( sizeof( path ) - 100, path );

    strcpy( path + len, own_name( "" ) );
    ok( CreateDirectoryA( path, NULL ), "error %lu\n", GetLastError() );
    directory = CreateFileA( path, FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                             OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL );
    ok( ReadDirectoryChangesW( directory, buffer, sizeof( buffer ), FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, NULL, &other,
                               NULL ),
        "error %lu\n", GetLastError() );
}

static void end_directory( void )
{
    char name[MAX_PATH + 8];

    sprintf( name, "%s\\file", path );
    CloseHandle( CreateFileA( name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL ) );
    ok( wait_overlapped( &other, 10000 ), "it pends\n" );
}

static void end_directory_last( void )
{
    CloseHandle( directory );
    ok( RemoveDirectoryA( path ), "error %lu\n", GetLastError() );
}

static void end_nothing( void )
{
}

static const struct
{
    const char *name;
    void ( *begin )( void ), ( *end )(void), ( *last )( void );
} lenders[] = {
    { "AcceptEx", begin_accept, end_accept, end_nothing },
    { "a registry key", begin_key, end_key, end_key_last },
    { "a directory", begin_directory, end_directory, end_directory_last },
};

static void test_lent( void )
{
    unsigned int i, j;

    for (i = 0; i < ARRAY_SIZE( lenders ); i++)
        for (j = 0; j < 3; j++)
        {
            winetest_push_context( "%s, round %u", lenders[i].name, j );
            event = WSACreateEvent();
            memset( &other, 0, sizeof( other ) );
            other.hEvent = event;
            ok_success( WSAEventSelect( b, event, FD_READ ) );
            if (j == 2) use_event();
            lenders[i].begin();
            ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled\n" );
            if (j) use_event();
            lenders[i].end();
            ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
            ok_success( WSAEventSelect( b, NULL, 0 ) );
            lenders[i].last();
            WSACloseEvent( event );
            winetest_pop_context();
        }
}

/* ---- a peer that answers at once, or a little later: each answer is told of, however it is waited for */

static DWORD WINAPI answer( void *arg )
{
    SOCKET s = (SOCKET)arg;
    unsigned int spin, number = 1;
    volatile unsigned int i;
    char c;

    while (recv( s, &c, 1, 0 ) == 1)
    {
        number = number * 1103515245 + 12345;
        spin = ( number >> 16 ) % 3000;
        if (!( number >> 28 )) SwitchToThread();
        for (i = 0; i < spin; i++) /* a little */
            ;
        if (send( s, &c, 1, 0 ) != 1) break;
    }
    return 0;
}

static DWORD wait_messages( DWORD count, const HANDLE *handles )
{
    return MsgWaitForMultipleObjects( count, handles, FALSE, 20000, 0 );
}

static DWORD wait_objects( DWORD count, const HANDLE *handles )
{
    return WaitForMultipleObjects( count, handles, FALSE, 20000 );
}

static DWORD wait_alerted( DWORD count, const HANDLE *handles )
{
    return WaitForMultipleObjectsEx( count, handles, FALSE, 20000, TRUE );
}

static void test_rounds( void )
{
    static DWORD ( *const ways[] )( DWORD count, const HANDLE *handles )
        = { wait_objects, wait_alerted, wait_messages };
    static const int pairs = 4, rounds = 3000;
    SOCKET ours[4], peers[4];
    HANDLE threads[4], events[4];
    WSANETWORKEVENTS found;
    int i, way, round, done, nothing, limit = by_afd() ? 300 : rounds;
    DWORD ret;
    char c;

    for (way = 0; way < (int)ARRAY_SIZE( ways ) + 1; way++)
    {
        winetest_push_context( "way %d", way );
        for (i = 0; i < pairs; i++)
        {
            tcp_pair( AF_INET, 0, &ours[i], &peers[i] );
            events[i] = WSACreateEvent();
            ok_success( WSAEventSelect( ours[i], events[i], FD_READ | FD_CLOSE ) );
            threads[i] = CreateThread( NULL, 0, answer, (void *)peers[i], 0, NULL );
            ok_call( send( ours[i], "x", 1, 0 ), 1, 0 );
        }
        for (round = done = nothing = 0; done < limit; round++)
        {
            /* one way for all, and any of them */
            ret = ways[way < (int)ARRAY_SIZE( ways ) ? way : ( round * 7 + done ) % (int)ARRAY_SIZE( ways )]( pairs,
                                                                                                              events );
            ok( ret < (DWORD)pairs, "round %d: got %lx\n", round, ret );
            if (ret >= (DWORD)pairs) break;
            ok_success( WSAEnumNetworkEvents( ours[ret], events[ret], &found ) );
            if (!found.lNetworkEvents)
            {
                nothing++;
                continue;
            }
            ok( found.lNetworkEvents == FD_READ, "got %lx\n", found.lNetworkEvents );
            ok_call( recv( ours[ret], &c, 1, 0 ), 1, 0 );
            ok_call( send( ours[ret], &c, 1, 0 ), 1, 0 );
            done++;
        }
        ok( nothing <= done, "%d events with nothing in %d\n", nothing, done );
        for (i = 0; i < pairs; i++) closesocket( ours[i] );
        ok( !WaitForMultipleObjects( pairs, threads, TRUE, 20000 ), "the peers don't end\n" );
        for (i = 0; i < pairs; i++)
        {
            closesocket( peers[i] );
            CloseHandle( threads[i] );
            WSACloseEvent( events[i] );
        }
        winetest_pop_context();
    }
}

/* ---- one thread waits for more than this event while another uses it */

static DWORD WINAPI wait_for_both( void *arg )
{
    return WaitForMultipleObjects( 2, arg, TRUE, 20000 );
}

static void test_all( void )
{
    HANDLE handles[2], thread;
    int i;

    event = WSACreateEvent();
    handles[0] = event;
    handles[1] = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    use_event();
    for (i = 0; i < 3; i++)
    {
        thread = CreateThread( NULL, 0, wait_for_both, handles, 0, NULL );
        Sleep( 50 );
        use_event();
        SetEvent( handles[1] ); /* never at the same time */
        ok( WaitForSingleObject( thread, 100 ) == WAIT_TIMEOUT, "both were signalled\n" );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok( !WaitForSingleObject( thread, 20000 ), "it still waits\n" );
        CloseHandle( thread );
        ResetEvent( handles[1] );
        ok_call( recv( b, (char[1]){ 0 }, 1, 0 ), 1, 0 );
        ResetEvent( event );
    }
    ok_success( WSAEventSelect( b, NULL, 0 ) );
    WSACloseEvent( event );
    CloseHandle( handles[1] );
}

/* Two threads wait for the same event, and whoever finds something takes it. */
static volatile LONG taken;

static DWORD WINAPI take( void *arg )
{
    WSANETWORKEVENTS events;
    LONG limit = (LONG)(LONG_PTR)arg;
    char c;

    while (taken < limit)
    {
        if (WaitForSingleObject( event, 20000 )) return 1;
        if (WSAEnumNetworkEvents( b, event, &events )) return 2;
        if (events.lNetworkEvents & FD_READ)
            while (recv( b, &c, 1, 0 ) == 1)
            {
                InterlockedIncrement( &taken );
                if (send( b, &c, 1, 0 ) != 1) return 3;
            }
    }
    SetEvent( event ); /* for the other */
    return 0;
}

static void test_two( void )
{
    LONG limit = by_afd() ? 500 : 5000;
    HANDLE threads[2], peer;
    DWORD code;
    int i;

    taken = 0;
    event = WSACreateEvent();
    ok_success( WSAEventSelect( b, event, FD_READ ) );
    peer = CreateThread( NULL, 0, answer, (void *)a, 0, NULL );
    ok_call( send( b, "x", 1, 0 ), 1, 0 );
    for (i = 0; i < 2; i++) threads[i] = CreateThread( NULL, 0, take, (void *)(LONG_PTR)limit, 0, NULL );
    for (i = 0; i < 2; i++)
    {
        ok( !WaitForSingleObject( threads[i], 60000 ), "it hangs\n" );
        GetExitCodeThread( threads[i], &code );
        ok( !code, "got %lu after %ld\n", code, taken );
        CloseHandle( threads[i] );
    }
    closesocket( b );
    ok( !WaitForSingleObject( peer, 20000 ), "the peer doesn't end\n" );
    CloseHandle( peer );
    WSACloseEvent( event );
}

START_TEST( event_reset )
{
    int argc;
    char **argv;

    argc = winetest_get_mainargs( &argv );
    if (argc >= 5)
        ExitProcess(
            WaitForSingleObject( (HANDLE)(ULONG_PTR)strtoul( argv[3], NULL, 16 ), strtoul( argv[4], NULL, 10 ) ) );
    start_winsock();
    load_extensions();
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    test_waits();
    test_deeds();
    test_lent();
    test_all();
    test_rounds();
    test_two();
    closesocket( a );
    stop_winsock();
}
