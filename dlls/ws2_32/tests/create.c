/*
 * socket, WSASocket and closesocket
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include <winternl.h>

static void test_parameters( void )
{
    static const struct
    {
        int family, type, protocol, error;
        int got_family, got_type, got_protocol;
    } tests[] = {
        { AF_INET, SOCK_STREAM, IPPROTO_TCP, 0, AF_INET, SOCK_STREAM, IPPROTO_TCP },
        { AF_INET, SOCK_STREAM, 0, 0, AF_INET, SOCK_STREAM, IPPROTO_TCP },
        { AF_INET, 0, IPPROTO_TCP, 0, AF_INET, SOCK_STREAM, IPPROTO_TCP },
        { AF_INET, SOCK_DGRAM, IPPROTO_UDP, 0, AF_INET, SOCK_DGRAM, IPPROTO_UDP },
        { AF_INET, SOCK_DGRAM, 0, 0, AF_INET, SOCK_DGRAM, IPPROTO_UDP },
        { AF_INET, 0, IPPROTO_UDP, 0, AF_INET, SOCK_DGRAM, IPPROTO_UDP },
        { AF_INET, 0, 0, 0, AF_INET, SOCK_STREAM, IPPROTO_TCP },
        { AF_INET6, SOCK_STREAM, IPPROTO_TCP, 0, AF_INET6, SOCK_STREAM, IPPROTO_TCP },
        { AF_INET6, SOCK_STREAM, 0, 0, AF_INET6, SOCK_STREAM, IPPROTO_TCP },
        { AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 0, AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
        { AF_INET6, SOCK_DGRAM, 0, 0, AF_INET6, SOCK_DGRAM, IPPROTO_UDP },
        { AF_UNSPEC, SOCK_STREAM, IPPROTO_TCP, 0, AF_INET, SOCK_STREAM, IPPROTO_TCP },
        { AF_UNSPEC, SOCK_DGRAM, IPPROTO_UDP, 0, AF_INET, SOCK_DGRAM, IPPROTO_UDP },
        { AF_UNSPEC, 0, IPPROTO_TCP, 0, AF_INET, SOCK_STREAM, IPPROTO_TCP },
        { AF_UNSPEC, 0, 0, WSAEINVAL },
        { AF_UNSPEC, SOCK_STREAM, 0, WSAEINVAL },
        { AF_INET, SOCK_STREAM, IPPROTO_UDP, WSAEPROTONOSUPPORT },
        { AF_INET, SOCK_DGRAM, IPPROTO_TCP, WSAEPROTONOSUPPORT },
        { AF_INET, SOCK_STREAM, 0xff00, WSAEPROTONOSUPPORT },
        { AF_INET, SOCK_STREAM, -1, WSAEPROTONOSUPPORT },
        { AF_INET, 0xff00, IPPROTO_TCP, WSAESOCKTNOSUPPORT },
        { AF_INET, -1, 0, WSAESOCKTNOSUPPORT },
        { AF_INET, SOCK_SEQPACKET, 0, WSAESOCKTNOSUPPORT },
        { 0xff00, SOCK_STREAM, IPPROTO_TCP, WSAEAFNOSUPPORT },
        { -1, SOCK_STREAM, 0, WSAEAFNOSUPPORT },
    };
    unsigned int i;
    int len;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        WSAPROTOCOL_INFOW info;
        SOCKET s;
        int type;

        if (tests[i].family == AF_INET6 && family_count() < 2) continue;
        winetest_push_context( "%d, %d, %d", tests[i].family, tests[i].type, tests[i].protocol );
        WSASetLastError( 0xdeadbeef );
        s = socket( tests[i].family, tests[i].type, tests[i].protocol );
        ok( tests[i].error ? s == INVALID_SOCKET && WSAGetLastError() == tests[i].error : s != INVALID_SOCKET,
            "got %Ix, error %d, expected %d\n", s, WSAGetLastError(), tests[i].error );
        if (s != INVALID_SOCKET && !tests[i].error)
        {
            len = sizeof( type );
            ok_success( getsockopt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len ) );
            ok( len == sizeof( type ) && type == tests[i].got_type, "got type %d, length %d\n", type, len );
            len = sizeof( info );
            ok_success( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &len ) );
            ok( info.iAddressFamily == tests[i].got_family && info.iSocketType == tests[i].got_type
                    && info.iProtocol == tests[i].got_protocol,
                "got %d, %d, %d\n", info.iAddressFamily, info.iSocketType, info.iProtocol );
        }
        if (s != INVALID_SOCKET) ok_success( closesocket( s ) );
        winetest_pop_context();
    }
}

static BOOL is_overlapped( SOCKET s )
{
    /* only a handle that was opened for overlapped use can be associated with a port */
    HANDLE port = CreateIoCompletionPort( (HANDLE)s, NULL, 0, 0 );

    if (port) CloseHandle( port );
    return port != NULL;
}

