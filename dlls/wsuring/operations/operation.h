/*
 * Operations: a send or a receive under way
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An operation is tried at once, without a lock, as long as nobody waits in its direction. What can't be done at once
 * is copied to the heap and queued on the socket; the reaper thread tries the head of a queue again when the engine
 * says the descriptor is ready. operation_complete() is the only place that tells a program of a result.
 */

#ifndef WSURING_OPERATION_H
#define WSURING_OPERATION_H

#include "sockets/socket.h"
#include "wait/reaper.h"

#define INLINE_BUFFERS 4

/* What sets an operation apart from a plain send or receive. */
struct operation_kind
{
    NTSTATUS ( *attempt )( struct operation *op ); /* instead of a send or receive; once, as operation_try */
    NTSTATUS ( *by_afd )( struct operation *op );  /* as afd_transfer; NULL if AFD can't */
    void ( *finish )( struct operation *op,
                      NTSTATUS status ); /* before the program is told, if the call has returned already; or NULL */
    BOOLEAN blocks;                      /* a non-blocking socket makes no difference */
    BOOLEAN announced;                   /* of notice.c, but polled_look is called when it is time */
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
    BYTE addr[32];  /* where to (sends), or room for where from */
    UINT addr_len;  /* sends: 0 for the default peer */
    BOOLEAN fill;   /* MSG_WAITALL: a receive that ends when the buffers are full */
    BOOLEAN tried;  /* it would have blocked, at a time when `edges' was */
    LONG edges;     /* that of the queue */
    void *gathered; /* stock.c: a datagram in one piece */
    void *hidden; /* the rest of a non-blocking send that was reported as done (rule D2): its data; completes nothing */

    const struct operation_kind *kind; /* NULL: a send or receive */
    void *more;                        /* what the kind needs; a queued operation has a copy on the heap */
    UINT more_size;

    /* where the results of a receive go: program memory */
    struct sockaddr *from;
    INT *from_len;
    DWORD *flags_out; /* of the call; AFD alone writes it later */

    /* how it completes */
    WSAOVERLAPPED *overlapped; /* NULL: a blocked thread waits for `state` */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSATHREADID thread;    /* for the routine (rule O11: the struct, not the pointer) */
    HANDLE event;          /* of the OVERLAPPED, NULL with a routine (rule O9) */
    BOOLEAN by_afd;        /* AFD has done it and has told the program */
    BOOLEAN tagged;        /* low bit of hEvent: no packet */
    DWORD thread_id;       /* issuing thread, for CancelIo */
    struct thread *issuer; /* the same, of a queued operation with a routine: a reference */

    NTSTATUS status;
    volatile LONG state; /* 0 under way, 1 finished; blocked threads wait on it */

    struct unix_buffer inline_buffers[INLINE_BUFFERS];
};

/* Captures the program's WSABUF array (rule O5). WSAEFAULT if it can't be read, WSAEINVAL if the lengths add up to more
 * than a DWORD. */
int operation_capture( struct operation *op, const WSABUF *buffers, DWORD count );
void operation_discard( struct operation *op ); /* frees the captured array */

/* Steps over what has been transferred. */
void operation_advance( struct operation *op, UINT64 transferred );

/* FALSE if a buffer is bad. */
BOOL operation_touch( const struct operation *op );

/* Tries it once. STATUS_DEVICE_NOT_READY: would block (op->done may have grown). */
NTSTATUS operation_try( struct operation *op );

/* Queues a heap copy of op behind what waits, unless it can be done at once now. STATUS_PENDING when queued; *queued
 * then points to it. */
NTSTATUS operation_queue( struct operation *op, struct operation **queued );

/* Runs an operation from start to return: by the direct path, the engine or AFD. `buffers`/`count` are the program's
 * array, already captured in op; bytes (not NULL) gets the count when it is done at once. Returns a Winsock error, 0,
 * or WSA_IO_PENDING. */
int operation_run( struct operation *op, DWORD *bytes );

/* What belongs to the program's OVERLAPPED: captures it (a Winsock error); marks it as pending; and, as it is queued or
 * not, what the thread has of it. */
int operation_prepare( struct operation *op );
NTSTATUS operation_begin( struct operation *op );
void operation_begun( struct operation *op, NTSTATUS status );

/* Memory for a queued operation of a socket; each direction keeps one spare. */
struct operation *operation_alloc( struct socket *sock, enum direction direction );
void operation_free( struct operation *op );

