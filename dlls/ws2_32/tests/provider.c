/*
 * The base provider: which one is loaded, what becomes of one that can't be used, and that every socket call goes to it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This program is itself the provider: it exports WSPStartup, and a child is started with WSURING_PROVIDER set to it.
 * Wine's own module knows no providers.
 */

#include <stddef.h>
#include "sockets.h"
#include <ws2spi.h>

#define SLOTS ( sizeof( WSPPROC_TABLE ) / sizeof( void * ) )

/* of layered.c and cipher.c, which are providers too */
int layered_startup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcalls,
                     WSPPROC_TABLE *table );
int cipher_startup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcalls,
                    WSPPROC_TABLE *table );

static const char *startup_mode = "";
static int null_slot = -1;
static LONG cleanups, calls[SLOTS];

#define SLOT( name ) (int)( offsetof( WSPPROC_TABLE, lp##name ) / sizeof( void * ) )

/* One function per slot, with the number of arguments, which on i386 it has to take off the stack. All fail. */
/* clang-format off */
#define SLOT_LIST \
    X( 0, 6 ) X( 1, 6 ) X( 2, 5 ) X( 3, 4 ) X( 4, 1 ) X( 5, 1 ) X( 6, 2 ) X( 7, 8 ) X( 8, 4 ) X( 9, 4 ) \
    X( 10, 4 ) X( 11, 6 ) X( 12, 4 ) X( 13, 4 ) X( 14, 6 ) X( 15, 4 ) X( 16, 11 ) X( 17, 9 ) X( 18, 3 ) X( 19, 9 ) \
    X( 20, 3 ) X( 21, 11 ) X( 22, 6 ) X( 23, 9 ) X( 24, 3 ) X( 25, 11 ) X( 26, 6 ) X( 27, 3 ) X( 28, 7 ) X( 29, 6 )
/* clang-format on */

#ifdef _WIN64
#define SLOT_ARGUMENTS( n ) void
#else
#define SLOT_ARGUMENTS( n ) struct slot_args_##n args __attribute__( ( unused ) )
#endif

#define X( n, count )                                                                                                  \
    struct slot_args_##n                                                                                               \
    {                                                                                                                  \
        void *arg[count];                                                                                              \
    };                                                                                                                 \
    static INT_PTR WSPAPI slot_##n( SLOT_ARGUMENTS( n ) )                                                              \
    {                                                                                                                  \
        calls[n]++;                                                                                                    \
        return SOCKET_ERROR;                                                                                           \
    }
SLOT_LIST
#undef X

static void *const slots[SLOTS] = {
#define X( n, count ) slot_##n,
    SLOT_LIST
#undef X
};

static int WSPAPI provider_cleanup( int *err )
{
    (void)err;
    cleanups++;
    return 0;
}

__declspec( dllexport ) int WSPAPI WSPStartup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info,
                                               WSPUPCALLTABLE upcalls, WSPPROC_TABLE *table )
{
    ok( version == MAKEWORD( 2, 2 ), "got version %#x\n", version );
    if (info && info->ProtocolChain.ChainLen > 1)
        return ( info->dwServiceFlags1 & XP1_IFS_HANDLES ? layered_startup : cipher_startup )( version, data, info,
                                                                                               upcalls, table );
    ok( info && info->iAddressFamily == AF_INET, "no catalogue entry\n" );
    ok( upcalls.lpWPUQueueApc && upcalls.lpWPUPostMessage && upcalls.lpWPUModifyIFSHandle
            && upcalls.lpWPUGetProviderPath,
        "upcalls are missing\n" );
    if (!strcmp( startup_mode, "not-ready" )) return WSASYSNOTREADY;
    if (!strcmp( startup_mode, "version-not-supported" )) return WSAVERNOTSUPPORTED;
    if (!strcmp( startup_mode, "fault" )) return WSAEFAULT;
    data->wVersion = data->wHighVersion = strcmp( startup_mode, "old" ) ? MAKEWORD( 2, 2 ) : MAKEWORD( 1, 1 );
    memcpy( table, slots, sizeof( *table ) );
    table->lpWSPCleanup = provider_cleanup;
    if (null_slot >= 0) ( (void **)table )[null_slot] = NULL;
    return 0;
}

/* Calls that need a provider, while there is none. */
static void check_unusable( int error )
{
    WSAPROTOCOL_INFOW info[8];
    DWORD size = sizeof( info );
    struct addrinfo *result;
    union address addr;
    WSADATA data;
    fd_set set = { 1, { 4 } };
    int len = loopback( &addr, AF_INET, 9 ), ret;

    ret = WSAStartup( MAKEWORD( 2, 2 ), &data );
    ok( !ret, "got %d\n", ret );
    ok_call( socket( AF_INET, SOCK_STREAM, 0 ), INVALID_SOCKET, error );
    ok_call( WSASocketW( AF_INET6, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED ), INVALID_SOCKET, error );
    ok_error( bind( 4, &addr.any, len ), error );
    ok_error( send( 4, "x", 1, 0 ), error );
    ok_error( select( 0, &set, NULL, NULL, NULL ), error );
    ok_error( closesocket( 4 ), error );
    /* what needs none */
    ok( WSAEnumProtocolsW( NULL, info, &size ) > 0, "no protocols, error %d\n", WSAGetLastError() );
    ok( inet_addr( "1.2.3.4" ) == htonl( 0x01020304 ), "got another address\n" );
    ret = getaddrinfo( "127.0.0.1", "80", NULL, &result );
    ok( !ret, "got %d\n", ret );
    if (!ret) freeaddrinfo( result );
    ok_success( WSACleanup() );
}

