/*
 * A layered provider without handles of its own (not IFS) that changes the data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This program is the provider's DLL, too: see provider.c. The program has handles of WPUCreateSocketHandle, each of
 * which has a socket of the provider below. It changes the prefix's catalogue, so it runs alone.
 */

#include "sockets.h"
#include "installation.h"

#define KEY 0x5a

static const GUID cipher_id = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x09 } };

static WSAPROTOCOL_INFOW own_info, below_info;
static WSPUPCALLTABLE upcalls;
static WSPPROC_TABLE below;
static LONG opened, closed;

/* ---- the provider */

/* An overlapped receive, or the end of an operation with a routine. */
struct transfer
{
    SOCKET s, lower;
    WSABUF buffer;
    DWORD flags, error, bytes;
    WSAOVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSATHREADID thread;
};

static void cipher( char *data, DWORD len )
{
    while (len--) *data++ ^= KEY;
}

static BOOL find_lower( SOCKET s, SOCKET *lower, int *err )
{
    DWORD_PTR context;

    if (upcalls.lpWPUQuerySocketHandleContext( s, &context, err )) return FALSE;
    *lower = context;
    return TRUE;
}

static SOCKET make_upper( SOCKET lower, int *err )
{
    SOCKET s;
    int ignored;

    if (lower == INVALID_SOCKET) return lower;
    s = upcalls.lpWPUCreateSocketHandle( own_info.dwCatalogEntryId, lower, err );
    if (s == INVALID_SOCKET) below.lpWSPCloseSocket( lower, &ignored );
    else InterlockedIncrement( &opened );
    return s;
}

static SOCKET WSPAPI cipher_socket( int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group,
                                    DWORD flags, int *err )
{
    (void)info;
    return make_upper( below.lpWSPSocket( family, type, protocol, &below_info, group, flags, err ), err );
}

static int WSPAPI cipher_close( SOCKET s, int *err )
{
    SOCKET lower;

    if (!find_lower( s, &lower, err )) return SOCKET_ERROR;
    InterlockedIncrement( &closed );
    return below.lpWSPCloseSocket( lower, err ) ? SOCKET_ERROR : upcalls.lpWPUCloseSocketHandle( s, err );
}

static SOCKET WSPAPI cipher_accept( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition,
                                    DWORD_PTR context, int *err )
{
    SOCKET lower;

    if (!find_lower( s, &lower, err )) return INVALID_SOCKET;
    return make_upper( below.lpWSPAccept( lower, addr, len, condition, context, err ), err );
}

#define PASS( name, parameters, ... )                                                                                  \
    static int WSPAPI name parameters                                                                                  \
    {                                                                                                                  \
        SOCKET lower;                                                                                                  \
                                                                                                                       \
        return find_lower( s, &lower, err ) ? __VA_ARGS__ : SOCKET_ERROR;                                              \
    }
PASS( cipher_bind, ( SOCKET s, const struct sockaddr *addr, int len, int *err ),
      below.lpWSPBind( lower, addr, len, err ) )
PASS( cipher_listen, ( SOCKET s, int backlog, int *err ), below.lpWSPListen( lower, backlog, err ) )
PASS( cipher_connect,
      ( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos, QOS *gqos,
        int *err ),
      below.lpWSPConnect( lower, addr, len, caller, callee, sqos, gqos, err ) )
PASS( cipher_name, ( SOCKET s, struct sockaddr *addr, int *len, int *err ),
      below.lpWSPGetSockName( lower, addr, len, err ) )
PASS( cipher_set_option, ( SOCKET s, int level, int name, const char *value, int len, int *err ),
      below.lpWSPSetSockOpt( lower, level, name, value, len, err ) )
PASS( cipher_get_option, ( SOCKET s, int level, int name, char *value, int *len, int *err ),
      below.lpWSPGetSockOpt( lower, level, name, value, len, err ) )
PASS( cipher_shutdown, ( SOCKET s, int how, int *err ), below.lpWSPShutdown( lower, how, err ) )

