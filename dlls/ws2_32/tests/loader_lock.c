/*
 * Sockets while a thread holds the loader's lock, as in a DllMain
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#define PATIENCE 5000

NTSYSAPI LONG WINAPI LdrLockLoaderLock( ULONG flags, ULONG *result, ULONG_PTR *cookie );
NTSYSAPI LONG WINAPI LdrUnlockLoaderLock( ULONG flags, ULONG_PTR cookie );

static HANDLE go, done;

static void check_receive( const char *what )
{
    OVERLAPPED ov = { 0 };
    char buffer[4];
    WSABUF wsabuf = { sizeof( buffer ), buffer };
    DWORD flags = 0;
    SOCKET a, b;
    int ret;

    tcp_socketpair( &a, &b );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    ret = WSARecv( a, &wsabuf, 1, NULL, &flags, &ov, NULL );
    ok( ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "%s: got %d, error %d\n", what, ret,
        WSAGetLastError() );
    send( b, "x", 1, 0 );
    ok( !WaitForSingleObject( ov.hEvent, PATIENCE ), "%s: the receive doesn't end\n", what );
    ok( ov.InternalHigh == 1, "%s: %Iu bytes\n", what, ov.InternalHigh );
    closesocket( a );
    closesocket( b );
    CloseHandle( ov.hEvent );
}

/* ---- in a process that has used no socket yet */

static DWORD WINAPI first_socket( void *arg )
{
    SOCKET s;

    (void)arg;
    WaitForSingleObject( go, INFINITE );
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( s != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    closesocket( s );
    SetEvent( done );
    return 0;
}

/* As a DllMain does that is the first to use Winsock. */
static void child_first( void )
{
    ULONG_PTR cookie;

    LdrLockLoaderLock( 0, NULL, &cookie );
    start_winsock();
    check_receive( "first use" );
    LdrUnlockLoaderLock( 0, cookie );
    check_receive( "after it" );
}

/* Two threads at once, one of them with the lock. */
static void child_race( void )
{
    HANDLE thread;
    ULONG_PTR cookie;
    SOCKET s;

    start_winsock();
    thread = CreateThread( NULL, 0, first_socket, NULL, 0, NULL );
    Sleep( 100 ); /* it runs, and waits */
    LdrLockLoaderLock( 0, NULL, &cookie );
    SetEvent( go );
    Sleep( 300 ); /* it is in its call */
    s = socket( AF_INET, SOCK_STREAM, 0 );
    ok( s != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
    closesocket( s );
    LdrUnlockLoaderLock( 0, cookie );
    ok( !WaitForSingleObject( done, PATIENCE ), "the other thread's call doesn't return\n" );
    WaitForSingleObject( thread, PATIENCE );
    CloseHandle( thread );
}

/* ---- messages of WSAAsyncSelect are due */

static DWORD WINAPI send_some( void *arg )
{
    WaitForSingleObject( go, INFINITE );
    send( *(SOCKET *)arg, "z", 1, 0 );
    SetEvent( done );
    return 0;
}

static void child_message( void )
{
    HWND( WINAPI * create )( DWORD, LPCSTR, LPCSTR, DWORD, int, int, int, int, HWND, HMENU, HINSTANCE, void * );
    BOOL( WINAPI * peek )( MSG *, HWND, UINT, UINT, UINT );
    HMODULE user32 = LoadLibraryW( L"user32.dll" );
    BOOL come = FALSE;
    SOCKET a, b;
    HANDLE thread;
    ULONG_PTR cookie;
    HWND window;
    MSG msg;
    int i;

    create = (void *)GetProcAddress( user32, "CreateWindowExA" );
    peek = (void *)GetProcAddress( user32, "PeekMessageA" );
    start_winsock();
    window = create( 0, "static", "", 0, 0, 0, 0, 0, (HWND)-3 /* HWND_MESSAGE */, NULL, NULL, NULL );
    tcp_socketpair( &a, &b );
    ok_success( WSAAsyncSelect( b, window, WM_USER, FD_READ | FD_CLOSE ) );
    thread = CreateThread( NULL, 0, send_some, &a, 0, NULL );
    Sleep( 100 ); /* it runs, and waits */
    LdrLockLoaderLock( 0, NULL, &cookie );
    SetEvent( go );
    WaitForSingleObject( done, PATIENCE );
    Sleep( 200 ); /* the message is due */
    check_receive( "a message is due" );
    LdrUnlockLoaderLock( 0, cookie );
    for (i = 0; i < 100 && !come; i++)
    {
        come = peek( &msg, window, WM_USER, WM_USER, PM_REMOVE );
        if (!come) Sleep( 20 );
    }
    ok( come && msg.lParam == FD_READ && msg.wParam == b, "no message\n" );
    WaitForSingleObject( thread, PATIENCE );
    CloseHandle( thread );
    closesocket( a );
    closesocket( b );
}

START_TEST( loader_lock )
{
    static const struct
    {
        const char *name;
        void ( *func )( void );
    } children[] = { { "first", child_first }, { "race", child_race }, { "message", child_message } };
    unsigned int i;
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    go = CreateEventW( NULL, TRUE, FALSE, NULL );
    done = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < ARRAY_SIZE( children ); i++)
    {
        if (argc > 2)
        {
            if (!strcmp( argv[2], children[i].name )) children[i].func();
        }
        else
        {
            HANDLE process = start_child( "loader_lock", children[i].name );

            if (WaitForSingleObject( process, 30000 ))
            {
                ok( 0, "%s hangs\n", children[i].name );
                TerminateProcess( process, 99 );
            }
            wait_child_process( process );
            CloseHandle( process );
        }
    }
}