static void test_flags( void )
{
    static const struct
    {
        DWORD flags;
        int error;
        BOOL overlapped, inherit;
    } tests[] = {
        { 0, 0, FALSE, TRUE },
        { WSA_FLAG_OVERLAPPED, 0, TRUE, TRUE },
        { WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT, 0, TRUE, FALSE },
        { WSA_FLAG_NO_HANDLE_INHERIT, 0, FALSE, FALSE },
    };
    WSAPROTOCOL_INFOW infos[32], *info = NULL;
    DWORD size = sizeof( infos ), handle_flags;
    int i, count, type, len;
    SOCKET s;

    for (i = 0; i < (int)ARRAY_SIZE( tests ); i++)
    {
        winetest_push_context( "flags %lx", tests[i].flags );
        s = WSASocketW( AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, tests[i].flags );
        ok( s != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
        ok( GetHandleInformation( (HANDLE)s, &handle_flags ), "no handle\n" );
        ok( !!( handle_flags & HANDLE_FLAG_INHERIT ) == tests[i].inherit, "got handle flags %lx\n", handle_flags );
        ok( is_overlapped( s ) == tests[i].overlapped, "wrong kind of handle\n" );
        ok( !( s & 3 ), "got %Ix\n", s );
        closesocket( s );
        winetest_pop_context();
    }

    /* socket() makes overlapped sockets; both character sets make the same */
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( is_overlapped( s ), "socket() made a non-overlapped one\n" );
    ok( GetFileType( (HANDLE)s ) == FILE_TYPE_PIPE, "got type %lu\n", GetFileType( (HANDLE)s ) );
    closesocket( s );
    s = WSASocketA( AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED );
    ok( s != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
    closesocket( s );

    /* by a protocol's description: FROM_PROTOCOL_INFO, or own values that win */
    count = WSAEnumProtocolsW( NULL, infos, &size );
    for (i = 0; i < count; i++)
        if (infos[i].iAddressFamily == AF_INET && infos[i].iProtocol == IPPROTO_UDP) info = &infos[i];
    ok( info != NULL, "UDP isn't in the catalogue\n" );
    if (info)
    {
        s = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, info, 0, WSA_FLAG_OVERLAPPED );
        ok( s != INVALID_SOCKET, "failed: %d\n", WSAGetLastError() );
        len = sizeof( type );
        ok_success( getsockopt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len ) );
        ok( type == SOCK_DGRAM, "got type %d\n", type );
        closesocket( s );
    }
}

