/*
 * A handle value that is closed, in every way there is, and used again: nothing goes to the old connection
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "identity.h"

static void close_by_closesocket( SOCKET s )
{
    /* Wine's own refuses duplicates while an operation is pending */
    ok_unless_stock( !closesocket( s ), "got error %d\n", WSAGetLastError() );
}

static void close_by_CloseHandle( SOCKET s )
{
    ok( CloseHandle( (HANDLE)s ), "got error %lu\n", GetLastError() );
}

static void close_by_NtClose( SOCKET s )
{
    NTSTATUS status = NtClose( (HANDLE)s );

    ok( !status, "got %#lx\n", status );
}

/* The handle that the move gives is another value, and closed too. */
static void close_by_moving( SOCKET s )
{
    HANDLE process = GetCurrentProcess(), moved = NULL;

    ok( DuplicateHandle( process, (HANDLE)s, process, &moved, 0, FALSE,
                         DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE ),
        "got error %lu\n", GetLastError() );
    if (moved != (HANDLE)s) ok( !NtClose( moved ), "can't close it\n" );
    else NtClose( moved );
}

static void close_by_process( SOCKET s )
{
    char arguments[64];
    HANDLE process;
    DWORD code = 1;

    sprintf( arguments, "take %lu %lu", GetCurrentProcessId(), HandleToULong( (HANDLE)s ) );
    if (!( process = start_child( "identity", arguments ) )) return;
    WaitForSingleObject( process, INFINITE );
    GetExitCodeProcess( process, &code );
    ok( !code, "the process got error %lu\n", code );
    CloseHandle( process );
}

/* The other process: takes the handle, and ends with it. */
static DWORD take( DWORD process_id, DWORD handle )
{
    HANDLE process = OpenProcess( PROCESS_DUP_HANDLE, FALSE, process_id ), taken;

    if (!process) return GetLastError();
    return DuplicateHandle( process, ULongToHandle( handle ), GetCurrentProcess(), &taken, 0, FALSE,
                            DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE )
               ? 0
               : GetLastError();
}

const struct close_way close_ways[CLOSE_WAYS] = {
    { "closesocket", close_by_closesocket }, { "CloseHandle", close_by_CloseHandle },
    { "NtClose", close_by_NtClose },         { "DUPLICATE_CLOSE_SOURCE", close_by_moving },
    { "another process", close_by_process },
};

BOOL reuse_value( HANDLE object, SOCKET value )
{
    HANDLE made[300], process = GetCurrentProcess();
    BOOL found = FALSE;
    UINT i, count = 0;

    while (!found && count < ARRAY_SIZE( made )
           && DuplicateHandle( process, object, process, &made[count], 0, FALSE, DUPLICATE_SAME_ACCESS ))
        found = made[count++] == (HANDLE)value;
    for (i = 0; i + found < count; i++) CloseHandle( made[i] );
    return found;
}

void exchange( SOCKET a, SOCKET b )
{
    char c;

    ok_call( send( a, "a", 1, 0 ), 1, 0 );
    ok_call( recv( b, &c, 1, 0 ), 1, 0 );
    ok_call( send( b, "b", 1, 0 ), 1, 0 );
    ok_call( recv( a, &c, 1, 0 ), 1, 0 );
}

/* ---- how a byte moves: the error, 0 for success */

static int move_send( SOCKET s, char *c )
{
    return send( s, c, 1, 0 ) == 1 ? 0 : WSAGetLastError();
}

static int move_recv( SOCKET s, char *c )
{
    return recv( s, c, 1, 0 ) == 1 ? 0 : WSAGetLastError();
}

static int move_overlapped( SOCKET s, char *c, BOOL out )
{
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    WSABUF buf = { 1, c };
    DWORD flags = 0, count = 0;
    int error = 0;

    if (out ? WSASend( s, &buf, 1, NULL, 0, &ov, NULL ) : WSARecv( s, &buf, 1, NULL, &flags, &ov, NULL ))
        error = WSAGetLastError();
    if (error == WSA_IO_PENDING) error = WSAGetOverlappedResult( s, &ov, &count, TRUE, &flags ) ? 0 : WSAGetLastError();
    CloseHandle( ov.hEvent );
    return error;
}

static int move_WSASend( SOCKET s, char *c )
{
    return move_overlapped( s, c, TRUE );
}

static int move_WSARecv( SOCKET s, char *c )
{
    return move_overlapped( s, c, FALSE );
}

