/*
 * Operations: a send or a receive under way
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An operation is tried at once, without a lock, as long as none waits in its direction. If it would block it is
 * copied to the heap and queued on the socket. The reaper tries the head of a queue again when the engine reports
 * that the descriptor is ready. Only operation_complete() reports results to the program.
 */

#ifndef WSURING_OPERATION_H
#define WSURING_OPERATION_H

#include "sockets/socket.h"
#include "wait/event_hold.h"
#include "wait/reaper.h"
#include "wait/thread.h"

#define INLINE_BUFFERS 4

/* What an operation does instead of a plain send or receive. */
struct operation_kind
{
    NTSTATUS ( *attempt )( struct operation *op ); /* instead of a send or receive; once, as operation_try */
    NTSTATUS ( *by_afd )( struct operation *op );  /* as afd_transfer; NULL if AFD can't do it */
    void ( *finish )( struct operation *op,
                      NTSTATUS status ); /* called before completion, if the call has returned already; or NULL */
    BOOLEAN blocks;                      /* a non-blocking socket makes no difference */
    BOOLEAN pends;                       /* an overlapped one never returns success, but WSA_IO_PENDING */
    BOOLEAN announced;                   /* of polled.c, but polled_look is called when it is time */
};

struct operation
{
    struct operation *next;
    struct socket *sock; /* holds a reference while queued */
    enum direction direction;

    /* what to transfer */
    struct unix_buffer *buffers; /* inline_buffers, or heap memory */
    UINT count;
    UINT first;     /* buffers before this one are done */
    UINT64 total;   /* bytes in all buffers */
    UINT64 done;    /* bytes transferred so far */
    DWORD flags;    /* MSG_* */
    BYTE addr[32];  /* destination (sends), or room for the source */
    UINT addr_len;  /* sends: 0 for the default peer */
    BOOLEAN fill;   /* MSG_WAITALL: a receive that ends when the buffers are full */
    BOOLEAN turn;   /* its thread has the turn for it */
    BOOLEAN tried;  /* it would have blocked, at a time when `edges' was */
    LONG edges;     /* the queue's `edges' then */
    void *gathered; /* afd_transfer.c: a datagram in one piece */
    void *hidden; /* the rest of a non-blocking send that was reported as done (rule D2): its data; nothing to signal */

    const struct operation_kind *kind; /* NULL: a send or receive */
    void *more;                        /* data of its kind; a queued operation has a copy on the heap */
    UINT more_size;

    /* where a receive's results go: program memory */
    struct sockaddr *from;
    INT *from_len;
    DWORD *flags_out; /* of the call; only AFD writes it later */

    /* how it completes */
    WSAOVERLAPPED *overlapped;  /* NULL: a blocked thread waits for `state` */
    WSAOVERLAPPED *synchronous; /* of a call that blocks, because the socket isn't overlapped: gets the result */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    file_apc *apc; /* of a file's operation, with its context: completes like a routine */
    void *apc_context;
    WSATHREADID thread;     /* for the routine (rule O11: the struct, not the pointer) */
    HANDLE event;           /* of the OVERLAPPED, NULL with a routine (rule O9) */
    struct event_hold hold; /* of that, while queued */
    BOOLEAN by_afd;         /* AFD has done and completed it */
    BOOLEAN tagged;         /* low bit of hEvent: no packet */
    DWORD thread_id;        /* issuing thread, for CancelIo */
    struct thread *issuer;  /* the same, of a queued operation with a routine: a reference */

    NTSTATUS status;
    volatile LONG state; /* 0 under way, 1 finished; blocked threads wait on it */

    struct unix_buffer inline_buffers[INLINE_BUFFERS];
};

/* An operation with no buffers, of no special kind. The array inline_buffers isn't touched: it is the larger part. */
static inline void operation_init( struct operation *op, struct socket *sock, enum direction direction,
                                   WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    memset( op, 0, offsetof( struct operation, inline_buffers ) );
    op->sock = sock;
    op->direction = direction;
    op->buffers = op->inline_buffers;
    op->overlapped = overlapped;
    op->routine = overlapped ? routine : NULL;
}

/* more: data of the kind, which stays the caller's. */
static inline void operation_set_kind( struct operation *op, const struct operation_kind *kind, void *more, UINT size )
{
    op->kind = kind;
    op->more = more;
    op->more_size = size;
}

/* Where a call returns the number of bytes: FALSE if it is missing but needed, or can't be written. */
static inline BOOL operation_can_count( DWORD *transferred, const WSAOVERLAPPED *overlapped )
{
    return transferred ? guarded_touch( transferred, sizeof( *transferred ), TRUE ) : overlapped != NULL;
}