/* A copy of its own, on the heap, of an operation that is to be queued or completed; NULL when out of memory. */
struct operation *operation_dup( const struct operation *op );

/* The end of such a copy: its results go back to the caller's operation, whose array is the caller's again. */
void operation_take_back( struct operation *op, struct operation *copy );

/* With a queue's lock: to its end; or out of it to a list, which operation_finish_list finishes without the lock. */
void queue_append( struct queue *queue, struct operation *op );
void queue_take( struct queue *queue, struct operation *op, NTSTATUS status, struct operation ***tail );
void operation_finish_list( struct operation *list );

/* Takes the operations that are wanted out of the queues and ends them with this status. Returns how many. */
UINT operation_end_if( struct socket *sock, NTSTATUS status,
                       BOOL ( *wanted )( const struct operation *op, const void *arg ), const void *arg );

/* Takes one operation out of its queue. FALSE if it is no longer there: it is being or has been completed. */
BOOL operation_unqueue( struct operation *op );

/* Completes the operation, exactly once: results, InternalHigh, Internal, then event, routine or packet
 * (docs/design.md, rule 2). immediate: the call has not returned yet. Frees what operation_queue allocated. */
void operation_complete( struct operation *op, NTSTATUS status, BOOL immediate );

/* Takes operations out of the queues and completes them with STATUS_CANCELLED. overlapped NULL = all; thread_id 0 = of
 * any thread. Returns how many. */
UINT operation_cancel( struct socket *sock, const void *overlapped, DWORD thread_id );

/* Cancels what the calling thread has issued, as it exits (rule O14). What completes to a port outlives its thread. */
void operation_cancel_thread( void );

/* Ends what waits to receive, with WSAESHUTDOWN: the program has shut down this side. Windows wakes who waits there,
 * but for datagrams. */
void operation_end_receives( struct socket *sock );

/* Cancels the sends that wait (SIO_FLUSH). */
void operation_flush( struct socket *sock );

/* Waits until every program has been told of what has left the queues: to be called before the handle goes. */
void operation_wait_finished( struct socket *sock );

/* Something is still queued in this direction. */
BOOL operation_behind( struct socket *sock, enum direction direction );

/* Postpones shutdown( SD_SEND ) until the write queue has drained: TRUE if there was something to wait for. */
BOOL operation_defer_shutdown( struct socket *sock, int how );

/* The engine said `ready` (POLL_*) for the socket with this cookie: the reaper's source of sockets. */
void operation_ready( UINT64 cookie, UINT ready );

/* ---- background.c */

/* How many sends go on in the background, and how often one has got on. */
extern volatile LONG buffered_send_count, buffered_send_moves;

/* Queues a copy of what is left of a send, which completes nothing. */
NTSTATUS buffered_send( struct operation *op );

/* The process is to end: waits for them as long as their peers take something. */
void buffered_send_finish( void );

/* ---- notice.c: operations that wait for what no descriptor of theirs announces. Their kind's attempt is made at
 * intervals, in no order. */

/* Runs one from start to return: a Winsock error, 0, or WSA_IO_PENDING. */
int polled_run( struct operation *op );

/* Ends those of a socket that are wanted, with STATUS_CANCELLED. Returns how many. */
UINT polled_cancel( struct socket *sock, BOOL ( *wanted )( const struct operation *op, const void *arg ),
                    const void *arg );

/* Makes all attempts now. */
void polled_look( void );

BOOL polled_waits( const struct socket *sock, const WSAOVERLAPPED *overlapped );

/* Called by the reaper. Returns after how many nanoseconds it must be again, -1 for never. */
LONGLONG polled_tick( void );

/* ---- stock.c: the same by AFD ioctls */

/* Cancels what may be pending in the server, before the handle goes: else it ends with STATUS_HANDLES_CLOSED, which no
 * program knows. */
void afd_transfer_cancel( struct socket *sock );

/* TRUE if the socket's next operation of this direction must go by AFD: because of the socket's kind, because the tier
 * is afd, or because an earlier one is still pending there (order). */
BOOL afd_transfer_needed( struct socket *sock, enum direction direction );

/* Does op by SENDMSG or RECVMSG, waiting for it if it has no OVERLAPPED. STATUS_PENDING if it pends there. */
NTSTATUS afd_transfer( struct operation *op );

#endif /* WSURING_OPERATION_H */
