/*
 * The interface between wsuring.dll (PE) and wsuring.so (Unix)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One Unix call is one system call on the socket's own descriptor. The Unix side keeps no state about sockets and
 * operations: tables, queues and locks live in the PE code, so a fault or a killed thread can't leave a lock behind
 * here.
 *
 * Every parameter block has one layout for 32- and 64-bit callers: 64-bit fields for pointers and sizes, naturally
 * aligned, explicit padding. Nothing here is a Windows or a Unix type whose size differs.
 *
 * All functions return an NTSTATUS, 0 for success, mapped from errno by the one table in unix/errno.c.
 */

#ifndef WSURING_UNIXLIB_H
#define WSURING_UNIXLIB_H

#include <stdint.h>

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
    unix_set_create,
    unix_set_wait,
    unix_post_completion,
    unix_server_files,
    unix_network_changes,
    unix_task_count,
    unix_write_log,
    unix_get_name, /* getaddrinfo and its family: unix/names.c, parameters in names.h */
    unix_func_count
};

/* The same memory layout as the host's struct iovec on 64-bit; a 32-bit .so converts. */
struct unix_buffer
{
    uint64_t base;
    uint64_t len;
};

/* Socket addresses cross the boundary in *Windows* layout (AF_INET 2, AF_INET6 23); the Unix side converts. */

enum engine_kind
{
    ENGINE_AFD,   /* no Unix library, or an unknown Wine: AFD ioctls alone */
    ENGINE_EPOLL, /* epoll, where io_uring is forbidden */
    ENGINE_URING, /* io_uring */
};

/* Why the tier is not the best one; `wsuring-setup status` has a sentence for each. */
enum engine_reason
{
    REASON_NONE,
    REASON_ASKED,        /* WSURING_ENGINE asked for it */
    REASON_NO_URING,     /* io_uring_setup failed: sysctl, seccomp or an old kernel */
    REASON_NO_UNIXLIB,   /* wsuring.so not found, not loadable, or of another build */
    REASON_UNKNOWN_WINE, /* this Wine's private interfaces are not known */
};

/* unix_init: once per process, before any other function. Probes the C ABI of ntdll.so and the engine. */
struct init_params
{
    char wine_version[32]; /* in: wine_get_version() */
    uint32_t wanted;       /* in: the best engine_kind allowed */
    uint32_t engine;       /* out: engine_kind that can serve */
    uint32_t reason;       /* out: engine_reason */
    int32_t reason_errno;  /* out: errno of what failed, 0 if nothing did */
    uint32_t functions;    /* out: unix_func_count; another number means another build, whose numbers of functions are
                              different */
};

/* unix_descriptor_open: the Unix descriptor behind a socket handle, as an own descriptor with CLOEXEC. One server
 * request where ntdll has not cached it. Call it only once the connection stands (wine-interfaces 3): before that the
 * kernel socket may be swapped. */
struct descriptor_open_params
{
    uint32_t handle;     /* in */
    int32_t fd;          /* out: to be closed with unix_descriptor_close */
    uint32_t options;    /* out: Wine's fd options; 0x20 = synchronous, i.e. made without WSA_FLAG_OVERLAPPED */
    uint32_t scarce;     /* out: of the descriptors that the process may have, half are in use */
    uint64_t inode;      /* out: identity of the kernel socket */
    uint32_t own_groups; /* in: from now on the socket receives of groups what it has joined itself, and not what others
                            of the host have */
    uint32_t pad;
};

struct descriptor_close_params
{
    int32_t fd; /* in */
    uint32_t pad;
};

/* unix_network_changes: what the host has told, on this descriptor, of its addresses and routes since it was asked
 * last. Without one it is made. */
#define ADDRESSES_CHANGED 0x01 /* those of IPv4, and in the next bit those of IPv6 */
#define ROUTES_CHANGED    0x04

struct network_changes_params
{
    int32_t fd;       /* in; -1: out, to be closed with unix_descriptor_close */
    uint32_t changes; /* out */
};

