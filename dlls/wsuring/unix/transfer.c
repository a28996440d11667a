/*
 * Sending and receiving
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The buffers are the program's memory, which only the kernel touches. So a bad pointer gives EFAULT, not a fault
 * that abandons the Unix call (wine-interfaces 4.3).
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef IOV_MAX
#define IOV_MAX 1024
#endif

/* No datagram of TCP/IP is larger. */
#define DATAGRAM_MAX 65536

int flags_to_unix( uint32_t flags )
{
    int ret = MSG_DONTWAIT | MSG_NOSIGNAL;

    if (flags & WINDOWS_MSG_OOB) ret |= MSG_OOB;
    if (flags & WINDOWS_MSG_PEEK) ret |= MSG_PEEK;
    if (flags & WINDOWS_MSG_DONTROUTE) ret |= MSG_DONTROUTE;
    if (flags & SEND_MORE) ret |= MSG_MORE;
    return ret;
}

#if UINTPTR_MAX == UINT64_MAX

#define IOVEC_ROOM 1 /* none is needed, but C has no empty arrays */

_Static_assert( sizeof( struct unix_buffer ) == sizeof( struct iovec ), "same layout" );

static struct iovec *transfer_iovec_from_buffers( uint64_t buffers, uint32_t count, struct iovec *room )
{
    (void)count;
    (void)room;
    return pointer_from_u64( buffers );
}

#else

#define IOVEC_ROOM IOV_MAX

static struct iovec *transfer_iovec_from_buffers( uint64_t buffers, uint32_t count, struct iovec *room )
{
    const struct unix_buffer *buffer = pointer_from_u64( buffers );
    uint32_t i;

    for (i = 0; i < count; i++)
    {
        room[i].iov_base = pointer_from_u64( buffer[i].base );
        room[i].iov_len = buffer[i].len;
    }
    return room;
}

#endif

/* ---- more buffers than the kernel takes in one call */

static bool transfer_is_stream( int fd )
{
    int type = 0;
    socklen_t len = sizeof( type );

    return !getsockopt( fd, SOL_SOCKET, SO_TYPE, &type, &len ) && type == SOCK_STREAM;
}

/* The first IOV_MAX non-empty buffers: with only empty ones, receiving nothing would look like the end of the
 * stream. */
static uint32_t transfer_iovec_prefix( const struct unix_buffer *buffers, uint32_t count, struct iovec *iov )
{
    uint32_t i, used = 0;

    for (i = 0; i < count && used < IOV_MAX; i++)
    {
        if (!buffers[i].len) continue;
        iov[used].iov_base = pointer_from_u64( buffers[i].base );
        iov[used++].iov_len = buffers[i].len;
    }
    return used;
}

static uint64_t transfer_buffers_size( const struct unix_buffer *buffers, uint32_t count )
{
    uint64_t size = 0;
    uint32_t i;

    for (i = 0; i < count; i++)
    {
        if (buffers[i].len > UINT32_MAX - size) return UINT32_MAX;
        size += buffers[i].len;
    }
    return size;
}

/* Copies between the program's buffers and len bytes of the library's, through a file in memory (fd), because only the
 * kernel may access the buffers. Slow, but datagrams in more than a thousand pieces are rare. */
static int transfer_copy_buffers( int fd, const struct unix_buffer *buffers, uint32_t count, void *data, size_t len,
                                  bool gather )
{
    struct iovec iov[IOV_MAX];
    uint32_t i = 0, used;
    size_t pos = 0, left = len, size;
    int err = 0;
    ssize_t ret;

    if (!gather && pwrite( fd, data, len, 0 ) != (ssize_t)len) err = ENOMEM;
    while (!err && left)
    {
        for (used = 0, size = 0; i < count && used < IOV_MAX && left; i++)
        {
            iov[used].iov_base = pointer_from_u64( buffers[i].base );
            iov[used].iov_len = buffers[i].len < left ? buffers[i].len : left;
            left -= iov[used].iov_len;
            size += iov[used++].iov_len;
        }
        ret = gather ? pwritev( fd, iov, used, pos ) : preadv( fd, iov, used, pos );
        if (ret == -1) err = errno;
        else if ((size_t)ret != size) err = EFAULT; /* up to the bad page */
        pos += size;
    }
    if (!err && gather && pread( fd, data, len, 0 ) != (ssize_t)len) err = ENOMEM;
    return err;
}

/* ---- send */

/* System calls, not libc's functions, which are cancellation points. */
static ssize_t transfer_host_sendto( int fd, const void *data, size_t len, int flags, const void *addr,
                                     socklen_t addr_len )
{
    return syscall( SYS_sendto, fd, data, len, flags, addr, addr_len );
}

