/*
 * A layered provider without handles of its own (not IFS) that changes the data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The program has handles of WPUCreateSocketHandle, each of which has a socket of the provider cipher_lower. Overlapped
 * operations are the lower socket's own, whose packets a thread takes from a port; it ends the program's.
 */

#include "cipher.h"

LONG cipher_opened, cipher_closed;
BOOL cipher_has_poll = TRUE;
WSAPROTOCOL_INFOW cipher_below;
WSPUPCALLTABLE cipher_upcalls;

static WSAPROTOCOL_INFOW own_info;
WSPPROC_TABLE cipher_lower;
static HANDLE port;

/* ---- handles */

struct cipher_pair *cipher_find( SOCKET s, int *err )
{
    DWORD_PTR context;

    return cipher_upcalls.lpWPUQuerySocketHandleContext( s, &context, err ) ? NULL : (struct cipher_pair *)context;
}

static SOCKET make_upper( SOCKET lower, BOOL plain, int *err )
{
    struct cipher_pair *pair = lower == INVALID_SOCKET ? NULL : calloc( 1, sizeof( *pair ) );
    int ignored;

    if (!pair) return INVALID_SOCKET;
    pair->lower = lower;
    pair->plain = plain;
    pair->upper = cipher_upcalls.lpWPUCreateSocketHandle( own_info.dwCatalogEntryId, (DWORD_PTR)pair, err );
    if (pair->upper == INVALID_SOCKET) cipher_lower.lpWSPCloseSocket( lower, &ignored );
    else
    {
        CreateIoCompletionPort( (HANDLE)lower, port, (ULONG_PTR)pair, 0 );
        SetFileCompletionNotificationModes( (HANDLE)lower, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS );
        InterlockedIncrement( &cipher_opened );
    }
    return pair->upper;
}

/* A duplicate is made of what the provider below has left in the entry. */
static SOCKET WSPAPI cipher_socket( int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group,
                                    DWORD flags, int *err )
{
    WSAPROTOCOL_INFOW lower = cipher_below;

    if (info && info->dwProviderReserved)
    {
        lower.dwServiceFlags3 = info->dwServiceFlags3;
        lower.dwServiceFlags4 = info->dwServiceFlags4;
        lower.dwProviderReserved = info->dwProviderReserved;
    }
    return make_upper( cipher_lower.lpWSPSocket( family, type, protocol, &lower, group, flags, err ),
                       !( flags & WSA_FLAG_OVERLAPPED ), err );
}

/* What has begun ends before the handle is gone. */
static int WSPAPI cipher_close( SOCKET s, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err );
    int tries;

    if (!pair || cipher_lower.lpWSPCloseSocket( pair->lower, err )) return SOCKET_ERROR;
    InterlockedIncrement( &cipher_closed );
    for (tries = 0; pair->pending && tries < 20000; tries++) Sleep( 1 );
    return cipher_upcalls.lpWPUCloseSocketHandle( s, err );
}

static SOCKET WSPAPI cipher_accept( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition,
                                    DWORD_PTR context, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err );

    return pair ? make_upper( cipher_lower.lpWSPAccept( pair->lower, addr, len, condition, context, err ), pair->plain,
                              err )
                : INVALID_SOCKET;
}

static int WSPAPI cipher_duplicate( SOCKET s, DWORD process, WSAPROTOCOL_INFOW *info, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err );
    WSAPROTOCOL_INFOW lower;

    if (!pair) return SOCKET_ERROR;
    if (IsBadWritePtr( info, sizeof( *info ) ))
        return cipher_lower.lpWSPDuplicateSocket( pair->lower, process, info, err );
    if (cipher_lower.lpWSPDuplicateSocket( pair->lower, process, &lower, err )) return SOCKET_ERROR;
    *info = own_info;
    info->dwServiceFlags3 = lower.dwServiceFlags3;
    info->dwServiceFlags4 = lower.dwServiceFlags4;
    info->dwProviderReserved = lower.dwProviderReserved;
    return 0;
}

/* ---- what is only handed on */

#define PASS( name, parameters, ... )                                                                                  \
    static int WSPAPI cipher_##name parameters                                                                         \
    {                                                                                                                  \
        struct cipher_pair *pair = cipher_find( s, err );                                                              \
                                                                                                                       \
        return pair ? cipher_lower.__VA_ARGS__ : SOCKET_ERROR;                                                         \
    }
PASS( bind, ( SOCKET s, const struct sockaddr *addr, int len, int *err ), lpWSPBind( pair->lower, addr, len, err ) )
PASS( listen, ( SOCKET s, int backlog, int *err ), lpWSPListen( pair->lower, backlog, err ) )
PASS( connect,
      ( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos, QOS *gqos,
        int *err ),
      lpWSPConnect( pair->lower, addr, len, caller, callee, sqos, gqos, err ) )
