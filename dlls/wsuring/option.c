/*
 * Socket options
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Most options are an ioctl each way (wine-abi 1.6); the table says which and what size the program must give. The rest has code below it.
 */

#include <initguid.h>

#include "message.h"
#include "afd.h"
#include "control.h"
#include "wsuring_guids.h"

enum kind
{
    KIND_INT,   /* an int; a shorter value is widened */
    KIND_BOOL,  /* an int that is 0 or not; one byte is enough */
    KIND_RAW,   /* a structure, passed on as it is, at least `size` bytes */
};

static const struct option
{
    int level, name;
    UINT get, set; /* number of the ioctl, 0 if there is none */
    enum kind kind;
    int size;
} options[] =
{
    { SOL_SOCKET, SO_ACCEPTCONN, 219, 0, KIND_INT, 4 },
    { SOL_SOCKET, SO_BROADCAST, 220, 221, KIND_BOOL, 4 },
    { SOL_SOCKET, SO_KEEPALIVE, 223, 224, KIND_BOOL, 4 },
    { SOL_SOCKET, SO_LINGER, 225, 226, KIND_RAW, sizeof(struct linger) },
    { SOL_SOCKET, SO_OOBINLINE, 227, 228, KIND_BOOL, 4 },
    { SOL_SOCKET, SO_RCVBUF, 230, 229, KIND_INT, 4 },
    { SOL_SOCKET, SO_RCVTIMEO, 232, 231, KIND_INT, 4 },
    { SOL_SOCKET, SO_REUSEADDR, 233, 234, KIND_BOOL, 4 },
    { SOL_SOCKET, SO_SNDBUF, 236, 235, KIND_INT, 4 },
    { SOL_SOCKET, SO_SNDTIMEO, 237, 238, KIND_INT, 4 },
    { SOL_SOCKET, SO_CONNECT_TIME, 292, 0, KIND_INT, 4 },
    { SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 297, 298, KIND_BOOL, 4 },
    { IPPROTO_IP, IP_ADD_MEMBERSHIP, 0, 239, KIND_RAW, sizeof(struct ip_mreq) },
    { IPPROTO_IP, IP_DROP_MEMBERSHIP, 0, 244, KIND_RAW, sizeof(struct ip_mreq) },
    { IPPROTO_IP, IP_DONTFRAGMENT, 242, 243, KIND_INT, 4 },
    { IPPROTO_IP, IP_HDRINCL, 246, 247, KIND_INT, 4 },
    { IPPROTO_IP, IP_MULTICAST_IF, 248, 249, KIND_RAW, 4 },
    { IPPROTO_IP, IP_MULTICAST_LOOP, 250, 251, KIND_INT, 4 },
    { IPPROTO_IP, IP_MULTICAST_TTL, 252, 253, KIND_INT, 4 },
    { IPPROTO_IP, IP_OPTIONS, 254, 255, KIND_RAW, 0 },
    { IPPROTO_IP, IP_PKTINFO, 256, 257, KIND_INT, 4 },
    { IPPROTO_IP, IP_TOS, 258, 259, KIND_INT, 4 },
    { IPPROTO_IP, IP_TTL, 260, 261, KIND_INT, 4 },
    { IPPROTO_IP, IP_UNICAST_IF, 263, 264, KIND_RAW, 4 },
    { IPPROTO_IP, IP_RECVTTL, 293, 294, KIND_INT, 4 },
    { IPPROTO_IP, 40 /* IP_RECVTOS */, 295, 296, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, 0, 265, KIND_RAW, sizeof(struct ipv6_mreq) },
    { IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, 0, 268, KIND_RAW, sizeof(struct ipv6_mreq) },
    { IPPROTO_IPV6, IPV6_DONTFRAG, 266, 267, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 269, 270, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_MULTICAST_IF, 271, 272, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 273, 274, KIND_BOOL, 4 },
    { IPPROTO_IPV6, IPV6_UNICAST_HOPS, 275, 276, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_UNICAST_IF, 277, 278, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_V6ONLY, 279, 280, KIND_BOOL, 4 },
    { IPPROTO_IPV6, IPV6_HOPLIMIT, 286, 287, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_PKTINFO, 288, 289, KIND_INT, 4 },
    { IPPROTO_IPV6, IPV6_RECVTCLASS, 290, 291, KIND_INT, 4 },
    { IPPROTO_TCP, TCP_NODELAY, 284, 285, KIND_BOOL, 4 },
    { IPPROTO_TCP, TCP_KEEPALIVE, 299, 300, KIND_INT, 4 },
    { IPPROTO_TCP, TCP_KEEPCNT, 301, 302, KIND_INT, 4 },
    { IPPROTO_TCP, TCP_KEEPINTVL, 303, 304, KIND_INT, 4 },
};

