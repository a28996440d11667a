/*
 * What every file of the base provider needs
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_PROVIDER_H
#define WSURING_PROVIDER_H

#define WIN32_NO_STATUS
#include <winsock2.h>
#include <ws2spi.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

#include "base/ntdll.h"
#include "base/sdk.h"
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

/* The same for the caller's own OVERLAPPED (hEvent, routine, port as for any Winsock call). Returns at once, with
 * STATUS_PENDING if it pends. thread: the WSATHREADID of the SPI, used with a routine. */
NTSTATUS afd_ioctl_overlapped( HANDLE handle, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                               WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                               WSATHREADID *thread );

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
    COUNTER_COUNT
};

void stats_count( enum counter counter );
void stats_report( void ); /* at process exit, for WSURING_STATS=1 */
void log_message( const char *format, ... ) __attribute__( ( format( printf, 1, 2 ) ) ); /* WSURING_LOG */
extern BOOL log_enabled;

#endif /* WSURING_PROVIDER_H */