static ssize_t transfer_host_recv( int fd, void *data, size_t len, int flags )
{
    return syscall( SYS_recvfrom, fd, data, len, flags, NULL, NULL );
}

static ssize_t transfer_send_once( int fd, const struct msghdr *msg, int flags )
{
    ssize_t ret;

    do
    {
        /* equivalent, and the kernel copies less */
        if (msg->msg_iovlen == 1)
            ret = transfer_host_sendto( fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, flags, msg->msg_name,
                                        msg->msg_namelen );
        else ret = sendmsg( fd, msg, flags );
    } while (ret == -1 && errno == EINTR);
    return ret;
}

/* The host also reports "network is unreachable" when it has no network at all, which is WSAENETDOWN. */
static bool transfer_network_is_down( void )
{
    struct ifaddrs *list, *entry;
    bool up = false;

    if (getifaddrs( &list )) return false;
    for (entry = list; entry; entry = entry->ifa_next)
        if (( entry->ifa_flags & ( IFF_UP | IFF_LOOPBACK ) ) == IFF_UP) up = true;
    freeifaddrs( list );
    return !up;
}

NTSTATUS send_errno_to_status( int err )
{
    if (err == EAGAIN) return STATUS_DEVICE_NOT_READY;
    return errno_to_status( err == ENETUNREACH && transfer_network_is_down() ? ENETDOWN : err );
}

static NTSTATUS transfer_send_result( struct send_params *params, struct msghdr *msg )
{
    int flags = flags_to_unix( params->flags & ~WINDOWS_MSG_PEEK );
    ssize_t ret = transfer_send_once( params->fd, msg, flags );

    if (ret == -1 && errno == EISCONN && msg->msg_name)
    {
        /* Windows ignores the address on a connected stream (page "sendto function") */
        msg->msg_name = NULL;
        msg->msg_namelen = 0;
        ret = transfer_send_once( params->fd, msg, flags );
    }
    if (ret == -1) return send_errno_to_status( errno );
    params->transferred = ret;
    return STATUS_SUCCESS;
}

static NTSTATUS __attribute__( ( noinline ) ) transfer_send_many( struct send_params *params, struct msghdr *msg )
{
    const struct unix_buffer *buffers = pointer_from_u64( params->buffers );

    if (transfer_is_stream( params->fd ))
    {
        struct iovec iov[IOV_MAX];

        msg->msg_iov = iov;
        msg->msg_iovlen = transfer_iovec_prefix( buffers, params->count, iov );
        return transfer_send_result( params, msg );
    }
    else
    {
        uint8_t data[DATAGRAM_MAX];
        struct iovec iov = { .iov_base = data, .iov_len = transfer_buffers_size( buffers, params->count ) };
        int fd, err;

        if (iov.iov_len > sizeof( data )) return STATUS_INVALID_BUFFER_SIZE;
        if (( fd = memfd_create( "wsuring", MFD_CLOEXEC ) ) == -1) return errno_to_status( errno );
        err = transfer_copy_buffers( fd, buffers, params->count, data, iov.iov_len, true );
        close( fd );
        if (err) return errno_to_status( err );
        msg->msg_iov = &iov;
        msg->msg_iovlen = 1;
        return transfer_send_result( params, msg );
    }
}

/* unix_send */
NTSTATUS transfer_send( void *args )
{
    struct send_params *params = args;
    struct sockaddr_storage addr;
    struct iovec room[IOVEC_ROOM];
    struct msghdr msg = { 0 };
    NTSTATUS status;

    params->transferred = 0;
    if (params->addr)
    {
        if (( status = address_to_unix( pointer_from_u64( params->addr ), params->addr_len, &addr, &msg.msg_namelen ) ))
            return status;
        msg.msg_name = &addr;
    }
    if (params->count > IOV_MAX) return transfer_send_many( params, &msg );
    msg.msg_iov = transfer_iovec_from_buffers( params->buffers, params->count, room );
    msg.msg_iovlen = params->count;
    return transfer_send_result( params, &msg );
}

/* ---- receive */

