/*
 * Handles opened, duplicated, closed and used again at random while data moves: no byte on a connection that it doesn't
 * belong to
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: identity_model [SECONDS [SEED]]
 * Each thread has links of its own, and all threads share the handle values: a value that one closes is another's next.
 * Each end of a link is known by up to three handles, and each call takes one of them. The bytes of a link follow from
 * its number, the direction and their place, so that a foreign or a lost one shows in the next receive. Files and
 * events take values, too, and may not change.
 */

#include "sockets.h"
#include <winternl.h>

#define THREADS 4
#define LINKS   4
#define HANDLES 3
#define TAKERS  4
#define UNREAD  2000 /* bytes under way at most: sends don't block */
#define WAIT    20000

struct end
{
    HANDLE handles[HANDLES];
    unsigned int count, sent, received;
    BOOL pending;
    OVERLAPPED ov;
    char data[64];
};

struct link
{
    BOOL open;
    unsigned int number;
    struct end ends[2];
};

struct taker
{
    HANDLE handle;
    BOOL is_file;
};

struct actor
{
    ULONGLONG random;
    HANDLE thread, owner; /* owner: a process that can be given a handle, and ends */
    struct link links[LINKS];
    struct taker takers[TAKERS];
};

static struct actor actors[THREADS];
static volatile LONG stop, link_count, close_count, byte_count;
static SRWLOCK failure_lock = SRWLOCK_INIT;
static char failure[200];

static unsigned int dice( struct actor *actor, unsigned int sides )
{
    ULONGLONG *state = &actor->random;

    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (unsigned int)( ( *state * 0x2545f4914f6cdd1dull ) >> 33 ) % sides;
}

/* The first one is kept; everything ends. */
static void failed( const char *what, const struct link *link, ULONG value )
{
    AcquireSRWLockExclusive( &failure_lock );
    if (!failure[0]) sprintf( failure, "%s, link %u, %#lx", what, link ? link->number : 0, value );
    ReleaseSRWLockExclusive( &failure_lock );
    stop = 1;
}

static char byte_at( const struct link *link, unsigned int end, unsigned int place )
{
    return (char)( ( ( link->number * 2 + end ) * 0x9e3779b1u + place * 0x85ebca6bu ) >> 23 );
}

/* ---- another process that takes handles away */

struct taking
{
    DWORD process_id, handle, error;
};

static HANDLE take_begin, take_done, take_process;
static struct taking *taking;
static CRITICAL_SECTION take_section;

static void taking_open( const char *names )
{
    char name[64];
    HANDLE mapping;

    sprintf( name, "%s-map", names );
    mapping = CreateFileMappingA( INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof( *taking ), name );
    taking = MapViewOfFile( mapping, FILE_MAP_ALL_ACCESS, 0, 0, sizeof( *taking ) );
    sprintf( name, "%s-begin", names );
    take_begin = CreateEventA( NULL, FALSE, FALSE, name );
    sprintf( name, "%s-done", names );
    take_done = CreateEventA( NULL, FALSE, FALSE, name );
}

static void take_main( const char *names )
{
    HANDLE process, taken;

    taking_open( names );
    if (!( process = OpenProcess( PROCESS_DUP_HANDLE | SYNCHRONIZE, FALSE, taking->process_id ) )) return;
    for (;;)
    {
        HANDLE handles[] = { take_begin, process };

        if (WaitForMultipleObjects( 2, handles, FALSE, INFINITE )) return;
        taking->error = 0;
        if (DuplicateHandle( process, ULongToHandle( taking->handle ), GetCurrentProcess(), &taken, 0, FALSE,
                             DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ))
            CloseHandle( taken );
        else taking->error = GetLastError();
        SetEvent( take_done );
    }
}

static DWORD take( HANDLE handle )
{
    DWORD error = WAIT_TIMEOUT;

    EnterCriticalSection( &take_section );
    taking->handle = HandleToULong( handle );
    SetEvent( take_begin );
    if (!WaitForSingleObject( take_done, WAIT )) error = taking->error;
    LeaveCriticalSection( &take_section );
    return error;
}

/* ---- moving bytes */

static BOOL wait_ended( OVERLAPPED *ov, DWORD *count )
{
    if (!WaitForSingleObject( ov->hEvent, WAIT )) *count = (DWORD)ov->InternalHigh;
    return !( DWORD ) * (volatile ULONG_PTR *)&ov->Internal;
}

