/*
 * Socket options that aren't just a value of the host or the server
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "operations/operation.h"
#include "api/option.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/path_socket.h"
#include "wsuring_guids.h"
#include "sockets/connection.h"
#include "sockets/option_host.h"

#define DATAGRAM_MAX 65507
#define NO_MTU       0xffffffff /* IP_UNSPECIFIED_USER_MTU */

static void option_protocol_info( const struct socket *sock, WSAPROTOCOL_INFOW *info )
{
    BOOL v6 = sock->id.family == AF_INET6, stream = sock->id.type == SOCK_STREAM;

    memset( info, 0, sizeof( *info ) );
    info->dwServiceFlags1 = stream ? 0x20066 : 0x20609; /* wine-interfaces 12; XP1_IFS_HANDLES is among them */
    info->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    info->ProviderId = v6 ? CLSID_ProviderIPv6 : CLSID_ProviderIPv4;
    info->dwCatalogEntryId = ( v6 ? 1004 : 1001 ) + !stream;
    info->ProtocolChain.ChainLen = 1;
    info->iVersion = 2;
    info->iAddressFamily = sock->id.family;
    info->iMaxSockAddr = info->iMinSockAddr = v6 ? sizeof( struct sockaddr_in6 ) : sizeof( struct sockaddr_in );
    info->iSocketType = sock->id.type;
    info->iProtocol = sock->id.protocol;
    info->dwMessageSize = stream ? 0 : 65467;
    if (sock->id.type == SOCK_RAW)
    {
        info->iProtocolMaxOffset = 255; /* any protocol */
        info->dwProviderFlags |= PFL_HIDDEN;
    }
    lstrcpyW( info->szProtocol, stream ? v6 ? L"TCP/IPv6" : L"TCP/IP" : v6 ? L"UDP/IPv6" : L"UDP/IP" );
}

static void option_path_protocol_info( WSAPROTOCOL_INFOW *info )
{
    static const GUID provider = { 0xa00943d9, 0x9c2e, 0x4633, { 0x9b, 0x59, 0x00, 0x57, 0xa3, 0x16, 0x09, 0x94 } };

    info->ProviderId = provider;
    info->dwServiceFlags1
        = XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES; /* nothing urgent */
    info->dwCatalogEntryId = 1006;
    info->iAddressFamily = AF_UNIX;
    info->iMaxSockAddr = sizeof( SOCKADDR_UN );
    info->iMinSockAddr = PATH_ADDRESS_MIN;
    info->iProtocol = 0;
    lstrcpyW( info->szProtocol, L"AF_UNIX" );
}

static int option_get_protocol_info( struct socket *sock, BOOL unicode, char *value, int *len )
{
    WSAPROTOCOL_INFOW info;
    WSAPROTOCOL_INFOA info_a;

    option_protocol_info( sock, &info );
    if (path_socket_is( sock )) option_path_protocol_info( &info );
    if (unicode) return option_return( &info, sizeof( info ), value, len );
    memcpy( &info_a, &info, offsetof( WSAPROTOCOL_INFOA, szProtocol ) );
    WideCharToMultiByte( CP_ACP, 0, info.szProtocol, -1, info_a.szProtocol, sizeof( info_a.szProtocol ), NULL, NULL );
    return option_return( &info_a, sizeof( info_a ), value, len );
}

