/*
 * Completion ports served in the process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A port that has our sockets is *served* from the first wait through kernel32 on: its packets are in a queue here. A
 * thread that waits for one sleeps in the port's own poll set, together with these sockets, and does their transfers
 * itself, without the wineserver.
 *
 * Packets from elsewhere (files, pipes, AFD, other processes, callers of ntdll) arrive at the real port, from which
 * the forwarder passes them on, in order. When packets wait here and no thread asks for them through kernel32, the
 * first is lent to the real port: if one waits there that no hook sees, it takes that, and the port is given back to
 * the wineserver. If it was only slow, its next removal takes it back. A port is given back for good when other
 * processes have it, or a thread waits for its handle and others to be signalled at once, which only the server can
 * tell.
 */

#ifndef WSURING_PORT_H
#define WSURING_PORT_H

#include "base/pool.h"
#include "base/provider.h"

struct thread;

/* ERROR_ABANDONED_WAIT_0. Wine's RtlNtStatusToDosError turns STATUS_ABANDONED_WAIT_0 into 128; of this status it
 * returns the low word. */
#define STATUS_PORT_ABANDONED ( (NTSTATUS)0xc00102df )

struct port_packet /* FILE_IO_COMPLETION_INFORMATION */
{
    ULONG_PTR key;
    ULONG_PTR value; /* the OVERLAPPED, mostly */
    IO_STATUS_BLOCK iosb;
};

/* A thread that waits for a port. On the heap, because a terminated thread leaves it linked. */
struct port_waiter
{
    struct port_waiter *next;
    struct port *port; /* NULL when not linked */
    DWORD thread_id;
    HANDLE event;    /* for an alertable wait */
    BOOLEAN busy;    /* its thread removes packets */
    BOOLEAN counted; /* in port->awake, with its lock held */
    UINT64 cookie;   /* of the port while busy */
};

struct port
{
    struct pooled pooled;       /* handles, sockets and the forwarder hold a reference each */
    volatile LONG handles;      /* handles known in this process */
    volatile LONG sockets;      /* sockets associated so far; never decreases */
    volatile LONG real_waiters; /* threads waiting for the real port */
    volatile LONG announced;    /* operations whose packet is queued, and whose event comes next */

    SRWLOCK lock;            /* taken inside sockets' locks */
    volatile BOOLEAN served; /* changed with the lock held; without it a hint */
    BOOLEAN closed;          /* the last handle is gone */
    BOOLEAN leaving;         /* the forwarder should give it back */
    BOOLEAN untaken;         /* the forwarder should lend a packet, or see whether the lent one has been taken */
    BOOLEAN lending;         /* `lent' has been posted to the real port, and not been taken back */
    BOOLEAN never;           /* other processes have it, its handle and others are waited for, or a set can't be made */
    BOOLEAN unseen;          /* its handle seems to be waited for, in a way that no hook sees */
    BOOLEAN armed;           /* the reaper watches the set, because no thread does */
    BOOLEAN wake_sent;       /* and not yet seen */

    struct port_packet *packets; /* a ring */
    UINT first, count, capacity; /* capacity: 0 or a power of two */

    struct port_waiter *sleepers;  /* in the set; the newest first, as the kernel has them */
    struct port_waiter *alertable; /* alertable waiters, which wait for their events */
    UINT awake;                    /* threads on their way to take a packet */
    UINT takes_left;               /* packets left to take before the set is checked again */

    int set, wake_fd;          /* the poll set, and the eventfd in it; -1 until first served */
    UINT looks, looks_seen;    /* at the set or the queue; as of the reaper's last tick */
    UINT idle_ticks, patience; /* ticks without a look while packets wait; how many are too many */
    UINT due;                  /* of these, until a packet is lent or the lent one looked for */
    BOOLEAN only_polled;       /* served for removals with time-out 0 only */
    UINT misses;               /* those that found nothing since it is served or a packet was lent */
    UINT unseen_waits;         /* how often in a row a packet was lent after polls alone */
    struct port_packet lent;

    /* Whose packets the server posts: what the forwarder hasn't moved yet comes before what is posted here. */
    BOOLEAN mixed;                       /* files and the like: before all packets */
    BOOLEAN server_ends;                 /* operations of sockets in the server: before the program's own packets */
    void ( *pull )( struct port *port ); /* port_link.c: moves them into the queue, and takes back what is lent, with
                                            the lock held, when served */

    void *volatile signal; /* the event that stands for the handle (port_signal.c); NULL before the first wait */
    BOOLEAN signalled;     /* its state */
    BOOLEAN watched;       /* the next packet sets it */

    HANDLE waits;             /* our own for waits in the server, which look at the handle again; NULL: none yet */
    HANDLE real;              /* the forwarder's own handle */
    int link_task, link_pipe; /* how to ask whether the forwarder waits; -1 if it can't be asked */
    HANDLE control;           /* event: the forwarder should look at the state */
    volatile LONG kicks_lost; /* kicks that the forwarder passed on */
};

/* ---- port.c: objects and their table. Look-ups return a reference that port_release gives back */

struct port *port_find( HANDLE handle );
void port_release( struct port *port );
/* Posts a packet to the real port, through any handle in this process. FALSE if there is none. */
BOOL port_post_real( struct port *port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status, ULONG_PTR information );
/* A handle of it in this process, NULL if there is none. */
HANDLE port_any_handle( struct port *port );
void port_for_each( void ( *func )( struct port *port, void *arg ), void *arg );
struct port *port_from_cookie( UINT64 cookie ); /* NULL if it isn't a port's */
UINT64 port_cookie( const struct port *port );
/* Back to the wineserver, with the packets, soon; the lock is held. */
void port_unserve( struct port *port );

