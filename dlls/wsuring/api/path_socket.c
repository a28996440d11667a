/*
 * Sockets of the family AF_UNIX: their addresses are paths
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wineserver has no such sockets, and what they are used for (AcceptEx, ports, events, duplicates) needs its. So
 * each is a TCP socket on the loopback address. The file that bind makes names its port, and for each port in use there
 * is a named section, the note, which says who has it. It ends with the socket: a file without its note is one that was
 * left behind, and can't be connected to, whoever has the port now.
 */

#include <stdio.h>

#include "api/path_socket.h"
#include "sockets/afd.h"
#include "wait/pollers.h"

static const char file_mark[16] = "wsuring AF_UNIX";

/* What the file has. */
struct path_file
{
    char mark[sizeof( file_mark )];
    UINT64 number; /* of the note */
    UINT port;
};

/* What others see of a socket while it is open. */
struct path_note
{
    UINT64 number;
    DWORD process;
    char path[UNIX_PATH_MAX]; /* not terminated if it is that long; empty: it has no name */
};

struct path_socket
{
    HANDLE note; /* NULL: not bound */
    char name[UNIX_PATH_MAX];
    BOOLEAN named;
    BOOLEAN peer_known; /* as it was when the connection was accepted */
    struct path_note peer;
};

static volatile LONG path_socket_count; /* that the process has had */

/* ---- notes */

static void path_note_name( USHORT port, WCHAR *name )
{
    _snwprintf( name, 64, L"Global\\wsuring-af-unix-%u", port );
}

static HANDLE path_note_make( USHORT port, UINT64 number, const char *path )
{
    struct path_note *note;
    WCHAR name[64];
    HANDLE section;

    path_note_name( port, name );
    section = CreateFileMappingW( INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof( *note ), name );
    if (!section) return NULL;
    if (!( note = MapViewOfFile( section, FILE_MAP_WRITE, 0, 0, 0 ) ))
    {
        CloseHandle( section );
        return NULL;
    }
    note->process = GetCurrentProcessId();
    memcpy( note->path, path, sizeof( note->path ) );
    note->number = number;
    UnmapViewOfFile( note );
    return section;
}

/* section: gets a handle that keeps the note, unless NULL. */
static BOOL path_note_read( USHORT port, struct path_note *note, HANDLE *section )
{
    const struct path_note *view;
    WCHAR name[64];
    HANDLE handle;

    path_note_name( port, name );
    if (!( handle = OpenFileMappingW( FILE_MAP_READ, FALSE, name ) )) return FALSE;
    if (( view = MapViewOfFile( handle, FILE_MAP_READ, 0, 0, 0 ) ))
    {
        memcpy( note, view, sizeof( *note ) );
        UnmapViewOfFile( view );
    }
    if (view && section) *section = handle;
    else CloseHandle( handle );
    return view != NULL;
}

static UINT64 path_note_number( void )
{
    static volatile LONG count;
    LARGE_INTEGER now;
    FILETIME time;

    QueryPerformanceCounter( &now );
    GetSystemTimeAsFileTime( &time );
    return ( now.QuadPart ^ (UINT64)time.dwLowDateTime << 32 ^ (UINT64)GetCurrentProcessId() << 20 )
           + (UINT64)InterlockedIncrement( &count ) * 0x9e3779b97f4a7c15;
}

/* ---- paths */

/* The program's address. wrong_family: the error for another one. A socket without a name, or with one that isn't a
 * path ("abstract"), can't be meant. */
static int path_capture( const struct sockaddr *addr, int len, int wrong_family, char *path )
{
    SOCKADDR_UN un = { 0 };

    if (!addr || len < (int)PATH_ADDRESS_MIN) return WSAEFAULT;
    if (!guarded_copy( &un, addr, min( len, (int)sizeof( un ) ) )) return WSAEFAULT;
    if (un.sun_family != AF_UNIX) return wrong_family;
    if (!un.sun_path[0]) return WSAEINVAL;
    memset( path, 0, UNIX_PATH_MAX );
    memcpy( path, un.sun_path, strnlen( un.sun_path, UNIX_PATH_MAX ) );
    return 0;
}

