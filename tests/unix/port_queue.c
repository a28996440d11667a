/*
 * Native tests: the queue of a served port, with the reaper
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The provider's own files, compiled for the host on the real Unix library, so that ThreadSanitizer sees them. Threads
 * post, threads wait in every way, sockets become ready. Each packet must come exactly once, those of one poster in
 * order, and no thread may sleep while packets wait. The rest is simulated: one port, pipes for sockets, eventfds for
 * events. `port_queue SECONDS' for longer.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#include "volatile.h"
#include "windows.h"
#include "../../dlls/wsuring/wait/reaper.h"
#include "../../dlls/wsuring/wait/thread.h"
#include "../../dlls/wsuring/ports/port.h"

enum
{
    POSTERS = 3,
    WAITERS = 6,
    SOCKETS = 8
};

#define SOURCES   ( POSTERS + SOCKETS )
#define SLOT_BASE 5 /* of the sockets' cookies */

extern NTSTATUS ( *const __wine_unix_call_funcs[] )( void *args );

static struct port port = { .lock = SRWLOCK_INIT, .set = -1, .wake_fd = -1, .pooled = { .slot = 7, .generation = 3 } };
static struct
{
    int pipe[2];
    atomic_uint sent;
    unsigned int read;
    pthread_mutex_t lock;
} sockets[SOCKETS];
static atomic_uint posted[POSTERS], taken[SOURCES];
static unsigned int next_value[SOURCES]; /* checked under order_lock, when only one thread takes packets */
static atomic_bool stop;
static atomic_uint unserved;

/* ---- the part of Windows that these files use */

DWORD GetCurrentThreadId( void )
{
    static __thread DWORD id;
    static atomic_uint last;

    if (!id) id = ++last;
    return id;
}

static int64_t now_ns( void )
{
    struct timespec time;

    clock_gettime( CLOCK_MONOTONIC, &time );
    return time.tv_sec * 1000000000ll + time.tv_nsec;
}

void Sleep( DWORD ms )
{
    if (ms == INFINITE) pause();
    else usleep( ms * 1000 );
}

void QueryPerformanceCounter( LARGE_INTEGER *now )
{
    now->QuadPart = now_ns();
}
void QueryPerformanceFrequency( LARGE_INTEGER *frequency )
{
    frequency->QuadPart = 1000000000;
}

NTSTATUS NtQuerySystemTime( LARGE_INTEGER *now )
{
    now->QuadPart = now_ns() / 100;
    return 0;
}

static int event_fd( HANDLE event )
{
    return (int)(intptr_t)event - 1;
}

NTSTATUS NtCreateEvent( HANDLE *event, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type, BOOLEAN state )
{
    int fd = eventfd( state, EFD_CLOEXEC | EFD_NONBLOCK );

    (void)access;
    (void)attributes;
    (void)type;
    if (fd == -1) return STATUS_NO_MEMORY;
    *event = (HANDLE)(intptr_t)( fd + 1 );
    return 0;
}

NTSTATUS NtSetEvent( HANDLE event, LONG *previous )
{
    (void)previous;
    return eventfd_write( event_fd( event ), 1 );
}

NTSTATUS NtClose( HANDLE handle )
{
    close( event_fd( handle ) );
    return 0;
}

NTSTATUS NtWaitForSingleObject( HANDLE event, BOOLEAN alertable, LARGE_INTEGER *timeout )
{
    struct pollfd fd = { .fd = event_fd( event ), .events = POLLIN };
    eventfd_t value;

    (void)alertable;
    while (eventfd_read( fd.fd, &value ))
        if (!poll( &fd, 1, timeout ? (int)( ( -timeout->QuadPart + 9999 ) / 10000 ) : -1 )) return STATUS_TIMEOUT;
    return 0;
}

