/*
 * The common options, and ioctlsocket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define OPTION( level, name ) level, name, #name

/* Options that are one DWORD, or of another size: what a fresh socket says, what is set, and what is then said. */
static void test_values( int family )
{
    static const struct
    {
        int level, name;
        const char *text;
        int type;   /* of socket, or 0 for both */
        int family; /* or 0 for both */
        int size;
        DWORD initial; /* ANY: whatever */
        DWORD set, got;
        int error; /* of setsockopt */
    } tests[] = {
#define ANY 0xffffffff
        { OPTION( SOL_SOCKET, SO_ACCEPTCONN ), SOCK_STREAM, 0, 4, 0, 1, 0, WSAENOPROTOOPT },
        { OPTION( SOL_SOCKET, SO_BROADCAST ), SOCK_DGRAM, 0, 4, 0, 1, 1 },
        { OPTION( SOL_SOCKET, SO_KEEPALIVE ), SOCK_STREAM, 0, 4, 0, 1, 1 },
        { OPTION( SOL_SOCKET, SO_REUSEADDR ), 0, 0, 4, 0, 1, 1 },
        { OPTION( SOL_SOCKET, SO_EXCLUSIVEADDRUSE ), 0, 0, 4, 0, 1, 1 },
        { OPTION( SOL_SOCKET, SO_OOBINLINE ), SOCK_STREAM, 0, 4, 0, 1, 1 },
        { OPTION( SOL_SOCKET, SO_DONTLINGER ), SOCK_STREAM, 0, 4, 1, 0, 0 },
        { OPTION( SOL_SOCKET, SO_RCVBUF ), 0, 0, 4, ANY, 20000, 20000 },
        { OPTION( SOL_SOCKET, SO_SNDBUF ), 0, 0, 4, ANY, 20000, 20000 },
        { OPTION( SOL_SOCKET, SO_RCVTIMEO ), 0, 0, 4, 0, 1500, 1500 },
        { OPTION( SOL_SOCKET, SO_SNDTIMEO ), 0, 0, 4, 0, 2500, 2500 },
        { OPTION( SOL_SOCKET, SO_TYPE ), SOCK_STREAM, 0, 4, SOCK_STREAM, 1, SOCK_STREAM, WSAENOPROTOOPT },
        { OPTION( SOL_SOCKET, SO_TYPE ), SOCK_DGRAM, 0, 4, SOCK_DGRAM, 1, SOCK_DGRAM, WSAENOPROTOOPT },
        { OPTION( SOL_SOCKET, SO_MAX_MSG_SIZE ), SOCK_DGRAM, 0, 4, ANY, 1, ANY, WSAENOPROTOOPT },
        { OPTION( IPPROTO_TCP, TCP_NODELAY ), SOCK_STREAM, 0, 4, 0, 1, 1 },
        { OPTION( IPPROTO_IP, IP_TTL ), 0, AF_INET, 4, ANY, 42, 42 },
        { OPTION( IPPROTO_IP, IP_MULTICAST_TTL ), SOCK_DGRAM, AF_INET, 4, 1, 7, 7 },
        { OPTION( IPPROTO_IP, IP_MULTICAST_LOOP ), SOCK_DGRAM, AF_INET, 4, 1, 0, 0 },
        { OPTION( IPPROTO_IPV6, IPV6_V6ONLY ), 0, AF_INET6, 4, 1, 0, 0 },
        { OPTION( IPPROTO_IPV6, IPV6_UNICAST_HOPS ), 0, AF_INET6, 4, ANY, 42, 42 },
        { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_HOPS ), SOCK_DGRAM, AF_INET6, 4, 1, 7, 7 },
    };
    unsigned int i;

    for (i = 0; i < 2 * ARRAY_SIZE( tests ); i++)
    {
        const typeof( tests[0] ) *test = &tests[i / 2];
        int type = i & 1 ? SOCK_DGRAM : SOCK_STREAM, len, ret;
        char buffer[16];
        DWORD value;
        SOCKET s;

        if (test->type && test->type != type) continue;
        if (test->family && test->family != family) continue;
        winetest_push_context( "%s type %d %s", family_name( family ), type, test->text );
        s = socket( family, type, 0 );
        len = sizeof( buffer );
        memset( buffer, 0, sizeof( buffer ) );
        ret = getsockopt( s, test->level, test->name, buffer, &len );
        value = *(DWORD *)buffer;
        ok( !ret, "got error %d\n", WSAGetLastError() );
        /* a byte for a BOOL is what Windows says too */
        ok_unless_stock( len == test->size || len == 1, "got length %d\n", len );
        if (test->initial != ANY) ok( value == test->initial, "got %lu at first\n", value );
        value = test->set;
        WSASetLastError( 0 );
        ret = setsockopt( s, test->level, test->name, (char *)&value, sizeof( value ) );
        if (test->error)
            ok_unless_stock( ret == -1 && WSAGetLastError() == test->error, "set: got %d, error %d\n", ret,
                             WSAGetLastError() );
        else ok( !ret, "set: got %d, error %d\n", ret, WSAGetLastError() );
        len = sizeof( value );
        value = 0;
        ok_success( getsockopt( s, test->level, test->name, (char *)&value, &len ) );
        if (test->got != ANY) ok( value == test->got, "got %lu after it was set\n", value );
        len = 0;
        ok_docs_error( getsockopt( s, test->level, test->name, (char *)&value, &len ), WSAEFAULT );
        ok_docs_error( getsockopt( s, test->level, test->name, NULL, &len ), WSAEFAULT );
        ok_docs_error( getsockopt( s, test->level, test->name, (char *)&value, NULL ), WSAEFAULT );
        if (!test->error) ok_docs_error( setsockopt( s, test->level, test->name, NULL, 4 ), WSAEFAULT );
        closesocket( s );
        winetest_pop_context();
    }
}

