/*
 * Events of WSAEventSelect that something else signals too when it is done, by the server
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include "extension.h"

static SOCKET a, b;
static HANDLE event;

static SOCKET listener, accepted;
static union address listener_addr;
static int listener_len;
static HKEY key;
static HANDLE directory;
static char path[MAX_PATH];
static OVERLAPPED other;
static DWORD buffer[256];

static void begin_accept( void )
{
    DWORD got;

    listener = tcp_listener( AF_INET, &listener_addr, &listener_len );
    accepted = socket( AF_INET, SOCK_STREAM, 0 );
    ok( !ext.AcceptEx( listener, accepted, buffer, 0, ACCEPT_ADDR, ACCEPT_ADDR, &got, &other )
            && WSAGetLastError() == ERROR_IO_PENDING,
        "got %d\n", WSAGetLastError() );
}

static void end_accept( void )
{
    SOCKET client = socket( AF_INET, SOCK_STREAM, 0 );

    ok_success( connect( client, &listener_addr.any, listener_len ) );
    ok( wait_overlapped( &other, 10000 ), "it pends\n" );
    closesocket( client );
    closesocket( accepted );
    closesocket( listener );
}

static void begin_key( void )
{
    ok( !RegCreateKeyExA( HKEY_CURRENT_USER, own_name( "Software\\" ), 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS,
                          NULL, &key, NULL ),
        "no key\n" );
    ok( !RegNotifyChangeKeyValue( key, FALSE, REG_NOTIFY_CHANGE_LAST_SET, event, TRUE ), "not watched\n" );
}

static void end_key( void )
{
    ok( !RegSetValueExA( key, "value", 0, REG_SZ, (BYTE *)"x", 2 ), "not set\n" );
}

static void end_key_last( void )
{
    RegCloseKey( key );
    RegDeleteKeyA( HKEY_CURRENT_USER, own_name( "Software\\" ) );
}

static void begin_directory( void )
{
    DWORD len = GetTempPathA( sizeof( path ) - 100, path );

    strcpy( path + len, own_name( "" ) );
    ok( CreateDirectoryA( path, NULL ), "error %lu\n", GetLastError() );
    directory = CreateFileA( path, FILE_LIST_DIRECTORY, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                             OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OVERLAPPED, NULL );
    ok( ReadDirectoryChangesW( directory, buffer, sizeof( buffer ), FALSE, FILE_NOTIFY_CHANGE_FILE_NAME, NULL, &other,
                               NULL ),
        "error %lu\n", GetLastError() );
}

static void end_directory( void )
{
    char name[MAX_PATH + 8];

    sprintf( name, "%s\\file", path );
    CloseHandle( CreateFileA( name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL ) );
    ok( wait_overlapped( &other, 10000 ), "it pends\n" );
}

static void end_directory_last( void )
{
    CloseHandle( directory );
    ok( RemoveDirectoryA( path ), "error %lu\n", GetLastError() );
}

static void end_nothing( void )
{
}

static const struct
{
    const char *name;
    void ( *begin )( void ), ( *end )(void), ( *last )( void );
} lenders[] = {
    { "AcceptEx", begin_accept, end_accept, end_nothing },
    { "a registry key", begin_key, end_key, end_key_last },
    { "a directory", begin_directory, end_directory, end_directory_last },
};

static void test_lent( void )
{
    unsigned int i, j;

    for (i = 0; i < ARRAY_SIZE( lenders ); i++)
        for (j = 0; j < 3; j++)
        {
            winetest_push_context( "%s, round %u", lenders[i].name, j );
            event = WSACreateEvent();
            memset( &other, 0, sizeof( other ) );
            other.hEvent = event;
            ok_success( WSAEventSelect( b, event, FD_READ ) );
            if (j == 2) reset_by_enum( a, b, event );
            lenders[i].begin();
            ok( WaitForSingleObject( event, 0 ) == WAIT_TIMEOUT, "signalled\n" );
            if (j) reset_by_enum( a, b, event );
            lenders[i].end();
            ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
            ok_success( WSAEventSelect( b, NULL, 0 ) );
            lenders[i].last();
            WSACloseEvent( event );
            winetest_pop_context();
        }
}

START_TEST( event_lent )
{
    start_winsock();
    load_extensions();
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    test_lent();
    closesocket( a );
    closesocket( b );
    stop_winsock();
}
