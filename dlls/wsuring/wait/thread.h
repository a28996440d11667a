/*
 * What the provider keeps for a thread, and completion routines, which belong to one
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_THREAD_H
#define WSURING_THREAD_H

#include "base/provider.h"

struct call;
struct poll_list;
struct program_call;

/* A thread that blocks. */
struct waiter
{
    struct waiter *next;
    int wake_fd;        /* an eventfd of the thread's own */
    BOOL cancelled;     /* by CancelIoEx: its wait ends so; with the queue's lock, or that of the pollers */
    const void *polled; /* pollers.c: the socket that the wait is cancelled with */
};

struct thread
{
    struct thread *next; /* of all threads that have one of these */
    volatile LONG refs;  /* the thread's own, and one of each queued operation with a routine */
    DWORD id;
    HANDLE event;        /* afd.c: for ioctls that pend */
    HANDLE ioctl_handle; /* afd.c: of the one that is waited for, for CancelSynchronousIo */
    IO_STATUS_BLOCK *ioctl_iosb;
    volatile LONG ioctl_cancels;     /* under way; the thread doesn't go on before they are over */
    struct waiter *waiter;           /* for calls that block */
    UINT waits_over;                 /* event_state.c: in a row, without the server */
    struct poll_list *poll_list;     /* poll_list.h: of its large selects and polls; NULL before */
    struct port_waiter *port_waiter; /* for waits for completion ports */
    const struct port *serving;      /* port_queue.c: the port whose sockets it is serving */
    BOOL queueing;                   /* routine.c: is queueing one of our APCs */
    BOOL deaf;                       /* file.c: blocks, but isn't alertable */
    BOOL apc_source;                 /* apc_source.c: has given a function to something else than a thread */
    LONG apc_looked;                 /* routine.c: what apc_queued was when it last looked for APCs */
    BOOL pended;                     /* operation.c: has issued operations that may still be waiting */

    struct program_call *program_calls, *spare_call; /* program_call.h: under way, the innermost first */
    struct call *deferred,
        *deferred_tail; /* routine.c: calls that wait until another one of their socket has returned */

    SRWLOCK lock;                    /* of the following */
    BOOL waiting;                    /* in an alertable wait of kernelbase's, with `alert' among the handles */
    BOOL blocked;                    /* in socket_wait: its waiter's wake_fd ends that */
    BOOL cancelled;                  /* ... because of CancelSynchronousIo */
    volatile LONG apc_queued;        /* how often: the server may have APCs for it */
    struct call *ready, *ready_tail; /* routines to run when the wait has ended */
    HANDLE alert;                    /* auto-reset event */
    volatile LONG routines;          /* queued operations with a routine */
};

/* value * to / from, in integers: 32-bit programs may call with an x87 that can't calculate, which the state of MMX
 * code makes of it. */
static inline LONGLONG time_scale( LONGLONG value, LONGLONG from, LONGLONG to )
{
    return value / from * to + value % from * to / from;
}

/* That moment as QueryPerformanceCounter gives it. */
LONGLONG deadline_after( int milliseconds );

/* How long it is until then, in ns; 0: not at all. */
static inline LONGLONG deadline_left( LONGLONG deadline )
{
    LARGE_INTEGER now, frequency;

    QueryPerformanceCounter( &now );
    QueryPerformanceFrequency( &frequency );
    if (now.QuadPart >= deadline) return 0;
    return time_scale( deadline - now.QuadPart, frequency.QuadPart, 1000000000 );
}

/* Step `count' of a wait for another thread that is between two instructions: without pause at first, later of 1 ms.
 * FALSE: it has taken half a second; the thread may be suspended. */
BOOL thread_pause( UINT count );

/* The time-out of a wait that may take more than one call: in place of a relative one the point of time, in *end. */
const LARGE_INTEGER *timeout_until( const LARGE_INTEGER *timeout, LARGE_INTEGER *end );

struct thread *thread_get( void );         /* the calling thread's, made at first use; NULL when out of memory */
struct thread *thread_peek( void );        /* the same; NULL if there is none yet */
void thread_free( struct thread *thread ); /* it ends or has ended; the last step of startup.c for that */
void thread_release( struct thread *thread );

