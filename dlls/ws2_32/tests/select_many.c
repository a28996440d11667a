/*
 * select and WSAPoll over many sockets, again and again
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one call says of a hundred sockets must be what a call for each of them says, whatever has happened to them
 * since the last one.
 */

#define FD_SETSIZE 512
#include "sockets.h"

#define COUNT  100
#define READ   1
#define WRITE  2
#define EXCEPT 4

static SOCKET ours[COUNT], peers[COUNT];
static unsigned int seed;

static unsigned int random_below( unsigned int limit )
{
    seed = seed * 1103515245 + 12345;
    return ( seed >> 8 ) % limit;
}

static void make( int i )
{
    SOCKET listener;
    union address addr;
    int len;

    switch (i % 10)
    {
    case 8: udp_pair( AF_INET, &ours[i], &peers[i] ); break;
    case 9: /* a listener; its peer may connect */
        ours[i] = tcp_listener( AF_INET, &addr, &len );
        peers[i] = tcp_socket( AF_INET );
        set_blocking( peers[i], FALSE );
        break;
    default:
        listener = tcp_listener( AF_INET, &addr, &len );
        peers[i] = tcp_socket( AF_INET );
        connect( peers[i], &addr.any, len );
        ours[i] = accept( listener, NULL, NULL );
        closesocket( listener );
        set_blocking( peers[i], FALSE );
    }
    set_blocking( ours[i], FALSE );
}

static void unmake( int i )
{
    closesocket( ours[i] );
    closesocket( peers[i] );
}