/* By one of the ways. Returns how many bytes, -1 for an error. */
static int move( struct actor *actor, HANDLE handle, BOOL out, char *data, unsigned int len )
{
    OVERLAPPED ov = { 0 };
    WSABUF buf = { len, data };
    SOCKET s = (SOCKET)handle;
    DWORD flags = 0, count = 0;
    BOOL done;

    switch (dice( actor, 3 ))
    {
    case 0: return out ? send( s, data, (int)len, 0 ) : recv( s, data, (int)len, 0 );
    case 1:
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        done = out ? !WSASend( s, &buf, 1, NULL, 0, &ov, NULL ) : !WSARecv( s, &buf, 1, NULL, &flags, &ov, NULL );
        break;
    default:
        ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        done = out ? WriteFile( handle, data, len, NULL, &ov ) : ReadFile( handle, data, len, NULL, &ov );
        break;
    }
    if (!done) done = GetLastError() == ERROR_IO_PENDING;
    if (done) done = wait_ended( &ov, &count );
    CloseHandle( ov.hEvent );
    return done ? (int)count : -1;
}

static HANDLE end_handle( struct actor *actor, struct end *end )
{
    return end->handles[dice( actor, end->count )];
}

static void check_bytes( struct link *link, unsigned int from, const char *data, int count )
{
    struct end *end = &link->ends[!from];
    int i;

    for (i = 0; i < count; i++)
        if (data[i] != byte_at( link, from, end->received + i )) failed( "a wrong byte", link, end->received + i );
    end->received += count;
    InterlockedExchangeAdd( &byte_count, count );
}

static void link_send( struct actor *actor, struct link *link, unsigned int from, unsigned int len )
{
    struct end *end = &link->ends[from];
    char data[64];
    unsigned int i;
    int ret;

    if (end->sent - link->ends[!from].received > UNREAD) return;
    for (i = 0; i < len; i++) data[i] = byte_at( link, from, end->sent + i );
    ret = move( actor, end_handle( actor, end ), TRUE, data, len );
    if (ret != (int)len) failed( "a send failed", link, GetLastError() );
    end->sent += len;
}

/* Ends the pending receive, if there is one. */
static void link_finish( struct actor *actor, struct link *link, unsigned int at )
{
    struct end *end = &link->ends[at];
    DWORD count = 0;

    if (!end->pending) return;
    if (link->ends[!at].sent == end->received) link_send( actor, link, !at, 1 + dice( actor, 20 ) );
    if (!wait_ended( &end->ov, &count ) || !count) failed( "a pending receive", link, (ULONG)end->ov.Internal );
    else check_bytes( link, !at, end->data, count );
    CloseHandle( end->ov.hEvent );
    end->pending = FALSE;
}

static void link_receive( struct actor *actor, struct link *link, unsigned int at )
{
    struct end *end = &link->ends[at];
    unsigned int unread = link->ends[!at].sent - end->received;
    char data[64];
    int ret;

    link_finish( actor, link, at );
    if (!( unread = link->ends[!at].sent - end->received )) return;
    if (dice( actor, 2 ) && !wait_readable( (SOCKET)end_handle( actor, end ), WAIT )) failed( "no data", link, 0 );
    ret = move( actor, end_handle( actor, end ), FALSE, data, 1 + dice( actor, sizeof( data ) - 1 ) );
    if (ret <= 0) failed( "a receive failed", link, GetLastError() );
    else check_bytes( link, !at, data, ret );
}

static void link_drain( struct actor *actor, struct link *link, unsigned int at )
{
    link_finish( actor, link, at );
    while (!failure[0] && link->ends[!at].sent != link->ends[at].received) link_receive( actor, link, at );
}

static void link_pend( struct actor *actor, struct link *link, unsigned int at )
{
    struct end *end = &link->ends[at];
    WSABUF buf = { sizeof( end->data ), end->data };
    DWORD flags = 0;

    if (end->pending) return;
    memset( &end->ov, 0, sizeof( end->ov ) );
    end->ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (WSARecv( (SOCKET)end_handle( actor, end ), &buf, 1, NULL, &flags, &end->ov, NULL )
        && WSAGetLastError() != WSA_IO_PENDING)
    {
        failed( "WSARecv failed", link, WSAGetLastError() );
        CloseHandle( end->ov.hEvent );
    }
    else end->pending = TRUE;
}

/* ---- handles */