static void WSPAPI call_routine( DWORD_PTR arg )
{
    struct transfer transfer = *(struct transfer *)arg;

    HeapFree( GetProcessHeap(), 0, (void *)arg );
    transfer.routine( transfer.error, transfer.bytes, transfer.overlapped, transfer.flags );
}

/* The end of an overlapped operation, in the way that the program has chosen. */
static void finish( struct transfer *transfer )
{
    int err = 0;

    if (transfer->routine)
    {
        transfer->overlapped->InternalHigh = transfer->bytes;
        transfer->overlapped->Internal = transfer->error;
        ok( !upcalls.lpWPUQueueApc( &transfer->thread, call_routine, (DWORD_PTR)transfer, &err ), "error %d\n", err );
        return;
    }
    ok( !WPUCompleteOverlappedRequest( transfer->s, transfer->overlapped, transfer->error, transfer->bytes, &err ),
        "error %d\n", err );
    HeapFree( GetProcessHeap(), 0, transfer );
}

static struct transfer *begin( SOCKET s, SOCKET lower, const WSABUF *buffer, WSAOVERLAPPED *ov,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const WSATHREADID *thread )
{
    struct transfer *transfer = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *transfer ) );
    HANDLE event = (HANDLE)( (ULONG_PTR)ov->hEvent & ~(ULONG_PTR)3 );

    transfer->s = s;
    transfer->lower = lower;
    transfer->buffer = *buffer;
    transfer->overlapped = ov;
    transfer->routine = routine;
    if (thread) transfer->thread = *thread;
    ov->Internal = STATUS_PENDING;
    if (event && !routine) ResetEvent( event );
    return transfer;
}

static int WSPAPI cipher_send( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *ov,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    struct transfer *transfer = NULL;
    DWORD bytes = 0;
    char copy[64];
    WSABUF buffer = { min( buffers->len, sizeof( copy ) ), copy };
    SOCKET lower;

    if (!find_lower( s, &lower, err )) return SOCKET_ERROR;
    ok( count == 1 && buffers->len <= sizeof( copy ), "got %lu buffers\n", count );
    memcpy( copy, buffers->buf, buffer.len );
    cipher( copy, buffer.len );
    if (ov) transfer = begin( s, lower, &buffer, ov, routine, thread );
    if (below.lpWSPSend( lower, &buffer, 1, &bytes, flags, NULL, NULL, thread, err ))
    {
        HeapFree( GetProcessHeap(), 0, transfer );
        return SOCKET_ERROR;
    }
    if (sent) *sent = bytes;
    if (!transfer) return 0;
    transfer->bytes = bytes;
    finish( transfer );
    return 0;
}

static DWORD WINAPI receive( void *arg )
{
    struct transfer *transfer = arg;
    WSATHREADID thread;
    int err = 0;

    upcalls.lpWPUOpenCurrentThread( &thread, &err );
    if (below.lpWSPRecv( transfer->lower, &transfer->buffer, 1, &transfer->bytes, &transfer->flags, NULL, NULL, &thread,
                         &err ))
        transfer->error = err;
    else cipher( transfer->buffer.buf, transfer->bytes );
    upcalls.lpWPUCloseThread( &thread, &err );
    finish( transfer );
    return 0;
}

static int WSPAPI cipher_recv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *ov,
                               LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    DWORD bytes = 0;
    SOCKET lower;

    if (!find_lower( s, &lower, err )) return SOCKET_ERROR;
    ok( count == 1, "got %lu buffers\n", count );
    if (ov)
    {
        CloseHandle( CreateThread( NULL, 0, receive, begin( s, lower, buffers, ov, routine, thread ), 0, NULL ) );
        *err = WSA_IO_PENDING;
        return SOCKET_ERROR;
    }
    if (below.lpWSPRecv( lower, buffers, 1, &bytes, flags, NULL, NULL, thread, err )) return SOCKET_ERROR;
    cipher( buffers->buf, bytes );
    if (received) *received = bytes;
    return 0;
}

