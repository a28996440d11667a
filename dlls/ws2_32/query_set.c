/*
 * WSAQUERYSET: a program's query, and its results
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "query_set.h"
#include "ws2_32.h"

C_ASSERT( sizeof( WSAQUERYSETA ) == sizeof( WSAQUERYSETW ) ); /* only what the strings point to differs */

/* ---- of the program */

static int query_capture_guid( const GUID *guid, GUID *copy, BOOL *there )
{
    if (!( *there = guid != NULL )) return 0;
    if (IsBadReadPtr( guid, sizeof( *guid ) )) return WSAEFAULT;
    *copy = *guid;
    return 0;
}

static int query_capture_protocols( const WSAQUERYSETW *set, struct query *query )
{
    DWORD i;

    if (!set->dwNumberOfProtocols || !set->lpafpProtocols) return 0;
    if (is_bad_array( set->lpafpProtocols, set->dwNumberOfProtocols, sizeof( *set->lpafpProtocols ) )) return WSAEFAULT;
    query->protocols = set->dwNumberOfProtocols;
    for (i = 0; i < query->protocols; i++)
    {
        AFPROTOCOLS protocol = set->lpafpProtocols[i];

        if (protocol.iProtocol && protocol.iProtocol != IPPROTO_TCP && protocol.iProtocol != IPPROTO_UDP) continue;
        if (protocol.iAddressFamily == AF_INET || protocol.iAddressFamily == AF_UNSPEC) query->v4 = TRUE;
        else if (protocol.iAddressFamily == AF_INET6) query->v6 = TRUE;
        else continue;
        if (protocol.iProtocol != IPPROTO_UDP) query->tcp = TRUE;
        if (protocol.iProtocol != IPPROTO_TCP) query->udp = TRUE;
    }
    return 0;
}

int query_capture( const void *set, BOOL unicode, BOOL idn, struct query *query )
{
    WSAQUERYSETW copy;
    int err;

    memset( query, 0, sizeof( *query ) );
    if (!set || IsBadReadPtr( set, sizeof( copy ) )) return WSAEFAULT;
    memcpy( &copy, set, sizeof( copy ) );
    if (copy.dwSize < sizeof( copy )) return WSAEFAULT;
    query->name_space = copy.dwNameSpace;
    query->has_name = copy.lpszServiceInstanceName != NULL;
    if (unicode)
        err = name_from_unicode( copy.lpszServiceInstanceName, idn, query->name, sizeof( query->name ), WSAEINVAL );
    else
        err = name_from_ansi( (char *)copy.lpszServiceInstanceName, idn, query->name, sizeof( query->name ),
                              WSAEINVAL );
    if (!err) err = query_capture_guid( copy.lpServiceClassId, &query->class_id, &query->has_class );
    if (!err) err = query_capture_guid( copy.lpNSProviderId, &query->provider, &query->has_provider );
    if (!err) err = query_capture_protocols( &copy, query );
    return err;
}

/* ---- for the program */

void *pack_bytes( struct packer *packer, const void *data, SIZE_T size )
{
    void *ret;

    packer->used = ( packer->used + 7 ) & ~(SIZE_T)7;
    ret = packer->base ? packer->base + packer->used : NULL;
    if (ret && data) memcpy( ret, data, size );
    packer->used += size;
    return ret;
}

void *pack_text( struct packer *packer, const char *str )
{
    UINT len;
    void *ret;

    if (!str) return NULL;
    len = packer->unicode ? name_to_unicode( str, NULL, 0 ) : name_to_ansi( str, NULL, 0 );
    ret = pack_bytes( packer, NULL, len * ( packer->unicode ? sizeof( WCHAR ) : 1 ) );
    if (ret && packer->unicode) name_to_unicode( str, ret, len );
    else if (ret) name_to_ansi( str, ret, len );
    return ret;
}

static void pack_address( struct packer *packer, const struct name_address *addr, USHORT port, SOCKET_ADDRESS *out )
{
    char bytes[sizeof( SOCKADDR_IN6 )];

    out->iSockaddrLength = address_to_sockaddr( addr, port, bytes );
    out->lpSockaddr = pack_bytes( packer, bytes, out->iSockaddrLength );
}

static CSADDR_INFO *pack_addresses( struct packer *packer, const struct query_answer *answer )
{
    CSADDR_INFO *list = pack_bytes( packer, NULL, answer->addr_count * sizeof( *list ) ), info;
    UINT i;

    for (i = 0; i < answer->addr_count; i++)
    {
        struct name_address any = { .family = answer->addrs[i].family };

        /* the other end is any address of the family */
        memset( &info, 0, sizeof( info ) );
        pack_address( packer, &any, 0, answer->is_service ? &info.RemoteAddr : &info.LocalAddr );
        pack_address( packer, &answer->addrs[i], answer->port,
                      answer->is_service ? &info.LocalAddr : &info.RemoteAddr );
        info.iSocketType = answer->socktype;
        info.iProtocol = answer->protocol;
        if (list) memcpy( list + i, &info, sizeof( info ) );
    }
    return list;
}

static void pack_answer( struct packer *packer, const struct query_answer *answer )
{
    WSAQUERYSETW set
        = { .dwSize = sizeof( set ), .dwNameSpace = answer->name_space, .dwOutputFlags = answer->output_flags };
    void *place = pack_bytes( packer, NULL, sizeof( set ) );
    BLOB blob;

    set.lpszServiceInstanceName = pack_text( packer, answer->name );
    set.lpszQueryString = pack_text( packer, answer->query );
    if (answer->class_id) set.lpServiceClassId = pack_bytes( packer, answer->class_id, sizeof( GUID ) );
    if (answer->provider) set.lpNSProviderId = pack_bytes( packer, answer->provider, sizeof( GUID ) );
    if (answer->addr_count)
    {
        set.dwNumberOfCsAddrs = answer->addr_count;
        set.lpcsaBuffer = pack_addresses( packer, answer );
    }
    if (answer->blob)
    {
        blob.cbSize = answer->blob_size;
        blob.pBlobData = pack_bytes( packer, answer->blob, answer->blob_size );
        set.lpBlob = pack_bytes( packer, &blob, sizeof( blob ) );
    }
    if (place) memcpy( place, &set, sizeof( set ) );
}

SIZE_T query_pack( const struct query_answer *answer, BOOL unicode, void *out, SIZE_T size )
{
    struct packer packer = { .unicode = unicode };

    pack_answer( &packer, answer );
    if (packer.used > size) return packer.used;
    packer.base = out;
    packer.used = 0;
    pack_answer( &packer, answer );
    return packer.used;
}
