/*
 * Datagram sockets that are bound to an address of an interface
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server binds such a socket to the wildcard address and the interface, because the host gives what is sent to all
 * only to the wildcard (wine-interfaces 1.7). So it gets what is for the interface's other addresses, too, and their
 * sockets can't have its port. A filter and SO_REUSEPORT mend that. For the time of the socket its own address is
 * guarded: a second one on it is refused.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GROUPS      0xe0000000u /* the first address of groups; what is above is no host's either */
#define OWN_MAX     256
#define OWN_SECONDS 1 /* for which the list of the host's addresses is believed */

/* ---- the host's addresses */

struct own_address
{
    uint32_t address, broadcast; /* network order */
    unsigned int index;
    char interface[IFNAMSIZ];
};

static pthread_mutex_t own_lock = PTHREAD_MUTEX_INITIALIZER;
static struct own_address own_addresses[OWN_MAX];
static unsigned int own_count;
static time_t own_time = -1;

static uint32_t bound_ipv4( const struct sockaddr *addr )
{
    return addr && addr->sa_family == AF_INET ? ( (const struct sockaddr_in *)addr )->sin_addr.s_addr : 0;
}

static void bound_list_read( void )
{
    struct ifaddrs *all, *entry;

    own_count = 0;
    if (getifaddrs( &all )) return;
    for (entry = all; entry && own_count < OWN_MAX; entry = entry->ifa_next)
    {
        struct own_address *own = own_addresses + own_count;

        if (!( own->address = bound_ipv4( entry->ifa_addr ) )) continue;
        own->broadcast = entry->ifa_flags & IFF_BROADCAST ? bound_ipv4( entry->ifa_broadaddr ) : 0;
        memcpy( own->interface, entry->ifa_name, strnlen( entry->ifa_name, IFNAMSIZ - 1 ) + 1 );
        own->interface[IFNAMSIZ - 1] = 0;
        own->interface[strcspn( own->interface, ":" )] = 0; /* an alias */
        own->index = if_nametoindex( own->interface );
        own_count++;
    }
    freeifaddrs( all );
}

/* fresh: it may have come just now. */
static bool bound_find( uint32_t address, struct own_address *found, bool fresh )
{
    struct timespec now;
    unsigned int i;
    bool ret;

    clock_gettime( CLOCK_MONOTONIC_COARSE, &now );
    pthread_mutex_lock( &own_lock );
    if (fresh || own_time == -1 || now.tv_sec - own_time > OWN_SECONDS)
    {
        bound_list_read();
        own_time = now.tv_sec;
    }
    for (i = 0; i < own_count && own_addresses[i].address != address; i++);
    if (( ret = i < own_count )) *found = own_addresses[i];
    pthread_mutex_unlock( &own_lock );
    return ret;
}

/* unix_bound_interface */
NTSTATUS bound_interface( void *args )
{
    struct bound_interface_params *params = args;
    struct own_address own;

    params->index = bound_find( params->address, &own, false ) ? own.index : 0;
    return STATUS_SUCCESS;
}

/* ---- what arrives */

/* Lets through what is for the socket's address or for all. If there is a peer, only what comes from it. */
static int bound_filter( int fd, const struct own_address *own, const struct bound_peer *peer )
{
    const uint32_t network = SKF_NET_OFF;
    struct sock_filter code[] = {
        BPF_STMT( BPF_LD | BPF_W | BPF_ABS, network + offsetof( struct iphdr, saddr ) ), /* 0 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, ntohl( peer->address ), 0, 8 ),             /* 1 */
        BPF_STMT( BPF_LD | BPF_H | BPF_ABS, 0 ),                                         /* 2: the source port */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, ntohs( peer->port ), 0, 6 ),                /* 3 */
        BPF_STMT( BPF_LD | BPF_W | BPF_ABS, network + offsetof( struct iphdr, daddr ) ), /* 4: without a peer */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, ntohl( own->address ), 5, 0 ),              /* 5 */
        BPF_JUMP( BPF_JMP | BPF_JGE | BPF_K, GROUPS, 4, 0 ),                             /* 6 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, ntohl( own->broadcast ), 3, 0 ),            /* 7 */
        BPF_STMT( BPF_LD | BPF_W | BPF_ABS, (uint32_t)( SKF_AD_OFF + SKF_AD_PKTTYPE ) ), /* 8 */
        BPF_JUMP( BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 0, 1 ),                        /* 9 */
        BPF_STMT( BPF_RET | BPF_K, 0 ),                                                  /* 10 */
        BPF_STMT( BPF_RET | BPF_K, UINT32_MAX ),                                         /* 11 */
    };
    unsigned int skipped = peer->port ? 0 : 4;

    return multicast_loop_filter( fd, code + skipped, ARRAY_SIZE( code ) - skipped );
}