static BOOL WSPAPI cipher_result( SOCKET s, WSAOVERLAPPED *ov, DWORD *bytes, BOOL wait, DWORD *flags, int *err )
{
    (void)s;
    if (wait) WaitForSingleObject( ov->hEvent, 20000 );
    *flags = 0;
    *bytes = ov->InternalHigh;
    *err = ov->Internal == STATUS_PENDING ? WSA_IO_INCOMPLETE : (WORD)ov->Internal;
    return !*err;
}

/* A set with our sockets' lower ones, and those of others; and back. */
static fd_set *lower_set( const fd_set *set, fd_set *to )
{
    SOCKET lower;
    UINT i;
    int err;

    if (!set) return NULL;
    *to = *set;
    for (i = 0; i < to->fd_count; i++)
        if (find_lower( set->fd_array[i], &lower, &err )) to->fd_array[i] = lower;
    return to;
}

static void upper_set( fd_set *set, fd_set *from )
{
    SOCKET lower;
    UINT i, count = 0;
    int err;

    for (i = 0; set && i < set->fd_count; i++)
    {
        if (!find_lower( set->fd_array[i], &lower, &err )) lower = set->fd_array[i];
        if (upcalls.lpWPUFDIsSet( lower, from )) set->fd_array[count++] = set->fd_array[i];
    }
    if (set) set->fd_count = count;
}

static int WSPAPI cipher_select( int nfds, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout,
                                 int *err )
{
    fd_set sets[3];
    int ret = below.lpWSPSelect( nfds, lower_set( read, &sets[0] ), lower_set( write, &sets[1] ),
                                 lower_set( except, &sets[2] ), timeout, err );

    if (ret == SOCKET_ERROR) return ret;
    upper_set( read, &sets[0] );
    upper_set( write, &sets[1] );
    upper_set( except, &sets[2] );
    return ret;
}

int cipher_startup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcall_table,
                    WSPPROC_TABLE *table );
int cipher_startup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcall_table,
                    WSPPROC_TABLE *table )
{
    static WSAPROTOCOL_INFOW infos[64];
    WCHAR path[MAX_PATH], expanded[MAX_PATH];
    DWORD size = sizeof( infos );
    LPWSPSTARTUP startup;
    int err, count, len = MAX_PATH, i;

    installation_functions();
    own_info = *info;
    upcalls = upcall_table;
    count = pWSCEnumProtocols( NULL, infos, &size, &err );
    for (i = 0; i < count && infos[i].dwCatalogEntryId != info->ProtocolChain.ChainEntries[1]; i++)
    {
    }
    if (i >= count || pWSCGetProviderPath( &infos[i].ProviderId, path, &len, &err )) return WSAEPROVIDERFAILEDINIT;
    below_info = infos[i];
    ExpandEnvironmentStringsW( path, expanded, MAX_PATH );
    startup = (LPWSPSTARTUP)(void *)GetProcAddress( LoadLibraryW( expanded ), "WSPStartup" );
    if (!startup || startup( version, data, &below_info, upcalls, &below )) return WSAEPROVIDERFAILEDINIT;
    *table = below;
    table->lpWSPSocket = cipher_socket;
    table->lpWSPCloseSocket = cipher_close;
    table->lpWSPAccept = cipher_accept;
    table->lpWSPBind = cipher_bind;
    table->lpWSPListen = cipher_listen;
    table->lpWSPConnect = cipher_connect;
    table->lpWSPGetSockName = cipher_name;
    table->lpWSPSetSockOpt = cipher_set_option;
    table->lpWSPGetSockOpt = cipher_get_option;
    table->lpWSPShutdown = cipher_shutdown;
    table->lpWSPSend = cipher_send;
    table->lpWSPRecv = cipher_recv;
    table->lpWSPGetOverlappedResult = cipher_result;
    table->lpWSPSelect = cipher_select;
    return 0;
}

/* ---- in a child */

static DWORD routine_error = ~0u, routine_bytes;