/* What is no flag, or none for the protocol; groups that there aren't. */
static void test_bad_flags( void )
{
    static const struct
    {
        int type;
        GROUP group;
        DWORD flags;
        int error;
    } tests[] = {
        { SOCK_STREAM, 0, WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF, WSAEINVAL },
        { SOCK_STREAM, 0, WSA_FLAG_MULTIPOINT_C_ROOT, WSAEINVAL },
        { SOCK_STREAM, 0, WSA_FLAG_ACCESS_SYSTEM_SECURITY },
        { SOCK_STREAM, 0, 0x100 /* WSA_FLAG_REGISTERED_IO */ },
        { SOCK_STREAM, 0, 0x8000, WSAEINVAL },
        { SOCK_STREAM, 0, 0xffffffff, WSAEINVAL },
        { SOCK_STREAM, 1 /* SG_UNCONSTRAINED_GROUP */, 0 },
        { SOCK_STREAM, 2 /* SG_CONSTRAINED_GROUP */, 0 },
        { SOCK_STREAM, 3, 0, WSAEINVAL },
        { SOCK_DGRAM, 0, WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF },
        { SOCK_DGRAM, 0, WSA_FLAG_MULTIPOINT_C_LEAF, WSAEINVAL },
        { SOCK_DGRAM, 0, WSA_FLAG_MULTIPOINT_D_LEAF, WSAEINVAL },
        { SOCK_DGRAM, 0, WSA_FLAG_MULTIPOINT_C_ROOT | WSA_FLAG_MULTIPOINT_D_LEAF, WSAEINVAL },
        { SOCK_DGRAM, 0, WSA_FLAG_MULTIPOINT_C_ROOT | WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF,
          WSAEINVAL },
    };
    unsigned int i, wide;
    int error;
    SOCKET s;

    for (i = 0; i < ARRAY_SIZE( tests ); i++)
    {
        for (wide = 0; wide < 2; wide++)
        {
            winetest_push_context( "%u, %s", i, wide ? "W" : "A" );
            if (wide)
                s = WSASocketW( AF_INET, tests[i].type, 0, NULL, tests[i].group, tests[i].flags | WSA_FLAG_OVERLAPPED );
            else
                s = WSASocketA( AF_INET, tests[i].type, 0, NULL, tests[i].group, tests[i].flags | WSA_FLAG_OVERLAPPED );
            error = s == INVALID_SOCKET ? WSAGetLastError() : 0;
            ok_unless_stock( error == tests[i].error, "got error %d, expected %d\n", error, tests[i].error );
            if (!error) closesocket( s );
            winetest_pop_context();
        }
    }
}

/* lpProtocolInfo's errors, and one of WSADuplicateSocket, which is good for one socket. */
static void test_protocol_info( void )
{
    WSAPROTOCOL_INFOW info, empty = { 0 }, again;
    WSAPROTOCOL_INFOA info_a;
    SOCKET s = tcp_socket( AF_INET ), copy;
    DWORD id = GetCurrentProcessId();

    ok_docs_error( (int)WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &empty, 0, 0 ),
                   WSAEINVAL );
    ok_docs_error(
        (int)WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, (void *)bad_page(), 0, 0 ),
        WSAEFAULT );
    ok_docs_error(
        (int)WSASocketA( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, (void *)bad_page(), 0, 0 ),
        WSAEFAULT );
    ok_docs_error( WSADuplicateSocketW( s, id, NULL ), WSAEFAULT );
    ok_docs_error( WSADuplicateSocketA( s, id, NULL ), WSAEFAULT );
    ok_docs_error( WSADuplicateSocketW( s, 0xfffffff0, &info ), WSAEINVAL );
    ok_docs_error( WSADuplicateSocketW( 0xdead0, id, &info ), WSAENOTSOCK );

    ok_success( WSADuplicateSocketW( s, id, &info ) );
    again = info;
    copy = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED );
    ok( copy != INVALID_SOCKET && copy != s, "got %Ix, error %d\n", copy, WSAGetLastError() );
    ok_docs_error(
        (int)WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &again, 0, WSA_FLAG_OVERLAPPED ),
        WSAEINVAL );
    closesocket( copy );
    ok_docs_error(
        (int)WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &again, 0, WSA_FLAG_OVERLAPPED ),
        WSAEINVAL );

    ok_success( WSADuplicateSocketA( s, id, &info_a ) );
    copy = WSASocketA( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info_a, 0, WSA_FLAG_OVERLAPPED );
    ok( copy != INVALID_SOCKET && copy != s, "got %Ix, error %d\n", copy, WSAGetLastError() );
    ok_docs_error(
        (int)WSASocketA( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info_a, 0, WSA_FLAG_OVERLAPPED ),
        WSAEINVAL );
    closesocket( copy );
    /* of a socket that has been closed since */
    ok_success( WSADuplicateSocketW( s, id, &info ) );
    CloseHandle( ULongToHandle( info.dwServiceFlags3 ) );
    ok_docs_error(
        (int)WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED ),
        WSAEINVAL );
    closesocket( s );
}

