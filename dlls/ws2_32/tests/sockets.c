/*
 * What the tests of sockets share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#ifndef __WINESRC__
extern LONG WINAPI NtQueryEvent( HANDLE event, int info_class, void *info, ULONG size, ULONG *used ); /* ntdll's */
#endif

const int families[2] = { AF_INET, AF_INET6 };

void *guard_frame[5];
static LPTOP_LEVEL_EXCEPTION_FILTER guard_old;

/* Not a vectored handler: that one would come before the handlers of the module under test. */
static LONG WINAPI guard_filter( EXCEPTION_POINTERS *info )
{
    /* as __builtin_longjmp */
#ifdef _WIN64
    info->ContextRecord->Rbp = (DWORD64)guard_frame[0];
    info->ContextRecord->Rip = (DWORD64)guard_frame[1];
    info->ContextRecord->Rsp = (DWORD64)guard_frame[2];
#else
    info->ContextRecord->Ebp = (DWORD)guard_frame[0];
    info->ContextRecord->Eip = (DWORD)guard_frame[1];
    info->ContextRecord->Esp = (DWORD)guard_frame[2];
#endif
    return EXCEPTION_CONTINUE_EXECUTION;
}

void guard_enter( void )
{
    LPTOP_LEVEL_EXCEPTION_FILTER old = SetUnhandledExceptionFilter( guard_filter );

    if (old != guard_filter) guard_old = old;
}

void guard_leave( void )
{
    SetUnhandledExceptionFilter( guard_old );
}

void error_row_( const char *file, int line, const char *call, const char *when, int expect, int got )
{
    winetest_set_location( file, line );
    if (getenv( "WSURING_TEST_ERRORS" )) printf( "ROW|%s|%s|%d|%d\n", call, when, expect, got );
    todo_wine_if( by_afd() && got != expect )
        winetest_ok( got == expect, "%s, %s: got error %d, expected %d\n", call, when, got, expect );
}

BOOL by_afd( void )
{
    const char *tier = getenv( "WSURING_TEST_ENGINE" );

    return stock || ( tier && !strcmp( tier, "afd" ) );
}

void start_winsock( void )
{
    WSADATA data;
    int ret = WSAStartup( MAKEWORD( 2, 2 ), &data );

    ok( !ret, "WSAStartup failed: %d\n", ret );
}

void stop_winsock( void )
{
    ok_success( WSACleanup() );
}

unsigned int family_count( void )
{
    static int count;

    if (!count)
    {
        union address addr;
        int len = loopback( &addr, AF_INET6, 0 );
        SOCKET s = socket( AF_INET6, SOCK_DGRAM, 0 );

        count = s != INVALID_SOCKET && !bind( s, &addr.any, len ) ? 2 : 1;
        if (s != INVALID_SOCKET) closesocket( s );
        if (count == 1) skip( "this host has no IPv6 loopback\n" );
    }
    return count;
}

const char *family_name( int family )
{
    return family == AF_INET ? "IPv4" : "IPv6";
}

int loopback( union address *addr, int family, unsigned short port )
{
    memset( addr, 0, sizeof( *addr ) );
    addr->any.sa_family = family;
    if (family == AF_INET6)
    {
        addr->v6.sin6_addr.s6_addr[15] = 1;
        addr->v6.sin6_port = htons( port );
        return sizeof( addr->v6 );
    }
    addr->v4.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    addr->v4.sin_port = htons( port );
    return sizeof( addr->v4 );
}

static SOCKET make_socket( int family, int type, int protocol, DWORD flags )
{
    SOCKET s = WSASocketW( family, type, protocol, NULL, 0, flags );

    ok( s != INVALID_SOCKET, "WSASocket failed: %d\n", WSAGetLastError() );
    return s;
}

SOCKET tcp_socket( int family )
{
    return make_socket( family, SOCK_STREAM, IPPROTO_TCP, WSA_FLAG_OVERLAPPED );
}

SOCKET udp_socket( int family )
{
    return make_socket( family, SOCK_DGRAM, IPPROTO_UDP, WSA_FLAG_OVERLAPPED );
}

static SOCKET listener_flags( int family, DWORD flags, union address *addr, int *len )
{
    SOCKET s = make_socket( family, SOCK_STREAM, IPPROTO_TCP, flags );

    *len = loopback( addr, family, 0 );
    ok_success( bind( s, &addr->any, *len ) );
    ok_success( listen( s, 5 ) );
    ok_success( getsockname( s, &addr->any, len ) );
    return s;
}

SOCKET tcp_listener( int family, union address *addr, int *len )
{
    return listener_flags( family, WSA_FLAG_OVERLAPPED, addr, len );
}

void tcp_pair( int family, DWORD flags, SOCKET *client, SOCKET *server )
{
    union address addr;
    int len;
    SOCKET listener = listener_flags( family, flags, &addr, &len );

    *client = make_socket( family, SOCK_STREAM, IPPROTO_TCP, flags );
    ok_success( connect( *client, &addr.any, len ) );
    *server = accept( listener, NULL, NULL );
    ok( *server != INVALID_SOCKET, "accept failed: %d\n", WSAGetLastError() );
    closesocket( listener );
    set_timeout( *client, 10000 );
    set_timeout( *server, 10000 );
}

