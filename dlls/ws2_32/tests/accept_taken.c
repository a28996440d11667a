/*
 * Connections that a waiting AcceptEx takes: after select or WSAPoll accept doesn't get them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

static BOOL ready_by_select( SOCKET listener )
{
    struct timeval time = { 0, 20000 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( listener, &set );
    return select( 0, &set, NULL, NULL, &time ) == 1;
}

static BOOL ready_by_poll( SOCKET listener )
{
    WSAPOLLFD poll = { listener, POLLRDNORM, 0 };

    return WSAPoll( &poll, 1, 20 ) == 1;
}

static const struct
{
    const char *name;
    BOOL ( *ready )( SOCKET listener );
} ways[] = { { "select", ready_by_select }, { "WSAPoll", ready_by_poll } };

struct client
{
    union address addr;
    int len;
    SOCKET s;
};

static DWORD WINAPI client_thread( void *arg )
{
    struct client *client = arg;

    client->s = tcp_socket( AF_INET );
    Sleep( 3 );
    connect( client->s, &client->addr.any, client->len );
    return 0;
}

static void test_taken( int way )
{
    enum
    {
        ROUNDS = 20
    };
    BOOL taken = FALSE;
    int i, got = 0;
    struct client client;
    SOCKET listener, acceptor, s;
    char buffer[2 * ACCEPT_ADDR];
    u_long one = 1;
    OVERLAPPED ov;
    HANDLE thread;
    DWORD count;

    winetest_push_context( "%s", ways[way].name );
    listener = tcp_listener( AF_INET, &client.addr, &client.len );
    ok_success( ioctlsocket( listener, FIONBIO, &one ) );
    ok( !ways[way].ready( listener ), "ready\n" ); /* it is polled in the way of one without an AcceptEx */
    for (i = 0; i < ROUNDS; i++)
    {
        memset( &ov, 0, sizeof( ov ) );
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        acceptor = tcp_socket( AF_INET );
        ok_bool( ext.AcceptEx( listener, acceptor, buffer, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &ov ),
                 ERROR_IO_PENDING );
        do
        {
            thread = CreateThread( NULL, 0, client_thread, &client, 0, NULL );
            for (taken = FALSE; WaitForSingleObject( ov.hEvent, 0 ) && !taken;)
            {
                if (!ways[way].ready( listener )) continue;
                if (( s = accept( listener, NULL, NULL ) ) == INVALID_SOCKET) continue;
                taken = TRUE;
                closesocket( s );
            }
            ok( !WaitForSingleObject( thread, 10000 ), "connect doesn't end\n" );
            CloseHandle( thread );
            closesocket( client.s );
            got += taken;
        } while (taken && got < ROUNDS);
        if (taken) break;
        closesocket( acceptor );
        CloseHandle( ov.hEvent );
    }
    /* a poll of the server may come just before it gives the connection away */
    ok( got < ROUNDS / 4, "accept has got %d\n", got );
    if (taken)
    {
        closesocket( listener );
        WaitForSingleObject( ov.hEvent, 3000 );
        winetest_pop_context();
        return;
    }

    /* with none waiting it is reported as ever */
    client_thread( &client );
    for (i = 0; i < 500 && !ways[way].ready( listener ); i++) /* nothing */
        ;
    ok( i < 500, "not reported\n" );
    s = accept( listener, NULL, NULL );
    ok( s != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    closesocket( s );
    closesocket( client.s );
    closesocket( listener );
    winetest_pop_context();
}

START_TEST( accept_taken )
{
    int way;

    start_winsock();
    load_extensions();
    for (way = 0; way < (int)ARRAY_SIZE( ways ); way++) test_taken( way );
    stop_winsock();
}
