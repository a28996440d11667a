/*
 * Services and protocols: the prefix's files, then (services) the host's, then what is built in. Run by tests/names,
 * whose host's files are its own
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>

#include "sockets.h"

/* Takes a file of the prefix away, or brings it back. */
static void move_file( const char *name, BOOL away )
{
    char path[MAX_PATH], saved[MAX_PATH + 8];

    GetSystemDirectoryA( path, MAX_PATH - 40 );
    strcat( path, "\\drivers\\etc\\" );
    strcat( path, name );
    sprintf( saved, "%s.saved", path );
    ok( away ? MoveFileA( path, saved ) : MoveFileA( saved, path ), "%s: got error %lu\n", name, GetLastError() );
}

static void write_file( const char *name, const char *text )
{
    char path[MAX_PATH];
    DWORD written;
    HANDLE file;

    GetSystemDirectoryA( path, MAX_PATH - 40 );
    strcat( path, "\\drivers\\etc\\" );
    strcat( path, name );
    file = CreateFileA( path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL );
    ok( WriteFile( file, text, strlen( text ), &written, NULL ), "got error %lu\n", GetLastError() );
    CloseHandle( file );
}

static void delete_file( const char *name )
{
    char path[MAX_PATH];

    GetSystemDirectoryA( path, MAX_PATH - 40 );
    strcat( path, "\\drivers\\etc\\" );
    strcat( path, name );
    DeleteFileA( path );
}

static int port_of( const char *name, const char *proto )
{
    SERVENT *serv = getservbyname( name, proto );

    return serv ? ntohs( serv->s_port ) : WSAGetLastError() == WSANO_DATA ? 0 : -1;
}

static int number_of( const char *name )
{
    PROTOENT *proto = getprotobyname( name );

    return proto ? proto->p_proto : WSAGetLastError() == WSANO_DATA ? -1 : -2;
}

static BOOL name_is( int number, const char *name )
{
    PROTOENT *proto = getprotobynumber( number );

    return proto && !strcmp( proto->p_name, name );
}

/* What is built in goes for what no file has; the host's files are those of tests/names. */
static void test_built_in( const char *when )
{
    winetest_push_context( "%s", when );
    ok( port_of( "http", "tcp" ) == 80, "got port %d\n", port_of( "http", "tcp" ) );
    ok( port_of( "www", NULL ) == 80, "got port %d\n", port_of( "www", NULL ) );
    ok( port_of( "tftp", "udp" ) == 69 && !port_of( "tftp", "tcp" ), "got port %d\n", port_of( "tftp", "udp" ) );
    ok( !port_of( "nosuchservice", NULL ), "found\n" );
    ok( number_of( "tcp" ) == 6 && number_of( "UDP" ) == 17 && number_of( "nosuch" ) == -1, "got %d, %d\n",
        number_of( "tcp" ), number_of( "UDP" ) );
    ok( name_is( 1, "icmp" ) && name_is( 58, "ipv6-icmp" ), "wrong names\n" );
    winetest_pop_context();
}

START_TEST( database_files )
{
    if (!getenv( "WSURING_TEST_DNS" )) return; /* not counted: tests/names counts */
    ok_unless_stock( !stock, "Wine's own reads the prefix's files only\n" );
    if (stock) return;
    start_winsock();
    test_built_in( "all files" );
    ok( port_of( "onlyhost", "tcp" ) == 4711 && port_of( "HOSTALIAS", NULL ) == 4711 && !port_of( "onlyhost", "udp" ),
        "not the host's services\n" );
    ok( number_of( "hostproto" ) == -1 && number_of( "HostAlias" ) == -1 && !name_is( 200, "hostproto" ),
        "the host's protocols are none of Windows'\n" );

    move_file( "services", TRUE );
    move_file( "protocol", TRUE );
    test_built_in( "without the prefix's" );
    ok( port_of( "onlyhost", "tcp" ) == 4711, "not the host's services\n" );
    change_world( "no-databases" );
    test_built_in( "without any" );
    ok( !port_of( "onlyhost", "tcp" ) && number_of( "hostproto" ) == -1, "still there\n" );

    /* the prefix's go first; a line that is none, and the last one without its end */
    write_file( "services", "http 8080/tcp\n\nbad\nworse 77\nhuge 99999/tcp\nsigned -1/tcp\n# onlyprefix "
                            "1/tcp\n\tonlyprefix\t815/tcp#end\nlast 816/udp" );
    write_file( "protocol", "tcp 66 TCP\nbad\nhuge 256\nlast 201" );
    ok( port_of( "http", "tcp" ) == 8080 && port_of( "www", "tcp" ) == 80, "got port %d, %d\n",
        port_of( "http", "tcp" ), port_of( "www", "tcp" ) );
    ok( port_of( "onlyprefix", NULL ) == 815 && port_of( "last", "udp" ) == 816, "got port %d, %d\n",
        port_of( "onlyprefix", NULL ), port_of( "last", "udp" ) );
    ok( !port_of( "worse", NULL ) && !port_of( "huge", NULL ) && !port_of( "signed", NULL ) && !port_of( "bad", NULL ),
        "nonsense found\n" );
    ok( number_of( "tcp" ) == 66 && name_is( 6, "tcp" ) && number_of( "last" ) == 201 && number_of( "huge" ) == -1,
        "got %d, %d\n", number_of( "tcp" ), number_of( "last" ) );
    delete_file( "services" );
    delete_file( "protocol" );
    change_world( "databases" );
    move_file( "services", FALSE );
    move_file( "protocol", FALSE );
    ok( port_of( "http", "tcp" ) == 80 && number_of( "tcp" ) == 6, "not as before\n" );
    stop_winsock();
}
