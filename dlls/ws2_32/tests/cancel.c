/*
 * Every way in which a pending operation is cancelled: WSA_OPERATION_ABORTED exactly once, and after a close the peer
 * sees the end
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define RECVS 3
#define SENDS 2
#define COUNT ( RECVS + SENDS )

enum way
{
    BY_CANCEL_IO,
    BY_CANCEL_ONE,
    BY_CANCEL_ALL,
    BY_NT_CANCEL_IO,
    BY_NT_CANCEL_ONE,
    BY_NT_CANCEL_ALL,
    BY_FLUSH,
    BY_CLOSESOCKET,
    BY_CLOSE_HANDLE,
    BY_NT_CLOSE,
    BY_DUPLICATE,
    BY_THREAD_EXIT,
    BY_CLEANUP,
    WAY_COUNT
};

static const char *way_names[WAY_COUNT] = {
    "CancelIo",
    "CancelIoEx of each",
    "CancelIoEx of all",
    "NtCancelIoFile",
    "NtCancelIoFileEx of each",
    "NtCancelIoFileEx of all",
    "SIO_FLUSH",
    "closesocket",
    "CloseHandle",
    "NtClose",
    "DUPLICATE_CLOSE_SOURCE",
    "thread exit",
    "WSACleanup",
};

enum completion
{
    EVENT,
    PORT,
    ROUTINE,
    COMPLETION_COUNT
};

static const char *completion_names[COMPLETION_COUNT] = { "event", "port", "routine" };

static SOCKET a, b; /* b's operations are cancelled */
static HANDLE port;
static enum completion completion;
static struct
{
    OVERLAPPED ov;
    char data[100];
    int completions;
    DWORD error;
} ops[COUNT];
static char big[4 * 1024 * 1024];

static void completed( OVERLAPPED *ov, DWORD error )
{
    int i;

    for (i = 0; i < COUNT; i++)
        if (&ops[i].ov == ov) break;
    ok( i < COUNT, "completion of %p\n", ov );
    if (i == COUNT) return;
    ops[i].completions++;
    ops[i].error = error;
}

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    ok( !count && !flags, "got %lu bytes, flags %#lx\n", count, flags );
    completed( ov, error );
}

static DWORD WINAPI start_all( void *arg )
{
    int i, ret;

    (void)arg;
    memset( ops, 0, sizeof( ops ) );
    for (i = 0; i < COUNT; i++)
    {
        WSABUF wsabuf = { i < RECVS ? sizeof( ops[i].data ) : sizeof( big ), i < RECVS ? ops[i].data : big };
        DWORD flags = 0;

        if (completion == EVENT) ops[i].ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
        if (i < RECVS) ret = WSARecv( b, &wsabuf, 1, NULL, &flags, &ops[i].ov, completion == ROUTINE ? routine : NULL );
        else ret = WSASend( b, &wsabuf, 1, NULL, 0, &ops[i].ov, completion == ROUTINE ? routine : NULL );
        ok( ret && WSAGetLastError() == WSA_IO_PENDING, "%d: got %d, error %d\n", i, ret, WSAGetLastError() );
    }
    return 0;
}

/* Takes what completes within the time. */
static void collect( DWORD timeout )
{
    DWORD start = GetTickCount(), count;
    OVERLAPPED *ov;
    ULONG_PTR key;
    int i;

    do
    {
        if (completion == PORT)
        {
            if (GetQueuedCompletionStatus( port, &count, &key, &ov, 10 )) completed( ov, 0 );
            else if (ov) completed( ov, GetLastError() );
        }
        else if (completion == ROUTINE) SleepEx( 10, TRUE );
        else
        {
            for (i = 0; i < COUNT; i++)
            {
                if (WaitForSingleObject( ops[i].ov.hEvent, 1 )) continue;
                ResetEvent( ops[i].ov.hEvent );
                completed( &ops[i].ov, (DWORD)ops[i].ov.Internal == 0xc0000120 ? WSA_OPERATION_ABORTED
                                                                               : (DWORD)ops[i].ov.Internal );
            }
        }
        for (i = 0; i < COUNT; i++)
            if (!ops[i].completions) break;
    } while (i < COUNT && GetTickCount() - start < timeout);
}

struct iosb /* IO_STATUS_BLOCK */
{
    LONG_PTR status;
    ULONG_PTR information;
};

