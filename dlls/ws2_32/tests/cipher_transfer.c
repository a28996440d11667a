/*
 * The cipher layer's data: sends and receives, the end of overlapped operations, extension functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Overlapped operations are the lower socket's own, whose packets a thread takes from a port; it ends the program's.
 */

#include "cipher.h"

static void cipher( char *data, DWORD len )
{
    while (len--) *data++ ^= CIPHER_KEY;
}

static void cipher_buffers( const WSABUF *buffers, DWORD count, DWORD len )
{
    for (; count && len; count--, buffers++)
    {
        DWORD part = min( len, buffers->len );

        cipher( buffers->buf, part );
        len -= part;
    }
}

/* ---- the end of overlapped operations */

static void WSPAPI call_routine( DWORD_PTR arg )
{
    struct cipher_transfer transfer = *(struct cipher_transfer *)arg;

    free( (void *)arg );
    transfer.routine( transfer.error, transfer.bytes, transfer.overlapped, transfer.flags );
}

/* In the way that the program has chosen. */
static void finish( struct cipher_transfer *transfer )
{
    struct cipher_pair *pair = transfer->pair;
    int err = 0;

    if (transfer->received) cipher_buffers( transfer->buffers, transfer->count, transfer->bytes );
    else free( transfer->room[0].buf );
    if (transfer->buffers != transfer->room) free( transfer->buffers );
    if (transfer->routine)
    {
        transfer->overlapped->InternalHigh = transfer->bytes;
        transfer->overlapped->Internal = transfer->error;
        cipher_upcalls.lpWPUQueueApc( &transfer->thread, call_routine, (DWORD_PTR)transfer, &err );
    }
    else
    {
        ok( !WPUCompleteOverlappedRequest( pair->upper, transfer->overlapped, transfer->error, transfer->bytes, &err ),
            "error %d\n", err );
        free( transfer );
    }
    InterlockedDecrement( &pair->pending );
}

DWORD WINAPI cipher_take_packets( void *arg )
{
    struct cipher_transfer *transfer;
    OVERLAPPED *ov;
    ULONG_PTR key;
    DWORD bytes;
    int err = 0;

    for (;;)
    {
        ov = NULL;
        if (!GetQueuedCompletionStatus( arg, &bytes, &key, &ov, INFINITE ) && !ov) return 0;
        transfer = CONTAINING_RECORD( ov, struct cipher_transfer, ov );
        transfer->bytes = bytes;
        /* the lower socket may be closed; a packet may come before the result */
        while (
            !cipher_lower.lpWSPGetOverlappedResult( transfer->pair->lower, ov, &bytes, FALSE, &transfer->flags, &err )
            && ( err == WSA_IO_INCOMPLETE || err == WSA_IO_PENDING ))
            Sleep( 0 );
        if ((DWORD)ov->Internal == 0) err = 0;
        else if (err == WSAENOTSOCK || err == WSA_INVALID_HANDLE) err = WSA_OPERATION_ABORTED;
        transfer->error = err;
        finish( transfer );
    }
}

struct cipher_transfer *cipher_begin( struct cipher_pair *pair, WSAOVERLAPPED *ov,
                                      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const WSATHREADID *thread )
{
    struct cipher_transfer *transfer = calloc( 1, sizeof( *transfer ) );
    HANDLE event = (HANDLE)( (ULONG_PTR)ov->hEvent & ~(ULONG_PTR)3 );

    transfer->pair = pair;
    transfer->overlapped = ov;
    transfer->routine = routine;
    transfer->buffers = transfer->room;
    if (thread) transfer->thread = *thread;
    ov->Internal = STATUS_PENDING;
    if (event && !routine) ResetEvent( event );
    InterlockedIncrement( &pair->pending );
    return transfer;
}

/* After the call cipher_lower. Returns its result. */
int cipher_begun( struct cipher_transfer *transfer, int ret, DWORD bytes, const int *err )
{
    if (!ret)
    {
        transfer->bytes = bytes;
        finish( transfer );
    }
    else if (*err != WSA_IO_PENDING)
    {
        transfer->overlapped->Internal = 0xc0010000 | *err;
        InterlockedDecrement( &transfer->pair->pending );
        if (!transfer->received) free( transfer->room[0].buf );
        if (transfer->buffers != transfer->room) free( transfer->buffers );
        free( transfer );
    }
    return ret;
}

/* ---- data */

/* A ciphered copy of all buffers in one. NULL: they aren't memory, or there is none. */
static char *copy_buffers( const WSABUF *buffers, DWORD count, DWORD *len )
{
    char *copy, *place;
    DWORD i;

    *len = 0;
    if (!count || IsBadReadPtr( buffers, count * sizeof( *buffers ) )) return NULL;
    for (i = 0; i < count; i++)
    {
        if (buffers[i].len && IsBadReadPtr( buffers[i].buf, buffers[i].len )) return NULL;
        *len += buffers[i].len;
    }
    if (!( copy = place = malloc( *len + 1 ) )) return NULL;
    for (i = 0; i < count; place += buffers[i++].len) memcpy( place, buffers[i].buf, buffers[i].len );
    cipher( copy, *len );
    return copy;
}

