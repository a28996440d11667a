/*
 * Blocks of ports that are kept for sockets of this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host reserves ports for the whole machine only, so here a socket of ours holds each: of both families, which
 * nobody else can then bind. It is closed just before a socket of the program takes its place. A token is known in this
 * process alone.
 */

#include "api/port_reservation.h"
#include "api/control.h"

#define FIRST_DYNAMIC 49152 /* where Windows looks for a block */

struct reservation
{
    struct reservation *next;
    LONG refs; /* sockets associated, and the list */
    ULONG64 token;
    UINT64 owner; /* cookie of the socket that has asked */
    int type;
    BOOL over;
    USHORT start, count; /* host order */
    SOCKET holders[];    /* INVALID_SOCKET: a socket of the program has it, or had it */
};

static struct reservation *reservations;
static SRWLOCK lock = SRWLOCK_INIT;

/* INVALID_SOCKET if the port is in use. */
static SOCKET hold( int type, USHORT port, int *err )
{
    static const int families[] = { AF_INET6, AF_INET };
    struct sockaddr_in6 addr = { .sin6_port = __builtin_bswap16( port ) };
    int off = 0, on = 1;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( families ); i++)
    {
        SOCKET s = WSPSocket( families[i], type, 0, NULL, 0, WSA_FLAG_NO_HANDLE_INHERIT, err );

        if (s == INVALID_SOCKET) continue; /* a host without IPv6 */
        addr.sin6_family = families[i];
        if (( families[i] == AF_INET
              || !WSPSetSockOpt( s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof( off ), err ) )
            && !WSPSetSockOpt( s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof( on ), err )
            && !WSPBind( s, (struct sockaddr *)&addr, families[i] == AF_INET ? 16 : 28, err ))
            return s;
        WSPCloseSocket( s, &off );
        return INVALID_SOCKET;
    }
    return INVALID_SOCKET;
}

static void unhold( SOCKET *s )
{
    int ignored;

    if (*s != INVALID_SOCKET) WSPCloseSocket( *s, &ignored );
    *s = INVALID_SOCKET;
}

static void let_go( struct reservation *reservation )
{
    UINT i;

    reservation->over = TRUE;
    for (i = 0; i < reservation->count; i++) unhold( reservation->holders + i );
}

/* Ports whose users have gone. */
static void hold_again( struct reservation *reservation )
{
    int ignored;
    UINT i;

    for (i = 0; i < reservation->count && !reservation->over; i++)
        if (reservation->holders[i] == INVALID_SOCKET)
            reservation->holders[i] = hold( reservation->type, reservation->start + i, &ignored );
}

static void put( struct reservation *reservation )
{
    if (!InterlockedDecrement( &reservation->refs )) HeapFree( GetProcessHeap(), 0, reservation );
}

/* All of the block, or nothing. */
static int hold_block( struct reservation *reservation, USHORT start )
{
    int err = 0;
    UINT i;

    reservation->start = start;
    for (i = 0; i < reservation->count; i++)
    {
        if (( reservation->holders[i] = hold( reservation->type, start + i, &err ) ) != INVALID_SOCKET) continue;
        while (i--) unhold( reservation->holders + i );
        return err;
    }
    return 0;
}

int ioctl_port_acquire( struct ioctl_call *call )
{
    static ULONG64 last_token;
    INET_PORT_RANGE range;
    struct
    {
        INET_PORT_RANGE range;
        ULONG64 token;
    } out;
    struct reservation *reservation;
    UINT start;
    int err;

    if (ioctl_input( call, &range, sizeof( range ) )) return WSAEFAULT;
    if (call->sock->id.type != SOCK_STREAM && call->sock->id.type != SOCK_DGRAM) return WSAEOPNOTSUPP;
    start = __builtin_bswap16( range.StartPort );
    if (!range.NumberOfPorts || start + range.NumberOfPorts > 0x10000) return WSAEINVAL;
    if (!( reservation = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY,
                                    offsetof( struct reservation, holders[range.NumberOfPorts] ) ) ))
        return WSAENOBUFS;
    reservation->type = call->sock->id.type;
    reservation->count = range.NumberOfPorts;
    reservation->owner = socket_cookie( call->sock );
    reservation->refs = 1;
    if (start) err = hold_block( reservation, start );
    else
    {
        err = WSAENOBUFS;
        for (start = FIRST_DYNAMIC; err && start + range.NumberOfPorts <= 0x10000; start += range.NumberOfPorts)
            err = hold_block( reservation, start );
        if (err) err = WSAENOBUFS;
    }
    if (!err)
    {
        AcquireSRWLockExclusive( &lock );
        /* the low bits differ between processes, so that a token of another one is unknown here */
        reservation->token = ++last_token << 32 | GetCurrentProcessId();
        reservation->next = reservations;
        reservations = reservation;
        ReleaseSRWLockExclusive( &lock );
        call->sock->conn.reserves = TRUE;
        memset( &out, 0, sizeof( out ) );
        out.range.StartPort = __builtin_bswap16( reservation->start );
        out.range.NumberOfPorts = reservation->count;
        out.token = reservation->token;
        return ioctl_return( call, &out, sizeof( out ) );
    }
    put( reservation );
    return err;
}

