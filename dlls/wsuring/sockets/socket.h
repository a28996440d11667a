/*
 * The socket object of the base provider
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A SOCKET is a real AFD handle. Beside it the provider keeps one `struct socket`, found by handle without a lock. The
 * memory of these is never given back, only reused, so a stale look-up finds a reference count of zero instead of
 * garbage.
 */

#ifndef WSURING_SOCKET_H
#define WSURING_SOCKET_H

#include "base/provider.h"

struct network_events;
struct reservation;
struct operation;

/* A thread that blocks on a socket. */
struct waiter
{
    struct waiter *next;
    int wake_fd; /* an eventfd of the thread's own */
};

struct waiter *thread_waiter( void ); /* the calling thread's; NULL when out of memory or descriptors */

/* Operations of one direction, served strictly in order. */
struct queue
{
    SRWLOCK lock;
    struct operation *head, *tail;
    struct waiter *waiters;  /* threads blocked on this direction */
    LONG pending;            /* overlapped operations in it */
    volatile LONG edges;     /* how often the engine has said that this direction is ready */
    void *volatile spare;    /* memory for an operation */
    volatile void *afd_iosb; /* IO_STATUS_BLOCK of the last operation given to AFD, NULL if none: while it pends,
                                  later ones follow it there */
};

enum direction
{
    DIRECTION_READ,
    DIRECTION_WRITE,
    DIRECTION_COUNT
};

#define SERVER_OPTION_COUNT 6

enum connection
{
    CONNECTION_NONE, /* fresh or bound */
    CONNECTION_LISTENING,
    CONNECTION_STARTED, /* a non-blocking connect, ConnectEx or AcceptEx may have made it connected: ask before going
                           direct */
    CONNECTION_UP,      /* connected; for datagrams: has a default peer */
};

enum leaf
{
    LEAF_NONE,
    LEAF_JOINING,
    LEAF_JOINED,
};

struct socket
{
    volatile LONG refs; /* 0: free. The table holds one while the socket is open */
    UINT slot;          /* index in the pool; with `generation` the engine's cookie */
    UINT generation;
    HANDLE handle;
    int fd; /* own Unix descriptor, -1 until the fast path may use it */
    int family, type, protocol;
    DWORD flags; /* WSA_FLAG_* it was made with */
    DWORD catalog_id;
    enum connection connection;
    BOOLEAN closing;     /* closesocket has begun */
    BOOLEAN deferred;    /* a listener with a connection that only the server knows (CF_DEFER) */
    BOOLEAN renewed;     /* the server has another file for it than we have: not watched for a close */
    BOOLEAN handle_gone; /* it was closed without our notice, and may be something else's by now */
    BOOLEAN bound;       /* an address is assigned, as the server knows it */
    BOOLEAN nonblocking;
    BOOLEAN recycled; /* its kernel socket has been replaced (disconnect.c); `parked' is a descriptor of one, until `fd'
                         is it again */
    int parked;
    BOOLEAN foreign;    /* not made by us: inherited or duplicated, so other processes may change its state */
    BOOLEAN shared;     /* foreign, and its maker keeps the state that shared_state.h describes */
    BOOLEAN duplicated; /* others may have it now */
    BOOLEAN recv_shutdown, send_shutdown;
    BOOLEAN by_afd;                  /* data goes by AFD: raw sockets, and while the server is to notice events */
    BOOLEAN connect_news;            /* a connection has been made, which FD_CONNECT has not told yet */
    struct network_events *events;   /* network_events.h; NULL before the first WSAEventSelect */
    struct reservation *reservation; /* port_reservation.c: where its port comes from, NULL for anywhere */
    BOOLEAN reserves;                /* it has asked for reservations, which end with it */
    BOOLEAN afd_pended;              /* an overlapped operation has pended in the server */
    BOOLEAN has_port;                /* associated with a completion port */
    volatile LONG finishing; /* operations that are out of their queue and whose program is just being told: by the
                                handle, which must stay */
    struct port *port;       /* which one, if that is known; it stays to the end */
    ULONG_PTR port_key;
    SRWLOCK watch_lock;             /* taken inside a queue's lock, never around one */
    UINT watched;                   /* POLL_* bits the engine watches */
    int set;                        /* in this set: -1 is the reaper's, else its port's */
    UINT idle_edges;                /* events for nobody since the watch began: it costs a wake-up each, so it ends */
    BOOLEAN shutdown_later;         /* a shutdown of the send side that waits for the write queue to drain */
    BOOLEAN ignore_unreachable;     /* SIO_UDP_CONNRESET is off */
    volatile LONG unreachable;      /* a send has eaten the news that the peer's port is, which is for a receive */
    BOOLEAN has_state;              /* handle_state.c: the handle's state is ours */
    BOOLEAN signalled;              /* that state */
    HANDLE state_event;             /* the same, for those who wait */
    UINT skip_modes;                /* FILE_SKIP_* of SetFileCompletionNotificationModes */
    int recv_timeout, send_timeout; /* ms, 0 = none */
    LONG reset_error;               /* NTSTATUS of a reset that a direct call has eaten: every later call gets it */
    BYTE kept_options;              /* enum kept_option */
    BYTE protection_level;          /* IPV6_PROTECTION_LEVEL, 0 = the default */
    BYTE server_options_known, server_options_set; /* a bit each: remembered here; set by the program */
    int server_options[SERVER_OPTION_COUNT];       /* options that the server keeps, by the slots of option_list.h */
    UINT user_mtu;                                 /* IPV6_USER_MTU, 0 = none */
    UINT message_options; /* enum message_option, what the program has asked for; message_option.c */
    UINT host_options;    /* the same with what is needed besides, as the host has been told */
    UINT segment_size;    /* UDP_SEND_MSG_SIZE */
    UINT coalesce_max;    /* UDP_RECV_MAX_COALESCED_SIZE */
    UINT backlog_told;    /* the ideal send backlog that the program knows, 0 = none */
    UINT split;           /* message_params.split, with message_lock */
    SRWLOCK message_lock;
    LONG leaf;                 /* enum leaf, of WSPJoinLeaf */
    struct sockaddr_in6 group; /* where a leaf sends by default, in either family's form; family 0 for nowhere */
    struct queue queues[DIRECTION_COUNT];
    struct socket *next_free;
};

