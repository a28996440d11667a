/*
 * The services and protocol databases
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include "resolve.h"

/* Used when a file is missing or lacks the entry; in the format of the files. Numbers are IANA's. */
static const char builtin_services[]
    = "echo 7/tcp\necho 7/udp\ndiscard 9/tcp sink null\ndiscard 9/udp sink null\nsystat 11/tcp users\ndaytime "
      "13/tcp\ndaytime 13/udp\n"
      "qotd 17/tcp quote\nqotd 17/udp quote\nchargen 19/tcp ttytst source\nchargen 19/udp ttytst source\nftp-data "
      "20/tcp\nftp 21/tcp\n"
      "ssh 22/tcp\ntelnet 23/tcp\nsmtp 25/tcp mail\ntime 37/tcp timserver\ntime 37/udp timserver\nnicname 43/tcp "
      "whois\n"
      "domain 53/tcp\ndomain 53/udp\nbootps 67/udp dhcps\nbootpc 68/udp dhcpc\ntftp 69/udp\ngopher 70/tcp\nfinger "
      "79/tcp\n"
      "http 80/tcp www www-http\nkerberos 88/tcp krb5 kerberos-sec\nkerberos 88/udp krb5 kerberos-sec\npop3 110/tcp\n"
      "sunrpc 111/tcp rpcbind portmap\nsunrpc 111/udp rpcbind portmap\nauth 113/tcp ident tap\nnntp 119/tcp "
      "usenet\nntp 123/udp\n"
      "epmap 135/tcp loc-srv\nepmap 135/udp loc-srv\nnetbios-ns 137/tcp nbname\nnetbios-ns 137/udp nbname\nnetbios-dgm "
      "138/udp nbdatagram\n"
      "netbios-ssn 139/tcp nbsession\nimap 143/tcp imap4\nsnmp 161/udp\nsnmptrap 162/udp snmp-trap\nbgp 179/tcp\nirc "
      "194/tcp\n"
      "ldap 389/tcp\nhttps 443/tcp MCom\nhttps 443/udp MCom\nmicrosoft-ds 445/tcp\nmicrosoft-ds 445/udp\nisakmp "
      "500/udp ike\n"
      "exec 512/tcp\nlogin 513/tcp\ncmd 514/tcp shell\nsyslog 514/udp\nprinter 515/tcp spooler\nldaps 636/tcp "
      "sldap\nftps 990/tcp\n"
      "imaps 993/tcp imap4s\npop3s 995/tcp spop3\nsocks 1080/tcp\nms-sql-s 1433/tcp\nms-sql-s 1433/udp\nmysql "
      "3306/tcp\nms-wbt-server 3389/tcp\n"
      "postgresql 5432/tcp\n";

static const char builtin_protocols[]
    = "ip 0 IP\nicmp 1 ICMP\nggp 3 GGP\ntcp 6 TCP\negp 8 EGP\npup 12 PUP\nudp 17 UDP\nhmp 20 HMP\nxns-idp 22 "
      "XNS-IDP\nrdp 27 RDP\n"
      "ipv6 41 IPv6\nipv6-route 43 IPv6-Route\nipv6-frag 44 IPv6-Frag\nesp 50 ESP\nah 51 AH\nipv6-icmp 58 IPv6-ICMP\n"
      "ipv6-nonxt 59 IPv6-NoNxt\nipv6-opts 60 IPv6-Opts\nrvd 66 RVD\n";

/* Decimal digits from *pos to end; -1 if there are none or the number is above max. */
static int database_number( const char **pos, const char *end, int max )
{
    const char *p = *pos;
    int value = 0;

    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (( value = value * 10 + *p - '0' ) > max) return -1;
    if (p == *pos) return -1;
    *pos = p;
    return value;
}

/* All fields but the second, which is a number. */
static BOOL database_name_matches( const struct text_line *line, const char *name )
{
    UINT i;

    for (i = 0; i < line->count; i++)
        if (i != 1 && text_field_is( line, i, name )) return TRUE;
    return FALSE;
}

