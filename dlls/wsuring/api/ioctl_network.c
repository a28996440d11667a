/*
 * Ioctls that ask about addresses, interfaces, routes and the state of a connection
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define NTDDI_VERSION 0x0a000006 /* for TCP_INFO_v1 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/ioctl.h"
#include "sockets/connection.h"
#include <iptypes.h>

static int network_address_len( int family )
{
    return family == AF_INET6 ? sizeof( struct sockaddr_in6 ) : sizeof( struct sockaddr_in );
}

/* ---- interfaces: from the prefix's iphlpapi.dll, for both families and without a Unix library */

static IP_ADAPTER_ADDRESSES *network_get_adapters( int family, int *err )
{
    ULONG( WINAPI * get )( ULONG family, ULONG flags, void *reserved, IP_ADAPTER_ADDRESSES *out, ULONG *size );
    HMODULE module = LoadLibraryA( "iphlpapi.dll" );
    IP_ADAPTER_ADDRESSES *adapters = NULL;
    ULONG size = 16384, ret = ERROR_NOT_SUPPORTED;
    int i;

    *err = WSAENOBUFS;
    if (!module) return NULL;
    if (( get = (void *)GetProcAddress( module, "GetAdaptersAddresses" ) ))
    {
        for (i = 0; i < 4; i++)
        {
            if (!( adapters = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size ) )) break;
            ret = get( family, GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER, NULL,
                       adapters, &size );
            if (!ret) break;
            HeapFree( GetProcessHeap(), 0, adapters );
            adapters = NULL;
            if (ret != ERROR_BUFFER_OVERFLOW) break;
        }
    }
    FreeLibrary( module );
    *err = adapters || ret == ERROR_NO_DATA ? 0 : WSAENOBUFS;
    return adapters;
}

struct local_address
{
    DWORD flags; /* IFF_* */
    SOCKADDR_STORAGE addr, netmask, broadcast;
};

static void network_fill_interface( struct local_address *out, const IP_ADAPTER_ADDRESSES *adapter,
                                    const IP_ADAPTER_UNICAST_ADDRESS *unicast )
{
    UINT prefix = unicast->OnLinkPrefixLength, i;
    BYTE *mask, *addr, *broadcast;

    memset( out, 0, sizeof( *out ) );
    memcpy( &out->addr, unicast->Address.lpSockaddr,
            min( unicast->Address.iSockaddrLength, (int)sizeof( out->addr ) ) );
    out->netmask.ss_family = out->broadcast.ss_family = out->addr.ss_family;
    out->flags = IFF_MULTICAST;
    if (adapter->OperStatus == IfOperStatusUp) out->flags |= IFF_UP;
    if (adapter->IfType == IF_TYPE_SOFTWARE_LOOPBACK) out->flags |= IFF_LOOPBACK;
    else if (adapter->IfType == IF_TYPE_PPP) out->flags |= IFF_POINTTOPOINT;
    else if (out->addr.ss_family == AF_INET) out->flags |= IFF_BROADCAST;
    if (out->addr.ss_family == AF_INET6)
    {
        mask = (BYTE *)&( (struct sockaddr_in6 *)&out->netmask )->sin6_addr;
        for (i = 0; i < min( prefix, 128u ); i++) mask[i / 8] |= 0x80 >> i % 8;
        return;
    }
    mask = (BYTE *)&( (struct sockaddr_in *)&out->netmask )->sin_addr;
    addr = (BYTE *)&( (struct sockaddr_in *)&out->addr )->sin_addr;
    broadcast = (BYTE *)&( (struct sockaddr_in *)&out->broadcast )->sin_addr;
    for (i = 0; i < min( prefix, 32u ); i++) mask[i / 8] |= 0x80 >> i % 8;
    for (i = 0; i < 4; i++) broadcast[i] = out->flags & IFF_BROADCAST ? addr[i] | ~mask[i] : 0;
}