struct task_count_params
{
    uint32_t enough; /* in: it isn't counted further */
    uint32_t count;  /* out: threads of the process, without those that the kernel has for its rings */
    uint32_t sure;   /* out: none has been left out; only where `enough' isn't reached */
};

/* unix_server_files: which of these files does the wineserver have? STATUS_NOT_FOUND if it can't be seen. */
struct server_file
{
    int32_t fd;    /* in: ours */
    uint32_t held; /* out */
};

struct server_files_params
{
    uint64_t files; /* in: struct server_file * */
    uint32_t count; /* in */
    uint32_t pad;
};

/* unix_descriptor_query: cheap facts about a descriptor, no server request. */
enum descriptor_info
{
    DESCRIPTOR_LOCAL,   /* getsockname into addr */
    DESCRIPTOR_PEER,    /* getpeername into addr */
    DESCRIPTOR_UNREAD,  /* FIONREAD into value */
    DESCRIPTOR_INODE,   /* st_ino into value */
    DESCRIPTOR_CLOSED,  /* enum closed into value */
    DESCRIPTOR_LINGERS, /* into value: 0 if a close ends at once by SO_LINGER, 1 if it waits for the peer to take what
                           there is, 2 if it would */
    DESCRIPTOR_DRAINED, /* 1 into value if the peer has acknowledged all that was sent, and the end of it; or can't any
                           more */
};

