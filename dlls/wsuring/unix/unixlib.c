/*
 * The exported tables of the Unix library
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"
#if __has_include( "wsuring_version.h" ) /* the unit tests have no build folder */
#include "wsuring_version.h"

/* by which wsuring-setup sees that this file and wsuring.dll are of one version */
static const char unixlib_part[] __attribute__( ( used ) ) = WSURING_PART;
#endif

/* Parameter blocks have one layout, so the same functions serve 32-bit programs on a 64-bit host. */
#define FUNCTION_TABLE                                                                                                 \
    [unix_init] = init, [unix_descriptor_open] = descriptor_open, [unix_descriptor_close] = descriptor_close,          \
    [unix_descriptor_query] = descriptor_query, [unix_descriptor_end] = descriptor_end,                                \
    [unix_descriptor_rebind] = descriptor_rebind, [unix_descriptor_replace] = descriptor_replace,                      \
    [unix_listen_first] = listen_first, [unix_shared_state] = shared_state, [unix_send] = transfer_send,               \
    [unix_recv] = transfer_recv, [unix_send_message] = message_send, [unix_recv_message] = message_recv,               \
    [unix_message_options] = message_options, [unix_option] = option, [unix_option_copy] = option_copy,                \
    [unix_multicast_filter] = multicast_filter, [unix_tcp_info] = tcp_query, [unix_tcp_syn] = tcp_set_syn,             \
    [unix_near_peer] = near_peer, [unix_file_open] = file_open, [unix_file_close] = file_close,                        \
    [unix_file_read] = file_read, [unix_transmit] = transmit, [unix_poll] = poll_wait, [unix_poll_many] = poll_many,   \
    [unix_poll_list] = poll_list, [unix_wake_create] = wake_create, [unix_wake_signal] = wake_signal,                  \
    [unix_engine_start] = engine_start, [unix_engine_watch] = engine_watch, [unix_engine_wait] = engine_wait,          \
    [unix_engine_wake] = engine_wake, [unix_engine_settle] = engine_settle, [unix_set_create] = set_create,            \
    [unix_set_wait] = set_wait, [unix_post_check] = post_check, [unix_post_completion] = post_completion,              \
    [unix_closes_wait] = closes_wait, [unix_network_changes] = network_changes, [unix_local_address] = local_address,  \
    [unix_bound_interface] = bound_interface, [unix_bound_address] = bound_address,                                    \
    [unix_bound_beside] = bound_beside, [unix_bound_source] = bound_source,                                            \
    [unix_datagram_errors_watch] = datagram_errors_watch, [unix_datagram_errors_take] = datagram_errors_take,          \
    [unix_server_wait_open] = server_wait_open, [unix_server_wait_query] = server_wait_query,                          \
    [unix_thread_note] = thread_note, [unix_thread_end] = thread_end, [unix_write_log] = write_log,                    \
    [unix_get_name] = get_name,

typedef NTSTATUS ( *unix_function )( void *args );

#define EXPORT __attribute__( ( visibility( "default" ) ) )

/* Wine looks these up by name when the PE module asks for its Unix part (wine-interfaces 4.2). */
extern const unix_function __wine_unix_call_funcs[unix_func_count];
extern const unix_function __wine_unix_call_wow64_funcs[unix_func_count];

EXPORT const unix_function __wine_unix_call_funcs[unix_func_count] = { FUNCTION_TABLE };
EXPORT const unix_function __wine_unix_call_wow64_funcs[unix_func_count] = { FUNCTION_TABLE };
