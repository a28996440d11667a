/*
 * Waiting in select and WSAPoll for one of many sockets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The call returns for what happens to any of them, wherever it was opened and whatever its handle was before, and an
 * idle wait takes no processor time.
 */

#include "large_sets.h"

#define COUNT 100

static SOCKET ours[COUNT], peers[COUNT];

static void unmake( int i )
{
    closesocket( ours[i] );
    closesocket( peers[i] );
}

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
    ok( select_read( 5000 ) == 5, "the end isn't reported\n" );
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

/* A socket that is closed here and open elsewhere has something to read: no thread here notices, nor does its
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
        ok( select_read( 1000 ) == 3, "the end isn't reported\n" );
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
    test_wait();
    test_open_elsewhere();
    test_reused();
    test_threads();
    test_idle();
    stop_winsock();
}
