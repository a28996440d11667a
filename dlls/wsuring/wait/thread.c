/*
 * What the provider keeps for a thread
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wait/program_call.h"
#include "wait/thread.h"

#ifdef _WIN64
#define PEB_LOADER_LOCK 0x110 /* offset of PEB.LoaderLock */
#else
#define PEB_LOADER_LOCK 0xa0
#endif
#define THREAD_IDLE        10000 /* ms that a thread of ours without work stays */
#define THREAD_START_LOOKS 500   /* ms at least that the end of the process waits for those that begin */
#define PAUSE_YIELDS       100
#define PAUSE_SLEEPS       400

static DWORD thread_slot = TLS_OUT_OF_INDEXES;
static struct thread *threads;
static SRWLOCK threads_lock = SRWLOCK_INIT;

struct thread *thread_peek( void )
{
    DWORD slot = thread_slot;
    TEB *teb = current_teb();

    /* not TlsGetValue, which clears the last error: hooks of calls that succeed leave it alone */
    if (slot < ARRAY_SIZE( teb->TlsSlots )) return teb->TlsSlots[slot];
    if (slot == TLS_OUT_OF_INDEXES || !teb->TlsExpansionSlots) return NULL;
    return ( (void **)teb->TlsExpansionSlots )[slot - ARRAY_SIZE( teb->TlsSlots )];
}

LONGLONG deadline_after( int milliseconds )
{
    LARGE_INTEGER now, frequency;

    QueryPerformanceCounter( &now );
    QueryPerformanceFrequency( &frequency );
    return now.QuadPart + milliseconds * frequency.QuadPart / 1000;
}

const LARGE_INTEGER *timeout_until( const LARGE_INTEGER *timeout, LARGE_INTEGER *end )
{
    if (!timeout || timeout->QuadPart >= 0) return timeout;
    NtQuerySystemTime( end );
    end->QuadPart -= timeout->QuadPart;
    return end;
}

BOOL thread_pause( UINT count )
{
    if (count >= PAUSE_YIELDS + PAUSE_SLEEPS) return FALSE;
    Sleep( count < PAUSE_YIELDS ? 0 : 1 );
    return TRUE;
}

volatile BOOL thread_apcs_queued;

struct thread *thread_get( void )
{
    struct thread *thread;

    if (thread_slot == TLS_OUT_OF_INDEXES)
    {
        DWORD slot = TlsAlloc();

        if (slot == TLS_OUT_OF_INDEXES) return NULL;
        if (InterlockedCompareExchange( (LONG *)&thread_slot, slot, TLS_OUT_OF_INDEXES ) != (LONG)TLS_OUT_OF_INDEXES)
            TlsFree( slot );
    }
    if (( thread = thread_peek() )) return thread;
    if (!( thread = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *thread ) ) )) return NULL;
    thread->refs = 1;
    thread->id = GetCurrentThreadId();
    TlsSetValue( thread_slot, thread );
    lock_acquire( &threads_lock );
    thread->next = threads;
    threads = thread;
    lock_release( &threads_lock );
    /* from here on it is found; what came before may have been meant for it */
    if (thread_apcs_queued) InterlockedIncrement( &thread->apc_queued );
    thread_note( thread );
    return thread;
}

struct thread *thread_find( DWORD id )
{
    struct thread *thread;

    lock_acquire( &threads_lock );
    for (thread = threads; thread && thread->id != id; thread = thread->next) /* nothing */
        ;
    if (thread) InterlockedIncrement( &thread->refs );
    lock_release( &threads_lock );
    return thread;
}

void thread_for_each( void ( *func )( struct thread *thread, void *arg ), void *arg )
{
    struct thread *thread;

    lock_acquire( &threads_lock );
    for (thread = threads; thread; thread = thread->next) func( thread, arg );
    lock_release( &threads_lock );
}

