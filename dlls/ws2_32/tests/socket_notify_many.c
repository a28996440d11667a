/*
 * ProcessSocketNotifications: many sockets, several threads, sockets that are closed while they are registered
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "wsuring_notify.h"

#define MANY    1000
#define CLIENTS 16
#define SENDS   50
#define THREADS 4
#define END_KEY 0xe0d
#define ONCE    ( SOCK_NOTIFY_TRIGGER_LEVEL | SOCK_NOTIFY_TRIGGER_ONESHOT )

static DWORD( WINAPI *notify )( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION *registrations, UINT32 timeout,
                                ULONG room, OVERLAPPED_ENTRY *entries, UINT32 *received );

static HANDLE port;
static SOCKET sockets[MANY], sender;
static struct sockaddr_in addrs[MANY];

static SOCKET new_socket( struct sockaddr_in *addr )
{
    SOCKET s = socket( AF_INET, SOCK_DGRAM, 0 );
    int len = sizeof( *addr );

    memset( addr, 0, sizeof( *addr ) );
    addr->sin_family = AF_INET;
    addr->sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    ok_success( bind( s, (struct sockaddr *)addr, len ) );
    ok_success( getsockname( s, (struct sockaddr *)addr, &len ) );
    set_blocking( s, FALSE );
    return s;
}

static SOCK_NOTIFY_REGISTRATION registration( SOCKET s, ULONG_PTR key, UINT8 operation, UINT8 trigger )
{
    SOCK_NOTIFY_REGISTRATION reg = { s, (void *)key, SOCK_NOTIFY_REGISTER_EVENT_IN, operation, trigger, 0xdeadbeef };

    return reg;
}

static DWORD change( HANDLE where, SOCKET s, ULONG_PTR key, UINT8 operation, UINT8 trigger )
{
    SOCK_NOTIFY_REGISTRATION reg = registration( s, key, operation, trigger );
    DWORD ret = notify( where, 1, &reg, 0, 0, NULL, NULL );

    return ret ? ret : reg.registrationResult;
}

static void send_to( unsigned int i )
{
    int ret = sendto( sender, "x", 1, 0, (struct sockaddr *)&addrs[i], sizeof( addrs[i] ) );

    ok( ret == 1, "got %d, error %d\n", ret, WSAGetLastError() );
}

/* Keys are the sockets' numbers from 1. Returns how many have come, each once, all with these events. */
static unsigned int take( DWORD events, BYTE *seen, UINT32 timeout )
{
    OVERLAPPED_ENTRY entries[64];
    unsigned int count = 0, i;
    UINT32 received;

    memset( seen, 0, MANY );
    while (!notify( port, 0, NULL, timeout, ARRAY_SIZE( entries ), entries, &received ))
    {
        for (i = 0; i < received; i++)
        {
            ULONG_PTR n = entries[i].lpCompletionKey - 1;

            ok( n < MANY && !seen[n] && entries[i].dwNumberOfBytesTransferred == events, "got key %Iu, events %#lx\n",
                n + 1, entries[i].dwNumberOfBytesTransferred );
            if (n < MANY) seen[n] = 1;
        }
        count += received;
    }
    return count;
}

