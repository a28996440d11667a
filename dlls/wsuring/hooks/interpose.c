/*
 * Interposing kernelbase's imports from ntdll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wineserver doesn't know about operations that wait in the process, so kernel32's closes, cancels and
 * associations must be intercepted (wine-interfaces 9). Programs that call ntdll themselves bypass this. What stands in
 * for which function is said by the tables of *_hooks.c.
 */

#include "hooks/import_table.h"
#include "hooks/interpose.h"

static const struct hook *const interpose_tables[] = {
    handle_hooks, cancel_hooks, port_hooks, wait_hooks, event_hooks, file_hooks, exit_hooks,
};

/* The hook after this one, in any table; NULL after the last. NULL gives the first. */
static const struct hook *interpose_next( UINT *table, const struct hook *hook )
{
    hook = hook ? hook + 1 : interpose_tables[ *table = 0];
    while (!hook->name)
    {
        if (++*table == ARRAY_SIZE( interpose_tables )) return NULL;
        hook = interpose_tables[*table];
    }
    return hook;
}

BOOL interpose_install( void )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" ), self;
    const struct hook *hook;
    UINT table;

    for (hook = NULL; ( hook = interpose_next( &table, hook ) );)
    {
        void *real = GetProcAddress( ntdll, hook->name ), **slot = import_table_find( hook->module, hook->name );

        /* another module's hook may be there already: it stays, below ours */
        if (slot) real = *slot;
        if (!real || ( !slot && hook->required )) return FALSE;
        *(void **)hook->real = real;
    }
    for (hook = NULL; ( hook = interpose_next( &table, hook ) );)
    {
        void **slot = import_table_find( hook->module, hook->name );

        if (slot && !import_table_write( slot, hook->function ) && hook->required)
        {
            interpose_remove();
            return FALSE;
        }
    }
    entry_install();
    /* a thread may be inside a hook at any time */
    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                        (const WCHAR *)interpose_install, &self );
    return TRUE;
}

void interpose_remove( void )
{
    const struct hook *hook;
    UINT table;

    for (hook = NULL; ( hook = interpose_next( &table, hook ) );)
    {
        void **slot = import_table_find( hook->module, hook->name );

        if (slot && *slot == hook->function) import_table_write( slot, *(void **)hook->real );
    }
}