/* Is a connection closed in both directions, which a FIN of the peer alone doesn't do, and how did it end? */
enum closed
{
    CLOSED_NOT,
    CLOSED,                   /* in order, or by a reset */
    CLOSED_BY_KEEPALIVE,      /* probes had no answer */
    CLOSED_BY_RETRANSMISSION, /* data had none */
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

/* unix_descriptor_end: the host's shutdown of the sending side, which the server isn't told of. */
struct descriptor_end_params
{
    int32_t fd;       /* in */
    uint32_t discard; /* in: throw away instead what has been received and not been read, as closing would reset the
                         connection for that */
};

/* unix_descriptor_rebind: a datagram socket that has lost its port, which the host had chosen, with its peer, gets it
 * again. */
struct descriptor_rebind_params
{
    int32_t fd;    /* in */
    uint16_t port; /* in: in network order */
    uint16_t pad;
};

/* unix_descriptor_replace: the server has another kernel socket behind a handle. Every descriptor of the old one in
 * this process becomes one of the new one: ours, ntdll's (which it keeps by handle, and would go on using), and those
 * that other threads are using just now. */
struct descriptor_replace_params
{
    int32_t fd;      /* in: of the old kernel socket */
    uint32_t handle; /* in: a duplicate of the handle that ntdll has not seen yet */
};

/* unix_shared_state: state of a socket that all processes with a descriptor of it see, as it belongs to the open file.
 */
enum shared_state
{
    SHARED_NONBLOCKING = 1,
    SHARED_RECV_SHUTDOWN = 2,
    SHARED_SEND_SHUTDOWN = 4,
    SHARED_SELECTION_ONE = 8,
    SHARED_SELECTION = 0x18, /* counts, modulo 4, the selections of network events */
    SHARED_KNOWN = 0x20,     /* the others are kept */
};

struct shared_state_params
{
    int32_t fd;      /* in */
    uint32_t mask;   /* in: what is changed */
    uint32_t state;  /* in: and how. out: all of it */
    uint32_t select; /* in: count a selection */
};

/* Flags of send and recv, Windows numbers: MSG_OOB 1, MSG_PEEK 2, MSG_DONTROUTE 4, MSG_WAITALL 8 (not done here: see
 * operation.c). */

/* unix_send: one non-blocking sendmsg. STATUS_DEVICE_NOT_READY when it would block. May send part of a stream.
 * STATUS_ACCESS_VIOLATION for a bad buffer; nothing was sent then. */
struct send_params
{
    uint64_t buffers; /* in: struct unix_buffer[count] */
    uint32_t
        count;  /* in: any number; more than IOV_MAX is sent as a prefix on streams, STATUS_INVALID_BUFFER_SIZE else */
    int32_t fd; /* in */
    uint64_t addr;        /* in: Windows sockaddr in provider memory, or 0 */
    uint32_t addr_len;    /* in */
    uint32_t flags;       /* in: MSG_* */
    uint64_t transferred; /* out */
};

/* Not Windows': a receive from a stream, where nothing can be truncated. */
#define RECV_STREAM 0x80000000
/* Nor this: a send that more data follows. */
#define SEND_MORE 0x40000000

/* unix_recv: one non-blocking recvmsg. STATUS_DEVICE_NOT_READY when there is nothing. STATUS_BUFFER_OVERFLOW for a
 * truncated datagram, with transferred = the bytes copied. A MSG_OOB receive without urgent data would block. */
struct recv_params
{
    uint64_t buffers;     /* in: struct unix_buffer[count] */
    uint32_t count;       /* in */
    int32_t fd;           /* in */
    uint64_t addr;        /* in: provider memory of addr_len bytes for the source as a Windows sockaddr, or 0 */
    uint32_t addr_len;    /* in: room; out: length of the whole address, 0 if the protocol gave none */
    uint32_t flags;       /* in: MSG_*, RECV_STREAM */
    uint64_t transferred; /* out */
};

/* What control data a socket's receives bring, a bit each; those of IPPROTO_IPV6 are MESSAGE_V6 times those of
 * IPPROTO_IP. */
enum message_option
{
    MESSAGE_PKTINFO = 0x0001,     /* IP_PKTINFO */
    MESSAGE_TTL = 0x0002,         /* IP_RECVTTL, IPV6_HOPLIMIT */
    MESSAGE_TOS = 0x0004,         /* IP_RECVTOS, IPV6_RECVTCLASS */
    MESSAGE_ECN = 0x0008,         /* IP_RECVECN */
    MESSAGE_RECVIF = 0x0010,      /* IP_RECVIF */
    MESSAGE_ARRIVAL_IF = 0x0020,  /* IP_ORIGINAL_ARRIVAL_IF */
    MESSAGE_DESTINATION = 0x0040, /* no option of Windows: for MSG_BCAST and MSG_MCAST */
    MESSAGE_COALESCED = 0x0080,   /* UDP_RECV_MAX_COALESCED_SIZE */
    MESSAGE_TIMESTAMP = 0x0100,   /* SO_TIMESTAMP */
    MESSAGE_IP_BITS = 0x003f,     /* those that both levels have */
};

#define MESSAGE_V6 0x10000

/* unix_message_options: makes the host give what the bits of `options' need. With `query' it tells which ones the host
 * gives already, as far as that is known: IP_RECVECN looks like IP_RECVTOS. */
struct message_options_params
{
    int32_t fd;       /* in */
    uint32_t v6;      /* in: the socket is AF_INET6 */
    uint32_t options; /* in, or out */
    uint32_t query;   /* in */
};

/* unix_send_message, unix_recv_message: as unix_send and unix_recv for datagrams, with control data in Windows' layout
 * (WSACMSGHDR) in provider memory. */
struct message_params
{
    uint64_t buffers;     /* in: struct unix_buffer[count] */
    uint32_t count;       /* in */
    int32_t fd;           /* in */
    uint64_t addr;        /* in: as in send_params and recv_params */
    uint32_t addr_len;    /* in/out: the same */
    uint32_t flags;       /* in: MSG_*; out (receives): MSG_TRUNC, MSG_CTRUNC, MSG_BCAST, MSG_MCAST, Windows' numbers */
    uint64_t control;     /* in: provider memory of control_len bytes */
    uint32_t control_len; /* in; receives, out: bytes used */
    uint32_t options;     /* receives, in: message_option; what of the control data the program is to see */
    uint32_t segment;     /* sends, in: the size of each datagram that the data is to be cut into, 0 for one datagram */
    uint32_t coalesce_max; /* receives, in, with MESSAGE_COALESCED: the longest coalesced message */
    uint32_t split; /* receives, in/out: so much of the first message in the host's queue has been given out already.
                       One receive at a time! */
    uint32_t pad;
    int64_t age; /* receives, out, with MESSAGE_TIMESTAMP: how long ago it came, in ns; -1 if that is not known */
    uint64_t transferred; /* out */
};

/* unix_tcp_info: what the host knows of a connection. */
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

/* unix_tcp_syn: how often a connect sends its SYN again. */
struct tcp_syn_params
{
    int32_t fd;     /* in */
    uint32_t count; /* in */
};

/* unix_option: the host's getsockopt or setsockopt. The value is Windows': an int, or a structure as Windows has it.
 * STATUS_NOT_SUPPORTED where the host hasn't the option, or not for this socket. SO_ERROR gives an NTSTATUS, or fails
 * with STATUS_DEVICE_BUSY for a closed connection without one. */
#define OPTION( level, name, ... ) OPTION_##level##_##name,
enum option_id
{
#include "base/option_list.h"
    OPTION_COUNT
};
#undef OPTION

struct option_params
{
    int32_t fd;      /* in */
    uint32_t option; /* in: option_id */
    uint64_t value;  /* in: provider memory */
    uint32_t len;    /* in: of the value, or room for it; out (get): its length */
    uint32_t set;    /* in */
};

/* unix_option_copy: what the program may have set of one kernel socket, to another. */
struct option_copy_params
{
    int32_t from; /* in */
    int32_t to;   /* in */
};

/* unix_multicast_filter: which sources of a group are let in. The value is Windows' IP_MSFILTER or GROUP_FILTER. */
#define MULTICAST_SOURCES_MAX 1024 /* more get STATUS_INVALID_PARAMETER, or are left out */
struct multicast_filter_params
{
    int32_t fd;          /* in */
    uint32_t any_family; /* in: it is a GROUP_FILTER */
    uint64_t value;      /* in, out: provider memory */
    uint32_t len; /* in: of the value, with room for sources; out (get): what was filled. The number of sources in the
                     value is that of all */
    uint32_t set; /* in */
};

/* unix_file_open: the descriptor of a file that can be read, and has a length. */
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

/* unix_transmit: one non-blocking sendfile, of a part of len. unix_file_read: from the file to provider memory.
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

/* unix_poll: wait until fd is ready, the wake descriptor is signalled, or the time is over.
 * STATUS_TIMEOUT when the time is over; STATUS_ALERTED (0x101) when a signal or the wake descriptor ended the wait
 * early. */
#define POLL_IN  1
#define POLL_OUT 2
#define POLL_PRI 4
#define POLL_ERR 8  /* out only */
#define POLL_HUP 16 /* out only */
#define POLL_END 32 /* unix_poll_many: the peer has ended its side, and all that it sent has been received */

struct poll_params
{
    int32_t fd;      /* in */
    int32_t wake_fd; /* in: from unix_wake_create, or -1; drained before the return */
    uint32_t events; /* in: POLL_IN, POLL_OUT, POLL_PRI */
    uint32_t ready;  /* out: POLL_* */
    int64_t timeout; /* in: nanoseconds; 0 looks only, negative waits for ever */
};

/* unix_poll_many: the same for many; STATUS_SUCCESS if at least one is ready. */
struct poll_entry
{
    int32_t fd;      /* in; negative: none */
    uint16_t events; /* in: POLL_IN, POLL_OUT, POLL_PRI, POLL_END */
    uint16_t ready;  /* out: POLL_* */
};

struct poll_many_params
{
    uint64_t entries; /* in: struct poll_entry * */
    uint32_t count;   /* in */
    int32_t wake_fd;  /* in: as above */
    int64_t timeout;  /* in: nanoseconds; 0 looks only, negative waits for ever */
};

/* unix_poll_list: a list of descriptors that the kernel keeps between the calls of one thread. First the changes are
 * made, then it is waited as by unix_poll_many. The list is closed by unix_descriptor_close; after an error, but
 * STATUS_TIMEOUT and STATUS_ALERTED, nothing is known of it. The kernel takes a descriptor out when its file is closed
 * everywhere; while it is open elsewhere, events for it come still. */
struct poll_list_change
{
    int32_t fd;
    uint16_t events; /* POLL_IN, POLL_OUT, POLL_PRI, POLL_END; 0 takes it out */
    uint16_t listed; /* it is in the list, with others */
    uint64_t cookie; /* given back with its events */
};

struct poll_list_params
{
    uint64_t changes; /* in: const struct poll_list_change * */
    uint64_t events;  /* in: struct ready_event[room]. POLL_END: the peer has ended its side, whatever of its data is
                         unread */
    uint32_t change_count; /* in */
    uint32_t room;         /* in: for all that are in the list; 0 only makes the changes */
    uint32_t count;        /* out */
    int32_t list;          /* in, out: -1 makes one */
    int32_t wake_fd;       /* in: as above */
    uint32_t pad;
    int64_t timeout; /* in: as above */
};

/* unix_wake_create / unix_wake_signal: an eventfd per blocked thread, so that closesocket and routines can wake it. */
struct wake_params
{
    int32_t fd;
    uint32_t pad;
};

/* unix_engine_start: makes the ring (or the epoll set). Called by the reaper thread itself, which owns the ring: every
 * submission is made by it, so that no operation dies with or waits for the thread that issued it. No parameters. */

/* unix_engine_watch: from any thread. Replaces what is watched on fd; events 0 ends the watch and drops the kernel's
 * reference to the file. Edge-triggered: each arrival gives at least one ready_event; readiness that exists when the
 * watch starts gives one too. Several arrivals may be folded into one event. */
struct watch_params
{
    int32_t fd;  /* in */
    int32_t set; /* in: -1 for the engine's own, or a set of unix_set_create; then any thread may have it at any time */
    uint32_t events; /* in: POLL_IN, POLL_OUT, POLL_PRI, or 0 */
    uint32_t pad;
    uint64_t cookie; /* in: given back with each event; one per fd for the life of the descriptor */
};

struct ready_event
{
    uint64_t cookie;
    uint32_t ready; /* POLL_* */
    uint32_t pad;
};

/* unix_engine_wait: called by the reaper alone. Sleeps until something is ready or the engine is woken; 0 events are
 * possible at any time (a signal, a wake). Events for a watch that has just ended may still come: the cookie carries a
 * generation. */
struct engine_wait_params
{
    uint64_t events; /* in: struct ready_event[room] */
    uint32_t room;   /* in */
    uint32_t count;  /* out */
    int64_t timeout; /* in: nanoseconds, negative waits for ever */
};

/* unix_engine_wake: makes unix_engine_wait return. No parameters. */

/* unix_set_create: a set of descriptors that any threads may wait for, with an eventfd in it for unix_wake_signal, each
 * of which gives one event SET_WAKE_COOKIE to one thread. Both are closed by unix_descriptor_close. */
#define SET_WAKE_COOKIE UINT64_MAX

struct set_create_params
{
    int32_t set;     /* out */
    int32_t wake_fd; /* out */
};

/* unix_set_wait: events of a set. 0 events are possible at any time (a signal). */
struct set_wait_params
{
    int32_t set;     /* in */
    uint32_t room;   /* in */
    uint64_t events; /* in: struct ready_event[room] */
    int64_t timeout; /* in: nanoseconds, 0 looks only, negative waits for ever */
    uint32_t count;  /* out */
    uint32_t pad;
};

/* unix_post_completion: queues a packet to whatever port the file behind the handle is associated with (server request
 * add_fd_completion); nothing happens when there is none. */
struct post_completion_params
{
    uint32_t handle;      /* in */
    uint32_t status;      /* in: NTSTATUS of the packet */
    uint64_t context;     /* in: the OVERLAPPED, as the program's pointer value */
    uint64_t information; /* in: bytes */
    uint32_t immediate;   /* in: 1 = done at once, so FILE_SKIP_COMPLETION_PORT_ON_SUCCESS counts */
    uint32_t pad;
};

/* unix_write_log: writes text to the host's standard error, whole. */
struct write_log_params
{
    uint64_t text;
    uint32_t len;
    uint32_t pad;
};

#endif /* WSURING_UNIXLIB_H */
