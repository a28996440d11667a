/*
 * What lengths an option takes and gives
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pages of the options name one size each; programs pass others, and Windows has a rule for each kind of option.
 */

#include "sockets.h"

enum kind
{
    BOOLEAN_OF_SOCKET, /* no byte at all is FALSE; with little room one byte is reported */
    ONE_BYTE,          /* only the first byte counts, and only one is given */
    SHORT_BOOLEAN,     /* any number of bytes but none */
    SHORT_NUMBER,      /* the same, at most 255 */
    LONG_BOOLEAN,      /* four bytes; else the length is set to 0 */
    NUMBER,            /* four bytes */
    TCP_NUMBER,        /* four bytes; else the length is set to 0 */
    CLEARED_NUMBER,    /* four bytes; what room there is becomes 0 otherwise */
};

/* mingw-w64 lacks them */
#define OWN_TCP_KEEPALIVE     3
#define OWN_TCP_KEEPINTVL     17
#define OPTION( level, name ) level, name, #name

static const struct test
{
    int level, name;
    const char *text;
    int family, type;
    enum kind kind;
} tests[] = {
    { OPTION( SOL_SOCKET, SO_BROADCAST ), AF_INET, SOCK_DGRAM, BOOLEAN_OF_SOCKET },
    { OPTION( SOL_SOCKET, SO_DONTLINGER ), AF_INET, SOCK_STREAM, BOOLEAN_OF_SOCKET },
    { OPTION( SOL_SOCKET, SO_OOBINLINE ), AF_INET, SOCK_STREAM, BOOLEAN_OF_SOCKET },
    { OPTION( SOL_SOCKET, SO_REUSEADDR ), AF_INET, SOCK_STREAM, BOOLEAN_OF_SOCKET },
    { OPTION( SOL_SOCKET, SO_EXCLUSIVEADDRUSE ), AF_INET, SOCK_STREAM, BOOLEAN_OF_SOCKET },
    { OPTION( SOL_SOCKET, SO_KEEPALIVE ), AF_INET, SOCK_STREAM, ONE_BYTE },
    { OPTION( IPPROTO_TCP, TCP_NODELAY ), AF_INET, SOCK_STREAM, ONE_BYTE },
    { OPTION( IPPROTO_TCP, TCP_NODELAY ), AF_INET6, SOCK_STREAM, ONE_BYTE },
    { OPTION( IPPROTO_IPV6, IPV6_V6ONLY ), AF_INET6, SOCK_STREAM, ONE_BYTE },
    { OPTION( IPPROTO_IPV6, IPV6_V6ONLY ), AF_INET6, SOCK_DGRAM, ONE_BYTE },
    { OPTION( IPPROTO_IP, IP_MULTICAST_LOOP ), AF_INET, SOCK_DGRAM, SHORT_BOOLEAN },
    { OPTION( IPPROTO_IPV6, IPV6_DONTFRAG ), AF_INET6, SOCK_STREAM, SHORT_BOOLEAN },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_LOOP ), AF_INET6, SOCK_DGRAM, SHORT_BOOLEAN },
    { OPTION( IPPROTO_IP, IP_TTL ), AF_INET, SOCK_DGRAM, SHORT_NUMBER },
    { OPTION( IPPROTO_IP, IP_TOS ), AF_INET, SOCK_DGRAM, SHORT_NUMBER },
    { OPTION( IPPROTO_IP, IP_MULTICAST_TTL ), AF_INET, SOCK_DGRAM, SHORT_NUMBER },
    { OPTION( IPPROTO_IPV6, IPV6_UNICAST_HOPS ), AF_INET6, SOCK_DGRAM, SHORT_NUMBER },
    { OPTION( IPPROTO_IPV6, IPV6_MULTICAST_HOPS ), AF_INET6, SOCK_DGRAM, SHORT_NUMBER },
    { OPTION( IPPROTO_IP, IP_PKTINFO ), AF_INET, SOCK_DGRAM, LONG_BOOLEAN },
    { OPTION( IPPROTO_IP, IP_RECVTOS ), AF_INET, SOCK_DGRAM, LONG_BOOLEAN },
    { OPTION( IPPROTO_IP, IP_RECVTTL ), AF_INET, SOCK_DGRAM, LONG_BOOLEAN },
    { OPTION( IPPROTO_IPV6, IPV6_PKTINFO ), AF_INET6, SOCK_DGRAM, LONG_BOOLEAN },
    { OPTION( IPPROTO_IPV6, IPV6_HOPLIMIT ), AF_INET6, SOCK_DGRAM, LONG_BOOLEAN },
    { OPTION( IPPROTO_IPV6, IPV6_RECVTCLASS ), AF_INET6, SOCK_DGRAM, LONG_BOOLEAN },
    { OPTION( SOL_SOCKET, SO_RCVTIMEO ), AF_INET, SOCK_STREAM, NUMBER },
    { OPTION( SOL_SOCKET, SO_SNDTIMEO ), AF_INET, SOCK_DGRAM, NUMBER },
    { OPTION( IPPROTO_TCP, OWN_TCP_KEEPALIVE ), AF_INET, SOCK_STREAM, TCP_NUMBER },
    { OPTION( IPPROTO_TCP, OWN_TCP_KEEPINTVL ), AF_INET, SOCK_STREAM, TCP_NUMBER },
    { OPTION( SOL_SOCKET, SO_RCVBUF ), AF_INET, SOCK_STREAM, CLEARED_NUMBER },
    { OPTION( SOL_SOCKET, SO_SNDBUF ), AF_INET, SOCK_DGRAM, CLEARED_NUMBER },
    { OPTION( SOL_SOCKET, SO_LINGER ), AF_INET, SOCK_STREAM, CLEARED_NUMBER },
};

