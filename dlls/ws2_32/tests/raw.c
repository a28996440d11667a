/*
 * Raw sockets: the permission for them, and an echo by ICMP
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "socket function" and "TCP/IP Raw Sockets". With WSURING_TEST_RAW=denied the wineserver hasn't the
 * right, which tests/setup.sh sees to.
 */

#include "sockets.h"

static BOOL may; /* have raw sockets */

static void test_create( void )
{
    static const struct
    {
        int family, type, protocol, error;
        int got_protocol;
    } tests[] = {
        { AF_INET, SOCK_RAW, IPPROTO_ICMP, 0, IPPROTO_ICMP },
        { AF_INET, 0, IPPROTO_ICMP, 0, IPPROTO_ICMP }, /* the one type that there is for it */
        { AF_INET, SOCK_RAW, IPPROTO_UDP, 0, IPPROTO_UDP },
        { AF_INET, SOCK_RAW, IPPROTO_TCP, 0, IPPROTO_TCP },
        { AF_INET, SOCK_RAW, IPPROTO_RAW, 0, IPPROTO_RAW },
        { AF_INET, SOCK_RAW, 0, WSAEPROTONOSUPPORT }, /* the host has none of all protocols */
        { AF_INET, SOCK_RAW, 300, WSAEPROTONOSUPPORT },
        { AF_INET, SOCK_RAW, -1, WSAEPROTONOSUPPORT },
        { AF_INET, SOCK_STREAM, IPPROTO_ICMP, WSAEPROTONOSUPPORT },
        { AF_INET, SOCK_RDM, 0, WSAESOCKTNOSUPPORT },
    };
    WSAPROTOCOL_INFOW info;
    unsigned int i;
    SOCKET s;
    int len, error;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        int expect = tests[i].error || may ? tests[i].error : WSAEACCES;

        winetest_push_context( "%d, %d, %d", tests[i].family, tests[i].type, tests[i].protocol );
        s = socket( tests[i].family, tests[i].type, tests[i].protocol );
        error = s == INVALID_SOCKET ? WSAGetLastError() : 0;
        ok( error == expect, "got error %d, expected %d\n", error, expect );
        if (s != INVALID_SOCKET)
        {
            len = sizeof( info );
            ok_success( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &len ) );
            ok( info.iSocketType == SOCK_RAW && info.iProtocol == tests[i].got_protocol, "got type %d, protocol %d\n",
                info.iSocketType, info.iProtocol );
            ok_success( closesocket( s ) );
        }
        winetest_pop_context();
    }
}

#pragma pack( push, 1 )
struct echo
{
    BYTE type, code;
    USHORT checksum, id, sequence;
    char data[16];
};
#pragma pack( pop )

static USHORT checksum( const void *data, int len )
{
    const BYTE *bytes = data;
    UINT sum = 0;
    int i;

    for (i = 0; i < len; i += 2) sum += bytes[i] | bytes[i + 1] << 8;
    while (sum >> 16) sum = ( sum & 0xffff ) + ( sum >> 16 );
    return ~sum;
}

static void test_echo( void )
{
    struct echo echo = { 8, 0, 0, 0x1234, 7, "wsuring" };
    SOCKET s = socket( AF_INET, SOCK_RAW, IPPROTO_ICMP );
    union address addr, from;
    BYTE buffer[256];
    int len = loopback( &addr, AF_INET, 0 ), from_len, ret, i;
    struct echo *answer = (struct echo *)( buffer + 20 );

    set_timeout( s, 2000 );
    echo.checksum = checksum( &echo, sizeof( echo ) );
    ok_call( sendto( s, (char *)&echo, sizeof( echo ), 0, &addr.any, len ), sizeof( echo ), 0 );
    for (i = 0; i < 20; i++)
    {
        /* our own question comes too, and what others exchange; a raw socket receives the IP header */
        from_len = sizeof( from );
        ret = recvfrom( s, (char *)buffer, sizeof( buffer ), 0, &from.any, &from_len );
        if (ret < 0 || ( ret == 20 + sizeof( echo ) && !answer->type && answer->id == 0x1234 )) break;
    }
    ok( ret == 20 + sizeof( echo ), "got %d, error %d\n", ret, WSAGetLastError() );
    ok( buffer[0] == 0x45 && buffer[9] == IPPROTO_ICMP, "no IP header: %02x, protocol %u\n", buffer[0], buffer[9] );
    ok( answer->sequence == 7 && !memcmp( answer->data, echo.data, sizeof( echo.data ) ), "another answer\n" );
    ok( from_len == len && from.v4.sin_addr.s_addr == addr.v4.sin_addr.s_addr, "from somebody else\n" );
    closesocket( s );
}

/* The host's raw sockets don't hear what others are sent. */
static void test_receive_all( void )
{
    static const struct
    {
        DWORD value;
        int error;
    } tests[] = { { 0 }, { 1, WSAEOPNOTSUPP }, { 3, WSAEOPNOTSUPP }, { 4, WSAEINVAL } };
    static const DWORD codes[]
        = { _WSAIOW( IOC_VENDOR, 1 ) /* SIO_RCVALL */, _WSAIOW( IOC_VENDOR, 2 ), _WSAIOW( IOC_VENDOR, 3 ) };
    SOCKET s = socket( AF_INET, SOCK_RAW, IPPROTO_ICMP );
    unsigned int i, j;
    DWORD size;

    for (i = 0; i < ARRAY_SIZE( codes ); i++)
    {
        for (j = 0; j < ARRAY_SIZE( tests ); j++)
        {
            DWORD value = tests[j].value;

            winetest_push_context( "%u, %lu", i, value );
            if (tests[j].error)
                ok_docs_error( WSAIoctl( s, codes[i], &value, sizeof( value ), NULL, 0, &size, NULL, NULL ),
                               tests[j].error );
            else ok_docs( WSAIoctl( s, codes[i], &value, sizeof( value ), NULL, 0, &size, NULL, NULL ), 0, 0 );
            winetest_pop_context();
        }
    }
    closesocket( s );
}

/* A raw socket has a protocol from the start, and can still be told what IPV6_V6ONLY is. */
static void test_v6only( void )
{
    static const int protocols[] = { IPPROTO_RAW, IPPROTO_UDP };
    unsigned int i;
    int value, len;
    SOCKET s;

    for (i = 0; i < ARRAY_SIZE( protocols ); i++)
    {
        winetest_push_context( "protocol %d", protocols[i] );
        s = socket( AF_INET6, SOCK_RAW, protocols[i] );
        ok( s != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
        value = 0;
        len = sizeof( value );
        ok_success( getsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, &len ) );
        ok_unless_stock( !setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&value, sizeof( value ) ), "got error %d\n",
                         WSAGetLastError() );
        closesocket( s );
        winetest_pop_context();
    }
}

START_TEST( raw )
{
    char denied[16];
    SOCKET s;

    start_winsock();
    s = socket( AF_INET, SOCK_RAW, IPPROTO_ICMP );
    may = s != INVALID_SOCKET;
    if (may) closesocket( s );
    else ok( WSAGetLastError() == WSAEACCES, "got error %d\n", WSAGetLastError() );
    if (GetEnvironmentVariableA( "WSURING_TEST_RAW", denied, sizeof( denied ) ))
        ok( !may, "the wineserver has the right\n" );
    test_create();
    if (may)
    {
        test_echo();
        test_receive_all();
        if (family_count() > 1) test_v6only();
    }
    stop_winsock();
}