/* All return a reference that socket_release gives back. */

/* The socket behind a handle. A handle that is not in the table but is an AFD socket (inherited, duplicated, made by
 * NtCreateFile) is adopted. NULL and *err = WSAENOTSOCK if it is none. */
struct socket *socket_grab( SOCKET s, int *err );

/* The socket behind a handle if it is in the table already; NULL if not. Never asks the server. */
struct socket *socket_find( HANDLE handle );

/* The socket of an engine event; NULL if it has gone. */
struct socket *socket_from_cookie( UINT64 cookie );

/* Enters a handle made by WSPSocket or an accept. NULL when out of memory. A stale entry of the same handle value is
 * retired. */
struct socket *socket_insert( HANDLE handle, int family, int type, int protocol, DWORD flags );

void socket_release( struct socket *sock );

/* Makes it unknown, ends its operations with STATUS_CANCELLED, wakes who blocks on it. The handle stays open: until
 * socket_closed, which must follow while the caller still has its reference, nobody adopts it. */
void socket_retire( struct socket *sock );
void socket_closed( struct socket *sock );

/* The same for one whose handle has gone already. */
void socket_retire_gone( struct socket *sock );

/* Data of this kind of socket goes by AFD always. */
static inline BOOL socket_needs_afd( const struct socket *sock )
{
    return ( sock->type != SOCK_STREAM && sock->type != SOCK_DGRAM )
           || ( sock->family != AF_INET && sock->family != AF_INET6 )
           || ( sock->type == SOCK_DGRAM && sock->protocol != IPPROTO_UDP && sock->protocol );
}

/* Every open socket of the process. */
void socket_for_each( void ( *func )( struct socket *sock, void *arg ), void *arg );

/* At most so many sockets are open. */
UINT socket_room( void );

/* close_watch.c: a socket has got its descriptor. */
void close_watch_add( void );

/* Does the server know it as connected? Asks only where an attempt may have succeeded meanwhile. */
BOOL socket_is_connected( struct socket *sock );

/* Makes the direct path usable if it can be: takes the descriptor once the connection stands. TRUE if sock->fd is
 * usable. */
BOOL socket_ensure_descriptor( struct socket *sock );

/* A descriptor for one call, also of a socket that has none of ours yet: one server request where ntdll hasn't it. Not
 * for AFD's tier. */
struct borrowed_descriptor
{
    int fd;
    BOOL own;
};

NTSTATUS socket_borrow_descriptor( struct socket *sock, struct borrowed_descriptor *borrowed ); /* fd -1 if it fails */
void socket_return_descriptor( const struct borrowed_descriptor *borrowed );

/* Does the host know whether it is ready? Then sock->fd may be polled; a listener's too. */
BOOL socket_is_pollable( struct socket *sock );

/* Is there a stream to send on or receive from? Of sockets from elsewhere the server will say. */
BOOL socket_may_transfer( struct socket *sock );

/* Waits until the socket is ready for one of `events` (POLL_*), at most to `deadline` (QueryPerformanceCounter units, 0
 * = for ever). STATUS_SUCCESS: try again. STATUS_TIMEOUT, or STATUS_CANCELLED when the socket was closed meanwhile. */
NTSTATUS socket_wait( struct socket *sock, enum direction direction, UINT events, LONGLONG deadline );

/* Has who blocks in socket_wait look again. */
void socket_wake_waiters( struct socket *sock, enum direction direction );

/* What the engine watches, POLL_*, 0 for nothing; called with the watch lock. After an error it is what it was. */
NTSTATUS socket_watch( struct socket *sock, UINT events );

static inline UINT64 socket_cookie( const struct socket *sock )
{
    return (UINT64)sock->generation << 32 | sock->slot;
}

#endif /* WSURING_SOCKET_H */
