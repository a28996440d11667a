/*
 * getsockopt and setsockopt
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Uses the table option_list.h, which explains its columns. The host's options are read from the host, without a
 * request. Options that the wineserver keeps are set there, so that stock processes see them too, and remembered
 * here.
 */

#include "api/message.h"
#include "api/option.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/path_socket.h"
#include <limits.h>

enum sockets
{
    SOCKETS_ANY,
    SOCKETS_STREAM,
    SOCKETS_MESSAGES, /* datagrams and raw */
    SOCKETS_RAWONLY,
    SOCKETS_CONNECTED, /* all that can linger */
    SOCKETS_IPV4,
};

enum kind
{
    KIND_BOOL,  /* an int used as a boolean; one byte is enough */
    KIND_BYTE,  /* a boolean of which only the first byte counts, and which is returned as one byte */
    KIND_SHORT, /* an int of which any number of bytes is accepted, as by the BSD calls */
    KIND_INT,
    KIND_FLAG, /* an int used as a boolean; all bytes are needed */
    KIND_RAW,  /* a structure */
};

enum served
{
    SERVED_HOST,
    SERVED_SERVER,
    SERVED_ASK,
    SERVED_FIXED,
    SERVED_KEPT,
    SERVED_SPECIAL,
    SERVED_MESSAGE,
    SERVED_FAILS,
};

#define VALUE_MAX 264 /* GROUP_SOURCE_REQ */

/* Indexed by enum option_id. */
#define OPTION( level, name, sockets, kind, size, served, value, get, set, host_level, host_name, conversion )         \
    { level, name, SOCKETS_##sockets, KIND_##kind, SERVED_##served, size, value, get, set },
static const struct option options[OPTION_COUNT] = {
#include "base/option_list.h"
#include "sockets/option_host.h"
};
#undef OPTION

static const struct option *option_find( int level, int name )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( options ); i++)
        if (options[i].name == name && options[i].level == level) return &options[i];
    return NULL;
}

static int option_unknown_error( int level )
{
    return level == SOL_SOCKET || level == IPPROTO_IP || level == IPPROTO_IPV6 || level == IPPROTO_TCP
                   || level == IPPROTO_UDP
               ? WSAENOPROTOOPT
               : WSAEINVAL;
}

/* 0 if this kind of socket has the option. */
static int option_check_socket( const struct socket *sock, const struct option *option )
{
    BOOL good = TRUE;

    switch (option->sockets)
    {
    case SOCKETS_STREAM: good = sock->id.type == SOCK_STREAM; break;
    case SOCKETS_MESSAGES: good = sock->id.type != SOCK_STREAM; break;
    case SOCKETS_RAWONLY: good = sock->id.type == SOCK_RAW; break;
    case SOCKETS_CONNECTED: good = sock->id.type != SOCK_DGRAM; break;
    case SOCKETS_IPV4: good = sock->id.family != AF_INET6; break;
    }
    /* an option of IPv6 on an IPv4 socket; IPV6_V6ONLY may be set there, and means nothing */
    if (option->level == IPPROTO_IPV6 && sock->id.family != AF_INET6 && option->name != IPV6_V6ONLY
        && option->name != IPV6_PROTECTION_LEVEL)
        good = FALSE;
    if (good) return 0;
    return option->level == IPPROTO_IP || option->level == IPPROTO_IPV6 ? WSAEINVAL : WSAENOPROTOOPT;
}

/* Programs ask for booleans and small numbers with one byte of room: then one is reported, whatever is written. */
static int option_return_short( const struct option *option, int from, char *value, int *len )
{
    int room, size, said = 1;

    if (!guarded_copy( &room, len, sizeof( room ) ) || room < 1) return WSAEFAULT;
    if (option->kind == KIND_BYTE) size = 1;
    else if (room >= (int)sizeof( from )) said = size = sizeof( from );
    else size = option->level == SOL_SOCKET ? room : 1;
    return guarded_copy( value, &from, size ) && guarded_copy( len, &said, sizeof( said ) ) ? 0 : WSAEFAULT;
}

/* No room for the option: some leave their mark even then. */
static int option_return_nothing( const struct option *option, char *value, int *len )
{
    static const BYTE zero[sizeof( int )];
    int room;

    if (option->level == SOL_SOCKET
        && ( option->name == SO_RCVBUF || option->name == SO_SNDBUF || option->name == SO_LINGER )
        && guarded_copy( &room, len, sizeof( room ) ))
        guarded_copy( value, zero, min( room, (int)sizeof( zero ) ) );
    if (option->kind == KIND_FLAG || option->level == IPPROTO_TCP)
    {
        room = 0;
        guarded_copy( len, &room, sizeof( room ) );
    }
    return WSAEFAULT;
}