static struct reservation **find( ULONG64 token )
{
    struct reservation **link;

    for (link = &reservations; *link && ( *link )->token != token; link = &( *link )->next) /* on */
        ;
    return link;
}

int ioctl_port_associate( struct ioctl_call *call )
{
    struct socket *sock = call->sock;
    struct reservation *reservation;
    ULONG64 token;
    int err = WSAEINVAL;

    if (ioctl_input( call, &token, sizeof( token ) )) return WSAEFAULT;
    if (sock->conn.bound || sock->conn.reservation) return WSAEINVAL;
    AcquireSRWLockExclusive( &lock );
    if (( reservation = *find( token ) ) && reservation->type == sock->id.type)
    {
        InterlockedIncrement( &reservation->refs );
        if (InterlockedCompareExchangePointer( (void **)&sock->conn.reservation, reservation, NULL ))
            InterlockedDecrement( &reservation->refs );
        else err = 0;
    }
    ReleaseSRWLockExclusive( &lock );
    return err;
}

int ioctl_port_release( struct ioctl_call *call )
{
    struct reservation **link, *reservation;
    ULONG64 token;

    if (ioctl_input( call, &token, sizeof( token ) )) return WSAEFAULT;
    AcquireSRWLockExclusive( &lock );
    if (( reservation = *( link = find( token ) ) ))
    {
        *link = reservation->next;
        let_go( reservation );
    }
    ReleaseSRWLockExclusive( &lock );
    if (!reservation) return WSAEINVAL;
    put( reservation );
    return 0;
}

int port_reservation_bind( struct socket *sock, USHORT port,
                           int ( *bind )( struct socket *sock, USHORT port, void *arg ), void *arg )
{
    struct reservation *reservation = sock->conn.reservation;
    int err = port ? WSAEADDRNOTAVAIL : WSAENOBUFS, held, ignored;
    UINT i;

    AcquireSRWLockExclusive( &lock );
    hold_again( reservation );
    for (i = 0; i < reservation->count && !reservation->over; i++)
    {
        if (port && port != reservation->start + i) continue;
        held = reservation->holders[i] != INVALID_SOCKET;
        if (!held && !port) continue;
        unhold( reservation->holders + i );
        if (!( err = bind( sock, reservation->start + i, arg ) )) break;
        if (held) reservation->holders[i] = hold( reservation->type, reservation->start + i, &ignored );
        if (err != WSAEADDRINUSE && err != WSAEACCES) break;
        if (!port) err = WSAENOBUFS;
    }
    ReleaseSRWLockExclusive( &lock );
    return err;
}

void port_reservation_socket_gone( struct socket *sock )
{
    struct reservation **link = &reservations, *reservation = sock->conn.reservation, *gone = NULL;
    UINT64 cookie = socket_cookie( sock );

    if (!reservation && !sock->conn.reserves) return;
    sock->conn.reservation = NULL;
    AcquireSRWLockExclusive( &lock );
    if (reservation) hold_again( reservation );
    while (sock->conn.reserves && *link)
    {
        struct reservation *this = *link;

        if (this->owner != cookie)
        {
            link = &this->next;
            continue;
        }
        *link = this->next;
        let_go( this );
        this->next = gone;
        gone = this;
    }
    ReleaseSRWLockExclusive( &lock );
    sock->conn.reserves = FALSE;
    if (reservation) put( reservation );
    while (( reservation = gone ))
    {
        gone = reservation->next;
        put( reservation );
    }
}