/* Something that changes what a socket is ready for, or doesn't. */
static void change( int i )
{
    static char buffer[65536];
    struct linger linger = { 1, 0 };
    union address addr;
    int len = sizeof( addr );

    switch (random_below( 16 ))
    {
    case 0:
    case 1:
    case 2:
    case 3:
        if (i % 10 != 9) send( peers[i], buffer, 1 + random_below( 2000 ), 0 );
        else if (!getsockname( ours[i], &addr.any, &len )) connect( peers[i], &addr.any, len );
        break;
    case 4:
    case 5:
    case 6:
    case 7:
        if (i % 10 != 9) recv( ours[i], buffer, 1 + random_below( 3000 ), 0 );
        else closesocket( accept( ours[i], NULL, NULL ) );
        break;
    case 8:
        while (i % 10 < 8 && send( ours[i], buffer, sizeof( buffer ), 0 ) > 0) /* nothing */
            ;
        break;
    case 9:
        while (i % 10 < 8 && recv( peers[i], buffer, sizeof( buffer ), 0 ) > 0) /* nothing */
            ;
        break;
    case 10:
        if (i % 10 < 8) send( peers[i], "!", 1, MSG_OOB );
        break;
    case 11:
        if (i % 10 < 8) shutdown( peers[i], SD_SEND );
        break;
    case 12:
        if (i % 10 < 8) shutdown( ours[i], random_below( 3 ) );
        break;
    case 13:
        setsockopt( peers[i], SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
        closesocket( peers[i] );
        peers[i] = i % 10 == 8 ? udp_socket( AF_INET ) : tcp_socket( AF_INET );
        set_blocking( peers[i], FALSE );
        break;
    default: unmake( i ); make( i );
    }
}

/* Of one alone. */
static int sets_of( SOCKET s, int wanted )
{
    struct timeval timeout = { 0, 0 };
    fd_set sets[3];
    int i, result = 0;

    for (i = 0; i < 3; i++)
    {
        FD_ZERO( &sets[i] );
        if (wanted & 1 << i) FD_SET( s, &sets[i] );
    }
    if (select( 0, &sets[0], &sets[1], &sets[2], &timeout ) == SOCKET_ERROR) return -1;
    for (i = 0; i < 3; i++)
        if (FD_ISSET( s, &sets[i] )) result |= 1 << i;
    return result;
}

static int poll_of( SOCKET s, int events )
{
    WSAPOLLFD fd = { s, events, 0 };

    return WSAPoll( &fd, 1, 0 ) == SOCKET_ERROR ? -1 : fd.revents;
}

/* One look at many. wanted: a set of sets for each. */
static void select_all( const int *wanted, int *got, BOOL twice )
{
    struct timeval timeout = { 0, 0 };
    fd_set sets[3];
    int i, j, ret, expect = 0;

    for (i = 0; i < 3; i++) FD_ZERO( &sets[i] );
    for (j = 0; j < COUNT; j++)
        for (i = 0; i < 3; i++)
            if (wanted[j] & 1 << i) sets[i].fd_array[sets[i].fd_count++] = ours[j];
    if (twice) /* the first one once more; FD_SET would not */
        for (i = 0; i < 3; i++)
            if (sets[i].fd_count) sets[i].fd_array[sets[i].fd_count++] = sets[i].fd_array[0];
    ret = select( 0, &sets[0], &sets[1], &sets[2], &timeout );
    ok( ret >= 0, "select failed, error %d\n", WSAGetLastError() );
    for (i = 0; i < 3; i++) expect += sets[i].fd_count;
    ok( ret == expect, "select returned %d, has %d in its sets\n", ret, expect );
    for (j = 0; j < COUNT; j++)
        for (i = got[j] = 0; i < 3; i++)
            if (FD_ISSET( ours[j], &sets[i] )) got[j] |= 1 << i;
}

static void poll_all( const int *wanted, int *got )
{
    WSAPOLLFD fds[COUNT];
    int j, ret, expect = 0;

    for (j = 0; j < COUNT; j++)
    {
        fds[j].fd = wanted[j] ? ours[j] : INVALID_SOCKET;
        fds[j].events = ( wanted[j] & READ ? POLLRDNORM : 0 ) | ( wanted[j] & WRITE ? POLLWRNORM : 0 )
                        | ( wanted[j] & EXCEPT ? POLLRDBAND : 0 );
        fds[j].revents = 0;
    }
    ret = WSAPoll( fds, COUNT, 0 );
    ok( ret >= 0, "WSAPoll failed, error %d\n", WSAGetLastError() );
    for (j = 0; j < COUNT; j++)
    {
        got[j] = wanted[j] ? fds[j].revents : 0;
        if (got[j]) expect++;
    }
    ok( ret == expect, "WSAPoll returned %d, has %d\n", ret, expect );
}

static void test_model( void )
{
    int wanted[COUNT], got[COUNT], expect = 0, round, i, tries, changes;

    seed = 4711;
    for (i = 0; i < COUNT; i++) make( i );
    for (round = 0; round < 400; round++)
    {
        BOOL polled = round & 1, twice = !random_below( 4 );

        winetest_push_context( "round %d, %s", round, polled ? "WSAPoll" : "select" );
        /* long stretches of the same sets, as a program has, some of single sockets; then quite other ones */
        if (!( round % 40 ))
            for (i = 0; i < COUNT; i++) wanted[i] = random_below( 5 ) ? READ | random_below( 8 ) : random_below( 8 );
        else
            for (i = 0; i < 4; i++) wanted[random_below( COUNT )] = random_below( 8 );
        for (changes = random_below( 12 ); changes; changes--) change( random_below( COUNT ) );
        for (i = tries = 0; tries < 100; tries++)
        {
            if (polled) poll_all( wanted, got );
            else select_all( wanted, got, twice );
            for (i = 0; i < COUNT; i++)
            {
                int events = ( wanted[i] & READ ? POLLRDNORM : 0 ) | ( wanted[i] & WRITE ? POLLWRNORM : 0 )
                             | ( wanted[i] & EXCEPT ? POLLRDBAND : 0 );

                expect = !wanted[i] ? 0 : polled ? poll_of( ours[i], events ) : sets_of( ours[i], wanted[i] );
                if (got[i] != expect) break;
            }
            if (i == COUNT) break;
            Sleep( 10 ); /* it may have changed between the two */
        }
        ok( i == COUNT, "socket %d, asked for %d: got %x, alone %x\n", i, i < COUNT ? wanted[i] : 0,
            i < COUNT ? got[i] : 0, expect );
        winetest_pop_context();
    }
    for (i = 0; i < COUNT; i++) unmake( i );
}

/* ---- waiting */

static void make_all( void )
{
    int i;

    for (i = 0; i < COUNT; i++)
    {
        tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &ours[i], &peers[i] );
        set_blocking( peers[i], FALSE );
    }
}

static void unmake_all( void )
{
    int i;

    for (i = 0; i < COUNT; i++) unmake( i );
}

/* The number of the only one to read, -1 for none, -2 for more or an error. */
static int select_read( DWORD milliseconds )
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set set;
    int i, ret;

    FD_ZERO( &set );
    for (i = 0; i < COUNT; i++) set.fd_array[set.fd_count++] = ours[i];
    ret = select( 0, &set, NULL, NULL, milliseconds == INFINITE ? NULL : &timeout );
    if (!ret) return -1;
    for (i = 0; ret == 1 && i < COUNT; i++)
        if (set.fd_array[0] == ours[i]) return i;
    return -2;
}

/* so often that whatever is kept between calls is kept */
static void settle( void )
{
    int i;

    for (i = 0; i < 100; i++) ok( select_read( 0 ) == -1, "something to read\n" );
}

struct later
{
    void ( *func )( int i );
    int i;
    DWORD delay;
};

static DWORD WINAPI do_later( void *arg )
{
    struct later *later = arg;

    Sleep( later->delay );
    later->func( later->i );
    return 0;
}

