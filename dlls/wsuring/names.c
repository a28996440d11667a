/*
 * Private export for ws2_32: the host's resolver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/provider.h"
#include "base/names.h"

const char *__cdecl wsuring_status( void );

/* ws2_32 may ask for names before it has called WSPStartup (gethostname needs no socket). */
static BOOL CALLBACK names_wake_engine( INIT_ONCE *once, void *param, void **context )
{
    (void)once;
    (void)param;
    (void)context;
    wsuring_status();
    return TRUE;
}

/* One operation of names.h. All memory behind params belongs to ws2_32.
 * Returns STATUS_SUCCESS (see params->error), STATUS_BUFFER_TOO_SMALL (see params->size), or STATUS_NOT_SUPPORTED in
 * tier afd, where the caller does what it can without the Unix library. */
NTSTATUS __cdecl wsuring_get_name( struct name_params *params )
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    InitOnceExecuteOnce( &once, names_wake_engine, NULL, NULL );
    if (engine == ENGINE_AFD) return STATUS_NOT_SUPPORTED;
    return unix_call( unix_get_name, params );
}
