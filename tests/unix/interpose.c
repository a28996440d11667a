/*
 * Native tests: which of a module's imports are replaced, as releases import them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The provider's own interpose.c, import_table.c and wait_hooks.c, compiled for the host, with modules that are made
 * here: their import tables name what Wine 8.0, 10.0 and 11.13 import, or lack something. Then the waits and APCs go
 * through the tables, as kernelbase's do.
 *
 * Run: tests/unix/run plain|address|thread
 */

#include <stdarg.h>

#include "check.h"
#include "modules.h"
#include "../../dlls/wsuring/base/capability.h"
#include "../../dlls/wsuring/hooks/interpose.h"
#include "../../dlls/wsuring/hooks/import_table.h"
#include "../../dlls/wsuring/wait/event_state.h"
#include "../../dlls/wsuring/sockets/handle_state.h"
#include "../../dlls/wsuring/ports/port.h"
#include "../../dlls/wsuring/wait/thread.h"

#define EVENT   ( (HANDLE)0x30 )
#define SOCKET_ ( (HANDLE)0x34 ) /* its signal is SIGNAL */
#define SIGNAL  ( (HANDLE)0x38 )
#define THREAD  ( (HANDLE)0x3c )

/* ---- the provider's parts that the hooks call */

BOOL log_enabled;
static BOOL routines; /* the thread has operations with routines: an alertable wait is ours */
static BOOL taken;    /* EVENT is known to be set */
static HANDLE over;   /* what a wait has used */
static HANDLE noted;  /* as waited for */
static DWORD apc_for;
static UINT waits;

void log_message( const char *format, ... )
{
    (void)format;
}

DWORD GetThreadId( HANDLE thread )
{
    return thread == THREAD ? 7 : 0;
}

DWORD GetCurrentThreadId( void )
{
    return 1;
}

struct thread *thread_peek( void )
{
    return NULL;
}

void apc_source_note( const void *apc )
{
    (void)apc;
}

void routine_apc_queued( DWORD thread_id )
{
    apc_for = thread_id;
}

BOOL routine_wait_needed( ULONG count )
{
    (void)count;
    return routines;
}

BOOL port_signal_has_moved( const HANDLE *handle, HANDLE waited )
{
    (void)handle;
    (void)waited;
    return FALSE;
}

const LARGE_INTEGER *timeout_until( const LARGE_INTEGER *timeout, LARGE_INTEGER *end )
{
    (void)end;
    return timeout;
}

NTSTATUS routine_wait( ULONG count, const HANDLE *handles, const LARGE_INTEGER *timeout )
{
    (void)timeout;
    waits++;
    called_with = count ? *handles : NULL;
    return answer;
}

BOOL handle_state_is_set( const HANDLE *handle )
{
    (void)handle;
    return FALSE;
}

void handle_state_replace( struct handle_waits *waits, ULONG count, const HANDLE *handles, BOOL any )
{
    check( count == 1 && any, "%u handles, any %d", count, any );
    waits->count = waits->asked = count;
    waits->any = any;
    *waits->room = SIGNAL;
    waits->handles = *handles == SOCKET_ ? waits->room : handles;
}

const HANDLE *port_signal_replace( ULONG count, const HANDLE *handles, BOOL any, HANDLE *room )
{
    (void)room;
    check( count == 1 && any, "%u handles, any %d", count, any );
    noted = *handles;
    return handles;
}

BOOL event_take_set( ULONG count, const HANDLE *handles, NTSTATUS *status )
{
    check( count == 1, "%u handles", count );
    if (!taken || *handles != EVENT) return FALSE;
    *status = 0;
    return TRUE;
}

void event_wait_over( HANDLE event )
{
    over = event;
}

void event_note_signalled( HANDLE event )
{
    (void)event;
}

static BOOL entries_good;
BOOL event_shortcuts;

BOOL entry_expected( void )
{
    return entries_good;
}

BOOL entry_install( void )
{
    return entries_good;
}

static UINT unwanted, lacking;

UINT capability_unwanted( void )
{
    return unwanted;
}