static void send_one( int i )
{
    send( peers[i], "x", 1, 0 );
}

static void end_one( int i )
{
    shutdown( peers[i], SD_SEND );
}

static void close_one( int i )
{
    closesocket( ours[i] );
}

static ULONGLONG processor_time( void )
{
    FILETIME created, ended, kernel, user;

    GetProcessTimes( GetCurrentProcess(), &created, &ended, &kernel, &user );
    return ( (ULONGLONG)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime )
           + ( (ULONGLONG)user.dwHighDateTime << 32 | user.dwLowDateTime );
}

/* Nothing comes, and waiting for it costs no processor. */
static void wait_idle( unsigned int line )
{
    ULONGLONG before = processor_time(), used;

    ok_( __FILE__, line )( select_read( 500 ) == -1, "something to read\n" );
    used = ( processor_time() - before ) / 10000;
    ok_( __FILE__, line )( used < 250, "%d ms of processor time in a wait of 500 ms\n", (int)used );
}

static void test_wait( void )
{
    struct later later = { send_one, 0, 10 };
    LARGE_INTEGER start, now, frequency;
    double took, best = 1e9;
    HANDLE thread;
    int i, ret, left;
    char c;

    make_all();
    settle();
    QueryPerformanceFrequency( &frequency );
    for (i = 0; i < 10; i++)
    {
        QueryPerformanceCounter( &start );
        ok( select_read( 20 ) == -1, "something to read\n" );
        QueryPerformanceCounter( &now );
        took = ( now.QuadPart - start.QuadPart ) * 1000.0 / frequency.QuadPart;
        ok( took > 19.5, "%f ms\n", took );
        if (took < best) best = took;
    }
    ok( best < 22, "20 ms take %f ms at least\n", best );

    for (i = 0; i < 20; i++)
    {
        later.i = i * 7 % COUNT;
        thread = CreateThread( NULL, 0, do_later, &later, 0, NULL );
        ret = select_read( i & 1 ? INFINITE : 5000 );
        ok( ret == later.i, "%d is ready instead of %d\n", ret, later.i );
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
        ok( select_read( 0 ) == later.i && select_read( 1000 ) == later.i, "not any more\n" );
        ok_call( recv( ours[later.i], &c, 1, 0 ), 1, 0 );
    }
    ok( select_read( 0 ) == -1, "something to read\n" );

    later.func = end_one;
    later.i = 5;
    thread = CreateThread( NULL, 0, do_later, &later, 0, NULL );
    ok( select_read( 5000 ) == 5, "the end isn't told\n" );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    unmake( 5 );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &ours[5], &peers[5] );
    settle();

    /* one of many is closed */
    later.func = close_one;
    thread = CreateThread( NULL, 0, do_later, &later, 0, NULL );
    ret = select_read( 5000 );
    left = WSAGetLastError();
    ok( ret == 5, "got %d, error %d\n", ret, left );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    ok( select_read( 0 ) == -2 && WSAGetLastError() == WSAENOTSOCK, "error %d\n", WSAGetLastError() );
    closesocket( peers[5] );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &ours[5], &peers[5] );
    settle();
    unmake_all();
}

/* A socket that is closed here and open elsewhere has something to read: nobody here hears of it, nor does its
 * successor. */
static void test_open_elsewhere( void )
{
    HANDLE copies[8];
    int i, round;
    char c;

    make_all();
    for (round = 0; round < 8; round++)
    {
        settle();
        i = round * 13 % COUNT;
        ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)ours[i], GetCurrentProcess(), &copies[round], 0, FALSE,
                             DUPLICATE_SAME_ACCESS ),
            "error %lu\n", GetLastError() );
        ok_call( send( peers[i], "x", 1, 0 ), 1, 0 );
        ok( select_read( 1000 ) == i, "nothing to read\n" );
        closesocket( ours[i] );
        if (round & 1) closesocket( peers[i] );
        tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &ours[i], &peers[i] );
        if (round < 2) wait_idle( __LINE__ );
        else ok( select_read( 30 ) == -1, "round %d: something to read\n", round );
        ok_call( send( peers[i], "y", 1, 0 ), 1, 0 );
        ok( select_read( 1000 ) == i, "round %d: nothing to read\n", round );
        ok_call( recv( ours[i], &c, 1, 0 ), 1, 0 );
        ok( c == 'y', "got %c\n", c );
    }
    for (round = 0; round < 8; round++) closesocket( (SOCKET)copies[round] );
    unmake_all();
}

