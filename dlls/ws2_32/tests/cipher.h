/*
 * A layered provider without handles of its own that changes the data: cipher_layer.c, cipher_transfer.c
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_CIPHER_H
#define TESTS_CIPHER_H

#include "sockets.h"
#include "installation.h"

#define CIPHER_KEY 0x5a

/* What it has made and closed. */
extern LONG cipher_opened, cipher_closed;
extern BOOL cipher_has_poll;           /* it has a WSAPoll of its own */
extern WSAPROTOCOL_INFOW cipher_below; /* the base provider's entry */
extern WSPUPCALLTABLE cipher_upcalls;

extern WSPPROC_TABLE cipher_lower; /* the base provider's functions */

/* One is never freed: another thread may be about to use it. */
struct cipher_pair
{
    SOCKET upper, lower;
    volatile LONG pending;
    BOOL plain; /* not overlapped: an OVERLAPPED is ignored */
};

/* NULL: it is another handle. */
struct cipher_pair *cipher_find( SOCKET s, int *err );

/* ---- cipher_transfer.c */

struct cipher_transfer
{
    WSAOVERLAPPED ov; /* of the lower socket */
    struct cipher_pair *pair;
    WSAOVERLAPPED *overlapped;
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    WSATHREADID thread;
    DWORD error, bytes, flags, count;
    BOOL received;
    WSABUF *buffers; /* of the program, or one with what is sent */
    WSABUF room[4];
    int addr_len;
};

/* An overlapped operation, before and after the call of what lies below. */
struct cipher_transfer *cipher_begin( struct cipher_pair *pair, WSAOVERLAPPED *ov,
                                      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, const WSATHREADID *thread );
int cipher_begun( struct cipher_transfer *transfer, int ret, DWORD bytes, const int *err );
DWORD WINAPI cipher_take_packets( void *arg );
int cipher_extension( SOCKET lower, const GUID *id, void **function, WSATHREADID *thread, int *err );

int WSPAPI cipher_send_to( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags,
                           const struct sockaddr *addr, int addr_len, WSAOVERLAPPED *ov,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err );
int WSPAPI cipher_send( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *ov,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err );
int WSPAPI cipher_recv_from( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags,
                             struct sockaddr *addr, int *addr_len, WSAOVERLAPPED *ov,
                             LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err );
int WSPAPI cipher_recv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *ov,
                        LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err );
BOOL WSPAPI cipher_result( SOCKET s, WSAOVERLAPPED *ov, DWORD *bytes, BOOL wait, DWORD *flags, int *err );

/* ---- cipher_layer.c */

int cipher_startup( WORD version, WSPDATA *data, WSAPROTOCOL_INFOW *info, WSPUPCALLTABLE upcall_table,
                    WSPPROC_TABLE *table );

#endif /* TESTS_CIPHER_H */
