/*
 * Which handle values have been closed in this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A handle can be closed past every Windows API that the provider can hook: by ntdll's NtClose, by another Unix
 * library, and by another process (DUPLICATE_CLOSE_SOURCE), for which Wine runs the close in the process that owns the
 * handle. All of them end as one request that this process writes to the wineserver (wine-interfaces 5.2). So the
 * `write', `writev' and `read' that ntdll.so imports from libc go through this file. For each handle value there is a
 * word (LIFE_* in unixlib.h) which loses LIFE_VALID before the request is written.
 *
 * The functions run in every request of the process, with signals blocked: no locks, no allocation.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ntdll.h"

#define REQUEST_SIZE 64 /* of the part without variable data */

/* Request codes, the same on 8.0 and 10.0 and next to each other. handle_life_check() looks at the first. */
enum
{
    CLOSE_HANDLE = 21,
    SET_HANDLE_INFO = 22,
    DUP_HANDLE = 23,
};

#define CLOSE_SOURCE 1 /* DUPLICATE_CLOSE_SOURCE */
#define PROTECT      2 /* HANDLE_FLAG_PROTECT_FROM_CLOSE */

union request
{
    int32_t code;
    struct
    {
        uint32_t header[3];
        uint32_t handle;
    } close;
    struct
    {
        uint32_t header[3];
        uint32_t handle;
        int32_t flags, mask;
    } protect;
    struct
    {
        uint32_t header[3];
        uint32_t process, handle, dst_process, access, attributes, options;
    } duplicate;
    unsigned char bytes[REQUEST_SIZE];
};

struct reply
{
    int32_t status;
    uint32_t size;
    int32_t old_flags;
};

static ssize_t ( *real_write )( int, const void *, size_t );
static ssize_t ( *real_writev )( int, const struct iovec *, int );
static ssize_t ( *real_read )( int, void *, size_t );

static uint32_t *words; /* one per handle value */
static uint32_t unseen; /* closes of valid handles; a futex */

/* What the thread's request under way is for. */
static __thread struct
{
    uint32_t *word;  /* NULL: nothing of interest */
    uint32_t before; /* its value, if the request closes the handle */
    uint32_t after;
    bool closes;
    int32_t flags, mask;
} under_way __attribute__( ( tls_model( "initial-exec" ) ) );

static uint32_t *handle_life_word_of( uint32_t handle )
{
    return handle & 3 || handle / 4 >= LIFE_HANDLES ? NULL : words + handle / 4;
}

static void handle_life_close_begin( uint32_t handle )
{
    uint32_t *word = handle_life_word_of( handle ), old, new;

    if (!word) return;
    old = __atomic_load_n( word, __ATOMIC_RELAXED );
    do new = ( old & ~LIFE_VALID ) + LIFE_ONE + LIFE_CLOSING_ONE;
    while (!__atomic_compare_exchange_n( word, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED ));
    under_way.word = word;
    under_way.before = old;
    under_way.after = new;
    under_way.closes = true;
}

static void handle_life_close_end( uint32_t *word, int32_t status )
{
    uint32_t old = under_way.after, new = under_way.before + 2 * LIFE_ONE;

    /* it failed, and nothing else has happened: it is what it was */
    if (status && __atomic_compare_exchange_n( word, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED )) return;
    old = __atomic_load_n( word, __ATOMIC_RELAXED );
    do
    {
        new = old + LIFE_ONE - LIFE_CLOSING_ONE;
        /* entered meanwhile: by the thread that was given the value next, or before a second close of it. It is looked
         * at again before it is used. */
        if (!status) new &= ~( LIFE_VALID | LIFE_PROTECTED );
    } while (!__atomic_compare_exchange_n( word, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED ));
    if (!( ( under_way.before | old ) & LIFE_VALID )) return;
    __atomic_add_fetch( &unseen, 1, __ATOMIC_SEQ_CST );
    syscall( SYS_futex, &unseen, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0 );
}

static bool handle_life_is_pipe( int fd )
{
    struct stat st;

    return !fstat( fd, &st ) && S_ISFIFO( st.st_mode );
}

static void handle_life_request_begins( int fd, const union request *request )
{
    if (request->code == CLOSE_HANDLE)
    {
        if (handle_life_is_pipe( fd )) handle_life_close_begin( request->close.handle );
    }
    else if (request->code == DUP_HANDLE)
    {
        if (request->duplicate.options & CLOSE_SOURCE && handle_life_is_pipe( fd ))
            handle_life_close_begin( request->duplicate.handle );
    }
    else if (request->code == SET_HANDLE_INFO && request->protect.mask & PROTECT && handle_life_is_pipe( fd ))
    {
        under_way.word = handle_life_word_of( request->protect.handle );
        under_way.closes = false;
        under_way.flags = request->protect.flags;
        under_way.mask = request->protect.mask;
    }
}

static void handle_life_request_ends( const struct reply *reply )
{
    uint32_t *word = under_way.word;

    under_way.word = NULL;
    if (under_way.closes) handle_life_close_end( word, reply->status );
    else if (reply->status) return;
    else if (under_way.flags & PROTECT) __atomic_or_fetch( word, LIFE_PROTECTED, __ATOMIC_SEQ_CST );
    else __atomic_and_fetch( word, ~LIFE_PROTECTED, __ATOMIC_SEQ_CST );
}

static ssize_t life_write( int fd, const void *data, size_t len )
{
    if (len == REQUEST_SIZE) handle_life_request_begins( fd, data );
    return real_write( fd, data, len );
}

static ssize_t life_writev( int fd, const struct iovec *vec, int count )
{
    if (count && vec[0].iov_len == REQUEST_SIZE) handle_life_request_begins( fd, vec[0].iov_base );
    return real_writev( fd, vec, count );
}