/* The calling thread, with what is kept for it or NULL, is one whose end must be known even if it is terminated; or
 * ends now in order. See unix/thread_end.c. */
void thread_note( struct thread *thread );
UINT thread_note_end( void ); /* how many of the program's that are noted are left */

/* What a thread blocks with. */
struct waiter *thread_waiter( void ); /* the calling thread's; NULL when out of memory or descriptors */

/* The thread with this id, or NULL; to be released. */
struct thread *thread_find( DWORD id );

/* For all that are known, with their list's lock held. */
void thread_for_each( void ( *func )( struct thread *thread, void *arg ), void *arg );

/* Calls the function in one of our own threads, which has no other work until it returns. Not CreateThread: the
 * program's DllMains needn't be called, and a loader lock held by the caller must not stop it. Keeps the module loaded.
 */
BOOL thread_start( DWORD( WINAPI *func )( void * ), void *arg );

/* What our first thread does, which is started before any other. In the tier afd there is none such. */
void thread_init( DWORD( WINAPI *func )( void * ) );
BOOL thread_start_first( void );

/* The thread that is in a DllMain, or begins or ends: no other thread begins to run then. 0: none. */
DWORD thread_loader_holder( void );
UINT thread_own_count( void );      /* how many of these run */
BOOL thread_is_own( DWORD id );     /* is it one of these? */
void thread_start_end( void );      /* the process ends: no more are made */
UINT thread_starting_count( void ); /* how many more are being made, or have just been */

/* last_thread.c: when the program's last thread ends, so does the process, even if our threads still run. The calling
 * thread ends, and may be the last one. */
void last_thread_check( void );
void last_thread_detach( UINT noted ); /* at DLL_THREAD_DETACH; the program has as many others at least */
/* By our first thread: is one left? noted: as many at least. news: one has just ended. Returns in how many ms it must
 * look again; -1: not before news. */
int last_thread_look( UINT noted, BOOL news );

/* ---- routine.c */

/* What is to be called; NULL when out of memory. cookie: the socket's, since the routines of one socket aren't nested
 * (rule O13). */
struct call *routine_create( UINT64 cookie, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine );

/* The same for the APC of ReadFileEx or WriteFileEx, which finds its results in the OVERLAPPED. */
typedef void WINAPI file_apc( void *context, IO_STATUS_BLOCK *iosb, ULONG reserved );
struct call *routine_create_apc( UINT64 cookie, file_apc *apc, void *context );

/* Makes `issuer' make the call, if it isn't NULL (issuer NULL: the calling thread issued the operation): at once if it
 * waits or blocks here, otherwise by an APC through the upcall (rule O11). */
void routine_queue( struct thread *issuer, const WSATHREADID *id, struct call *call, WSAOVERLAPPED *overlapped,
                    DWORD error, DWORD bytes );

/* The call of an operation of the server, which gets it as context of this. After an error the caller must free it. */
void WINAPI routine_by_server( void *call, IO_STATUS_BLOCK *iosb, ULONG reserved );

/* Runs what is due in the calling thread, which is `thread': routines, and the server's APCs. */
void routine_run_ready( struct thread *thread );

/* Around a blocking part of a call: routines and APCs interrupt it. thread_unblock runs them. STATUS_CANCELLED after
 * CancelSynchronousIo, else STATUS_SUCCESS. call, which may be NULL, is what is given up if one of them doesn't come
 * back. */
void thread_block( struct thread *thread );
NTSTATUS thread_unblock( struct thread *thread, struct program_call *call );

/* The calls that are still to be made are given up: the thread has ended. */
void routine_forget( struct thread *thread );

/* An alertable wait for any of the handles, or none. Only when routine_wait_needed(). */
BOOL routine_wait_needed( ULONG count );
NTSTATUS routine_wait( ULONG count, const HANDLE *handles, const LARGE_INTEGER *timeout );

extern volatile BOOL thread_apcs_queued; /* to any thread, which may not be known yet */
/* The server may have an APC for the thread. */
void routine_count_apc( struct thread *thread );
/* An APC has been queued to the thread. */
void routine_apc_queued( DWORD thread_id );

/* CancelSynchronousIo: FALSE if the thread isn't blocked here. */
BOOL routine_cancel_blocked( DWORD thread_id );

#endif /* WSURING_THREAD_H */