/* All unicast addresses of the family. */
static int network_get_interfaces( int family, struct local_address **out, UINT *count )
{
    IP_ADAPTER_ADDRESSES *adapters, *adapter;
    IP_ADAPTER_UNICAST_ADDRESS *unicast;
    UINT room = 0;
    int err;

    *out = NULL;
    *count = 0;
    if (!( adapters = network_get_adapters( family, &err ) )) return err;
    for (adapter = adapters; adapter; adapter = adapter->Next)
        for (unicast = adapter->FirstUnicastAddress; unicast; unicast = unicast->Next) room++;
    if (room && !( *out = HeapAlloc( GetProcessHeap(), 0, room * sizeof( **out ) ) )) err = WSAENOBUFS;
    for (adapter = adapters; adapter && !err; adapter = adapter->Next)
        for (unicast = adapter->FirstUnicastAddress; unicast; unicast = unicast->Next)
            if (unicast->Address.lpSockaddr->sa_family == family)
                network_fill_interface( &( *out )[( *count )++], adapter, unicast );
    HeapFree( GetProcessHeap(), 0, adapters );
    return err;
}

/* The wineserver's answer has the layout of INTERFACE_INFO already. */
int ioctl_interface_list( struct ioctl_call *call )
{
    DWORD size = min( call->out_size, 65536u );
    ULONG_PTR used = 0;
    void *buffer;
    int err;

    if (call->sock->id.family == AF_INET6) return WSAEINVAL; /* it has room for IPv4 addresses alone */
    if (call->by_server)
    {
        call->ended = TRUE;
        afd_ioctl_overlapped( call->sock->id.handle, AFD_WINE_GET_INTERFACE_LIST, NULL, 0, call->out, size,
                              call->overlapped, NULL );
        return WSA_IO_PENDING;
    }
    if (!( buffer = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, max( size, 1u ) ) )) return WSAENOBUFS;
    err = error_from_status(
        afd_ioctl( call->sock->id.handle, AFD_WINE_GET_INTERFACE_LIST, NULL, 0, buffer, size, &used ) );
    if (!err) err = ioctl_return( call, buffer, used );
    HeapFree( GetProcessHeap(), 0, buffer );
    return err;
}

/* A structure with pointers into itself, built in one place for use at another address. */
struct packed
{
    BYTE *data;
    SIZE_T size, used;
    BYTE *target;
};

static void network_pack_address( struct packed *packed, SOCKET_ADDRESS *entry, const SOCKADDR_STORAGE *addr )
{
    int len = network_address_len( addr->ss_family );

    memcpy( packed->data + packed->used, addr, len );
    entry->lpSockaddr = (struct sockaddr *)( packed->target + packed->used );
    entry->iSockaddrLength = len;
    packed->used += len;
}

static int network_return_packed( struct ioctl_call *call, struct packed *packed )
{
    int err = ioctl_return( call, packed->data, packed->used );

    HeapFree( GetProcessHeap(), 0, packed->data );
    return err;
}

static BOOL network_pack_begin( struct packed *packed, struct ioctl_call *call, SIZE_T head, UINT addresses )
{
    packed->size = head + addresses * sizeof( struct sockaddr_in6 );
    packed->used = head;
    packed->target = call->out;
    return ( packed->data = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, packed->size ) ) != NULL;
}

int ioctl_interface_list_ex( struct ioctl_call *call )
{
    struct local_address *interfaces;
    INTERFACE_INFO_EX *info;
    struct packed packed;
    UINT count, i;
    int err;

    if (( err = network_get_interfaces( call->sock->id.family, &interfaces, &count ) )) return err;
    if (!network_pack_begin( &packed, call, count * sizeof( *info ), 3 * count )) err = WSAENOBUFS;
    for (i = 0; i < count && !err; i++)
    {
        info = (INTERFACE_INFO_EX *)packed.data + i;
        info->iiFlags = interfaces[i].flags;
        network_pack_address( &packed, &info->iiAddress, &interfaces[i].addr );
        network_pack_address( &packed, &info->iiBroadcastAddress, &interfaces[i].broadcast );
        network_pack_address( &packed, &info->iiNetmask, &interfaces[i].netmask );
    }
    HeapFree( GetProcessHeap(), 0, interfaces );
    return err ? err : network_return_packed( call, &packed );
}

