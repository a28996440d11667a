/*
 * Which handle values have been closed in this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A handle can be closed past every Windows API that the provider can hook: by ntdll's NtClose, by another Unix
 * library, and by another process (DUPLICATE_CLOSE_SOURCE), for which Wine runs the close in the process that owns the
 * handle. All of them end as one request that this process writes to the wineserver (wine-interfaces 5.2), and
 * request_watch.c sees all requests. For each handle value there is a word (LIFE_* in unixlib.h) which loses LIFE_VALID
 * before the request is written.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ntdll.h"
#include "request_code.h"
#include "request_watch.h"

#define CLOSE_SOURCE 1          /* DUPLICATE_CLOSE_SOURCE */
#define SAME_ACCESS  2          /* DUPLICATE_SAME_ACCESS */
#define SELF         0xffffffff /* GetCurrentProcess() */
#define PROTECT      2          /* HANDLE_FLAG_PROTECT_FROM_CLOSE */
#define TRIES_MAX    1000

union request
{
    uint32_t code;
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

static struct handle_codes codes;
static struct held_events *held;
static bool can_duplicate;
static uint32_t *words; /* one per handle value */
static uint32_t word_count = LIFE_HANDLES;
static uint32_t closes; /* of valid handles */
static uint32_t noted;  /* the program's threads that are noted and live */
static uint32_t unseen
    = 1; /* what closes_wait waits for, those among it; a futex. It begins with one, for its first look */

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
    return handle / 4 >= word_count ? NULL : words + handle / 4;
}

/* Requests inside ntdll's call for another one, which hasn't been written yet: NtDuplicateObject and NtClose would wait
 * for the lock that the NtClose outside holds. Handles of events have nothing in ntdll that these would miss. */

/* 0 if it fails. */
static uint32_t handle_life_duplicate( uint32_t handle )
{
    struct server_request request = { .fields.u32[0] = codes.dup };

    request.fields.u32[12 / 4] = SELF;
    request.fields.u32[16 / 4] = handle;
    request.fields.u32[20 / 4] = SELF;
    request.fields.u32[32 / 4] = SAME_ACCESS;
    return ntdll_server_call( &request ) ? 0 : request.fields.u32[8 / 4];
}

static void handle_life_close( uint32_t handle )
{
    struct server_request request = { .fields.u32[0] = codes.close };

    request.fields.u32[12 / 4] = handle;
    ntdll_server_call( &request );
}

/* An event is about to be closed that operations are to set: they get a duplicate. */
static void handle_life_keep_event( uint32_t handle )
{
    uint32_t place = handle / 4 % HELD_PLACES, copy = 0, tries, i;
    uint64_t none, record, *slot = NULL;
    bool kept;

    if (!__atomic_load_n( &held->counts[place], __ATOMIC_SEQ_CST )) return;
    if (can_duplicate) copy = handle_life_duplicate( handle );
    record = (uint64_t)( handle & ~3u ) << 32 | copy;
    for (i = 0; i < HELD_NEAR; i++)
    {
        slot = &held->closed[( place + i ) % HELD_PLACES];
        none = 0;
        if (__atomic_compare_exchange_n( slot, &none, record, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED )) break;
    }
    kept = i < HELD_NEAR;
    if (kept) __atomic_add_fetch( &held->closed_count, 1, __ATOMIC_SEQ_CST );
    /* the last of them may have ended meanwhile, and looks only once: the event must not outlive its handle */
    if (kept && !__atomic_load_n( &held->counts[place], __ATOMIC_SEQ_CST )
        && __atomic_compare_exchange_n( slot, &record, 0, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED ))
    {
        __atomic_sub_fetch( &held->closed_count, 1, __ATOMIC_SEQ_CST );
        kept = false;
    }
    if (!kept && copy) handle_life_close( copy );
    /* a thread that doesn't know of this yet is setting it; not for ever: it may have been terminated */
    for (tries = 0; __atomic_load_n( &held->setting[place], __ATOMIC_SEQ_CST ) && tries < TRIES_MAX; tries++)
        sched_yield();
}

static void handle_life_close_begin( uint32_t handle )
{
    uint32_t *word = handle_life_word_of( handle ), old, new;

    if (!word) return;
    if (__atomic_load_n( word, __ATOMIC_SEQ_CST ) & LIFE_HELD) handle_life_keep_event( handle );
    old = __atomic_load_n( word, __ATOMIC_RELAXED );
    do new = ( old & ~( LIFE_VALID | LIFE_HELD ) ) + LIFE_ONE + LIFE_CLOSING_ONE;
    while (!__atomic_compare_exchange_n( word, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED ));
    under_way.word = word;
    under_way.before = old;
    under_way.after = new;
    under_way.closes = true;
}

