/*
 * DNS through dnsapi.dll, where there is no Unix library
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"
#include <windns.h>

#define DNS_MAX 128 /* addresses of one name */

/* DnsQuery_UTF8: of Debian sid's Wine 10.0 the functions for other character sets have no memory for any record. */
static DNS_STATUS( WINAPI *dns_query )( const char *name, WORD type, DWORD options, void *extra, DNS_RECORDA **records,
                                        void **reserved );
static void( WINAPI *dns_free )( void *data, DNS_FREE_TYPE type );
static INIT_ONCE dns_once = INIT_ONCE_STATIC_INIT;

static BOOL CALLBACK dns_init( INIT_ONCE *once, void *param, void **context )
{
    HMODULE module = LoadLibraryW( L"dnsapi.dll" );

    (void)once;
    (void)param;
    (void)context;
    if (!module) return TRUE;
    dns_free = (void *)GetProcAddress( module, "DnsFree" );
    if (dns_free) dns_query = (void *)GetProcAddress( module, "DnsQuery_UTF8" );
    return TRUE;
}

static int dns_error( DNS_STATUS status )
{
    switch (status)
    {
    case 0: return 0;
    case DNS_ERROR_BAD_PACKET: /* Wine 8.0: an alias without a record of the type, and PTR */
    case DNS_INFO_NO_RECORDS: return WSANO_DATA;
    case DNS_ERROR_RCODE_NAME_ERROR:
    case DNS_ERROR_INVALID_NAME:
    case DNS_ERROR_INVALID_NAME_CHAR:
    case DNS_ERROR_NON_RFC_NAME: return WSAHOST_NOT_FOUND;
    case DNS_ERROR_RCODE_SERVER_FAILURE:
    case DNS_ERROR_TRY_AGAIN_LATER:
    case ERROR_TIMEOUT:
    case WSAETIMEDOUT: return WSATRY_AGAIN;
    case DNS_ERROR_RCODE_FORMAT_ERROR:
    case DNS_ERROR_RCODE_NOT_IMPLEMENTED:
    case DNS_ERROR_RCODE_REFUSED:
    case DNS_ERROR_NO_DNS_SERVERS: return WSANO_RECOVERY;
    case ERROR_NOT_ENOUGH_MEMORY: return WSA_NOT_ENOUGH_MEMORY;
    default: return WSAHOST_NOT_FOUND;
    }
}

struct answer
{
    struct name_address addrs[DNS_MAX];
    UINT count;
    char name[NAME_LEN_MAX + 1];
};

static void dns_answer_set_name( struct answer *answer, const char *name )
{
    if (strlen( name ) < sizeof( answer->name )) strcpy( answer->name, name );
}

static void dns_answer_add( struct answer *answer, const DNS_RECORDA *record )
{
    struct name_address *addr = &answer->addrs[answer->count];

    if (answer->count == DNS_MAX || record->Flags.S.Section > 1)
        return; /* 0 as older dnsapi leave it, 1: the answer section */
    if (record->wType == DNS_TYPE_A)
    {
        addr->family = AF_INET;
        memcpy( addr->bytes, &record->Data.A.IpAddress, 4 );
    }
    else if (record->wType == DNS_TYPE_AAAA)
    {
        addr->family = AF_INET6;
        memcpy( addr->bytes, &record->Data.AAAA.Ip6Address, 16 );
    }
    else return;
    /* the owner of an address record is the end of the chain of aliases */
    if (!answer->count++) dns_answer_set_name( answer, record->pName );
}

static int dns_answer_query( struct answer *answer, const char *name, WORD type )
{
    DNS_RECORDA *record, *records = NULL;
    DNS_STATUS status = dns_query( name, type, DNS_QUERY_STANDARD, NULL, &records, NULL );
    UINT count = answer->count;

    if (status) return dns_error( status );
    for (record = records; record; record = record->pNext)
    {
        if (type != DNS_TYPE_PTR) dns_answer_add( answer, record );
        else if (record->wType == DNS_TYPE_PTR)
        {
            dns_answer_set_name( answer, record->Data.PTR.pNameHost );
            answer->count++;
            break;
        }
    }
    dns_free( records, DnsFreeRecordList );
    return answer->count == count ? WSANO_DATA : 0;
}

static struct answer *dns_answer_create( void )
{
    InitOnceExecuteOnce( &dns_once, dns_init, NULL, NULL );
    return dns_query ? HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( struct answer ) ) : NULL;
}

/* Don't ask for impossible names: dnsapi's errors for them differ by release. */
static BOOL dns_name_valid( const char *name )
{
    UINT label;

    if (!name[0] || strlen( name ) > NAME_LEN_MAX - 1
        || ( strlen( name ) == NAME_LEN_MAX - 1 && name[NAME_LEN_MAX - 2] != '.' ))
        return FALSE;
    for (label = 0; *name; name++)
    {
        label = *name == '.' ? 0 : label + 1;
        if (label > 63 || ( *name == '.' && name[1] == '.' )) return FALSE;
    }
    return TRUE;
}

