/*
 * Files to sockets, copied inside the host's kernel
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_private.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntdll.h"

#define FILE_READ_DATA 1

/* The limit of one call, because the caller may have other sockets to serve. */
#define CALL_MAX ( 1 << 20 )

/* unix_file_open. STATUS_INVALID_PARAMETER for files without a length: pipes, consoles, sockets. */
NTSTATUS file_open( void *args )
{
    struct file_open_params *params = args;
    struct stat st = { 0 };
    uint32_t options;
    NTSTATUS status;
    off_t pos;
    int fd;

    params->fd = -1;
    if (( status = ntdll_handle_to_fd( params->handle, FILE_READ_DATA, &fd, &options ) )) return status;
    if (fcntl( fd, F_SETFD, FD_CLOEXEC ) || fstat( fd, &st )) status = errno_to_status( errno );
    else if (!S_ISREG( st.st_mode )) status = STATUS_INVALID_PARAMETER;
    if (status)
    {
        close( fd );
        return status;
    }
    pos = lseek( fd, 0, SEEK_CUR );
    params->fd = fd;
    params->size = st.st_size;
    params->position = pos < 0 ? 0 : pos;
    return STATUS_SUCCESS;
}

/* unix_file_close */
NTSTATUS file_close( void *args )
{
    const struct file_close_params *params = args;

    if (params->position != -1) lseek( params->fd, params->position, SEEK_SET );
    close( params->fd );
    return STATUS_SUCCESS;
}

/* unix_transmit */
NTSTATUS transmit( void *args )
{
    struct transmit_params *params = args;
    off_t offset = params->offset;
    ssize_t ret;

    /* sendfile works on every file system: where there are no pages to hand over, the kernel copies */
    do ret = sendfile( params->fd, params->file, &offset, params->len < CALL_MAX ? params->len : CALL_MAX );
    while (ret == -1 && errno == EINTR);
    params->transferred = ret == -1 ? 0 : ret;
    if (ret == -1) return send_errno_to_status( errno );
    return ret ? STATUS_SUCCESS : STATUS_END_OF_FILE;
}

/* unix_file_read */
NTSTATUS file_read( void *args )
{
    struct transmit_params *params = args;
    ssize_t ret = pread( params->file, pointer_from_u64( params->data ), params->len, params->offset );

    params->transferred = ret == -1 ? 0 : ret;
    if (ret == -1) return errno_to_status( errno );
    return ret ? STATUS_SUCCESS : STATUS_END_OF_FILE;
}