static const struct option *option_find( int level, int name )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(options); i++)
        if (options[i].level == level && options[i].name == name) return &options[i];
    return NULL;
}

/* Gives `size` bytes to the program: WSAEFAULT if there is less room. */
static int option_return( const void *from, int size, char *value, int *len )
{
    int room;

    if (!guarded_copy( &room, len, sizeof(room) ) || room < size) return WSAEFAULT;
    return guarded_copy( value, from, size ) && guarded_copy( len, &size, sizeof(size) ) ? 0 : WSAEFAULT;
}

static int option_return_int( int from, char *value, int *len )
{
    int room;

    /* programs ask for booleans with one byte of room */
    if (!guarded_copy( &room, len, sizeof(room) ) || room < 1) return WSAEFAULT;
    return option_return( &from, min( room, (int)sizeof(from) ), value, len );
}

static int error_from_option_status( NTSTATUS status )
{
    /* the host's setsockopt says EINVAL or ENOPROTOOPT, the server that it doesn't know the ioctl */
    return status == STATUS_NOT_SUPPORTED ? WSAENOPROTOOPT : error_from_status( status );
}

static void protocol_info( const struct socket *sock, WSAPROTOCOL_INFOW *info )
{
    BOOL v6 = sock->family == AF_INET6, stream = sock->type == SOCK_STREAM;

    memset( info, 0, sizeof(*info) );
    info->dwServiceFlags1 = stream ? 0x20066 : 0x20609; /* wine-abi 12; XP1_IFS_HANDLES is among them */
    info->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info->ProviderId = v6 ? CLSID_ProviderIPv6 : CLSID_ProviderIPv4;
    info->dwCatalogEntryId = (v6 ? 1004 : 1001) + !stream;
    info->ProtocolChain.ChainLen = 1;
    info->iVersion = 2;
    info->iAddressFamily = sock->family;
    info->iMaxSockAddr = info->iMinSockAddr = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    info->iSocketType = sock->type;
    info->iProtocol = sock->protocol;
    info->dwMessageSize = stream ? 0 : 65467;
    lstrcpyW( info->szProtocol, stream ? v6 ? L"TCP/IPv6" : L"TCP/IP" : v6 ? L"UDP/IPv6" : L"UDP/IP" );
}

static int bsp_state( const struct socket *sock, char *value, int *len )
{
    struct bsp_state
    {
        CSADDR_INFO info;
        SOCKADDR_STORAGE local, remote;
    } state;
    int local_len = sizeof(state.local), remote_len = sizeof(state.remote), err;

    memset( &state, 0, sizeof(state) );
    if (!WSPGetSockName( (SOCKET)sock->handle, (struct sockaddr *)&state.local, &local_len, &err ))
    {
        state.info.LocalAddr.lpSockaddr = (struct sockaddr *)(value + offsetof( struct bsp_state, local ));
        state.info.LocalAddr.iSockaddrLength = local_len;
    }
    if (!WSPGetPeerName( (SOCKET)sock->handle, (struct sockaddr *)&state.remote, &remote_len, &err ))
    {
        state.info.RemoteAddr.lpSockaddr = (struct sockaddr *)(value + offsetof( struct bsp_state, remote ));
        state.info.RemoteAddr.iSockaddrLength = remote_len;
    }
    state.info.iSocketType = sock->type;
    state.info.iProtocol = sock->protocol;
    return option_return( &state, sizeof(state), value, len );
}