static void CALLBACK routine( DWORD error, DWORD bytes, WSAOVERLAPPED *ov, DWORD flags )
{
    (void)ov;
    (void)flags;
    routine_error = error;
    routine_bytes = bytes;
}

/* A connection whose end `b' is the base provider's. */
static void base_pair( SOCKET *a, SOCKET *b )
{
    SOCKET listener = WSASocketW( AF_INET, SOCK_STREAM, IPPROTO_TCP, &below_info, 0, WSA_FLAG_OVERLAPPED );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );

    ok_success( bind( listener, &addr.any, len ) );
    ok_success( listen( listener, 1 ) );
    ok_success( getsockname( listener, &addr.any, &len ) );
    *a = socket( AF_INET, SOCK_STREAM, 0 );
    ok_success( connect( *a, &addr.any, len ) );
    *b = accept( listener, NULL, NULL );
    ok( *b != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    ok_success( closesocket( listener ) );
}

static void test_overlapped( SOCKET a, SOCKET b )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() }, *done;
    DWORD bytes, flags = 0;
    char data[16];
    WSABUF buffer = { sizeof( data ), data };
    ULONG_PTR key;
    HANDLE port;

    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( send( b, "event", 5, 0 ) == 5, "error %d\n", WSAGetLastError() );
    ok( WSAGetOverlappedResult( a, &ov, &bytes, TRUE, &flags ) && bytes == 5 && !memcmp( data, "event", 5 ),
        "got %lu bytes\n", bytes );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, routine ), WSA_IO_PENDING );
    ok( send( b, "routine", 7, 0 ) == 7, "error %d\n", WSAGetLastError() );
    ok( SleepEx( 20000, TRUE ) == WAIT_IO_COMPLETION && !routine_error && routine_bytes == 7, "got %lu, %lu bytes\n",
        routine_error, routine_bytes );

    ok( !ReadFile( (HANDLE)a, data, sizeof( data ), NULL, &ov ) && GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
    ok( WriteFile( (HANDLE)b, "file", 4, &bytes, NULL ) && bytes == 4, "error %lu\n", GetLastError() );
    ok( GetOverlappedResult( (HANDLE)a, &ov, &bytes, TRUE ) && bytes == 4 && !memcmp( data, "file", 4 ),
        "got %lu bytes, error %lu\n", bytes, GetLastError() );

    if (by_afd()) goto done; /* no ports there */
    port = CreateIoCompletionPort( (HANDLE)a, NULL, 6, 0 );
    ok( port != NULL, "error %lu\n", GetLastError() );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( send( b, "port", 4, 0 ) == 4, "error %d\n", WSAGetLastError() );
    ok( GetQueuedCompletionStatus( port, &bytes, &key, &done, 20000 ) && bytes == 4 && key == 6 && done == &ov
            && !memcmp( data, "port", 4 ),
        "got %lu bytes, error %lu\n", bytes, GetLastError() );
    CloseHandle( port );
done:
    WSACloseEvent( ov.hEvent );
}

