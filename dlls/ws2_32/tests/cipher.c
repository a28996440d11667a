/*
 * A layered provider without handles of its own (not IFS) that changes the data
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * This program is the provider's DLL, too: see cipher_layer.c and provider.c. It changes the prefix's catalogue, so it
 * runs alone.
 */

#include <stddef.h>
#include "cipher.h"

static const GUID cipher_id = { 0x6a0d1f74, 0x1c0e, 0x4c55, { 0x8e, 0x10, 0x3d, 0x5b, 0x90, 0x42, 0x22, 0x09 } };

/* ---- in a child */

static DWORD routine_error = ~0u, routine_bytes;

static void CALLBACK routine( DWORD error, DWORD bytes, WSAOVERLAPPED *ov, DWORD flags )
{
    (void)ov;
    (void)flags;
    routine_error = error;
    routine_bytes = bytes;
}

static LONG routines;

static void CALLBACK routine_of_files( DWORD error, DWORD bytes, OVERLAPPED *ov )
{
    (void)ov;
    routines++;
    routine_error = error;
    routine_bytes = bytes;
}

/* WSAPoll, by the layer's own function or by its WSPSelect. */
static void test_poll( SOCKET a, SOCKET b, SOCKET plain )
{
    WSAPOLLFD fds[4] = { { b, POLLIN, 0 }, { a, POLLOUT, 0 }, { plain, POLLRDNORM, 0 }, { INVALID_SOCKET, POLLIN, 0 } };
    HANDLE event = CreateEventA( NULL, TRUE, FALSE, NULL );
    char data[4];

    ok_call( WSAPoll( fds, 1, 0 ), 0, 0 );
    ok_call( WSAPoll( fds, 4, 20000 ), 1, 0 );
    ok( !fds[0].revents && fds[1].revents == POLLOUT && !fds[2].revents && fds[3].revents == POLLNVAL,
        "got %x, %x, %x, %x\n", fds[0].revents, fds[1].revents, fds[2].revents, fds[3].revents );
    ok( send( a, "x", 1, 0 ) == 1, "error %d\n", WSAGetLastError() );
    ok_call( WSAPoll( fds, 1, 20000 ), 1, 0 );
    ok( fds[0].revents == POLLRDNORM, "got %x\n", fds[0].revents );
    ok( recv( b, data, sizeof( data ), 0 ) == 1, "error %d\n", WSAGetLastError() );
    fds[2].fd = (SOCKET)event;
    ok_call( WSAPoll( fds, 3, 20000 ), 1, 0 );
    ok( fds[1].revents == POLLOUT && fds[2].revents == POLLNVAL, "got %x, %x\n", fds[1].revents, fds[2].revents );
    CloseHandle( event );
}

/* ProcessSocketNotifications can't ask a layer. */
static void test_notify( SOCKET s )
{
    DWORD( WINAPI * process )( HANDLE, UINT32, void *, UINT32, ULONG, OVERLAPPED_ENTRY *, UINT32 * );
    struct
    {
        SOCKET socket;
        void *key;
        UINT16 events;
        UINT8 operation, trigger;
        DWORD result;
    } registration = { s, NULL, 1, 1, 4, 0 };
    HANDLE port = CreateIoCompletionPort( INVALID_HANDLE_VALUE, NULL, 0, 0 );

    process = (void *)GetProcAddress( GetModuleHandleA( "ws2_32.dll" ), "ProcessSocketNotifications" );
    ok( !process( port, 1, &registration, 0, 0, NULL, NULL ), "it fails\n" );
    ok( registration.result == WSAEOPNOTSUPP, "got %lu\n", registration.result );
    CloseHandle( port );
}

static void test_poll_end( void )
{
    WSAPOLLFD fd = { 0, POLLIN, 0 };
    struct linger linger = { 1, 0 };
    SOCKET a, b;
    int i;

    for (i = 0; i < 2; i++)
    {
        tcp_socketpair( &a, &b );
        fd.fd = b;
        if (i) ok_success( setsockopt( a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) ) );
        ok_success( closesocket( a ) );
        ok_call( WSAPoll( &fd, 1, 20000 ), 1, 0 );
        ok( fd.revents == ( i ? POLLHUP | POLLERR : POLLHUP ), "%d: got %x\n", i, fd.revents );
        ok_success( closesocket( b ) );
    }
}

