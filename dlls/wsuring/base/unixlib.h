/*
 * The interface between wsuring.dll (PE) and wsuring.so (Unix)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One Unix call is one system call on the socket's own descriptor. The Unix side keeps no state about sockets and
 * operations. Tables, queues and locks live in the PE code, so a fault or a killed thread can't leave a lock held here.
 *
 * Every parameter block has one layout for 32- and 64-bit callers: 64-bit fields for pointers and sizes, natural
 * alignment, explicit padding, and no Windows or Unix type whose size differs.
 *
 * All functions return an NTSTATUS, 0 for success, mapped from errno by the one table in unix/errno.c.
 */

#ifndef WSURING_UNIXLIB_H
#define WSURING_UNIXLIB_H

#include <stdint.h>

/* i386 aligns 64-bit fields to 8 in Windows, to 4 in Unix. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#include "base/unix_life.h"
#include "base/unix_poll.h"
#include "base/unix_transfer.h"

/* Index into __wine_unix_call_funcs; unix/unixlib.c has the table in the same order. */
enum unix_func
{
    unix_init,
    unix_descriptor_open,
    unix_descriptor_close,
    unix_descriptor_query,
    unix_descriptor_end,
    unix_descriptor_rebind,
    unix_descriptor_replace,
    unix_listen_first,
    unix_shared_state,
    unix_send,
    unix_recv,
    unix_send_message,
    unix_recv_message,
    unix_message_options,
    unix_option,
    unix_option_copy,
    unix_multicast_filter,
    unix_tcp_info,
    unix_tcp_syn,
    unix_near_peer,
    unix_file_open,
    unix_file_close,
    unix_file_read,
    unix_transmit,
    unix_poll,
    unix_poll_many,
    unix_poll_list,
    unix_wake_create,
    unix_wake_signal,
    unix_engine_start,
    unix_engine_watch,
    unix_engine_wait,
    unix_engine_wake,
    unix_engine_settle,
    unix_set_create,
    unix_set_wait,
    unix_post_check,
    unix_post_completion,
    unix_closes_wait,
    unix_network_changes,
    unix_local_address,
    unix_bound_interface,
    unix_bound_address,
    unix_bound_beside,
    unix_bound_source,
    unix_datagram_errors_watch,
    unix_datagram_errors_take,
    unix_server_wait_open,
    unix_server_wait_query,
    unix_thread_note,
    unix_thread_end,
    unix_write_log,
    unix_get_name, /* getaddrinfo and its family: unix/names.c, parameters in names.h */
    unix_func_count
};

/* Socket addresses cross the boundary in *Windows* layout (AF_INET 2, AF_INET6 23); the Unix side converts. */

enum engine_kind
{
    ENGINE_AFD,   /* no Unix library, or an unknown Wine: AFD ioctls only */
    ENGINE_EPOLL, /* epoll, where io_uring is forbidden */
    ENGINE_URING, /* io_uring */
};

/* Why the tier is not the best one; the status command explains each. */
enum engine_reason
{
    REASON_NONE,
    REASON_ASKED,        /* WSURING_ENGINE asked for it */
    REASON_NO_URING,     /* io_uring_setup failed: sysctl, seccomp or an old kernel */
    REASON_NO_UNIXLIB,   /* wsuring.so not found, not loadable, or of another build */
    REASON_UNKNOWN_WINE, /* this Wine's private interfaces are unknown */
};

/* What is relied on of Wine. */
enum capability
{
#define CAPABILITY( id, name, probe, cost ) CAPABILITY_##id,
#include "base/capability_list.h"
#undef CAPABILITY
    CAPABILITY_COUNT
};

#define CAPABILITY_BIT( capability ) ( 1u << ( capability ) )

/* unix_init: once per process, before any other function. Probes the C ABI of ntdll.so and the engine. */
struct init_params
{
    uint32_t wanted;      /* in: the best engine_kind allowed */
    uint32_t without;     /* in: CAPABILITY_BITs to act without, for tests */
    uint32_t engine;      /* out: engine_kind that can serve */
    uint32_t reason;      /* out: engine_reason */
    int32_t reason_errno; /* out: errno of what failed, 0 if nothing did */
    uint32_t functions;   /* out: unix_func_count; another number means another build */
    uint32_t lacking;     /* out: CAPABILITY_BITs that this Wine hasn't */
    uint32_t pad;
    uint64_t life;     /* out: address of the LIFE_* words; in: memory for them, of a program whose pointers can't
                          reach what the host maps, else 0 */
    uint64_t counters; /* in: a struct counter_page, or 0 */
    uint64_t held;     /* in: a struct held_events */
};

