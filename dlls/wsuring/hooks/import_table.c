/*
 * Import address tables of Wine's modules
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A slot holds the address of a function of ntdll that the module calls.
 */

#include "hooks/import_table.h"

void **import_table_find( const char *module_name, const char *name )
{
    BYTE *base = (BYTE *)GetModuleHandleA( module_name );
    const IMAGE_NT_HEADERS *nt;
    const IMAGE_DATA_DIRECTORY *directory;
    const IMAGE_IMPORT_DESCRIPTOR *import;
    const IMAGE_THUNK_DATA *names;
    void **slots;

    if (!base) return NULL;
    nt = (const IMAGE_NT_HEADERS *)( base + ( (const IMAGE_DOS_HEADER *)base )->e_lfanew );
    directory = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    if (!directory->VirtualAddress) return NULL;
    for (import = (const IMAGE_IMPORT_DESCRIPTOR *)( base + directory->VirtualAddress ); import->Name; import++)
    {
        if (lstrcmpiA( (const char *)base + import->Name, "ntdll.dll" ) || !import->OriginalFirstThunk) continue;
        names = (const IMAGE_THUNK_DATA *)( base + import->OriginalFirstThunk );
        for (slots = (void **)( base + import->FirstThunk ); names->u1.AddressOfData; names++, slots++)
        {
            if (IMAGE_SNAP_BY_ORDINAL( names->u1.Ordinal )) continue;
            if (!strcmp( (const char *)( (const IMAGE_IMPORT_BY_NAME *)( base + names->u1.AddressOfData ) )->Name,
                         name ))
                return slots;
        }
    }
    return NULL;
}

BOOL import_table_write( void **slot, void *value )
{
    DWORD protection;

    /* Wine 10's import tables are read-only pages */
    if (!VirtualProtect( slot, sizeof( *slot ), PAGE_READWRITE, &protection )) return FALSE;
    InterlockedExchangePointer( slot, value );
    VirtualProtect( slot, sizeof( *slot ), protection, &protection );
    return TRUE;
}
