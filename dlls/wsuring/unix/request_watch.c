/*
 * The requests that ntdll.so writes to the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The `write', `writev' and `read' that ntdll.so imports from libc go through this file. A request begins with a block
 * of REQUEST_SIZE bytes, on every release from 8.0 to 11.13.
 */

#if 0
#pragma makedep unix
#endif

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dl_iterate_phdr */
#endif

#include "request_watch.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ntdll.h"
#include "unix_private.h"

static ssize_t ( *real_write )( int, const void *, size_t );
static ssize_t ( *real_writev )( int, const struct iovec *, int );
static ssize_t ( *real_read )( int, void *, size_t );

static const struct request_observer *observer;
static __thread struct request_list *recording __attribute__( ( tls_model( "initial-exec" ) ) );

bool request_watch_is_pipe( int fd )
{
    struct stat st;

    return !fstat( fd, &st ) && S_ISFIFO( st.st_mode );
}

/* A pipe is where requests go. Each thread has its own. */
static void watch_count( int fd )
{
    static __thread int pipe_fd __attribute__( ( tls_model( "initial-exec" ) ) ) = -1;

    if (fd != pipe_fd)
    {
        if (!request_watch_is_pipe( fd )) return;
        pipe_fd = fd;
    }
    counters_request();
}

static void watch_request( int fd, const void *request )
{
    const struct request_observer *to = __atomic_load_n( &observer, __ATOMIC_ACQUIRE );
    struct request_list *list = recording;

    watch_count( fd );
    if (to) to->begins( fd, request );
    if (list && list->count < REQUESTS_MAX && request_watch_is_pipe( fd ))
        memcpy( list->requests[list->count++], request, REQUEST_SIZE );
}

static ssize_t watch_write( int fd, const void *data, size_t len )
{
    if (len == REQUEST_SIZE) watch_request( fd, data );
    return real_write( fd, data, len );
}

static ssize_t watch_writev( int fd, const struct iovec *vec, int count )
{
    if (count && vec[0].iov_len == REQUEST_SIZE) watch_request( fd, vec[0].iov_base );
    return real_writev( fd, vec, count );
}

static ssize_t watch_read( int fd, void *data, size_t len )
{
    const struct request_observer *to = __atomic_load_n( &observer, __ATOMIC_ACQUIRE );
    ssize_t ret = real_read( fd, data, len );

    if (to && ret > 0) to->replied( fd, data, ret, len );
    return ret;
}

void request_watch_observe( const struct request_observer *new_observer )
{
    __atomic_store_n( &observer, new_observer, __ATOMIC_RELEASE );
}

void request_watch_record( struct request_list *list )
{
    if (list) list->count = 0;
    recording = list;
}

/* ---- the imports of ntdll.so */

#ifdef __x86_64__
typedef ElfW( Rela ) relocation;
#define RELOCATIONS      DT_RELA
#define RELOCATIONS_SIZE DT_RELASZ
#define RELOCATION_TYPE  ELF64_R_TYPE
#define RELOCATION_SYM   ELF64_R_SYM
#define JUMP_SLOT        R_X86_64_JUMP_SLOT
#define GLOB_DAT         R_X86_64_GLOB_DAT
#else
typedef ElfW( Rel ) relocation;
#define RELOCATIONS      DT_REL
#define RELOCATIONS_SIZE DT_RELSZ
#define RELOCATION_TYPE  ELF32_R_TYPE
#define RELOCATION_SYM   ELF32_R_SYM
#define JUMP_SLOT        R_386_JMP_SLOT
#define GLOB_DAT         R_386_GLOB_DAT
#endif

static const struct import
{
    const char *name;
    void *function;
    void *real;
} imports[] = {
    { "write", watch_write, &real_write },
    { "writev", watch_writev, &real_writev },
    { "read", watch_read, &real_read },
};

struct image
{
    uintptr_t address; /* somewhere in it */
    uintptr_t base;
    const ElfW( Dyn ) * dynamic;
};