static void child( void )
{
    SOCKET a, b, plain_a, plain;
    struct timeval timeout = { 20, 0 };
    char data[16];
    OVERLAPPED ov = { 0 };
    DWORD bytes;
    fd_set set;
    int i, err = 0;

    start_winsock();
    tcp_socketpair( &a, &b );
    ok( opened == 3 && closed == 1, "got %ld handles, %ld closed\n", opened, closed );
    ok( send( a, "abc", 3, 0 ) == 3, "error %d\n", WSAGetLastError() );
    ok( recv( b, data, sizeof( data ), 0 ) == 3 && !memcmp( data, "abc", 3 ), "got something else\n" );
    ok( WriteFile( (HANDLE)a, "written", 7, &bytes, NULL ) && bytes == 7, "error %lu\n", GetLastError() );
    ok( ReadFile( (HANDLE)b, data, sizeof( data ), &bytes, NULL ) && bytes == 7 && !memcmp( data, "written", 7 ),
        "got %lu bytes, error %lu\n", bytes, GetLastError() );
    test_overlapped( a, b );

    /* the data is another below; select takes handles of both together, in any order */
    base_pair( &plain_a, &plain );
    for (i = 0; i < 2; i++)
    {
        ok( send( plain_a, "ab", 2, 0 ) == 2 && send( a, "cd", 2, 0 ) == 2, "error %d\n", WSAGetLastError() );
        FD_ZERO( &set );
        FD_SET( i ? plain : b, &set );
        ok( select( 0, &set, NULL, NULL, &timeout ) == 1, "error %d\n", WSAGetLastError() );
        FD_ZERO( &set );
        FD_SET( i ? b : plain, &set );
        ok( select( 0, &set, NULL, NULL, &timeout ) == 1, "error %d\n", WSAGetLastError() );
        FD_SET( i ? plain : b, &set );
        FD_SET( plain_a, &set ); /* which has nothing to receive */
        ok( select( 0, &set, NULL, NULL, &timeout ) == 2 && FD_ISSET( b, &set ) && FD_ISSET( plain, &set ),
            "got %u sockets\n", set.fd_count );
        ok( recv( plain, data, sizeof( data ), 0 ) == 2 && data[0] == ( 'a' ^ KEY ) && data[1] == ( 'b' ^ KEY ),
            "it isn't ciphered\n" );
        ok( recv( b, data, sizeof( data ), 0 ) == 2 && !memcmp( data, "cd", 2 ), "got something else\n" );
    }
    ok( WPUCompleteOverlappedRequest( plain, &ov, 0, 0, &err ) == SOCKET_ERROR && err == WSAEINVAL, "error %d\n", err );
    ok( upcalls.lpWPUCloseSocketHandle( plain, &err ) == SOCKET_ERROR && err == WSAENOTSOCK, "error %d\n", err );
    ok( upcalls.lpWPUCreateSocketHandle( 0x7fffffff, 0, &err ) == INVALID_SOCKET && err == WSAENOBUFS, "error %d\n",
        err );

    /* both ways to close them */
    ok( CloseHandle( (HANDLE)a ), "error %lu\n", GetLastError() );
    ok( closed == 2 && !recv( b, data, sizeof( data ), 0 ), "the peer hasn't seen it\n" );
    ok( !CloseHandle( (HANDLE)a ), "it is closed twice\n" );
    ok_error( closesocket( a ), WSAENOTSOCK );
    ok_success( closesocket( b ) );
    ok_success( closesocket( plain_a ) );
    ok( opened == 4 && closed == 4, "got %ld handles, %ld closed\n", opened, closed );
    ok_success( closesocket( plain ) );
    stop_winsock();
}

START_TEST( cipher )
{
    WSAPROTOCOL_INFOW info = { .iAddressFamily = AF_INET, .iSocketType = SOCK_STREAM, .iProtocol = IPPROTO_TCP };
    GUID provider = cipher_id;
    WCHAR self[MAX_PATH];
    char **argv;
    int argc = winetest_get_mainargs( &argv ), err = 0;
    HANDLE process;

    if (stock)
    {
        skip( "Wine's own module has no providers\n" );
        return;
    }
    installation_functions();
    GetModuleFileNameW( NULL, self, MAX_PATH );
    if (argc > 2 && !strcmp( argv[2], "child" ))
    {
        child();
        return;
    }
    pWSCDeinstallProvider( &provider, &err );
    if (argc > 2 && !strcmp( argv[2], "remove" )) return;
    ok( !pWSCInstallProviderAndChains( &provider, self, L"wsuring test cipher", 0, &info, 1, NULL, &err ), "error %d\n",
        err );
    if (argc > 2) return; /* `cipher install': all tests of this program run through it until `cipher remove' */
    process = start_child( "cipher", "child" );
    wait_child_process( process );
    CloseHandle( process );
    ok( !pWSCDeinstallProvider( &provider, &err ), "error %d\n", err );
}
