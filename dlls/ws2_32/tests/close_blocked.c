/*
 * A socket is closed in one thread, while another one blocks on it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Page "closesocket function": blocking calls of any thread are cancelled. What they return is WSAEINTR, as for calls
 * that WSACancelBlockingCall ends.
 */

#include "extension.h"

#include <winternl.h>

enum call
{
    CALL_RECV,
    CALL_WSARECV,
    CALL_RECVFROM,
    CALL_WSARECVMSG,
    CALL_SEND,
    CALL_WSASEND,
    CALL_TRANSMIT,
    CALL_ACCEPT,
    CALL_WSAACCEPT,
    CALL_CONNECT,
    CALL_ADDRESS_CHANGE,
    CALL_SELECT,
    CALL_POLL,
    CALL_OVERLAPPED, /* WSAGetOverlappedResult of a WSARecv */
    CALLS
};

static const char *const call_names[CALLS] = { "recv",
                                               "WSARecv",
                                               "recvfrom",
                                               "WSARecvMsg",
                                               "send",
                                               "WSASend",
                                               "TransmitFile",
                                               "accept",
                                               "WSAAccept",
                                               "connect",
                                               "SIO_ADDRESS_LIST_CHANGE",
                                               "select",
                                               "WSAPoll",
                                               "WSAGetOverlappedResult" };

struct blocked
{
    enum call call;
    SOCKET s;
    union address addr; /* where to connect to */
    int addr_len;
    HANDLE file;
    volatile LONG begun;
    int ret, error, flags;
};

static char big[1 << 20];