static void test_many( void )
{
    SOCK_NOTIFY_REGISTRATION *regs = calloc( MANY, sizeof( *regs ) );
    HANDLE other = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    BYTE seen[MANY];
    unsigned int i, count;
    SOCKET closed;
    DWORD ret;
    char byte;

    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    for (i = 0; i < MANY; i++) sockets[i] = new_socket( &addrs[i] );
    for (i = 0; i < MANY; i++) regs[i] = registration( sockets[i], i + 1, SOCK_NOTIFY_OP_ENABLE, ONCE );
    ok( !notify( port, MANY, regs, 0, 0, NULL, NULL ), "they aren't registered\n" );
    for (count = i = 0; i < MANY; i++) count += !regs[i].registrationResult;
    ok( count == MANY, "got %u\n", count );
    ok( !take( 0, seen, 30 ), "there are packets\n" );

    /* each tells once */
    for (i = 0; i < MANY; i++) send_to( i );
    count = take( SOCK_NOTIFY_EVENT_IN, seen, 1000 );
    ok( count == MANY, "got %u packets\n", count );
    for (i = 0; i < MANY; i++)
        if (recv( sockets[i], &byte, 1, 0 ) != 1) break;
    ok( i == MANY, "got %u, error %d\n", i, WSAGetLastError() );

    /* all again, and half of them at once */
    for (i = 0; i < MANY; i++) regs[i].registrationResult = 1;
    ok( !notify( port, MANY, regs, 0, 0, NULL, NULL ), "they aren't registered\n" );
    for (i = 0; i < MANY; i += 2) send_to( i );
    count = take( SOCK_NOTIFY_EVENT_IN, seen, 500 );
    ok( count == MANY / 2, "got %u packets\n", count );
    for (count = i = 0; i < MANY; i += 2) count += seen[i];
    ok( count == MANY / 2, "they are of %u\n", count );
    ok( change( other, sockets[1], 1, SOCK_NOTIFY_OP_ENABLE, ONCE ) == ERROR_ALREADY_EXISTS, "two ports\n" );

    /* closed while registered: no packet, and who has the handle's value next isn't registered */
    for (i = 0; i < MANY; i += 2)
    {
        closed = sockets[i];
        ok_success( closesocket( closed ) );
        sockets[i] = new_socket( &addrs[i] );
        if (sockets[i] != closed) continue;
        ret = change( port, closed, i + 1, SOCK_NOTIFY_OP_REMOVE, 0 );
        ok( ret == ERROR_NOT_FOUND, "got %lu\n", ret );
        send_to( i );
    }
    ok( !take( 0, seen, 50 ), "there are packets\n" );

    /* removed, those of the others */
    for (count = i = 0; i < MANY; i++)
        regs[i] = registration( sockets[i], 0, i % 2 ? SOCK_NOTIFY_OP_REMOVE : SOCK_NOTIFY_OP_NONE, 0 );
    ok( !notify( port, MANY, regs, 0, 0, NULL, NULL ), "they aren't removed\n" );
    for (i = 0; i < MANY; i++) count += !regs[i].registrationResult;
    ok( count == MANY, "got %u\n", count );
    for (i = 0; i < MANY; i++)
        if (i % 2 && change( port, sockets[i], 0, SOCK_NOTIFY_OP_REMOVE, 0 )) break;
    ok( i == MANY, "a removal whose packet hasn't been taken can't be repeated\n" ); /* as Microsoft's example does */
    for (i = 0; i < MANY; i++) send_to( i );
    count = take( SOCK_NOTIFY_EVENT_REMOVE, seen, 500 );
    ok( count == MANY / 2, "got %u packets\n", count );
    ok( change( port, sockets[1], 0, SOCK_NOTIFY_OP_REMOVE, 0 ) == ERROR_NOT_FOUND, "it is there\n" );
    ret = change( other, sockets[1], 1, SOCK_NOTIFY_OP_ENABLE, ONCE );
    ok( !ret, "got %lu\n", ret ); /* at another port now */
    for (i = 0; i < MANY; i++) closesocket( sockets[i] );
    CloseHandle( other );
    CloseHandle( port );
    free( regs );
}

/* The page's pattern for several threads: by level and once, registered again with the next wait. */
static LONG received_bytes;

static DWORD WINAPI serve( void *arg )
{
    SOCK_NOTIFY_REGISTRATION regs[3];
    OVERLAPPED_ENTRY entries[3];
    UINT32 received, count = 0, i;
    char data[8];
    DWORD ret;
    int len;

    (void)arg;
    for (;;)
    {
        ret = notify( port, count, count ? regs : NULL, 20000, ARRAY_SIZE( entries ), entries, &received );
        ok( !ret, "got %lu\n", ret );
        if (ret) return 0;
        for (i = 0; i < count; i++) ok( !regs[i].registrationResult, "got %lu\n", regs[i].registrationResult );
        for (count = i = 0; i < received; i++)
        {
            ULONG_PTR key = entries[i].lpCompletionKey;

            if (key == END_KEY)
            {
                PostQueuedCompletionStatus( port, 0, END_KEY, NULL );
                return 0;
            }
            len = recv( sockets[key - 1], data, sizeof( data ), 0 );
            ok( len == 1, "got %d, error %d\n", len, WSAGetLastError() ); /* nobody else has it */
            if (len == 1 && InterlockedIncrement( &received_bytes ) == CLIENTS * SENDS)
                PostQueuedCompletionStatus( port, 0, END_KEY, NULL );
            regs[count++] = registration( sockets[key - 1], key, SOCK_NOTIFY_OP_ENABLE, ONCE );
        }
    }
}

static void test_threads( void )
{
    HANDLE threads[THREADS];
    unsigned int i, j;
    DWORD ret;

    port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );
    for (i = 0; i < CLIENTS; i++)
    {
        sockets[i] = new_socket( &addrs[i] );
        ok( !change( port, sockets[i], i + 1, SOCK_NOTIFY_OP_ENABLE, ONCE ), "it isn't registered\n" );
    }
    received_bytes = 0;
    for (i = 0; i < THREADS; i++) threads[i] = CreateThread( NULL, 0, serve, NULL, 0, NULL );
    for (j = 0; j < SENDS; j++)
        for (i = 0; i < CLIENTS; i++) send_to( i );
    ret = WaitForMultipleObjects( THREADS, threads, TRUE, 40000 );
    ok( !ret, "got %lu, %ld of %u\n", ret, received_bytes, CLIENTS * SENDS );
    for (i = 0; i < THREADS; i++) CloseHandle( threads[i] );
    for (i = 0; i < CLIENTS; i++) closesocket( sockets[i] );
    CloseHandle( port );
}

START_TEST( socket_notify_many )
{
    notify = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "ProcessSocketNotifications" );
    if (!notify)
    {
        skip( "no notifications\n" );
        return;
    }
    start_winsock();
    sender = socket( AF_INET, SOCK_DGRAM, 0 );
    test_many();
    test_threads();
    closesocket( sender );
    stop_winsock();
}