static int request_watch_image_find( struct dl_phdr_info *info, size_t size, void *arg )
{
    struct image *image = arg;
    const ElfW( Dyn ) *dynamic = NULL;
    bool inside = false;
    int i;

    (void)size;
    for (i = 0; i < info->dlpi_phnum; i++)
    {
        const ElfW( Phdr ) *header = info->dlpi_phdr + i;
        uintptr_t start = info->dlpi_addr + header->p_vaddr;

        if (header->p_type == PT_DYNAMIC) dynamic = (const void *)start;
        if (header->p_type == PT_LOAD && image->address >= start && image->address < start + header->p_memsz)
            inside = true;
    }
    if (!inside || !dynamic) return 0;
    image->base = info->dlpi_addr;
    image->dynamic = dynamic;
    return 1;
}

static bool request_watch_slot_write( void **slot, void *value )
{
    uintptr_t page = sysconf( _SC_PAGESIZE ), start = (uintptr_t)slot & ~( page - 1 );

    if (mprotect( (void *)start, page, PROT_READ | PROT_WRITE )) return false;
    __atomic_store_n( slot, value, __ATOMIC_SEQ_CST );
    return true; /* the page stays writable: whether it was is not known, and lazy binding may need it */
}

struct relocations
{
    const relocation *entries;
    size_t count;
};

/* The slots of one imported function. Returns how many, -1 if one can't be written. value NULL: only counts. */
static int request_watch_slots_set( const struct image *image, const struct relocations *relocations, const char *name,
                                    void *value )
{
    const ElfW( Sym ) *symbols = NULL;
    const char *strings = NULL;
    const ElfW( Dyn ) * tag;
    int found = 0;
    size_t i, j;

    for (tag = image->dynamic; tag->d_tag != DT_NULL; tag++)
    {
        if (tag->d_tag == DT_SYMTAB) symbols = (const void *)tag->d_un.d_ptr;
        else if (tag->d_tag == DT_STRTAB) strings = (const void *)tag->d_un.d_ptr;
    }
    if (!symbols || !strings) return 0;
    for (i = 0; i < 2; i++)
    {
        for (j = 0; j < relocations[i].count; j++)
        {
            const relocation *entry = relocations[i].entries + j;
            uint32_t type = RELOCATION_TYPE( entry->r_info );

            if (type != JUMP_SLOT && type != GLOB_DAT) continue;
            if (strcmp( strings + symbols[RELOCATION_SYM( entry->r_info )].st_name, name )) continue;
            found++;
            if (value && !request_watch_slot_write( (void **)( image->base + entry->r_offset ), value )) return -1;
        }
    }
    return found;
}

bool request_watch_install( void )
{
    struct image image = { .address = ntdll_address() };
    struct relocations relocations[2] = { { NULL, 0 } };
    const ElfW( Dyn ) * entry;
    size_t i;

    if (real_read) return true;
    if (!dl_iterate_phdr( request_watch_image_find, &image )) return false;
    for (entry = image.dynamic; entry->d_tag != DT_NULL; entry++)
    {
        switch (entry->d_tag)
        {
        case DT_JMPREL: relocations[0].entries = (const void *)entry->d_un.d_ptr; break;
        case DT_PLTRELSZ: relocations[0].count = entry->d_un.d_val / sizeof( relocation ); break;
        case RELOCATIONS: relocations[1].entries = (const void *)entry->d_un.d_ptr; break;
        case RELOCATIONS_SIZE: relocations[1].count = entry->d_un.d_val / sizeof( relocation ); break;
        }
    }
    for (i = 0; i < ARRAY_SIZE( imports ); i++)
    {
        *(void **)imports[i].real = dlsym( RTLD_DEFAULT, imports[i].name );
        if (!*(void **)imports[i].real || !request_watch_slots_set( &image, relocations, imports[i].name, NULL ))
            return false;
    }
    for (i = 0; i < ARRAY_SIZE( imports ); i++)
        if (request_watch_slots_set( &image, relocations, imports[i].name, imports[i].function ) < 0) return false;
    return true;
}
