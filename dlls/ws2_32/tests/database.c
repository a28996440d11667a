/*
 * Hosts, services and protocols: the functions of Winsock 1.1
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include "wine/test.h"
#include "names.h"

static BOOL stock;

static BOOL has_alias( char **aliases, const char *name )
{
    for (; *aliases; aliases++)
        if (!strcmp( *aliases, name )) return TRUE;
    return FALSE;
}

static void test_before_startup( void )
{
    char name[256];
    int ret;

    ok( !gethostbyname( "localhost" ) && WSAGetLastError() == WSANOTINITIALISED, "got error %d\n", WSAGetLastError() );
    WSASetLastError( 0 );
    ret = gethostname( name, sizeof( name ) );
    todo_wine_if( stock ) ok( ret == SOCKET_ERROR && WSAGetLastError() == WSANOTINITIALISED, "got %d, error %d\n", ret,
                              WSAGetLastError() );
    WSASetLastError( 0 );
    todo_wine_if( stock ) ok( !getservbyname( "http", NULL ) && WSAGetLastError() == WSANOTINITIALISED,
                              "got error %d\n", WSAGetLastError() );
    WSASetLastError( 0 );
    todo_wine_if( stock )
        ok( !getprotobyname( "tcp" ) && WSAGetLastError() == WSANOTINITIALISED, "got error %d\n", WSAGetLastError() );
}

static void test_services( void )
{
    static const struct
    {
        const char *name, *proto;
        int port;
        const char *got_proto, *got_name;
    } tests[] = {
        { "http", NULL, 80, "tcp", "http" },
        { "http", "tcp", 80, "tcp", "http" },
        { "HTTP", "TCP", 80, "tcp", "http" },
        { "domain", "tcp", 53, "tcp", "domain" },
        { "domain", "udp", 53, "udp", "domain" },
        { "tftp", NULL, 69, "udp", "tftp" },
        { "tftp", "tcp" },
        { "nosuchservice", NULL },
        { "", NULL },
        { "http", "nosuchproto" },
    };
    struct servent *serv;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "%s/%s", tests[i].name, tests[i].proto ? tests[i].proto : "any" );
        serv = getservbyname( tests[i].name, tests[i].proto );
        if (!tests[i].port)
            ok( !serv && WSAGetLastError() == WSANO_DATA, "got %p, error %d\n", serv, WSAGetLastError() );
        else
        {
            ok( !!serv, "got error %d\n", WSAGetLastError() );
            if (serv)
            {
                ok( ntohs( serv->s_port ) == tests[i].port, "got port %d\n", ntohs( serv->s_port ) );
                ok( !strcmp( serv->s_proto, tests[i].got_proto ), "got protocol %s\n", serv->s_proto );
                ok( !strcmp( serv->s_name, tests[i].got_name ), "got name %s\n", serv->s_name );
                ok( getservbyport( serv->s_port, tests[i].got_proto ) == serv, "not the thread's own structure\n" );
                ok( !strcmp( serv->s_name, tests[i].got_name ), "by port: got name %s\n", serv->s_name );
            }
        }
        winetest_pop_context();
    }
    serv = getservbyname( "http", "tcp" );
    ok( serv && has_alias( serv->s_aliases, "www" ), "no alias www\n" );
    serv = getservbyname( "www", "tcp" );
    todo_wine_if( stock ) ok( serv && ntohs( serv->s_port ) == 80, "alias not found\n" );
    serv = getservbyport( htons( 61234 ), NULL );
    ok( !serv && WSAGetLastError() == WSANO_DATA, "got %p, error %d\n", serv, WSAGetLastError() );
    serv = getservbyport( htons( 69 ), "tcp" );
    ok( !serv && WSAGetLastError() == WSANO_DATA, "got %p, error %d\n", serv, WSAGetLastError() );
    if (!stock)
    {
        ok( !getservbyname( NULL, NULL ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
        ok( !getservbyname( (char *)0x10, NULL ) && WSAGetLastError() == WSAEFAULT, "got error %d\n",
            WSAGetLastError() );
    }
}

static void test_protocols( void )
{
    static const struct
    {
        const char *name;
        int number;
    } tests[] = {
        { "ip", 0 }, { "icmp", 1 }, { "tcp", 6 }, { "udp", 17 }, { "ipv6", 41 }, { "ipv6-icmp", 58 },
    };
    struct protoent *proto;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        proto = getprotobyname( tests[i].name );
        ok( proto && proto->p_proto == tests[i].number, "%s: got %d\n", tests[i].name, proto ? proto->p_proto : -1 );
        proto = getprotobynumber( tests[i].number );
        ok( proto && !strcmp( proto->p_name, tests[i].name ), "%d: got %s\n", tests[i].number,
            proto ? proto->p_name : NULL );
    }
    proto = getprotobyname( "TCP" );
    ok( proto && proto->p_proto == 6 && has_alias( proto->p_aliases, "TCP" ), "TCP not found\n" );
    ok( !getprotobyname( "nosuch" ) && WSAGetLastError() == WSANO_DATA, "got error %d\n", WSAGetLastError() );
    ok( !getprotobyname( "" ) && WSAGetLastError() == WSANO_DATA, "got error %d\n", WSAGetLastError() );
    ok( !getprotobynumber( 254 ) && WSAGetLastError() == WSANO_DATA, "got error %d\n", WSAGetLastError() );
    ok( !getprotobynumber( -1 ), "found protocol -1\n" );
    if (!stock) ok( !getprotobyname( NULL ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
}

static void test_hosts( void )
{
    static const BYTE v4[] = { 127, 0, 0, 1 }, v6[16] = { 0 };
    struct hostent *host, *other;
    char name[256], same[256];
    int len, ret;

    host = gethostbyname( "localhost" );
    ok( !!host, "got error %d\n", WSAGetLastError() );
    if (!host) return;
    ok( host->h_addrtype == AF_INET && host->h_length == 4, "got family %d, length %d\n", host->h_addrtype,
        host->h_length );
    ok( host->h_addr_list[0] && !memcmp( host->h_addr_list[0], v4, 4 ), "wrong address\n" );
    ok( !!host->h_aliases, "no list of aliases\n" );
    other = gethostbyname( "192.0.2.1" );
    ok( other == host, "not the thread's own structure\n" );
    ok( other && !strcmp( other->h_name, "192.0.2.1" ) && *(ULONG *)other->h_addr_list[0] == htonl( 0xc0000201 )
            && !other->h_addr_list[1],
        "wrong address\n" );

    ret = gethostname( name, sizeof( name ) );
    ok( !ret, "got error %d\n", WSAGetLastError() );
    len = strlen( name );
    ok( !gethostname( same, len + 1 ), "exact size: got error %d\n", WSAGetLastError() );
    ok( gethostname( same, len ) && WSAGetLastError() == WSAEFAULT, "small buffer: got error %d\n", WSAGetLastError() );
    ok( gethostname( same, 0 ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( gethostname( same, -1 ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( gethostname( NULL, 256 ) && WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );

    host = gethostbyname( name );
    ok( host && host->h_addr_list[0], "%s: got error %d\n", name, WSAGetLastError() );
    if (host && strcmp( name, "localhost" )) ok( memcmp( host->h_addr_list[0], v4, 4 ), "this machine is 127.0.0.1\n" );
    host = gethostbyname( NULL );
    ok( host && !strcmp( host->h_name, name ), "NULL: got %s\n", host ? host->h_name : NULL );
    host = gethostbyname( "" );
    ok( host && !strcmp( host->h_name, name ), "empty: got %s\n", host ? host->h_name : NULL );

    ok( !gethostbyname( "::1" ) && WSAGetLastError() == WSAHOST_NOT_FOUND, "got error %d\n", WSAGetLastError() );
    ok( !gethostbyname( "a b" ) && WSAGetLastError() == WSAHOST_NOT_FOUND, "got error %d\n", WSAGetLastError() );

    host = gethostbyaddr( (const char *)v4, 4, AF_INET );
    ok( host && host->h_name[0] && !memcmp( host->h_addr_list[0], v4, 4 ), "got error %d\n", WSAGetLastError() );
    ok( !gethostbyaddr( (const char *)v4, 4, 77 ) && WSAGetLastError() == WSAEAFNOSUPPORT, "got error %d\n",
        WSAGetLastError() );
    ok( !gethostbyaddr( (const char *)v4, 3, AF_INET ), "short address accepted\n" );
    todo_wine_if( stock ) ok( WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( !gethostbyaddr( (const char *)v6, 4, AF_INET6 ), "short address accepted\n" );
    todo_wine_if( stock ) ok( WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
    ok( !gethostbyaddr( NULL, 4, AF_INET ), "NULL accepted\n" );
    todo_wine_if( stock ) ok( WSAGetLastError() == WSAEFAULT, "got error %d\n", WSAGetLastError() );
}

/* ---- WSAAsyncGetXByY */

