/*
 * Unix calls that wait: polls, wake descriptors, the engine and sets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A part of unixlib.h, whose rules hold here too.
 */

#ifndef WSURING_UNIX_POLL_H
#define WSURING_UNIX_POLL_H

#include <stdint.h>

/* unix_poll: waits until fd is ready, the wake descriptor is signalled, or the time is over. STATUS_TIMEOUT when the
 * time is over, STATUS_ALERTED (0x101) when a signal or the wake descriptor ended the wait. */
#define POLL_IN  1
#define POLL_OUT 2
#define POLL_PRI 4
#define POLL_ERR 8  /* out only */
#define POLL_HUP 16 /* out only */
#define POLL_END 32 /* the peer has ended its side, and, except in unix_poll, all its data has been received */

struct poll_params
{
    int32_t fd;      /* in */
    int32_t wake_fd; /* in: from unix_wake_create, or -1; drained before the return */
    uint32_t events; /* in: POLL_IN, POLL_OUT, POLL_PRI, POLL_END */
    uint32_t ready;  /* out: POLL_* */
    int64_t timeout; /* in: nanoseconds; 0 doesn't wait, negative waits for ever */
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
    int64_t timeout;  /* in: nanoseconds; 0 doesn't wait, negative waits for ever */
};

/* unix_poll_list: a list of descriptors that the kernel keeps between the calls of one thread. Makes the changes,
 * then waits like unix_poll_many. unix_descriptor_close closes the list. After an error other than STATUS_TIMEOUT
 * and STATUS_ALERTED its contents are unknown. The kernel removes a descriptor when its file is closed everywhere;
 * while it is open elsewhere, its events still come. */
struct poll_list_change
{
    int32_t fd;
    uint16_t events; /* POLL_IN, POLL_OUT, POLL_PRI, POLL_END; 0 removes it */
    uint16_t listed; /* it is in the list already, with other events */
    uint64_t cookie; /* returned with its events */
};

struct poll_list_params
{
    uint64_t changes; /* in: const struct poll_list_change * */
    uint64_t events;  /* in: struct ready_event[room]. POLL_END: the peer has ended its side, even if data is unread */
    uint32_t change_count; /* in */
    uint32_t room;         /* in: entries for all in the list; 0 only makes the changes */
    uint32_t count;        /* out */
    int32_t list;          /* in, out: -1 creates one */
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

/* unix_engine_start: creates the ring (or the epoll set). Called by the reaper thread, which owns the ring and makes
 * every submission, so that no operation dies with, or waits for, the thread that issued it. No parameters. */

/* unix_engine_watch: from any thread. Replaces what is watched on fd; events 0 ends the watch and drops the kernel's
 * reference to the file. Edge-triggered: each arrival gives at least one ready_event; readiness that exists when the
 * watch starts gives one too. Several arrivals may be folded into one event. */
struct watch_params
{
    int32_t fd;      /* in */
    int32_t set;     /* in: -1 for the engine's own set, or one of unix_set_create, which any thread may wait for */
    uint32_t events; /* in: POLL_IN, POLL_OUT, POLL_PRI, or 0 */
    uint32_t pad;
    uint64_t cookie; /* in: returned with each event; one per fd for the life of the descriptor */
};

struct ready_event
{
    uint64_t cookie;
    uint32_t ready; /* POLL_* */
    uint32_t pad;
};

/* unix_engine_wait: called by the reaper only. Sleeps until something is ready or the engine is woken. 0 events are
 * possible at any time (a signal, a wake). Events of a watch that has just ended may still come: the cookie carries
 * a generation. */
struct engine_wait_params
{
    uint64_t events; /* in: struct ready_event[room] */
    uint32_t room;   /* in */
    uint32_t count;  /* out */
    int64_t timeout; /* in: nanoseconds; negative waits for ever */
};

/* unix_engine_wake: makes unix_engine_wait return. No parameters. */

/* unix_engine_settle: returns when the engine holds none of the files whose watches had been ended before; io_uring
 * keeps a file until the reaper has seen its watch's end. No parameters. STATUS_TIMEOUT after 100 ms,
 * STATUS_INVALID_DEVICE_STATE: called by the reaper, which can't wait for itself. */

/* unix_set_create: a set of descriptors that any thread may wait for. It has an eventfd for unix_wake_signal; each
 * signal gives one thread one event SET_WAKE_COOKIE. unix_descriptor_close closes both. */
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
    int64_t timeout; /* in: nanoseconds; 0 doesn't wait, negative waits for ever */
    uint32_t count;  /* out */
    uint32_t pad;
};

/* unix_server_wait_open: to be called by the thread that others will ask about. unix_server_wait_query: does it wait,
 * by a function of ntdll, for objects of the wineserver none of which has been signalled by now? No request is made.
 * If the thread can't get on with what it does after a wait (because the caller holds a lock), `waits' is exact;
 * otherwise it may have waited, been woken and wait again. One thread may ask at a time. unix_descriptor_close closes
 * `task'. */
struct server_wait_params
{
    int32_t task;   /* open: out; query: in */
    int32_t pipe;   /* the same; in, out: as the last call has left it */
    uint32_t waits; /* query: out: 0 if it does something else, or that isn't known */
    uint32_t pad;
};

/* unix_post_check: STATUS_SUCCESS if unix_post_completion works on this Wine; no parameters. The first call asks the
 * wineserver some ten times. */

#endif /* WSURING_UNIX_POLL_H */