static NTSTATUS transfer_recv_result( struct recv_params *params, struct msghdr *msg )
{
    int flags = flags_to_unix( params->flags & ~( WINDOWS_MSG_DONTROUTE | RECV_STREAM ) );
    struct sockaddr_storage addr;
    ssize_t ret;

    if (params->addr)
    {
        msg->msg_name = &addr;
        msg->msg_namelen = sizeof( addr );
    }
    do
    {
        /* equivalent, and the kernel copies less */
        if (msg->msg_iovlen == 1 && params->flags & RECV_STREAM)
            ret = transfer_host_recv( params->fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, flags );
        else ret = recvmsg( params->fd, msg, flags );
    } while (ret == -1 && errno == EINTR);
    if (ret == -1)
    {
        /* EINVAL for urgent data: there is none (wine-interfaces 7.2) */
        if (errno == EAGAIN || ( errno == EINVAL && ( params->flags & WINDOWS_MSG_OOB ) ))
            return STATUS_DEVICE_NOT_READY;
        return errno_to_status( errno );
    }
    if (params->addr)
        params->addr_len
            = address_from_unix( &addr, msg->msg_namelen, pointer_from_u64( params->addr ), params->addr_len );
    else params->addr_len = 0;
    params->transferred = ret;
    return msg->msg_flags & MSG_TRUNC ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

static NTSTATUS __attribute__( ( noinline ) ) transfer_recv_many( struct recv_params *params, struct msghdr *msg )
{
    const struct unix_buffer *buffers = pointer_from_u64( params->buffers );

    if (transfer_is_stream( params->fd ))
    {
        struct iovec iov[IOV_MAX];

        msg->msg_iov = iov;
        msg->msg_iovlen = transfer_iovec_prefix( buffers, params->count, iov );
        return transfer_recv_result( params, msg );
    }
    else
    {
        uint8_t data[DATAGRAM_MAX];
        uint64_t size = transfer_buffers_size( buffers, params->count );
        struct iovec iov = { .iov_base = data, .iov_len = size < sizeof( data ) ? size : sizeof( data ) };
        NTSTATUS status;
        int fd, err = 0;

        /* before the datagram is taken, or it would be lost */
        if (( fd = memfd_create( "wsuring", MFD_CLOEXEC ) ) == -1) return errno_to_status( errno );
        msg->msg_iov = &iov;
        msg->msg_iovlen = 1;
        status = transfer_recv_result( params, msg );
        if (!status || status == STATUS_BUFFER_OVERFLOW)
            err = transfer_copy_buffers( fd, buffers, params->count, data, params->transferred, false );
        close( fd );
        if (!err) return status;
        params->transferred = 0;
        return errno_to_status( err );
    }
}

/* Through this file the process may write what the host protects for Wine. */
static size_t transfer_write_watched( const struct unix_buffer *buffers, uint32_t count, const uint8_t *data,
                                      size_t len )
{
    int memory = open( "/proc/self/mem", O_WRONLY | O_CLOEXEC );
    size_t done = 0, size;
    ssize_t ret = 0;
    uint32_t i;

    if (memory == -1) return 0;
    for (i = 0; i < count && done < len && ret >= 0; i++)
    {
        size = buffers[i].len < len - done ? buffers[i].len : len - done;
        ret = pwrite( memory, data + done, size, buffers[i].base );
        if (ret > 0) done += ret;
        if (ret != (ssize_t)size) break;
    }
    close( memory );
    return done;
}

static NTSTATUS __attribute__( ( noinline ) ) transfer_recv_watched( struct recv_params *params )
{
    const struct unix_buffer *buffers = pointer_from_u64( params->buffers );
    uint64_t size = transfer_buffers_size( buffers, params->count );
    uint8_t data[DATAGRAM_MAX];
    struct iovec iov = { .iov_base = data, .iov_len = size < sizeof( data ) ? size : sizeof( data ) };
    struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
    uint32_t flags = params->flags;
    NTSTATUS status;
    size_t done;

    params->flags = ( flags & ~RECV_WATCHED ) | WINDOWS_MSG_PEEK;
    status = transfer_recv_result( params, &msg );
    params->flags = flags;
    if (status || !params->transferred) return status;
    done = transfer_write_watched( buffers, params->count, data, params->transferred );
    params->transferred = done;
    if (!done) return STATUS_ACCESS_VIOLATION;
    if (!( flags & WINDOWS_MSG_PEEK )) transfer_host_recv( params->fd, data, done, 0 );
    return STATUS_SUCCESS;
}

/* unix_recv */
NTSTATUS transfer_recv( void *args )
{
    struct recv_params *params = args;
    struct iovec room[IOVEC_ROOM];
    struct msghdr msg = { 0 };

    params->transferred = 0;
    if (params->flags & RECV_WATCHED) return transfer_recv_watched( params );
    if (params->count > IOV_MAX) return transfer_recv_many( params, &msg );
    msg.msg_iov = transfer_iovec_from_buffers( params->buffers, params->count, room );
    msg.msg_iovlen = params->count;
    return transfer_recv_result( params, &msg );
}