/* SO_ERROR: 0 when there is none */
static void test_error( void )
{
    SOCKET s = tcp_socket( AF_INET );
    int value = 0xdeadbeef, len = sizeof( value );

    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&value, &len ) );
    ok( !value && len == sizeof( value ), "got %d, length %d\n", value, len );
    closesocket( s );
}

static void test_unknown( void )
{
    static const struct
    {
        int level, name, error;
    } tests[] = {
        { SOL_SOCKET, 0x9999, WSAENOPROTOOPT },
        { IPPROTO_TCP, 0x9999, WSAENOPROTOOPT },
        { IPPROTO_IP, 0x9999, WSAENOPROTOOPT },
        { 0x12345, 1, WSAEINVAL },
    };
    unsigned int i;
    char buffer[64] = { 0 };
    SOCKET s = tcp_socket( AF_INET );
    int len;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%x, %x", tests[i].level, tests[i].name );
        len = sizeof( buffer );
        ok_docs_error( getsockopt( s, tests[i].level, tests[i].name, buffer, &len ), tests[i].error );
        ok_docs_error( setsockopt( s, tests[i].level, tests[i].name, buffer, 4 ), tests[i].error );
        winetest_pop_context();
    }
    closesocket( s );
}

static void test_linger( void )
{
    struct linger linger = { 9, 9 };
    SOCKET s = tcp_socket( AF_INET );
    DWORD value;
    int len = sizeof( linger );

    ok_success( getsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, &len ) );
    ok( len == sizeof( linger ) && !linger.l_onoff, "got %d, length %d\n", linger.l_onoff, len );
    linger.l_onoff = 1;
    linger.l_linger = 30;
    ok_success( setsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
    memset( &linger, 0, sizeof( linger ) );
    len = sizeof( linger );
    ok_success( getsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, &len ) );
    ok( linger.l_onoff == 1 && linger.l_linger == 30, "got %d, %d\n", linger.l_onoff, linger.l_linger );
    len = sizeof( value );
    ok_success( getsockopt( s, SOL_SOCKET, SO_DONTLINGER, (char *)&value, &len ) );
    ok( !value, "got %lu\n", value );
    len = 2;
    ok_error( getsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, &len ), WSAEFAULT );
    ok_error( setsockopt( s, SOL_SOCKET, SO_LINGER, (char *)&linger, 2 ), WSAEFAULT );
    closesocket( s );
}