NTSTATUS RtlWaitOnAddress( const volatile void *address, const void *compare, SIZE_T size,
                           const LARGE_INTEGER *timeout )
{
    (void)size;
    (void)timeout;
    while (__atomic_load_n( (const volatile LONG *)address, __ATOMIC_SEQ_CST ) == *(const LONG *)compare) sched_yield();
    return 0;
}

void RtlWakeAddressAll( const void *address )
{
    (void)address;
}

/* ---- and the part of the provider */

enum engine_kind engine = ENGINE_URING;

NTSTATUS unix_call( enum unix_func func, void *params )
{
    return __wine_unix_call_funcs[func]( params );
}

void log_message( const char *format, ... )
{
    (void)format;
}

struct thread *thread_get( void )
{
    static __thread struct thread thread;

    return &thread;
}

struct thread *thread_peek( void )
{
    return thread_get();
}

struct start
{
    DWORD ( *func )( void * );
    void *arg;
};

static void *start_thread( void *arg )
{
    struct start start = *(struct start *)arg;

    free( arg );
    start.func( start.arg );
    return NULL;
}

DWORD thread_loader_holder( void )
{
    return 0;
}

BOOL thread_start( DWORD ( *func )( void * ), void *arg )
{
    struct start *start = malloc( sizeof( *start ) );
    pthread_t thread;

    *start = (struct start){ func, arg };
    return !pthread_create( &thread, NULL, start_thread, start ) && !pthread_detach( thread );
}

BOOL routine_wait_needed( ULONG count )
{
    (void)count;
    return FALSE;
}
NTSTATUS routine_wait( ULONG count, const HANDLE *handles, const LARGE_INTEGER *timeout )
{
    (void)count;
    (void)handles;
    (void)timeout;
    return STATUS_NOT_SUPPORTED;
}

UINT64 port_cookie( const struct port *which )
{
    return (UINT64)which->pooled.generation << 32 | 0x80000000u | which->pooled.slot;
}
struct port *port_from_cookie( UINT64 cookie )
{
    return cookie == port_cookie( &port ) ? &port : NULL;
}
void port_release( struct port *which )
{
    (void)which;
}
void port_for_each( void ( *func )( struct port *which, void *arg ), void *arg )
{
    func( &port, arg );
}
void port_unserve( struct port *which )
{
    (void)which;
    unserved++;
}
void stats_count( enum counter counter )
{
    (void)counter;
}

/* A packet that the port doesn't accept would go to the wineserver. */
static void post( UINT source, UINT value )
{
    while (!port_post( &port, source, value, 0, 0, FALSE )) usleep( 50 );
}

/* Its socket has packets for the port, one per byte. One thread at a time, as under a queue's lock. */
static void pipe_ready( UINT64 cookie, UINT ready )
{
    UINT index = (UINT)cookie - SLOT_BASE;
    char bytes[16];
    ssize_t got, i;

    (void)ready;
    if (index >= SOCKETS || cookie >> 32 != 1) return;
    pthread_mutex_lock( &sockets[index].lock );
    while (( got = read( sockets[index].pipe[0], bytes, sizeof( bytes ) ) ) > 0)
        for (i = 0; i < got; i++) post( POSTERS + index, ++sockets[index].read );
    pthread_mutex_unlock( &sockets[index].lock );
}

static const struct reaper_source sources[REAPER_KIND_COUNT] = {
    [REAPER_SOCKETS] = { .ready = pipe_ready },
    [REAPER_PORTS] = { .ready = port_ready, .tick = port_tick },
};

/* ---- the test */

static uint32_t random_next( uint32_t *state )
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void *poster( void *arg )
{
    UINT index = (uintptr_t)arg;
    uint32_t state = 77 + index, r;

    while (!stop)
    {
        r = random_next( &state );
        if (r & 1) post( index, ++posted[index] );
        else
        {
            UINT which = r / 2 % SOCKETS;

            if (write( sockets[which].pipe[1], "x", 1 ) == 1) sockets[which].sent++;
        }
        if (!( r >> 8 & 0x3f )) usleep( r >> 20 & 0x7ff );
        else if (!( r >> 8 & 7 )) sched_yield();
    }
    return NULL;
}