static int get_special( struct socket *sock, int name, char *value, int *len )
{
    WSAPROTOCOL_INFOW info;
    WSAPROTOCOL_INFOA info_a;
    struct linger linger;
    int error = 0;

    switch (name)
    {
    case SO_TYPE:
        return option_return_int( sock->type, value, len );
    case SO_ERROR:
        afd_ioctl( sock->handle, AFD_WINE_GET_SO_ERROR, NULL, 0, &error, sizeof(error), NULL );
        if (!error && sock->reset_error) error = error_from_status( sock->reset_error );
        return option_return_int( error, value, len );
    case SO_DEBUG:
    case SO_DONTROUTE:
        return option_return_int( 0, value, len );
    case SO_DONTLINGER:
        if (afd_ioctl( sock->handle, AFD_WINE( 225 ), NULL, 0, &linger, sizeof(linger), NULL )) return WSAENOPROTOOPT;
        return option_return_int( !linger.l_onoff, value, len );
    case SO_MAX_MSG_SIZE:
        if (sock->type == SOCK_STREAM) return WSAENOPROTOOPT;
        return option_return_int( 65507, value, len );
    case SO_PROTOCOL_INFOW:
        protocol_info( sock, &info );
        return option_return( &info, sizeof(info), value, len );
    case SO_PROTOCOL_INFOA:
        protocol_info( sock, &info );
        memcpy( &info_a, &info, offsetof( WSAPROTOCOL_INFOA, szProtocol ) );
        WideCharToMultiByte( CP_ACP, 0, info.szProtocol, -1, info_a.szProtocol, sizeof(info_a.szProtocol), NULL, NULL );
        return option_return( &info_a, sizeof(info_a), value, len );
    case SO_BSP_STATE:
        return bsp_state( sock, value, len );
    case SO_REUSE_UNICASTPORT:
    case SO_REUSE_MULTICASTPORT:
    case SO_RANDOMIZE_PORT:
    case SO_PORT_SCALABILITY:
        return option_return_int( 0, value, len );
    default:
        return WSAENOPROTOOPT;
    }
}

int WSPAPI WSPGetSockOpt( SOCKET s, int level, int name, char *value, int *len, int *err )
{
    const struct option *option;
    struct socket *sock;
    BYTE buffer[64];
    ULONG_PTR size = 0;
    NTSTATUS status;
    int result, number, room;
    DWORD message_value;

    if (!(sock = socket_grab( s, err ))) return SOCKET_ERROR;
    if (!value || !len || !guarded_copy( &room, len, sizeof(room) )) result = WSAEFAULT;
    else if (!message_option_get( sock, level, name, &message_value )) result = option_return_int( message_value, value, len );
    else if ((option = option_find( level, name )))
    {
        if (!option->get) result = WSAENOPROTOOPT;
        else if (name == SO_LINGER && level == SOL_SOCKET && sock->type == SOCK_DGRAM) result = WSAENOPROTOOPT;
        else
        {
            memset( buffer, 0, sizeof(buffer) );
            status = afd_ioctl( sock->handle, AFD_WINE( option->get ), NULL, 0, buffer, option->kind == KIND_RAW ? (ULONG)max( option->size, 40 ) : sizeof(int), &size );
            if (status) result = error_from_option_status( status );
            else if (option->kind == KIND_RAW) result = option_return( buffer, option->size ? option->size : (int)size, value, len );
            else
            {
                memcpy( &number, buffer, sizeof(number) );
                if (option->kind == KIND_BOOL) number = number != 0;
                result = option_return_int( number, value, len );
            }
        }
    }
    else if (level == SOL_SOCKET) result = get_special( sock, name, value, len );
    else if (level == IPPROTO_IPV6 && name == IPV6_PROTECTION_LEVEL) result = option_return_int( PROTECTION_LEVEL_UNRESTRICTED, value, len );
    else result = level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP || level == IPPROTO_UDP ? WSAENOPROTOOPT : WSAEINVAL;
    socket_release( sock );
    return spi_result( result, err );
}

