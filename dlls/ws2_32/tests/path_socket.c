/*
 * Sockets of the family AF_UNIX
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

#include <afunix.h>

static char folder[MAX_PATH]; /* of this process's own: its other tiers run at the same time */

/* An address of a file that isn't there, in the folder of temporary files. Returns its length. */
static int path_address( SOCKADDR_UN *addr, const char *name )
{
    memset( addr, 0, sizeof( *addr ) );
    addr->sun_family = AF_UNIX;
    sprintf( addr->sun_path, "%s%s", folder, name );
    DeleteFileA( addr->sun_path );
    return sizeof( *addr );
}

static SOCKET path_listener( SOCKADDR_UN *addr, const char *name )
{
    int len = path_address( addr, name );
    SOCKET s = socket( AF_UNIX, SOCK_STREAM, 0 );

    ok_success( bind( s, (struct sockaddr *)addr, len ) );
    ok_success( listen( s, 5 ) );
    return s;
}

static BOOL file_is_there( const SOCKADDR_UN *addr )
{
    return GetFileAttributesA( addr->sun_path ) != INVALID_FILE_ATTRIBUTES;
}

static void test_create( void )
{
    WSAPROTOCOL_INFOW info;
    int type, len = sizeof( type );
    SOCKET s = socket( AF_UNIX, SOCK_STREAM, 0 );

    ok( s != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    ok_success( getsockopt( s, SOL_SOCKET, SO_TYPE, (char *)&type, &len ) );
    ok( type == SOCK_STREAM, "got %d\n", type );
    len = sizeof( info );
    ok_success( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &len ) );
    ok( info.iAddressFamily == AF_UNIX && info.iSocketType == SOCK_STREAM && !info.iProtocol, "got %d, %d, %d\n",
        info.iAddressFamily, info.iSocketType, info.iProtocol );
    len = sizeof( type );
    ok_error( getsockopt( s, IPPROTO_TCP, TCP_NODELAY, (char *)&type, &len ), WSAENOPROTOOPT );
    closesocket( s );
    WSASetLastError( 0 );
    ok( socket( AF_UNIX, SOCK_DGRAM, 0 ) == INVALID_SOCKET && WSAGetLastError() == WSAESOCKTNOSUPPORT, "got error %d\n",
        WSAGetLastError() );
    ok( socket( AF_UNIX, SOCK_STREAM, IPPROTO_TCP ) == INVALID_SOCKET && WSAGetLastError() == WSAEPROTONOSUPPORT,
        "got error %d\n", WSAGetLastError() );
}

/* The catalogue has it. */
static void test_catalog( void )
{
    WSAPROTOCOL_INFOW infos[32], *info = infos, own;
    DWORD size = sizeof( infos );
    int count = WSAEnumProtocolsW( NULL, infos, &size ), len = sizeof( own );
    SOCKET s;

    while (info < infos + count && info->iAddressFamily != AF_UNIX) info++;
    ok( info < infos + count, "not listed\n" );
    if (info == infos + count) return;
    ok( info->iSocketType == SOCK_STREAM && !info->iProtocol, "got %d, %d\n", info->iSocketType, info->iProtocol );
    ok( info->iMaxSockAddr == sizeof( SOCKADDR_UN ) && info->iMinSockAddr == 2, "got %d, %d\n", info->iMaxSockAddr,
        info->iMinSockAddr );
    ok( info->dwServiceFlags1
            == ( XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES ),
        "got %lx\n", info->dwServiceFlags1 );
    s = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, info, 0, WSA_FLAG_OVERLAPPED );
    ok( s != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    ok_success( getsockopt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&own, &len ) );
    ok( own.iAddressFamily == AF_UNIX && own.dwCatalogEntryId == info->dwCatalogEntryId
            && own.dwServiceFlags1 == info->dwServiceFlags1
            && !memcmp( &own.ProviderId, &info->ProviderId, sizeof( own.ProviderId ) ),
        "the socket's differ\n" );
    closesocket( s );
}

