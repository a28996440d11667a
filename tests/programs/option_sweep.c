/*
 * Every level and name of getsockopt and setsockopt, with several lengths
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: option_sweep [LAST]
 *
 * Prints for each kind of socket, level and name what each length gives: the error, 0 for success. Names in a row with
 * the same results are one line. LAST is the last name, 0x7fff by default. tools/option_sweep compares two providers.
 */

#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
    LENGTHS = 5
};

static const int lengths[LENGTHS] = { 0, 1, 4, 8, 16 };

static const struct
{
    const char *name;
    int family, type;
} kinds[] = {
    { "tcp4", AF_INET, SOCK_STREAM },
    { "udp4", AF_INET, SOCK_DGRAM },
    { "tcp6", AF_INET6, SOCK_STREAM },
    { "udp6", AF_INET6, SOCK_DGRAM },
};

static const struct
{
    const char *name;
    int level;
} levels[] = {
    { "SOL_SOCKET", SOL_SOCKET },
    { "IPPROTO_IP", IPPROTO_IP },
    { "IPPROTO_ICMP", IPPROTO_ICMP },
    { "IPPROTO_TCP", IPPROTO_TCP },
    { "IPPROTO_UDP", IPPROTO_UDP },
    { "IPPROTO_IPV6", IPPROTO_IPV6 },
    { "IPPROTO_ICMPV6", IPPROTO_ICMPV6 },
    { "IPPROTO_RAW", IPPROTO_RAW },
    { "NSPROTO_IPX", 1000 },
    { "SOL_IRLMP", 0xff },
    { "none", 0x1234 },
};

struct result
{
    int get[LENGTHS], set[LENGTHS]; /* errors */
    int len[LENGTHS];               /* that getsockopt returned */
};

/* Some options can be set once, or change what others do: each name gets a socket of its own, unless it's unknown. */
static struct result sweep_name( int kind, int level, int name )
{
    static SOCKET s = INVALID_SOCKET;
    static int kind_of_s = -1;
    struct result result;
    char value[64];
    int i, unknown = 1;

    if (s == INVALID_SOCKET || kind_of_s != kind)
    {
        if (s != INVALID_SOCKET) closesocket( s );
        s = socket( kinds[kind].family, kinds[kind].type, 0 );
        kind_of_s = kind;
    }
    for (i = 0; i < LENGTHS; i++)
    {
        result.len[i] = lengths[i];
        memset( value, 0, sizeof( value ) );
        result.get[i] = getsockopt( s, level, name, value, &result.len[i] ) ? WSAGetLastError() : 0;
        if (!result.get[i]) unknown = 0;
    }
    for (i = 0; i < LENGTHS; i++)
    {
        memset( value, 0, sizeof( value ) );
        value[0] = 1;
        result.set[i] = setsockopt( s, level, name, value, lengths[i] ) ? WSAGetLastError() : 0;
        if (!result.set[i]) unknown = 0;
    }
    if (!unknown)
    {
        closesocket( s );
        s = INVALID_SOCKET;
    }
    return result;
}

static void print_row( int kind, int level, int first, int last, const struct result *result )
{
    int i;

    printf( "%s %s %d", kinds[kind].name, levels[level].name, first );
    if (last != first) printf( "..%d", last );
    printf( ": get" );
    for (i = 0; i < LENGTHS; i++)
    {
        printf( " %d", result->get[i] );
        if (result->len[i] != lengths[i]) printf( "(%d)", result->len[i] );
    }
    printf( " set" );
    for (i = 0; i < LENGTHS; i++) printf( " %d", result->set[i] );
    printf( "\n" );
}

static void sweep_names( int kind, int level, int from, int to )
{
    struct result result, before;
    int name, first = from;

    for (name = from; name <= to; name++)
    {
        result = sweep_name( kind, levels[level].level, name );
        if (name != from && memcmp( &result, &before, sizeof( result ) ))
        {
            print_row( kind, level, first, name - 1, &before );
            first = name;
        }
        before = result;
    }
    print_row( kind, level, first, to, &before );
}

int main( int argc, char **argv )
{
    int last = argc > 1 ? strtol( argv[1], NULL, 0 ) : 0x7fff;
    unsigned int kind, level;
    WSADATA data;

    WSAStartup( MAKEWORD( 2, 2 ), &data );
    for (kind = 0; kind < ARRAYSIZE( kinds ); kind++)
        for (level = 0; level < ARRAYSIZE( levels ); level++)
        {
            /* the names of Windows that are the complement of another */
            if (levels[level].level == SOL_SOCKET) sweep_names( kind, level, -256, -1 );
            sweep_names( kind, level, 0, last );
        }
    WSACleanup();
    return 0;
}
