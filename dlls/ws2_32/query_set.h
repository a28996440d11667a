/*
 * WSAQUERYSET: a program's query, and its results
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WS2_32_QUERY_SET_H
#define WS2_32_QUERY_SET_H

#include "resolve.h"

#define QUERY_NAME_MAX 1024

/* Our copy of a WSAQUERYSET. Names are UTF-8. */
struct query
{
    BOOL has_name, has_class, has_provider;
    GUID class_id, provider;
    DWORD name_space;
    UINT protocols;        /* to how many protocols the program restricts it; 0: any */
    BOOL v4, v6, tcp, udp; /* which of our protocols are among them */
    char name[QUERY_NAME_MAX];
};

/* Returns 0, WSAEFAULT or WSAEINVAL. unicode: set is a WSAQUERYSETW, else a WSAQUERYSETA. */
int query_capture( const void *set, BOOL unicode, BOOL idn, struct query *query );

struct query_answer
{
    const char *name, *query; /* UTF-8; here and below: NULL for none */
    const GUID *class_id;
    const GUID *provider;
    DWORD name_space;
    DWORD output_flags;
    const struct name_address *addrs;
    UINT addr_count;
    USHORT port;     /* network order */
    BOOL is_service; /* the addresses are for bind, not for connect */
    int socktype, protocol;
    const void *blob;
    UINT blob_size;
};

/* Returns the bytes needed, and writes them if size is enough. */
SIZE_T query_pack( const struct query_answer *answer, BOOL unicode, void *out, SIZE_T size );

/* The structure first, then what it points to, each aligned to 8 bytes. Without base it is only measured. */
struct packer
{
    char *base;
    SIZE_T used;
    BOOL unicode;
};

/* Returns where the data was put, NULL if only measured. data NULL: the caller writes it. str NULL: no string. */
void *pack_bytes( struct packer *packer, const void *data, SIZE_T size );
void *pack_text( struct packer *packer, const char *str );

/* ---- name_space_store.c */

extern const GUID dns_provider; /* of the name space "Tcpip" */

/* Is this DNS and, if a provider is given, ours? */
BOOL name_space_matches( DWORD name_space, const GUID *provider );
BOOL name_space_is_known( const GUID *provider ); /* is it in the catalogue? */

/* ---- lookup_service.c: one lookup in DNS. All return 0, or SOCKET_ERROR with the last error. */

int lookup_begin( const void *set, BOOL unicode, DWORD flags, HANDLE *handle );
int lookup_next_locked( HANDLE handle, BOOL unicode, DWORD flags, DWORD *size, void *results );
int lookup_end( HANDLE handle );
BOOL lookup_is_open( HANDLE handle );

/* ---- service_class.c */

/* The port that an installed class has for DNS. FALSE if there is no such class, or none in it. */
BOOL service_class_port( const GUID *class_id, USHORT *port, BOOL *udp );

#endif /* WS2_32_QUERY_SET_H */