static void test_addresses( void )
{
    static const struct
    {
        USHORT family;
        const char *path;
        int len, bind, connect;
    } rows[] = {
        { AF_UNIX, "", sizeof( SOCKADDR_UN ), WSAEINVAL, WSAEINVAL },
        { AF_UNIX, "", 2, WSAEINVAL, WSAEINVAL },
        { AF_UNIX, "", 1, WSAEFAULT, WSAEFAULT },
        { AF_UNIX, "", 0, WSAEFAULT, WSAEFAULT },
        { AF_INET, "x", 16, WSAEFAULT, WSAEAFNOSUPPORT },
        { AF_UNIX, "C:\\no\\such\\folder", sizeof( SOCKADDR_UN ), WSAENETDOWN, WSAECONNREFUSED },
        { AF_UNIX, "C:\\no-such-file", 200, -1, WSAECONNREFUSED },
    };
    char buffer[256];
    SOCKADDR_UN *addr = (SOCKADDR_UN *)buffer, name;
    unsigned int i;
    SOCKET s;
    int len;

    for (i = 0; i < ARRAY_SIZE( rows ); i++)
    {
        winetest_push_context( "%u", i );
        memset( buffer, 0, sizeof( buffer ) );
        addr->sun_family = rows[i].family;
        strcpy( addr->sun_path, rows[i].path );
        s = socket( AF_UNIX, SOCK_STREAM, 0 );
        len = sizeof( name );
        ok_error( getsockname( s, (struct sockaddr *)&name, &len ), WSAEINVAL );
        if (rows[i].bind != -1) ok_error( bind( s, (struct sockaddr *)addr, rows[i].len ), rows[i].bind );
        ok_error( connect( s, (struct sockaddr *)addr, rows[i].len ), rows[i].connect );
        closesocket( s );
        winetest_pop_context();
    }
    s = socket( AF_UNIX, SOCK_STREAM, 0 );
    ok_error( bind( s, NULL, sizeof( *addr ) ), WSAEFAULT );
    ok_error( connect( s, NULL, sizeof( *addr ) ), WSAEFAULT );
    /* as long as the path is, and longer than the structure */
    memset( buffer, 0x55, sizeof( buffer ) );
    path_address( addr, "wsuring-short" );
    ok_success( bind( s, (struct sockaddr *)addr, 2 + strlen( addr->sun_path ) ) );
    len = sizeof( name );
    ok_success( getsockname( s, (struct sockaddr *)&name, &len ) );
    ok( name.sun_family == AF_UNIX && !strcmp( name.sun_path, addr->sun_path ), "got %s\n", name.sun_path );
    ok_error( bind( s, (struct sockaddr *)addr, sizeof( *addr ) ), WSAEINVAL );
    closesocket( s );
    DeleteFileA( addr->sun_path );
    s = socket( AF_UNIX, SOCK_STREAM, 0 );
    path_address( addr, "wsuring-long" );
    ok_success( bind( s, (struct sockaddr *)addr, sizeof( buffer ) ) );
    len = sizeof( name ) - 1;
    ok_error( getsockname( s, (struct sockaddr *)&name, &len ), WSAEFAULT );
    closesocket( s );
    DeleteFileA( addr->sun_path );
}

/* What a socket's name is: NULL for none. */
static void check_name( int ret, const SOCKADDR_UN *name, int len, const char *expect )
{
    ok( !ret, "got error %d\n", WSAGetLastError() );
    ok( name->sun_family == AF_UNIX && len >= 2 && len <= (int)sizeof( *name ), "got family %d, length %d\n",
        name->sun_family, len );
    ok( !strcmp( len > 2 ? name->sun_path : "", expect ? expect : "" ), "got %s\n", name->sun_path );
}

