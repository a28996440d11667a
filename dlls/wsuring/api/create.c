/*
 * Making, duplicating and closing sockets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "base/handle_life.h"
#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/path_socket.h"
#include "sockets/shared_state.h"

/* What WSADuplicateSocket leaves in a WSAPROTOCOL_INFO: the handle in the target process, and this mark
 * (wine-interfaces 2.4). */
#define DUPLICATE_MARK 0xff00ff00

static const struct
{
    int family, type, protocol;
} known_sockets[] = {
    { AF_INET, SOCK_STREAM, IPPROTO_TCP }, { AF_INET, SOCK_DGRAM, IPPROTO_UDP }, { AF_INET6, SOCK_STREAM, IPPROTO_TCP },
    { AF_INET6, SOCK_DGRAM, IPPROTO_UDP }, { AF_INET, SOCK_RAW, IPPROTO_ICMP },  { AF_INET, SOCK_RAW, IPPROTO_RAW },
};

/* Fills in what the caller left unspecified, from the catalogue (page "socket function"). */
static void create_resolve_protocol( int *family, int *type, int *protocol )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( known_sockets ); i++)
    {
        if (*family && *family != known_sockets[i].family) continue;
        if (*type && *type != known_sockets[i].type) continue;
        if (*protocol && *protocol != known_sockets[i].protocol) continue;
        if (( !*family && !*protocol && !*type ) || ( *type == SOCK_RAW && !*protocol )) return;
        *family = known_sockets[i].family;
        *type = known_sockets[i].type;
        *protocol = known_sockets[i].protocol;
        return;
    }
}

/* Each is valid for one socket (page "WSASocket function", WSAEINVAL). The number is private to wsuring; structures
 * of other modules have none and aren't checked. */
static BOOL create_is_used_up( DWORD number )
{
    static DWORD used[64];
    static UINT next;
    static SRWLOCK lock = SRWLOCK_INIT;
    BOOL found = FALSE;
    UINT i;

    if (!number) return FALSE;
    lock_acquire( &lock );
    for (i = 0; i < ARRAY_SIZE( used ) && !found; i++) found = used[i] == number;
    if (!found) used[next++ % ARRAY_SIZE( used )] = number;
    lock_release( &lock );
    return found;
}

static DWORD create_new_number( HANDLE duplicate )
{
    static volatile LONG count;
    LARGE_INTEGER now;

    QueryPerformanceCounter( &now );
    return ( ( now.LowPart ^ GetCurrentProcessId() << 16 ^ HandleToULong( duplicate ) << 8 )
             + InterlockedIncrement( &count ) * 0x9e3779b1 )
           | 1;
}

static SOCKET create_from_duplicate( const WSAPROTOCOL_INFOW *info, int *err )
{
    struct socket *sock
        = create_is_used_up( info->dwProviderReserved ) ? NULL : socket_grab( info->dwServiceFlags3, err );

    if (!sock)
    {
        *err = WSAEINVAL;
        return INVALID_SOCKET;
    }
    socket_note_made( sock, (HANDLE)(ULONG_PTR)info->dwServiceFlags3 );
    if (info->iAddressFamily == AF_UNIX) path_socket_adopt( sock );
    socket_release( sock );
    return info->dwServiceFlags3;
}

/* What the catalogue's protocols support: no rooted planes, multipoint sessions for datagrams only, no socket
 * groups. */
static BOOL create_check_flags( int type, GROUP group, DWORD flags )
{
    const DWORD planes = WSA_FLAG_MULTIPOINT_C_ROOT | WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_ROOT
                         | WSA_FLAG_MULTIPOINT_D_LEAF;

    if (group > SG_CONSTRAINED_GROUP) return FALSE;
    if (flags
        & ~( planes | WSA_FLAG_OVERLAPPED | WSA_FLAG_ACCESS_SYSTEM_SECURITY | WSA_FLAG_NO_HANDLE_INHERIT
             | WSA_FLAG_REGISTERED_IO ))
        return FALSE;
    if (!( flags & planes )) return TRUE;
    return type == SOCK_DGRAM && ( flags & planes ) == ( WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF );
}

/* Streams alone, as on Windows. */
static int create_check_path( int type, int protocol )
{
    if (type && type != SOCK_STREAM) return WSAESOCKTNOSUPPORT;
    return protocol ? WSAEPROTONOSUPPORT : 0;
}

static BOOL create_as_path( struct socket *sock )
{
    int on = TRUE, err;

    /* such sockets don't wait for more to send; accepted ones inherit it */
    WSPSetSockOpt( (SOCKET)sock->id.handle, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof( on ), &err );
    return path_socket_init( sock, NULL );
}