/* The addresses follow the CSADDR_INFO (page "SO_BSP_STATE"). */
static int option_get_bsp_state( struct socket *sock, char *value, int *len )
{
    struct
    {
        CSADDR_INFO info;
        BYTE addresses[2][sizeof( SOCKADDR_STORAGE )];
    } state;
    SOCKET_ADDRESS *local = &state.info.LocalAddr, *remote = &state.info.RemoteAddr;
    int addr_len = sizeof( SOCKADDR_STORAGE ), size = sizeof( CSADDR_INFO ), room, err;

    memset( &state, 0, sizeof( state ) );
    if (!WSPGetSockName( (SOCKET)sock->id.handle, (struct sockaddr *)state.addresses[0], &addr_len, &err ))
    {
        local->lpSockaddr = (struct sockaddr *)( value + size );
        local->iSockaddrLength = addr_len;
        size += ( addr_len + 7 ) & ~7;
    }
    addr_len = sizeof( SOCKADDR_STORAGE );
    if (!WSPGetPeerName( (SOCKET)sock->id.handle, (struct sockaddr *)( (BYTE *)&state + size ), &addr_len, &err ))
    {
        remote->lpSockaddr = (struct sockaddr *)( value + size );
        remote->iSockaddrLength = addr_len;
        size += addr_len;
    }
    state.info.iSocketType = sock->id.type;
    state.info.iProtocol = sock->id.protocol;
    /* the length that didn't do stays, unlike that of other structures */
    if (!guarded_copy( &room, len, sizeof( room ) ) || room < size) return WSAEFAULT;
    return option_return( &state, size, value, len );
}

/* For established connections ask the host; before that the server made the connect and saw its result. The host
 * reports an error only once, so it must be kept for later receives. */
static int option_special_get_error( struct socket *sock, char *value, int *len )
{
    int error = 0, room;
    NTSTATUS status = STATUS_NOT_SUPPORTED, host_error = 0;
    UINT size = sizeof( host_error );

    if (!guarded_copy( &room, len, sizeof( room ) ) || room < (int)sizeof( error )
        || !guarded_touch( value, sizeof( error ), TRUE ))
        return WSAEFAULT;
    if (sock->conn.reset_error) return option_return_int( 0, value, len ); /* a call has reported it */
    if (!sock->desc.by_afd && !sock->shared.foreign && socket_ensure_descriptor( sock ))
        status = option_host_get( sock, OPTION_SOL_SOCKET_SO_ERROR, &host_error, &size );
    if (status == STATUS_DEVICE_BUSY)
    {
        /* it is closed, and the server's poll took the error first */
        host_error = connection_end_status( sock );
        status = STATUS_SUCCESS;
    }
    if (!status)
    {
        error = error_from_status( host_error );
        if (host_error && sock->id.type == SOCK_STREAM) sock->conn.reset_error = host_error;
    }
    else afd_ioctl( sock->id.handle, AFD_WINE_GET_SO_ERROR, NULL, 0, &error, sizeof( error ), NULL );
    return option_return_int( error, value, len );
}

static int option_get_dont_linger( struct socket *sock, char *value, int *len )
{
    struct linger linger = { 0 };
    UINT size = sizeof( linger );
    NTSTATUS status;

    if (engine != ENGINE_AFD) status = option_host_get( sock, OPTION_SOL_SOCKET_SO_LINGER, &linger, &size );
    else status = afd_ioctl( sock->id.handle, AFD_WINE( 225 ), NULL, 0, &linger, sizeof( linger ), NULL );
    return status ? error_from_option_status( status ) : option_return_int( !linger.l_onoff, value, len );
}

static int option_set_dont_linger( struct socket *sock, BOOL dont )
{
    struct linger linger = { .l_onoff = !dont };

    if (engine != ENGINE_AFD)
        return error_from_option_status(
            option_host_set( sock, OPTION_SOL_SOCKET_SO_LINGER, &linger, sizeof( linger ) ) );
    return error_from_option_status(
        afd_ioctl( sock->id.handle, AFD_WINE( 226 ), &linger, sizeof( linger ), NULL, 0, NULL ) );
}

static void option_keep( struct socket *sock, UINT bit, BOOL on )
{
    if (on) sock->options.kept |= bit;
    else sock->options.kept &= ~bit;
}

/* How a port is chosen must be set before one is (pages "SO_PORT_SCALABILITY", "SOL_SOCKET Socket Options"). */
static int option_set_port_choice( struct socket *sock, UINT bit, BOOL on )
{
    if (sock->conn.bound) return WSAEINVAL;
    if (bit == KEPT_RANDOMIZE_PORT && on && sock->options.kept & KEPT_REUSE_UNICASTPORT) return WSAEINVAL;
    option_keep( sock, bit, on );
    return 0;
}