void tcp_socketpair( SOCKET *client, SOCKET *server )
{
    tcp_pair( AF_INET, WSA_FLAG_OVERLAPPED, client, server );
}

void udp_pair( int family, SOCKET *a, SOCKET *b )
{
    union address addr_a, addr_b;
    int len_a = loopback( &addr_a, family, 0 ), len_b = loopback( &addr_b, family, 0 );

    *a = udp_socket( family );
    *b = udp_socket( family );
    ok_success( bind( *a, &addr_a.any, len_a ) );
    ok_success( bind( *b, &addr_b.any, len_b ) );
    ok_success( getsockname( *a, &addr_a.any, &len_a ) );
    ok_success( getsockname( *b, &addr_b.any, &len_b ) );
    ok_success( connect( *a, &addr_b.any, len_b ) );
    ok_success( connect( *b, &addr_a.any, len_a ) );
    set_timeout( *a, 10000 );
    set_timeout( *b, 10000 );
}

void set_blocking( SOCKET s, BOOL blocking )
{
    u_long value = !blocking;

    ok_success( ioctlsocket( s, FIONBIO, &value ) );
}

void set_timeout( SOCKET s, DWORD milliseconds )
{
    ok_success( setsockopt( s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&milliseconds, sizeof( milliseconds ) ) );
}

BOOL wait_readable( SOCKET s, DWORD milliseconds )
{
    struct timeval timeout = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( s, &set );
    return select( 0, &set, NULL, NULL, &timeout ) == 1;
}

int fill_send_buffer( SOCKET s )
{
    static char block[65536];
    int total = 0, ret, idle = 0;

    /* loopback moves what was sent to the receiver's buffer in its own time */
    while (idle < 3)
    {
        while (( ret = send( s, block, sizeof( block ), 0 ) ) > 0)
        {
            total += ret;
            idle = 0;
        }
        ok( ret == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "send: got %d, error %d\n", ret,
            WSAGetLastError() );
        if (WSAGetLastError() != WSAEWOULDBLOCK) break;
        Sleep( 20 );
        idle++;
    }
    return total;
}

void fill_send_all( SOCKET s )
{
    static char block[65536];
    DWORD time = 50, none = 0;
    int i, idle = 0;

    set_blocking( s, FALSE );
    fill_send_buffer( s );
    set_blocking( s, TRUE );
    ok_success( setsockopt( s, SOL_SOCKET, SO_SNDTIMEO, (char *)&time, sizeof( time ) ) );
    /* a busy host makes room later */
    for (i = 0; i < 100 && idle < 3; i++) idle = send( s, block, sizeof( block ), 0 ) > 0 ? 0 : idle + 1;
    ok( idle == 3 && WSAGetLastError() == WSAETIMEDOUT, "there is room, error %d\n", WSAGetLastError() );
    ok_success( setsockopt( s, SOL_SOCKET, SO_SNDTIMEO, (char *)&none, sizeof( none ) ) );
}

int drain( SOCKET s, int count )
{
    static char block[65536];
    int total = 0, ret;

    while (total < count)
    {
        if (( ret = recv( s, block, min( count - total, (int)sizeof( block ) ), 0 ) ) > 0) total += ret;
        /* on a non-blocking socket: some is under way still */
        else if (!ret || WSAGetLastError() != WSAEWOULDBLOCK || !wait_readable( s, 10000 )) break;
    }
    return total;
}

int recv_all( SOCKET s, char *buffer, int count )
{
    int total = 0, ret;

    while (total < count && ( ret = recv( s, buffer + total, count - total, 0 ) ) > 0) total += ret;
    return total;
}

void fill_pattern( char *buffer, int count, unsigned int seed )
{
    int i;

    for (i = 0; i < count; i++) buffer[i] = (char)( ( i + seed ) * 2654435761u >> 13 );
}

/* Returns the index of the first wrong byte, or -1. */
int check_pattern( const char *buffer, int count, unsigned int seed )
{
    int i;

    for (i = 0; i < count; i++)
        if (buffer[i] != (char)( ( i + seed ) * 2654435761u >> 13 )) return i;
    return -1;
}

BOOL wait_overlapped( const OVERLAPPED *ov, DWORD milliseconds )
{
    DWORD start = GetTickCount();

    while (is_pending( ov ))
    {
        if (GetTickCount() - start > milliseconds) return FALSE;
        Sleep( 1 );
    }
    return TRUE;
}

void wait_set( HANDLE event )
{
    DWORD start = GetTickCount();
    LONG info[2]; /* EVENT_BASIC_INFORMATION: type, state */

    while (!NtQueryEvent( event, 0, info, sizeof( info ), NULL ) && !info[1] && GetTickCount() - start < 5000)
        Sleep( 1 );
}