/* ---- services: name port/protocol alias ... */

static BOOL service_matches( struct service *service, const char *name, USHORT port, const char *proto )
{
    const struct text_line *line = &service->line;
    const char *pos, *end;
    char line_proto[16];
    int number;

    if (line->count < 2) return FALSE;
    pos = line->field[1].str;
    end = pos + line->field[1].len;
    if (( number = database_number( &pos, end, 0xffff ) ) < 0 || pos == end || *pos++ != '/') return FALSE;
    if (end - pos >= (int)sizeof( line_proto )) return FALSE;
    memcpy( line_proto, pos, end - pos );
    line_proto[end - pos] = 0;
    service->port = number;
    return ( !proto || ascii_equal( proto, line_proto ) )
           && ( name ? database_name_matches( line, name ) : port == number );
}

static BOOL service_scan( const char *pos, const char *name, USHORT port, const char *proto, struct service *service )
{
    while (text_next( &pos, &service->line ))
        if (service_matches( service, name, port, proto )) return TRUE;
    return FALSE;
}

int service_find( const char *name, USHORT port, const char *proto, struct service *service )
{
    static const enum text_file files[] = { TEXT_SERVICES, TEXT_UNIX_SERVICES };
    UINT i;

    for (i = 0; i < ARRAYSIZE( files ); i++)
    {
        if (!( service->text = text_open( files[i] ) )) continue;
        if (service_scan( service->text->data, name, port, proto, service )) return 0;
        text_close( service->text );
    }
    service->text = NULL;
    return service_scan( builtin_services, name, port, proto, service ) ? 0 : WSANO_DATA;
}

/* ---- protocols: name number alias ... */

static BOOL protocol_scan( const char *pos, const char *name, int number, struct protocol *protocol )
{
    const char *digits;

    while (text_next( &pos, &protocol->line ))
    {
        if (protocol->line.count < 2) continue;
        digits = protocol->line.field[1].str;
        protocol->number = database_number( &digits, digits + protocol->line.field[1].len, 255 );
        if (protocol->number >= 0
            && ( name ? database_name_matches( &protocol->line, name ) : number == protocol->number ))
            return TRUE;
    }
    return FALSE;
}

int protocol_find( const char *name, int number, struct protocol *protocol )
{
    /* not the host's file: it has 40 protocols more, which aren't there on Windows */
    if (( protocol->text = text_open( TEXT_PROTOCOL ) ))
    {
        if (protocol_scan( protocol->text->data, name, number, protocol )) return 0;
        text_close( protocol->text );
    }
    protocol->text = NULL;
    return protocol_scan( builtin_protocols, name, number, protocol ) ? 0 : WSANO_DATA;
}

/* ---- structures, one block each: pointers, then strings */

static SIZE_T database_strings_size( const struct text_line *line )
{
    SIZE_T size = 0;
    UINT i;

    for (i = 0; i < line->count; i++) size += line->field[i].len + 1;
    return size + ( line->count - 1 ) * sizeof( char * );
}

static char *database_put_string( char **pos, const char *str, UINT len )
{
    char *ret = *pos;

    memcpy( ret, str, len );
    ret[len] = 0;
    *pos += len + 1;
    return ret;
}

/* The list of aliases and the first name, at pos. */
static char **database_put_names( const struct text_line *line, char *pos, char **name, char **end )
{
    char **aliases = (char **)pos;
    UINT i;

    pos += ( line->count - 1 ) * sizeof( char * );
    *name = database_put_string( &pos, line->field[0].str, line->field[0].len );
    for (i = 2; i < line->count; i++)
        aliases[i - 2] = database_put_string( &pos, line->field[i].str, line->field[i].len );
    aliases[i - 2] = NULL;
    *end = pos;
    return aliases;
}

