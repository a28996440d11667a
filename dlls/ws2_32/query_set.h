/*
 * WSAQUERYSET: what a program asks, and what it is told
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
    UINT protocols;        /* how many the program restricts it to; 0: none */
    BOOL v4, v6, tcp, udp; /* which of ours are among them */
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
    BOOL is_service; /* the addresses are to bind to, not to connect to */
    int socktype, protocol;
    const void *blob;
    UINT blob_size;
};

/* The bytes needed; they are written where size is enough. */
SIZE_T query_pack( const struct query_answer *answer, BOOL unicode, void *out, SIZE_T size );

/* First the structure, behind it what it points to, each aligned to 8 bytes. Without base it is only measured. */
struct packer
{
    char *base;
    SIZE_T used;
    BOOL unicode;
};

/* The place of what was put there, NULL if only measured; data NULL leaves it to the caller. str NULL is no string. */
void *pack_bytes( struct packer *packer, const void *data, SIZE_T size );
void *pack_text( struct packer *packer, const char *str );

/* ---- name_space.c */

extern const GUID dns_provider; /* of the name space "Tcpip" */

/* Is this the name space or, where there is one, the provider that we have? */
BOOL name_space_matches( DWORD name_space, const GUID *provider );

/* ---- service_class.c */

/* The port that an installed class has for DNS. FALSE if there is no such class, or none in it. */
BOOL service_class_port( const GUID *class_id, USHORT *port, BOOL *udp );

#endif /* WS2_32_QUERY_SET_H */
