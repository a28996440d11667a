/*
 * Buffers in memory that the host's kernel can't use as it is: write-watched, guarded, untouched, copy-on-write and
 * mapped pages
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define SIZE          0x8000
#define WATCHED_PAGES 16
#define BIG           ( 4 * 1024 * 1024 )

enum kind
{
    KIND_PLAIN,
    KIND_WATCHED,
    KIND_UNTOUCHED,
    KIND_COPY,
    KIND_MAPPED,
    KIND_STACK,
    KIND_COUNT
};

static const char *kind_names[KIND_COUNT]
    = { "plain", "write-watched", "not yet touched", "copy on write", "mapped file", "end of a block" };

static HANDLE file, mapping;
static char *blocks[KIND_COUNT]; /* what is to be freed */

static void make_mapping( void )
{
    char path[MAX_PATH], name[MAX_PATH];

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "wsu", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, 0 );
    ok( file != INVALID_HANDLE_VALUE, "no file: %lu\n", GetLastError() );
    mapping = CreateFileMappingW( file, NULL, PAGE_READWRITE, 0, BIG, NULL );
    ok( mapping != NULL, "no mapping: %lu\n", GetLastError() );
}

/* Memory of the kind; for sends it has a pattern already. */
static char *get_memory( enum kind kind, SIZE_T size, BOOL filled )
{
    char *ptr = NULL;

    switch (kind)
    {
    case KIND_PLAIN:
    case KIND_UNTOUCHED: ptr = VirtualAlloc( NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE ); break;
    case KIND_WATCHED:
        ptr = VirtualAlloc( NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE );
        break;
    case KIND_COPY: ptr = MapViewOfFile( mapping, FILE_MAP_COPY, 0, 0, size ); break;
    case KIND_MAPPED: ptr = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, size ); break;
    default:
        /* the page behind it isn't there */
        ptr = VirtualAlloc( NULL, size + 0x1000, MEM_RESERVE, PAGE_READWRITE );
        VirtualAlloc( ptr, size, MEM_COMMIT, PAGE_READWRITE );
        break;
    }
    ok( ptr != NULL, "no memory: %lu\n", GetLastError() );
    blocks[kind] = ptr;
    if (kind == KIND_PLAIN && !filled) memset( ptr, 0xcc, size );
    if (filled) fill_pattern( ptr, size, 21 );
    if (filled && kind == KIND_UNTOUCHED) return ptr;
    if (kind == KIND_WATCHED) ResetWriteWatch( ptr, size );
    return ptr;
}

static void free_memory( enum kind kind )
{
    if (kind == KIND_COPY || kind == KIND_MAPPED) UnmapViewOfFile( blocks[kind] );
    else VirtualFree( blocks[kind], 0, MEM_RELEASE );
}

/* The data has come, and for a watched block that is seen, unless the pages became watched again meanwhile. */
static void check_received( enum kind kind, char *ptr, int size, unsigned int seed, BOOL again )
{
    int wrong = check_pattern( ptr, size, seed );
    void *pages[SIZE / 0x1000];
    ULONG_PTR count = ARRAY_SIZE( pages );
    DWORD granularity;

    ok_unless_afd( wrong == -1, "wrong data at %d\n", wrong );
    if (kind == KIND_WATCHED && !again)
    {
        ok( !GetWriteWatch( 0, ptr, SIZE, pages, &count, &granularity ), "error %lu\n", GetLastError() );
        /* more may count as written than was */
        ok_unless_afd( count >= (ULONG_PTR)( size + 0xfff ) / 0x1000, "%Iu pages were written\n", count );
    }
}

/* The host's buffers grow as they like, now and then to all that a test sends at once. */
static void limit_buffers( SOCKET sender, SOCKET receiver )
{
    static const int size = 65536;

    ok_success( setsockopt( sender, SOL_SOCKET, SO_SNDBUF, (const char *)&size, sizeof( size ) ) );
    ok_success( setsockopt( receiver, SOL_SOCKET, SO_RCVBUF, (const char *)&size, sizeof( size ) ) );
}