static HANDLE path_open( const char *path, DWORD access, DWORD disposition )
{
    WCHAR name[UNIX_PATH_MAX + 1];
    int len = MultiByteToWideChar( CP_UTF8, MB_ERR_INVALID_CHARS, path, strnlen( path, UNIX_PATH_MAX ), name,
                                   UNIX_PATH_MAX );
    HANDLE file;

    if (!len) len = MultiByteToWideChar( CP_ACP, 0, path, strnlen( path, UNIX_PATH_MAX ), name, UNIX_PATH_MAX );
    name[len] = 0;
    file = CreateFileW( name, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, disposition,
                        FILE_ATTRIBUTE_NORMAL, NULL );
    if (file != INVALID_HANDLE_VALUE && GetFileType( file ) != FILE_TYPE_DISK)
    {
        CloseHandle( file );
        file = INVALID_HANDLE_VALUE;
        SetLastError( ERROR_PATH_NOT_FOUND );
    }
    return file;
}

static int path_make_error( DWORD error )
{
    switch (error)
    {
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return WSAEADDRINUSE;
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT: return WSAEACCES;
    default: return WSAENETDOWN; /* no such folder */
    }
}

/* ---- sockets */

BOOL path_socket_init( struct socket *sock, const struct socket *listener )
{
    struct path_socket *path = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *path ) );

    if (!path) return FALSE;
    if (listener)
    {
        memcpy( path->name, listener->conn.path->name, sizeof( path->name ) );
        path->named = listener->conn.path->named;
    }
    InterlockedIncrement( &path_socket_count );
    sock->conn.path = path;
    return TRUE;
}

/* 0: it has none. */
static USHORT path_socket_port( struct socket *sock )
{
    struct sockaddr_in in = { 0 };

    afd_ioctl( sock->id.handle, AFD_GETSOCKNAME, NULL, 0, &in, sizeof( in ), NULL );
    return __builtin_bswap16( in.sin_port );
}

void path_socket_adopt( struct socket *sock )
{
    struct path_note note;
    HANDLE section = NULL;
    USHORT port;

    if (path_socket_is( sock ) || !path_socket_init( sock, NULL )) return;
    if (!( port = path_socket_port( sock ) ) || !path_note_read( port, &note, &section )) return;
    sock->conn.path->note = section;
    memcpy( sock->conn.path->name, note.path, sizeof( note.path ) );
    sock->conn.path->named = TRUE;
}

static int path_socket_bind_loopback( struct socket *sock )
{
    struct
    {
        UINT zero;
        struct sockaddr_in addr;
    } in = { .addr.sin_family = AF_INET, .addr.sin_addr.s_addr = __builtin_bswap32( INADDR_LOOPBACK ) };
    struct sockaddr_in out;
    NTSTATUS status = afd_ioctl( sock->id.handle, AFD_BIND, &in, sizeof( in ), &out, sizeof( out ), NULL );

    if (status) return error_from_status( status );
    sock->conn.bound = TRUE;
    pollers_wake();
    return 0;
}

/* Gives it a port, with a note. */
static int path_socket_take_port( struct socket *sock, const char *path, struct path_file *file )
{
    USHORT port;
    int result;

    if (( result = path_socket_bind_loopback( sock ) )) return result;
    if (!( port = path_socket_port( sock ) )) return WSAENOBUFS;
    memcpy( file->mark, file_mark, sizeof( file_mark ) );
    file->number = path_note_number();
    file->port = port;
    if (!( sock->conn.path->note = path_note_make( port, file->number, path ) )) return WSAENOBUFS;
    memcpy( sock->conn.path->name, path, sizeof( sock->conn.path->name ) );
    sock->conn.path->named = TRUE;
    return 0;
}

int path_socket_bind( struct socket *sock, const struct sockaddr *addr, int len )
{
    static const FILE_DISPOSITION_INFO delete = { TRUE };
    char path[UNIX_PATH_MAX];
    struct path_file content = { 0 };
    HANDLE file;
    DWORD written;
    int result;

    if (( result = path_capture( addr, len, WSAEFAULT, path ) )) return result;
    if (sock->conn.bound) return WSAEINVAL;
    if (( file = path_open( path, GENERIC_WRITE | DELETE, CREATE_NEW ) ) == INVALID_HANDLE_VALUE)
        return path_make_error( GetLastError() );
    if (!( result = path_socket_take_port( sock, path, &content ) )
        && ( !WriteFile( file, &content, sizeof( content ), &written, NULL ) || written != sizeof( content ) ))
        result = WSAENOBUFS;
    if (result) SetFileInformationByHandle( file, FileDispositionInfo, (void *)&delete, sizeof( delete ) );
    CloseHandle( file );
    return result;
}