/* unix_descriptor_open: duplicates the Unix descriptor behind a socket handle, with CLOEXEC. One server request if
 * ntdll hasn't cached it. Call it only once the connection stands (wine-interfaces 3): before that the kernel socket
 * may be replaced. */
struct descriptor_open_params
{
    uint32_t handle;  /* in */
    int32_t fd;       /* out: to be closed with unix_descriptor_close */
    uint32_t options; /* out: Wine's fd options; 0x20 = synchronous, i.e. made without WSA_FLAG_OVERLAPPED */
    uint32_t scarce;  /* out: many of the descriptors that the process may have are in use */
    uint32_t last;    /* out: the rest is for the server's way, not to be kept */
    uint32_t pad;
    uint64_t inode;      /* out: identity of the kernel socket */
    uint32_t own_groups; /* in: from now on the socket receives from groups that it has joined itself, not from those
                            that other sockets have */
    uint32_t spared;     /* in: how many more are to be left to others */
};

struct descriptor_close_params
{
    int32_t fd;          /* in */
    uint32_t background; /* in: SO_LINGER's wait isn't wanted; the host delivers what is left all the same */
};

/* unix_network_changes: what the host has reported about its addresses and routes on this descriptor since the last
 * call. Creates the descriptor if it is -1. */
#define ADDRESSES_CHANGED 0x01 /* those of IPv4, and in the next bit those of IPv6 */
#define ROUTES_CHANGED    0x04

struct network_changes_params
{
    int32_t fd;       /* in; -1: out, to be closed with unix_descriptor_close */
    uint32_t changes; /* out */
};

/* unix_thread_note: the end of the calling thread is to be reported; id 0: not any more, it ends in order.
 * unix_thread_end: a thread that has ended; id 0: none. Calls of the latter must not overlap. */
struct thread_note_params
{
    uint32_t id;
    uint32_t noted; /* out: how many of the program's threads are noted and live */
    uint64_t cookie;
    uint64_t own; /* in: of a thread of the provider's, the address of a uint32_t that becomes 0 with its end */
};

/* unix_local_address: may a socket be bound to an address (its port doesn't matter)? */
enum local_address_kind
{
    LOCAL_ADDRESS_OWN,
    LOCAL_ADDRESS_FOREIGN,
    LOCAL_ADDRESS_BROADCAST,
};

struct local_address_params
{
    uint64_t addr;     /* in: Windows sockaddr */
    uint32_t addr_len; /* in */
    uint32_t kind;     /* out: local_address_kind */
};

/* unix_bound_interface: whose an IPv4 address is. */
struct bound_interface_params
{
    uint32_t address; /* in: network order, as all of these */
    uint32_t index;   /* out: of the interface, 0: it isn't the host's */
};

/* unix_bound_address: a datagram socket has been bound to an address of an interface by the server. */
struct bound_peer
{
    uint32_t address;
    uint16_t port; /* 0: there is none */
    uint16_t pad;
};

struct bound_address_params
{
    int32_t fd;             /* in */
    uint32_t address;       /* in */
    int32_t guard;          /* in, out: a descriptor that is kept as long as the socket is open, or -1 */
    struct bound_peer peer; /* in: nobody else is to be heard */
};

/* unix_bound_beside: binds one to an address although the port is taken, if the one that has it is bound to another
 * address of the interface. The server must have bound it to any port. */
struct bound_beside_params
{
    int32_t fd;       /* in */
    uint32_t address; /* in */
    uint16_t port;    /* in */
    uint16_t asks;    /* in: it isn't done; would it go? */
};

/* unix_bound_source: if one that is bound to an address of an interface is connected by the host, is that its name, and
 * does it reach the peer? */
struct bound_source_params
{
    uint32_t address; /* in */
    uint32_t peer;    /* in */
    uint32_t right;   /* out */
};

/* unix_datagram_errors_watch: the host keeps what the network reports about datagrams that were sent. */
struct datagram_errors_watch_params
{
    int32_t fd;  /* in */
    uint32_t on; /* in */
};

/* unix_datagram_errors_take: what has been reported since, up to the first unreachable port. */
struct datagram_errors_take_params
{
    int32_t fd;        /* in */
    uint32_t count;    /* out: how many reports */
    uint8_t addr[32];  /* out: Windows sockaddr where a port was unreachable */
    uint32_t addr_len; /* out: 0: there was none */
    uint32_t pad;
};

