/*
 * Lengths of addresses that accept and AcceptEx return: none, none wanted, too short
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "extension.h"

#define ADDR_ROOM ( sizeof( struct sockaddr_in6 ) + 16 )

/* accept with an address but no length returns no address. */
static void test_accept( int family )
{
    SOCKET listener, client, server;
    union address addr, peer, before;
    int len;

    winetest_push_context( "%s", family_name( family ) );
    listener = tcp_listener( family, &addr, &len );
    client = tcp_socket( family );
    ok_success( connect( client, &addr.any, len ) );
    memset( &peer, 0x55, sizeof( peer ) );
    before = peer;
    server = accept( listener, &peer.any, NULL );
    ok( server != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    ok( !memcmp( &peer, &before, sizeof( peer ) ), "an address\n" );
    ok_docs_error( getpeername( server, &peer.any, NULL ), WSAEFAULT );
    ok_docs_error( getsockname( server, &peer.any, NULL ), WSAEFAULT );
    closesocket( server );
    closesocket( client );
    closesocket( listener );
    winetest_pop_context();
}

/* AcceptEx without a local address, and with lengths that are too short: it pends, and the connection shows it. */
static void test_acceptex( int family )
{
    static const struct
    {
        DWORD local, remote;
        ULONG status; /* STATUS_BUFFER_TOO_SMALL */
    } tests[] = {
        { 0, ADDR_ROOM, 0 },
        { 3, ADDR_ROOM, 0xc0000023 },
        { ADDR_ROOM, ADDR_ROOM, 0 },
    };
    struct sockaddr *local_addr, *remote_addr;
    int len, local_len, remote_len, name_len;
    SOCKET listener, client, acceptor;
    union address addr, name;
    BYTE output[256];
    unsigned int i;
    OVERLAPPED ov;
    DWORD count;

    listener = tcp_listener( family, &addr, &len );
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s, %lu, %lu", family_name( family ), tests[i].local, tests[i].remote );
        memset( &ov, 0, sizeof( ov ) );
        memset( output, 0x55, sizeof( output ) );
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        acceptor = tcp_socket( family );
        ok_bool( ext.AcceptEx( listener, acceptor, output, 0, tests[i].local, tests[i].remote, &count, &ov ),
                 ERROR_IO_PENDING );
        ok( ov.Internal == STATUS_PENDING, "got %Ix\n", ov.Internal );
        client = tcp_socket( family );
        ok_success( connect( client, &addr.any, len ) );
        ok( !WaitForSingleObject( ov.hEvent, 3000 ), "didn't end\n" );
        ok( (ULONG)ov.Internal == tests[i].status, "got %Ix\n", ov.Internal );
        if (!tests[i].status)
        {
            local_addr = remote_addr = NULL;
            local_len = remote_len = -1;
            ext.GetAcceptExSockaddrs( output, 0, tests[i].local, tests[i].remote, &local_addr, &local_len, &remote_addr,
                                      &remote_len );
            name_len = sizeof( name );
            ok_success( getsockname( client, &name.any, &name_len ) );
            ok( remote_len == name_len && remote_addr && !memcmp( remote_addr, &name, 8 ), "another peer, %d\n",
                remote_len );
            if (tests[i].local)
                ok( local_len == len && local_addr && !memcmp( local_addr, &addr, 8 ), "another address, %d\n",
                    local_len );
            else ok_unless_stock( local_len == -1 && !local_addr, "got %d\n", local_len );
        }
        CloseHandle( ov.hEvent );
        closesocket( acceptor );
        closesocket( client );
        winetest_pop_context();
    }
    closesocket( listener );
}

START_TEST( accept_lengths )
{
    unsigned int i;

    start_winsock();
    load_extensions();
    for (i = 0; i < family_count(); i++)
    {
        test_accept( families[i] );
        test_acceptex( families[i] );
    }
    stop_winsock();
}