/* Tier `afd' can't ask the host. The server accepts IPV6_V6ONLY on an IPv4 socket, the host doesn't. */
static BOOL option_is_idle( const struct socket *sock, const struct option *option )
{
    return sock->id.family != AF_INET6 && option - options == OPTION_IPPROTO_IPV6_IPV6_V6ONLY;
}

static BOOL option_is_by_host( const struct socket *sock, const struct option *option )
{
    return option->served == SERVED_HOST && engine != ENGINE_AFD && !option_is_idle( sock, option );
}

/* ---- what the server keeps */

static NTSTATUS option_server_get( struct socket *sock, const struct option *option, BYTE *buffer, ULONG_PTR *len )
{
    ULONG size = option->kind == KIND_RAW ? max( option->size, 40 ) : sizeof( int );
    BOOL remembered = option->served == SERVED_SERVER && !sock->shared.foreign;
    NTSTATUS status;

    if (remembered && sock->options.server_known & ( 1 << option->value ))
    {
        memcpy( buffer, &sock->options.server[option->value], sizeof( int ) );
        return STATUS_SUCCESS;
    }
    status = afd_ioctl( sock->id.handle, AFD_WINE( option->get ), NULL, 0, buffer, size, len );
    if (status || !remembered) return status;
    memcpy( &sock->options.server[option->value], buffer, sizeof( int ) );
    sock->options.server_known |= 1 << option->value;
    return STATUS_SUCCESS;
}

static NTSTATUS option_server_set( struct socket *sock, const struct option *option, const BYTE *buffer, ULONG len )
{
    NTSTATUS status = afd_ioctl( sock->id.handle, AFD_WINE( option->set ), buffer, len, NULL, 0, NULL );

    if (status || option->served != SERVED_SERVER) return status;
    sock->options.server_known
        &= ~( 1 << option->value ); /* setting one may change another, and not all are stored as given */
    sock->options.server_set |= 1 << option->value;
    if (option->name == SO_RCVTIMEO) memcpy( &sock->options.recv_timeout, buffer, sizeof( int ) );
    if (option->name == SO_SNDTIMEO) memcpy( &sock->options.send_timeout, buffer, sizeof( int ) );
    return STATUS_SUCCESS;
}

void option_inherit( struct socket *sock, const struct socket *listener )
{
    sock->options.recv_timeout = listener->options.recv_timeout;
    sock->options.send_timeout = listener->options.send_timeout;
    sock->options.kept = listener->options.kept;
    sock->options.protection_level = listener->options.protection_level;
    sock->options.pmtu = listener->options.pmtu;
    sock->options.user_mtu = listener->options.user_mtu;
}

struct saved_options
{
    struct borrowed_descriptor old;
    BYTE set;
    int values[SERVER_OPTION_COUNT];
};

struct saved_options *option_save( struct socket *sock )
{
    struct saved_options *saved;
    unsigned int i;

    if (!( saved = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *saved ) ) )) return NULL;
    saved->old.fd = -1;
    saved->set = sock->options.server_set;
    for (i = 0; i < ARRAY_SIZE( options ); i++)
        if (options[i].served == SERVED_SERVER && saved->set & ( 1 << options[i].value ))
            afd_ioctl( sock->id.handle, AFD_WINE( options[i].get ), NULL, 0, &saved->values[options[i].value],
                       sizeof( int ), NULL );
    if (engine != ENGINE_AFD) socket_borrow_descriptor( sock, &saved->old );
    return saved;
}

void option_restore( struct socket *sock, struct saved_options *saved )
{
    HANDLE duplicate;
    unsigned int i;

    if (!saved) return;
    for (i = 0; i < ARRAY_SIZE( options ); i++)
        if (options[i].served == SERVED_SERVER && saved->set & ( 1 << options[i].value ))
            afd_ioctl( sock->id.handle, AFD_WINE( options[i].set ), &saved->values[options[i].value], sizeof( int ),
                       NULL, 0, NULL );
    if (saved->old.fd != -1)
    {
        /* ntdll may still have the old descriptor for the handle itself */
        if (!NtDuplicateObject( GetCurrentProcess(), sock->id.handle, GetCurrentProcess(), &duplicate, 0, 0,
                                DUPLICATE_SAME_ACCESS ))
        {
            struct descriptor_open_params open = { .handle = HandleToULong( duplicate ) };

            if (!unix_call( unix_descriptor_open, &open ))
            {
                struct option_copy_params copy = { .from = saved->old.fd, .to = open.fd };
                struct descriptor_close_params close = { .fd = open.fd };

                unix_call( unix_option_copy, &copy );
                unix_call( unix_descriptor_close, &close );
            }
            NtClose( duplicate );
        }
        socket_return_descriptor( &saved->old );
    }
    HeapFree( GetProcessHeap(), 0, saved );
}