static void test_connection( void )
{
    SOCKADDR_UN addr, own, name;
    SOCKET listener = path_listener( &addr, "wsuring-stream" ), client, server, other;
    int len, own_len;
    char buffer[8];
    DWORD pid, count;

    ok( file_is_there( &addr ), "no file\n" );
    other = socket( AF_UNIX, SOCK_STREAM, 0 );
    ok_error( bind( other, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEADDRINUSE );
    closesocket( other );

    client = socket( AF_UNIX, SOCK_STREAM, 0 );
    len = sizeof( name );
    ok_error( getpeername( client, (struct sockaddr *)&name, &len ), WSAENOTCONN );
    ok_success( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ) );
    len = sizeof( name );
    memset( &name, 0xcc, sizeof( name ) );
    server = accept( listener, (struct sockaddr *)&name, &len );
    ok( server != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    check_name( 0, &name, len, NULL );
    len = sizeof( name );
    check_name( getsockname( server, (struct sockaddr *)&name, &len ), &name, len, addr.sun_path );
    len = sizeof( name );
    check_name( getpeername( server, (struct sockaddr *)&name, &len ), &name, len, NULL );
    len = sizeof( name );
    check_name( getsockname( client, (struct sockaddr *)&name, &len ), &name, len, NULL );
    len = sizeof( name );
    check_name( getpeername( client, (struct sockaddr *)&name, &len ), &name, len, addr.sun_path );
    ok_error( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEISCONN );

    pid = 0;
    ok_success( WSAIoctl( client, SIO_AF_UNIX_GETPEERPID, NULL, 0, &pid, sizeof( pid ), &count, NULL, NULL ) );
    ok( pid == GetCurrentProcessId() && count == sizeof( pid ), "got %u, %u bytes\n", (int)pid, (int)count );
    pid = 0;
    ok_success( WSAIoctl( server, SIO_AF_UNIX_GETPEERPID, NULL, 0, &pid, sizeof( pid ), &count, NULL, NULL ) );
    ok( pid == GetCurrentProcessId(), "got %u\n", (int)pid );
    ok_error( WSAIoctl( listener, SIO_AF_UNIX_GETPEERPID, NULL, 0, &pid, sizeof( pid ), &count, NULL, NULL ),
              WSAENOTCONN );

    ok_call( send( client, "hello", 5, 0 ), 5, 0 );
    ok( wait_readable( server, 3000 ), "not readable\n" );
    ok_call( recv_all( server, buffer, 5 ), 5, 0 );
    ok( !memcmp( buffer, "hello", 5 ), "wrong data\n" );
    ok_success( shutdown( server, SD_SEND ) );
    ok_call( recv( client, buffer, sizeof( buffer ), 0 ), 0, 0 );
    closesocket( client );
    closesocket( server );

    /* a client with a name */
    client = socket( AF_UNIX, SOCK_STREAM, 0 );
    own_len = path_address( &own, "wsuring-client" );
    ok_success( bind( client, (struct sockaddr *)&own, own_len ) );
    ok_success( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ) );
    len = sizeof( name );
    server = accept( listener, (struct sockaddr *)&name, &len );
    check_name( 0, &name, len, own.sun_path );
    closesocket( client );
    closesocket( server );
    ok( file_is_there( &own ), "no file\n" );
    DeleteFileA( own.sun_path );

    /* the file outlives its socket, and can't be connected to then */
    closesocket( listener );
    ok( file_is_there( &addr ), "no file\n" );
    client = socket( AF_UNIX, SOCK_STREAM, 0 );
    ok_error( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ), WSAECONNREFUSED );
    ok_error( bind( client, (struct sockaddr *)&addr, sizeof( addr ) ), WSAEADDRINUSE );
    ok( DeleteFileA( addr.sun_path ), "got error %d\n", (int)GetLastError() );
    ok_error( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ), WSAECONNREFUSED );
    ok_success( bind( client, (struct sockaddr *)&addr, sizeof( addr ) ) );
    closesocket( client );
    DeleteFileA( addr.sun_path );
}