static void *waiter( void *arg )
{
    uint32_t state = 12345 + (uintptr_t)arg, r;
    struct port_packet packets[8];
    LARGE_INTEGER timeout;
    NTSTATUS status;
    ULONG count, i;

    for (;;)
    {
        r = random_next( &state );
        timeout.QuadPart = r & 4 ? 0 : -(LONGLONG)( r >> 8 & 0x3fff );
        count = 0;
        status = port_remove( &port, packets, 1 + ( r >> 4 & 7 ), &count, r & 3 ? NULL : &timeout, !( r >> 28 ) );
        if (status == STATUS_TIMEOUT) check( !( r & 3 ), "time is over where there is no limit" );
        else if (status == STATUS_PORT_ABANDONED) break;
        else if (status == STATUS_NOT_SUPPORTED) usleep( 50 ); /* would wait for the wineserver's */
        else check( !status && count >= 1 && count <= 1 + ( r >> 4 & 7 ), "status %x, %u packets", status, count );
        if (status) continue;
        for (i = 0; i < count; i++)
        {
            check( packets[i].key < SOURCES, "key %lu", (unsigned long)packets[i].key );
            if (packets[i].key < SOURCES) taken[packets[i].key]++;
        }
        if (!( r >> 16 & 0xff )) usleep( r >> 24 );
    }
    port_thread_ends( thread_get() );
    return NULL;
}

/* The port goes back to the wineserver, and returns. */
static void *switcher( void *arg )
{
    (void)arg;
    while (!stop)
    {
        usleep( 5000 );
        pthread_mutex_lock( &port.lock );
        port.served = FALSE;
        port_wake( &port );
        pthread_mutex_unlock( &port.lock );
        usleep( 200 );
        pthread_mutex_lock( &port.lock );
        port.served = TRUE;
        pthread_mutex_unlock( &port.lock );
    }
    return NULL;
}

static bool all_taken( void )
{
    UINT i;

    for (i = 0; i < SOURCES; i++)
        if (taken[i] != ( i < POSTERS ? posted[i] : sockets[i - POSTERS].sent )) return false;
    return true;
}

static void make_port( void )
{
    struct init_params init = { .wanted = engine };
    struct set_create_params set;
    UINT i;

    unix_call( unix_init, &init );
    check( init.engine == engine, "engine %d", init.engine );
    reaper_init( sources );
    check( reaper_start(), "the reaper" );
    check( !unix_call( unix_set_create, &set ), "a set" );
    port.set = set.set;
    port.wake_fd = set.wake_fd;
    port.patience = port.due = ~0u;
    port.served = TRUE;
    for (i = 0; i < SOCKETS; i++)
    {
        struct watch_params watch = { .set = port.set, .events = POLL_IN, .cookie = 1ull << 32 | ( SLOT_BASE + i ) };

        if (pipe2( sockets[i].pipe, O_NONBLOCK | O_CLOEXEC )) abort();
        pthread_mutex_init( &sockets[i].lock, NULL );
        watch.fd = sockets[i].pipe[0];
        check( !unix_call( unix_engine_watch, &watch ), "watch" );
    }
}

static int seconds = 2;