static void link_duplicate( struct actor *actor, struct link *link, unsigned int at, BOOL moves )
{
    struct end *end = &link->ends[at];
    HANDLE process = GetCurrentProcess(), handle = NULL;
    unsigned int i = dice( actor, end->count );

    /* Wine's own doesn't know duplicates: WSAENOTSOCK */
    if (!moves && ( stock || end->count == HANDLES )) return;
    /* Wine's server asks for the operation by the handle that it was started with */
    if (moves && by_afd()) link_finish( actor, link, at );
    if (!DuplicateHandle( process, end->handles[i], process, &handle, 0, FALSE,
                          DUPLICATE_SAME_ACCESS | ( moves ? DUPLICATE_CLOSE_SOURCE : 0 ) ))
        failed( "DuplicateHandle", link, GetLastError() );
    else if (moves) end->handles[i] = handle;
    else end->handles[end->count++] = handle;
}

static void link_protect( struct actor *actor, struct link *link, unsigned int at )
{
    HANDLE handle;

    if (by_afd()) link_finish( actor, link, at ); /* a close that fails cancels it */
    if (failure[0]) return;
    handle = end_handle( actor, &link->ends[at] );
    SetHandleInformation( handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE );
    if (dice( actor, 2 ) ? !NtClose( handle ) : CloseHandle( handle )) failed( "a protected handle", link, 0 );
    SetHandleInformation( handle, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0 );
}

static DWORD close_in_some_way( struct actor *actor, HANDLE handle )
{
    switch (dice( actor, 10 ))
    {
    case 0: return take( handle );
    case 1:
    case 2:
    case 3: return NtClose( handle );
    case 4:
    case 5:
    case 6:
        /* Wine's own refuses some duplicates */
        if (!by_afd()) return closesocket( (SOCKET)handle ) ? WSAGetLastError() : 0;
        /* fall through */
    default: return CloseHandle( handle ) ? 0 : GetLastError();
    }
}

/* The last handle of an end has gone: the other one sees it, after all that was sent. */
static void link_end( struct actor *actor, struct link *link, unsigned int gone )
{
    struct end *end = &link->ends[!gone];
    char c;

    link_drain( actor, link, !gone );
    if (!wait_readable( (SOCKET)end->handles[0], WAIT )) failed( "the end isn't seen", link, gone );
    else if (recv( (SOCKET)end_handle( actor, end ), &c, 1, 0 ))
        failed( "more than was sent", link, WSAGetLastError() );
    while (end->count) close_in_some_way( actor, end->handles[--end->count] );
    link->open = FALSE;
}

static void link_close( struct actor *actor, struct link *link, unsigned int at )
{
    struct end *end = &link->ends[at];
    unsigned int i = dice( actor, end->count );
    HANDLE handle = end->handles[i];
    DWORD error;

    if (end->count == 1)
    {
        /* what is unread would reset the connection */
        link_drain( actor, link, at );
        if (link->ends[!at].pending) link_finish( actor, link, !at );
    }
    else if (by_afd()) link_finish( actor, link, at );
    if (failure[0]) return;
    InterlockedIncrement( &close_count );
    if (end->count == 1 && actor->owner && !dice( actor, 50 ))
    {
        /* it goes on in the other process, and ends with that */
        if (!DuplicateHandle( GetCurrentProcess(), handle, actor->owner, &handle, 0, FALSE,
                              DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ))
            failed( "can't give a handle away", link, GetLastError() );
        if (wait_readable( (SOCKET)link->ends[!at].handles[0], 0 ) && link->ends[at].sent == link->ends[!at].received)
            failed( "the end came early", link, 0 );
        TerminateProcess( actor->owner, 0 );
        CloseHandle( actor->owner );
        actor->owner = NULL;
    }
    else if (( error = close_in_some_way( actor, handle ) )) failed( "a close failed", link, error );
    end->handles[i] = end->handles[--end->count];
    if (!end->count) link_end( actor, link, at );
}

static void link_open( struct link *link )
{
    SOCKET a, b;

    memset( link, 0, sizeof( *link ) );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    link->number = InterlockedIncrement( &link_count );
    link->ends[0].handles[0] = (HANDLE)a;
    link->ends[1].handles[0] = (HANDLE)b;
    link->ends[0].count = link->ends[1].count = 1;
    link->open = TRUE;
}

/* ---- what takes values, too */