static void test_recv( enum kind kind, int type, BOOL pends )
{
    static char data[SIZE];
    OVERLAPPED ov = { 0 };
    DWORD count, flags = 0;
    WSABUF bufs[2];
    SOCKET a, b;
    char *ptr;
    int ret, size = type == SOCK_STREAM ? SIZE : 9000;

    winetest_push_context( "%s, type %d, recv%s", kind_names[kind], type, pends ? ", pends" : "" );
    if (type == SOCK_STREAM) tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( AF_INET, &a, &b );
    ptr = get_memory( kind, SIZE, FALSE );
    fill_pattern( data, sizeof( data ), 33 );
    bufs[0].buf = ptr;
    bufs[0].len = 5000;
    bufs[1].buf = ptr + 5000;
    bufs[1].len = SIZE - 5000;
    if (!pends)
    {
        ok_call( send( a, data, size, 0 ), size, 0 );
        Sleep( 5 );
        count = 0;
        if (type == SOCK_STREAM) ok_call( recv( b, ptr, SIZE, MSG_WAITALL ), size, 0 );
        else
        {
            ok_success( WSARecv( b, bufs, 2, &count, &flags, NULL, NULL ) );
            ok( (int)count == size, "got %lu\n", count );
        }
    }
    else
    {
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        if (type == SOCK_STREAM) flags = MSG_WAITALL;
        ret = WSARecv( b, bufs, 2, NULL, &flags, &ov, NULL );
        ok( ret && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        /* as a garbage collector does it: the page becomes watched again while the operation waits */
        if (kind == KIND_WATCHED) ResetWriteWatch( ptr, SIZE );
        ok_call( send( a, data, size, 0 ), size, 0 );
        ok_unless_afd( !WaitForSingleObject( ov.hEvent, 1000 ), "not done\n" );
        ok_unless_afd( !(DWORD)ov.Internal && (int)ov.InternalHigh == size, "got %Ix, %Iu\n", ov.Internal,
                       ov.InternalHigh );
        CloseHandle( ov.hEvent );
    }
    check_received( kind, ptr, size, 33, pends );
    free_memory( kind );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

static ULONG_PTR count_written( char *ptr, BOOL reset )
{
    void *pages[WATCHED_PAGES];
    ULONG_PTR count = WATCHED_PAGES;
    DWORD granularity;

    ok( !GetWriteWatch( reset ? WRITE_WATCH_FLAG_RESET : 0, ptr, WATCHED_PAGES * 0x1000, pages, &count, &granularity ),
        "error %lu\n", GetLastError() );
    return count;
}

struct watched_recv
{
    SOCKET s;
    WSABUF bufs[2];
    DWORD received;
};

static DWORD WINAPI watched_recv_thread( void *arg )
{
    struct watched_recv *recv = arg;
    DWORD flags = 0;

    ok_success( WSARecv( recv->s, recv->bufs, 2, &recv->received, &flags, NULL, NULL ) );
    return 0;
}

/* A receive marks the pages of its buffers when it starts, and only then: the collector that watches them again while
 * it waits finds what the program itself has written since. */
static void test_watched_again( BOOL overlapped, int size )
{
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    static char data[0x9000];
    struct watched_recv recv;
    HANDLE thread = NULL;
    ULONG_PTR written;
    DWORD flags = 0;
    SOCKET a, b;
    char *ptr;
    int i, ret, wrong;

    winetest_push_context( "%s, %d bytes", overlapped ? "overlapped" : "blocking", size );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    ptr = VirtualAlloc( NULL, WATCHED_PAGES * 0x1000, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH, PAGE_READWRITE );
    memset( ptr, 0x55, WATCHED_PAGES * 0x1000 );
    written = count_written( ptr, TRUE );
    ok( written == WATCHED_PAGES, "got %Iu\n", written );
    fill_pattern( data, sizeof( data ), 5 );
    recv.s = b;
    recv.bufs[0].buf = ptr + 10;
    recv.bufs[0].len = 100;
    recv.bufs[1].buf = ptr + 0x3ff0; /* pages 3 to 11 */
    recv.bufs[1].len = 0x8010;
    if (overlapped)
    {
        ret = WSARecv( b, recv.bufs, 2, NULL, &flags, &ov, NULL );
        ok( ret && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    }
    else thread = CreateThread( NULL, 0, watched_recv_thread, &recv, 0, NULL );
    for (i = 0; i < 5000 && count_written( ptr, FALSE ) != 10; i++) Sleep( 1 );
    if (!overlapped) Sleep( 50 ); /* it blocks now, or finds the data when it looks first */
    written = count_written( ptr, TRUE );
    ok( written == 10, "got %Iu\n", written );
    ok( ptr[10] == 0x55 && ptr[0x3ff0] == 0x55, "there is data\n" );
    ptr[0x5000] = 1; /* by the program itself */

    ok_call( send( a, data, size, 0 ), size, 0 );
    if (overlapped)
    {
        ok( !WaitForSingleObject( ov.hEvent, 5000 ), "not done\n" );
        recv.received = ov.InternalHigh;
    }
    else ok( !WaitForSingleObject( thread, 5000 ), "not done\n" );
    ok( (int)recv.received == size, "received %lu\n", recv.received );
    written = count_written( ptr, TRUE );
    ok_unless_afd( written == 1, "got %Iu\n", written ); /* its neighbours, too, where buffers end within pages */
    memcpy( data, ptr + 10, min( size, 100 ) );
    if (size > 100) memcpy( data + 100, ptr + 0x3ff0, size - 100 );
    wrong = check_pattern( data, size, 5 );
    ok( wrong == -1, "wrong data at %d\n", wrong );
    ok( ptr[9] == 0x55 && ptr[110] == 0x55 && ptr[0xc000] == 0x55, "more was written\n" );
    if (thread) CloseHandle( thread );
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    VirtualFree( ptr, 0, MEM_RELEASE );
    winetest_pop_context();
}

static void test_send( enum kind kind, int type, BOOL pends )
{
    static char buffer[BIG];
    OVERLAPPED ov = { 0 };
    WSABUF wsabuf;
    SOCKET a, b;
    char *ptr;
    int ret, size = type == SOCK_DGRAM ? 9000 : pends ? BIG : SIZE;

    winetest_push_context( "%s, type %d, send%s", kind_names[kind], type, pends ? ", pends" : "" );
    if (type == SOCK_STREAM) tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    else udp_pair( AF_INET, &a, &b );
    wsabuf.buf = ptr = get_memory( kind, pends ? BIG : SIZE, TRUE );
    wsabuf.len = size;
    if (!pends) ok_call( send( a, ptr, size, 0 ), size, 0 );
    else
    {
        limit_buffers( a, b );
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ret = WSASend( a, &wsabuf, 1, NULL, 0, &ov, NULL );
        ok( ret && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
        if (kind == KIND_WATCHED) ResetWriteWatch( ptr, BIG );
    }
    memset( buffer, 0, size );
    if (type == SOCK_STREAM) ok_call( recv_all( b, buffer, size ), size, 0 );
    else ok_call( recv( b, buffer, sizeof( buffer ), 0 ), size, 0 );
    ret = check_pattern( buffer, size, 21 );
    ok( ret == -1, "wrong data at %d\n", ret );
    if (pends)
    {
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not done\n" );
        ok( !(DWORD)ov.Internal && ov.InternalHigh == BIG, "got %Ix, %Iu\n", ov.Internal, ov.InternalHigh );
        CloseHandle( ov.hEvent );
    }
    free_memory( kind );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

/* A guarded page is no buffer; the program's handler never sees its guard go, and no data is lost. */
static void test_guarded( void )
{
    char *ptr, buffer[16];
    SOCKET a, b;
    DWORD old;

    tcp_socketpair( &a, &b );
    ptr = get_memory( KIND_PLAIN, SIZE, TRUE );
    ok( VirtualProtect( ptr, SIZE, PAGE_READWRITE | PAGE_GUARD, &old ), "error %lu\n", GetLastError() );
    ok_call( send( a, ptr, 10, 0 ), -1, WSAEFAULT );
    ok_call( send( a, "0123456789", 10, 0 ), 10, 0 );
    ok_call( recv( b, ptr + 0x1000, 10, 0 ), -1, WSAEFAULT );
    ok_call( recv( b, buffer, 16, 0 ), 10, 0 );
    ok( !memcmp( buffer, "0123456789", 10 ), "wrong data\n" );
    free_memory( KIND_PLAIN );
    closesocket( a );
    closesocket( b );
}

/* Memory that goes while an operation waits: an error, no crash; the socket lives on. */
static void test_unmapped( BOOL sending )
{
    OVERLAPPED ov = { 0 };
    WSABUF wsabuf;
    DWORD flags = 0;
    char *buffer = malloc( BIG );
    SOCKET a, b;
    char *ptr;
    int ret, got = 0;

    winetest_push_context( "unmapped, %s", sending ? "send" : "recv" );
    tcp_socketpair( &a, &b );
    limit_buffers( a, b );
    wsabuf.buf = ptr = get_memory( KIND_PLAIN, BIG, sending );
    wsabuf.len = BIG;
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (sending) ret = WSASend( a, &wsabuf, 1, NULL, 0, &ov, NULL );
    else ret = WSARecv( b, &wsabuf, 1, NULL, &flags, &ov, NULL );
    ok( ret && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    free_memory( KIND_PLAIN );
    set_timeout( b, 500 );
    if (sending)
        while (( ret = recv( b, buffer, BIG, 0 ) ) > 0 && got < BIG) got += ret;
    else ok_call( send( a, "abc", 3, 0 ), 3, 0 );
    ok( !WaitForSingleObject( ov.hEvent, 3000 ), "not done\n" );
    ok( (DWORD)ov.Internal == 0xc0000005, "got %Ix\n", ov.Internal );
    if (!sending)
    {
        /* Windows takes nothing from the stream for a buffer that it can't fill */
        ok_unless_stock( recv( b, buffer, 16, 0 ) == 3, "the data is lost\n" );
        ok_call( send( b, "x", 1, 0 ), 1, 0 );
        ok_call( recv( a, buffer, 1, 0 ), 1, 0 );
    }
    CloseHandle( ov.hEvent );
    closesocket( a );
    closesocket( b );
    free( buffer );
    winetest_pop_context();
}

START_TEST( memory )
{
    enum kind kind;
    int i;

    start_winsock();
    make_mapping();
    for (kind = 0; kind < KIND_COUNT; kind++)
    {
        test_recv( kind, SOCK_STREAM, FALSE );
        test_recv( kind, SOCK_STREAM, TRUE );
        test_recv( kind, SOCK_DGRAM, FALSE );
        test_recv( kind, SOCK_DGRAM, TRUE );
        test_send( kind, SOCK_STREAM, FALSE );
        test_send( kind, SOCK_STREAM, TRUE );
        test_send( kind, SOCK_DGRAM, FALSE );
    }
    for (i = 0; i < 4; i++) test_watched_again( i & 1, i & 2 ? 0x1000 : 50 );
    test_guarded();
    test_unmapped( FALSE );
    test_unmapped( TRUE );
    CloseHandle( mapping );
    CloseHandle( file );
    stop_winsock();
}