static void child_missing_slots( void )
{
    for (null_slot = 0; null_slot < (int)SLOTS; null_slot++)
    {
        WSADATA data;

        WSAStartup( MAKEWORD( 2, 2 ), &data ); /* it tries, too */
        cleanups = 0;
        ok_call( socket( AF_INET, SOCK_STREAM, 0 ), INVALID_SOCKET, WSAEINVALIDPROVIDER );
        ok( cleanups == ( null_slot != SLOT( WSPCleanup ) ), "slot %d: got %ld cleanups\n", null_slot, cleanups );
        WSACleanup();
    }
}

/* Each call is seen by the provider, in its own slot. */
static void child_dispatch( void )
{
    union address addr;
    char buffer[128] = { 0 };
    int len = loopback( &addr, AF_INET, 9 ), int_len = sizeof( buffer ), i, other;
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    WSAPROTOCOL_INFOW info = { 0 };
    WSAPROTOCOL_INFOA info_a = { 0 };
    WSANETWORKEVENTS events;
    OVERLAPPED ov = { 0 };
    WSAPOLLFD poll = { 4, POLLIN, 0 };
    struct timeval timeout = { 0, 0 };
    fd_set set = { 1, { 4 } };
    DWORD count = 0, flags = 0;
    u_long value = 0;
    SOCKADDR_STORAGE storage;

#define DISPATCHED( name, call )                                                                                       \
    do                                                                                                                 \
    {                                                                                                                  \
        memset( calls, 0, sizeof( calls ) );                                                                           \
        (void)( call );                                                                                                \
        for (i = other = 0; i < (int)SLOTS; i++)                                                                       \
            if (i != SLOT( name )) other += calls[i];                                                                  \
        ok( calls[SLOT( name )] == 1 && !other, "%s: %ld calls of %s, %d others\n", #call, calls[SLOT( name )], #name, \
            other );                                                                                                   \
    } while (0)

    start_winsock();
    DISPATCHED( WSPSocket, socket( AF_INET, SOCK_STREAM, 0 ) );
    DISPATCHED( WSPSocket, WSASocketA( AF_INET, SOCK_STREAM, 0, &info_a, 0, 0 ) );
    DISPATCHED( WSPSocket, WSASocketW( AF_INET, SOCK_STREAM, 0, &info, 0, 0 ) );
    DISPATCHED( WSPAccept, accept( 4, &addr.any, &int_len ) );
    DISPATCHED( WSPAccept, WSAAccept( 4, NULL, NULL, NULL, 0 ) );
    DISPATCHED( WSPBind, bind( 4, &addr.any, len ) );
    DISPATCHED( WSPCloseSocket, closesocket( 4 ) );
    DISPATCHED( WSPConnect, connect( 4, &addr.any, len ) );
    DISPATCHED( WSPConnect, WSAConnect( 4, &addr.any, len, NULL, NULL, NULL, NULL ) );
    DISPATCHED( WSPDuplicateSocket, WSADuplicateSocketW( 4, GetCurrentProcessId(), &info ) );
    DISPATCHED( WSPDuplicateSocket, WSADuplicateSocketA( 4, GetCurrentProcessId(), &info_a ) );
    DISPATCHED( WSPEnumNetworkEvents, WSAEnumNetworkEvents( 4, NULL, &events ) );
    DISPATCHED( WSPEventSelect, WSAEventSelect( 4, NULL, 0 ) );
    DISPATCHED( WSPAsyncSelect, WSAAsyncSelect( 4, NULL, 0, 0 ) );
    DISPATCHED( WSPGetOverlappedResult, WSAGetOverlappedResult( 4, &ov, &count, FALSE, &flags ) );
    DISPATCHED( WSPGetPeerName, getpeername( 4, &addr.any, &int_len ) );
    DISPATCHED( WSPGetSockName, getsockname( 4, &addr.any, &int_len ) );
    int_len = sizeof( buffer );
    DISPATCHED( WSPGetSockOpt, getsockopt( 4, SOL_SOCKET, SO_TYPE, buffer, &int_len ) );
    DISPATCHED( WSPSetSockOpt, setsockopt( 4, SOL_SOCKET, SO_KEEPALIVE, buffer, 4 ) );
    DISPATCHED( WSPGetQOSByName, WSAGetQOSByName( 4, &wsabuf, (QOS *)buffer ) );
    DISPATCHED( WSPIoctl, ioctlsocket( 4, FIONREAD, &value ) );
    DISPATCHED( WSPIoctl, WSAIoctl( 4, FIONREAD, NULL, 0, buffer, 4, &count, NULL, NULL ) );
    DISPATCHED( WSPJoinLeaf, WSAJoinLeaf( 4, &addr.any, len, NULL, NULL, NULL, NULL, JL_BOTH ) );
    DISPATCHED( WSPListen, listen( 4, 1 ) );
    DISPATCHED( WSPRecv, recv( 4, buffer, 1, 0 ) );
    DISPATCHED( WSPRecv, WSARecv( 4, &wsabuf, 1, &count, &flags, NULL, NULL ) );
    DISPATCHED( WSPRecvDisconnect, WSARecvDisconnect( 4, NULL ) );
    int_len = sizeof( storage );
    DISPATCHED( WSPRecvFrom, recvfrom( 4, buffer, 1, 0, (struct sockaddr *)&storage, &int_len ) );
    DISPATCHED( WSPRecvFrom, WSARecvFrom( 4, &wsabuf, 1, &count, &flags, NULL, NULL, NULL, NULL ) );
    DISPATCHED( WSPSelect, select( 0, &set, NULL, NULL, &timeout ) );
    DISPATCHED( WSPSend, send( 4, buffer, 1, 0 ) );
    DISPATCHED( WSPSend, WSASend( 4, &wsabuf, 1, &count, 0, NULL, NULL ) );
    DISPATCHED( WSPSendDisconnect, WSASendDisconnect( 4, NULL ) );
    DISPATCHED( WSPSendTo, sendto( 4, buffer, 1, 0, &addr.any, len ) );
    DISPATCHED( WSPSendTo, WSASendTo( 4, &wsabuf, 1, &count, 0, &addr.any, len, NULL, NULL ) );
    DISPATCHED( WSPShutdown, shutdown( 4, SD_BOTH ) );
    /* WSAPoll has no slot of its own in the SPI */
    memset( calls, 0, sizeof( calls ) );
    WSAPoll( &poll, 1, 0 );
    for (i = other = 0; i < (int)SLOTS; i++) other += calls[i];
    ok( other > 0, "WSAPoll hasn't called the provider\n" );

    cleanups = 0;
    ok_success( WSACleanup() );
    ok( cleanups == 1, "got %ld cleanups\n", cleanups );
#undef DISPATCHED
}