PASS( name, ( SOCKET s, struct sockaddr *addr, int *len, int *err ), lpWSPGetSockName( pair->lower, addr, len, err ) )
PASS( peer, ( SOCKET s, struct sockaddr *addr, int *len, int *err ), lpWSPGetPeerName( pair->lower, addr, len, err ) )
PASS( get_option, ( SOCKET s, int level, int name, char *value, int *len, int *err ),
      lpWSPGetSockOpt( pair->lower, level, name, value, len, err ) )
PASS( shutdown, ( SOCKET s, int how, int *err ), lpWSPShutdown( pair->lower, how, err ) )
PASS( send_disconnect, ( SOCKET s, WSABUF *data, int *err ), lpWSPSendDisconnect( pair->lower, data, err ) )
PASS( recv_disconnect, ( SOCKET s, WSABUF *data, int *err ), lpWSPRecvDisconnect( pair->lower, data, err ) )
PASS( event_select, ( SOCKET s, WSAEVENT event, LONG mask, int *err ),
      lpWSPEventSelect( pair->lower, event, mask, err ) )
PASS( enum_events, ( SOCKET s, WSAEVENT event, WSANETWORKEVENTS *events, int *err ),
      lpWSPEnumNetworkEvents( pair->lower, event, events, err ) )

/* ---- readiness */

/* A set of the program's, as it was before the call: then one of its sockets may be closed, or it is two arguments. */
struct ready_set
{
    fd_set *upper, *lower; /* lower: for what is below, and its answer */
    UINT count;
    SOCKET *handles, *below;
};

/* Our sockets' lower ones, and those of others. */
static void ready_begin( struct ready_set *ready, fd_set *set )
{
    struct cipher_pair *pair;
    UINT i;
    int err;

    memset( ready, 0, sizeof( *ready ) );
    if (!( ready->upper = set )) return;
    ready->count = set->fd_count;
    ready->lower = malloc( sizeof( *set ) + set->fd_count * sizeof( SOCKET ) );
    ready->handles = malloc( 2 * set->fd_count * sizeof( SOCKET ) + 1 );
    ready->below = ready->handles + set->fd_count;
    ready->lower->fd_count = set->fd_count;
    for (i = 0; i < ready->count; i++)
    {
        ready->handles[i] = set->fd_array[i];
        pair = cipher_find( set->fd_array[i], &err );
        ready->below[i] = ready->lower->fd_array[i] = pair ? pair->lower : set->fd_array[i];
    }
}

/* Returns the number of those that are ready; sockets that are there twice count twice. */
static int ready_end( struct ready_set *ready, BOOL done )
{
    UINT i, count = 0;

    if (ready->upper && done)
    {
        for (i = 0; i < ready->count; i++)
            if (cipher_upcalls.lpWPUFDIsSet( ready->below[i], ready->lower ))
                ready->upper->fd_array[count++] = ready->handles[i];
        ready->upper->fd_count = count;
    }
    free( ready->lower );
    free( ready->handles );
    return count;
}

static int WSPAPI cipher_select( int nfds, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout,
                                 int *err )
{
    struct ready_set ready[3];
    int ret, i, count = 0;

    ready_begin( &ready[0], read );
    ready_begin( &ready[1], write );
    ready_begin( &ready[2], except );
    ret = cipher_lower.lpWSPSelect( nfds, ready[0].lower, ready[1].lower, ready[2].lower, timeout, err );
    for (i = 0; i < 3; i++) count += ready_end( &ready[i], ret != SOCKET_ERROR );
    return ret == SOCKET_ERROR ? ret : count;
}

/* The value may be a handle of ours. */
static int WSPAPI cipher_set_option( SOCKET s, int level, int name, const char *value, int len, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err ), *listener;
    SOCKET lower;

    if (!pair) return SOCKET_ERROR;
    if (level == SOL_SOCKET && name == SO_UPDATE_ACCEPT_CONTEXT && len == sizeof( lower )
        && !IsBadReadPtr( value, len ))
    {
        memcpy( &lower, value, sizeof( lower ) );
        if (( listener = cipher_find( lower, err ) )) lower = listener->lower;
        return cipher_lower.lpWSPSetSockOpt( pair->lower, level, name, (char *)&lower, len, err );
    }
    return cipher_lower.lpWSPSetSockOpt( pair->lower, level, name, value, len, err );
}

static LPFN_WSAPOLL poll_below;