int path_socket_target( struct socket *sock, const struct sockaddr *addr, int len, struct sockaddr_in *target )
{
    static const char unnamed[UNIX_PATH_MAX];
    struct path_file content, own;
    char path[UNIX_PATH_MAX];
    struct path_note note;
    HANDLE file;
    DWORD count;
    BOOL good;
    int result;

    if (( result = path_capture( addr, len, WSAEAFNOSUPPORT, path ) )) return result;
    if (( file = path_open( path, GENERIC_READ, OPEN_EXISTING ) ) == INVALID_HANDLE_VALUE)
        return GetLastError() == ERROR_ACCESS_DENIED ? WSAEACCES : WSAECONNREFUSED;
    good = ReadFile( file, &content, sizeof( content ), &count, NULL ) && count == sizeof( content );
    CloseHandle( file );
    if (!good || memcmp( content.mark, file_mark, sizeof( file_mark ) ) || !path_note_read( content.port, &note, NULL )
        || note.number != content.number)
        return WSAECONNREFUSED;
    /* the peer wants to know who it is; one that is used again keeps its name and gets another port */
    if (!sock->conn.bound && !sock->desc.recycled && ( result = path_socket_take_port( sock, unnamed, &own ) ))
        return result;
    memset( target, 0, sizeof( *target ) );
    target->sin_family = AF_INET;
    target->sin_port = __builtin_bswap16( content.port );
    target->sin_addr.s_addr = __builtin_bswap32( INADDR_LOOPBACK );
    return 0;
}

static void path_socket_name( const char *path, SOCKADDR_UN *name )
{
    memset( name, 0, sizeof( *name ) );
    name->sun_family = AF_UNIX;
    if (path) memcpy( name->sun_path, path, sizeof( name->sun_path ) );
}

void path_socket_local( struct socket *sock, const struct sockaddr_in *in, SOCKADDR_UN *name )
{
    struct path_note note;

    if (sock->conn.path->named) path_socket_name( sock->conn.path->name, name );
    else path_socket_name( path_note_read( __builtin_bswap16( in->sin_port ), &note, NULL ) ? note.path : NULL, name );
}

/* Asked once: the peer may be gone later. */
static const struct path_note *path_socket_peer_note( struct socket *sock, const struct sockaddr_in *in )
{
    struct path_socket *path = sock->conn.path;

    if (!path->peer_known) path->peer_known = path_note_read( __builtin_bswap16( in->sin_port ), &path->peer, NULL );
    return path->peer_known ? &path->peer : NULL;
}

void path_socket_peer( struct socket *sock, const struct sockaddr_in *in, SOCKADDR_UN *name )
{
    const struct path_note *note = path_socket_peer_note( sock, in );

    path_socket_name( note ? note->path : NULL, name );
}

int path_socket_accepted( void *addr, DWORD room )
{
    struct path_note note;
    struct sockaddr_in in;
    SOCKADDR_UN name;

    if (!path_socket_count || room < sizeof( name ) || !guarded_copy( &in, addr, sizeof( in ) )) return 0;
    if (in.sin_family != AF_INET || in.sin_addr.s_addr != __builtin_bswap32( INADDR_LOOPBACK )
        || !path_note_read( __builtin_bswap16( in.sin_port ), &note, NULL ))
        return 0;
    path_socket_name( note.path, &name );
    return guarded_copy( addr, &name, sizeof( name ) ) ? sizeof( name ) : 0;
}

BOOL path_socket_process( const struct socket *sock, DWORD *process )
{
    *process = sock->conn.path->peer.process;
    return sock->conn.path->peer_known;
}

void path_socket_gone( struct socket *sock )
{
    struct path_socket *path = sock->conn.path;

    if (!path) return;
    sock->conn.path = NULL;
    if (path->note) CloseHandle( path->note );
    HeapFree( GetProcessHeap(), 0, path );
}