static void handle_life_wake( void )
{
    __atomic_add_fetch( &unseen, 1, __ATOMIC_SEQ_CST );
    syscall( SYS_futex, &unseen, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0 );
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
    __atomic_add_fetch( &closes, 1, __ATOMIC_SEQ_CST );
    handle_life_wake();
}

static void handle_life_request_begins( int fd, const void *bytes )
{
    const union request *request = bytes;

    if (request->code == codes.close)
    {
        if (request_watch_is_pipe( fd )) handle_life_close_begin( request->close.handle );
    }
    else if (request->code == codes.dup)
    {
        if (request->duplicate.options & CLOSE_SOURCE && request_watch_is_pipe( fd ))
            handle_life_close_begin( request->duplicate.handle );
    }
    else if (request->code == codes.protect && request->protect.mask & PROTECT && request_watch_is_pipe( fd ))
    {
        under_way.word = handle_life_word_of( request->protect.handle );
        under_way.closes = false;
        under_way.flags = request->protect.flags;
        under_way.mask = request->protect.mask;
    }
}

static void handle_life_request_ends( int fd, const void *bytes, size_t len, size_t room )
{
    const struct reply *reply = bytes;
    uint32_t *word = under_way.word;

    if (!word || len < sizeof( *reply ) || room < REQUEST_SIZE || !request_watch_is_pipe( fd )) return;
    under_way.word = NULL;
    if (under_way.closes) handle_life_close_end( word, reply->status );
    else if (reply->status) return;
    else if (under_way.flags & PROTECT) __atomic_or_fetch( word, LIFE_PROTECTED, __ATOMIC_SEQ_CST );
    else __atomic_and_fetch( word, ~LIFE_PROTECTED, __ATOMIC_SEQ_CST );
}

static const struct request_observer handle_life_observer = { handle_life_request_begins, handle_life_request_ends };

/* Does the request work as expected on this Wine? */
static bool handle_life_check_duplicate( uint32_t handle )
{
    uint32_t copy;
    bool good;

    if (handle_life_duplicate( 0 ) || !( copy = handle_life_duplicate( handle ) ) || copy == handle) return false;
    good = !ntdll_query_port( copy );
    ntdll_close( copy );
    return good;
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
    can_duplicate = handle_life_check_duplicate( handle );
    before = __atomic_or_fetch( word, LIFE_VALID, __ATOMIC_SEQ_CST );
    ntdll_close( handle );
    return *word == ( before & ~( LIFE_VALID | LIFE_PROTECTED ) ) + 2 * LIFE_ONE;
}

/* Once per process. NULL if closes can't be seen. */
void *handle_life_init( void *memory, struct held_events *events )
{
    if (words) return words;
    held = events;
    if (!request_watch_install() || !request_code_handles( &codes )) return NULL;
    if (memory)
    {
        words = memory;
        word_count = LIFE_HANDLES_32;
    }
    else
    {
        words = mmap( NULL, LIFE_HANDLES * sizeof( *words ), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0 );
        if (words == MAP_FAILED) return words = NULL;
    }
    request_watch_observe( &handle_life_observer );
    return handle_life_check() ? words : NULL; /* the words stay: another thread may be there */
}

uint32_t closes_note_thread( int change )
{
    uint32_t now = __atomic_add_fetch( &noted, change, __ATOMIC_SEQ_CST );

    if (!now && change <= 0) handle_life_wake();
    return now;
}

/* unix_closes_wait */
NTSTATUS closes_wait( void *args )
{
    struct closes_wait_params *params = args;
    struct timespec timeout = { params->timeout / 1000, params->timeout % 1000 * 1000000 };
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t now;

    while (!status && ( now = __atomic_load_n( &unseen, __ATOMIC_SEQ_CST ) ) == params->seen)
    {
        if (!syscall( SYS_futex, &unseen, FUTEX_WAIT_PRIVATE, now, params->timeout < 0 ? NULL : &timeout, NULL, 0 ))
            continue;
        if (errno == EINTR) status = STATUS_ALERTED;
        else if (errno == ETIMEDOUT) status = STATUS_TIMEOUT;
    }
    params->seen = now;
    params->closes = __atomic_load_n( &closes, __ATOMIC_SEQ_CST );
    params->noted = __atomic_load_n( &noted, __ATOMIC_SEQ_CST );
    return status;
}