void capability_lack( enum capability capability )
{
    lacking |= CAPABILITY_BIT( capability );
}

/* The other files' tables: one that every release must have, one in kernel32 that some have. */
static void hook_close( void )
{
}

static void *real_close, *real_set_file, *real_set_event, *real_read;

const struct hook handle_hooks[] = {
    { "kernelbase.dll", "NtClose", hook_close, &real_close, TRUE },
    { 0 },
};
const struct hook port_hooks[] = {
    { "kernelbase.dll", "NtSetInformationFile", hook_close, &real_set_file, TRUE },
    { "kernel32.dll", "NtSetInformationFile", hook_close, &real_set_file, FALSE },
    { 0 },
};
const struct hook event_hooks[] = {
    { "kernelbase.dll", "NtSetEvent", hook_close, &real_set_event, TRUE },
    { 0 },
};
const struct hook file_hooks[] = {
    { "kernelbase.dll", "NtReadFile", hook_close, &real_read, TRUE },
    { 0 },
};
const struct hook cancel_hooks[] = { { 0 } }, exit_hooks[] = { { 0 } };

/* ---- tests */

#define WAITS  "NtClose NtDelayExecution NtWaitForMultipleObjects "
#define ALWAYS WAITS "NtSetInformationFile NtSetEvent NtReadFile "

static const struct row
{
    const char *name;
    const char *kernelbase, *kernel32;
    const char *unknown; /* what ntdll lacks */
    BOOL installs, single, apc_ex, apc_ex2;
} rows[] = {
    { "8.0", ALWAYS "NtQueueApcThread NtSignalAndWaitForSingleObject", "NtSetInformationFile", "NtQueueApcThreadEx2",
      TRUE, FALSE, FALSE, FALSE },
    { "11.13", ALWAYS "NtWaitForSingleObject NtQueueApcThread NtQueueApcThreadEx2", "NtSetInformationFile", NULL, TRUE,
      TRUE, FALSE, TRUE },
    { "everything", ALWAYS "NtWaitForSingleObject NtQueueApcThread NtQueueApcThreadEx NtQueueApcThreadEx2", "", NULL,
      TRUE, TRUE, TRUE, TRUE },
    { "kernel32 without", ALWAYS "NtQueueApcThread", "RtlExitUserProcess", NULL, TRUE, FALSE, FALSE, FALSE },
    { "no close", "NtSetInformationFile NtDelayExecution NtWaitForMultipleObjects", "", NULL, FALSE, FALSE, FALSE,
      FALSE },
    { "nothing", "", "", NULL, FALSE, FALSE, FALSE, FALSE },
};

/* One capability that is missing takes only its own hooks. */
static const struct part
{
    const char *name;
    const char *kernelbase;
    UINT unwanted, lacking;
    BOOL ports, events, files, shortcuts;
} parts[] = {
    { "all", ALWAYS, 0, 0, TRUE, TRUE, TRUE, TRUE },
    { "no ports", WAITS "NtSetEvent NtReadFile", 0, CAPABILITY_BIT( CAPABILITY_PORTS ), FALSE, TRUE, TRUE, TRUE },
    { "no events", WAITS "NtSetInformationFile NtReadFile", 0, CAPABILITY_BIT( CAPABILITY_EVENTS ), TRUE, FALSE, TRUE,
      FALSE },
    { "no files", WAITS "NtSetInformationFile NtSetEvent", 0, CAPABILITY_BIT( CAPABILITY_FILES ), TRUE, TRUE, FALSE,
      FALSE },
    { "waits alone", WAITS, 0,
      CAPABILITY_BIT( CAPABILITY_PORTS ) | CAPABILITY_BIT( CAPABILITY_EVENTS ) | CAPABILITY_BIT( CAPABILITY_FILES ),
      FALSE, FALSE, FALSE, FALSE },
    { "unwanted ports", ALWAYS, CAPABILITY_BIT( CAPABILITY_PORTS ), CAPABILITY_BIT( CAPABILITY_PORTS ), FALSE, TRUE,
      TRUE, TRUE },
    { "unwanted entries", ALWAYS, CAPABILITY_BIT( CAPABILITY_ENTRIES ), CAPABILITY_BIT( CAPABILITY_ENTRIES ), TRUE,
      TRUE, TRUE, FALSE },
};

