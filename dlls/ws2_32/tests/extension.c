/*
 * What the tests of the extension functions share, and how the functions are found
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

struct extensions ext;

static const GUID guids[] = {
    WSAID_ACCEPTEX,        WSAID_GETACCEPTEXSOCKADDRS, WSAID_CONNECTEX,  WSAID_DISCONNECTEX, WSAID_TRANSMITFILE,
    WSAID_TRANSMITPACKETS, WSAID_WSARECVMSG,           WSAID_WSASENDMSG, WSAID_WSAPOLL,
};

static int get_function( SOCKET s, const GUID *guid, DWORD guid_size, void *func, DWORD size, DWORD *returned )
{
    return WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)guid, guid_size, func, size, returned, NULL, NULL );
}

void load_extensions( void )
{
    void **func = (void **)&ext;
    SOCKET s = tcp_socket( AF_INET );
    unsigned int i;
    DWORD size;

    for (i = 0; i < sizeof( ext ) / sizeof( void * ); i++)
        if (get_function( s, &guids[i], sizeof( GUID ), func + i, sizeof( void * ), &size )) func[i] = NULL;
    closesocket( s );
}

int overlapped_result( SOCKET s, OVERLAPPED *ov, DWORD *count )
{
    DWORD flags;

    if (!wait_overlapped( ov, 5000 )) return -1;
    return WSAGetOverlappedResult( s, ov, count, FALSE, &flags ) ? 0 : WSAGetLastError();
}

void extension_pair( int family, SOCKET *client, SOCKET *server )
{
    OVERLAPPED accept_ov = { 0 }, connect_ov = { 0 };
    char output[2 * ACCEPT_ADDR];
    union address addr, any;
    SOCKET listener;
    DWORD count;
    int len;

    if (!ext.AcceptEx) load_extensions();
    listener = tcp_listener( family, &addr, &len );
    *server = tcp_socket( family );
    ok_bool( ext.AcceptEx( listener, *server, output, 0, ACCEPT_ADDR, ACCEPT_ADDR, &count, &accept_ov ),
             ERROR_IO_PENDING );
    *client = tcp_socket( family );
    loopback( &any, family, 0 );
    ok_success( bind( *client, &any.any, len ) );
    ok_bool( ext.ConnectEx( *client, &addr.any, len, NULL, 0, &count, &connect_ov ), ERROR_IO_PENDING );
    ok( !overlapped_result( listener, &accept_ov, &count ), "AcceptEx failed\n" );
    ok( !overlapped_result( *client, &connect_ov, &count ), "ConnectEx failed\n" );
    closesocket( listener );
    set_timeout( *client, 10000 );
    set_timeout( *server, 10000 );
}

START_TEST( extension )
{
    static const GUID unknown = { 0x12345678, 0x1234, 0x5678, { 1, 2, 3, 4, 5, 6, 7, 8 } };
    SOCKET sockets[2];
    void *func, *old_accept_ex;
    GUID guid;
    unsigned int i, j;
    DWORD size;

    start_winsock();
    sockets[0] = tcp_socket( AF_INET );
    sockets[1] = udp_socket( AF_INET );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "UDP" : "TCP" );
        for (j = 0; j < sizeof( guids ) / sizeof( guids[0] ); j++)
        {
            winetest_push_context( "%u", j );
            func = NULL;
            size = 0xdead;
            ok_docs( get_function( sockets[i], &guids[j], sizeof( GUID ), &func, sizeof( func ), &size ), 0, 0 );
            ok_unless_stock( size == sizeof( func ), "got %lu\n", size );
            ok_unless_stock( func != NULL, "no function\n" );
            winetest_pop_context();
        }
        ok_docs_error( get_function( sockets[i], &unknown, sizeof( GUID ), &func, sizeof( func ), &size ), WSAEINVAL );
        guid = guids[0];
        ok_docs_error( get_function( sockets[i], &guid, sizeof( GUID ) - 1, &func, sizeof( func ), &size ), WSAEFAULT );
        ok_docs_error( get_function( sockets[i], &guid, sizeof( GUID ), &func, sizeof( func ) - 1, &size ), WSAEFAULT );
        ok_docs_error( get_function( sockets[i], NULL, sizeof( GUID ), &func, sizeof( func ), &size ), WSAEFAULT );
        ok_docs_error( get_function( sockets[i], &guid, sizeof( GUID ), bad_page(), sizeof( func ), &size ),
                       WSAEFAULT );
        winetest_pop_context();
    }
    ok_docs_error( get_function( 0xdead0, &guids[0], sizeof( GUID ), &func, sizeof( func ), &size ), WSAENOTSOCK );
    /* each socket gives the same */
    get_function( sockets[0], &guids[0], sizeof( GUID ), &old_accept_ex, sizeof( func ), &size );
    get_function( sockets[1], &guids[0], sizeof( GUID ), &func, sizeof( func ), &size );
    ok( func == old_accept_ex, "got %p and %p\n", old_accept_ex, func );
    closesocket( sockets[0] );
    closesocket( sockets[1] );
    stop_winsock();
}

HANDLE make_file( DWORD flags, const void *data, DWORD size )
{
    char path[MAX_PATH], name[MAX_PATH];
    HANDLE file;
    DWORD done;

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "tra", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS,
                        FILE_ATTRIBUTE_NORMAL | FILE_FLAG_DELETE_ON_CLOSE | flags, NULL );
    ok( file != INVALID_HANDLE_VALUE, "CreateFile failed: %lu\n", GetLastError() );
    if (!( flags & FILE_FLAG_OVERLAPPED ))
        ok( !size || ( WriteFile( file, data, size, &done, NULL ) && done == size ), "WriteFile failed: %lu\n",
            GetLastError() );
    SetFilePointer( file, 0, NULL, FILE_BEGIN );
    return file;
}

static DWORD WINAPI receive_thread( void *arg )
{
    static char dump[1 << 20];
    struct receiver *receiver = arg;
    int ret;

    while (receiver->total < receiver->room)
    {
        UINT64 left = receiver->room - receiver->total;
        char *to = receiver->data ? receiver->data + receiver->total : dump;

        ret = recv( receiver->s, to, (int)min( left, sizeof( dump ) ), 0 );
        if (ret <= 0)
        {
            receiver->closed = !ret;
            break;
        }
        receiver->total += ret;
    }
    return 0;
}

void receive_begin( struct receiver *receiver, SOCKET s, char *data, UINT64 room )
{
    memset( receiver, 0, sizeof( *receiver ) );
    receiver->s = s;
    receiver->data = data;
    receiver->room = room;
    receiver->thread = CreateThread( NULL, 0, receive_thread, receiver, 0, NULL );
}

/* Waits for a handle, and on for as long as data comes: a busy machine may take long for much of it. */
BOOL receive_wait( const struct receiver *receiver, HANDLE handle, DWORD timeout )
{
    UINT64 before;

    do
    {
        before = receiver->total;
        if (!WaitForSingleObject( handle, timeout )) return TRUE;
    } while (receiver->total != before);
    return FALSE;
}

void receive_end( struct receiver *receiver, DWORD timeout )
{
    ok( receive_wait( receiver, receiver->thread, timeout ), "the receiver doesn't end, after %I64u bytes\n",
        receiver->total );
    CloseHandle( receiver->thread );
}