#define WM_ASYNC ( WM_APP + 7 )

static BOOL wait_message( HANDLE handle, LPARAM *lparam )
{
    DWORD end = GetTickCount() + 5000;
    MSG msg;

    while ((int)( end - GetTickCount() ) > 0)
    {
        MsgWaitForMultipleObjects( 0, NULL, FALSE, 50, QS_ALLINPUT );
        while (PeekMessageA( &msg, NULL, 0, 0, PM_REMOVE ))
        {
            if (msg.message != WM_ASYNC || msg.wParam != (WPARAM)handle) continue;
            *lparam = msg.lParam;
            return TRUE;
        }
    }
    return FALSE;
}

static void test_async( void )
{
    union
    {
        struct hostent host;
        struct servent serv;
        struct protoent proto;
        char data[MAXGETHOSTSTRUCT];
    } buffer;
    HWND window = CreateWindowA( "static", "async", 0, 0, 0, 10, 10, HWND_MESSAGE, NULL, NULL, NULL );
    LPARAM lparam = 0;
    HANDLE handle;
    int ret;

    if (!window)
    {
        skip( "no window, error %lu\n", GetLastError() );
        return;
    }
    handle = WSAAsyncGetHostByName( window, WM_ASYNC, "localhost", buffer.data, sizeof( buffer ) );
    ok( !!handle, "got error %d\n", WSAGetLastError() );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( !WSAGETASYNCERROR( lparam ), "got error %d\n", WSAGETASYNCERROR( lparam ) );
    ok( buffer.host.h_addrtype == AF_INET && *(ULONG *)buffer.host.h_addr_list[0] == htonl( INADDR_LOOPBACK ),
        "wrong address\n" );
    ok( (char *)buffer.host.h_name > buffer.data && (char *)buffer.host.h_name < buffer.data + sizeof( buffer ),
        "name is elsewhere\n" );
    ret = WSACancelAsyncRequest( handle );
    todo_wine_if( stock )
        ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEALREADY, "got %d, error %d\n", ret, WSAGetLastError() );

    handle = WSAAsyncGetHostByName( window, WM_ASYNC, "localhost", buffer.data, 8 );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( WSAGETASYNCERROR( lparam ) == WSAENOBUFS, "got error %d\n", WSAGETASYNCERROR( lparam ) );
    ok( WSAGETASYNCBUFLEN( lparam ) > sizeof( struct hostent ), "got size %d\n", WSAGETASYNCBUFLEN( lparam ) );

    handle = WSAAsyncGetServByName( window, WM_ASYNC, "http", "tcp", buffer.data, sizeof( buffer ) );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( !WSAGETASYNCERROR( lparam ) && ntohs( buffer.serv.s_port ) == 80, "got error %d\n",
        WSAGETASYNCERROR( lparam ) );
    ok( has_alias( buffer.serv.s_aliases, "www" ), "no alias\n" );

    handle = WSAAsyncGetServByPort( window, WM_ASYNC, htons( 53 ), "udp", buffer.data, sizeof( buffer ) );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( !WSAGETASYNCERROR( lparam ) && !strcmp( buffer.serv.s_name, "domain" ), "got error %d\n",
        WSAGETASYNCERROR( lparam ) );

    handle = WSAAsyncGetProtoByName( window, WM_ASYNC, "udp", buffer.data, sizeof( buffer ) );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( !WSAGETASYNCERROR( lparam ) && buffer.proto.p_proto == 17, "got error %d\n", WSAGETASYNCERROR( lparam ) );

    handle = WSAAsyncGetProtoByNumber( window, WM_ASYNC, 6, buffer.data, sizeof( buffer ) );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( !WSAGETASYNCERROR( lparam ) && !strcmp( buffer.proto.p_name, "tcp" ), "got error %d\n",
        WSAGETASYNCERROR( lparam ) );

    handle = WSAAsyncGetServByName( window, WM_ASYNC, "nosuchservice", NULL, buffer.data, sizeof( buffer ) );
    ok( wait_message( handle, &lparam ), "no message\n" );
    ok( WSAGETASYNCERROR( lparam ) == WSANO_DATA, "got error %d\n", WSAGETASYNCERROR( lparam ) );

    ret = WSACancelAsyncRequest( (HANDLE)(ULONG_PTR)0xdeadbeef );
    todo_wine_if( stock )
        ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "got %d, error %d\n", ret, WSAGetLastError() );
    DestroyWindow( window );
}

START_TEST( database )
{
    WSADATA data;

    stock = is_stock();
    test_before_startup();
    WSAStartup( MAKEWORD( 2, 2 ), &data );
    test_services();
    test_protocols();
    test_hosts();
    test_async();
    WSACleanup();
}
