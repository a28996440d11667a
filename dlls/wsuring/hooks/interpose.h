/*
 * Interposing kernelbase's imports from ntdll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_INTERPOSE_H
#define WSURING_INTERPOSE_H

#include "sockets/socket.h"

/* Puts our functions into the import tables. FALSE, with nothing changed, if anything isn't as expected. */
BOOL interpose_install( void );
void interpose_remove( void );

/* A function that stands in for one of ntdll in a module's import table. */
struct hook
{
    const char *module;
    const char *name;
    void *function;
    void *real;    /* address of the pointer to what the table held before */
    BOOL required; /* without it nothing is interposed */
};

/* The hooks of each file; the last has no name. */
extern const struct hook handle_hooks[], cancel_hooks[], port_hooks[], wait_hooks[], event_hooks[], file_hooks[],
    exit_hooks[];

/* port_hooks.c: FileCompletionInformation has been set; info is a FILE_COMPLETION_INFORMATION. */
void port_note_associated( HANDLE handle, const void *info );

/* entry.c: hooks at ntdll's own entry points. Once; without them, callers of ntdll go unseen. */
void entry_install( void );

/* file.c: NtReadFile or NtWriteFile on a socket that is served here; FALSE: it isn't. */
BOOL file_transfer( HANDLE handle, enum direction direction, HANDLE event, const void *apc, const void *context,
                    IO_STATUS_BLOCK *iosb, void *buffer, ULONG len, NTSTATUS *status );

/* close_watch.c: the socket observer. */
void close_watch_described( struct socket *sock );

#endif /* WSURING_INTERPOSE_H */
