/*
 * Layered providers: one that counts and passes on, two upon each other, and those that can't be started
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This program is itself the provider's DLL: provider.c exports WSPStartup. It changes the prefix's catalogue, so it
 * runs alone. `layered install' and `layered remove' do only that: between them every test of this program runs through
 * the layer, so all topics can be tried so.
 */

#include "sockets.h"
#include "installation.h"

static const GUID lower_id = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x01 } };
static const GUID upper_id = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x02 } };

enum counted
{
    COUNT_STARTUP,
    COUNT_CLEANUP,
    COUNT_SOCKET,
    COUNT_CLOSE,
    COUNT_CONNECT,
    COUNT_ACCEPT,
    COUNT_SEND,
    COUNT_RECV,
    COUNT_SELECT,
    COUNT_KINDS
};

/* One of each protocol and height. */
struct layer
{
    GUID provider;
    WSAPROTOCOL_INFOW info, below_info;
    WSPUPCALLTABLE upcalls;
    WSPPROC_TABLE below;
};

static LONG counts[2][COUNT_KINDS]; /* of the lower and the upper layer */
static struct layer layers[2][8];
static int layer_count[2];
static const char *fault = "";

/* What is below may differ by protocol, but here all of it is one DLL's. */
static struct layer *layer_of_id( int height, DWORD id )
{
    int i;

    for (i = 0; i < layer_count[height]; i++)
        if (layers[height][i].info.dwCatalogEntryId == id) return &layers[height][i];
    return &layers[height][0];
}