/* A datagram socket needs its port from the bind on, because datagrams may be sent to it. */
static int option_set_reuse_port( struct socket *sock, enum option_id id, BOOL on )
{
    BOOL unicast = id == OPTION_SOL_SOCKET_SO_REUSE_UNICASTPORT;
    int number = on;
    NTSTATUS status;

    if (engine != ENGINE_AFD && unicast == ( sock->id.type == SOCK_STREAM )
        && ( status = option_host_set( sock, id, &number, sizeof( number ) ) ))
        return error_from_option_status( status );
    option_keep( sock, unicast ? KEPT_REUSE_UNICASTPORT : KEPT_REUSE_MULTICASTPORT, on );
    return 0;
}

static int option_set_protection_level( struct socket *sock, int level )
{
    switch (level)
    {
    case PROTECTION_LEVEL_DEFAULT: sock->options.protection_level = 0; return 0;
    case PROTECTION_LEVEL_UNRESTRICTED:
    case PROTECTION_LEVEL_EDGERESTRICTED:
    case PROTECTION_LEVEL_RESTRICTED: sock->options.protection_level = level; return 0;
    default: return WSAEINVAL;
    }
}

static int option_set_user_mtu( struct socket *sock, enum option_id id, UINT mtu )
{
    int number = mtu == NO_MTU ? 0 : (int)mtu;
    NTSTATUS status;

    if (id == OPTION_IPPROTO_IP_IP_USER_MTU || engine == ENGINE_AFD)
    {
        if (number) return WSAENOPROTOOPT;
    }
    else if (( status = option_host_set( sock, id, &number, sizeof( number ) ) ))
        return error_from_option_status( status );
    else sock->options.user_mtu = number;
    return 0;
}

/* The host has one option for this and for IP_DONTFRAGMENT, Windows two: what was set of this one is remembered. */
static int option_set_pmtu( struct socket *sock, enum option_id id, int mode )
{
    NTSTATUS status = STATUS_NOT_SUPPORTED;

    if (engine != ENGINE_AFD) status = option_host_set( sock, id, &mode, sizeof( mode ) );
    if (!status) sock->options.pmtu = mode;
    return error_from_option_status( status );
}

int option_special_get( struct socket *sock, enum option_id id, char *value, int *len )
{
    int number;

    switch (id)
    {
    case OPTION_SOL_SOCKET_SO_BSP_STATE: return option_get_bsp_state( sock, value, len );
    case OPTION_SOL_SOCKET_SO_DONTLINGER: return option_get_dont_linger( sock, value, len );
    case OPTION_SOL_SOCKET_SO_ERROR: return option_special_get_error( sock, value, len );
    case OPTION_SOL_SOCKET_SO_PROTOCOL_INFOA:
    case OPTION_SOL_SOCKET_SO_PROTOCOL_INFOW:
        return option_get_protocol_info( sock, id == OPTION_SOL_SOCKET_SO_PROTOCOL_INFOW, value, len );
    case OPTION_SOL_SOCKET_SO_MAX_MSG_SIZE:
    case OPTION_SOL_SOCKET_SO_MAXDG:
    case OPTION_SOL_SOCKET_SO_MAXPATHDG:
        if (sock->id.type == SOCK_STREAM) return WSAENOPROTOOPT;
        number = DATAGRAM_MAX;
        break;
    case OPTION_SOL_SOCKET_SO_GROUP_ID: number = 0; break;
    case OPTION_SOL_SOCKET_SO_TYPE: number = sock->id.type; break;
    case OPTION_SOL_SOCKET_SO_PORT_SCALABILITY: number = ( sock->options.kept & KEPT_PORT_SCALABILITY ) != 0; break;
    case OPTION_SOL_SOCKET_SO_RANDOMIZE_PORT: number = ( sock->options.kept & KEPT_RANDOMIZE_PORT ) != 0; break;
    case OPTION_SOL_SOCKET_SO_REUSE_MULTICASTPORT:
        number = ( sock->options.kept & KEPT_REUSE_MULTICASTPORT ) != 0;
        break;
    case OPTION_SOL_SOCKET_SO_REUSE_UNICASTPORT: number = ( sock->options.kept & KEPT_REUSE_UNICASTPORT ) != 0; break;
    case OPTION_IPPROTO_IP_IP_PROTECTION_LEVEL:
    case OPTION_IPPROTO_IPV6_IPV6_PROTECTION_LEVEL:
        number = sock->options.protection_level ? sock->options.protection_level : PROTECTION_LEVEL_UNRESTRICTED;
        break;
    case OPTION_IPPROTO_IP_IP_MTU_DISCOVER:
    case OPTION_IPPROTO_IPV6_IPV6_MTU_DISCOVER:
        if (engine == ENGINE_AFD) return WSAENOPROTOOPT;
        number = sock->options.pmtu;
        break;
    case OPTION_IPPROTO_IP_IP_USER_MTU:
    case OPTION_IPPROTO_IPV6_IPV6_USER_MTU:
        number = sock->options.user_mtu ? (int)sock->options.user_mtu : (int)NO_MTU;
        break;
    default: /* write-only options */ return WSAENOPROTOOPT;
    }
    return option_return_int( number, value, len );
}