static ssize_t life_read( int fd, void *data, size_t len )
{
    ssize_t ret = real_read( fd, data, len );

    if (under_way.word && ret >= (ssize_t)sizeof( struct reply ) && len >= REQUEST_SIZE && handle_life_is_pipe( fd ))
        handle_life_request_ends( data );
    return ret;
}

/* ---- the imports of ntdll.so */

static const struct import
{
    const char *name;
    void *function;
    void *real;
} imports[] = {
    { "write", life_write, &real_write },
    { "writev", life_writev, &real_writev },
    { "read", life_read, &real_read },
};

struct image
{
    uintptr_t address; /* somewhere in it */
    uintptr_t base;
    const ElfW( Dyn ) * dynamic;
};

static int handle_life_image_find( struct dl_phdr_info *info, size_t size, void *arg )
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

static bool handle_life_slot_write( void **slot, void *value )
{
    uintptr_t page = sysconf( _SC_PAGESIZE ), start = (uintptr_t)slot & ~( page - 1 );

    if (mprotect( (void *)start, page, PROT_READ | PROT_WRITE )) return false;
    __atomic_store_n( slot, value, __ATOMIC_SEQ_CST );
    return true; /* the page stays writable: whether it was is not known, and lazy binding may need it */
}

struct relocations
{
    const ElfW( Rela ) * entries;
    size_t count;
};

/* The slots of one imported function. Returns how many, -1 if one can't be written. value NULL: only counts. */
static int handle_life_slots_set( const struct image *image, const struct relocations *relocations, const char *name,
                                  void *value )
{
    const ElfW( Sym ) *symbols = NULL;
    const char *strings = NULL;
    const ElfW( Dyn ) * entry;
    int found = 0;
    size_t i, j;

    for (entry = image->dynamic; entry->d_tag != DT_NULL; entry++)
    {
        if (entry->d_tag == DT_SYMTAB) symbols = (const void *)entry->d_un.d_ptr;
        else if (entry->d_tag == DT_STRTAB) strings = (const void *)entry->d_un.d_ptr;
    }
    if (!symbols || !strings) return 0;
    for (i = 0; i < 2; i++)
    {
        for (j = 0; j < relocations[i].count; j++)
        {
            const ElfW( Rela ) *rela = relocations[i].entries + j;
            uint32_t type = ELF64_R_TYPE( rela->r_info );

            if (type != R_X86_64_JUMP_SLOT && type != R_X86_64_GLOB_DAT) continue;
            if (strcmp( strings + symbols[ELF64_R_SYM( rela->r_info )].st_name, name )) continue;
            found++;
            if (value && !handle_life_slot_write( (void **)( image->base + rela->r_offset ), value )) return -1;
        }
    }
    return found;
}

static bool handle_life_imports_replace( void )
{
    struct image image = { .address = ntdll_address() };
    struct relocations relocations[2] = { { NULL, 0 } };
    const ElfW( Dyn ) * entry;
    size_t i;

    if (!dl_iterate_phdr( handle_life_image_find, &image )) return false;
    for (entry = image.dynamic; entry->d_tag != DT_NULL; entry++)
    {
        switch (entry->d_tag)
        {
        case DT_JMPREL: relocations[0].entries = (const void *)entry->d_un.d_ptr; break;
        case DT_PLTRELSZ: relocations[0].count = entry->d_un.d_val / sizeof( ElfW( Rela ) ); break;
        case DT_RELA: relocations[1].entries = (const void *)entry->d_un.d_ptr; break;
        case DT_RELASZ: relocations[1].count = entry->d_un.d_val / sizeof( ElfW( Rela ) ); break;
        }
    }
    for (i = 0; i < ARRAY_SIZE( imports ); i++)
    {
        *(void **)imports[i].real = dlsym( RTLD_DEFAULT, imports[i].name );
        if (!*(void **)imports[i].real || !handle_life_slots_set( &image, relocations, imports[i].name, NULL ))
            return false;
    }
    for (i = 0; i < ARRAY_SIZE( imports ); i++)
        if (handle_life_slots_set( &image, relocations, imports[i].name, imports[i].function ) < 0) return false;
    return true;
}

/* Is a close seen, from beginning to end? */
static bool handle_life_check( void )
{
    uint32_t handle, *word, before;

    if (ntdll_create_port( &handle )) return false;
    if (!( word = handle_life_word_of( handle ) ))
    {
        ntdll_close( handle );
        return false;
    }
    before = __atomic_or_fetch( word, LIFE_VALID, __ATOMIC_SEQ_CST );
    ntdll_close( handle );
    return *word == ( before & ~( LIFE_VALID | LIFE_PROTECTED ) ) + 2 * LIFE_ONE;
}

/* Once per process. NULL if closes can't be seen. */
void *handle_life_init( void )
{
    if (words) return words;
    words = mmap( NULL, LIFE_HANDLES * sizeof( *words ), PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0 );
    if (words == MAP_FAILED) words = NULL;
    else if (!handle_life_imports_replace() || !handle_life_check())
        return NULL; /* the words stay: the functions may be in place */
    return words;
}

/* unix_closes_wait */
NTSTATUS closes_wait( void *args )
{
    struct closes_wait_params *params = args;
    uint32_t now;

    while (( now = __atomic_load_n( &unseen, __ATOMIC_SEQ_CST ) ) == params->seen)
        if (syscall( SYS_futex, &unseen, FUTEX_WAIT_PRIVATE, now, NULL, NULL, 0 ) && errno == EINTR)
            return STATUS_ALERTED;
    params->seen = now;
    return STATUS_SUCCESS;
}