/* SO_OPENTYPE's page: decides, for sockets that this thread makes with socket(), whether they are overlapped */
static void test_open_type( void )
{
    int type, len = sizeof( type );
    SOCKET s;

    ok_success( getsockopt( INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (char *)&type, &len ) );
    ok( !type, "got %d\n", type );
    type = SO_SYNCHRONOUS_NONALERT;
    ok_success( setsockopt( INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (char *)&type, sizeof( type ) ) );
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( !is_overlapped( s ), "the socket is overlapped\n" );
    closesocket( s );
    type = 0;
    ok_success( setsockopt( INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (char *)&type, sizeof( type ) ) );
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( is_overlapped( s ), "the socket isn't overlapped\n" );
    closesocket( s );
}

static void test_close( void )
{
    SOCKET client, server, s;
    HANDLE event, file;
    char buffer[4];
    int i;

    s = tcp_socket( AF_INET );
    ok_success( closesocket( s ) );
    ok_error( closesocket( s ), WSAENOTSOCK );
    ok_error( closesocket( INVALID_SOCKET ), WSAENOTSOCK );
    ok_error( closesocket( 0 ), WSAENOTSOCK );
    event = CreateEventW( NULL, TRUE, FALSE, NULL );
    ok_error( closesocket( (SOCKET)event ), WSAENOTSOCK );
    ok( SetEvent( event ), "closesocket closed an event\n" );
    CloseHandle( event );
    file = CreateFileA( "NUL", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL );
    ok_error( closesocket( (SOCKET)file ), WSAENOTSOCK );
    CloseHandle( file );

    /* the peer sees the end, whichever function closed it: closesocket, CloseHandle, NtClose */
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "close %d", i );
        tcp_socketpair( &client, &server );
        /* move data both ways, so that everything that a module keeps of a socket is there */
        ok_call( send( client, "abc", 3, 0 ), 3, 0 );
        ok_call( recv( server, buffer, 4, 0 ), 3, 0 );
        ok_call( send( server, "abc", 3, 0 ), 3, 0 );
        ok_call( recv( client, buffer, 4, 0 ), 3, 0 );
        if (i == 0) ok_success( closesocket( client ) );
        if (i == 1) ok( CloseHandle( (HANDLE)client ), "CloseHandle failed: %lu\n", GetLastError() );
        if (i == 2) ok( !NtClose( (HANDLE)client ), "NtClose failed\n" );
        ok( wait_readable( server, 3000 ), "the peer doesn't see the end\n" );
        set_timeout( server, 1000 );
        ok_call( recv( server, buffer, 4, 0 ), 0, 0 );
        ok_error( send( client, "abc", 3, 0 ), WSAENOTSOCK );
        ok_error( recv( client, buffer, 3, 0 ), WSAENOTSOCK );
        closesocket( server );
        winetest_pop_context();
    }

    /* a value that is used again is a new socket, with nothing of the old one */
    for (i = 0; i < 100; i++)
    {
        s = udp_socket( AF_INET );
        set_blocking( s, FALSE );
        shutdown( s, SD_BOTH );
        closesocket( s );
        tcp_socketpair( &client, &server );
        ok_call( send( client, "abcd", 4, 0 ), 4, 0 );
        ok_call( recv( server, buffer, 4, 0 ), 4, 0 );
        if (i & 1) CloseHandle( (HANDLE)client );
        else closesocket( client );
        closesocket( server );
    }
}

START_TEST( create )
{
    start_winsock();
    test_parameters();
    test_flags();
    test_bad_flags();
    test_protocol_info();
    test_open_type();
    test_close();
    stop_winsock();
}