static int WINAPI cipher_poll( WSAPOLLFD *fds, ULONG count, int timeout )
{
    WSAPOLLFD *lower = malloc( count * sizeof( *fds ) );
    struct cipher_pair *pair;
    int ret, err;
    ULONG i;

    memcpy( lower, fds, count * sizeof( *fds ) );
    for (i = 0; i < count; i++)
        if (( pair = cipher_find( fds[i].fd, &err ) )) lower[i].fd = pair->lower;
    ret = poll_below( lower, count, timeout );
    for (i = 0; ret != SOCKET_ERROR && i < count; i++) fds[i].revents = lower[i].revents;
    free( lower );
    return ret;
}

/* Functions of what lies below don't know our handles: there are none but our own ("Function extension mechanism"). */
static int WSPAPI cipher_ioctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size,
                                DWORD *returned, WSAOVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                                WSATHREADID *thread, int *err )
{
    static const GUID poll = WSAID_WSAPOLL;
    struct cipher_pair *pair = cipher_find( s, err );
    struct cipher_transfer *transfer = NULL;
    int ret;

    if (!pair) return SOCKET_ERROR;
    if (code == SIO_GET_EXTENSION_FUNCTION_POINTER && in_size >= sizeof( GUID ) && !IsBadReadPtr( in, sizeof( GUID ) ))
    {
        *err = WSAEFAULT;
        if (out_size < sizeof( void * ) || IsBadWritePtr( out, sizeof( void * ) ) || !returned) return SOCKET_ERROR;
        *returned = sizeof( void * );
        if (!cipher_has_poll || !IsEqualGUID( in, &poll )) return cipher_extension( pair->lower, in, out, thread, err );
        ret = cipher_lower.lpWSPIoctl( pair->lower, code, in, in_size, &poll_below, sizeof( poll_below ), returned,
                                       NULL, NULL, thread, err );
        if (!ret) *(LPFN_WSAPOLL *)out = cipher_poll;
        return ret;
    }
    if (ov && ( pair->plain || IsBadWritePtr( ov, sizeof( *ov ) ) ))
        return cipher_lower.lpWSPIoctl( pair->lower, code, in, in_size, out, out_size, returned, ov, routine, thread,
                                        err );
    if (ov) transfer = cipher_begin( pair, ov, routine, thread );
    ret = cipher_lower.lpWSPIoctl( pair->lower, code, in, in_size, out, out_size, returned, ov ? &transfer->ov : NULL,
                                   NULL, thread, err );
    return transfer ? cipher_begun( transfer, ret, returned ? *returned : 0, err ) : ret;
}

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
    cipher_upcalls = upcall_table;
    count = pWSCEnumProtocols( NULL, infos, &size, &err );
    for (i = 0; i < count && infos[i].dwCatalogEntryId != info->ProtocolChain.ChainEntries[1]; i++)
    {
    }
    if (i >= count || pWSCGetProviderPath( &infos[i].ProviderId, path, &len, &err )) return WSAEPROVIDERFAILEDINIT;
    cipher_below = infos[i];
    ExpandEnvironmentStringsW( path, expanded, MAX_PATH );
    startup = (LPWSPSTARTUP)(void *)GetProcAddress( LoadLibraryW( expanded ), "WSPStartup" );
    if (!startup || startup( version, data, &cipher_below, cipher_upcalls, &cipher_lower ))
        return WSAEPROVIDERFAILEDINIT;
    if (!port)
    {
        port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 1 );
        CloseHandle( CreateThread( NULL, 0, cipher_take_packets, port, 0, NULL ) );
    }
    *table = cipher_lower;
    table->lpWSPSocket = cipher_socket;
    table->lpWSPCloseSocket = cipher_close;
    table->lpWSPAccept = cipher_accept;
    table->lpWSPDuplicateSocket = cipher_duplicate;
    table->lpWSPBind = cipher_bind;
    table->lpWSPListen = cipher_listen;
    table->lpWSPConnect = cipher_connect;
    table->lpWSPGetSockName = cipher_name;
    table->lpWSPGetPeerName = cipher_peer;
    table->lpWSPSetSockOpt = cipher_set_option;
    table->lpWSPGetSockOpt = cipher_get_option;
    table->lpWSPShutdown = cipher_shutdown;
    table->lpWSPSendDisconnect = cipher_send_disconnect;
    table->lpWSPRecvDisconnect = cipher_recv_disconnect;
    table->lpWSPEventSelect = cipher_event_select;
    table->lpWSPEnumNetworkEvents = cipher_enum_events;
    table->lpWSPSend = cipher_send;
    table->lpWSPSendTo = cipher_send_to;
    table->lpWSPRecv = cipher_recv;
    table->lpWSPRecvFrom = cipher_recv_from;
    table->lpWSPGetOverlappedResult = cipher_result;
    table->lpWSPSelect = cipher_select;
    table->lpWSPIoctl = cipher_ioctl;
    return 0;
}