static void test_parts( int i )
{
    const struct part *part = parts + i;
    BOOL ports, events, files;

    image_make( &kernelbase, part->kernelbase );
    image_make( &kernel32, "" );
    unwanted = part->unwanted;
    entries_good = event_shortcuts = TRUE;
    check( interpose_install(), "%s", part->name );
    check( lacking == part->lacking, "%s: lacks %x", part->name, lacking );
    ports = image_slot( &kernelbase, "NtSetInformationFile" ) == hook_close;
    events = image_slot( &kernelbase, "NtSetEvent" ) == hook_close;
    files = image_slot( &kernelbase, "NtReadFile" ) == hook_close;
    check( ports == part->ports && events == part->events && files == part->files, "%s: %d %d %d", part->name, ports,
           events, files );
    check( event_shortcuts == part->shortcuts, "%s: %d", part->name, event_shortcuts );
}

static void check_restored( const char *row )
{
    UINT i;

    for (i = 0; i < NAMES_MAX; i++)
    {
        if (!*kernelbase.texts[i].name) continue;
        check( kernelbase.slots[i] == (void *)GetProcAddress( NULL, kernelbase.texts[i].name ), "%s: %s", row,
               kernelbase.texts[i].name );
    }
}

/* No association with a port would be seen: nothing is put in place. */
static void test_blind( int arg )
{
    image_make( &kernelbase, arg ? ALWAYS : WAITS "NtSetEvent NtReadFile" );
    image_make( &kernel32, "NtSetInformationFile" );
    if (arg) unwanted = CAPABILITY_BIT( CAPABILITY_PORTS ) | CAPABILITY_BIT( CAPABILITY_ENTRIES );
    entries_good = arg != 0;
    check( !interpose_install(), "installed" );
    check( lacking == ( CAPABILITY_BIT( CAPABILITY_PORTS ) | CAPABILITY_BIT( CAPABILITY_ENTRIES ) ), "lacks %x",
           lacking );
    check_restored( "blind" );
}

static void test_unwanted( int arg )
{
    (void)arg;
    image_make( &kernelbase, ALWAYS );
    image_make( &kernel32, "" );
    unwanted = CAPABILITY_BIT( CAPABILITY_HOOKS );
    check( !interpose_install() && lacking == unwanted, "lacks %x", lacking );
}

static void test_rows( int i )
{
    const struct row *row = rows + i;
    BOOL single, ex, ex2;

    unknown = row->unknown;
    image_make( &kernelbase, row->kernelbase );
    image_make( &kernel32, row->kernel32 );
    check( interpose_install() == row->installs, "%s", row->name );
    if (!row->installs)
    {
        check_restored( row->name );
        return;
    }
    single = image_slot( &kernelbase, "NtWaitForSingleObject" ) != ( row->single ? ntdll_NtWaitForSingleObject : NULL );
    ex = image_slot( &kernelbase, "NtQueueApcThreadEx" ) != ( row->apc_ex ? ntdll_NtQueueApcThreadEx : NULL );
    ex2 = image_slot( &kernelbase, "NtQueueApcThreadEx2" ) != ( row->apc_ex2 ? ntdll_NtQueueApcThreadEx2 : NULL );
    check( single == row->single && ex == row->apc_ex && ex2 == row->apc_ex2, "%s: %d %d %d", row->name, single, ex,
           ex2 );
    check( image_slot( &kernelbase, "NtClose" ) == hook_close, "%s: NtClose", row->name );
    check( kernelbase.slots[0] == ntdll_nothing, "%s: the one without a name", row->name );
    interpose_remove();
    check_restored( row->name );
}

