/*
 * Blocks of ports that are kept for sockets of this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host reserves ports for the whole machine only, so here an AFD handle that isn't a SOCKET holds each port, in
 * both families, and nothing else can bind it. It is closed just before a socket of the program takes its place. A
 * token is known in this process alone.
 *
 * The lock guards the list alone. What happens to a port is noted in its place in holders, which changes atomically:
 * no lock is held while the server is asked. Two threads may try to hold the same port; the second handle is closed.
 */

#include "api/port_reservation.h"
#include "sockets/afd.h"

#define BINDING              ( (HANDLE)( LONG_PTR ) - 1 ) /* a thread is binding a socket to the port */
#define FIRST_DYNAMIC        49152                        /* where Windows looks for a block */
#define OPTION_SET_V6ONLY    280                          /* numbers of ioctls, as in option_list.h */
#define OPTION_SET_EXCLUSIVE 298

struct reservation
{
    struct reservation *next;
    LONG refs; /* sockets associated, and the list */
    ULONG64 token;
    UINT64 owner; /* cookie of the socket that has asked */
    int type;
    LONG over;
    USHORT start, count; /* host order */
    void *holders[];     /* a handle, BINDING, or NULL: a socket of the program has the port, or had it */
};

static struct reservation *reservations;
static SRWLOCK lock = SRWLOCK_INIT;

/* NULL if the port is in use, with the reason in *err. It isn't a SOCKET: only this file knows the handle. */
static HANDLE reservation_hold( int type, USHORT port, int *err )
{
    static const int families[] = { AF_INET6, AF_INET };
    struct
    {
        UINT zero;
        struct sockaddr_in6 addr;
    } bind = { .addr.sin6_port = __builtin_bswap16( port ) };
    struct sockaddr_in6 out;
    NTSTATUS status = STATUS_SUCCESS;
    int off = 0, on = 1;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( families ); i++)
    {
        struct afd_create_params create = { families[i], type, type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP, 0 };
        ULONG size = families[i] == AF_INET ? sizeof( struct sockaddr_in ) : sizeof( struct sockaddr_in6 );
        HANDLE handle;

        if (( status = afd_create( &create, 0, FILE_SYNCHRONOUS_IO_NONALERT, &handle ) ))
            continue; /* a host without IPv6 */
        bind.addr.sin6_family = families[i];
        if (( families[i] == AF_INET
              || !( status = afd_ioctl( handle, AFD_WINE( OPTION_SET_V6ONLY ), &off, sizeof( off ), NULL, 0, NULL ) ) )
            && !( status = afd_ioctl( handle, AFD_WINE( OPTION_SET_EXCLUSIVE ), &on, sizeof( on ), NULL, 0, NULL ) )
            && !( status = afd_ioctl( handle, AFD_BIND, &bind, sizeof( bind.zero ) + size, &out, size, NULL ) ))
            return handle;
        NtClose( handle );
        break;
    }
    *err = error_from_status( status );
    return NULL;
}

static void reservation_unhold( struct reservation *reservation, UINT index )
{
    HANDLE holder = InterlockedExchangePointer( &reservation->holders[index], NULL );

    if (holder && holder != BINDING) NtClose( holder );
}

/* Holds a port again, unless its place is no longer as it was: NULL or BINDING. */
static void reservation_hold_again( struct reservation *reservation, UINT index, HANDLE before )
{
    int ignored;
    HANDLE holder = reservation_hold( reservation->type, reservation->start + index, &ignored );

    if (InterlockedCompareExchangePointer( &reservation->holders[index], holder, before ) != before && holder)
        NtClose( holder );
    if (reservation->over) reservation_unhold( reservation, index );
}

/* Ports whose sockets have been closed. */
static void reservation_hold_free( struct reservation *reservation )
{
    UINT i;

    for (i = 0; i < reservation->count && !reservation->over; i++)
        if (!reservation->holders[i]) reservation_hold_again( reservation, i, NULL );
}

/* Frees a port for a socket. Returns FALSE if it wasn't held. */
static BOOL reservation_take( struct reservation *reservation, UINT index )
{
    HANDLE holder;

    do
    {
        holder = reservation->holders[index];
        if (!holder || holder == BINDING) return FALSE;
    } while (InterlockedCompareExchangePointer( &reservation->holders[index], BINDING, holder ) != holder);
    NtClose( holder );
    return TRUE;
}

static void reservation_end( struct reservation *reservation )
{
    UINT i;

    InterlockedExchange( &reservation->over, TRUE );
    for (i = 0; i < reservation->count; i++) reservation_unhold( reservation, i );
}