/* A handle with another kernel socket under it. */
static void test_reused( void )
{
    static const GUID disconnectex_guid = WSAID_DISCONNECTEX, connectex_guid = WSAID_CONNECTEX;
    LPFN_DISCONNECTEX disconnect_ex;
    LPFN_CONNECTEX connect_ex;
    OVERLAPPED ov = { 0 };
    union address addr, any;
    SOCKET listener;
    BOOL fresh;
    DWORD size, i;
    int len;
    char c;

    make_all();
    WSAIoctl( ours[0], SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&disconnectex_guid, sizeof( disconnectex_guid ),
              &disconnect_ex, sizeof( disconnect_ex ), &size, NULL, NULL );
    WSAIoctl( ours[0], SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)&connectex_guid, sizeof( connectex_guid ),
              &connect_ex, sizeof( connect_ex ), &size, NULL, NULL );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    listener = tcp_listener( AF_INET, &addr, &len );
    for (i = 0; i < 3; i++)
    {
        settle();
        closesocket( peers[3] );
        ok( select_read( 1000 ) == 3, "the end isn't told\n" );
        fresh = disconnect_ex( ours[3], NULL, TF_REUSE_SOCKET, 0 );
        ok_unless_afd( fresh, "error %d\n", WSAGetLastError() );
        if (!fresh) break;
        loopback( &any, AF_INET, 0 );
        bind( ours[3], &any.any, len );
        if (!connect_ex( ours[3], &addr.any, len, NULL, 0, &size, &ov ))
        {
            int error = WSAGetLastError();

            ok_unless_stock( error == ERROR_IO_PENDING, "error %d\n", error );
            if (error != ERROR_IO_PENDING) break; /* the handle was not made fresh */
            ok( GetOverlappedResult( (HANDLE)ours[3], &ov, &size, TRUE ), "error %lu\n", GetLastError() );
        }
        setsockopt( ours[3], SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 );
        peers[3] = accept( listener, NULL, NULL );
        ok( select_read( 30 ) == -1, "something to read\n" );
        ok_call( send( peers[3], "z", 1, 0 ), 1, 0 );
        ok( select_read( 1000 ) == 3, "nothing to read\n" );
        ok_call( recv( ours[3], &c, 1, 0 ), 1, 0 );
    }
    closesocket( listener );
    CloseHandle( ov.hEvent );
    unmake_all();
}

/* Several threads ask about the same sockets. */
static volatile LONG seen;

static DWORD WINAPI select_thread( void *arg )
{
    int i;

    for (i = 0; i < 100; i++) select_read( 0 );
    InterlockedIncrement( &seen );
    for (i = 0; i < 20; i++)
    {
        int ready = select_read( 5000 );

        ok( ready == 42, "thread %d: %d is ready\n", (int)(INT_PTR)arg, ready );
        if (ready != 42) break;
    }
    InterlockedIncrement( &seen );
    return 0;
}

static void test_threads( void )
{
    HANDLE threads[3];
    int i;

    make_all();
    for (i = 0; i < 3; i++) threads[i] = CreateThread( NULL, 0, select_thread, (void *)(INT_PTR)i, 0, NULL );
    while (seen < 3) Sleep( 1 );
    Sleep( 20 );
    send_one( 42 );
    ok( !WaitForMultipleObjects( 3, threads, TRUE, 30000 ), "the threads don't end\n" );
    for (i = 0; i < 3; i++) CloseHandle( threads[i] );
    unmake_all();
}

/* A wait that the host would end and Windows doesn't costs no processor. */
static void test_idle( void )
{
    WSAPOLLFD fds[COUNT];
    ULONGLONG before, used;
    int i, few, ret;
    SOCKET left_out;

    make_all();
    settle();
    /* not asked for any more */
    left_out = ours[7];
    ours[7] = ours[8];
    send_one( 7 );
    wait_idle( __LINE__ );
    ours[7] = left_out;
    ok( select_read( 1000 ) == 7, "nothing to read\n" );
    for (i = 0; i < COUNT; i++)
    {
        set_blocking( ours[i], FALSE );
        fill_send_buffer( ours[i] );
        fds[i].fd = ours[i];
        fds[i].events = POLLWRNORM;
    }
    /* the peer has ended and there is unread data: neither room nor the end */
    send_one( 1 );
    shutdown( peers[1], SD_SEND );
    for (few = 0; few < 2; few++)
    {
        before = processor_time();
        ret = WSAPoll( fds, few ? 2 : COUNT, 1000 );
        used = ( processor_time() - before ) / 10000;
        ok_unless_afd( !ret, "%d of %d: %d are ready, %x\n", few ? 2 : COUNT, COUNT, ret, fds[1].revents );
        if (!ret) ok( used < 500, "%d ms of processor time in a wait of a second\n", (int)used );
    }
    unmake_all();
}

START_TEST( select_many )
{
    start_winsock();
    test_model();
    test_wait();
    test_open_elsewhere();
    test_reused();
    test_threads();
    test_idle();
    stop_winsock();
}