int WSPAPI cipher_send_to( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags,
                           const struct sockaddr *addr, int addr_len, WSAOVERLAPPED *ov,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err );
    struct cipher_transfer *transfer = NULL;
    WSABUF buffer;
    DWORD bytes = 0;
    int ret;

    if (!pair) return SOCKET_ERROR;
    if (pair->plain) ov = NULL;
    *err = WSAEFAULT;
    if (!ov && IsBadWritePtr( sent, sizeof( *sent ) )) return SOCKET_ERROR;
    if (ov && IsBadWritePtr( ov, sizeof( *ov ) )) return SOCKET_ERROR;
    if (!( buffer.buf = copy_buffers( buffers, count, &buffer.len ) )) return SOCKET_ERROR;
    if (ov)
    {
        transfer = cipher_begin( pair, ov, routine, thread );
        transfer->room[0] = buffer;
    }
    ret = cipher_lower.lpWSPSendTo( pair->lower, &buffer, 1, &bytes, flags, addr, addr_len, ov ? &transfer->ov : NULL,
                                    NULL, thread, err );
    if (!ret && sent) *sent = bytes;
    if (transfer) return cipher_begun( transfer, ret, bytes, err );
    free( buffer.buf );
    return ret;
}

int WSPAPI cipher_send( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *ov,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    return cipher_send_to( s, buffers, count, sent, flags, NULL, 0, ov, routine, thread, err );
}

int WSPAPI cipher_recv_from( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags,
                             struct sockaddr *addr, int *addr_len, WSAOVERLAPPED *ov,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err );
    struct cipher_transfer *transfer = NULL;
    DWORD bytes = 0;
    int ret;

    if (!pair) return SOCKET_ERROR;
    if (pair->plain) ov = NULL;
    *err = WSAEFAULT;
    if (IsBadReadPtr( buffers, count * sizeof( *buffers ) ) || !flags) return SOCKET_ERROR;
    if (!ov && IsBadWritePtr( received, sizeof( *received ) )) return SOCKET_ERROR;
    if (ov && IsBadWritePtr( ov, sizeof( *ov ) )) return SOCKET_ERROR;
    if (ov)
    {
        transfer = cipher_begin( pair, ov, routine, thread );
        transfer->received = TRUE;
        transfer->count = count;
        if (count > ARRAY_SIZE( transfer->room )) transfer->buffers = malloc( count * sizeof( *buffers ) );
        memcpy( transfer->buffers, buffers, count * sizeof( *buffers ) );
    }
    ret = cipher_lower.lpWSPRecvFrom( pair->lower, buffers, count, &bytes, flags, addr, addr_len,
                                      ov ? &transfer->ov : NULL, NULL, thread, err );
    if (!ret && received) *received = bytes;
    if (transfer) return cipher_begun( transfer, ret, bytes, err );
    if (!ret) cipher_buffers( buffers, count, bytes );
    return ret;
}

int WSPAPI cipher_recv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *ov,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err )
{
    return cipher_recv_from( s, buffers, count, received, flags, NULL, NULL, ov, routine, thread, err );
}

BOOL WSPAPI cipher_result( SOCKET s, WSAOVERLAPPED *ov, DWORD *bytes, BOOL wait, DWORD *flags, int *err )
{
    struct cipher_pair *pair = cipher_find( s, err );
    HANDLE event;

    if (!pair) return FALSE;
    if (IsBadReadPtr( ov, sizeof( *ov ) ) || IsBadWritePtr( bytes, sizeof( *bytes ) )
        || IsBadWritePtr( flags, sizeof( *flags ) ))
        return cipher_lower.lpWSPGetOverlappedResult( pair->lower, ov, bytes, wait, flags, err );
    event = (HANDLE)( (ULONG_PTR)ov->hEvent & ~(ULONG_PTR)3 );
    while (wait && ( DWORD ) * (volatile ULONG_PTR *)&ov->Internal == STATUS_PENDING)
        if (!event || WaitForSingleObject( event, 10 )) Sleep( 1 );
    *flags = 0;
    *bytes = ov->InternalHigh;
    *err = (DWORD)ov->Internal == STATUS_PENDING ? WSA_IO_INCOMPLETE : (WORD)ov->Internal;
    return !*err;
}

/* ---- extension functions; without TransmitFile and TransmitPackets, whose files would have to be ciphered */

