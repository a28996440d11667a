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

#include "base/capability.h"
#include "hooks/import_table.h"
#include "hooks/interpose.h"

/* Those of one capability stand together. */
static const struct interpose_table
{
    enum capability capability;
    const struct hook *hooks;
} interpose_tables[] = {
    { CAPABILITY_HOOKS, handle_hooks }, { CAPABILITY_HOOKS, cancel_hooks }, { CAPABILITY_HOOKS, wait_hooks },
    { CAPABILITY_PORTS, port_hooks },   { CAPABILITY_EVENTS, event_hooks }, { CAPABILITY_FILES, file_hooks },
    { CAPABILITY_EXITS, exit_hooks },
};

/* Notes what the tables call. FALSE if an import is missing that the release must have. */
static BOOL interpose_find( const struct hook *hook )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );

    for (; hook->name; hook++)
    {
        void **slot = import_table_find( hook->module, hook->name );

        /* another module's hook may be there already: it stays, below ours */
        if (slot) *(void **)hook->real = *slot;
        else if (hook->required)
        {
            log_message( "%s doesn't import %s\n", hook->module, hook->name );
            return FALSE;
        }
        /* releases differ: what isn't imported isn't called that way */
        else if (!*(void **)hook->real) *(void **)hook->real = (void *)GetProcAddress( ntdll, hook->name );
    }
    return TRUE;
}

static BOOL interpose_replace( const struct hook *hook )
{
    for (; hook->name; hook++)
    {
        void **slot = import_table_find( hook->module, hook->name );

        if (slot && !import_table_write( slot, hook->function ) && hook->required) return FALSE;
    }
    return TRUE;
}

static void interpose_restore( const struct hook *hook )
{
    for (; hook->name; hook++)
    {
        void **slot = import_table_find( hook->module, hook->name );

        if (slot && *slot == hook->function) import_table_write( slot, *(void **)hook->real );
    }
}

static BOOL interpose_capability( enum capability capability )
{
    BOOL good = !( capability_unwanted() & CAPABILITY_BIT( capability ) );
    UINT i;

    for (i = 0; i < ARRAY_SIZE( interpose_tables ) && good; i++)
        if (interpose_tables[i].capability == capability) good = interpose_find( interpose_tables[i].hooks );
    for (i = 0; i < ARRAY_SIZE( interpose_tables ) && good; i++)
        if (interpose_tables[i].capability == capability) good = interpose_replace( interpose_tables[i].hooks );
    if (good) return TRUE;
    for (i = 0; i < ARRAY_SIZE( interpose_tables ); i++)
        if (interpose_tables[i].capability == capability) interpose_restore( interpose_tables[i].hooks );
    capability_lack( capability );
    return FALSE;
}

static void interpose_restore_all( void )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE( interpose_tables ); i++) interpose_restore( interpose_tables[i].hooks );
}

BOOL interpose_install( void )
{
    BOOL entries = !( capability_unwanted() & CAPABILITY_BIT( CAPABILITY_ENTRIES ) ) && entry_expected();
    HMODULE self;

    if (!interpose_capability( CAPABILITY_HOOKS )) return FALSE;
    if (!interpose_capability( CAPABILITY_PORTS ) && !entries)
    {
        /* No association with a port would be seen. All that could be served then is what no port has to do with, with
         * the faults of both ways. */
        capability_lack( CAPABILITY_ENTRIES );
        interpose_restore_all();
        return FALSE;
    }
    /* operations on files use events, too */
    if (!interpose_capability( CAPABILITY_FILES )) event_shortcuts = FALSE;
    if (!interpose_capability( CAPABILITY_EVENTS )) event_shortcuts = FALSE;
    interpose_capability( CAPABILITY_EXITS );
    if (!entries || !entry_install())
    {
        /* ntdll sets and resets events of its own accord, and so do its callers */
        event_shortcuts = FALSE;
        capability_lack( CAPABILITY_ENTRIES );
    }
    /* a thread may be inside a hook at any time */
    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                        (const WCHAR *)interpose_install, &self );
    return TRUE;
}

void interpose_remove( void )
{
    interpose_restore_all();
}