void thread_release( struct thread *thread )
{
    if (InterlockedDecrement( &thread->refs )) return;
    if (thread->event) NtClose( thread->event );
    if (thread->alert) NtClose( thread->alert );
    if (thread->waiter)
    {
        struct descriptor_close_params params = { .fd = thread->waiter->wake_fd };

        unix_call( unix_descriptor_close, &params );
        HeapFree( GetProcessHeap(), 0, thread->waiter );
    }
    HeapFree( GetProcessHeap(), 0, thread->spare_call );
    HeapFree( GetProcessHeap(), 0, thread );
}

void thread_free( struct thread *thread )
{
    struct thread **link, *own = thread_peek();

    if (own && own == thread) TlsSetValue( thread_slot, NULL );
    lock_acquire( &threads_lock );
    for (link = &threads; *link && *link != thread; link = &( *link )->next) /* nothing */
        ;
    if (*link) *link = thread->next;
    lock_release( &threads_lock );
    thread_release( thread );
}

void thread_note( struct thread *thread )
{
    struct thread_note_params note = { .id = GetCurrentThreadId(), .cookie = (UINT_PTR)thread };

    if (engine != ENGINE_AFD) unix_call( unix_thread_note, &note );
}

UINT thread_note_end( void )
{
    struct thread_note_params note = { .id = 0 };

    if (engine == ENGINE_AFD || unix_call( unix_thread_note, &note )) return 0;
    return note.noted;
}

struct waiter *thread_waiter( void )
{
    struct wake_params wake = { .fd = -1 };
    struct thread *thread = thread_get();

    if (!thread) return NULL;
    if (thread->waiter) return thread->waiter;
    if (unix_call( unix_wake_create, &wake )) return NULL;
    /* from the heap: a thread that is terminated while it blocks leaves it linked, so it must not lie on its stack */
    if (!( thread->waiter = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *thread->waiter ) ) ))
    {
        struct descriptor_close_params close = { .fd = wake.fd };

        unix_call( unix_descriptor_close, &close );
        return NULL;
    }
    thread->waiter->wake_fd = wake.fd;
    return thread->waiter;
}

static volatile LONG own_threads, starting_threads;
static volatile LONG no_more_threads;

UINT thread_own_count( void )
{
    return own_threads;
}

UINT thread_starting_count( void )
{
    return starting_threads;
}

/* Without a lock, whose holder might be suspended. Entries are used again, but never freed. */
struct own_thread
{
    struct own_thread *next;
    volatile LONG id;                  /* 0: free */
    struct thread_work *volatile work; /* NULL: the thread has nothing to do */
};

struct thread_work
{
    DWORD( WINAPI *func )( void * );
    void *arg;
};

static struct own_thread *volatile own_list;
static struct thread_work no_more_work; /* it takes none */

/* Another process may terminate it: its entry is free then, too. */
static void thread_own_note( struct own_thread *own )
{
    struct thread_note_params note = { .id = own->id, .own = (UINT_PTR)&own->id };

    own->work = &no_more_work;
    if (engine != ENGINE_AFD) unix_call( unix_thread_note, &note );
}

static struct own_thread *thread_own_enter( void )
{
    struct own_thread *own, *head;
    LONG id = GetCurrentThreadId();

    for (own = own_list; own; own = own->next)
    {
        if (own->id || InterlockedCompareExchange( &own->id, id, 0 )) continue;
        thread_own_note( own );
        return own;
    }
    if (!( own = HeapAlloc( GetProcessHeap(), 0, sizeof( *own ) ) )) return NULL;
    own->id = id;
    thread_own_note( own );
    do own->next = head = own_list;
    while (InterlockedCompareExchangePointer( (void *volatile *)&own_list, own, head ) != head);
    return own;
}

BOOL thread_is_own( DWORD id )
{
    const struct own_thread *own;

    for (own = own_list; own; own = own->next)
        if ((DWORD)own->id == id) return id != 0;
    return FALSE;
}

/* A thread that has done its work waits for more. One that ended while the process ends would be hit by Wine's SIGQUIT
 * when its Unix thread has forgotten its TEB, and the process would die of SIGSEGV; and a program often closes its
 * ports, whose threads then have no more to do, just before it ends. */