int option_special_set( struct socket *sock, enum option_id id, const char *value, int len )
{
    int number;

    switch (id)
    {
    case OPTION_SOL_SOCKET_SO_UPDATE_ACCEPT_CONTEXT: return accept_update_context( sock, value, len );
    case OPTION_SOL_SOCKET_SO_UPDATE_CONNECT_CONTEXT:
        /* the server did it when ConnectEx completed */
        return socket_ensure_descriptor( sock ) || socket_is_connected( sock ) ? 0 : WSAENOTCONN;
    case OPTION_SOL_SOCKET_SO_DONTLINGER:
    case OPTION_SOL_SOCKET_SO_PORT_SCALABILITY:
    case OPTION_SOL_SOCKET_SO_RANDOMIZE_PORT:
    case OPTION_SOL_SOCKET_SO_REUSE_MULTICASTPORT:
    case OPTION_SOL_SOCKET_SO_REUSE_UNICASTPORT:
    case OPTION_IPPROTO_IP_IP_PROTECTION_LEVEL:
    case OPTION_IPPROTO_IPV6_IPV6_PROTECTION_LEVEL:
    case OPTION_IPPROTO_IP_IP_MTU_DISCOVER:
    case OPTION_IPPROTO_IPV6_IPV6_MTU_DISCOVER:
    case OPTION_IPPROTO_IP_IP_USER_MTU:
    case OPTION_IPPROTO_IPV6_IPV6_USER_MTU:
        if (!value) return WSAEFAULT;
        memcpy( &number, value, sizeof( number ) );
        break;
    case OPTION_SOL_SOCKET_SO_ERROR: /* programs clear it so */ return 0;
    default: /* read-only options */ return WSAENOPROTOOPT;
    }
    switch (id)
    {
    case OPTION_SOL_SOCKET_SO_DONTLINGER: return option_set_dont_linger( sock, number != 0 );
    case OPTION_SOL_SOCKET_SO_PORT_SCALABILITY:
        return option_set_port_choice( sock, KEPT_PORT_SCALABILITY, number != 0 );
    case OPTION_SOL_SOCKET_SO_RANDOMIZE_PORT: return option_set_port_choice( sock, KEPT_RANDOMIZE_PORT, number != 0 );
    case OPTION_IPPROTO_IP_IP_PROTECTION_LEVEL:
    case OPTION_IPPROTO_IPV6_IPV6_PROTECTION_LEVEL: return option_set_protection_level( sock, number );
    case OPTION_IPPROTO_IP_IP_MTU_DISCOVER:
    case OPTION_IPPROTO_IPV6_IPV6_MTU_DISCOVER: return option_set_pmtu( sock, id, number );
    case OPTION_IPPROTO_IP_IP_USER_MTU:
    case OPTION_IPPROTO_IPV6_IPV6_USER_MTU: return option_set_user_mtu( sock, id, number );
    default: return option_set_reuse_port( sock, id, number != 0 );
    }
}