static BOOL is_short( enum kind kind )
{
    return kind <= SHORT_NUMBER;
}

/* From 0 to 8 bytes given, the first of which is 1: taken or not, and what it is then. */
static void test_set( const struct test *test )
{
    int len, least = test->kind == BOOLEAN_OF_SOCKET ? 0 : is_short( test->kind ) ? 1 : 4;
    int ret, size;

    for (len = 0; len <= 8; len++)
    {
        SOCKET s = socket( test->family, test->type, 0 );
        DWORD64 value = 1, got = 0;

        winetest_push_context( "%d bytes set", len );
        WSASetLastError( 0 );
        ret = setsockopt( s, test->level, test->name, (char *)&value, len );
        if (len < least)
            ok( ret == -1 && WSAGetLastError() == WSAEFAULT, "got %d, error %d\n", ret, WSAGetLastError() );
        else ok( !ret, "got %d, error %d\n", ret, WSAGetLastError() );
        size = sizeof( got );
        ret = getsockopt( s, test->level, test->name, (char *)&got, &size );
        ok( !ret && size == ( test->kind == ONE_BYTE ? 1 : 4 ), "get: %d, length %d\n", ret, size );
        if (!ret && len >= max( least, 1 ) && test->kind != CLEARED_NUMBER) ok( got == 1, "got %llx\n", got );
        winetest_pop_context();
        closesocket( s );
    }
}

/* A second byte that isn't 0 */
static void test_large( const struct test *test )
{
    SOCKET s = socket( test->family, test->type, 0 );
    DWORD value = 0x100, got = 0;
    int size = sizeof( got ), ret;

    WSASetLastError( 0 );
    ret = setsockopt( s, test->level, test->name, (char *)&value, sizeof( value ) );
    if (test->kind == SHORT_NUMBER)
        ok( ret == -1 && WSAGetLastError() == WSAEINVAL, "set to 256: %d, error %d\n", ret, WSAGetLastError() );
    else ok( !ret, "set to 256: error %d\n", WSAGetLastError() );
    ret = getsockopt( s, test->level, test->name, (char *)&got, &size );
    ok( !ret, "get: error %d\n", WSAGetLastError() );
    switch (test->kind)
    {
    case ONE_BYTE: ok( !( got & 0xff ), "got %lx\n", got ); break;
    case BOOLEAN_OF_SOCKET:
    case SHORT_BOOLEAN:
    case LONG_BOOLEAN: ok( got == 1, "got %lx\n", got ); break;
    case NUMBER: ok( got == 256, "got %lx\n", got ); break;
    default: break;
    }
    closesocket( s );
}

