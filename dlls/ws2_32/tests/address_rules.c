/*
 * Addresses that a socket can't be bound to, be connected to or send to
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "bind function", "connect function" and "sendto function": WSAEADDRNOTAVAIL.
 */

#include "extension.h"

static int parse( const char *text, USHORT port, union address *addr )
{
    memset( addr, 0, sizeof( *addr ) );
    addr->any.sa_family = strchr( text, ':' ) ? AF_INET6 : AF_INET;
    if (addr->any.sa_family == AF_INET6) inet_pton( AF_INET6, text, &addr->v6.sin6_addr );
    else inet_pton( AF_INET, text, &addr->v4.sin_addr );
    addr->v4.sin_port = htons( port );
    return addr->any.sa_family == AF_INET6 ? sizeof( addr->v6 ) : sizeof( addr->v4 );
}

static SOCKET open_dual( int family, int type )
{
    SOCKET s = socket( family, type, 0 );
    int off = 0;

    if (family == AF_INET6) setsockopt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof( off ) );
    return s;
}

static void test_bind( void )
{
    static const char *const texts[] = {
        "192.0.2.1", "224.0.0.1", "239.255.255.250",  "255.255.255.255",        "2001:db8::1",
        "ff02::fb",  "ff01::1",   "::ffff:224.0.0.1", "::ffff:255.255.255.255", "::ffff:192.0.2.1",
    };
    union address addr, any;
    unsigned int i;
    int type, len;
    SOCKET s;

    for (i = 0; i < ARRAY_SIZE( texts ); i++)
    {
        len = parse( texts[i], 0, &addr );
        if (addr.any.sa_family == AF_INET6 && family_count() < 2) continue;
        for (type = SOCK_STREAM; type <= SOCK_DGRAM; type++)
        {
            winetest_push_context( "type %d, %s", type, texts[i] );
            s = open_dual( addr.any.sa_family, type );
            if (by_afd() && type == SOCK_DGRAM && !strcmp( texts[i], "192.0.2.1" ))
            {
                /* AFD of 8.0 binds it to an interface instead, and takes any address (wine-interfaces 1.7) */
            }
            else
            {
                ok_docs_error( bind( s, &addr.any, len ), WSAEADDRNOTAVAIL );
                /* it isn't bound */
                parse( addr.any.sa_family == AF_INET6 ? "::" : "0.0.0.0", 0, &any );
                ok_docs( bind( s, &any.any, len ), 0, 0 );
            }
            closesocket( s );
            winetest_pop_context();
        }
    }
}

static int connect_stream( SOCKET s, const union address *addr, int len )
{
    return connect( s, &addr->any, len );
}

static int send_plain( SOCKET s, const union address *addr, int len )
{
    return sendto( s, "x", 1, 0, &addr->any, len );
}

static int send_overlapped( SOCKET s, const union address *addr, int len )
{
    WSABUF buf = { 1, (char *)"x" };
    OVERLAPPED ov = { 0 };
    DWORD count, flags;

    if (!WSASendTo( s, &buf, 1, &count, 0, &addr->any, len, &ov, NULL )) return 1;
    if (WSAGetLastError() != WSA_IO_PENDING) return SOCKET_ERROR;
    WSAGetOverlappedResult( s, &ov, &count, TRUE, &flags );
    return 1;
}

static int send_message( SOCKET s, const union address *addr, int len )
{
    WSABUF buf = { 1, (char *)"x" };
    WSAMSG msg = { (struct sockaddr *)&addr->any, len, &buf, 1, { 0, NULL }, 0 };
    DWORD count;

    return ext.WSASendMsg( s, &msg, 0, &count, NULL, NULL ) ? SOCKET_ERROR : (int)count;
}

static int send_control( SOCKET s, const union address *addr, int len )
{
    union
    {
        WSACMSGHDR header;
        char room[WSA_CMSG_SPACE( sizeof( int ) )];
    } control = { { WSA_CMSG_LEN( sizeof( int ) ), IPPROTO_IP, IP_TTL } };
    WSABUF buf = { 1, (char *)"x" };
    WSAMSG msg = { (struct sockaddr *)&addr->any, len, &buf, 1, { sizeof( control ), control.room }, 0 };
    DWORD count;

    *(int *)WSA_CMSG_DATA( &control.header ) = 10;
    if (addr->any.sa_family == AF_INET6)
    {
        control.header.cmsg_level = IPPROTO_IPV6;
        control.header.cmsg_type = IPV6_HOPLIMIT;
    }
    return ext.WSASendMsg( s, &msg, 0, &count, NULL, NULL ) ? SOCKET_ERROR : (int)count;
}

static const struct
{
    const char *name;
    int type;
    int ( *call )( SOCKET s, const union address *addr, int len );
    BOOL ours; /* stock and tier `afd' can't do it at all */
} calls[] = {
    { "connect", SOCK_STREAM, connect_stream, FALSE },
    { "connect, datagrams", SOCK_DGRAM, connect_stream, FALSE },
    { "sendto", SOCK_DGRAM, send_plain, FALSE },
    { "WSASendTo", SOCK_DGRAM, send_overlapped, FALSE },
    { "WSASendMsg", SOCK_DGRAM, send_message, FALSE },
    { "WSASendMsg with control data", SOCK_DGRAM, send_control, TRUE },
};

static void test_destination( void )
{
    static const struct
    {
        const char *text;
        USHORT port;
    } places[] = {
        { "0.0.0.0", 9 }, { "::", 9 }, { "::ffff:0.0.0.0", 9 }, { "127.0.0.1", 0 }, { "::1", 0 },
    };
    union address addr, any;
    unsigned int i, j;
    int len;
    SOCKET s;

    for (i = 0; i < ARRAY_SIZE( places ); i++)
    {
        len = parse( places[i].text, places[i].port, &addr );
        if (addr.any.sa_family == AF_INET6 && family_count() < 2) continue;
        for (j = 0; j < ARRAY_SIZE( calls ); j++)
        {
            if (calls[j].ours && by_afd()) continue;
            /* a datagram socket may be connected to port 0 */
            if (!places[i].port && calls[j].type == SOCK_DGRAM && calls[j].call == connect_stream) continue;
            winetest_push_context( "%s to %s, port %d", calls[j].name, places[i].text, places[i].port );
            s = open_dual( addr.any.sa_family, calls[j].type );
            /* a datagram to port 0 is sent, and lost, if the socket wasn't bound: so Wine's test has it of Windows */
            if (!places[i].port && calls[j].type == SOCK_DGRAM)
                ok_unless_afd( calls[j].call( s, &addr, len ) == 1, "got error %d\n", WSAGetLastError() );
            else ok_docs_error( calls[j].call( s, &addr, len ), WSAEADDRNOTAVAIL );
            closesocket( s );
            /* and a bound one */
            s = open_dual( addr.any.sa_family, calls[j].type );
            parse( addr.any.sa_family == AF_INET6 ? "::" : "0.0.0.0", 0, &any );
            ok_success( bind( s, &any.any, len ) );
            ok_docs_error( calls[j].call( s, &addr, len ), WSAEADDRNOTAVAIL );
            closesocket( s );
            winetest_pop_context();
        }
    }
}

START_TEST( address_rules )
{
    start_winsock();
    load_extensions();
    test_bind();
    test_destination();
    stop_winsock();
}