static void test_connect_time( void )
{
    SOCKET client, server, s = tcp_socket( AF_INET );
    DWORD value;
    int len = sizeof( value );

    ok_success( getsockopt( s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, &len ) );
    ok( value == 0xffffffff, "got %lu\n", value );
    tcp_socketpair( &client, &server );
    len = sizeof( value );
    ok_success( getsockopt( client, SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, &len ) );
    ok( value < 60, "got %lu\n", value );
    closesocket( client );
    closesocket( server );
    closesocket( s );
}

static void test_ioctl( void )
{
    SOCKET s = tcp_socket( AF_INET );
    u_long value = 1;
    DWORD size, on = 1;

    ok_success( ioctlsocket( s, FIONBIO, &value ) );
    ok_docs_error( ioctlsocket( s, FIONBIO, NULL ), WSAEFAULT );
    ok_docs_error( ioctlsocket( s, FIONREAD, NULL ), WSAEFAULT );
    ok_docs_error( ioctlsocket( s, 0x12345678, &value ), WSAEOPNOTSUPP );
    size = 0xdeadbeef;
    ok_success( WSAIoctl( s, FIONBIO, &on, sizeof( on ), NULL, 0, &size, NULL, NULL ) );
    ok( !size, "got %lu\n", size );
    ok_docs_error( WSAIoctl( s, FIONBIO, &on, sizeof( on ) - 1, NULL, 0, &size, NULL, NULL ), WSAEFAULT );
    ok_docs_error( WSAIoctl( s, FIONBIO, &on, sizeof( on ), NULL, 0, NULL, NULL, NULL ), WSAEFAULT );
    size = 0xdeadbeef;
    ok_success( WSAIoctl( s, FIONREAD, NULL, 0, &value, sizeof( value ), &size, NULL, NULL ) );
    ok( size == sizeof( value ), "got %lu\n", size );
    closesocket( s );
}

/* The catalogue's entry of a socket. */
static void test_protocol_info( int family )
{
    WSAPROTOCOL_INFOW infow;
    WSAPROTOCOL_INFOA infoa;
    SOCKET s = tcp_socket( family );
    int len = sizeof( infow );

    winetest_push_context( "%s", family_name( family ) );
    memset( &infow, 0xcc, sizeof( infow ) );
    ok_success( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&infow, &len ) );
    ok( len == sizeof( infow ) && infow.iAddressFamily == family && infow.iSocketType == SOCK_STREAM
            && infow.iProtocol == IPPROTO_TCP,
        "got %d, %d, %d, length %d\n", infow.iAddressFamily, infow.iSocketType, infow.iProtocol, len );
    ok( infow.dwServiceFlags1 & XP1_IFS_HANDLES, "no file handle: %lx\n", infow.dwServiceFlags1 );
    len = sizeof( infoa );
    ok_success( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&infoa, &len ) );
    ok( infoa.dwCatalogEntryId == infow.dwCatalogEntryId && infoa.szProtocol[0], "the character sets differ\n" );
    len = sizeof( infow ) - 1;
    ok_error( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&infow, &len ), WSAEFAULT );
    closesocket( s );
    winetest_pop_context();
}

START_TEST( option )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < family_count(); i++)
    {
        test_values( families[i] );
        test_protocol_info( families[i] );
    }
    test_error();
    test_unknown();
    test_linger();
    test_connect_time();
    test_ioctl();
    stop_winsock();
}