/* Addresses that others can reach: not loopback, unless there is no other. */
int ioctl_address_list( struct ioctl_call *call )
{
    SIZE_T head = offsetof( SOCKET_ADDRESS_LIST, Address );
    struct local_address *interfaces;
    SOCKET_ADDRESS_LIST *list;
    struct packed packed;
    UINT count, i, n = 0;
    DWORD skip = 0;
    int err;

    if (call->out_size && call->out_size < head)
    {
        call->told = TRUE; /* 0: not even the head */
        return WSAEINVAL;
    }
    if (( err = network_get_interfaces( call->sock->id.family, &interfaces, &count ) )) return err;
    for (i = 0; i < count; i++)
        if (!( interfaces[i].flags & IFF_LOOPBACK )) skip = IFF_LOOPBACK;
    for (i = 0; i < count; i++)
        if (!( interfaces[i].flags & skip )) n++;
    if (!network_pack_begin( &packed, call, head + n * sizeof( SOCKET_ADDRESS ), n )) err = WSAENOBUFS;
    else
    {
        list = (SOCKET_ADDRESS_LIST *)packed.data;
        for (i = 0; i < count; i++)
            if (!( interfaces[i].flags & skip ))
                network_pack_address( &packed, &list->Address[list->iAddressCount++], &interfaces[i].addr );
    }
    HeapFree( GetProcessHeap(), 0, interfaces );
    return err ? err : network_return_packed( call, &packed );
}

/* ---- routes */

/* The local address that the host would use to reach the given one, found by connecting a datagram socket. */
static int network_find_route( SOCKADDR_STORAGE *addr )
{
    SOCKET probe;
    int err = WSAEFAULT, ignored, len = sizeof( *addr );

    if (addr->ss_family != AF_INET && addr->ss_family != AF_INET6) return WSAEAFNOSUPPORT;
    if (( probe = WSPSocket( addr->ss_family, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, 0, &err ) ) == INVALID_SOCKET)
        return err;
    if (!( (struct sockaddr_in *)addr )->sin_port) ( (struct sockaddr_in *)addr )->sin_port = 0x0100;
    if (!WSPConnect( probe, (struct sockaddr *)addr, network_address_len( addr->ss_family ), NULL, NULL, NULL, NULL,
                     &err )
        && !WSPGetSockName( probe, (struct sockaddr *)addr, &len, &err ))
        err = 0;
    ( (struct sockaddr_in *)addr )->sin_port = 0;
    WSPCloseSocket( probe, &ignored );
    return err;
}

static int network_route_input( const struct ioctl_call *call, SOCKADDR_STORAGE *addr )
{
    memset( addr, 0, sizeof( *addr ) );
    if (!call->in || call->in_size < sizeof( struct sockaddr_in )) return WSAEINVAL;
    if (ioctl_input( call, addr, min( call->in_size, sizeof( *addr ) ) )) return WSAEFAULT;
    return call->in_size < (DWORD)network_address_len( addr->ss_family ) ? WSAEINVAL : 0;
}

int ioctl_route( struct ioctl_call *call )
{
    SOCKADDR_STORAGE addr;
    int err = network_route_input( call, &addr );

    if (!err && addr.ss_family == AF_INET && !( (struct sockaddr_in *)&addr )->sin_addr.s_addr) err = WSAEINVAL;
    if (!err && !call->out && call->out_size >= sizeof( struct sockaddr_in )) err = WSAEFAULT;
    if (!err) err = network_find_route( &addr );
    return err ? err : ioctl_return( call, &addr, network_address_len( addr.ss_family ) );
}

int ioctl_find_route( struct ioctl_call *call )
{
    SOCKADDR_STORAGE addr;
    int err = network_route_input( call, &addr );

    return err ? err : network_find_route( &addr );
}