SOCKET WSPAPI WSPSocket( int family, int type, int protocol, WSAPROTOCOL_INFOW *info_ptr, GROUP group, DWORD flags,
                         int *err )
{
    struct afd_create_params create;
    WSAPROTOCOL_INFOW info;
    struct socket *sock;
    HANDLE handle;
    NTSTATUS status;
    BOOL is_path;

    if (info_ptr)
    {
        if (!guarded_copy( &info, info_ptr, sizeof( info ) ))
        {
            *err = WSAEFAULT;
            return INVALID_SOCKET;
        }
        if (info.dwServiceFlags4 == DUPLICATE_MARK && info.dwServiceFlags3) return create_from_duplicate( &info, err );
        if (family == FROM_PROTOCOL_INFO || !family) family = info.iAddressFamily;
        if (type == FROM_PROTOCOL_INFO || !type) type = info.iSocketType;
        if (protocol == FROM_PROTOCOL_INFO || !protocol) protocol = info.iProtocol;
    }
    if (!family && ( info_ptr || !protocol ))
    {
        *err = protocol ? WSAEAFNOSUPPORT : WSAEINVAL;
        return INVALID_SOCKET;
    }
    if (( is_path = family == AF_UNIX ))
    {
        if (( *err = create_check_path( type, protocol ) )) return INVALID_SOCKET;
        family = AF_INET;
        type = SOCK_STREAM;
        protocol = IPPROTO_TCP;
    }
    create_resolve_protocol( &family, &type, &protocol );
    if (!create_check_flags( type, group, flags ))
    {
        *err = WSAEINVAL;
        return INVALID_SOCKET;
    }

    create.family = family;
    create.type = type;
    create.protocol = protocol;
    create.flags = flags;
    status = afd_create( &create, flags & WSA_FLAG_NO_HANDLE_INHERIT ? 0 : OBJ_INHERIT,
                         flags & WSA_FLAG_OVERLAPPED ? 0 : FILE_SYNCHRONOUS_IO_NONALERT, &handle );
    if (status)
    {
        *err = error_from_status( status );
        return INVALID_SOCKET;
    }
    if (!( sock = socket_insert( handle, family, type, protocol, flags ) ))
    {
        *err = WSAENOBUFS;
        NtClose( handle );
        return INVALID_SOCKET;
    }
    if (is_path && !create_as_path( sock ))
    {
        socket_release( sock );
        WSPCloseSocket( (SOCKET)handle, err );
        *err = WSAENOBUFS;
        return INVALID_SOCKET;
    }
    socket_release( sock );
    return (SOCKET)handle;
}

/* Would closing block? A non-blocking socket must not (page "closesocket function"). */
static BOOL create_is_lingering( struct socket *sock )
{
    struct descriptor_query_params query = { .fd = sock->desc.fd, .what = DESCRIPTOR_LINGERS };

    if (!sock->shared.nonblocking || sock->id.type != SOCK_STREAM || sock->desc.fd == -1
        || unix_call( unix_descriptor_query, &query ))
        return FALSE;
    return query.value == 1 || ( query.value && operation_behind( sock, DIRECTION_WRITE ) );
}

int WSPAPI WSPCloseSocket( SOCKET s, int *err )
{
    struct socket *sock = socket_grab( s, err );
    NTSTATUS status;
    BOOL last;

    if (!sock) return SOCKET_ERROR;
    if (create_is_lingering( sock ))
    {
        socket_release( sock );
        *err = WSAEWOULDBLOCK;
        return SOCKET_ERROR;
    }
    closed_send_linger( sock );
    last = !handle_is_protected( (HANDLE)s ) && socket_retire( sock, (HANDLE)s );
    if (last) afd_transfer_cancel( sock );
    status = NtClose( (HANDLE)s );
    if (last) socket_closed( sock, (HANDLE)s );
    socket_release( sock );
    if (!status) return 0;
    *err = WSAENOTSOCK; /* closed without our knowledge */
    return SOCKET_ERROR;
}

int WSPAPI WSPDuplicateSocket( SOCKET s, DWORD process_id, WSAPROTOCOL_INFOW *info, int *err )
{
    WSAPROTOCOL_INFOW protocol_info;
    int len = sizeof( protocol_info );
    HANDLE process, duplicate;
    BOOL ok;

    if (WSPGetSockOpt( s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&protocol_info, &len, err )) return SOCKET_ERROR;
    socket_note_shared( (HANDLE)s );
    if (!( process = OpenProcess( PROCESS_DUP_HANDLE, FALSE, process_id ) ))
    {
        *err = WSAEINVAL;
        return SOCKET_ERROR;
    }
    if (!guarded_touch( info, sizeof( *info ), TRUE ))
    {
        CloseHandle( process );
        *err = WSAEFAULT;
        return SOCKET_ERROR;
    }
    ok = DuplicateHandle( GetCurrentProcess(), (HANDLE)s, process, &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS );
    CloseHandle( process );
    if (!ok)
    {
        *err = WSAEMFILE;
        return SOCKET_ERROR;
    }
    protocol_info.dwServiceFlags3 = HandleToULong( duplicate );
    protocol_info.dwServiceFlags4 = DUPLICATE_MARK;
    protocol_info.dwProviderReserved = create_new_number( duplicate );
    guarded_copy( info, &protocol_info, sizeof( protocol_info ) );
    return 0;
}
