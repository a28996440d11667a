/*
 * Interposing kernelbase's imports from ntdll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_INTERPOSE_H
#define WSURING_INTERPOSE_H

#include "sockets/socket.h"
#include "wait/thread.h"

/* Puts our functions into the import tables, each capability's if they are as expected and it isn't unwanted. FALSE,
 * with nothing changed, without those that everything needs (CAPABILITY_HOOKS), or if no association with a port would
 * be seen. */
BOOL interpose_install( void );
void interpose_remove( void );

/* FILE_INFORMATION_CLASS */
#define FILE_COMPLETION_INFORMATION        30
#define FILE_COMPLETION_NOTIFICATION_MODES 41

/* A function that stands in for one of ntdll in a module's import table. */
struct hook
{
    const char *module;
    const char *name;
    void *function;
    void *real;    /* address of the pointer to what the table held before */
    BOOL required; /* without it none of this capability's is put in place */
};

/* The hooks of each file; the last has no name. */
extern const struct hook handle_hooks[], cancel_hooks[], port_hooks[], wait_hooks[], event_hooks[], file_hooks[],
    exit_hooks[];

/* wait_hooks.c: NtQueueApcThread has returned this. */
void wait_note_apc( NTSTATUS status, HANDLE thread );

/* port_hooks.c: FileCompletionInformation has been set; info is a FILE_COMPLETION_INFORMATION. */
void port_note_associated( HANDLE handle, const void *info );

/* FileIoCompletionNotificationInformation has been set. */
void port_note_modes( HANDLE handle, const void *info );

/* port_note_associated, whatever the port: packets go through the server. */
void port_note_used( HANDLE handle );

/* cancel_hooks.c: what the three functions that cancel do; `cancel' is ntdll's. The first one only ends what is here.
 */
typedef NTSTATUS WINAPI cancel_func( HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb );
void cancel_of_thread( HANDLE handle );
NTSTATUS cancel_by( cancel_func *cancel, HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb );
NTSTATUS cancel_blocked_by( cancel_func *cancel, HANDLE thread, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb );

/* file_hooks.c: the server resets and sets the event from now on, or calls the function. */
void file_lend( HANDLE event, const void *apc );

/* entry.c: hooks at ntdll's own entry points. Do all look as expected? */
BOOL entry_expected( void );

/* Once. FALSE if any isn't in place: such callers of ntdll go unseen. */
BOOL entry_install( void );

/* What NtReadFile and NtWriteFile are given. */
struct file_call
{
    HANDLE handle;
    enum direction direction;
    HANDLE event;
    file_apc *apc;
    void *context; /* of the packet, or of the APC */
    IO_STATUS_BLOCK *iosb;
    void *buffer;
    ULONG len;
    LARGE_INTEGER *offset;
    ULONG *key;
    NTSTATUS ( *by_server )( const struct file_call *call ); /* ntdll's function */
};

/* file.c: does it, here if it is for a socket that is served here. Returns what ntdll's function would. */
NTSTATUS file_transfer( const struct file_call *call );

/* upper.c: reads, writes and closes of a handle that a layer answers for. Both FALSE if it is none. */
extern volatile BOOL upper_used;
BOOL upper_transfer( struct socket *sock, const struct file_call *call, BOOL overlapped, NTSTATUS *status );
BOOL upper_close( HANDLE handle );

/* The arguments of NtDeviceIoControlFile that count here. */
struct device_call
{
    HANDLE handle;
    ULONG code;
    void *in, *out;
    ULONG in_size, out_size;
};

/* event_ioctl.c: before the server gets the program's ioctl, which may become another. */
void event_ioctl( struct device_call *call );

/* The server has received for the program, which enables FD_READ again. */
void event_read_past( HANDLE handle );

/* suspend.c: suspends a thread where it holds no locks of ours. `suspend' is NtSuspendThread. for_good: it won't be
 * resumed, and who has suspended it before doesn't matter. */
typedef NTSTATUS WINAPI suspend_func( HANDLE thread, ULONG *count );
NTSTATUS suspend_safely( HANDLE thread, ULONG *count, BOOL for_good, suspend_func *suspend );

/* close_watch.c: the socket observer. */
void last_thread_terminates( void );        /* the program terminates a thread */
DWORD WINAPI close_watch_main( void *arg ); /* by our first thread */
void close_watch_described( struct socket *sock );

#endif /* WSURING_INTERPOSE_H */