/* The program may ask to sort the list in place: the new list uses the old one's pointers. */
int ioctl_address_sort( struct ioctl_call *call )
{
    SIZE_T head = offsetof( SOCKET_ADDRESS_LIST, Address );
    SOCKET_ADDRESS_LIST *list, *sorted = NULL;
    SOCKADDR_STORAGE addr;
    int count, i, pass, err = 0;
    DWORD size;

    if (ioctl_input( call, &count, sizeof( count ) )) return WSAEFAULT;
    if (count < 0 || count > 4096) return WSAEINVAL;
    size = head + count * sizeof( SOCKET_ADDRESS );
    if (!count) return ioctl_return( call, &count, sizeof( count ) );
    list = HeapAlloc( GetProcessHeap(), 0, size );
    sorted = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size );
    if (!list || !sorted) err = WSAENOBUFS;
    else if (ioctl_input( call, list, size )) err = WSAEFAULT;
    for (pass = 0; pass < 2 && !err; pass++)
        for (i = 0; i < count && !err; i++)
        {
            BOOL reached;

            memset( &addr, 0, sizeof( addr ) );
            if (list->Address[i].iSockaddrLength < (int)sizeof( struct sockaddr_in )
                || !guarded_copy( &addr, list->Address[i].lpSockaddr,
                                  min( (SIZE_T)list->Address[i].iSockaddrLength, sizeof( addr ) ) ))
                err = WSAEFAULT;
            if (err) break;
            reached = !network_find_route( &addr );
            if (reached != pass) sorted->Address[sorted->iAddressCount++] = list->Address[i];
        }
    if (!err) err = ioctl_return( call, sorted, size );
    HeapFree( GetProcessHeap(), 0, list );
    HeapFree( GetProcessHeap(), 0, sorted );
    return err;
}

int ioctl_broadcast_address( struct ioctl_call *call )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = INADDR_BROADCAST };

    return call->sock->id.family == AF_INET ? ioctl_return( call, &addr, sizeof( addr ) ) : WSAEOPNOTSUPP;
}

/* ---- options by another name */

static int ioctl_network_set_option( struct ioctl_call *call, int v4, int v6 )
{
    BOOL is_v6 = call->sock->id.family == AF_INET6;
    int value, err = WSAEFAULT;

    if (ioctl_input( call, &value, sizeof( value ) )) return WSAEFAULT;
    return WSPSetSockOpt( (SOCKET)call->sock->id.handle, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, is_v6 ? v6 : v4,
                          (char *)&value, sizeof( value ), &err )
               ? err
               : 0;
}

int ioctl_multicast_loop( struct ioctl_call *call )
{
    return ioctl_network_set_option( call, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP );
}

int ioctl_multicast_scope( struct ioctl_call *call )
{
    return ioctl_network_set_option( call, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS );
}

/* The filter for a group and an interface. For a get the input names these, and sources without room are left out. */
int ioctl_multicast_filter( struct ioctl_call *call )
{
    struct multicast_filter_params params
        = { .any_family = call->code == SIOCGMSFILTER || call->code == SIOCSMSFILTER,
            .set = call->code == SIO_SET_MULTICAST_FILTER || call->code == SIOCSMSFILTER };
    DWORD header = params.any_family ? 144 : 16, size = params.set ? call->in_size : call->out_size;
    struct borrowed_descriptor borrowed;
    int err = WSAEFAULT;
    BYTE *value;

    if (engine == ENGINE_AFD) return WSAEOPNOTSUPP;
    size = min(
        size, header + MULTICAST_SOURCES_MAX * ( params.any_family ? sizeof( SOCKADDR_STORAGE ) : sizeof( IN_ADDR ) ) );
    if (!( value = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size ) )) return WSAENOBUFS;
    if (!ioctl_input( call, value, params.set ? size : header )
        && !( err = error_from_status( socket_borrow_descriptor( call->sock, &borrowed ) ) ))
    {
        params.fd = borrowed.fd;
        params.value = (UINT_PTR)value;
        params.len = size;
        err = error_from_status( unix_call( unix_multicast_filter, &params ) );
        socket_return_descriptor( &borrowed );
        if (!err && !params.set) err = ioctl_return( call, value, params.len );
    }
    HeapFree( GetProcessHeap(), 0, value );
    return err;
}