/* unix_closes_wait: until a valid handle has been closed since, or the last noted thread of the program has ended.
 * STATUS_TIMEOUT; STATUS_ALERTED: a signal came first. */
struct closes_wait_params
{
    uint32_t seen;   /* in: what the last call returned, 0 at first; out */
    int32_t timeout; /* in: ms; -1: none */
    uint32_t closes; /* out: the count of such closes */
    uint32_t noted;  /* out: how many of the program's threads are noted and live */
};

/* unix_descriptor_query: cheap facts about a descriptor, without a server request. */
enum descriptor_info
{
    DESCRIPTOR_LOCAL,   /* getsockname into addr */
    DESCRIPTOR_PEER,    /* getpeername into addr */
    DESCRIPTOR_UNREAD,  /* FIONREAD into value */
    DESCRIPTOR_INODE,   /* st_ino into value */
    DESCRIPTOR_CLOSED,  /* enum closed into value */
    DESCRIPTOR_LINGERS, /* into value: 0 if a close with this SO_LINGER ends at once, 1 if it waits for the peer to take
                           the data, 2 if it would */
    DESCRIPTOR_ABORTS,  /* 1 into value if a close with this SO_LINGER resets the connection */
    DESCRIPTOR_DRAINED, /* 1 into value if the peer has acknowledged all data and the FIN, or never will */
};

/* Is the connection closed in both directions (a FIN of the peer alone isn't enough), and how did it end? */
enum closed
{
    CLOSED_NOT,
    CLOSED,                   /* in order, or by a reset */
    CLOSED_BY_KEEPALIVE,      /* keep-alive probes weren't answered */
    CLOSED_BY_RETRANSMISSION, /* data wasn't acknowledged */
};

struct descriptor_query_params
{
    int32_t fd;       /* in */
    uint32_t what;    /* in: descriptor_info */
    uint64_t value;   /* out */
    uint8_t addr[32]; /* out: Windows sockaddr (sockaddr_in6 is 28 bytes) */
    uint32_t addr_len;
    uint32_t pad;
};

/* unix_descriptor_end: shuts the host's sending side down without the server's knowledge. */
struct descriptor_end_params
{
    int32_t fd;       /* in */
    uint32_t discard; /* in: instead discard received data that hasn't been read, for which closing would reset the
                         connection */
};

/* unix_descriptor_rebind: a datagram socket that was disconnected from its peer, and so lost the port that the host
 * had chosen, gets it again. */
struct descriptor_rebind_params
{
    int32_t fd;    /* in */
    uint16_t port; /* in: in network order */
    uint16_t pad;
};

/* unix_listen_first: of the sockets that listen on one address (SO_REUSEADDR), the one that listened first gets the
 * connections. The host would spread them. */
struct listen_first_params
{
    int32_t fd; /* in: a socket that listens */
    uint32_t pad;
};

/* unix_descriptor_replace: the server has replaced the kernel socket behind a handle. Makes every descriptor of the
 * old one in this process refer to the new one: ours, ntdll's cached one, and those that other threads are using
 * right now. */
struct descriptor_replace_params
{
    int32_t fd;      /* in: of the old kernel socket */
    uint32_t handle; /* in: a duplicate of the handle that ntdll hasn't cached yet */
};

/* unix_shared_state: state of a socket that belongs to the open file, so all processes with a descriptor see it. */
enum shared_state
{
    SHARED_NONBLOCKING = 1,
    SHARED_RECV_SHUTDOWN = 2,
    SHARED_SEND_SHUTDOWN = 4,
    SHARED_SELECTION_ONE = 8,
    SHARED_SELECTION = 0x18, /* counts selections of network events, modulo 4 */
    SHARED_KNOWN = 0x20,     /* other bits stay */
};

struct shared_state_params
{
    int32_t fd;      /* in */
    uint32_t mask;   /* in: which bits change */
    uint32_t state;  /* in: their new value. out: the whole state */
    uint32_t select; /* in: count a selection */
};

/* unix_tcp_info: what the host knows about a connection. */
struct tcp_info_params
{
    int32_t fd;     /* in */
    uint32_t state; /* out, from here on: TCPSTATE */
    uint32_t mss;
    uint32_t timestamps;      /* are in use */
    uint32_t rtt, min_rtt;    /* us */
    uint32_t in_flight, cwnd; /* bytes */
    uint32_t send_window, recv_window, recv_buffer;
    uint32_t syn_retransmits;
    uint64_t bytes_out, bytes_in, bytes_retransmitted;
    uint32_t limited_by_window, limited_by_congestion, limited_by_sender; /* ms */
    uint32_t pad;
};