static void run_child( const char *provider, const char *mode )
{
    HANDLE process;

    winetest_push_context( "%s", mode );
    SetEnvironmentVariableA( "WSURING_PROVIDER", provider );
    process = start_child( "provider", mode );
    SetEnvironmentVariableA( "WSURING_PROVIDER", NULL );
    ok( process != NULL, "no child\n" );
    wait_child_process( process );
    CloseHandle( process );
    winetest_pop_context();
}

START_TEST( provider )
{
    /* what socket returns: its page, and those of WSPStartup; "WSAEPROVIDERFAILEDINIT: the service provider failed to
     * initialize", "WSAEINVALIDPROVIDER: returned a version other than 2.2" or "an incomplete dispatch table" */
    static const struct
    {
        const char *mode;
        int error;
    } modes[] = {
        { "not-ready", WSASYSNOTREADY },
        { "version-not-supported", WSAEPROVIDERFAILEDINIT },
        { "fault", WSAEPROVIDERFAILEDINIT },
        { "old", WSAEINVALIDPROVIDER },
    };
    char **argv, self[MAX_PATH];
    int argc = winetest_get_mainargs( &argv );
    unsigned int i;

    if (argc > 2)
    {
        startup_mode = argv[2];
        for (i = 0; i < ARRAY_SIZE( modes ); i++)
            if (!strcmp( startup_mode, modes[i].mode )) check_unusable( modes[i].error );
        if (!strcmp( startup_mode, "no-dll" ) || !strcmp( startup_mode, "no-provider" ))
            check_unusable( WSAEPROVIDERFAILEDINIT );
        if (!strcmp( startup_mode, "missing-slots" )) child_missing_slots();
        if (!strcmp( startup_mode, "dispatch" )) child_dispatch();
        return;
    }

    start_winsock();
    ok_success( closesocket( tcp_socket( AF_INET ) ) );
    stop_winsock();
    if (stock)
    {
        skip( "Wine's own module has no providers\n" );
        return;
    }
    GetModuleFileNameA( NULL, self, sizeof( self ) );
    run_child( "wsuring_no_such_provider.dll", "no-dll" );
    run_child( "kernel32.dll", "no-provider" );
    for (i = 0; i < ARRAY_SIZE( modes ); i++) run_child( self, modes[i].mode );
    run_child( self, "missing-slots" );
    run_child( self, "dispatch" );
}