/* A file is deleted while its socket listens: the name is free. One that isn't a socket's can't be connected to. */
static void test_files( void )
{
    SOCKADDR_UN addr;
    SOCKET first = path_listener( &addr, "wsuring-file" ), second, client;
    HANDLE file;
    fd_set set;
    struct timeval now = { 3, 0 };

    ok( DeleteFileA( addr.sun_path ), "got error %d\n", (int)GetLastError() );
    second = path_listener( &addr, "wsuring-file" );
    client = socket( AF_UNIX, SOCK_STREAM, 0 );
    ok_success( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ) );
    FD_ZERO( &set );
    FD_SET( first, &set );
    FD_SET( second, &set );
    ok_call( select( 0, &set, NULL, NULL, &now ), 1, 0 );
    ok( FD_ISSET( second, &set ), "the first got it\n" );
    closesocket( client );
    closesocket( first );
    closesocket( second );
    DeleteFileA( addr.sun_path );

    file = CreateFileA( addr.sun_path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL );
    CloseHandle( file );
    client = socket( AF_UNIX, SOCK_STREAM, 0 );
    ok_error( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ), WSAECONNREFUSED );
    closesocket( client );
    DeleteFileA( addr.sun_path );

    /* a relative path */
    SetCurrentDirectoryA( folder );
    memset( &addr, 0, sizeof( addr ) );
    addr.sun_family = AF_UNIX;
    strcpy( addr.sun_path, "wsuring-relative" );
    DeleteFileA( addr.sun_path );
    first = socket( AF_UNIX, SOCK_STREAM, 0 );
    ok_success( bind( first, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok( file_is_there( &addr ), "no file\n" );
    closesocket( first );
    DeleteFileA( addr.sun_path );
}

static void test_nonblocking( void )
{
    SOCKADDR_UN addr;
    SOCKET listener = path_listener( &addr, "wsuring-poll" ), client = socket( AF_UNIX, SOCK_STREAM, 0 ), server;
    WSAPOLLFD fd = { client, POLLWRNORM, 0 };
    HANDLE event = CreateEventA( NULL, FALSE, FALSE, NULL );
    WSANETWORKEVENTS events;
    int ret;

    ok_success( WSAEventSelect( listener, event, FD_ACCEPT ) );
    ok_error( accept( listener, NULL, NULL ) == INVALID_SOCKET ? -1 : 0, WSAEWOULDBLOCK );
    set_blocking( client, FALSE );
    ret = connect( client, (struct sockaddr *)&addr, sizeof( addr ) );
    ok( !ret || WSAGetLastError() == WSAEWOULDBLOCK, "got error %d\n", WSAGetLastError() );
    ok_call( WSAPoll( &fd, 1, 3000 ), 1, 0 );
    ok( fd.revents == POLLWRNORM, "got %#x\n", fd.revents );
    ok( !WaitForSingleObject( event, 3000 ), "no event\n" );
    ok_success( WSAEnumNetworkEvents( listener, event, &events ) );
    ok( events.lNetworkEvents == FD_ACCEPT, "got %#x\n", (int)events.lNetworkEvents );
    server = accept( listener, NULL, NULL );
    ok( server != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    closesocket( client );
    closesocket( server );
    closesocket( listener );
    CloseHandle( event );
    DeleteFileA( addr.sun_path );
}

static void test_extensions( void )
{
    enum
    {
        ROOM = sizeof( SOCKADDR_UN ) + 16
    };
    SOCKADDR_UN addr, own;
    SOCKET listener = path_listener( &addr, "wsuring-ex" ), acceptor = socket( AF_UNIX, SOCK_STREAM, 0 );
    SOCKET client = socket( AF_UNIX, SOCK_STREAM, 0 );
    HANDLE port = CreateIoCompletionPort( (HANDLE)listener, NULL, 1, 0 );
    OVERLAPPED accept_ov = { 0 }, connect_ov = { 0 }, recv_ov = { 0 }, *done;
    struct sockaddr *local, *remote;
    char buffer[2 * ROOM], data[8];
    int local_len, remote_len, i, len;
    DWORD count;
    ULONG_PTR key;

    CreateIoCompletionPort( (HANDLE)client, port, 2, 0 );
    CreateIoCompletionPort( (HANDLE)acceptor, port, 3, 0 );
    ok_bool( ext.AcceptEx( listener, acceptor, buffer, 0, ROOM, ROOM, &count, &accept_ov ), ERROR_IO_PENDING );
    len = path_address( &own, "wsuring-ex-client" );
    ok_success( bind( client, (struct sockaddr *)&own, len ) );
    if (!ext.ConnectEx( client, (struct sockaddr *)&addr, sizeof( addr ), NULL, 0, &count, &connect_ov ))
        ok( WSAGetLastError() == ERROR_IO_PENDING, "got error %d\n", WSAGetLastError() );
    for (i = 0; i < 2; i++)
    {
        ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ), "got error %d\n", (int)GetLastError() );
        ok( ( key == 1 && done == &accept_ov ) || ( key == 2 && done == &connect_ov ), "got key %d\n", (int)key );
    }
    ok_success( setsockopt( acceptor, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ) );
    ok_success( setsockopt( client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0 ) );
    ext.GetAcceptExSockaddrs( buffer, 0, ROOM, ROOM, &local, &local_len, &remote, &remote_len );
    check_name( 0, (SOCKADDR_UN *)local, local_len, addr.sun_path );
    check_name( 0, (SOCKADDR_UN *)remote, remote_len, own.sun_path );
    len = sizeof( own );
    check_name( getsockname( acceptor, (struct sockaddr *)&own, &len ), &own, len, addr.sun_path );

    ok( begin_recv( acceptor, data, sizeof( data ), &recv_ov, NULL ) == WSA_IO_PENDING, "got error %d\n",
        WSAGetLastError() );
    ok_call( send( client, "ab", 2, 0 ), 2, 0 );
    ok( GetQueuedCompletionStatus( port, &count, &key, &done, 3000 ) && key == 3 && done == &recv_ov && count == 2,
        "got key %d, %d bytes\n", (int)key, (int)count );
    closesocket( client );
    closesocket( acceptor );
    closesocket( listener );
    CloseHandle( port );
    DeleteFileA( addr.sun_path );
    path_address( &own, "wsuring-ex-client" );
}