/* Wine's dnsapi reports a name that only lacks the type like one that doesn't exist: ERROR_INVALID_NAME or
 * DNS_ERROR_RCODE_NAME_ERROR. A query for all types is reliable; records that it can't read give
 * DNS_ERROR_BAD_PACKET. */
static BOOL dns_name_exists( const char *name )
{
    DNS_RECORDA *records = NULL;
    DNS_STATUS status = dns_query( name, DNS_TYPE_ANY, DNS_QUERY_STANDARD, NULL, &records, NULL );

    if (!status && records) dns_free( records, DnsFreeRecordList );
    return !status || dns_error( status ) == WSANO_DATA;
}

static int dns_answer_name( struct answer *answer, const char *name, int family )
{
    int ret = WSAHOST_NOT_FOUND, ret6;

    if (!dns_name_valid( name )) return WSAHOST_NOT_FOUND;
    if (family != AF_INET6) ret = dns_answer_query( answer, name, DNS_TYPE_A );
    if (family != AF_INET && ( !ret || ret == WSANO_DATA || ret == WSAHOST_NOT_FOUND ))
    {
        ret6 = dns_answer_query( answer, name, DNS_TYPE_AAAA );
        if (family == AF_INET6 || ret) ret = ret6;
    }
    return ret == WSAHOST_NOT_FOUND && dns_name_exists( name ) ? WSANO_DATA : ret;
}

/* A name without dots is searched in the domains of the host's resolv.conf, which Wine's dnsapi doesn't do. */
static int dns_answer_search( struct answer *answer, const char *name, int family )
{
    struct text *text = strchr( name, '.' ) ? NULL : text_open( TEXT_UNIX_RESOLV );
    const char *pos = text ? text->data : "";
    char full[NAME_LEN_MAX + 1];
    struct text_line line;
    int ret = WSAHOST_NOT_FOUND;
    UINT i;

    while (!answer->count && text_next( &pos, &line ))
    {
        if (!text_field_is( &line, 0, "search" ) && !text_field_is( &line, 0, "domain" )) continue;
        for (i = 1; i < line.count && !answer->count; i++)
        {
            if (strlen( name ) + line.field[i].len + 2 > sizeof( full )) continue;
            lstrcpyA( full, name );
            lstrcatA( full, "." );
            lstrcpynA( full + strlen( full ), line.field[i].str, line.field[i].len + 1 );
            ret = dns_answer_name( answer, full, family );
        }
    }
    text_close( text );
    return answer->count ? ret : dns_answer_name( answer, name, family );
}

/* IPv4 addresses before IPv6 ones: without the host's resolver we don't know whether IPv6 works. */
int dns_find( const char *name, int family, struct name_result **result )
{
    struct answer *answer = dns_answer_create();
    DWORD error = GetLastError();
    int ret;

    if (!answer) return WSANO_RECOVERY;
    ret = dns_answer_search( answer, name, family );
    if (answer->count)
    {
        *result = result_create( answer->name, NULL, 0, answer->addrs, answer->count );
        ret = *result ? 0 : WSA_NOT_ENOUGH_MEMORY;
    }
    HeapFree( GetProcessHeap(), 0, answer );
    SetLastError( error );
    return ret;
}

static void dns_reverse_name( const struct name_address *addr, char *name )
{
    static const char digits[] = "0123456789abcdef";
    int i;

    if (addr->family == AF_INET)
    {
        struct in_addr in
            = { .s_net = addr->bytes[3], .s_host = addr->bytes[2], .s_lh = addr->bytes[1], .s_impno = addr->bytes[0] };

        strcpy( RtlIpv4AddressToStringA( &in, name ), ".in-addr.arpa" );
        return;
    }
    for (i = 15; i >= 0; i--)
    {
        *name++ = digits[addr->bytes[i] & 15];
        *name++ = '.';
        *name++ = digits[addr->bytes[i] >> 4];
        *name++ = '.';
    }
    strcpy( name, "ip6.arpa" );
}

int dns_find_address( const struct name_address *addr, struct name_result **result )
{
    struct answer *answer = dns_answer_create();
    DWORD error = GetLastError();
    char name[80];
    int ret;

    if (!answer) return WSANO_RECOVERY;
    dns_reverse_name( addr, name );
    if (!( ret = dns_answer_query( answer, name, DNS_TYPE_PTR ) ))
    {
        *result = result_create( answer->name, NULL, 0, addr, 1 );
        if (!*result) ret = WSA_NOT_ENOUGH_MEMORY;
    }
    HeapFree( GetProcessHeap(), 0, answer );
    SetLastError( error );
    return ret;
}