/* ---- the functions */

static int option_get_value( struct socket *sock, const struct option *option, BYTE *buffer, ULONG_PTR *len )
{
    UINT host_len = option->kind == KIND_RAW ? VALUE_MAX : sizeof( int );
    NTSTATUS status;

    switch (option->served)
    {
    case SERVED_FIXED: memcpy( buffer, &option->value, sizeof( int ) ); return 0;
    case SERVED_KEPT: buffer[0] = ( sock->options.kept & option->value ) != 0; return 0;
    default:
        if (option_is_by_host( sock, option ))
        {
            status = option_host_get( sock, option - options, buffer, &host_len );
            *len = host_len;
            /* the host forgets that it was set by index */
            if (!status && option - options == OPTION_IPPROTO_IP_IP_MULTICAST_IF && sock->options.multicast_if)
                memcpy( buffer, &sock->options.multicast_if, sizeof( sock->options.multicast_if ) );
        }
        else if (option_is_idle( sock, option ))
        {
            buffer[0] = !( sock->options.kept & KEPT_NOT_V6ONLY );
            return 0;
        }
        else status = option->get ? option_server_get( sock, option, buffer, len ) : STATUS_NOT_SUPPORTED;
        return error_from_option_status( status );
    }
}

static int get_option( struct socket *sock, const struct option *option, char *value, int *len, int room )
{
    BOOL is_short = option->kind == KIND_BOOL || option->kind == KIND_BYTE || option->kind == KIND_SHORT;
    BYTE buffer[VALUE_MAX] = { 0 };
    DWORD message_value;
    ULONG_PTR size = 0;
    int result, number;

    if (( result = option_check_socket( sock, option ) )) return result;
    if (option->served == SERVED_FAILS) return option->value;
    if (option->kind != KIND_RAW && !is_short && room < (int)sizeof( int ))
        return option_return_nothing( option, value, len );
    if (option->served == SERVED_SPECIAL && ( option->kind == KIND_RAW || !is_short ))
        return option_special_get( sock, option - options, value, len );
    if (option->served == SERVED_SPECIAL)
    {
        int number_len = sizeof( number );

        result = option_special_get( sock, option - options, (char *)&number, &number_len );
        return result ? result : option_return_short( option, number, value, len );
    }
    if (option->served == SERVED_MESSAGE && !message_option_get( sock, option->level, option->name, &message_value ))
        number = message_value;
    else
    {
        if (( result = option_get_value( sock, option, buffer, &size ) )) return result;
        if (option->kind == KIND_RAW && room < option->size) return option_return_nothing( option, value, len );
        if (option->kind == KIND_RAW)
        {
            room = option->size ? option->size : (int)size;
            result = option_return( buffer, room, value, len );
            return result || guarded_copy( len, &room, sizeof( room ) ) ? result : WSAEFAULT;
        }
        memcpy( &number, buffer, sizeof( number ) );
    }
    if (option->kind != KIND_SHORT && option->kind != KIND_INT) number = number != 0;
    return is_short ? option_return_short( option, number, value, len ) : option_return_int( number, value, len );
}

int WSPAPI WSPGetSockOpt( SOCKET s, int level, int name, char *value, int *len, int *err )
{
    const struct option *option;
    struct socket *sock;
    int result, room;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (!value || !len || !guarded_copy( &room, len, sizeof( room ) ) || room <= 0) result = WSAEFAULT;
    else if (path_socket_is( sock ) && level != SOL_SOCKET) result = WSAENOPROTOOPT;
    else if (!( option = option_find( level, name ) )) result = option_unknown_error( level );
    else result = get_option( sock, option, value, len, room );
    socket_release( sock );
    return spi_result( result, err );
}