static void cancel( enum way way )
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    LONG( WINAPI * pNtClose )( HANDLE ) = (void *)GetProcAddress( ntdll, "NtClose" );
    LONG( WINAPI * pNtCancelIoFile )( HANDLE, struct iosb * ) = (void *)GetProcAddress( ntdll, "NtCancelIoFile" );
    LONG( WINAPI * pNtCancelIoFileEx )( HANDLE, OVERLAPPED *, struct iosb * )
        = (void *)GetProcAddress( ntdll, "NtCancelIoFileEx" );
    struct iosb iosb;
    HANDLE other;
    DWORD count;
    int i;

    switch (way)
    {
    case BY_CANCEL_IO: ok( CancelIo( (HANDLE)b ), "error %lu\n", GetLastError() ); break;
    case BY_CANCEL_ONE:
        for (i = COUNT; i--;) ok( CancelIoEx( (HANDLE)b, &ops[i].ov ), "error %lu\n", GetLastError() );
        break;
    case BY_CANCEL_ALL: ok( CancelIoEx( (HANDLE)b, NULL ), "error %lu\n", GetLastError() ); break;
    case BY_NT_CANCEL_IO: ok( !pNtCancelIoFile( (HANDLE)b, &iosb ), "failed\n" ); break;
    case BY_NT_CANCEL_ONE:
        for (i = COUNT; i--;) ok( !pNtCancelIoFileEx( (HANDLE)b, &ops[i].ov, &iosb ), "%d: failed\n", i );
        break;
    case BY_NT_CANCEL_ALL: ok( !pNtCancelIoFileEx( (HANDLE)b, NULL, &iosb ), "failed\n" ); break;
    case BY_FLUSH:
        if (by_afd()) ok_error( WSAIoctl( b, SIO_FLUSH, NULL, 0, NULL, 0, &count, NULL, NULL ), WSAEOPNOTSUPP );
        else ok_success( WSAIoctl( b, SIO_FLUSH, NULL, 0, NULL, 0, &count, NULL, NULL ) );
        break;
    case BY_CLOSESOCKET: ok_success( closesocket( b ) ); break;
    case BY_CLOSE_HANDLE: ok( CloseHandle( (HANDLE)b ), "error %lu\n", GetLastError() ); break;
    case BY_NT_CLOSE: ok( !pNtClose( (HANDLE)b ), "failed\n" ); break;
    case BY_DUPLICATE:
        ok( DuplicateHandle( GetCurrentProcess(), (HANDLE)b, GetCurrentProcess(), &other, 0, FALSE,
                             DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
            "error %lu\n", GetLastError() );
        CloseHandle( other );
        break;
    case BY_CLEANUP: ok_success( WSACleanup() ); break;
    default: /* the issuing thread has ended already */ break;
    }
}

static void check_peer( void )
{
    DWORD start = GetTickCount();
    int ret;

    set_timeout( a, 4000 );
    while (( ret = recv( a, big, sizeof( big ), 0 ) ) > 0) /* what had gone out */
        ;
    ok( !ret || WSAGetLastError() == WSAECONNRESET, "got %d, error %d\n", ret, WSAGetLastError() );
    ok( GetTickCount() - start < 3500, "took %lu ms\n", GetTickCount() - start );
}

static void test_cancel( enum way way )
{
    BOOL closes = way >= BY_CLOSESOCKET && way != BY_THREAD_EXIT;
    HANDLE thread;
    int i;

    winetest_push_context( "%s, %s", way_names[way], completion_names[completion] );
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, &a, &b );
    port = completion == PORT ? CreateIoCompletionPort( (HANDLE)b, NULL, 1, 0 ) : NULL;
    set_blocking( b, FALSE );
    fill_send_buffer( b );
    set_blocking( b, TRUE );
    if (way == BY_THREAD_EXIT)
    {
        thread = CreateThread( NULL, 0, start_all, NULL, 0, NULL );
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
    }
    else start_all( NULL );
    cancel( way );
    if (way == BY_CLEANUP)
    {
        /* it closes the peer too */
        start_winsock();
        collect( 1000 );
    }
    else
    {
        collect( way == BY_THREAD_EXIT && completion == ROUTINE ? 100 : way == BY_FLUSH ? 300 : 1000 );
        if (closes) check_peer();
    }
    for (i = 0; i < COUNT; i++)
    {
        if (way == BY_FLUSH && i < RECVS)
        {
            ok( !ops[i].completions, "%d: ended with %lu\n", i, ops[i].error );
            continue;
        }
        if (way == BY_THREAD_EXIT && completion == ROUTINE) continue; /* its routines die with it */
        ok_unless_afd( ops[i].completions == 1, "%d: completed %d times\n", i, ops[i].completions );
        ok_unless_afd( ops[i].error == WSA_OPERATION_ABORTED || ( closes && ops[i].error == ERROR_NETNAME_DELETED ),
                       "%d: got error %lu\n", i, ops[i].error );
        ok_unless_afd( (DWORD)ops[i].ov.Internal == 0xc0000120 && !ops[i].ov.InternalHigh, "%d: got %Ix, %Iu\n", i,
                       ops[i].ov.Internal, ops[i].ov.InternalHigh );
    }
    if (way == BY_FLUSH)
    {
        CancelIo( (HANDLE)b );
        collect( 1000 );
    }
    /* nothing follows */
    collect( 20 );
    for (i = 0; i < COUNT; i++)
    {
        ok( ops[i].completions <= 1, "%d: completed %d times\n", i, ops[i].completions );
        if (ops[i].ov.hEvent) CloseHandle( ops[i].ov.hEvent );
    }
    if (port) CloseHandle( port );
    if (way != BY_CLEANUP)
    {
        closesocket( a );
        if (!closes) closesocket( b );
    }
    winetest_pop_context();
}

START_TEST( cancel )
{
    enum way way;

    start_winsock();
    for (completion = 0; completion < COMPLETION_COUNT; completion++)
    {
        for (way = 0; way < WAY_COUNT; way++)
        {
            /* rule O14 isn't for sockets on a port */
            if (way == BY_THREAD_EXIT && completion == PORT) continue;
            test_cancel( way );
        }
    }
    stop_winsock();
}