/* 0 or SOCKET_ERROR */
static int blocked_call( struct blocked *blocked )
{
    WSABUF one = { 8, big }, all = { sizeof( big ), big };
    WSAPOLLFD pollfd = { blocked->s, POLLRDNORM, 0 };
    DWORD count, flags = 0;
    OVERLAPPED ov = { 0 };
    WSAMSG msg = { 0 };
    SOCKET s = blocked->s;
    fd_set set;
    int ret;

    switch (blocked->call)
    {
    case CALL_RECV: return recv( s, big, 8, 0 );
    case CALL_WSARECV: return WSARecv( s, &one, 1, &count, &flags, NULL, NULL );
    case CALL_RECVFROM: return recvfrom( s, big, 8, 0, NULL, NULL );
    case CALL_WSARECVMSG:
        msg.lpBuffers = &one;
        msg.dwBufferCount = 1;
        return ext.WSARecvMsg( s, &msg, &count, NULL, NULL );
    case CALL_SEND:
        while (( ret = send( s, big, sizeof( big ), 0 ) ) >= 0) /* until it blocks */
            ;
        return ret;
    case CALL_WSASEND:
        while (!( ret = WSASend( s, &all, 1, &count, 0, NULL, NULL ) )) /* as above */
            ;
        return ret;
    case CALL_TRANSMIT:
        while (ext.TransmitFile( s, blocked->file, 1 << 16, 0, NULL, NULL, 0 ))
            SetFilePointer( blocked->file, 0, NULL, FILE_BEGIN );
        return SOCKET_ERROR;
    case CALL_ACCEPT: return accept( s, NULL, NULL ) == INVALID_SOCKET ? SOCKET_ERROR : 0;
    case CALL_WSAACCEPT: return WSAAccept( s, NULL, NULL, NULL, 0 ) == INVALID_SOCKET ? SOCKET_ERROR : 0;
    case CALL_CONNECT: return connect( s, &blocked->addr.any, blocked->addr_len );
    case CALL_ADDRESS_CHANGE: return WSAIoctl( s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &count, NULL, NULL );
    case CALL_SELECT:
        FD_ZERO( &set );
        FD_SET( s, &set );
        return select( 0, &set, NULL, NULL, NULL );
    case CALL_POLL:
        ret = WSAPoll( &pollfd, 1, -1 );
        blocked->flags = pollfd.revents;
        return ret;
    case CALL_OVERLAPPED:
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        ok_error( WSARecv( s, &one, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
        WSASetLastError( 0 );
        ret = WSAGetOverlappedResult( s, &ov, &count, TRUE, &flags ) ? 0 : SOCKET_ERROR;
        CloseHandle( ov.hEvent );
        return ret;
    default: return 0;
    }
}

static DWORD WINAPI blocked_thread( void *arg )
{
    struct blocked *blocked = arg;

    InterlockedExchange( &blocked->begun, TRUE );
    blocked->ret = blocked_call( blocked );
    blocked->error = WSAGetLastError();
    return 0;
}

/* A listener that has as many connections as it wants: the host doesn't answer further ones. */
static void fill_backlog( SOCKET listener, const union address *addr, int len, SOCKET *others, int count )
{
    int i;

    ok_success( listen( listener, 1 ) );
    for (i = 0; i < count; i++)
    {
        others[i] = tcp_socket( addr->any.sa_family );
        set_blocking( others[i], FALSE );
        ok_error( connect( others[i], &addr->any, len ), WSAEWOULDBLOCK );
    }
}

static void check_result( const struct blocked *blocked )
{
    switch (blocked->call)
    {
    case CALL_SELECT: ok( blocked->ret == 1, "got %d, error %d\n", blocked->ret, blocked->error ); break;
    case CALL_POLL:
        ok( blocked->ret == 1 && blocked->flags == POLLNVAL, "got %d, error %d, flags %#x\n", blocked->ret,
            blocked->error, blocked->flags );
        break;
    case CALL_OVERLAPPED:
        ok_unless_stock( blocked->ret == SOCKET_ERROR && blocked->error == WSA_OPERATION_ABORTED, "got %d, error %d\n",
                         blocked->ret, blocked->error );
        break;
    default:
        ok_unless_afd( blocked->ret == SOCKET_ERROR && blocked->error == WSAEINTR, "got %d, error %d\n", blocked->ret,
                       blocked->error );
    }
}

enum way
{
    BY_CLOSESOCKET,
    BY_CLOSE_HANDLE,
    BY_NT_CLOSE,
    WAYS
};

static const char *const way_names[WAYS] = { "closesocket", "CloseHandle", "NtClose" };

static BOOL close_by( enum way way, SOCKET s )
{
    switch (way)
    {
    case BY_CLOSESOCKET: return !closesocket( s );
    case BY_CLOSE_HANDLE: return CloseHandle( (HANDLE)s );
    default: return !NtClose( (HANDLE)s );
    }
}

static void test_closed( enum call call, int family, enum way way )
{
    struct blocked blocked = { .call = call };
    SOCKET other = INVALID_SOCKET, others[8];
    unsigned int i, count = 0;
    HANDLE thread;

    winetest_push_context( "%s, %s, %s", call_names[call], family_name( family ), way_names[way] );
    if (call == CALL_ACCEPT || call == CALL_WSAACCEPT)
        blocked.s = tcp_listener( family, &blocked.addr, &blocked.addr_len );
    else if (call == CALL_RECVFROM || call == CALL_WSARECVMSG || call == CALL_ADDRESS_CHANGE)
        udp_pair( family, &blocked.s, &other );
    else if (call == CALL_CONNECT)
    {
        other = tcp_listener( family, &blocked.addr, &blocked.addr_len );
        fill_backlog( other, &blocked.addr, blocked.addr_len, others, count = ARRAY_SIZE( others ) );
        blocked.s = tcp_socket( family );
    }
    else tcp_pair( family, WSA_FLAG_OVERLAPPED, &blocked.s, &other );
    if (call == CALL_TRANSMIT)
    {
        char path[MAX_PATH], name[MAX_PATH];
        DWORD written;

        GetTempPathA( sizeof( path ), path );
        GetTempFileNameA( path, "cls", 0, name );
        blocked.file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                                    FILE_FLAG_DELETE_ON_CLOSE, NULL );
        WriteFile( blocked.file, big, 1 << 16, &written, NULL );
        SetFilePointer( blocked.file, 0, NULL, FILE_BEGIN );
    }

    thread = CreateThread( NULL, 0, blocked_thread, &blocked, 0, NULL );
    while (!blocked.begun) Sleep( 1 );
    ok( WaitForSingleObject( thread, 100 ) == WAIT_TIMEOUT, "didn't block\n" );
    ok( close_by( way, blocked.s ), "it can't be closed\n" );
    ok_unless_afd( !WaitForSingleObject( thread, 3000 ), "didn't end\n" );
    if (WaitForSingleObject( thread, 0 )) TerminateThread( thread, 0 ); /* the server's sends */
    else check_result( &blocked );
    CloseHandle( thread );
    if (blocked.file) CloseHandle( blocked.file );
    for (i = 0; i < count; i++) closesocket( others[i] );
    if (other != INVALID_SOCKET) closesocket( other );
    winetest_pop_context();
}

START_TEST( close_blocked )
{
    unsigned int i;
    int call, way;

    start_winsock();
    load_extensions();
    for (i = 0; i < family_count(); i++)
        for (call = 0; call < CALLS; call++) test_closed( call, families[i], BY_CLOSESOCKET );
    for (way = BY_CLOSE_HANDLE; way < WAYS; way++)
        for (i = 0; i < 20; i++) test_closed( i & 1 ? CALL_ACCEPT : CALL_WSAACCEPT, AF_INET, way );
    stop_winsock();
}