static struct thread_work *thread_own_wait( struct own_thread *own )
{
    static const LARGE_INTEGER idle = { .QuadPart = -THREAD_IDLE * 10000LL };
    struct thread_work *work, *none = NULL;

    InterlockedExchangePointer( (void *volatile *)&own->work, NULL );
    while (!( work = own->work ))
    {
        if (RtlWaitOnAddress( (const void *)&own->work, &none, sizeof( none ), &idle ) == STATUS_TIMEOUT
            && !InterlockedCompareExchangePointer( (void *volatile *)&own->work, &no_more_work, NULL ))
            return NULL;
    }
    return work;
}

static DWORD WINAPI thread_start_main( void *arg )
{
    struct thread_work work, *given = arg;
    struct own_thread *own = thread_own_enter();
    DWORD ret;

    InterlockedIncrement( &own_threads );
    InterlockedDecrement( &starting_threads );
    do
    {
        work = *given;
        HeapFree( GetProcessHeap(), 0, given );
        ret = work.func( work.arg );
    } while (own && ( given = thread_own_wait( own ) ));
    if (own) own->id = 0;
    InterlockedDecrement( &own_threads );
    return ret;
}

/* Gives it to a thread that has nothing to do. */
static BOOL thread_own_give( struct thread_work *work )
{
    struct own_thread *own;

    for (own = own_list; own; own = own->next)
    {
        if (!own->id || own->work || InterlockedCompareExchangePointer( (void *volatile *)&own->work, work, NULL ))
            continue;
        RtlWakeAddressSingle( (void *)&own->work );
        return TRUE;
    }
    return FALSE;
}

DWORD thread_loader_holder( void )
{
    const RTL_CRITICAL_SECTION *lock = *(RTL_CRITICAL_SECTION *const *)( (BYTE *)current_peb() + PEB_LOADER_LOCK );

    return lock ? HandleToULong( lock->OwningThread ) : ~0u;
}

static BOOL thread_start_work( DWORD( WINAPI *func )( void * ), void *arg )
{
    struct thread_work *work = HeapAlloc( GetProcessHeap(), 0, sizeof( *work ) );
    HMODULE module;
    HANDLE thread;

    if (!work) return FALSE;
    work->func = func;
    work->arg = arg;
    if (thread_own_give( work )) return TRUE;
    /* interposing has pinned it already, and the loader's lock isn't for callers that serve others */
    if (!interposed)
        GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN, (const WCHAR *)func,
                            &module );
    InterlockedIncrement( &starting_threads );
    if (!no_more_threads
        && !NtCreateThreadEx( &thread, THREAD_ALL_ACCESS, NULL, GetCurrentProcess(), (void *)thread_start_main, work,
                              2 /* THREAD_CREATE_FLAGS_SKIP_THREAD_ATTACH */, 0, 0, 0, NULL ))
    {
        NtClose( thread );
        return TRUE;
    }
    InterlockedDecrement( &starting_threads );
    HeapFree( GetProcessHeap(), 0, work );
    return FALSE;
}

static DWORD( WINAPI *first_func )( void * );

void thread_init( DWORD( WINAPI *func )( void * ) )
{
    first_func = func;
}

BOOL thread_start_first( void )
{
    static volatile LONG started;

    if (engine == ENGINE_AFD || started || InterlockedExchange( &started, TRUE )) return TRUE;
    if (thread_start_work( first_func, NULL )) return TRUE;
    log_message( "no thread watches closes and ends\n" );
    InterlockedExchange( &started, FALSE );
    return FALSE;
}

BOOL thread_start( DWORD( WINAPI *func )( void * ), void *arg )
{
    return thread_start_first() && thread_start_work( func, arg );
}

/* In a 32-bit program of the new style of WoW64, Wine's SIGQUIT to a thread that is just beginning kills the process by
 * SIGSEGV: its Unix side uses what the thread hasn't set yet. So the process ends when ours have begun. */
void thread_start_end( void )
{
    UINT looks;

    InterlockedExchange( &no_more_threads, TRUE );
    for (looks = 0; starting_threads && looks < THREAD_START_LOOKS; looks++) Sleep( 1 );
}