static void test_get( const struct test *test )
{
    static const BYTE marks[8] = { 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc, 0xcc };
    SOCKET s = socket( test->family, test->type, 0 );
    BYTE value[8];
    int room, len, ret, said, written;

    for (room = 0; room <= 8; room++)
    {
        winetest_push_context( "room for %d bytes", room );
        memset( value, 0xcc, sizeof( value ) );
        len = room;
        WSASetLastError( 0 );
        ret = getsockopt( s, test->level, test->name, (char *)value, &len );
        said = written = test->kind == ONE_BYTE ? 1 : 4;
        if (room < 4 && test->kind != ONE_BYTE)
        {
            said = is_short( test->kind ) && room                           ? 1
                   : test->kind == LONG_BOOLEAN || test->kind == TCP_NUMBER ? 0
                                                                            : room;
            written = test->kind == BOOLEAN_OF_SOCKET || test->kind == CLEARED_NUMBER ? room
                      : is_short( test->kind )                                        ? 1
                                                                                      : 0;
        }
        if (!room || ( room < 4 && !is_short( test->kind ) ))
            ok( ret == -1 && WSAGetLastError() == WSAEFAULT, "got %d, error %d\n", ret, WSAGetLastError() );
        else ok( !ret, "got error %d\n", WSAGetLastError() );
        if (!room) said = written = 0;
        ok( len == said, "got length %d\n", len );
        if (written) ok( value[written - 1] != 0xcc, "too little was written\n" );
        ok( !memcmp( value + written, marks, sizeof( value ) - written ), "too much was written\n" );
        if (ret && test->kind == CLEARED_NUMBER && room) ok( !value[0], "got %02x\n", value[0] );
        winetest_pop_context();
    }
    len = -1;
    ok_error( getsockopt( s, test->level, test->name, (char *)value, &len ), WSAEFAULT );
    ok( len == -1, "got length %d\n", len );
    closesocket( s );
}

/* A length below 0 is a large one at the socket's own level, unless only a byte is wanted. */
static void test_negative( const struct test *test )
{
    SOCKET s = socket( test->family, test->type, 0 );
    DWORD value[2] = { 1 };
    int ret;

    WSASetLastError( 0 );
    ret = setsockopt( s, test->level, test->name, (char *)value, -1 );
    if (test->level == SOL_SOCKET && test->kind != ONE_BYTE) ok( !ret, "set: error %d\n", WSAGetLastError() );
    else ok( ret == -1 && WSAGetLastError() == WSAENOBUFS, "set: %d, error %d\n", ret, WSAGetLastError() );
    ok_error( setsockopt( s, test->level, test->name, NULL, 4 ), WSAEFAULT );
    ok_error( setsockopt( s, test->level, test->name, NULL, 0 ), WSAEFAULT );
    ok_error( setsockopt( s, test->level, test->name, (char *)1, 1 ), WSAEFAULT );
    closesocket( s );
}

/* Structures say how much room they need; more room than that is reported as used. */
static void test_structures( void )
{
    static const struct
    {
        int name;
        int size;
    } structures[] = {
        { SO_PROTOCOL_INFOA, sizeof( WSAPROTOCOL_INFOA ) },
        { SO_PROTOCOL_INFOW, sizeof( WSAPROTOCOL_INFOW ) },
    };
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );
    BYTE buffer[2048];
    unsigned int i;
    int len;

    for (i = 0; i < ARRAY_SIZE( structures ); i++)
    {
        len = structures[i].size / 2;
        ok_error( getsockopt( s, SOL_SOCKET, structures[i].name, (char *)buffer, &len ), WSAEFAULT );
        ok( len == structures[i].size, "%x: got length %d\n", structures[i].name, len );
        len = structures[i].size * 2;
        ok_success( getsockopt( s, SOL_SOCKET, structures[i].name, (char *)buffer, &len ) );
        ok( len == structures[i].size * 2, "%x: got length %d\n", structures[i].name, len );
    }
    closesocket( s );
}

/* Programs set it, to no effect that matters. */
static void test_error( void )
{
    SOCKET s = socket( AF_INET, SOCK_STREAM, 0 );
    int value, len;

    for (len = 0; len <= 8; len++)
    {
        DWORD64 number = 0;

        ok_success( setsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&number, len ) );
    }
    len = sizeof( value );
    ok_success( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&value, &len ) );
    ok( !value, "got error %d\n", value );
    for (len = 0; len < 4; len++)
    {
        int room = len;

        ok_error( getsockopt( s, SOL_SOCKET, SO_ERROR, (char *)&value, &room ), WSAEFAULT );
        ok( room == len, "got length %d\n", room );
    }
    closesocket( s );
}

START_TEST( option_size )
{
    unsigned int i;

    start_winsock();
    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        if (tests[i].family == AF_INET6 && family_count() < 2) continue;
        /* Wine 8.0's server doesn't have them */
        if (tests[i].kind == TCP_NUMBER && by_afd()) continue;
        winetest_push_context( "%s type %d %s", family_name( tests[i].family ), tests[i].type, tests[i].text );
        test_set( &tests[i] );
        test_large( &tests[i] );
        test_get( &tests[i] );
        test_negative( &tests[i] );
        winetest_pop_context();
    }
    test_structures();
    test_error();
    WSACleanup();
}