/* Is a function called when it has ended, by the thread that issued it? */
static inline BOOL operation_calls( const struct operation *op )
{
    return op->routine || op->apc;
}

/* That call, NULL if there is none. FALSE when out of memory. */
static inline BOOL operation_call( const struct operation *op, struct call **call )
{
    UINT64 cookie = socket_cookie( op->sock );

    if (op->apc) *call = routine_create_apc( cookie, op->apc, op->apc_context );
    else *call = op->routine ? routine_create( cookie, op->routine ) : NULL;
    return *call || !operation_calls( op );
}

/* Captures the program's WSABUF array (rule O5). WSAEFAULT if it can't be read, WSAEINVAL if the total length
 * exceeds a DWORD. */
int operation_capture( struct operation *op, const WSABUF *buffers, DWORD count );
void operation_discard( struct operation *op ); /* frees the captured array */

/* Skips the transferred bytes. */
void operation_advance( struct operation *op, UINT64 transferred );

/* FALSE if a buffer is bad. */
BOOL operation_touch( const struct operation *op );

/* May the program write its buffers, so that only Wine's watch for writes can be what the kernel stumbles over? */
BOOL operation_is_writable( const struct operation *op );

/* Attempts it once. STATUS_DEVICE_NOT_READY: would block (op->done may have grown). */
NTSTATUS operation_try( struct operation *op );

/* Queues a heap copy of op behind the waiting operations, unless it can be done at once. STATUS_PENDING when queued;
 * *queued then points to it. */
NTSTATUS operation_queue( struct operation *op, struct operation **queued );

/* Runs an operation from start to return: by the direct path, the engine or AFD. `buffers`/`count` are the program's
 * array, already captured in op; bytes (not NULL) gets the count when it is done at once. Returns a Winsock error, 0,
 * or WSA_IO_PENDING. */
int operation_run( struct operation *op, DWORD *bytes );

/* The program's OVERLAPPED: captures it (returns a Winsock error); marks it as pending; counts it for its thread,
 * depending on whether it is queued. */
int operation_prepare( struct operation *op );
NTSTATUS operation_begin( struct operation *op );
void operation_begun( struct operation *op, NTSTATUS status );

/* Memory for a queued operation of a socket; each direction keeps one spare. */
struct operation *operation_alloc( struct socket *sock, enum direction direction );
void operation_free( struct operation *op );

/* A heap copy of an operation that will be queued or completed. NULL when out of memory. */
struct operation *operation_dup( const struct operation *op );

/* Ends such a copy: moves its results to the caller's operation, which gets its array back. */
void operation_take_back( struct operation *op, struct operation *copy );

/* The status of an operation that is ended with this one: what a receive has taken from the stream is its result. */
static inline NTSTATUS operation_ended( const struct operation *op, NTSTATUS status )
{
    return op->direction == DIRECTION_READ && op->done && op->sock->id.type == SOCK_STREAM ? STATUS_SUCCESS : status;
}

/* With a queue's lock held: appends to the queue; or moves from it to a list, which operation_finish_list finishes
 * without the lock. */
void queue_append( struct queue *queue, struct operation *op );
void queue_append_first( struct queue *queue, struct operation *op ); /* of the thread that has the turn */
void queue_take( struct queue *queue, struct operation *op, NTSTATUS status, struct operation ***tail );
void operation_finish_list( struct operation *list );

/* ---- turn.c */

enum turn
{
    TURN_OWN,    /* the calling thread's; turn_end is due */
    TURN_NESTED, /* the calling thread has it already: it is in a routine or an APC of a call that blocks */
    TURN_OTHER,  /* another thread's, or operations are queued: this one goes behind */
};

/* To be first, outside the queue. */
enum turn turn_begin( struct operation *op );
/* It is over: what has been queued meanwhile goes on. */
void turn_end( struct operation *op );

/* Serves the queue of one direction: after an event, or the end of a turn. */
void turn_serve( struct socket *sock, enum direction direction, BOOL event );

/* With the queue's lock held: the same for the queue itself. turn_pass: the thread of op, which is in the queue now. */
BOOL turn_take( struct queue *queue );
void turn_pass( struct operation *op );
/* To be called without the lock after something has been put behind a turn, which may have been over already. */
void turn_look( struct socket *sock, enum direction direction );

/* Has the calling thread the turn, or another one? */
BOOL turn_is_own( const struct queue *queue );
BOOL turn_is_other( const struct queue *queue );
/* Do the parts of a transfer in this direction have to stay together? */
static inline BOOL turn_is_needed( const struct operation *op )
{
    return op->direction == DIRECTION_WRITE && op->sock->id.type == SOCK_STREAM;
}

/* The thread has ended, or doesn't come back from its call. */
void turn_abandon( struct socket *sock, enum direction direction, DWORD thread_id );