/* unix_tcp_syn: how often a connect repeats its SYN. TCP_SYN_DEFAULT: so often that it gives up after about 21 s, or as
 * often as it can where TCP_USER_TIMEOUT is set, which then decides. */
#define TCP_SYN_DEFAULT 0
struct tcp_syn_params
{
    int32_t fd;     /* in */
    uint32_t count; /* in */
};

/* unix_near_peer: before a connect of a stream socket, or with addr_len 0 when it stands. */
struct near_peer_params
{
    int32_t fd;        /* in */
    uint32_t addr_len; /* in: Windows' address */
    uint64_t addr;
    int32_t hops;   /* in and out: IP_TTL as it is to be again, 0 if it hasn't been changed */
    int32_t device; /* in and out: that the socket is bound to, 0 for none */
    uint32_t stuck; /* out: it can't be taken from there, and the address is elsewhere */
    uint32_t pad;
};

/* unix_option: the host's getsockopt or setsockopt. The value is an int or a structure in Windows' layout.
 * STATUS_NOT_SUPPORTED if the host doesn't have the option, or not for this socket. SO_ERROR returns an NTSTATUS, or
 * fails with STATUS_DEVICE_BUSY for a closed connection without an error. */
#define OPTION( level, name, ... ) OPTION_##level##_##name,
enum option_id
{
#include "base/option_list.h"
    OPTION_COUNT
};
#undef OPTION

/* A value for SO_BROADCAST: off, and a socket that is connected to a broadcast address mustn't send there any more. */
#define BROADCAST_OFF_FOR_PEER 2

struct option_params
{
    int32_t fd;      /* in */
    uint32_t option; /* in: option_id */
    uint64_t value;  /* in: provider memory */
    uint32_t len;    /* in: of the value, or room for it; out (get): its length */
    uint32_t set;    /* in */
};

/* unix_option_copy: copies the options that the program may have set from one kernel socket to another. */
struct option_copy_params
{
    int32_t from; /* in */
    int32_t to;   /* in */
};

/* unix_multicast_filter: which sources of a group may send to the socket. The value is Windows' IP_MSFILTER or
 * GROUP_FILTER. */
#define MULTICAST_SOURCES_MAX 1024 /* more are refused with STATUS_INVALID_PARAMETER, or left out of the answer */
struct multicast_filter_params
{
    int32_t fd;          /* in */
    uint32_t any_family; /* in: the value is a GROUP_FILTER */
    uint64_t value;      /* in, out: provider memory */
    uint32_t len; /* in: of the value, with room for sources; out (get): the bytes filled. The value's own count is that
                     of all sources */
    uint32_t set; /* in */
};

/* unix_file_open: a descriptor of a file that is readable and has a length. */
struct file_open_params
{
    uint32_t handle;  /* in */
    int32_t fd;       /* out */
    uint64_t size;    /* out */
    int64_t position; /* out: the file pointer */
};

struct file_close_params
{
    int32_t fd; /* in */
    uint32_t pad;
    int64_t position; /* in: where to leave the file pointer, -1 to leave it alone */
};

/* unix_transmit: one non-blocking sendfile of at most len bytes. unix_file_read: from the file to provider memory,
 * STATUS_END_OF_FILE at its end. */
struct transmit_params
{
    int32_t fd;           /* in */
    int32_t file;         /* in */
    uint64_t offset;      /* in */
    uint64_t len;         /* in */
    uint64_t data;        /* in: unix_file_read */
    uint64_t transferred; /* out */
};

/* unix_post_completion: queues a packet to the port with which the file behind the handle is associated (server
 * request add_fd_completion). Without a port nothing happens. */
struct post_completion_params
{
    uint32_t handle;      /* in */
    uint32_t status;      /* in: NTSTATUS of the packet */
    uint64_t context;     /* in: the OVERLAPPED, as the program's pointer value */
    uint64_t information; /* in: bytes */
    uint32_t immediate;   /* in: 1 = done at once, so FILE_SKIP_COMPLETION_PORT_ON_SUCCESS counts */
    uint32_t pad;
};

/* unix_write_log: writes all of a text to the host's standard error. */
struct write_log_params
{
    uint64_t text;
    uint32_t len;
    uint32_t pad;
};

#pragma GCC diagnostic pop

#endif /* WSURING_UNIXLIB_H */
