/*
 * WSAEnumProtocols: the protocols that there are
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stddef.h>
#include "sockets.h"

static void test_enum( void )
{
    static const struct
    {
        int family, type, protocol;
        DWORD with, without;
    } tests[] = {
        { AF_INET, SOCK_STREAM, IPPROTO_TCP,
          XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES,
          XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED },
        { AF_INET, SOCK_DGRAM, IPPROTO_UDP,
          XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_IFS_HANDLES | XP1_SUPPORT_BROADCAST,
          XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER },
        { AF_INET6, SOCK_STREAM, IPPROTO_TCP, XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_IFS_HANDLES,
          XP1_CONNECTIONLESS },
        { AF_INET6, SOCK_DGRAM, IPPROTO_UDP, XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_IFS_HANDLES,
          XP1_GUARANTEED_DELIVERY },
    };
    static const GUID tcpip = { 0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92 } };
    static const GUID tcpip6 = { 0xf9eab0c0, 0x26d4, 0x11d0, { 0xbb, 0xbf, 0x00, 0xaa, 0x00, 0x6c, 0x34, 0xe4 } };
    static const WSAPROTOCOL_INFOW zero;
    WSAPROTOCOL_INFOW infos[32];
    WSAPROTOCOL_INFOA infosa[32];
    DWORD size = 0, sizea = 0, i, full;
    int count, counta, found[ARRAY_SIZE( tests )] = { 0 };
    INT only_tcp[] = { IPPROTO_TCP, 0 }, nothing[] = { 0xbeef, 0 };
    unsigned int j;

    /* how much room is needed */
    ok_error( WSAEnumProtocolsW( NULL, NULL, &size ), WSAENOBUFS );
    ok( size && size % sizeof( infos[0] ) == 0 && size <= sizeof( infos ), "got %lu\n", size );
    full = size;
    size--;
    ok_error( WSAEnumProtocolsW( NULL, infos, &size ), WSAENOBUFS );
    ok( size == full, "got %lu\n", size );
    ok_docs_error( WSAEnumProtocolsW( NULL, infos, NULL ), WSAEFAULT );

    count = WSAEnumProtocolsW( NULL, infos, &size );
    ok( count > 0 && (DWORD)count * sizeof( infos[0] ) == full, "got %d, error %d\n", count, WSAGetLastError() );
    sizea = sizeof( infosa );
    counta = WSAEnumProtocolsA( NULL, infosa, &sizea );
    ok( counta == count, "got %d and %d\n", count, counta );
    for (i = 0; i < (DWORD)count; i++)
    {
        char name[WSAPROTOCOL_LEN + 1];

        winetest_push_context( "%s", debugstr_w( infos[i].szProtocol ) );
        ok( infos[i].szProtocol[0], "no name\n" );
        WideCharToMultiByte( CP_ACP, 0, infos[i].szProtocol, -1, name, sizeof( name ), NULL, NULL );
        ok( !strcmp( name, infosa[i].szProtocol ), "the character sets differ: %s\n", infosa[i].szProtocol );
        ok( !memcmp( &infos[i], &infosa[i], offsetof( WSAPROTOCOL_INFOW, szProtocol ) ),
            "the character sets differ\n" );
        ok( infos[i].ProtocolChain.ChainLen == BASE_PROTOCOL, "got chain %d\n", infos[i].ProtocolChain.ChainLen );
        ok( infos[i].dwCatalogEntryId, "no number\n" );
        ok( memcmp( &infos[i].ProviderId, &zero.ProviderId, sizeof( GUID ) ), "no provider\n" );
        ok( infos[i].iVersion == 2, "got version %d\n", infos[i].iVersion );
        ok( infos[i].dwProviderFlags & PFL_MATCHES_PROTOCOL_ZERO || infos[i].iSocketType == SOCK_RAW
                || infos[i].iAddressFamily == AF_IPX,
            "got flags %lx\n", infos[i].dwProviderFlags );
        /* as Windows' own provider has them: libuv and others know its sockets by these */
        if (infos[i].iAddressFamily == AF_INET)
            ok_unless_stock( !memcmp( &infos[i].ProviderId, &tcpip, sizeof( GUID ) ), "another provider\n" );
        if (infos[i].iAddressFamily == AF_INET6)
            ok_unless_stock( !memcmp( &infos[i].ProviderId, &tcpip6, sizeof( GUID ) ), "another provider\n" );
        for (j = 0; j < ARRAY_SIZE( tests ); j++)
        {
            if (infos[i].iAddressFamily != tests[j].family || infos[i].iSocketType != tests[j].type
                || infos[i].iProtocol != tests[j].protocol)
                continue;
            found[j]++;
            ok( ( infos[i].dwServiceFlags1 & tests[j].with ) == tests[j].with, "got %lx, misses %lx\n",
                infos[i].dwServiceFlags1, ~infos[i].dwServiceFlags1 & tests[j].with );
            ok( !( infos[i].dwServiceFlags1 & tests[j].without ), "got %lx\n", infos[i].dwServiceFlags1 );
            ok( infos[i].iMaxSockAddr >= ( tests[j].family == AF_INET ? 16 : 28 ), "got %d\n", infos[i].iMaxSockAddr );
            if (tests[j].type == SOCK_STREAM) ok( !infos[i].dwMessageSize, "got %lu\n", infos[i].dwMessageSize );
            else ok( infos[i].dwMessageSize > 60000, "got %lu\n", infos[i].dwMessageSize );
        }
        winetest_pop_context();
    }
    for (j = 0; j < ARRAY_SIZE( tests ); j++) ok( found[j] == 1, "%u is there %d times\n", j, found[j] );

    size = sizeof( infos );
    count = WSAEnumProtocolsW( only_tcp, infos, &size );
    ok( count >= 1, "got %d\n", count );
    for (i = 0; count > 0 && i < (DWORD)count; i++)
        ok( infos[i].iProtocol == IPPROTO_TCP, "got protocol %d\n", infos[i].iProtocol );
    size = sizeof( infos );
    ok_call( WSAEnumProtocolsW( nothing, infos, &size ), 0, 0 );
}

START_TEST( catalog )
{
    start_winsock();
    test_enum();
    stop_winsock();
}