static LPFN_ACCEPTEX accept_below;
static LPFN_CONNECTEX connect_below;
static LPFN_DISCONNECTEX disconnect_below;

static BOOL extension_begun( struct cipher_transfer *transfer, BOOL done, DWORD bytes )
{
    int err = WSAGetLastError();

    if (cipher_begun( transfer, done ? 0 : SOCKET_ERROR, bytes, &err ))
    {
        WSASetLastError( err );
        return FALSE;
    }
    return TRUE;
}

/* Handles of other providers are theirs to judge, and so are bad parameters. */
static SOCKET lower_of( SOCKET s )
{
    int err;
    struct cipher_pair *pair = cipher_find( s, &err );

    return pair ? pair->lower : s;
}

static BOOL WINAPI cipher_accept_ex( SOCKET listener, SOCKET s, void *buffer, DWORD len, DWORD local, DWORD remote,
                                     DWORD *received, OVERLAPPED *ov )
{
    int err;
    struct cipher_pair *listening = cipher_find( listener, &err );
    SOCKET lower = lower_of( s );
    struct cipher_transfer *transfer;
    DWORD bytes = 0;
    BOOL ret;

    if (!listening || IsBadWritePtr( ov, sizeof( *ov ) ))
        return accept_below( lower_of( listener ), lower, buffer, len, local, remote, received, ov );
    transfer = cipher_begin( listening, ov, NULL, NULL );
    transfer->received = TRUE;
    transfer->count = 1;
    transfer->room[0].buf = buffer;
    transfer->room[0].len = len;
    ret = accept_below( listening->lower, lower, buffer, len, local, remote, &bytes, &transfer->ov );
    if (ret && received) *received = bytes;
    return extension_begun( transfer, ret, bytes );
}

static BOOL WINAPI cipher_connect_ex( SOCKET s, const struct sockaddr *addr, int addr_len, void *data, DWORD len,
                                      DWORD *sent, OVERLAPPED *ov )
{
    int err;
    struct cipher_pair *pair = cipher_find( s, &err );
    WSABUF program = { data ? len : 0, data }, buffer;
    struct cipher_transfer *transfer;
    DWORD bytes = 0;
    BOOL ret;

    if (!pair || IsBadWritePtr( ov, sizeof( *ov ) ) || ( sent && IsBadWritePtr( sent, sizeof( *sent ) ) )
        || !( buffer.buf = copy_buffers( &program, 1, &buffer.len ) ))
        return connect_below( lower_of( s ), addr, addr_len, data, len, sent, ov );
    transfer = cipher_begin( pair, ov, NULL, NULL );
    transfer->room[0] = buffer;
    ret = connect_below( pair->lower, addr, addr_len, data ? buffer.buf : NULL, buffer.len, &bytes, &transfer->ov );
    if (ret && sent) *sent = bytes;
    return extension_begun( transfer, ret, bytes );
}

static BOOL WINAPI cipher_disconnect_ex( SOCKET s, OVERLAPPED *ov, DWORD flags, DWORD reserved )
{
    int err;
    struct cipher_pair *pair = cipher_find( s, &err );
    struct cipher_transfer *transfer;

    if (!pair || IsBadWritePtr( ov, sizeof( *ov ) )) return disconnect_below( lower_of( s ), ov, flags, reserved );
    transfer = cipher_begin( pair, ov, NULL, NULL );
    return extension_begun( transfer, disconnect_below( pair->lower, &transfer->ov, flags, reserved ), 0 );
}

int cipher_extension( SOCKET lower, const GUID *id, void **function, WSATHREADID *thread, int *err )
{
    static const struct
    {
        GUID id;
        void *function;
        void **known; /* NULL: that from below will do */
    } table[] = {
        { WSAID_ACCEPTEX, (void *)cipher_accept_ex, (void **)&accept_below },
        { WSAID_CONNECTEX, (void *)cipher_connect_ex, (void **)&connect_below },
        { WSAID_DISCONNECTEX, (void *)cipher_disconnect_ex, (void **)&disconnect_below },
        { WSAID_GETACCEPTEXSOCKADDRS, NULL, NULL },
        { WSAID_WSARECVMSG, NULL, NULL }, /* for datagrams: never for a handle of ours */
        { WSAID_WSASENDMSG, NULL, NULL },
    };
    void *found;
    DWORD size;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( table ); i++)
    {
        if (!IsEqualGUID( id, &table[i].id )) continue;
        if (cipher_lower.lpWSPIoctl( lower, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)id, sizeof( *id ), &found,
                                     sizeof( found ), &size, NULL, NULL, thread, err ))
            return SOCKET_ERROR;
        if (table[i].known) *table[i].known = found;
        *function = table[i].function ? table[i].function : found;
        return 0;
    }
    *err = WSAEINVAL;
    return SOCKET_ERROR;
}
