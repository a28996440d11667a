/*
 * TransmitFile and TransmitPackets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An operation in the socket's send queue like any other: a list of pieces of memory and files. File pieces go by
 * the host's sendfile.
 */

#include "operations/operation.h"
#include "sockets/afd.h"
#include "api/control.h"
#include "api/disconnect.h"
#include "sockets/connection.h"
#include "sockets/recycle.h"

#define TRANSMIT_MAX 2147483646  /* most bytes of a file in one call (page "TransmitFile function") */
#define TURN_MAX     ( 8 << 20 ) /* bytes after which the reaper serves other sockets */
#define PACKET_MAX   65536

struct piece
{
    UINT64 base;   /* of memory */
    UINT64 offset; /* in a file */
    UINT64 left;
    int file;          /* descriptor, -1 for memory */
    HANDLE by_pointer; /* TransmitPackets: the file, if its own file pointer is used */
    BOOLEAN end;       /* of a packet */
    BOOLEAN to_end;    /* of the file, at the position current by then */
};

/* Its pieces and their descriptors belong to the running operation. */
struct transmit
{
    struct piece *pieces;
    UINT count, first;
    UINT flags;            /* TF_* */
    UINT send_size;        /* of datagrams */
    BOOLEAN keep_position; /* with an OVERLAPPED the file pointer is not used */
    struct disconnect disconnect;
    struct afd_transmit_params afd; /* the same for the server, if it supports it */
    BOOLEAN has_afd;
};

static void transmit_free( struct transmit *transmit )
{
    UINT i, j;

    for (i = 0; i < transmit->count; i++)
    {
        struct file_close_params close = { .fd = transmit->pieces[i].file, .position = -1 };

        if (close.fd == -1) continue;
        if (!transmit->keep_position) close.position = transmit->pieces[i].offset;
        unix_call( unix_file_close, &close );
        for (j = i + 1; j < transmit->count; j++)
            if (transmit->pieces[j].file == close.fd) transmit->pieces[j].file = -1;
    }
    HeapFree( GetProcessHeap(), 0, transmit->pieces );
}

/* ---- attempts */

/* Sends the rest of a piece, or part of it. */
static NTSTATUS transmit_send_piece( struct operation *op, struct piece *piece, BOOL more )
{
    struct unix_buffer buffer = { .base = piece->base, .len = min( piece->left, 0x40000000 ) };
    struct send_params send
        = { .buffers = (UINT_PTR)&buffer, .count = 1, .fd = op->sock->desc.fd, .flags = more ? SEND_MORE : 0 };
    struct transmit_params file
        = { .fd = op->sock->desc.fd, .file = piece->file, .offset = piece->offset, .len = piece->left };
    NTSTATUS status;
    UINT64 sent;

    if (piece->file != -1)
    {
        status = unix_call( unix_transmit, &file );
        /* the file is shorter than expected: all of it has been sent */
        if (status == STATUS_END_OF_FILE && piece->to_end)
        {
            piece->left = 0;
            return STATUS_SUCCESS;
        }
        sent = file.transferred;
    }
    else
    {
        status = unix_call( unix_send, &send );
        if (status == STATUS_ACCESS_VIOLATION && guarded_touch( (void *)(UINT_PTR)buffer.base, buffer.len, FALSE ))
            status = unix_call( unix_send, &send );
        sent = send.transferred;
    }
    if (status) return status;
    piece->base += sent;
    piece->offset += sent;
    piece->left -= sent;
    op->done += sent;
    return STATUS_SUCCESS;
}

/* A socket that is always writable could keep the reaper busy for the whole file. So after its turn it waits for an
 * event again. */
static BOOL transmit_turn_is_over( struct socket *sock, UINT64 done )
{
    NTSTATUS status;
    UINT events;

    if (done < TURN_MAX || !sock->watch.events) return FALSE;
    lock_acquire( &sock->watch.lock );
    events = sock->watch.events;
    socket_watch( sock, 0 );
    status = socket_watch( sock, events | POLL_OUT );
    lock_release( &sock->watch.lock );
    return !status;
}