SIZE_T service_pack( const struct service *service, struct servent *out )
{
    const char *proto = service->line.field[1].str, *proto_end = proto + service->line.field[1].len;
    char *pos;

    if (!out) return sizeof( *out ) + database_strings_size( &service->line );
    while (*proto++ != '/')
    {
    }
    out->s_aliases = database_put_names( &service->line, (char *)( out + 1 ), &out->s_name, &pos );
    out->s_proto = database_put_string( &pos, proto, proto_end - proto );
    out->s_port = htons( service->port );
    return pos - (char *)out;
}

SIZE_T protocol_pack( const struct protocol *protocol, struct protoent *out )
{
    char *pos;

    if (!out) return sizeof( *out ) + database_strings_size( &protocol->line );
    out->p_aliases = database_put_names( &protocol->line, (char *)( out + 1 ), &out->p_name, &pos );
    out->p_proto = protocol->number;
    return pos - (char *)out;
}

/* ---- entry points. Results belong to the thread and last until its next call of the same pair of functions. */

static struct servent *service_give( const char *name, USHORT port, const char *proto )
{
    struct service service;
    struct servent *out;
    int ret = service_find( name, port, proto, &service );

    if (ret)
    {
        SetLastError( ret );
        return NULL;
    }
    if (( out = storage_get( STORAGE_SERVICE, service_pack( &service, NULL ) ) )) service_pack( &service, out );
    text_close( service.text );
    if (out) SetLastError( 0 );
    return out;
}

static struct protoent *protocol_give( const char *name, int number )
{
    struct protocol protocol;
    struct protoent *out;
    int ret = protocol_find( name, number, &protocol );

    if (ret)
    {
        SetLastError( ret );
        return NULL;
    }
    if (( out = storage_get( STORAGE_PROTOCOL, protocol_pack( &protocol, NULL ) ) )) protocol_pack( &protocol, out );
    text_close( protocol.text );
    if (out) SetLastError( 0 );
    return out;
}

/* Copies a name. Sets the last error: WSAEFAULT, or WSANO_DATA for a name that is too long to exist. */
static BOOL database_copy_name( const char *str, BOOL optional, char *out, SIZE_T size )
{
    int ret = str || optional ? name_from_ansi( str, FALSE, out, size, WSANO_DATA ) : WSAEFAULT;

    if (ret) SetLastError( ret );
    return !ret;
}

/* proto NULL for any. Matches names and aliases, ignoring case. NULL, last error: WSANOTINITIALISED, WSANO_DATA,
 * WSAEFAULT ("getservbyname function"). */
struct servent *WINAPI getservbyname( const char *name, const char *proto )
{
    char name_copy[NAME_LEN_MAX + 1], proto_copy[NAME_LEN_MAX + 1];

    if (!NAMES_STARTED() || !database_copy_name( name, FALSE, name_copy, sizeof( name_copy ) )
        || !database_copy_name( proto, TRUE, proto_copy, sizeof( proto_copy ) ))
        return NULL;
    return service_give( name_copy, 0, proto ? proto_copy : NULL );
}

/* port in network order */
struct servent *WINAPI getservbyport( int port, const char *proto )
{
    char proto_copy[NAME_LEN_MAX + 1];

    if (!NAMES_STARTED() || !database_copy_name( proto, TRUE, proto_copy, sizeof( proto_copy ) )) return NULL;
    return service_give( NULL, ntohs( port ), proto ? proto_copy : NULL );
}

struct protoent *WINAPI getprotobyname( const char *name )
{
    char copy[NAME_LEN_MAX + 1];

    if (!NAMES_STARTED() || !database_copy_name( name, FALSE, copy, sizeof( copy ) )) return NULL;
    return protocol_give( copy, 0 );
}

struct protoent *WINAPI getprotobynumber( int number )
{
    if (!NAMES_STARTED()) return NULL;
    return protocol_give( NULL, number );
}