static void test_protected( int arg )
{
    (void)arg;
    image_make( &kernelbase, rows[1].kernelbase );
    image_make( &kernel32, rows[1].kernel32 );
  protected
    = TRUE;
    check( !interpose_install(), "installed" );
    check_restored( "protected" );
}

/* Another module's hook stays, below ours. */
static void test_below( int arg )
{
    (void)arg;
    image_make( &kernelbase, rows[1].kernelbase );
    image_make( &kernel32, rows[1].kernel32 );
    *import_table_find( "kernelbase.dll", "NtClose" ) = test_below;
    check( interpose_install(), "install" );
    check( real_close == test_below, "not below" );
    interpose_remove();
    check( image_slot( &kernelbase, "NtClose" ) == test_below, "not restored" );
}

/* As kernelbase calls them. */
static void test_waits( int arg )
{
    NTSTATUS ( *wait )( HANDLE, BOOLEAN, const LARGE_INTEGER * );

    (void)arg;
    image_make( &kernelbase, rows[1].kernelbase );
    image_make( &kernel32, rows[1].kernel32 );
    check( interpose_install(), "install" );
    wait = image_slot( &kernelbase, "NtWaitForSingleObject" );

    check( !wait( EVENT, FALSE, NULL ) && called && called_with == EVENT && over == EVENT && noted == EVENT, "a wait" );
    over = NULL;
    answer = STATUS_TIMEOUT;
    check( wait( EVENT, FALSE, NULL ) == STATUS_TIMEOUT && !over, "a time-out" );
    check( wait( SOCKET_, FALSE, NULL ) == STATUS_TIMEOUT && called_with == SIGNAL && noted == SOCKET_, "a socket" );
    called = NULL;
    taken = TRUE;
    check( !wait( EVENT, FALSE, NULL ) && !called, "an event that is set" );
    check( wait( EVENT, TRUE, NULL ) == STATUS_TIMEOUT && called, "it, alertably" );
    called = NULL;
    routines = TRUE;
    check( wait( SOCKET_, TRUE, NULL ) == STATUS_TIMEOUT && !called && waits == 1 && called_with == SIGNAL,
           "alertably, with routines" );
    check( wait( SOCKET_, FALSE, NULL ) == STATUS_TIMEOUT && called && waits == 1, "not alertably" );
}

static void test_apcs( int arg )
{
    NTSTATUS ( *queue )( HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
    NTSTATUS ( *queue_ex )( HANDLE, HANDLE, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );
    NTSTATUS ( *queue_ex2 )( HANDLE, HANDLE, ULONG, void *, ULONG_PTR, ULONG_PTR, ULONG_PTR );

    (void)arg;
    image_make( &kernelbase, rows[2].kernelbase );
    image_make( &kernel32, rows[2].kernel32 );
    check( interpose_install(), "install" );
    queue = image_slot( &kernelbase, "NtQueueApcThread" );
    queue_ex = image_slot( &kernelbase, "NtQueueApcThreadEx" );
    queue_ex2 = image_slot( &kernelbase, "NtQueueApcThreadEx2" );

    check( !queue( THREAD, NULL, 1, 2, 3 ) && apc_for == 7, "for %u", apc_for );
    check( !queue_ex( GetCurrentThread(), NULL, NULL, 1, 2, 3 ) && apc_for == 1, "for %u", apc_for );
    check( !queue_ex2( THREAD, NULL, 1, NULL, 1, 2, 3 ) && apc_for == 7, "for %u", apc_for );
    apc_for = 0;
    answer = STATUS_TIMEOUT;
    check( queue_ex2( THREAD, NULL, 1, NULL, 1, 2, 3 ) == STATUS_TIMEOUT && !apc_for, "for %u", apc_for );
}

int main( void )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE( rows ); i++) run( test_rows, i );
    for (i = 0; i < ARRAY_SIZE( parts ); i++) run( test_parts, i );
    run( test_blind, 0 );
    run( test_blind, 1 );
    run( test_unwanted, 0 );
    run( test_protected, 0 );
    run( test_below, 0 );
    run( test_waits, 0 );
    run( test_apcs, 0 );
    return check_summary();
}