static int move_file( SOCKET s, char *c, BOOL out )
{
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    DWORD count = 0;
    int error = 0;

    if (!( out ? WriteFile( (HANDLE)s, c, 1, NULL, &ov ) : ReadFile( (HANDLE)s, c, 1, NULL, &ov ) ))
        error = GetLastError();
    if (error == ERROR_IO_PENDING) error = GetOverlappedResult( (HANDLE)s, &ov, &count, TRUE ) ? 0 : GetLastError();
    CloseHandle( ov.hEvent );
    return error;
}

static int move_WriteFile( SOCKET s, char *c )
{
    return move_file( s, c, TRUE );
}

static int move_ReadFile( SOCKET s, char *c )
{
    return move_file( s, c, FALSE );
}

static const struct
{
    const char *name;
    int ( *move )( SOCKET s, char *c );
    BOOL out, file;
} moves[] = {
    { "send", move_send, TRUE, FALSE },          { "recv", move_recv, FALSE, FALSE },
    { "WSASend", move_WSASend, TRUE, FALSE },    { "WSARecv", move_WSARecv, FALSE, FALSE },
    { "WriteFile", move_WriteFile, TRUE, TRUE }, { "ReadFile", move_ReadFile, FALSE, TRUE },
};

/* ---- what gets the value */

enum taker
{
    TAKER_FILE,
    TAKER_PIPE,
    TAKER_EVENT,
    TAKER_SOCKET,
    TAKER_NOTHING,
    TAKERS
};

static const char *const taker_names[] = { "a file", "a pipe", "an event", "another socket", "nothing" };

/* A file of one byte: each move is at its beginning. */
static HANDLE make_taker_file( void )
{
    char path[MAX_PATH], name[MAX_PATH];
    HANDLE file;
    DWORD count;

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "idn", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL );
    ok( file != INVALID_HANDLE_VALUE, "got error %lu\n", GetLastError() );
    WriteFile( file, "n", 1, &count, NULL );
    return file;
}

static HANDLE make_taker_pipe( HANDLE *client )
{
    HANDLE server = CreateNamedPipeA( own_name( "\\\\.\\pipe\\" ), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                      PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL );

    *client = CreateFileA( own_name( "\\\\.\\pipe\\" ), GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL );
    ok( *client != INVALID_HANDLE_VALUE, "got error %lu\n", GetLastError() );
    return server;
}

/* Before and after a move: the other end of a socket or a pipe. */
static void other_gives( SOCKET other, HANDLE client )
{
    DWORD count = 0;

    if (other != INVALID_SOCKET) ok_call( send( other, "n", 1, 0 ), 1, 0 );
    else if (client) ok( WriteFile( client, "n", 1, &count, NULL ) && count == 1, "got error %lu\n", GetLastError() );
}

static void other_gets( SOCKET other, HANDLE client )
{
    DWORD count = 0;
    char c = 0;

    if (other != INVALID_SOCKET) ok_call( recv( other, &c, 1, 0 ), 1, 0 );
    else ok( ReadFile( client, &c, 1, &count, NULL ) && count == 1, "got error %lu\n", GetLastError() );
    ok( c == 'n', "got %d\n", c );
}

/* Each move on the value, which belongs to the taker now; `other' and `client' are the other end of the new connection
 * or pipe. FALSE: Wine's own module believes that it isn't a socket, as that value has been closed by closesocket. */
static BOOL check_moves( SOCKET value, enum taker taker, HANDLE object, SOCKET other, HANDLE client )
{
    UINT i;
    char c;

    for (i = 0; i < ARRAY_SIZE( moves ); i++)
    {
        BOOL good = taker == TAKER_SOCKET || ( moves[i].file && ( taker == TAKER_FILE || taker == TAKER_PIPE ) );
        int error;

        winetest_push_context( "%s", moves[i].name );
        if (good && !moves[i].out) other_gives( other, client );
        c = moves[i].out ? 'n' : 0;
        error = moves[i].move( value, &c );
        if (stock && taker == TAKER_SOCKET && error == WSAENOTSOCK)
        {
            todo_wine_if( TRUE ) ok( !error, "got error %d\n", error );
            winetest_pop_context();
            return FALSE;
        }
        if (good)
        {
            ok( !error, "got error %d\n", error );
            if (!moves[i].out) ok( c == 'n', "got %d\n", c );
            else if (taker != TAKER_FILE) other_gets( other, client );
            else ok( GetFileSize( object, NULL ) == 1, "the file has %lu bytes\n", GetFileSize( object, NULL ) );
        }
        else if (moves[i].file) ok( error, "it works\n" );
        else if (taker == TAKER_PIPE) ok_unless_afd( error == WSAENOTSOCK, "got error %d\n", error );
        else ok( error == WSAENOTSOCK, "got error %d\n", error );
        winetest_pop_context();
    }
    return TRUE;
}