/* A connection whose end `b' is the base provider's. */
static void base_pair( SOCKET *a, SOCKET *b )
{
    SOCKET listener = WSASocketW( AF_INET, SOCK_STREAM, IPPROTO_TCP, &cipher_below, 0, WSA_FLAG_OVERLAPPED );
    union address addr;
    int len = loopback( &addr, AF_INET, 0 );

    ok_success( bind( listener, &addr.any, len ) );
    ok_success( listen( listener, 1 ) );
    ok_success( getsockname( listener, &addr.any, &len ) );
    *a = socket( AF_INET, SOCK_STREAM, 0 );
    ok_success( connect( *a, &addr.any, len ) );
    *b = accept( listener, NULL, NULL );
    ok( *b != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    ok_success( closesocket( listener ) );
}

static void test_overlapped( SOCKET a, SOCKET b )
{
    OVERLAPPED ov = { .hEvent = WSACreateEvent() }, written = { 0 }, *done;
    DWORD bytes, flags = 0;
    char data[16];
    WSABUF buffer = { sizeof( data ), data };
    ULONG_PTR key;
    HANDLE port;

    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( send( b, "event", 5, 0 ) == 5, "error %d\n", WSAGetLastError() );
    ok( WSAGetOverlappedResult( a, &ov, &bytes, TRUE, &flags ) && bytes == 5 && !memcmp( data, "event", 5 ),
        "got %lu bytes\n", bytes );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, routine ), WSA_IO_PENDING );
    ok( send( b, "routine", 7, 0 ) == 7, "error %d\n", WSAGetLastError() );
    ok( SleepEx( 20000, TRUE ) == WAIT_IO_COMPLETION && !routine_error && routine_bytes == 7, "got %lu, %lu bytes\n",
        routine_error, routine_bytes );

    ok( !ReadFile( (HANDLE)a, data, sizeof( data ), NULL, &ov ) && GetLastError() == ERROR_IO_PENDING, "error %lu\n",
        GetLastError() );
    ok( WriteFile( (HANDLE)b, "file", 4, &bytes, NULL ) && bytes == 4, "error %lu\n", GetLastError() );
    ok( GetOverlappedResult( (HANDLE)a, &ov, &bytes, TRUE ) && bytes == 4 && !memcmp( data, "file", 4 ),
        "got %lu bytes, error %lu\n", bytes, GetLastError() );

    ok( ReadFileEx( (HANDLE)a, data, sizeof( data ), &ov, routine_of_files ), "error %lu\n", GetLastError() );
    routine_error = ~0u;
    ok( WriteFileEx( (HANDLE)b, "filex", 5, &written, routine_of_files ), "error %lu\n", GetLastError() );
    while (routines < 2 && SleepEx( 20000, TRUE ) == WAIT_IO_COMPLETION)
    {
    }
    ok( routines == 2 && !routine_error && routine_bytes == 5 && !memcmp( data, "filex", 5 ), "got %ld, error %lu\n",
        routines, routine_error );
    ok( ov.InternalHigh == 5 && !ov.Internal, "got %lu, %#lx\n", (DWORD)ov.InternalHigh, (DWORD)ov.Internal );

    if (by_afd()) goto done; /* no ports there */
    port = CreateIoCompletionPort( (HANDLE)a, NULL, 6, 0 );
    ok( port != NULL, "error %lu\n", GetLastError() );
    ok_error( WSARecv( a, &buffer, 1, NULL, &flags, &ov, NULL ), WSA_IO_PENDING );
    ok( send( b, "port", 4, 0 ) == 4, "error %d\n", WSAGetLastError() );
    ok( GetQueuedCompletionStatus( port, &bytes, &key, &done, 20000 ) && bytes == 4 && key == 6 && done == &ov
            && !memcmp( data, "port", 4 ),
        "got %lu bytes, error %lu\n", bytes, GetLastError() );
    CloseHandle( port );
done:
    WSACloseEvent( ov.hEvent );
}

/* A set whose size has no room in 32 bits: it ends at a bad page. */
static void test_counts( SOCKET plain )
{
    fd_set *set = (fd_set *)( bad_page() - offsetof( fd_set, fd_array[1] ) );
    struct timeval none = { 0, 0 };

    set->fd_count = (u_int)( ( (UINT64)1 << 32 ) / sizeof( SOCKET ) ) + 1;
    set->fd_array[0] = plain;
    ok_docs_error( select( 0, set, NULL, NULL, &none ), WSAEFAULT );
}