static void taker_step( struct actor *actor )
{
    struct taker *taker = &actor->takers[dice( actor, TAKERS )];
    char path[MAX_PATH], name[MAX_PATH], data[4] = "";
    DWORD count = 0;

    if (taker->handle)
    {
        if (taker->is_file)
        {
            SetFilePointer( taker->handle, 0, NULL, FILE_BEGIN );
            if (GetFileSize( taker->handle, NULL ) != 4 || !ReadFile( taker->handle, data, 4, &count, NULL )
                || memcmp( data, "file", 4 ))
                failed( "a file has changed", NULL, GetFileSize( taker->handle, NULL ) );
        }
        else if (WaitForSingleObject( taker->handle, 0 ) != WAIT_TIMEOUT) failed( "an event was set", NULL, 0 );
        if (dice( actor, 2 )) CloseHandle( taker->handle );
        else NtClose( taker->handle );
        taker->handle = NULL;
        return;
    }
    taker->is_file = dice( actor, 2 );
    if (!taker->is_file)
    {
        taker->handle = CreateEventW( NULL, TRUE, FALSE, NULL );
        return;
    }
    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "idm", 0, name );
    taker->handle
        = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL );
    if (!WriteFile( taker->handle, "file", 4, &count, NULL ) || count != 4)
        failed( "can't write to a file", NULL, GetLastError() );
}

static void step( struct actor *actor )
{
    struct link *link = &actor->links[dice( actor, LINKS )];
    unsigned int at = dice( actor, 2 );

    if (!link->open)
    {
        link_open( link );
        return;
    }
    switch (dice( actor, 20 ))
    {
    case 0: link_protect( actor, link, at ); break;
    case 1: taker_step( actor ); break;
    case 2:
    case 3: link_pend( actor, link, at ); break;
    case 4:
    case 5: link_duplicate( actor, link, at, FALSE ); break;
    case 6:
    case 7: link_duplicate( actor, link, at, TRUE ); break;
    case 8:
    case 9:
    case 10: link_close( actor, link, at ); break;
    case 11:
    case 12:
    case 13:
    case 14: link_receive( actor, link, at ); break;
    default: link_send( actor, link, at, 1 + dice( actor, 63 ) ); break;
    }
}

static DWORD WINAPI actor_main( void *arg )
{
    struct actor *actor = arg;
    struct link *link;

    while (!stop) step( actor );
    for (link = actor->links; link < actor->links + LINKS && !failure[0]; link++)
    {
        if (!link->open) continue;
        link_finish( actor, link, 0 );
        link_finish( actor, link, 1 );
        while (link->ends[0].count) CloseHandle( link->ends[0].handles[--link->ends[0].count] );
        while (link->ends[1].count) CloseHandle( link->ends[1].handles[--link->ends[1].count] );
    }
    return 0;
}

START_TEST( identity_model )
{
    DWORD seconds = 6, ended;
    HANDLE threads[THREADS];
    ULONG seed = GetTickCount() | 1;
    char **argv, names[64], command[80];
    int i, argc = winetest_get_mainargs( &argv );

    if (argc > 3 && !strcmp( argv[2], "take" ))
    {
        take_main( argv[3] );
        return;
    }
    if (argc > 2 && !strcmp( argv[2], "own" ))
    {
        Sleep( INFINITE );
        return;
    }
    if (argc > 2) seconds = atoi( argv[2] );
    if (argc > 3) seed = strtoul( argv[3], NULL, 0 );
    trace( "seed %lu\n", seed );
    sprintf( names, "wsuring-identity-%lx", GetCurrentProcessId() );
    taking_open( names );
    taking->process_id = GetCurrentProcessId();
    InitializeCriticalSection( &take_section );
    sprintf( command, "take %s", names );
    take_process = start_child( "identity_model", command );
    for (i = 0; i < THREADS; i++) actors[i].owner = start_child( "identity_model", "own" );
    start_winsock();
    for (i = 0; i < THREADS; i++)
    {
        actors[i].random = seed + ( i + 1 ) * 0x9e3779b97f4a7c15ull;
        threads[i] = CreateThread( NULL, 0, actor_main, &actors[i], 0, NULL );
    }
    for (i = 0; i < (int)seconds * 10 && !stop; i++) Sleep( 100 );
    stop = 1;
    ended = WaitForMultipleObjects( THREADS, threads, TRUE, 2 * WAIT );
    ok( ended < THREADS, "a thread hangs\n" );
    ok( !failure[0], "%s\n", failure );
    ok( close_count > 20 && byte_count > 1000, "only %ld closes, %ld bytes\n", close_count, byte_count );
    trace( "%ld links, %ld closes, %ld bytes\n", link_count, close_count, byte_count );
    for (i = 0; i < THREADS; i++)
        if (actors[i].owner) TerminateProcess( actors[i].owner, 0 );
    TerminateProcess( take_process, 0 );
    if (ended < THREADS) stop_winsock();
}
