/*
 * What the files of the Unix library share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_UNIX_PRIVATE_H
#define WSURING_UNIX_PRIVATE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* ppoll, memfd_create */
#endif

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* <signal.h> uses these names for SIGPOLL's reasons; unixlib.h has events of the same names. */
#undef POLL_IN
#undef POLL_OUT
#undef POLL_PRI
#undef POLL_ERR
#undef POLL_HUP

#include "base/unixlib.h"
#include "host_calls.h"

typedef int NTSTATUS;

#define STATUS_SUCCESS                   ( (NTSTATUS)0x00000000 )
#define STATUS_ALERTED                   ( (NTSTATUS)0x00000101 )
#define STATUS_TIMEOUT                   ( (NTSTATUS)0x00000102 )
#define STATUS_BUFFER_OVERFLOW           ( (NTSTATUS)0x80000005 )
#define STATUS_DEVICE_BUSY               ( (NTSTATUS)0x80000011 )
#define STATUS_UNSUCCESSFUL              ( (NTSTATUS)0xc0000001 )
#define STATUS_NOT_IMPLEMENTED           ( (NTSTATUS)0xc0000002 )
#define STATUS_ACCESS_VIOLATION          ( (NTSTATUS)0xc0000005 )
#define STATUS_INVALID_HANDLE            ( (NTSTATUS)0xc0000008 )
#define STATUS_INVALID_PARAMETER         ( (NTSTATUS)0xc000000d )
#define STATUS_NO_SUCH_DEVICE            ( (NTSTATUS)0xc000000e )
#define STATUS_END_OF_FILE               ( (NTSTATUS)0xc0000011 )
#define STATUS_NO_MEMORY                 ( (NTSTATUS)0xc0000017 )
#define STATUS_NOT_FOUND                 ( (NTSTATUS)0xc0000225 )
#define STATUS_ACCESS_DENIED             ( (NTSTATUS)0xc0000022 )
#define STATUS_OBJECT_TYPE_MISMATCH      ( (NTSTATUS)0xc0000024 )
#define STATUS_OBJECT_NAME_NOT_FOUND     ( (NTSTATUS)0xc0000034 )
#define STATUS_SHARING_VIOLATION         ( (NTSTATUS)0xc0000043 )
#define STATUS_INSUFFICIENT_RESOURCES    ( (NTSTATUS)0xc000009a )
#define STATUS_DEVICE_NOT_READY          ( (NTSTATUS)0xc00000a3 )
#define STATUS_PIPE_DISCONNECTED         ( (NTSTATUS)0xc00000b0 )
#define STATUS_IO_TIMEOUT                ( (NTSTATUS)0xc00000b5 )
#define STATUS_NOT_SUPPORTED             ( (NTSTATUS)0xc00000bb )
#define STATUS_NETWORK_BUSY              ( (NTSTATUS)0xc00000bf )
#define STATUS_TOO_MANY_OPENED_FILES     ( (NTSTATUS)0xc000011f )
#define STATUS_INVALID_CONNECTION        ( (NTSTATUS)0xc0000140 )
#define STATUS_INVALID_DEVICE_STATE      ( (NTSTATUS)0xc0000184 )
#define STATUS_INVALID_BUFFER_SIZE       ( (NTSTATUS)0xc0000206 )
#define STATUS_INVALID_ADDRESS_COMPONENT ( (NTSTATUS)0xc0000207 )
#define STATUS_CONNECTION_DISCONNECTED   ( (NTSTATUS)0xc000020c )
#define STATUS_CONNECTION_RESET          ( (NTSTATUS)0xc000020d )
#define STATUS_CONNECTION_REFUSED        ( (NTSTATUS)0xc0000236 )
#define STATUS_CONNECTION_ACTIVE         ( (NTSTATUS)0xc000023b )
#define STATUS_NETWORK_UNREACHABLE       ( (NTSTATUS)0xc000023c )
#define STATUS_HOST_UNREACHABLE          ( (NTSTATUS)0xc000023d )
#define STATUS_PROTOCOL_UNREACHABLE      ( (NTSTATUS)0xc000023e )
#define STATUS_CONNECTION_ABORTED        ( (NTSTATUS)0xc0000241 )
#define STATUS_HOST_DOWN                 ( (NTSTATUS)0xc0000350 )

#define ARRAY_SIZE( array ) ( sizeof( array ) / sizeof( ( array )[0] ) )

static inline void *pointer_from_u64( uint64_t value )
{
    return (void *)(uintptr_t)value;
}

/* Hidden, because other modules of the process may export such names. */
#pragma GCC visibility push( hidden )

/* errno.c */
NTSTATUS errno_to_status( int err );
NTSTATUS errno_to_option_status( int err );

/* address.c */
NTSTATUS address_to_unix( const void *addr, uint32_t len, struct sockaddr_storage *out, socklen_t *out_len );
uint32_t address_from_unix( const struct sockaddr_storage *addr, socklen_t len, void *out, uint32_t room );