void send_with_event( SOCKET from, SOCKET to, HANDLE event )
{
    WSABUF buffer = { 1, (char *)"x" };
    OVERLAPPED ov = { .hEvent = event };
    char data[8];
    DWORD sent;
    int ret;

    ret = WSASend( from, &buffer, 1, &sent, 0, &ov, NULL );
    ok( !ret || WSAGetLastError() == WSA_IO_PENDING, "error %d\n", WSAGetLastError() );
    ok( wait_overlapped( &ov, 3000 ), "pending\n" );
    wait_set( event );
    ok( wait_readable( to, 1000 ), "nothing to read\n" );
    ok_call( recv( to, data, sizeof( data ), 0 ), 1, 0 );
}

void reset_by_enum( SOCKET from, SOCKET to, HANDLE event )
{
    WSANETWORKEVENTS events;
    char data[8];
    int i;

    for (i = 0; i < 2; i++)
    {
        ok_call( send( from, "x", 1, 0 ), 1, 0 );
        if (i) wait_set( event ); /* for a wait that is over at once */
        ok( !WaitForSingleObject( event, 10000 ), "not signalled\n" );
        ok_success( WSAEnumNetworkEvents( to, event, &events ) );
        ok( events.lNetworkEvents == FD_READ, "got %lx\n", events.lNetworkEvents );
        ok_call( recv( to, data, sizeof( data ), 0 ), 1, 0 );
    }
}

int begin_recv( SOCKET s, char *data, ULONG len, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    WSABUF wsabuf = { len, data };
    DWORD flags = 0;
    int ret;

    WSASetLastError( 0 );
    ret = WSARecv( s, &wsabuf, 1, NULL, &flags, ov, routine );
    /* O5 */
    memset( &wsabuf, 0xcc, sizeof( wsabuf ) );
    return ret ? WSAGetLastError() : 0;
}

void typed_pair( int family, int type, SOCKET *a, SOCKET *b )
{
    if (type == SOCK_STREAM) tcp_pair( family, WSA_FLAG_OVERLAPPED, a, b );
    else udp_pair( family, a, b );
}

int lookup_begin( const char *name, GUID *class_id, DWORD flags, HANDLE *lookup )
{
    WSAQUERYSETA query = { .dwSize = sizeof( query ),
                           .lpszServiceInstanceName = (char *)name,
                           .lpServiceClassId = class_id,
                           .dwNameSpace = NS_DNS };

    return WSALookupServiceBeginA( &query, flags, lookup );
}

char *bad_page( void )
{
    static char *page;
    DWORD old;

    if (!page)
    {
        char *pages = VirtualAlloc( NULL, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE );

        VirtualProtect( pages + 0x1000, 0x1000, PAGE_NOACCESS, &old );
        page = pages + 0x1000;
    }
    return page;
}

char *readonly_page( void )
{
    static char *page;

    if (!page) page = VirtualAlloc( NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY );
    return page;
}

void change_world( const char *command )
{
    union address addr;
    char answer[8];
    SOCKET s = tcp_socket( AF_INET );

    ok_success( connect( s, &addr.any, loopback( &addr, AF_INET, 5001 ) ) );
    ok_call( send( s, command, strlen( command ), 0 ), strlen( command ), 0 );
    ok_call( recv( s, answer, sizeof( answer ), 0 ), 4, 0 );
    closesocket( s );
}

const char *own_name( const char *prefix )
{
    static char name[64];

    sprintf( name, "%swsuring-test-%lu", prefix, GetCurrentProcessId() );
    return name;
}

HANDLE start_child( const char *name, const char *arguments )
{
    PROCESS_INFORMATION info;
    STARTUPINFOA startup = { .cb = sizeof( startup ) };
    char own[MAX_PATH], path[MAX_PATH], command[2 * MAX_PATH];
    BOOL mixed, wow64 = FALSE;
    char **argv;

    winetest_get_mainargs( &argv );
    GetModuleFileNameA( NULL, own, sizeof( own ) );
    /* a child of the other bitness, if that is asked for */
    if (!GetEnvironmentVariableA( "WSURING_TEST_CHILD", path, sizeof( path ) )) strcpy( path, own );
    mixed = lstrcmpiA( path, own ) != 0; /* children of that child are as it is */
    _snprintf( command, sizeof( command ), "\"%s\" %s %s", path, name, arguments );
    command[sizeof( command ) - 1] = 0;
    if (!CreateProcessA( path, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info ))
    {
        ok( 0, "CreateProcess failed: %lu\n", GetLastError() );
        return NULL;
    }
    if (mixed)
        ok( IsWow64Process( info.hProcess, &wow64 ) && wow64 == ( sizeof( void * ) == 8 ), "the child isn't mixed\n" );
    CloseHandle( info.hThread );
    return info.hProcess;
}

DWORD handle_count( void )
{
    DWORD count = 0;

    ok( GetProcessHandleCount( GetCurrentProcess(), &count ), "GetProcessHandleCount failed: %lu\n", GetLastError() );
    return count;
}