#define LAYER_FUNCTIONS( name )                                                                                        \
    static SOCKET WSPAPI name##_socket( int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group,      \
                                        DWORD flags, int *err )                                                        \
    {                                                                                                                  \
        struct layer *layer = layer_of_id( HEIGHT_##name, info ? info->dwCatalogEntryId : 0 );                         \
        SOCKET s, mine;                                                                                                \
                                                                                                                       \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_SOCKET] );                                                  \
        s = layer->below.lpWSPSocket( family, type, protocol, &layer->below_info, group, flags, err );                 \
        if (s == INVALID_SOCKET) return s;                                                                             \
        mine = layer->upcalls.lpWPUModifyIFSHandle( layer->info.dwCatalogEntryId, s, err );                            \
        ok( mine == s, "the handle has changed\n" );                                                                   \
        return mine;                                                                                                   \
    }                                                                                                                  \
    static int WSPAPI name##_close( SOCKET s, int *err )                                                               \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_CLOSE] );                                                   \
        return layers[HEIGHT_##name][0].below.lpWSPCloseSocket( s, err );                                              \
    }                                                                                                                  \
    static int WSPAPI name##_connect( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee,  \
                                      QOS *sqos, QOS *gqos, int *err )                                                 \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_CONNECT] );                                                 \
        return layers[HEIGHT_##name][0].below.lpWSPConnect( s, addr, len, caller, callee, sqos, gqos, err );           \
    }                                                                                                                  \
    static SOCKET WSPAPI name##_accept( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition,          \
                                        DWORD_PTR context, int *err )                                                  \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_ACCEPT] );                                                  \
        return layers[HEIGHT_##name][0].below.lpWSPAccept( s, addr, len, condition, context, err );                    \
    }                                                                                                                  \
    static int WSPAPI name##_send( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags,                   \
                                   WSAOVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, \
                                   int *err )                                                                          \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_SEND] );                                                    \
        return layers[HEIGHT_##name][0].below.lpWSPSend( s, buffers, count, sent, flags, ov, routine, thread, err );   \
    }                                                                                                                  \
    static int WSPAPI name##_recv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags,              \
                                   WSAOVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, \
                                   int *err )                                                                          \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_RECV] );                                                    \
        return layers[HEIGHT_##name][0].below.lpWSPRecv( s, buffers, count, received, flags, ov, routine, thread,      \
                                                         err );                                                        \
    }                                                                                                                  \
    static int WSPAPI name##_select( int nfds, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout,    \
                                     int *err )                                                                        \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_SELECT] );                                                  \
        return layers[HEIGHT_##name][0].below.lpWSPSelect( nfds, read, write, except, timeout, err );                  \
    }                                                                                                                  \
    static int WSPAPI name##_cleanup( int *err )                                                                       \
    {                                                                                                                  \
        InterlockedIncrement( &counts[HEIGHT_##name][COUNT_CLEANUP] );                                                 \
        return layers[HEIGHT_##name][0].below.lpWSPCleanup( err );                                                     \
    }                                                                                                                  \
    static void name##_table( WSPPROC_TABLE *table )                                                                   \
    {                                                                                                                  \
        table->lpWSPSocket = name##_socket;                                                                            \
        table->lpWSPCloseSocket = name##_close;                                                                        \
        table->lpWSPConnect = name##_connect;                                                                          \
        table->lpWSPAccept = name##_accept;                                                                            \
        table->lpWSPSend = name##_send;                                                                                \
        table->lpWSPRecv = name##_recv;                                                                                \
        table->lpWSPSelect = name##_select;                                                                            \
        table->lpWSPCleanup = name##_cleanup;                                                                          \
    }
enum
{
    HEIGHT_lower,
    HEIGHT_upper
};
LAYER_FUNCTIONS( lower )
LAYER_FUNCTIONS( upper )

/* A layer may make threads in its WSPStartup, and wait for them. */
static DWORD WINAPI begin( void *event )
{
    SetEvent( event );
    return 0;
}

static void start_thread( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL ), thread = CreateThread( NULL, 0, begin, event, 0, NULL );

    ok( !WaitForSingleObject( event, 10000 ), "the thread doesn't begin\n" );
    CloseHandle( thread );
    CloseHandle( event );
}

/* What lies below by the chain: the provider's own DLL starts it, as on Windows. */
static int start_below( WORD version, struct layer *layer )
{
    static WSAPROTOCOL_INFOW infos[64];
    WCHAR path[MAX_PATH], expanded[MAX_PATH];
    LPWSPSTARTUP startup;
    WSPDATA data = { 0 };
    DWORD size = sizeof( infos );
    INT err, count = pWSCEnumProtocols( NULL, infos, &size, &err ), len = MAX_PATH, i;
    HMODULE module;

    for (i = 0; i < count; i++)
        if (infos[i].dwCatalogEntryId == layer->info.ProtocolChain.ChainEntries[1]) break;
    ok( i < count, "there is nothing below\n" );
    if (i >= count) return WSAEPROVIDERFAILEDINIT;
    layer->below_info = infos[i];
    if (pWSCGetProviderPath( &infos[i].ProviderId, path, &len, &err )) return WSAEPROVIDERFAILEDINIT;
    ExpandEnvironmentStringsW( path, expanded, MAX_PATH );
    module = LoadLibraryW( expanded );
    ok( module != NULL, "%s isn't there: %lu\n", debugstr_w( expanded ), GetLastError() );
    startup = (LPWSPSTARTUP)(void *)GetProcAddress( module, "WSPStartup" );
    ok( startup != NULL, "no WSPStartup\n" );
    if (!startup) return WSAEPROVIDERFAILEDINIT;
    return startup( version, &data, &layer->below_info, layer->upcalls, &layer->below );
}

int layered_startup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcalls,
                     WSPPROC_TABLE *table )
{
    int height = info->ProtocolChain.ChainLen == 3 ? HEIGHT_upper : HEIGHT_lower, err;
    struct layer *layer = &layers[height][layer_count[height] % 8];

    installation_functions();
    InterlockedIncrement( &counts[height][COUNT_STARTUP] );
    if (!strcmp( fault, "crash" )) *(volatile int *)bad_page() = 1;
    if (!strcmp( fault, "error" )) return WSAEFAULT;
    if (!strcmp( fault, "circle" ))
        ok_call( socket( info->iAddressFamily, info->iSocketType, 0 ), INVALID_SOCKET, WSAEPROVIDERFAILEDINIT );
    if (!strcmp( fault, "thread" )) start_thread();
    layer->info = *info;
    layer->upcalls = upcalls;
    if (( err = start_below( version, layer ) )) return err;
    layer_count[height]++;
    *table = layer->below;
    if (height == HEIGHT_upper) upper_table( table );
    else lower_table( table );
    if (!strcmp( fault, "slot" )) table->lpWSPSend = NULL;
    data->wVersion = data->wHighVersion = MAKEWORD( 2, 2 );
    return 0;
}

/* ---- in a child */

static void check_counts( int height, enum counted what, LONG expect, const char *name )
{
    ok( counts[height][what] == expect, "height %d: got %ld %s, expected %ld\n", height, counts[height][what], name,
        expect );
}
#define CHECK( height, what, expect ) check_counts( height, COUNT_##what, expect, #what )

static void child_counts( int heights )
{
    WSAPROTOCOL_INFOW infos[64];
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    DWORD size = sizeof( infos ), bytes, flags = 0;
    struct timeval timeout = { 10, 0 };
    WSABUF buffer;
    SOCKET a, b, base;
    fd_set set;
    HANDLE port;
    ULONG_PTR key;
    OVERLAPPED *done;
    char data[8];
    int i, count, h;

    start_winsock();
    tcp_socketpair( &a, &b );
    for (h = 0; h < heights; h++)
    {
        CHECK( h, SOCKET, 2 ); /* the listener is one */
        CHECK( h, CONNECT, 1 );
        CHECK( h, ACCEPT, 1 );
        CHECK( h, CLOSE, 1 );
    }
    ok( send( a, "abc", 3, 0 ) == 3, "it doesn't send\n" );
    FD_ZERO( &set );
    FD_SET( b, &set );
    ok( select( 0, &set, NULL, NULL, &timeout ) == 1, "it isn't readable\n" );
    ok( recv( b, data, sizeof( data ), 0 ) == 3 && !memcmp( data, "abc", 3 ), "it has received something else\n" );
    for (h = 0; h < heights; h++)
    {
        CHECK( h, SEND, 1 );
        CHECK( h, SELECT, 1 );
        CHECK( h, RECV, 1 );
    }

    /* overlapped, by event and by port: what the base provider gives is the program's own */
    buffer.buf = data;
    buffer.len = sizeof( data );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( send( b, "defg", 4, 0 ) == 4, "it doesn't send\n" );
    ok( WSAGetOverlappedResult( a, &ov, &bytes, TRUE, &flags ) && bytes == 4, "got %lu bytes\n", bytes );
    port = CreateIoCompletionPort( (HANDLE)a, NULL, 5, 0 );
    ok( port != NULL, "no port: %lu\n", GetLastError() );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( send( b, "hi", 2, 0 ) == 2, "it doesn't send\n" );
    ok( GetQueuedCompletionStatus( port, &bytes, &key, &done, 10000 ) && bytes == 2 && key == 5 && done == &ov,
        "got %lu bytes, key %Iu\n", bytes, key );
    CloseHandle( port );
    for (h = 0; h < heights; h++)
    {
        CHECK( h, SEND, 3 );
        CHECK( h, RECV, 3 );
    }

    /* a program that names the base provider's entry has that */
    count = WSAEnumProtocolsW( NULL, infos, &size );
    for (i = 0; i < count && infos[i].dwCatalogEntryId != 1001; i++)
    {
    }
    ok( i < count, "the base provider isn't there\n" );
    base = WSASocketW( AF_INET, SOCK_STREAM, 0, &infos[i], 0, WSA_FLAG_OVERLAPPED );
    ok( base != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    ok_success( closesocket( base ) );
    for (h = 0; h < heights; h++)
    {
        CHECK( h, SOCKET, 2 );
        CHECK( h, CLOSE, 1 );
    }
    ok_success( closesocket( a ) );
    ok_error( closesocket( a ), WSAENOTSOCK );
    ok_success( closesocket( b ) );
    for (h = 0; h < heights; h++) CHECK( h, CLOSE, 3 );

    ok_success( WSACleanup() );
    for (h = 0; h < heights; h++) CHECK( h, CLEANUP, counts[h][COUNT_STARTUP] );
    for (h = 0; h < heights; h++) ok( counts[h][COUNT_STARTUP] > 0, "it wasn't started\n" );
    /* and it starts again */
    start_winsock();
    a = socket( AF_INET, SOCK_STREAM, 0 );
    ok( a != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    for (h = 0; h < heights; h++) CHECK( h, SOCKET, 3 );
    ok_success( closesocket( a ) );
    stop_winsock();
    CloseHandle( ov.hEvent );
}

/* What a layer asks ws2_32.dll. */
static void child_upcalls( void )
{
    const WSPUPCALLTABLE *upcalls = &layers[HEIGHT_lower][0].upcalls;
    GUID unknown = upper_id;
    WSATHREADID thread = { NULL, 0 };
    WCHAR path[MAX_PATH];
    DWORD_PTR context;
    int err, len = MAX_PATH;
    SOCKET s;

    start_winsock();
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( s != INVALID_SOCKET && upcalls->lpWPUCloseEvent != NULL, "the layer isn't started\n" );
#define UPCALL( name, arguments, fails, when, expect )                                                                 \
    do                                                                                                                 \
    {                                                                                                                  \
        err = 0;                                                                                                       \
        ok( upcalls->lp##name arguments == ( fails ), "%s succeeds\n", #name );                                        \
        error_row( #name, when, expect, err );                                                                         \
    } while (0)
    UPCALL( WPUCloseEvent, ( (WSAEVENT)0xdead, &err ), FALSE, "another handle", WSA_INVALID_HANDLE );
    UPCALL( WPUSetEvent, ( (WSAEVENT)0xdead, &err ), FALSE, "another handle", WSA_INVALID_HANDLE );
    UPCALL( WPUResetEvent, ( (WSAEVENT)0xdead, &err ), FALSE, "another handle", WSA_INVALID_HANDLE );
    UPCALL( WPUCloseSocketHandle, ( s, &err ), SOCKET_ERROR, "it isn't of WPUCreateSocketHandle", WSAENOTSOCK );
    UPCALL( WPUQuerySocketHandleContext, ( s, &context, &err ), SOCKET_ERROR, "it isn't of WPUCreateSocketHandle",
            WSAENOTSOCK );
    UPCALL( WPUCreateSocketHandle, ( 0x7777, 0, &err ), INVALID_SOCKET, "an unknown entry", WSAENOBUFS );
    UPCALL( WPUModifyIFSHandle, ( 0x7777, s, &err ), INVALID_SOCKET, "an unknown entry", WSAEINVAL );
    UPCALL( WPUGetProviderPath, ( &unknown, path, &len, &err ), SOCKET_ERROR, "it isn't installed", WSAEINVAL );
    UPCALL( WPUQueueApc, ( &thread, NULL, 0, &err ), SOCKET_ERROR, "no thread", WSAEINVAL );
    ok_success( closesocket( s ) );
    stop_winsock();
}

/* By the base provider's entry. Its connections outlive a layer that is started, fails, and cleans up below. */
static SOCKET base_socket( void )
{
    WSAPROTOCOL_INFOW infos[64];
    DWORD size = sizeof( infos );
    int i, count = WSAEnumProtocolsW( NULL, infos, &size );

    for (i = 0; i < count && infos[i].dwCatalogEntryId != 1002; i++)
    {
    }
    ok( i < count, "the base provider isn't there\n" );
    return WSASocketW( AF_INET, SOCK_DGRAM, 0, &infos[i], 0, WSA_FLAG_OVERLAPPED );
}

static void child_fault( int family, int error )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    int len = sizeof( addr );
    SOCKET s, base;

    start_winsock();
    base = base_socket();
    ok_success( bind( base, (struct sockaddr *)&addr, sizeof( addr ) ) );
    ok_call( socket( family, SOCK_STREAM, 0 ), INVALID_SOCKET, error );
    ok_call( socket( family, SOCK_STREAM, 0 ), INVALID_SOCKET, error );
    fault = "";
    s = socket( AF_INET, SOCK_STREAM, 0 ); /* nothing of it remains; or the others aren't concerned */
    ok( s != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    ok_success( closesocket( s ) );
    ok_success( getsockname( base, (struct sockaddr *)&addr, &len ) );
    ok_call( sendto( base, "x", 1, 0, (struct sockaddr *)&addr, sizeof( addr ) ), 1, 0 );
    ok_success( closesocket( base ) );
    stop_winsock();
}

/* ---- in the test */

static void run_child( const char *mode )
{
    char arguments[32];
    HANDLE process;

    winetest_push_context( "%s", mode );
    sprintf( arguments, "child-%s", mode );
    process = start_child( "layered", arguments );
    wait_child_process( process );
    CloseHandle( process );
    winetest_pop_context();
}

/* family: of the only TCP that it lies over; 0 for all protocols */
static void install( const WCHAR *path, int family )
{
    WSAPROTOCOL_INFOW info = { .iAddressFamily = family, .iSocketType = SOCK_STREAM, .iProtocol = IPPROTO_TCP };
    GUID provider = lower_id;
    int err = 0, ret;

    ret = pWSCInstallProviderAndChains( &provider, path, L"wsuring test layer", XP1_IFS_HANDLES, family ? &info : NULL,
                                        family ? 1 : 0, NULL, &err );
    ok( !ret, "got %d, error %d\n", ret, err );
}

static void remove_layers( void )
{
    GUID lower = lower_id, upper = upper_id;
    int err;

    pWSCDeinstallProvider( &upper, &err );
    pWSCDeinstallProvider( &lower, &err );
}

/* A chain of three, over the lower layer's TCP. */
static void install_upper( const WCHAR *path )
{
    static WSAPROTOCOL_INFOW infos[64];
    WSAPROTOCOL_INFOW info;
    GUID provider = upper_id;
    DWORD size = sizeof( infos ), id;
    INT err = 0, count, i;

    count = pWSCEnumProtocols( NULL, infos, &size, &err );
    info = infos[0];
    ok( count > 0 && info.ProtocolChain.ChainLen == 2 && info.iProtocol == IPPROTO_TCP, "the first is another\n" );
    info.ProtocolChain.ChainLen = 3;
    info.ProtocolChain.ChainEntries[0] = info.dwCatalogEntryId;
    info.ProtocolChain.ChainEntries[2] = info.ProtocolChain.ChainEntries[1];
    info.ProtocolChain.ChainEntries[1] = info.dwCatalogEntryId;
    ok( !pWSCInstallProvider( &provider, path, &info, 1, &err ), "error %d\n", err );
    size = sizeof( infos );
    count = pWSCEnumProtocols( NULL, infos, &size, &err );
    for (i = 0; i < count && memcmp( &infos[i].ProviderId, &provider, sizeof( provider ) ); i++)
    {
    }
    id = i < count ? infos[i].dwCatalogEntryId : 0;
    ok( !pWSCWriteProviderOrder( &id, 1 ), "the order wasn't taken\n" );
}

START_TEST( layered )
{
    static const struct
    {
        const char *mode;
        int family, error;
    } faults[] = {
        { "crash", AF_INET, WSAEPROVIDERFAILEDINIT },
        { "error", AF_INET, WSAEPROVIDERFAILEDINIT },
        { "slot", AF_INET, WSAEINVALIDPROVIDER },
        { "missing", AF_INET6, WSAEPROVIDERFAILEDINIT },
    };
    /* none, no DLL, one without WSPStartup, and one of 32 bits, where there is such */
    static const WCHAR *const paths[]
        = { L"C:\\no\\such\\layer.dll", L"%windir%\\win.ini", L"version.dll", L"%windir%\\syswow64\\version.dll" };
    char **argv;
    int argc = winetest_get_mainargs( &argv );
    WCHAR self[MAX_PATH];
    unsigned int i;

    if (stock)
    {
        skip( "Wine's own module has no providers\n" );
        return;
    }
    installation_functions();
    GetModuleFileNameW( NULL, self, MAX_PATH );
    if (argc > 2)
    {
        fault = strncmp( argv[2], "child-", 6 ) ? "" : argv[2] + 6;
        for (i = 0; i < ARRAY_SIZE( faults ); i++)
            if (!strcmp( fault, faults[i].mode )) child_fault( faults[i].family, faults[i].error );
        if (!strcmp( fault, "one" ) || !strcmp( fault, "circle" ) || !strcmp( fault, "thread" )) child_counts( 1 );
        if (!strcmp( fault, "upcalls" )) child_upcalls();
        if (!strcmp( fault, "two" )) child_counts( 2 );
        if (!strcmp( argv[2], "install" ) || !strcmp( argv[2], "remove" )) remove_layers();
        if (!strcmp( argv[2], "install" )) install( self, 0 );
        return;
    }
    remove_layers();
    install( self, 0 );
    run_child( "one" );
    run_child( "circle" );
    run_child( "thread" );
    run_child( "upcalls" );
    for (i = 0; i < ARRAY_SIZE( faults ) - 1; i++) run_child( faults[i].mode );
    install_upper( self );
    run_child( "two" );
    remove_layers();
    for (i = 0; i < ARRAY_SIZE( paths ); i++)
    {
        install( paths[i], AF_INET6 );
        run_child( "missing" );
        remove_layers();
    }
    run_child( "none" );
}