static void test_many( void )
{
    SOCKADDR_UN addr;
    SOCKET listener = path_listener( &addr, "wsuring-many" ), client, server;
    DWORD before = 0;
    unsigned int i;
    char c;

    for (i = 0; i < 110; i++)
    {
        if (i == 10) before = handle_count();
        client = socket( AF_UNIX, SOCK_STREAM, 0 );
        ok_success( connect( client, (struct sockaddr *)&addr, sizeof( addr ) ) );
        server = accept( listener, NULL, NULL );
        ok_call( send( client, "x", 1, 0 ), 1, 0 );
        ok_call( recv( server, &c, 1, 0 ), 1, 0 );
        closesocket( client );
        closesocket( server );
    }
    ok( handle_count() <= before + 10, "%d handles, before %d\n", (int)handle_count(), (int)before );
    closesocket( listener );
    DeleteFileA( addr.sun_path );
}

/* Another process connects, says who it is, and gets an answer. */
static void path_socket_child( const char *path )
{
    SOCKET s = socket( AF_UNIX, SOCK_STREAM, 0 );
    SOCKADDR_UN addr = { AF_UNIX };
    DWORD pid = GetCurrentProcessId();
    char answer = 0;

    strcpy( addr.sun_path, path );
    ok_success( connect( s, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_call( send( s, (char *)&pid, sizeof( pid ), 0 ), sizeof( pid ), 0 );
    set_timeout( s, 5000 );
    ok_call( recv( s, &answer, 1, 0 ), 1, 0 );
    closesocket( s );
}

static void test_processes( void )
{
    SOCKADDR_UN addr;
    SOCKET listener = path_listener( &addr, "wsuring-process" ), server, duplicate;
    WSAPROTOCOL_INFOW info;
    HANDLE child = start_child( "path_socket", addr.sun_path );
    DWORD pid = 0, peer = 0, count, code = 1;
    SOCKADDR_UN name;
    int len = sizeof( name );

    ok( wait_readable( listener, 10000 ), "no connection\n" );
    server = accept( listener, NULL, NULL );
    set_timeout( server, 5000 );
    ok_call( recv_all( server, (char *)&pid, sizeof( pid ) ), sizeof( pid ), 0 );
    ok_success( WSAIoctl( server, SIO_AF_UNIX_GETPEERPID, NULL, 0, &peer, sizeof( peer ), &count, NULL, NULL ) );
    ok( pid == peer, "got %u, expected %u\n", (int)peer, (int)pid );
    ok_success( WSADuplicateSocketW( server, GetCurrentProcessId(), &info ) );
    duplicate = WSASocketW( FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0 );
    ok( duplicate != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    closesocket( server );
    check_name( getsockname( duplicate, (struct sockaddr *)&name, &len ), &name, len, addr.sun_path );
    ok_call( send( duplicate, "x", 1, 0 ), 1, 0 );
    ok( !WaitForSingleObject( child, 10000 ), "it goes on\n" );
    GetExitCodeProcess( child, &code );
    ok( !code, "got %d failures\n", (int)code );
    CloseHandle( child );
    closesocket( duplicate );
    closesocket( listener );
    DeleteFileA( addr.sun_path );
}

START_TEST( path_socket )
{
    char **argv;
    SOCKET s;

    start_winsock();
    if (winetest_get_mainargs( &argv ) >= 3)
    {
        path_socket_child( argv[2] );
        stop_winsock();
        return;
    }
    GetTempPathA( sizeof( folder ), folder );
    strcat( folder, own_name( "" ) );
    ok( CreateDirectoryA( folder, NULL ), "got error %d\n", (int)GetLastError() );
    strcat( folder, "\\" );
    s = socket( AF_UNIX, SOCK_STREAM, 0 );
    todo_wine_if( stock ) ok( s != INVALID_SOCKET, "got error %d\n", WSAGetLastError() );
    if (s != INVALID_SOCKET)
    {
        closesocket( s );
        load_extensions();
        test_create();
        test_catalog();
        test_addresses();
        test_connection();
        test_files();
        test_nonblocking();
        test_extensions();
        test_many();
        test_processes();
    }
    SetCurrentDirectoryA( ".." );
    ok( RemoveDirectoryA( folder ), "got error %d\n", (int)GetLastError() );
    stop_winsock();
}