/* The same for port_handle.c: a port for this handle; one more handle, or one less, whose reference is the caller's
 * then. */
struct port *port_create( HANDLE handle );
void port_add_handle( struct port *port, HANDLE handle );
struct port *port_take_handle( HANDLE handle );
/* If this is another handle of a known port (duplicated without our knowledge), returns the known one. */
HANDLE port_known_handle( HANDLE handle );

/* ---- port_handle.c: what happens to handles */

void port_note_created( HANDLE handle );
BOOL port_note_duplicated( HANDLE source, HANDLE duplicate ); /* TRUE: they are a port's */
void port_handle_closing( HANDLE handle );
/* Other processes have it or will: back to the wineserver for good. */
void port_note_shared( HANDLE handle );
/* A thread is about to wait until this one and others are signalled at once: if it is a port, it is the wineserver's
 * for good, too. */
void port_note_waited( HANDLE handle );
/* Something that isn't a socket is being associated with it. */
void port_note_mixed( HANDLE handle );
/* The port of a handle with which a socket is being associated; enters it if unknown. */
struct port *port_associate( HANDLE handle );

/* ---- port_access.c: what a handle of a port may not do */

#define PORT_NO_MODIFY 1 /* post and take packets */
#define PORT_NO_WAIT   2 /* wait for its handle, and on stock for packets */

UINT port_access_lacks( ACCESS_MASK access );
UINT port_handle_lacks( HANDLE handle );
void port_note_lacks( HANDLE handle, UINT lacks );

/* ---- port_queue.c: packets and waits */

/* Queues a packet. FALSE if the port isn't served; then post to the real port. by_program: not one of a socket's. */
BOOL port_post( struct port *port, ULONG_PTR key, ULONG_PTR value, NTSTATUS status, ULONG_PTR information,
                BOOL by_program );
BOOL port_push( struct port *port,
                const struct port_packet *packet ); /* the same with the lock held; FALSE when out of memory */
BOOL port_push_first( struct port *port, const struct port_packet *packet ); /* before all others */

/* Around an operation's packet and its event, which are one step for who waits for either. The packet comes first, so
 * that what is posted by who has seen the event comes later; who has taken a packet waits in port_settle until the
 * events are set, but not for a thread that is gone. */
void port_announce( struct port *port );
void port_announced( struct port *port );
void port_settle( struct port *port );

/* What NtRemoveIoCompletion and its Ex do. STATUS_NOT_SUPPORTED: not served, ask the real port. */
NTSTATUS port_remove( struct port *port, struct port_packet *packets, ULONG room, ULONG *removed,
                      const LARGE_INTEGER *timeout, BOOL alertable );

/* With the lock held: wakes a waiter if there is something for one that isn't awake. */
void port_wake( struct port *port );

/* Serves the sockets that are ready. Returns when no more are. */
void port_look( struct port *port );

/* A thread that may have waited has ended. */
void port_forget_thread( DWORD thread_id );

/* A thread has ended or is about to. Returns the poll set whose events it may have had and not served, or -1. */
int port_thread_ends( struct thread *thread );

/* The reaper's source of ports: its sets, watched when no thread sleeps in them. */
void port_ready( UINT64 cookie, UINT ready );

/* ---- port_signal.c */

/* The handles to wait for in place of these; room: MAXIMUM_WAIT_OBJECTS. any: it ends when any of them is signalled. */
const HANDLE *port_signal_replace( ULONG count, const HANDLE *handles, BOOL any, HANDLE *room );

/* A wait for `waited' in place of *handle has ended: because the port went back to the server, so that the wait has to
 * begin again? */
BOOL port_signal_has_moved( const HANDLE *handle, HANDLE waited );

/* ---- port_link.c: the link to the real port */

/* The function of ntdll, or of another module's hook; set by hooks/port_hooks.c. */
extern NTSTATUS( WINAPI *real_NtRemoveIoCompletionEx )( HANDLE, void *, ULONG, ULONG *, LARGE_INTEGER *, BOOLEAN );

/* Starts serving the port if possible. blocks: for a removal that may wait. */
BOOL port_serve( struct port *port, HANDLE handle, BOOL blocks );
/* Waits for the real port; port_kick_real ends the wait. */
NTSTATUS port_remove_real( struct port *port, HANDLE handle, struct port_packet *packets, ULONG room, ULONG *removed,
                           LARGE_INTEGER *timeout, BOOL alertable );
/* A packet was posted to the real port, as this one wasn't served. If it is by now, the next packet would overtake it.
 */
void port_posted_real( struct port *port );
/* Makes threads that wait for the real port check again. */
void port_kick_real( struct port *port, HANDLE handle );

/* ---- port_watch.c: the reaper's part */

/* No thread uses the set any more (the lock need not be held). */
void port_left( struct port *port );
/* A thread is about to sleep in the set (the lock is held). */
void port_attended( struct port *port );
/* Packets are taken in the process, from now on or again (the lock is held). */
void port_be_patient( struct port *port );
/* An alertable thread is about to sleep elsewhere (the lock is held). */
void port_arm( struct port *port );
/* Between two waits of the reaper: how long the next may take, in ns, negative: for ever. */
LONGLONG port_tick( void );

/* The poll set for a socket of this port, -1 for the reaper's. */
static inline int port_set( const struct port *port )
{
    return port && port->served ? port->set : -1;
}

#endif /* WSURING_PORT_H */