/* poll.c */
uint32_t events_to_host( uint32_t events );
uint32_t events_from_host( uint32_t events );

/* transfer.c */
enum
{
    WINDOWS_MSG_OOB = 1,
    WINDOWS_MSG_PEEK = 2,
    WINDOWS_MSG_DONTROUTE = 4
};
int flags_to_unix( uint32_t flags );
NTSTATUS send_errno_to_status( int err );

/* cmsg.c */
enum
{
    WINDOWS_MSG_TRUNC = 0x100,
    WINDOWS_MSG_CTRUNC = 0x200,
    WINDOWS_MSG_BCAST = 0x400,
    WINDOWS_MSG_MCAST = 0x800
};
NTSTATUS control_to_unix( const struct message_params *params, int fd, void *out, size_t room, size_t *len,
                          uint32_t *segment );
void control_from_unix( struct message_params *params, const struct msghdr *msg, uint32_t segment );
uint32_t control_segment( const struct msghdr *msg );

/* network_change.c */
uint32_t netlink_changes( const void *data, size_t len );

/* post.c */
void post_init( uint32_t without );

struct ip_mreq_source;

/* setsockopt of an option that joins or leaves a group or a source of one; value: the host's structure. The errors are
 * those of the page "Multicast Socket Option Behavior". */
NTSTATUS multicast_change( int fd, int level, int option, const void *value, socklen_t len );

/* The same for one that takes an ip_mreq_source, where an interface 0.x.x.x is an index. */
NTSTATUS multicast_change_source( int fd, int option, const struct ip_mreq_source *in );

/* the functions of the table, one per enum unix_func */
NTSTATUS init( void *args );
NTSTATUS descriptor_open( void *args );
NTSTATUS descriptor_close( void *args );
NTSTATUS descriptor_query( void *args );
NTSTATUS closes_wait( void *args );
void counters_share( void *page ); /* a struct counter_page: from now on other processes can read it */
void counters_request( void );     /* one to the wineserver */
/* The LIFE_* words, NULL if they can't be kept on this Wine. memory: room for LIFE_HANDLES_32 words, or NULL. */
void *handle_life_init( void *memory, struct held_events *events );

/* The program has so many more threads that are noted, or less; how many now. None after an end (also of one that
 * wasn't noted: 0): closes_wait returns. */
uint32_t closes_note_thread( int change );
NTSTATUS descriptor_end( void *args );
NTSTATUS descriptor_rebind( void *args );
NTSTATUS descriptor_replace( void *args );
NTSTATUS listen_first( void *args );
NTSTATUS shared_state( void *args );
NTSTATUS transfer_send( void *args );
NTSTATUS transfer_recv( void *args );
NTSTATUS message_send( void *args );
NTSTATUS message_recv( void *args );
NTSTATUS message_options( void *args );
NTSTATUS option( void *args );
NTSTATUS option_copy( void *args );
NTSTATUS multicast_filter( void *args );
NTSTATUS local_address( void *args );
/* IP_MULTICAST_LOOP and IPV6_MULTICAST_LOOP, of the receiver. 0 or -1 with errno. */
struct sock_filter;
bool multicast_loop_is_off( int fd, bool v6 );
int multicast_loop_set( int fd, bool v6, bool off );

/* Sets the socket's filter for everything else. */
int multicast_loop_filter( int fd, const struct sock_filter *code, unsigned int count );

NTSTATUS bound_interface( void *args );
NTSTATUS bound_address( void *args );
NTSTATUS bound_beside( void *args );
NTSTATUS bound_source( void *args );
NTSTATUS datagram_errors_watch( void *args );
NTSTATUS datagram_errors_take( void *args );
NTSTATUS tcp_query( void *args );
NTSTATUS tcp_set_syn( void *args );
NTSTATUS near_peer( void *args );
NTSTATUS file_open( void *args );
NTSTATUS file_close( void *args );
NTSTATUS file_read( void *args );
NTSTATUS transmit( void *args );
NTSTATUS poll_wait( void *args );
NTSTATUS poll_many( void *args );
NTSTATUS poll_list( void *args );
NTSTATUS wake_create( void *args );
NTSTATUS wake_signal( void *args );
NTSTATUS engine_start( void *args );
NTSTATUS engine_watch( void *args );
NTSTATUS engine_wait( void *args );
NTSTATUS engine_wake( void *args );
NTSTATUS engine_settle( void *args );
NTSTATUS set_create( void *args );
NTSTATUS server_wait_open( void *args );
NTSTATUS server_wait_query( void *args );
NTSTATUS set_wait( void *args );
NTSTATUS post_check( void *args );
NTSTATUS post_completion( void *args );
NTSTATUS network_changes( void *args );
NTSTATUS thread_note( void *args );
NTSTATUS thread_end( void *args );
NTSTATUS write_log( void *args );
NTSTATUS get_name( void *args );

#pragma GCC visibility pop

#endif /* WSURING_UNIX_PRIVATE_H */
