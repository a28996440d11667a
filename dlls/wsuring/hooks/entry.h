/*
 * Hooks at ntdll's own entry points
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_ENTRY_H
#define WSURING_ENTRY_H

#include "hooks/interpose.h"

struct entry
{
    const char *name;
    void *function;
    void *real; /* address of the pointer to what does the call */
};

/* Those of each file; the last has no name. */
extern const struct entry entry_calls[], entry_files[], entry_threads[];

/* The provider's own calls aren't the program's; those of kernelbase's hooks have been seen there. */
#define ENTRY_BY_PROVIDER() entry_is_provider( __builtin_return_address( 0 ) )

extern const BYTE __ImageBase[];

static inline BOOL entry_is_provider( const void *caller )
{
    const IMAGE_DOS_HEADER *dos = (const void *)__ImageBase;
    const IMAGE_NT_HEADERS *header = (const void *)( __ImageBase + dos->e_lfanew );

    return (UINT_PTR)caller - (UINT_PTR)__ImageBase < header->OptionalHeader.SizeOfImage;
}

#endif /* WSURING_ENTRY_H */