/* ---- the port */

/* A socket that receives nothing, and is in the way of others that want the same address and port. */
static int bound_guard( int fd, const struct sockaddr_in *addr )
{
    int guard = socket( AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0 ), reuse = 0;
    socklen_t len = sizeof( reuse );

    if (guard == -1) return -1;
    getsockopt( fd, SOL_SOCKET, SO_REUSEADDR, &reuse, &len );
    setsockopt( guard, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof( reuse ) );
    if (!setsockopt( guard, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3 )
        && !bind( guard, (const struct sockaddr *)addr, sizeof( *addr ) ))
        return guard;
    close( guard );
    return -1;
}

/* unix_bound_address: the socket has been bound to it by the server, or has lost its interface by a disconnect. */
NTSTATUS bound_address( void *args )
{
    struct bound_address_params *params = args;
    struct sockaddr_in addr = { 0 };
    socklen_t len = sizeof( addr );
    struct own_address own;
    bool wildcard;
    int on = 1;

    if (getsockname( params->fd, (struct sockaddr *)&addr, &len )) return errno_to_status( errno );
    if (!bound_find( params->address, &own, true )) return STATUS_INVALID_ADDRESS_COMPONENT;
    setsockopt( params->fd, SOL_SOCKET, SO_BINDTODEVICE, own.interface, strlen( own.interface ) + 1 );
    if (bound_filter( params->fd, &own, &params->peer )) return errno_to_status( errno );
    if (params->guard != -1) return STATUS_SUCCESS;
    wildcard = !addr.sin_addr.s_addr;
    addr.sin_addr.s_addr = params->address;
    if (( params->guard = bound_guard( params->fd, &addr ) ) != -1 && wildcard)
        setsockopt( params->fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof( on ) );
    return STATUS_SUCCESS;
}

/* unix_bound_beside: a second socket of the interface has the port. This one is bound to its address alone, and gets
 * nothing that is sent to all. */
NTSTATUS bound_beside( void *args )
{
    const struct bound_beside_params *params = args;
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = params->port, .sin_addr = { params->address } };
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    int on = 1, off = 0, reuse = 0, fd = params->fd;
    socklen_t len = sizeof( reuse );
    NTSTATUS status = STATUS_SUCCESS;
    struct own_address own;

    if (!bound_find( params->address, &own, true )) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (params->asks)
    {
        int guard = bound_guard( params->fd, &addr );

        if (guard == -1) return STATUS_SHARING_VIOLATION;
        close( guard );
        getsockopt( params->fd, SOL_SOCKET, SO_REUSEADDR, &reuse, &len );
        if (( fd = socket( AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0 ) ) == -1) return errno_to_status( errno );
        setsockopt( fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof( reuse ) );
    }
    /* the server has bound it to any port, which this undoes, and the interface with it */
    else if (connect( fd, &none, sizeof( none ) )) return errno_to_status( errno );
    setsockopt( fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof( on ) );
    if (bind( fd, (struct sockaddr *)&addr, sizeof( addr ) )) status = errno_to_status( errno );
    if (params->asks) close( fd );
    else
    {
        setsockopt( fd, SOL_SOCKET, SO_REUSEPORT, &off, sizeof( off ) );
        if (ntohl( params->address ) >> 24 != IN_LOOPBACKNET)
            setsockopt( fd, SOL_SOCKET, SO_BINDTODEVICE, own.interface, strlen( own.interface ) + 1 );
    }
    return status;
}

/* unix_bound_source: what would the host do if a socket of the address's interface were connected? */
NTSTATUS bound_source( void *args )
{
    struct bound_source_params *params = args;
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = 9, .sin_addr = { params->peer } };
    socklen_t len = sizeof( addr );
    struct own_address own, other;
    int fd;

    params->right = 1;
    if (!bound_find( params->address, &own, true )) return STATUS_SUCCESS;
    if (bound_find( params->peer, &other, true ) && strcmp( own.interface, other.interface ))
    {
        params->right = 0;
        return STATUS_SUCCESS;
    }
    if (( fd = socket( AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0 ) ) == -1) return errno_to_status( errno );
    setsockopt( fd, SOL_SOCKET, SO_BINDTODEVICE, own.interface, strlen( own.interface ) + 1 );
    if (!connect( fd, (struct sockaddr *)&addr, len ) && !getsockname( fd, (struct sockaddr *)&addr, &len ))
        params->right = addr.sin_addr.s_addr == params->address;
    close( fd );
    return STATUS_SUCCESS;
}
