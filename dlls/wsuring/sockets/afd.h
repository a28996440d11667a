/*
 * The AFD ioctls of Wine and their parameter blocks
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes and layouts: wine-interfaces 1.3 to 1.6.
 */

#ifndef WSURING_AFD_H
#define WSURING_AFD_H

#include "base/provider.h"

#define AFD_BIND         0x00012003
#define AFD_LISTEN       0x0001200b
#define AFD_POLL         0x00012024
#define AFD_GETSOCKNAME  0x0001202f
#define AFD_EVENT_SELECT 0x00012087
#define AFD_GET_EVENTS   0x0001208b

/* Wine's own: device 0x12, METHOD_BUFFERED */
#define AFD_WINE( n ) ( 0x00120000 + 4 * ( n ) )

#define AFD_WINE_CREATE              AFD_WINE( 200 )
#define AFD_WINE_ACCEPT              AFD_WINE( 201 )
#define AFD_WINE_ACCEPT_INTO         AFD_WINE( 202 )
#define AFD_WINE_CONNECT             AFD_WINE( 203 )
#define AFD_WINE_SHUTDOWN            AFD_WINE( 204 )
#define AFD_WINE_RECVMSG             AFD_WINE( 205 )
#define AFD_WINE_SENDMSG             AFD_WINE( 206 )
#define AFD_WINE_TRANSMIT            AFD_WINE( 207 )
#define AFD_WINE_ADDRESS_LIST_CHANGE AFD_WINE( 208 )
#define AFD_WINE_FIONBIO             AFD_WINE( 209 )
#define AFD_WINE_COMPLETE_ASYNC      AFD_WINE( 210 )
#define AFD_WINE_FIONREAD            AFD_WINE( 211 )
#define AFD_WINE_SIOCATMARK          AFD_WINE( 212 )
#define AFD_WINE_GET_INTERFACE_LIST  AFD_WINE( 213 )
#define AFD_WINE_KEEPALIVE_VALS      AFD_WINE( 214 )
#define AFD_WINE_MESSAGE_SELECT      AFD_WINE( 215 )
#define AFD_WINE_GETPEERNAME         AFD_WINE( 216 )
#define AFD_WINE_DEFER               AFD_WINE( 217 )
#define AFD_WINE_GET_INFO            AFD_WINE( 218 )
#define AFD_WINE_GET_SO_ACCEPTCONN   AFD_WINE( 219 )
#define AFD_WINE_GET_SO_ERROR        AFD_WINE( 222 )
#define AFD_WINE_GET_SO_CONNECT_TIME AFD_WINE( 292 )

/* Bits of AFD_POLL, AFD_EVENT_SELECT and AFD_WINE_MESSAGE_SELECT */
enum afd_poll
{
    AFD_POLL_READ = 0x0001,
    AFD_POLL_OOB = 0x0002,
    AFD_POLL_WRITE = 0x0004,
    AFD_POLL_HUP = 0x0008,
    AFD_POLL_RESET = 0x0010,
    AFD_POLL_CLOSE = 0x0020,
    AFD_POLL_CONNECT = 0x0040,
    AFD_POLL_ACCEPT = 0x0080,
    AFD_POLL_CONNECT_ERR = 0x0100,
};

#define AFD_POLL_BIT_COUNT 13
#define AFD_POLL_HUP_BIT   3

struct afd_recvmsg_params
{
    UINT64 control;  /* WSABUF * or 0 */
    UINT64 addr;     /* struct sockaddr * or 0 */
    UINT64 addr_len; /* int * or 0 */
    UINT64 flags;    /* ULONG *, must be valid */
    UINT force_async;
    UINT count;
    UINT64 buffers; /* WSABUF * */
};

struct afd_sendmsg_params
{
    UINT64 addr;
    UINT addr_len;
    UINT flags;
    UINT force_async;
    UINT count;
    UINT64 buffers;
};

struct afd_listen_params
{
    UINT unknown1;
    UINT backlog;
    UINT unknown2;
};

struct afd_create_params
{
    int family, type, protocol;
    UINT flags;
};

struct afd_event_select_params
{
    HANDLE event;
    UINT mask;
#ifdef _WIN64
    UINT pad; /* 32-bit processes have 8 bytes, and other lengths mean the 64-bit layout (wine-interfaces 1.4) */
#endif
};

struct afd_get_events_params
{
    UINT flags;
    NTSTATUS status[AFD_POLL_BIT_COUNT];
};

struct afd_message_select_params
{
    UINT handle, window, message, mask;
};

struct afd_accept_into_params
{
    UINT accept_handle;
    UINT recv_len;
    UINT local_len;
};

struct afd_connect_params
{
    UINT addr_len;
    UINT synchronous;
    BYTE addr[1]; /* then the data to send */
};

struct afd_transmit_params
{
    LARGE_INTEGER offset; /* -2: the file's own pointer */
    UINT64 head;
    UINT64 tail;
    UINT head_len;
    UINT tail_len;
    UINT file;
    UINT file_len;  /* 0: to its end */
    UINT chunk_len; /* 0: 65536 */
    UINT flags;
};

struct afd_poll_entry
{
    HANDLE socket;
    UINT flags;
    NTSTATUS status;
};

struct afd_poll_params
{
    LONGLONG timeout; /* 100 ns; 0 = look only, negative = relative */
    UINT count;
    BOOLEAN exclusive;
    BOOLEAN pad[3];
    struct afd_poll_entry sockets[1];
};

/* Creates a socket's handle. attribute_flags: OBJ_*, options: FILE_*, as for NtOpenFile. */
NTSTATUS afd_create( const struct afd_create_params *params, ULONG attribute_flags, ULONG options, HANDLE *handle );

/* Waits for the sockets that `in' names; `out' has room for as many. STATUS_HANDLES_CLOSED if is_current( arg )
 * returns FALSE, because one of them is closed and its handle may belong to another object. */
NTSTATUS afd_poll( const struct afd_poll_params *in, struct afd_poll_params *out, ULONG size,
                   BOOL ( *is_current )( const void * ), const void *arg );

/* Opens a file through which sockets are polled, and that never becomes one, unless *device is one already. */
NTSTATUS afd_open_device( HANDLE *device );

/* The same as afd_poll, but it returns at once; what it is given stays until its end, which is a packet of the port
 * that the device is associated with. */
NTSTATUS afd_poll_begin( HANDLE device, IO_STATUS_BLOCK *iosb, void *context, const struct afd_poll_params *in,
                         struct afd_poll_params *out, ULONG size, BOOL ( *is_current )( const void * ),
                         const void *arg );

#endif /* WSURING_AFD_H */