static void reservation_put( struct reservation *reservation )
{
    if (!InterlockedDecrement( &reservation->refs )) HeapFree( GetProcessHeap(), 0, reservation );
}

/* All of the block, or nothing. */
static int reservation_hold_block( struct reservation *reservation, USHORT start )
{
    int err = 0;
    UINT i;

    reservation->start = start;
    for (i = 0; i < reservation->count; i++)
    {
        if (( reservation->holders[i] = reservation_hold( reservation->type, start + i, &err ) )) continue;
        while (i--) reservation_unhold( reservation, i );
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
    if (start) err = reservation_hold_block( reservation, start );
    else
    {
        err = WSAENOBUFS;
        for (start = FIRST_DYNAMIC; err && start + range.NumberOfPorts <= 0x10000; start += range.NumberOfPorts)
            err = reservation_hold_block( reservation, start );
        if (err) err = WSAENOBUFS;
    }
    if (!err)
    {
        call->sock->conn.reserves = TRUE;
        lock_acquire( &lock );
        /* the low bits differ between processes, so that a token of another one is unknown here */
        reservation->token = ++last_token << 32 | GetCurrentProcessId();
        reservation->next = reservations;
        reservations = reservation;
        lock_release( &lock );
        memset( &out, 0, sizeof( out ) );
        out.range.StartPort = __builtin_bswap16( reservation->start );
        out.range.NumberOfPorts = reservation->count;
        out.token = reservation->token;
        return ioctl_return( call, &out, sizeof( out ) );
    }
    reservation_put( reservation );
    return err;
}

static struct reservation **reservation_find( ULONG64 token )
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
    lock_acquire( &lock );
    if (( reservation = *reservation_find( token ) ) && reservation->type == sock->id.type)
    {
        InterlockedIncrement( &reservation->refs );
        if (InterlockedCompareExchangePointer( (void **)&sock->conn.reservation, reservation, NULL ))
            InterlockedDecrement( &reservation->refs );
        else err = 0;
    }
    lock_release( &lock );
    return err;
}

int ioctl_port_release( struct ioctl_call *call )
{
    struct reservation **link, *reservation;
    ULONG64 token;

    if (ioctl_input( call, &token, sizeof( token ) )) return WSAEFAULT;
    lock_acquire( &lock );
    if (( reservation = *( link = reservation_find( token ) ) )) *link = reservation->next;
    lock_release( &lock );
    if (!reservation) return WSAEINVAL;
    reservation_end( reservation );
    reservation_put( reservation );
    return 0;
}

int port_reservation_bind( struct socket *sock, USHORT port,
                           int ( *bind )( struct socket *sock, USHORT port, void *arg ), void *arg )
{
    struct reservation *reservation = sock->conn.reservation;
    int err = port ? WSAEADDRNOTAVAIL : WSAENOBUFS;
    BOOL held;
    UINT i;

    reservation_hold_free( reservation );
    for (i = 0; i < reservation->count && !reservation->over; i++)
    {
        if (port && port != reservation->start + i) continue;
        held = reservation_take( reservation, i );
        if (!held && !port) continue;
        err = bind( sock, reservation->start + i, arg );
        /* another thread has held it in the meantime */
        if (err == WSAEADDRINUSE && !held && ( held = reservation_take( reservation, i ) ))
            err = bind( sock, reservation->start + i, arg );
        if (!err)
        {
            InterlockedCompareExchangePointer( &reservation->holders[i], NULL, BINDING );
            break;
        }
        if (held) reservation_hold_again( reservation, i, BINDING );
        if (err != WSAEADDRINUSE && err != WSAEACCES) break;
        if (!port) err = WSAENOBUFS;
    }
    return err;
}

void port_reservation_socket_gone( struct socket *sock )
{
    struct reservation **link = &reservations, *reservation = sock->conn.reservation, *gone = NULL;
    UINT64 cookie = socket_cookie( sock );

    if (!reservation && !sock->conn.reserves) return;
    sock->conn.reservation = NULL;
    if (reservation) reservation_hold_free( reservation );
    lock_acquire( &lock );
    while (sock->conn.reserves && *link)
    {
        struct reservation *this = *link;

        if (this->owner != cookie)
        {
            link = &this->next;
            continue;
        }
        *link = this->next;
        this->next = gone;
        gone = this;
    }
    lock_release( &lock );
    sock->conn.reserves = FALSE;
    if (reservation) reservation_put( reservation );
    while (( reservation = gone ))
    {
        gone = reservation->next;
        reservation_end( reservation );
        reservation_put( reservation );
    }
}
