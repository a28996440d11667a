/*
 * The socket object of the base provider
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A SOCKET is a real AFD handle. The provider keeps one `struct socket` for each, found by handle without a lock.
 * Their memory is never freed, only reused, so a stale look-up finds a reference count of zero, not garbage.
 */

#ifndef WSURING_SOCKET_H
#define WSURING_SOCKET_H

#include "base/pool.h"
#include "base/provider.h"
#include "sockets/last_user.h"
#include "wait/thread.h"

struct network_events;
struct notify;
struct path_socket;
struct reservation;
struct operation;

/* Operations of one direction, served strictly in order. */
struct queue
{
    SRWLOCK lock;
    struct operation *head, *tail;
    struct waiter *waiters;  /* threads blocked on this direction */
    volatile LONG turn;      /* turn.c: id of the thread that transfers outside the queue, before all in it; 0: none */
    BOOLEAN turn_waits;      /* ... and blocks until it can go on */
    BOOLEAN full;            /* the first in it waits for the host, and not for its turn alone */
    LONG pending;            /* overlapped operations in it */
    volatile LONG edges;     /* how often the engine has reported this direction as ready */
    void *volatile spare;    /* spare memory for an operation */
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

/* Which socket it is. Everything but `closing' and `handle_gone' stays as it was made. */
struct socket_identity
{
    HANDLE handle; /* to ask the server by */
    HANDLE own;    /* the same if it is the provider's own, since there are several of the program's */
    HANDLE shown;  /* the one it was made with */
    LONG stamp;    /* handle_life_stamp of `handle' when an adoption looked at it, until it is entered */
    UINT handles;  /* how many of the program's are in the table, and of socket_hold; with the table's lock */
    int family, type, protocol;
    DWORD flags; /* WSA_FLAG_* it was made with */
    DWORD catalog_id;
    BOOLEAN closing;     /* closesocket has begun */
    BOOLEAN handle_gone; /* the handle has been closed, and may be another object's by now */
};

/* Our own Unix descriptor, and whether data goes by it. */
struct socket_descriptor
{
    int fd;                   /* -1 until the fast path may use it */
    int parked;               /* of a replaced kernel socket, until it becomes `fd' again */
    int spare;                /* borrowed for a connect: `fd' when it stands, or -1 */
    int guard;                /* bound_address.c, or -1 */
    BOOLEAN accepted;         /* Wine 8.0 keeps no descriptor for it (wine-interfaces 3) */
    BOOLEAN counted, lasting; /* its descriptor is counted, as one that isn't accepted */
    LONG refused;             /* descriptors were scarce when the process had closed so many of them; 0: never */
    BOOLEAN recycled;         /* its kernel socket has been replaced (disconnect.c) */
    UINT64 inode;             /* of fd, and of the handle's kernel socket before there is one; 0: not known */
    BOOLEAN keeps_errors;     /* the host keeps errors of datagrams for us (datagram_error.c) */
    BOOLEAN by_afd;           /* data goes by AFD: raw sockets, and while the server watches for events */
};

/* What the engine watches. */
struct socket_watch
{
    SRWLOCK lock; /* taken inside a queue's lock, never around one */
    UINT events;  /* POLL_* bits */
    int set;      /* the poll set it is in: -1 is the reaper's, else its port's */
    struct port
        *port;       /* watched for its threads, although the socket isn't associated with it; NULL: the socket's own */
    UINT idle_edges; /* events that no thread waited for since the watch began: each costs a wake-up, so the watch ends
                      */
};

/* Addresses and connection. */
struct socket_connection
{
    enum connection state;
    BOOLEAN bound;             /* an address is assigned, as the server knows it */
    BOOLEAN deferred;          /* a listener with a connection that only the server knows (CF_DEFER) */
    BOOLEAN deferred_taken;    /* ... which the server gives to a waiting AcceptEx, but only when the next one comes: an
                                  accept before that would get it */
    BOOLEAN shutdown_later;    /* a shutdown of the send side that waits for the write queue to drain */
    BOOLEAN reserves;          /* it has asked for port reservations, which end with it */
    LONG reset_error;          /* NTSTATUS of a reset that a direct call has consumed: every later call gets it */
    volatile LONG unreachable; /* a port was: the next receive reports it. Set with message.lock, as the next two */
    UINT unreachable_len;      /* 0: the address isn't known */
    struct sockaddr_in6 unreachable_addr;
    LONG leaf;                       /* enum leaf, of WSPJoinLeaf */
    ULONG local;                     /* the IPv4 address that a datagram socket was bound to, 0 for none: the host may
                                        have another one (wine-interfaces 1.7) */
    BOOLEAN own_peer;                /* `group' is the peer of a connect that the host doesn't know
                                        (bound_address.c) */
    struct sockaddr_in6 group;       /* a leaf's default destination, in either family's form; family 0 for none */
    struct path_socket *path;        /* path_socket.c: not NULL for the family AF_UNIX */
    struct reservation *reservation; /* port_reservation.c: the block its port comes from, or NULL */
};

/* State that on Windows belongs to the socket, whichever process changes it (shared_state.h). */
struct socket_shared
{
    BOOLEAN nonblocking;
    BOOLEAN recv_shutdown, send_shutdown;
    BOOLEAN foreign;    /* not created here: inherited or duplicated, so other processes may change its state */
    BOOLEAN known;      /* foreign, and its creator keeps the state that shared_state.h describes */
    BOOLEAN duplicated; /* other processes may have it now */
};

/* WSAEventSelect and WSAAsyncSelect. */
struct socket_events
{
    struct network_events *selection; /* network_events.h; NULL before the first WSAEventSelect */
    struct notify *volatile notify;   /* socket_notify.h; NULL before the first registration */
    BOOLEAN connect_news;             /* a connection has been made that FD_CONNECT hasn't reported yet */
    BOOLEAN polled;                   /* the program has polled it for data by an ioctl of its own (event_ioctl.c) */
};

/* Whether the handle itself is signalled (handle_state.c). */
struct socket_signal
{
    volatile BOOLEAN used;   /* the last operation was ours, so that the real handle's state doesn't count */
    volatile LONG set;       /* the state */
    volatile LONG ending;    /* operations whose status may be seen, and which are about to change it */
    void *volatile event;    /* for threads that wait; NULL before the first one */
    volatile LONG watched;   /* the next end sets that */
    volatile LONG lit;       /* it has been set, and not reset since */
    volatile LONG resetting; /* threads that are about to reset it */
};

/* The completion port. */
struct socket_port
{
    BOOLEAN associated;
    UINT skip_modes;     /* FILE_SKIP_* of SetFileCompletionNotificationModes */
    struct port *object; /* the port, if known; never changes then */
    ULONG_PTR key;
};

/* Options that aren't kept by the host. */
struct socket_options
{
    int recv_timeout, send_timeout;  /* ms, 0 = none */
    BYTE kept;                       /* enum kept_option */
    BYTE protection_level;           /* IPV6_PROTECTION_LEVEL, 0 = the default */
    BYTE pmtu;                       /* IP_MTU_DISCOVER or IPV6_MTU_DISCOVER, 0 = not set */
    BYTE server_known, server_set;   /* one bit each: remembered here; set by the program */
    int server[SERVER_OPTION_COUNT]; /* options that the server keeps, by the slots of option_list.h */
    UINT multicast_if;               /* IP_MULTICAST_IF where it was set by index, 0.x.x.x, else 0 */
    UINT user_mtu;                   /* IPV6_USER_MTU, 0 = none */
    UINT backlog_told;               /* the ideal send backlog that the program knows, 0 = none */
    BOOLEAN ignore_unreachable;      /* SIO_UDP_CONNRESET is off */
    BOOLEAN broadcast_was_on;        /* the program has set SO_BROADCAST before */
    int near_hops, near_device;      /* near_peer.h: what unix_near_peer has changed */
    BOOLEAN syn_count;               /* SIO_TCP_INITIAL_RTO has set how often a connect repeats its SYN */
};

/* WSASendMsg and WSARecvMsg. */
struct socket_message
{
    SRWLOCK lock;
    UINT wanted;       /* enum message_option, what the program has asked for; message_option.c */
    UINT host;         /* the same plus what else is needed: the host's settings */
    UINT segment_size; /* UDP_SEND_MSG_SIZE */
    UINT coalesce_max; /* UDP_RECV_MAX_COALESCED_SIZE */
    UINT split;        /* message_params.split, with the lock */
};

struct socket;

/* What other layers do in a socket's life. */
struct socket_observer
{
    void ( *described )( struct socket *sock ); /* it has got its descriptor */
    void ( *ends )( struct socket *sock );      /* it is being closed; the handle is there still */
    void ( *gone )( struct socket *sock );      /* the last reference is gone: frees what was attached to it */
};

/* Has an overlapped operation pended in the server? */
enum afd_pended
{
    AFD_PENDED_NONE,
    AFD_PENDED_CONNECT, /* ConnectEx alone, whose end socket_ensure_descriptor sees */
    AFD_PENDED,
};

struct socket
{
    struct pooled pooled; /* the table holds a reference while the socket is open */
    struct socket_identity id;
    struct socket_descriptor desc;
    struct socket_watch watch;
    struct socket_connection conn;
    struct socket_shared shared;
    struct socket_events events;
    struct socket_signal signal;
    struct socket_port port;
    struct socket_options options;
    struct socket_message message;
    struct queue queues[DIRECTION_COUNT];
    BYTE afd_pended;         /* enum afd_pended */
    volatile LONG finishing; /* operations that have left their queue and are being completed through the handle, which
                                must stay */
};

/* Before the first socket: the observers, in the order in which they are called; any member may be NULL. They stay. */
void socket_observe( const struct socket_observer *observers, UINT count );

/* All return a reference that socket_release gives back. */

/* The socket behind a handle. An AFD socket that isn't in the table (inherited, duplicated, made by NtCreateFile) is
 * adopted. NULL and *err = WSAENOTSOCK for other handles. */
struct socket *socket_grab( SOCKET s, int *err );

/* The socket behind a handle if it is in the table already; NULL if not. Never asks the server. */
struct socket *socket_find( HANDLE handle );

/* The socket of an engine event; NULL if it is closed. */
struct socket *socket_from_cookie( UINT64 cookie );

/* Enters a handle made by WSPSocket or an accept. NULL when out of memory. */
struct socket *socket_insert( HANDLE handle, int family, int type, int protocol, DWORD flags );

/* In two steps, for one whose state must be known before others can find it. */
enum entered
{
    ENTERED,
    ENTERED_BEFORE, /* another thread has been first, or the handle has been closed: look again */
    ENTERED_NOT,
};

struct socket *socket_create( HANDLE handle, int family, int type, int protocol, DWORD flags );

/* seen: the handle's LIFE_* word when it was looked at last; NULL: the handle is new. */
enum entered socket_enter( struct socket *sock, HANDLE handle, const LONG *seen );

/* Has Winsock made this handle, by WSPSocket or an accept? Or was it inherited, or made by DuplicateHandle? */
void socket_note_made( struct socket *sock, HANDLE handle ); /* socket_insert does it, too */
BOOL socket_is_made( const struct socket *sock, HANDLE handle );

/* Enters one more handle of the same file object. From then on the server is asked by a handle of the provider's own,
 * as any of the program's may go. FALSE if that can't be; the handle is then adopted at its first use. */
BOOL socket_add_handle( struct socket *sock, HANDLE handle, const LONG *seen );

/* While a handle is moved within the process the socket has none for a moment: between these two it doesn't end all the
 * same. FALSE: it isn't held. */
BOOL socket_hold( struct socket *sock, HANDLE handle, const LONG *seen );
void socket_unhold( struct socket *sock );

void socket_release( struct socket *sock );

/* A handle is about to be closed: makes it unknown. TRUE if it was the socket's last: then its operations have ended
 * with STATUS_CANCELLED and its waiters are awake. Until socket_closed, which must follow while the caller still has
 * its reference, nobody adopts the handle. */
BOOL socket_retire( struct socket *sock, HANDLE handle );
void socket_closed( struct socket *sock, HANDLE handle );

/* A handle has been closed past the provider. Does nothing if it is valid. */
void socket_handle_gone( HANDLE handle );

/* adopt.c: a close of this value has cast doubt on the socket that is entered for it. Either it is gone, or the value
 * has been given again before the thread that closed the one before had its reply. */
void socket_recheck( HANDLE handle );

/* The kernel socket behind a handle now; 0: not known. */
UINT64 socket_inode( HANDLE handle, UINT *options );

/* For adopt.c: socket_retire has been called for it, but not yet socket_closed; and the socket that was entered for a
 * handle, which may be another object's by now. */
BOOL socket_is_ending( HANDLE handle );
struct socket *socket_of_entry( HANDLE handle );

/* The next handle in the table; NULL to begin with, and at the end. Includes those of the provider's own. */
HANDLE socket_next_handle( HANDLE after );

BOOL socket_associations_are_seen( void ); /* those of sockets with ports */

/* What the program knows it by. */
static inline HANDLE socket_shown( const struct socket *sock )
{
    return sock->id.own ? sock->id.shown : sock->id.handle;
}

/* Data of this kind of socket always goes by AFD. */
static inline BOOL socket_needs_afd( const struct socket *sock )
{
    return ( sock->id.type != SOCK_STREAM && sock->id.type != SOCK_DGRAM )
           || ( sock->id.family != AF_INET && sock->id.family != AF_INET6 )
           || ( sock->id.type == SOCK_DGRAM && sock->id.protocol != IPPROTO_UDP && sock->id.protocol );
}

/* Every open socket of the process. */
void socket_for_each( void ( *func )( struct socket *sock, void *arg ), void *arg );

/* An upper limit of the number of open sockets. */
UINT socket_room( void );

/* Called by descriptor.c. */
void socket_described( struct socket *sock );

/* An observer: its descriptor is closed. */
void socket_descriptor_gone( struct socket *sock );

/* Makes the direct path usable if possible: takes the descriptor once the connection stands. TRUE if sock->desc.fd
 * is usable. */
BOOL socket_ensure_descriptor( struct socket *sock );

/* A descriptor for one call, also for a socket for which we have none yet: one server request if ntdll hasn't cached
 * it. Not in tier afd. */
struct borrowed_descriptor
{
    int fd;
    BOOL own, scarce; /* scarce: the process has few left */
};

NTSTATUS socket_borrow_descriptor( struct socket *sock, struct borrowed_descriptor *borrowed ); /* fd -1 if it fails */
void socket_return_descriptor( const struct borrowed_descriptor *borrowed );

/* Instead of returning it: it becomes the socket's own once its connection stands. To be dropped when the handle gets
 * another kernel socket. */
void socket_keep_descriptor( struct socket *sock, const struct borrowed_descriptor *borrowed );
void socket_drop_spare( struct socket *sock );

/* An overlapped operation of its pends in the server, which will post its packet. how: AFD_PENDED, or before the
 * request of a ConnectEx AFD_PENDED_CONNECT. */
void socket_afd_pended( struct socket *sock, enum afd_pended how );

/* The handle (a socket's or another object's) is given to another process. */
void socket_note_shared( HANDLE handle );
void socket_note_inheritable( HANDLE handle ); /* it may be, though it was made so that it isn't */
void socket_note_inherited( void );            /* a process is about to inherit all that are inheritable */

/* Does the host know whether it is ready? Then sock->desc.fd may be polled, also a listener's. */
BOOL socket_is_pollable( struct socket *sock );

/* Waits until the socket is ready for one of `events` (POLL_*), at most to `deadline` (QueryPerformanceCounter units, 0
 * = for ever). STATUS_SUCCESS: try again. STATUS_TIMEOUT, or STATUS_CANCELLED when the socket was closed meanwhile. */
NTSTATUS socket_wait( struct socket *sock, enum direction direction, UINT events, LONGLONG deadline );

/* What a blocking call reports that has ended with `status': WSAEINTR if another thread has closed the socket. */
NTSTATUS socket_blocked_status( const struct socket *sock, NTSTATUS status );

/* Makes threads that block in socket_wait check again. */
void socket_wake_waiters( struct socket *sock, enum direction direction );

/* Ends their calls with STATUS_CANCELLED. Returns how many. */
UINT socket_cancel_waiters( struct socket *sock, enum direction direction );

/* Sets what the engine watches, POLL_*, 0 for nothing; called with the watch lock held. Unchanged after an error. */
NTSTATUS socket_watch( struct socket *sock, UINT events );

/* The events that a poll set has reported to a thread that is gone are reported again. -1: nothing is done. */
void socket_watch_again( int set );

/* Around a request that may connect it: another thread may have its answer before the request returns. */
static inline enum connection socket_connect_begins( struct socket *sock )
{
    enum connection before = sock->conn.state;

    if (before == CONNECTION_NONE) sock->conn.state = CONNECTION_STARTED;
    return before;
}

static inline void socket_connect_failed( struct socket *sock, enum connection before )
{
    InterlockedCompareExchange( (LONG *)&sock->conn.state, before, CONNECTION_STARTED );
}

/* The same for an OVERLAPPED given to AFD; where two queues get it, the last counts. Returns the one before. */
static inline volatile void *queue_afd_begins( struct queue *queue, volatile void *iosb )
{
    last_user_enter( queue, iosb );
    return InterlockedExchangePointer( (void **)&queue->afd_iosb, (void *)iosb );
}

static inline void queue_afd_failed( struct queue *queue, volatile void *iosb, volatile void *before )
{
    InterlockedCompareExchangePointer( (void **)&queue->afd_iosb, (void *)before, (void *)iosb );
}

static inline UINT64 socket_cookie( const struct socket *sock )
{
    return pool_cookie( &sock->pooled, 0 );
}

#endif /* WSURING_SOCKET_H */
