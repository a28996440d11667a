/*
 * Descriptors of sockets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntdll.h"

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif

#define RETRANSMISSIONS_LOST 3 /* the minimum for tcp_retries2 */

static void descriptor_note_scarce( struct descriptor_open_params *params )
{
    struct rlimit limit;

    params->scarce = params->last = 0;
    if (getrlimit( RLIMIT_NOFILE, &limit )) return;
    params->scarce = (rlim_t)params->fd >= limit.rlim_cur / 8;
    params->last = (rlim_t)params->fd + params->spared >= limit.rlim_cur - limit.rlim_cur / 4;
}

/* unix_descriptor_open. STATUS_OBJECT_TYPE_MISMATCH if the handle isn't a socket's. */
NTSTATUS descriptor_open( void *args )
{
    struct descriptor_open_params *params = args;
    struct stat st;
    NTSTATUS status;
    int fd;

    params->fd = -1;
    if (( status = ntdll_handle_to_fd( params->handle, 0, &fd, &params->options ) )) return status;
    /* a duplicate out of ntdll's cache has no CLOEXEC (wine-interfaces 3) */
    if (fcntl( fd, F_SETFD, FD_CLOEXEC ) || fstat( fd, &st ))
    {
        status = errno_to_status( errno );
        close( fd );
        return status;
    }
    if (!S_ISSOCK( st.st_mode ))
    {
        close( fd );
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (params->own_groups)
    {
        int off = 0;

        setsockopt( fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof( off ) );
        setsockopt( fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof( off ) );
    }
    params->fd = fd;
    params->inode = st.st_ino;
    descriptor_note_scarce( params );
    return STATUS_SUCCESS;
}

/* unix_descriptor_close. Linux frees the number even if close fails with EINTR, so never repeat it. */
NTSTATUS descriptor_close( void *args )
{
    const struct descriptor_close_params *params = args;
    static const struct linger off;

    if (params->background) setsockopt( params->fd, SOL_SOCKET, SO_LINGER, &off, sizeof( off ) );
    if (close( params->fd ) && errno == EBADF) return STATUS_INVALID_HANDLE;
    return STATUS_SUCCESS;
}

/* The counters keep their last values. A zero window is probed as well, and even good networks need a few
 * retransmissions. */
static enum closed descriptor_closed_how( int fd, const struct tcp_info *info )
{
    int keepalive = 0;
    socklen_t len = sizeof( keepalive );

    if (info->tcpi_state != TCP_CLOSE) return CLOSED_NOT;
    if (info->tcpi_retransmits >= RETRANSMISSIONS_LOST) return CLOSED_BY_RETRANSMISSION;
    if (info->tcpi_probes && !getsockopt( fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive, &len ) && keepalive)
        return CLOSED_BY_KEEPALIVE;
    return CLOSED;
}

/* unix_descriptor_query */
NTSTATUS descriptor_query( void *args )
{
    struct descriptor_query_params *params = args;
    struct sockaddr_storage addr;
    socklen_t len = sizeof( addr );
    struct stat st;
    struct linger linger;
    struct tcp_info info;
    int value = 0, ret;

    switch (params->what)
    {
    case DESCRIPTOR_LOCAL:
    case DESCRIPTOR_PEER:
        if (params->what == DESCRIPTOR_LOCAL) ret = getsockname( params->fd, (struct sockaddr *)&addr, &len );
        else ret = getpeername( params->fd, (struct sockaddr *)&addr, &len );
        if (!ret) params->addr_len = address_from_unix( &addr, len, params->addr, sizeof( params->addr ) );
        break;
    case DESCRIPTOR_UNREAD:
        if (!( ret = ioctl( params->fd, FIONREAD, &value ) )) params->value = value;
        break;
    case DESCRIPTOR_INODE:
        if (!( ret = fstat( params->fd, &st ) )) params->value = st.st_ino;
        break;
    case DESCRIPTOR_LINGERS:
        len = sizeof( linger );
        if (( ret = getsockopt( params->fd, SOL_SOCKET, SO_LINGER, &linger, &len ) ) || !linger.l_onoff
            || !linger.l_linger)
            break;
        if (!( ret = ioctl( params->fd, SIOCOUTQ, &value ) )) params->value = value ? 1 : 2;
        break;
    case DESCRIPTOR_ABORTS:
        len = sizeof( linger );
        if (!( ret = getsockopt( params->fd, SOL_SOCKET, SO_LINGER, &linger, &len ) ))
            params->value = linger.l_onoff && !linger.l_linger;
        break;
    case DESCRIPTOR_DRAINED:
        len = sizeof( info );
        if (!( ret = getsockopt( params->fd, IPPROTO_TCP, TCP_INFO, &info, &len ) ))
            params->value
                = info.tcpi_state == TCP_FIN_WAIT2 || info.tcpi_state == TCP_TIME_WAIT || info.tcpi_state == TCP_CLOSE;
        break;
    case DESCRIPTOR_CLOSED:
        len = sizeof( info );
        if (!( ret = getsockopt( params->fd, IPPROTO_TCP, TCP_INFO, &info, &len ) ))
            params->value = descriptor_closed_how( params->fd, &info );
        break;
    default: return STATUS_INVALID_PARAMETER;
    }
    return ret ? errno_to_status( errno ) : STATUS_SUCCESS;
}

/* unix_descriptor_end */
NTSTATUS descriptor_end( void *args )
{
    const struct descriptor_end_params *params = args;

    if (!params->discard) return shutdown( params->fd, SHUT_WR ) ? errno_to_status( errno ) : STATUS_SUCCESS;
    while (recv( params->fd, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT ) > 0) /* all */
        ;
    return STATUS_SUCCESS;
}

/* unix_descriptor_rebind */
NTSTATUS descriptor_rebind( void *args )
{
    const struct descriptor_rebind_params *params = args;
    struct sockaddr_in6 addr = { 0 };
    socklen_t len = sizeof( addr );

    if (getsockname( params->fd, (struct sockaddr *)&addr, &len )) return errno_to_status( errno );
    if (addr.sin6_port) return STATUS_SUCCESS;
    addr.sin6_port = params->port; /* at the same place in both families */
    return bind( params->fd, (struct sockaddr *)&addr, len ) ? errno_to_status( errno ) : STATUS_SUCCESS;
}

/* unix_listen_first: only a group of SO_REUSEPORT takes the program, which chooses the group's first socket. That can't
 * be done before the socket listens, because the host wouldn't let it into the group then. */
NTSTATUS listen_first( void *args )
{
    const struct listen_first_params *params = args;
    struct sock_filter code = BPF_STMT( BPF_RET | BPF_K, 0 );
    struct sock_fprog program = { .len = 1, .filter = &code };
    int shared = 0;
    socklen_t len = sizeof( shared );

    if (getsockopt( params->fd, SOL_SOCKET, SO_REUSEPORT, &shared, &len )) return errno_to_status( errno );
    if (shared && setsockopt( params->fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof( program ) ))
        return errno_to_status( errno );
    return STATUS_SUCCESS;
}

/* unix_descriptor_replace */
NTSTATUS descriptor_replace( void *args )
{
    const struct descriptor_replace_params *params = args;
    struct stat old, st;
    struct dirent *entry;
    uint32_t options;
    NTSTATUS status;
    DIR *dir;
    int fd, new_fd;

    if (fstat( params->fd, &old )) return errno_to_status( errno );
    if (( status = ntdll_handle_to_fd( params->handle, 0, &new_fd, &options ) )) return status;
    if (!( dir = opendir( "/proc/self/fd" ) ))
    {
        status = errno_to_status( errno );
        close( new_fd );
        return status;
    }
    while (( entry = readdir( dir ) ))
    {
        fd = atoi( entry->d_name );
        if (fd <= 2 || fd == new_fd || fd == dirfd( dir )) continue;
        if (!fstat( fd, &st ) && st.st_ino == old.st_ino && st.st_dev == old.st_dev) dup3( new_fd, fd, O_CLOEXEC );
    }
    closedir( dir );
    close( new_fd );
    return STATUS_SUCCESS;
}