/* ---- queue.c */

/* Takes the operations that are wanted out of the queues and ends them with this status. Returns how many. */
UINT operation_end_if( struct socket *sock, NTSTATUS status,
                       BOOL ( *wanted )( const struct operation *op, const void *arg ), const void *arg );

/* Takes one operation out of its queue. FALSE if it isn't queued any more: it is being or has been completed. */
BOOL operation_unqueue( struct operation *op );

/* Completes the operation, exactly once: results, InternalHigh, Internal, then event, routine or packet
 * (docs/design.md, rule 2). immediate: the call has not returned yet. Frees what operation_queue allocated. */
void operation_complete( struct operation *op, NTSTATUS status, BOOL immediate );

/* The end of a call with an OVERLAPPED on a socket that isn't overlapped: stores the results, and sets the event after
 * success. */
void operation_complete_synchronous( const struct operation *op );

/* Takes operations out of the queues and completes them with STATUS_CANCELLED. overlapped NULL: all; thread_id 0:
 * those of any thread. Returns how many. */
UINT operation_cancel( struct socket *sock, const void *overlapped, DWORD thread_id );

/* Cancels the calling thread's operations when it exits (rule O14). Operations that complete to a port outlive their
 * thread. */
void operation_cancel_thread( DWORD thread_id );

/* Ends blocked receives with WSAESHUTDOWN when the program has shut down this side, except on datagram sockets.
 * Overlapped ones go on, and get what the peer still sends. */
void operation_end_receives( struct socket *sock );

/* Cancels the waiting sends (SIO_FLUSH). */
void operation_flush( struct socket *sock );

/* Waits until all operations that have left the queues are completed. Call it before the handle is closed. */
void operation_wait_finished( struct socket *sock );

/* Is something still queued in this direction? */
BOOL operation_behind( struct socket *sock, enum direction direction );

/* Postpones shutdown( SD_SEND ) until the send queue has drained. TRUE if there was something to wait for. */
BOOL operation_defer_shutdown( struct socket *sock, int how );

/* The engine reports `ready` (POLL_*) for the socket with this cookie: the reaper's source of sockets. */
void operation_ready( UINT64 cookie, UINT ready );

/* ---- buffered_send.c */

/* How many buffered sends there are. */
extern volatile LONG buffered_send_count;

/* Queues a copy of the rest of a send; its end isn't signalled. */
NTSTATUS buffered_send( struct operation *op );

/* The process ends: waits for the buffered sends, 3 s in all at most. */
void buffered_send_finish( void );

/* ---- closed_send.c */

/* The socket is being closed: its buffered sends are dropped if that resets the connection, else watched. */
void closed_send_begin( struct socket *sock );
/* Before a close: with SO_LINGER it waits until the host has taken all, at most for that time, unless the socket is
 * non-blocking (page "closesocket function"). */
void closed_send_linger( struct socket *sock );

/* By the reaper: how long its next wait may take, in ns, negative: for ever. */
LONGLONG closed_send_tick( void );

/* ---- polled.c: operations polled on a timer, because no descriptor becomes ready for them, in no order. */

/* Runs one from start to return. Returns a Winsock error, 0, or WSA_IO_PENDING. */
int polled_run( struct operation *op );

/* Ends those of a socket that match, with STATUS_CANCELLED. Returns how many. */
UINT polled_cancel( struct socket *sock, BOOL ( *wanted )( const struct operation *op, const void *arg ),
                    const void *arg );

/* Makes all attempts now. */
void polled_look( void );

BOOL polled_waits( const struct socket *sock, const WSAOVERLAPPED *overlapped );

/* Called by the reaper. Returns after how many nanoseconds to call it again, -1 for never. */
LONGLONG polled_tick( void );

/* ---- afd_transfer.c: the same by AFD ioctls */

/* Cancels operations pending in the server before the handle is closed: otherwise they end with
 * STATUS_HANDLES_CLOSED, which programs don't know. */
void afd_transfer_cancel( struct socket *sock );

/* TRUE if the socket's next operation in this direction must go by AFD: because of the socket's kind, because the
 * tier is afd, or to keep the order behind one that is still pending there. */
BOOL afd_transfer_needed( struct socket *sock, enum direction direction );

/* Does op by SENDMSG or RECVMSG, and waits for it if it has no OVERLAPPED. STATUS_PENDING if it pends there. */
NTSTATUS afd_transfer( struct operation *op );

/* One AFD ioctl for an operation, overlapped or blocking. Stores its byte count unless it fails or pends. */
NTSTATUS afd_transfer_ioctl( struct operation *op, ULONG code, const void *params, ULONG size );

#endif /* WSURING_OPERATION_H */