/* ---- connections */

int ioctl_get_connection( struct socket *sock, struct tcp_info_params *info )
{
    struct borrowed_descriptor borrowed;
    NTSTATUS status;

    if (engine == ENGINE_AFD) return WSAEOPNOTSUPP;
    if (( status = socket_borrow_descriptor( sock, &borrowed ) )) return error_from_status( status );
    memset( info, 0, sizeof( *info ) );
    info->fd = borrowed.fd;
    status = unix_call( unix_tcp_info, info );
    socket_return_descriptor( &borrowed );
    return error_from_status( status );
}

int ioctl_tcp_info( struct ioctl_call *call )
{
    struct tcp_info_params info = { 0 };
    TCP_INFO_v1 out = { 0 };
    DWORD version, seconds;
    int err;

    if (ioctl_input( call, &version, sizeof( version ) )) return WSAEFAULT;
    if (version > 1) return WSAEINVAL;
    if (version && call->out_size < sizeof( TCP_INFO_v1 )) return WSAEFAULT;
    if (( err = ioctl_get_connection( call->sock, &info ) )) return err;
    /* counters that the host lacks stay 0 */
    out.State = info.state;
    out.Mss = info.mss;
    if (afd_ioctl( call->sock->id.handle, AFD_WINE_GET_SO_CONNECT_TIME, NULL, 0, &seconds, sizeof( seconds ), NULL )
        || seconds == ~0u)
        seconds = 0;
    out.ConnectionTimeMs = seconds * 1000ull;
    out.TimestampsEnabled = info.timestamps;
    out.RttUs = info.rtt;
    out.MinRttUs = info.min_rtt;
    out.BytesInFlight = info.in_flight;
    out.Cwnd = info.cwnd;
    out.SndWnd = info.send_window;
    out.RcvWnd = info.recv_window;
    out.RcvBuf = info.recv_buffer;
    out.BytesOut = info.bytes_out;
    out.BytesIn = info.bytes_in;
    out.BytesRetrans = info.bytes_retransmitted;
    out.SynRetrans = info.syn_retransmits;
    out.SndLimTimeRwin = info.limited_by_window;
    out.SndLimTimeCwnd = info.limited_by_congestion;
    out.SndLimTimeSnd = info.limited_by_sender;
    return ioctl_return( call, &out, version ? sizeof( TCP_INFO_v1 ) : sizeof( TCP_INFO_v0 ) );
}

int ioctl_initial_rto( struct ioctl_call *call )
{
    TCP_INITIAL_RTO_PARAMETERS params;
    struct borrowed_descriptor borrowed;
    struct tcp_syn_params syn;
    NTSTATUS status;

    if (ioctl_input( call, &params, sizeof( params ) )) return WSAEFAULT;
    if (engine == ENGINE_AFD) return WSAEOPNOTSUPP;
    if (socket_is_connected( call->sock )) return WSAEISCONN;
    if (call->sock->conn.state == CONNECTION_LISTENING) return WSAEINVAL;
    if (params.MaxSynRetransmissions == TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS
        || params.MaxSynRetransmissions == TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS)
        return 0;
    if (( status = socket_borrow_descriptor( call->sock, &borrowed ) )) return error_from_status( status );
    syn.fd = borrowed.fd;
    /* the host needs at least one */
    syn.count
        = params.MaxSynRetransmissions == TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS ? 1 : params.MaxSynRetransmissions;
    status = unix_call( unix_tcp_syn, &syn );
    if (!status) call->sock->options.syn_count = TRUE;
    socket_return_descriptor( &borrowed );
    return error_from_status( status );
}