static void child( void )
{
    SOCKET a, b, plain_a, plain;
    struct timeval timeout = { 20, 0 };
    char data[16];
    OVERLAPPED ov = { 0 };
    DWORD bytes;
    fd_set set;
    int i, err = 0;

    start_winsock();
    tcp_socketpair( &a, &b );
    ok( cipher_opened == 3 && cipher_closed == 1, "got %ld handles, %ld closed\n", cipher_opened, cipher_closed );
    ok( send( a, "abc", 3, 0 ) == 3, "error %d\n", WSAGetLastError() );
    ok( recv( b, data, sizeof( data ), 0 ) == 3 && !memcmp( data, "abc", 3 ), "got something else\n" );
    ok( WriteFile( (HANDLE)a, "written", 7, &bytes, NULL ) && bytes == 7, "error %lu\n", GetLastError() );
    ok( ReadFile( (HANDLE)b, data, sizeof( data ), &bytes, NULL ) && bytes == 7 && !memcmp( data, "written", 7 ),
        "got %lu bytes, error %lu\n", bytes, GetLastError() );
    test_overlapped( a, b );
    if (!by_afd()) test_notify( a );

    /* the data is another below; select takes handles of both together, in any order */
    base_pair( &plain_a, &plain );
    for (i = 0; i < 2; i++)
    {
        ok( send( plain_a, "ab", 2, 0 ) == 2 && send( a, "cd", 2, 0 ) == 2, "error %d\n", WSAGetLastError() );
        FD_ZERO( &set );
        FD_SET( i ? plain : b, &set );
        ok( select( 0, &set, NULL, NULL, &timeout ) == 1, "error %d\n", WSAGetLastError() );
        FD_ZERO( &set );
        FD_SET( i ? b : plain, &set );
        ok( select( 0, &set, NULL, NULL, &timeout ) == 1, "error %d\n", WSAGetLastError() );
        FD_SET( i ? plain : b, &set );
        FD_SET( plain_a, &set ); /* which has nothing to receive */
        ok( select( 0, &set, NULL, NULL, &timeout ) == 2 && FD_ISSET( b, &set ) && FD_ISSET( plain, &set ),
            "got %u sockets\n", set.fd_count );
        ok( recv( plain, data, sizeof( data ), 0 ) == 2 && data[0] == ( 'a' ^ CIPHER_KEY )
                && data[1] == ( 'b' ^ CIPHER_KEY ),
            "it isn't ciphered\n" );
        ok( recv( b, data, sizeof( data ), 0 ) == 2 && !memcmp( data, "cd", 2 ), "got something else\n" );
    }
    test_counts( plain );
    for (i = 0; i < 2; i++)
    {
        cipher_has_poll = i;
        test_poll( a, b, plain );
    }
    ok( WPUCompleteOverlappedRequest( plain, &ov, 0, 0, &err ) == SOCKET_ERROR && err == WSAEINVAL, "error %d\n", err );
    ok( cipher_upcalls.lpWPUCloseSocketHandle( plain, &err ) == SOCKET_ERROR && err == WSAENOTSOCK, "error %d\n", err );
    ok( cipher_upcalls.lpWPUCreateSocketHandle( 0x7fffffff, 0, &err ) == INVALID_SOCKET && err == WSAENOBUFS,
        "error %d\n", err );

    /* both ways to close them */
    ok( CloseHandle( (HANDLE)a ), "error %lu\n", GetLastError() );
    ok( cipher_closed == 2 && !recv( b, data, sizeof( data ), 0 ), "the peer hasn't seen it\n" );
    ok( !CloseHandle( (HANDLE)a ), "it is closed twice\n" );
    ok_error( closesocket( a ), WSAENOTSOCK );
    ok_success( closesocket( b ) );
    ok_success( closesocket( plain_a ) );
    ok( cipher_opened == 4 && cipher_closed == 4, "got %ld handles, %ld closed\n", cipher_opened, cipher_closed );
    ok_success( closesocket( plain ) );
    for (i = 0; i < 2; i++)
    {
        cipher_has_poll = i;
        test_poll_end();
    }
    stop_winsock();
}

START_TEST( cipher )
{
    WSAPROTOCOL_INFOW info = { .iAddressFamily = AF_INET, .iSocketType = SOCK_STREAM, .iProtocol = IPPROTO_TCP };
    GUID provider = cipher_id;
    WCHAR self[MAX_PATH];
    char **argv;
    int argc = winetest_get_mainargs( &argv ), err = 0;
    HANDLE process;

    if (stock)
    {
        skip( "Wine's own module has no providers\n" );
        return;
    }
    installation_functions();
    GetModuleFileNameW( NULL, self, MAX_PATH );
    if (argc > 2 && !strcmp( argv[2], "child" ))
    {
        child();
        return;
    }
    pWSCDeinstallProvider( &provider, &err );
    if (argc > 2 && !strcmp( argv[2], "remove" )) return;
    ok( !pWSCInstallProviderAndChains( &provider, self, L"wsuring test cipher", 0, &info, 1, NULL, &err ), "error %d\n",
        err );
    if (argc > 2) return; /* `cipher install': all tests of this program run through it until `cipher remove' */
    process = start_child( "cipher", "child" );
    wait_child_process( process );
    CloseHandle( process );
    ok( !pWSCDeinstallProvider( &provider, &err ), "error %d\n", err );
}
