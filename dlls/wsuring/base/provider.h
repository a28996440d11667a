/*
 * What every file of the base provider needs
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_PROVIDER_H
#define WSURING_PROVIDER_H

#define WIN32_NO_STATUS
#include "wsuring_winsock.h"
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

#include "base/lock.h"
#include "base/ntdll.h"
#include "base/unixlib.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE( x ) ( sizeof( x ) / sizeof( *( x ) ) )
#endif

/* ---- status.c: one table maps errors */

/* NTSTATUS to a Winsock error. */
int error_from_status( NTSTATUS status );

/* ---- module.c */

extern WSPUPCALLTABLE upcalls;  /* from ws2_32 */
extern enum engine_kind engine; /* the tier in use */
extern enum engine_reason engine_reason;
extern LONG
    pending_max; /* overlapped operations that may be outstanding per socket and direction, WSURING_MAX_PENDING */
extern BOOL event_shortcuts; /* event_state.h; FALSE for WSURING_EVENTS=0 */
extern BOOL interposed;      /* kernelbase's imports are hooked, so we see associations, cancels and closes */

/* Calls into wsuring.so; only when engine != ENGINE_AFD. */
NTSTATUS unix_call( enum unix_func func, void *params );

/* ---- guard.S: the program's memory, which may be bad. x64 unwind tables catch the fault. */

/* Copies len bytes; FALSE if either side faults. */
BOOL guarded_copy( void *dst, const void *src, SIZE_T len );

/* Reads, or reads and writes back, one byte of every page, so that Wine handles write-watched and guard pages before
 * the kernel sees them. FALSE if one faults. */
BOOL guarded_touch( void *ptr, SIZE_T len, BOOL write );

/* ---- afd.c: the control path */

/* One ioctl on a socket handle. Waits for it if it pends, on a per-thread event and not alertably. information, if
 * not NULL, gets IO_STATUS_BLOCK.Information. */
NTSTATUS afd_ioctl( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                    ULONG_PTR *information );

/* The same for the caller's own OVERLAPPED (hEvent, port as for any Winsock call). Returns at once, with STATUS_PENDING
 * if it pends. call: routine.c's, which the calling thread makes at the end, or NULL; consumed even after an error. */
struct call;
NTSTATUS afd_ioctl_overlapped( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                               WSAOVERLAPPED *overlapped, struct call *call );

/* ---- stats.c */

enum counter
{
    COUNTER_SEND_DIRECT,
    COUNTER_SEND_PENDED,
    COUNTER_SEND_AFD,
    COUNTER_RECV_DIRECT,
    COUNTER_RECV_PENDED,
    COUNTER_RECV_AFD,
    COUNTER_EVENT_SET,
    COUNTER_EVENT_RESET,
    COUNTER_RESET_SAVED, /* event_state.h */
    COUNTER_WAIT_SAVED,
    COUNTER_PACKET,
    COUNTER_ROUTINE,
    COUNTER_CONTROL, /* AFD ioctls */
    COUNTER_DESCRIPTOR,
    /* Ways to the server, where operations have one of their own: of ports by why they were given back, of operations
     * by why the server has them. */
    COUNTER_FELL_BACK_UNTAKEN,  /* port: nobody took its packets */
    COUNTER_FELL_BACK_WAITED,   /* port: its handle is waited for */
    COUNTER_FELL_BACK_SHARED,   /* port: other processes have it */
    COUNTER_FELL_BACK_SELECTED, /* the server has the socket's network events */
    COUNTER_FELL_BACK_BEHIND,   /* behind one that the server has */
    COUNTER_FELL_BACK_UNPOSTED, /* the port isn't known, and can't be posted to */
    COUNTER_FELL_BACK_CLOSED,   /* no descriptor of our own */
    COUNTER_FELL_BACK_UNHOOKED, /* no hooks, or no reaper */
    COUNTER_SEND_BYTES,         /* of all but what pends in the server */
    COUNTER_RECV_BYTES,
    COUNTER_SOCKETS_BEGUN,
    COUNTER_SOCKETS_ENDED,
    COUNTER_PORTS_BEGUN,
    COUNTER_PORTS_ENDED,
    COUNTER_COUNT
};

/* A word that other threads change by InterlockedCompareExchange64, whole: i386 reads it in two parts, which may be of
 * two values. */
static inline LONG64 word_read( const volatile LONG64 *word )
{
#ifdef _WIN64
    return *word;
#else
    return InterlockedCompareExchange64( (LONG64 *)word, 0, 0 );
#endif
}

/* The same for writing it. Wine's headers don't have InterlockedExchange64; __atomic_store_n takes x87 for it. */
static inline void word_write( volatile LONG64 *word, LONG64 value )
{
    LONG64 old = *word, seen;

    for (; ( seen = InterlockedCompareExchange64( (LONG64 *)word, value, old ) ) != old; old = seen) /* nothing */
        ;
}

void stats_count( enum counter counter );
void stats_add( enum counter counter, UINT64 value );
void stats_report( void ); /* at process exit, for WSURING_STATS=1 */
void log_message( const char *format, ... ) __attribute__( ( format( printf, 1, 2 ) ) ); /* WSURING_LOG */
extern BOOL log_enabled;

#endif /* WSURING_PROVIDER_H */