static int option_set_value( struct socket *sock, const struct option *option, const BYTE *buffer, int len )
{
    NTSTATUS status;
    ULONG_PTR was_len = sizeof( int );
    int number, was = 0;

    memcpy( &number, buffer, sizeof( number ) );
    switch (option->served)
    {
    case SERVED_FIXED: return number == option->value ? 0 : WSAENOPROTOOPT;
    case SERVED_KEPT:
        sock->options.kept = ( sock->options.kept & ~option->value ) | ( number ? option->value : 0 );
        return 0;
    default:
        if (option_is_by_host( sock, option ))
        {
            status = option_host_set( sock, option - options, buffer, len );
            if (!status && option - options == OPTION_IPPROTO_IP_IP_MULTICAST_IF)
                sock->options.multicast_if = buffer[0] ? 0 : number;
            if (!status && option - options == OPTION_SOL_SOCKET_SO_BROADCAST && number)
                sock->options.broadcast_was_on = TRUE;
            /* the server's polls use its own copy of this option */
            if (!status && option - options == OPTION_SOL_SOCKET_SO_OOBINLINE)
                status = option_server_set( sock, option, buffer, len );
        }
        else
        {
            status = option->set ? option_server_set( sock, option, buffer, len ) : STATUS_NOT_SUPPORTED;
            if (!status && option_is_idle( sock, option ))
                sock->options.kept = ( sock->options.kept & ~KEPT_NOT_V6ONLY ) | ( number ? 0 : KEPT_NOT_V6ONLY );
            /* the server knows Windows' rules for binding; the host's rules would refuse two listeners */
            if (!status && option - options == OPTION_SOL_SOCKET_SO_REUSEADDR && sock->id.type == SOCK_STREAM
                && engine != ENGINE_AFD)
                option_host_set( sock, option - options, buffer, len );
        }
        /* of a raw socket the host can't change it any more, as its protocol is its port */
        if (status && option - options == OPTION_IPPROTO_IPV6_IPV6_V6ONLY && sock->id.type == SOCK_RAW
            && !option_get_value( sock, option, (BYTE *)&was, &was_len ) && !was == !number)
            status = STATUS_SUCCESS;
        return error_from_option_status( status );
    }
}

/* The program's number as an int. Of a boolean of the socket's own level no byte at all is FALSE; a length that is
 * negative is one that is large there, and nowhere else. */
static int option_capture_number( const struct option *option, const char *value, int len, int *number )
{
    int least = option->kind == KIND_INT || option->kind == KIND_FLAG ? (int)sizeof( int ) : 1;

    if (option->kind == KIND_BOOL && option->level == SOL_SOCKET) least = 0;
    if (!value || len < least) return WSAEFAULT;
    *number = 0;
    if (!guarded_copy( number, value, min( len, option->kind == KIND_BYTE ? 1 : (int)sizeof( *number ) ) ))
        return WSAEFAULT;
    if (option->kind != KIND_SHORT && option->kind != KIND_INT) *number = *number != 0;
    return 0;
}

/* Nobody can set it: not a matter of the value. */
static BOOL option_is_read_only( const struct option *option )
{
    return option->served == SERVED_ASK || ( option->served == SERVED_HOST && option->get && !option->set );
}

static int option_set_checked( struct socket *sock, const struct option *option, const char *value, int len )
{
    BYTE buffer[VALUE_MAX] = { 0 };
    int result, number;

    if (( result = option_check_socket( sock, option ) )) return result;
    if (option->served == SERVED_FAILS) return option->value;
    if (option_is_read_only( option )) return WSAENOPROTOOPT;
    if (len < 0)
    {
        if (option->level != SOL_SOCKET || option->kind == KIND_BYTE) return WSAENOBUFS;
        len = INT_MAX;
    }
    if (option->kind != KIND_RAW)
    {
        result = option_capture_number( option, value, len, &number );
        if (option->served == SERVED_SPECIAL)
            return option_special_set( sock, option - options, result ? NULL : (char *)&number, sizeof( number ) );
        if (result) return result;
        if (option - options == OPTION_IPPROTO_IP_IP_TOS && (UINT)number > 255) return WSAEINVAL; /* a byte */
        if (option->served == SERVED_MESSAGE
            && ( result = message_option_set( sock, option->level, option->name, (char *)&number, sizeof( number ) ) )
                   != -1)
            return result;
        memcpy( buffer, &number, len = sizeof( number ) );
        return option_set_value( sock, option, buffer, len );
    }
    if (option->served == SERVED_SPECIAL) return option_special_set( sock, option - options, value, len );
    if (len < option->size) return WSAEFAULT;
    if (option->size) len = min( len, option->size );
    if (len > VALUE_MAX) return WSAEINVAL;
    if (( len && !value ) || !guarded_copy( buffer, value, len )) return WSAEFAULT;
    return option_set_value( sock, option, buffer, len );
}

int WSPAPI WSPSetSockOpt( SOCKET s, int level, int name, const char *value, int len, int *err )
{
    const struct option *option;
    struct socket *sock;
    int result;

    if (!( sock = socket_grab( s, err ) )) return SOCKET_ERROR;
    if (path_socket_is( sock ) && level != SOL_SOCKET) result = WSAENOPROTOOPT;
    else if (!( option = option_find( level, name ) )) result = option_unknown_error( level );
    else result = option_set_checked( sock, option, value, len );
    socket_release( sock );
    return spi_result( result, err );
}