static int set_special( struct socket *sock, int name, const char *value, int len )
{
    struct linger linger = { 0 };
    int number = 0;

    switch (name)
    {
    case SO_DONTLINGER:
        if (len < (int)sizeof(number) || !guarded_copy( &number, value, sizeof(number) )) return WSAEFAULT;
        linger.l_onoff = !number;
        if (sock->type == SOCK_DGRAM) return WSAENOPROTOOPT;
        return error_from_option_status( afd_ioctl( sock->handle, AFD_WINE( 226 ), &linger, sizeof(linger), NULL, 0, NULL ) );
    case SO_UPDATE_ACCEPT_CONTEXT:
        return accept_update_context( sock, value, len );
    case SO_UPDATE_CONNECT_CONTEXT:
        /* the server has done it when ConnectEx completed */
        return socket_ensure_descriptor( sock ) || socket_is_connected( sock ) ? 0 : WSAENOTCONN;
    case SO_DEBUG:
    case SO_DONTROUTE:
    case SO_RANDOMIZE_PORT:
    case SO_PORT_SCALABILITY:
    case SO_REUSE_UNICASTPORT:
    case SO_REUSE_MULTICASTPORT:
        /* hints, which may be ignored (Microsoft, "SOL_SOCKET Socket Options") */
        return len < (int)sizeof(number) || !guarded_copy( &number, value, sizeof(number) ) ? WSAEFAULT : 0;
    default:
        return WSAENOPROTOOPT;
    }
}

int WSPAPI WSPSetSockOpt( SOCKET s, int level, int name, const char *value, int len, int *err )
{
    const struct option *option;
    struct socket *sock;
    BYTE buffer[64] = { 0 };
    int result, number = 0, size;

    if (!(sock = socket_grab( s, err ))) return SOCKET_ERROR;
    if ((result = message_option_set( sock, level, name, value, len )) != -1) {}
    else if (!(option = option_find( level, name )))
    {
        if (level == SOL_SOCKET) result = set_special( sock, name, value, len );
        else if (level == IPPROTO_IPV6 && name == IPV6_PROTECTION_LEVEL) result = len < 4 || !guarded_copy( &number, value, 4 ) ? WSAEFAULT : 0;
        else result = level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP || level == IPPROTO_UDP ? WSAENOPROTOOPT : WSAEINVAL;
    }
    else if (!option->set) result = WSAENOPROTOOPT;
    else if (!value || len < (option->kind == KIND_RAW ? option->size : 1) || len > (int)sizeof(buffer)
             || !guarded_copy( buffer, value, size = option->kind == KIND_RAW ? len : min( len, (int)sizeof(number) ) )) result = WSAEFAULT;
    else if (level == SOL_SOCKET && name == SO_LINGER && sock->type == SOCK_DGRAM) result = WSAENOPROTOOPT;
    else
    {
        memcpy( &number, buffer, sizeof(number) );
        if (option->kind == KIND_BOOL) number = number != 0;
        if (option->kind != KIND_RAW)
        {
            memcpy( buffer, &number, sizeof(number) );
            size = sizeof(number);
        }
        result = error_from_option_status( afd_ioctl( sock->handle, AFD_WINE( option->set ), buffer, size, NULL, 0, NULL ) );
        if (!result && level == SOL_SOCKET && name == SO_RCVTIMEO) sock->recv_timeout = number;
        if (!result && level == SOL_SOCKET && name == SO_SNDTIMEO) sock->send_timeout = number;
    }
    socket_release( sock );
    return spi_result( result, err );
}