static void test_reuse( BOOL accepted, void ( *close )( SOCKET s ), enum taker taker )
{
    SOCKET a, b, made = INVALID_SOCKET, other = INVALID_SOCKET, s, peer;
    HANDLE object = NULL, first = NULL, client = NULL, process = GetCurrentProcess();
    char buffer[8];

    tcp_socketpair( &a, &b );
    exchange( a, b );
    s = accepted ? b : a;
    peer = accepted ? a : b;
    if (taker == TAKER_FILE) object = make_taker_file();
    if (taker == TAKER_PIPE) object = make_taker_pipe( &client );
    if (taker == TAKER_EVENT) object = CreateEventW( NULL, TRUE, TRUE, NULL );
    if (taker == TAKER_SOCKET)
    {
        tcp_socketpair( &made, &other );
        exchange( made, other );
        set_timeout( other, 5000 );
        object = (HANDLE)made;
        /* the provider's own handle, which comes with the first duplicate, mustn't get the value */
        DuplicateHandle( process, object, process, &first, 0, FALSE, DUPLICATE_SAME_ACCESS );
    }
    close( s );
    if (object && !reuse_value( object, s )) skip( "the value doesn't come again\n" );
    else
    {
        BOOL good = check_moves( s, taker, object, other, client );

        if (taker == TAKER_SOCKET)
        {
            closesocket( made ); /* the connection goes on by the duplicate */
            object = NULL;
            if (good) exchange( s, other );
        }
        if (taker != TAKER_NOTHING) ok( CloseHandle( (HANDLE)s ), "got error %lu\n", GetLastError() );
    }
    if (object) CloseHandle( object );
    if (first) CloseHandle( first );
    if (client) CloseHandle( client );
    set_timeout( peer, 5000 );
    ok( recv( peer, buffer, sizeof( buffer ), 0 ) == 0, "not the end\n" );
    if (taker == TAKER_SOCKET) ok( recv( other, buffer, sizeof( buffer ), 0 ) == 0, "not the end\n" );
    closesocket( peer );
    closesocket( other );
}

/* A write past all hooks. */
static void test_gather( void )
{
    char path[MAX_PATH], name[MAX_PATH], c, *page = VirtualAlloc( NULL, 0x1000, MEM_COMMIT, PAGE_READWRITE );
    FILE_SEGMENT_ELEMENT segments[2] = { { .Buffer = page }, { .Buffer = NULL } };
    OVERLAPPED ov = { .hEvent = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    DWORD count = 0;
    SOCKET a, b;
    HANDLE file;
    BOOL ret;

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "idn", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                        FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING, NULL );
    tcp_socketpair( &a, &b );
    exchange( a, b );
    NtClose( (HANDLE)a );
    if (reuse_value( file, a ))
    {
        ret = WriteFileGather( (HANDLE)a, segments, 0x1000, NULL, &ov );
        if (!ret && GetLastError() == ERROR_IO_PENDING) ret = GetOverlappedResult( (HANDLE)a, &ov, &count, TRUE );
        ok( ret, "got error %lu\n", GetLastError() );
        ok( GetFileSize( file, NULL ) == 0x1000, "the file has %lu bytes\n", GetFileSize( file, NULL ) );
        ok( CloseHandle( (HANDLE)a ), "got error %lu\n", GetLastError() );
    }
    else skip( "the value doesn't come again\n" );
    set_timeout( b, 5000 );
    ok_call( recv( b, &c, 1, 0 ), 0, 0 );
    closesocket( b );
    CloseHandle( file );
    CloseHandle( ov.hEvent );
    VirtualFree( page, 0, MEM_RELEASE );
}

START_TEST( identity )
{
    enum taker taker;
    char **argv;
    UINT i, j;

    if (winetest_get_mainargs( &argv ) >= 5 && !strcmp( argv[2], "take" ))
        ExitProcess( take( strtoul( argv[3], NULL, 10 ), strtoul( argv[4], NULL, 10 ) ) );
    start_winsock();
    for (i = 0; i < CLOSE_WAYS; i++)
    {
        for (j = 0; j < 2; j++)
        {
            for (taker = 0; taker < TAKERS; taker++)
            {
                winetest_push_context( "%s, %s, taken by %s", close_ways[i].name, j ? "accepted" : "connected",
                                       taker_names[taker] );
                test_reuse( j, close_ways[i].close, taker );
                winetest_pop_context();
            }
        }
    }
    test_gather();
    stop_winsock();
}