static void test_threads( int arg )
{
    pthread_t posters[POSTERS], waiters[WAITERS], switches;
    int64_t deadline;
    uintptr_t i;

    engine = arg;
    alarm( 60 + seconds );
    make_port();
    for (i = 0; i < WAITERS; i++) pthread_create( waiters + i, NULL, waiter, (void *)i );
    for (i = 0; i < POSTERS; i++) pthread_create( posters + i, NULL, poster, (void *)i );
    pthread_create( &switches, NULL, switcher, NULL );
    sleep( seconds );
    stop = true;
    pthread_join( switches, NULL );
    for (i = 0; i < POSTERS; i++) pthread_join( posters[i], NULL );
    for (deadline = now_ns() + 10000000000ll; !all_taken() && now_ns() < deadline;) usleep( 1000 );
    for (i = 0; i < SOURCES; i++)
    {
        unsigned int sent = i < POSTERS ? posted[i] : sockets[i - POSTERS].sent;

        check( sent && taken[i] == sent, "source %lu: %u packets sent, %u taken", (unsigned long)i, sent, taken[i] );
    }
    pthread_mutex_lock( &port.lock );
    check( !port.count, "%u packets are left", port.count );
    port.closed = TRUE;
    port.served = FALSE;
    port_wake( &port );
    pthread_mutex_unlock( &port.lock );
    for (i = 0; i < WAITERS; i++) pthread_join( waiters[i], NULL );
    check( !port.sleepers && !port.alertable && !port.awake, "%u awake", port.awake );
}

/* One waiter: the packets of each poster come in order. */
static void test_order( int arg )
{
    pthread_t posters[POSTERS];
    struct port_packet packets[4];
    int64_t deadline;
    uint32_t state = 99;
    uintptr_t i;
    ULONG count;

    engine = arg;
    make_port();
    for (i = 0; i < POSTERS; i++) pthread_create( posters + i, NULL, poster, (void *)i );
    for (deadline = now_ns() + 1000000000ll; !stop || !all_taken();)
    {
        LARGE_INTEGER timeout = { .QuadPart = -100000 };
        uint32_t r = random_next( &state );

        if (!stop && now_ns() > deadline)
        {
            /* packets already begun are posted before all_taken() counts */
            stop = true;
            for (i = 0; i < POSTERS; i++) pthread_join( posters[i], NULL );
        }
        if (now_ns() > deadline + 10000000000ll) break;
        if (port_remove( &port, packets, 1 + r % 4, &count, &timeout, !( r >> 28 ) )) continue;
        for (i = 0; i < count; i++)
        {
            check( packets[i].value == ++next_value[packets[i].key], "source %lu: got %lu, expected %u",
                   (unsigned long)packets[i].key, (unsigned long)packets[i].value, next_value[packets[i].key] );
            taken[packets[i].key]++;
        }
    }
    check( all_taken(), "packets are missing" );
    port_thread_ends( thread_get() );
}

/* Time-outs end when they should. */
static void test_times( int arg )
{
    static const int times[] = { 0, 1, 5, 20, 100 };
    struct port_packet packet;
    int64_t start, took;
    ULONG count;
    UINT i, n;

    engine = arg;
    make_port();
    for (i = 0; i < 2 * sizeof( times ) / sizeof( *times ); i++)
    {
        LARGE_INTEGER timeout = { .QuadPart = -10000ll * times[i / 2] };

        start = now_ns();
        check( port_remove( &port, &packet, 1, &count, &timeout, i & 1 ) == STATUS_TIMEOUT, "status" );
        took = ( now_ns() - start ) / 1000000;
        check( took >= times[i / 2] && took < times[i / 2] + 1000, "%d ms took %ld", times[i / 2], (long)took );
    }
    for (n = 0; n < 100; n++) check( port_post( &port, 1, n, 0, 0, FALSE ), "post" );
    for (n = 0; n < 100; n++)
    {
        LARGE_INTEGER timeout = { .QuadPart = 0 };

        check( !port_remove( &port, &packet, 1, &count, &timeout, FALSE ) && packet.value == n, "packet %u", n );
    }
    port_thread_ends( thread_get() );
}

int main( int argc, char **argv )
{
    static const enum engine_kind kinds[] = { ENGINE_URING, ENGINE_EPOLL };
    UINT i;

    if (argc > 1) seconds = atoi( argv[1] );
    for (i = 0; i < 2; i++)
    {
        run( test_times, kinds[i] );
        run( test_order, kinds[i] );
        run( test_threads, kinds[i] );
    }
    return check_summary();
}