/* Does data follow the first piece? If the host were told so and none came, it would keep what it has for 200 ms. */
static BOOL transmit_has_more( const struct transmit *transmit )
{
    UINT i;

    for (i = transmit->first + 1; i < transmit->count; i++)
    {
        const struct piece *piece = transmit->pieces + i;
        BYTE byte = 0;
        struct transmit_params look
            = { .file = piece->file, .offset = piece->offset, .len = 1, .data = (UINT_PTR)&byte };

        if (!piece->left) continue;
        if (piece->file == -1 || !piece->to_end) return TRUE;
        if (!unix_call( unix_file_read, &look ) && look.transferred) return TRUE;
    }
    return FALSE;
}

static NTSTATUS transmit_stream( struct operation *op )
{
    struct transmit *transmit = op->more;
    UINT64 begin = op->done;
    struct piece *piece;
    NTSTATUS status;
    BOOL more;

    for (; transmit->first < transmit->count; transmit->first++)
    {
        piece = transmit->pieces + transmit->first;
        while (piece->left)
        {
            if (transmit_turn_is_over( op->sock, op->done - begin )) return STATUS_DEVICE_NOT_READY;
            /* only memory is sent with that mark */
            more = piece->file == -1 && !piece->end && transmit_has_more( transmit );
            if (( status = transmit_send_piece( op, piece, more ) )) return status;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS transmit_fill_packet( struct transmit *transmit, BYTE *data, UINT room, UINT *len, UINT *used )
{
    UINT i;

    *len = 0;
    for (i = transmit->first; i < transmit->count && *len < room; i++)
    {
        struct piece *piece = transmit->pieces + i;
        UINT part = min( piece->left, room - *len );

        if (piece->file == -1)
        {
            if (!guarded_copy( data + *len, (void *)(UINT_PTR)piece->base, part )) return STATUS_ACCESS_VIOLATION;
        }
        else if (part)
        {
            struct transmit_params file
                = { .file = piece->file, .offset = piece->offset, .len = part, .data = (UINT_PTR)( data + *len ) };
            NTSTATUS status = unix_call( unix_file_read, &file );

            if (status && ( status != STATUS_END_OF_FILE || !piece->to_end )) return status;
            if (file.transferred < part) piece->left = file.transferred; /* the file ends here */
            part = file.transferred;
        }
        *len += part;
        if (part < piece->left) break;
        if (piece->end)
        {
            i++;
            break;
        }
    }
    *used = i;
    return STATUS_SUCCESS;
}

/* A datagram ends at a piece with TP_ELEMENT_EOP, or after send_size bytes. */
static NTSTATUS transmit_datagrams( struct operation *op )
{
    struct transmit *transmit = op->more;
    UINT room = transmit->send_size ? min( transmit->send_size, PACKET_MAX ) : PACKET_MAX, len, used, left;
    BYTE *data = HeapAlloc( GetProcessHeap(), 0, PACKET_MAX );
    NTSTATUS status = STATUS_SUCCESS;

    if (!data) return STATUS_NO_MEMORY;
    while (transmit->first < transmit->count)
    {
        struct unix_buffer buffer = { .base = (UINT_PTR)data };
        struct send_params send = { .buffers = (UINT_PTR)&buffer, .count = 1, .fd = op->sock->desc.fd };

        if (( status = transmit_fill_packet( transmit, data, room, &len, &used ) )) break;
        buffer.len = len;
        if (( status = unix_call( unix_send, &send ) )) break;
        op->done += len;
        for (left = len; transmit->first < transmit->count; transmit->first++)
        {
            struct piece *piece = transmit->pieces + transmit->first;
            UINT part = min( piece->left, left );

            if (transmit->first >= used && !left) break;
            piece->left -= part;
            piece->base += part;
            piece->offset += part;
            left -= part;
            if (piece->left) break;
        }
    }
    HeapFree( GetProcessHeap(), 0, data );
    return status;
}

static NTSTATUS transmit_try( struct operation *op )
{
    struct transmit *transmit = op->more;
    NTSTATUS status;

    if (transmit->first < transmit->count)
        if (( status = op->sock->id.type == SOCK_STREAM ? transmit_stream( op ) : transmit_datagrams( op ) ))
            return status;
    /* nobody has asked the host about the connection yet */
    if (!op->done && op->sock->id.type == SOCK_STREAM && ( status = connection_end_status( op->sock ) ))
        return op->sock->conn.reset_error = status;
    return transmit->flags & TF_DISCONNECT ? disconnect_try( op, &transmit->disconnect ) : STATUS_SUCCESS;
}

static void transmit_finish( struct operation *op, NTSTATUS status )
{
    const struct transmit *transmit = op->more;

    if (transmit->flags & TF_DISCONNECT) disconnect_done( op->sock, &transmit->disconnect, status );
    transmit_free( op->more );
}

static NTSTATUS transmit_by_afd( struct operation *op )
{
    struct transmit *transmit = op->more;
    struct socket *sock = op->sock;
    BOOLEAN was_down = sock->shared.send_shutdown;
    volatile void *before;
    ULONG how = SD_SEND;
    NTSTATUS status;

    if (!transmit->has_afd || ( op->overlapped && transmit->flags & TF_DISCONNECT )
        || transmit->flags & TF_REUSE_SOCKET)
        return STATUS_NOT_SUPPORTED;
    stats_count( COUNTER_SEND_AFD );
    if (op->overlapped)
    {
        op->by_afd = TRUE;
        before = queue_afd_begins( &sock->queues[DIRECTION_WRITE], op->overlapped );
        status = afd_ioctl_overlapped( sock->id.handle, AFD_WINE_TRANSMIT, &transmit->afd, sizeof( transmit->afd ),
                                       NULL, 0, op->overlapped, NULL );
        /* it also reports immediate success as pending */
        if (!NT_ERROR( status )) socket_afd_pended( sock, AFD_PENDED );
        else queue_afd_failed( &sock->queues[DIRECTION_WRITE], op->overlapped, before );
        return status;
    }
    status = afd_ioctl( sock->id.handle, AFD_WINE_TRANSMIT, &transmit->afd, sizeof( transmit->afd ), NULL, 0, NULL );
    if (!status && transmit->flags & TF_DISCONNECT)
    {
        sock->shared.send_shutdown = TRUE;
        if (( status = afd_ioctl( sock->id.handle, AFD_WINE_SHUTDOWN, &how, sizeof( how ), NULL, 0, NULL ) ))
            sock->shared.send_shutdown = was_down;
    }
    return status;
}

static const struct operation_kind transmit_kind
    = { .attempt = transmit_try, .by_afd = transmit_by_afd, .finish = transmit_finish, .blocks = TRUE, .pends = TRUE };
static const struct operation_kind packets_kind
    = { .attempt = transmit_try, .finish = transmit_finish, .blocks = TRUE, .pends = TRUE };

/* ---- from the call to the operation */

static int transmit_check_socket( struct socket *sock, DWORD flags )
{
    if (sock->id.type == SOCK_STREAM && !socket_ensure_descriptor( sock ) && !socket_is_connected( sock ))
        return WSAENOTCONN;
    if (sock->id.type == SOCK_DGRAM && sock->conn.state != CONNECTION_UP) return WSAENOTCONN;
    if (( flags & TF_REUSE_SOCKET ) && !( flags & TF_DISCONNECT )) return WSAEINVAL;
    if (sock->shared.send_shutdown) return WSAESHUTDOWN;
    if (( flags & TF_REUSE_SOCKET ) && !recycle_is_possible( sock )) return WSAEOPNOTSUPP;
    return 0;
}

/* offset: -1 for the file pointer; len: 0 for the rest of the file */
static int transmit_open_file( struct piece *piece, HANDLE file, INT64 offset, UINT64 len )
{
    struct file_open_params open = { .handle = HandleToULong( file ) };
    NTSTATUS status = unix_call( unix_file_open, &open );

    if (status == STATUS_INVALID_HANDLE || status == STATUS_OBJECT_TYPE_MISMATCH) return WSA_INVALID_HANDLE;
    if (status) return error_from_status( status );
    piece->file = open.fd;
    piece->offset = offset == -1 ? open.position : offset;
    if (piece->offset > open.size) return WSAEINVAL;
    piece->to_end = TRUE;
    piece->left = len ? len : ~(UINT64)0;
    return 0;
}

/* Runs it and, unless it pends, frees what belongs to it. */
static int transmit_run( struct socket *sock, struct transmit *transmit, const struct operation_kind *kind,
                         OVERLAPPED *overlapped )
{
    struct operation op;
    DWORD ignored;
    int err;

    operation_init( &op, sock, DIRECTION_WRITE, overlapped, NULL );
    operation_set_kind( &op, kind, transmit, sizeof( *transmit ) );
    disconnect_begin( &transmit->disconnect, ( transmit->flags & TF_REUSE_SOCKET ) != 0 );
    err = operation_run( &op, &ignored );
    if (!err && transmit->flags & TF_DISCONNECT) disconnect_done( sock, &transmit->disconnect, STATUS_SUCCESS );
    if (err != WSA_IO_PENDING || op.by_afd) transmit_free( transmit );
    return err;
}

static int transmit_file( struct socket *sock, HANDLE file, DWORD len, DWORD chunk_len, OVERLAPPED *overlapped,
                          const TRANSMIT_FILE_BUFFERS *buffers, DWORD flags )
{
    struct transmit transmit = { .flags = flags, .keep_position = overlapped != NULL, .has_afd = TRUE };
    TRANSMIT_FILE_BUFFERS copy = { 0 };
    INT64 offset = -1;
    int err;

    if (len > TRANSMIT_MAX) return WSAEINVAL;
    if (( err = transmit_check_socket( sock, flags ) )) return err;
    if (sock->id.type != SOCK_STREAM) return WSAEINVAL;
    if (buffers && !guarded_copy( &copy, buffers, sizeof( copy ) )) return WSAEFAULT;
    if (!copy.Head) copy.HeadLength = 0;
    if (!copy.Tail) copy.TailLength = 0;
    if (!guarded_touch( copy.Head, copy.HeadLength, FALSE ) || !guarded_touch( copy.Tail, copy.TailLength, FALSE )
        || ( overlapped && !guarded_touch( overlapped, sizeof( *overlapped ), TRUE ) ))
        return WSAEFAULT;
    if (overlapped && sock->id.flags & WSA_FLAG_OVERLAPPED)
        offset = (UINT64)overlapped->OffsetHigh << 32 | overlapped->Offset;
    if (offset < -1) return WSAEINVAL;

    transmit.afd.offset.QuadPart = offset == -1 ? -2 : offset;
    transmit.afd.head = (UINT_PTR)copy.Head;
    transmit.afd.head_len = copy.HeadLength;
    transmit.afd.tail = (UINT_PTR)copy.Tail;
    transmit.afd.tail_len = copy.TailLength;
    transmit.afd.file = HandleToULong( file );
    transmit.afd.file_len = len;
    transmit.afd.chunk_len = chunk_len;
    transmit.afd.flags = flags;

    if (engine != ENGINE_AFD)
    {
        if (!( transmit.pieces = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, 3 * sizeof( *transmit.pieces ) ) ))
            return WSAENOBUFS;
        transmit.count = 3;
        transmit.pieces[0].base = (UINT_PTR)copy.Head;
        transmit.pieces[0].left = copy.HeadLength;
        transmit.pieces[2].base = (UINT_PTR)copy.Tail;
        transmit.pieces[2].left = copy.TailLength;
        transmit.pieces[0].file = transmit.pieces[1].file = transmit.pieces[2].file = -1;
        if (!copy.TailLength) transmit.count = 2;
        if (file && ( err = transmit_open_file( transmit.pieces + 1, file, offset, len ) ))
        {
            transmit_free( &transmit );
            return err;
        }
    }
    return transmit_run( sock, &transmit, &transmit_kind, overlapped );
}

BOOL WINAPI provider_TransmitFile( SOCKET s, HANDLE file, DWORD file_len, DWORD chunk_len, OVERLAPPED *overlapped,
                                   TRANSMIT_FILE_BUFFERS *buffers, DWORD flags )
{
    struct socket *sock;
    int err;

    if (( sock = socket_grab( s, &err ) ))
    {
        err = transmit_file( sock, file, file_len, chunk_len, overlapped, buffers, flags );
        socket_release( sock );
    }
    SetLastError( err );
    return !err;
}

/* The file pointer ends where the last piece that used it leaves it. */
static void transmit_follow_pointer( const struct transmit *transmit, struct piece *piece, HANDLE file )
{
    const struct piece *last;

    piece->by_pointer = file;
    for (last = piece; last-- > transmit->pieces;)
    {
        if (last->by_pointer != file) continue;
        piece->offset = last->offset + last->left;
        return;
    }
}

static int transmit_packets( struct socket *sock, const TRANSMIT_PACKETS_ELEMENT *elements, DWORD count,
                             DWORD send_size, OVERLAPPED *overlapped, DWORD flags )
{
    struct transmit transmit = { .flags = flags, .keep_position = FALSE, .send_size = send_size };
    TRANSMIT_PACKETS_ELEMENT element;
    int err;
    DWORD i;

    if (sock->id.type != SOCK_STREAM && sock->id.type != SOCK_DGRAM) return WSAEINVAL;
    if (( err = transmit_check_socket( sock, flags ) )) return err;
    if (sock->id.type != SOCK_STREAM && flags & TF_DISCONNECT) return WSAEINVAL;
    if (!socket_ensure_descriptor( sock ) || sock->desc.by_afd) return WSAEOPNOTSUPP; /* the server has no such ioctl */
    if (overlapped && !guarded_touch( overlapped, sizeof( *overlapped ), TRUE )) return WSAEFAULT;
    if (count > 0x100000) return WSAEINVAL;
    if (count && ( !elements || !guarded_touch( (void *)elements, count * sizeof( *elements ), FALSE ) ))
        return WSAEFAULT;
    if (!( transmit.pieces
           = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, max( count, 1u ) * sizeof( *transmit.pieces ) ) ))
        return WSAENOBUFS;
    for (i = 0; i < count && !err; i++)
    {
        struct piece *piece = transmit.pieces + i;

        piece->file = -1;
        transmit.count = i + 1;
        if (!guarded_copy( &element, elements + i, sizeof( element ) )) err = WSAEFAULT;
        else if (element.dwElFlags & ~( TP_ELEMENT_MEMORY | TP_ELEMENT_FILE | TP_ELEMENT_EOP )) err = WSAEINVAL;
        else if (element.dwElFlags & TP_ELEMENT_MEMORY && element.dwElFlags & TP_ELEMENT_FILE) err = WSAEINVAL;
        else if (element.dwElFlags & TP_ELEMENT_FILE)
        {
            if (element.nFileOffset.QuadPart < -1) err = WSAEINVAL;
            else err = transmit_open_file( piece, element.hFile, element.nFileOffset.QuadPart, element.cLength );
            if (element.nFileOffset.QuadPart == -1) transmit_follow_pointer( &transmit, piece, element.hFile );
        }
        else if (element.dwElFlags & TP_ELEMENT_MEMORY)
        {
            piece->base = (UINT_PTR)element.pBuffer;
            piece->left = element.cLength;
            if (!guarded_touch( element.pBuffer, element.cLength, FALSE )) err = WSAEFAULT;
        }
        else err = WSAEINVAL;
        piece->end = ( element.dwElFlags & TP_ELEMENT_EOP ) != 0;
    }
    transmit.keep_position = TRUE;
    if (!err) return transmit_run( sock, &transmit, &packets_kind, overlapped );
    transmit_free( &transmit );
    return err;
}

BOOL WINAPI provider_TransmitPackets( SOCKET s, TRANSMIT_PACKETS_ELEMENT *elements, DWORD count, DWORD send_size,
                                      OVERLAPPED *overlapped, DWORD flags )
{
    struct socket *sock;
    int err;

    if (( sock = socket_grab( s, &err ) ))
    {
        err = transmit_packets( sock, elements, count, send_size, overlapped, flags );
        socket_release( sock );
    }
    SetLastError( err );
    return !err;
}
