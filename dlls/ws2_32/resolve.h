/*
 * Names and addresses: what their files share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WS2_32_RESOLVE_H
#define WS2_32_RESOLVE_H

#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0a00
#endif
#ifndef WINSOCK_API_LINKAGE
#define WINSOCK_API_LINKAGE /* these functions are defined here, not imported */
#endif
#define WIN32_NO_STATUS
#include "wsuring_winsock.h"

#include <mstcpip.h> /* RtlIpv4StringToAddress and its kind */
#undef WIN32_NO_STATUS

#include "../wsuring/base/names.h"

#ifndef __WINESRC__ /* mingw-w64 declares the others */
LONG NTAPI RtlIpv6StringToAddressA( const char *str, char **end, IN6_ADDR *addr );
LONG NTAPI RtlIpv6StringToAddressW( const WCHAR *str, WCHAR **end, IN6_ADDR *addr );
#endif

#define NAME_LEN_MAX    255 /* of a host name, RFC 1035 */
#define SERVICE_LEN_MAX 255

/* ---- started.c */

extern BOOL startup_check( void ); /* has WSAStartup been called? Sets WSANOTINITIALISED if not */

/* ---- resolve.c: who answers, and in what order */

/* TRUE if WSAStartup was called, or the caller is one of Wine's own modules; sets WSANOTINITIALISED else. */
BOOL names_started( const void *caller );
#define NAMES_STARTED() names_started( __builtin_return_address( 0 ) )

/* All return a Winsock error, 0 for success; names are UTF-8 in our own memory; results are freed with result_free. */
int resolve_addresses( const char *name, int family, unsigned int flags, struct name_result **result );
int resolve_host( const char *name, int family, struct name_result **result );
int resolve_peer( const struct name_address *addr, struct name_result **result );
int resolve_info( const struct name_address *addr, unsigned int flags, struct name_result **result );
int resolve_self( char *name, SIZE_T size ); /* this machine's name; size 256 is always enough */
BOOL resolve_is_self( const char *name );    /* is it the name of this machine, short or qualified? */
void resolve_qualified_self( char *name, SIZE_T size );

/* ---- space_resolve.c: the same from installed name space providers too */

/* As resolve_addresses, from all of the name space's providers, or one by its identifier; without duplicates. */
int space_resolve( DWORD name_space, const GUID *provider, const char *name, int family, unsigned int flags,
                   struct name_result **result );
/* After DNS has said error. Returns it, unless another provider knows the name. */
int space_resolve_others( int error, const char *name, int family, struct name_result **result );
BOOL space_is_served( DWORD name_space, const GUID *provider ); /* is there anybody to ask? */

/* ---- result.c */

/* Creates a result. aliases: alias_count strings one after the other. NULL when out of memory. */
struct name_result *result_create( const char *name, const char *aliases, UINT alias_count,
                                   const struct name_address *addrs, UINT addr_count );
void result_free( struct name_result *result );

static inline const char *result_name( const struct name_result *result )
{
    return result->name ? (const char *)result + result->name : NULL;
}

static inline const struct name_address *result_addresses( const struct name_result *result )
{
    return (const struct name_address *)( (const char *)result + result->addresses );
}

/* ---- hosts.c: hosts files, and this machine's own addresses */

int hosts_find( int file, const char *name, int family,
                struct name_result **result ); /* file: TEXT_HOSTS or TEXT_UNIX_HOSTS */
int hosts_find_address( int file, const struct name_address *addr, struct name_result **result );
int loopback_addresses( int family, BOOL passive, struct name_result **result );
/* All of this machine's except loopback ones, best first; WSANO_DATA if there are none. */
int local_addresses( const char *name, int family, struct name_result **result );
int local_restrict(
    struct name_result **result ); /* AI_ADDRCONFIG; WSANO_DATA, and the result freed, if nothing is left */

/* ---- dns.c: dnsapi.dll, where there is no Unix library */

int dns_find( const char *name, int family, struct name_result **result );
int dns_find_address( const struct name_address *addr, struct name_result **result );

/* ---- textfile.c: the databases' files, kept in memory until they change */

enum text_file
{
    TEXT_HOSTS,
    TEXT_SERVICES,
    TEXT_PROTOCOL, /* of the prefix: DataBasePath of the registry */
    TEXT_UNIX_HOSTS,
    TEXT_UNIX_SERVICES,
    TEXT_UNIX_RESOLV, /* of the host: /etc */
    TEXT_COUNT
};

struct text
{
    LONG refs;
    FILETIME time;
    LARGE_INTEGER size;
    char data[1]; /* NUL-terminated */
};

struct text *text_open( enum text_file file ); /* NULL if the file isn't there */
void text_close( struct text *text );

#define TEXT_FIELDS 36

struct text_line
{
    UINT count;
    struct
    {
        const char *str;
        UINT len;
    } field[TEXT_FIELDS];
};

/* Next line that isn't empty or a comment; FALSE at the end. */
BOOL text_next( const char **pos, struct text_line *line );
BOOL text_field_is( const struct text_line *line, UINT index, const char *str ); /* case doesn't count */

/* ---- storage.c: results that functions return a pointer to, one of each kind per thread */

enum storage_kind
{
    STORAGE_HOST,
    STORAGE_SERVICE,
    STORAGE_PROTOCOL,
    STORAGE_ADDRESS,
    STORAGE_COUNT
};

/* At least size bytes; the old contents are lost. NULL, last error WSAENOBUFS, when out of memory. */
void *storage_get( enum storage_kind kind, SIZE_T size );

void module_pin( void );

/* ---- pool.c */

/* Runs a lookup on a bounded pool of threads, where it doesn't wait behind slow ones; the module can't be unloaded
 * meanwhile. */
BOOL pool_submit( void ( *func )( void *arg ), void *arg );
/* The same on the process's own pool, which lookups can't fill. */
BOOL pool_submit_urgent( void ( *func )( void *arg ), void *arg );

/* ---- numeric.c: numeric addresses, no lookups */

BOOL address_parse_v4( const WCHAR *str, struct sockaddr_in *addr, BOOL with_port );
BOOL address_parse_v6( const WCHAR *str, struct sockaddr_in6 *addr, BOOL with_port );
BOOL address_parse( const char *str, struct name_address *addr );           /* a node as getaddrinfo takes it */
BOOL address_parse_bracketed( const char *str, struct name_address *addr ); /* "[...]" or "[...]:port", IPv6 alone */
UINT address_print( const struct name_address *addr, char *str );           /* str: 65 bytes; returns the length */
BOOL ascii_equal( const char *a, const char *b );                           /* case doesn't count */
/* A sockaddr of 16 or 28 bytes; returns its size. */
int address_to_sockaddr( const struct name_address *addr, USHORT port, void *out );

/* ---- hostent.c */

SIZE_T hostent_pack( const struct name_result *result, int family,
                     struct hostent *host );                            /* host NULL: the size needed */
int hostent_find( const char *name, struct name_result **result );      /* as gethostbyname */
int hostent_find_self( const char *self, struct name_result **result ); /* self: this machine's name */
int hostent_find_address( const void *addr, int len, int family, struct name_result **result );

/* ---- database.c */

struct service
{
    struct text *text;
    struct text_line line;
    USHORT port; /* host order */
};

/* name or port (then name is NULL); proto NULL for any. WSANO_DATA if there is none. text_close( service->text )
 * afterwards. */
int service_find( const char *name, USHORT port, const char *proto, struct service *service );
SIZE_T service_pack( const struct service *service, struct servent *out );

struct protocol
{
    struct text *text;
    struct text_line line;
    int number;
};

int protocol_find( const char *name, int number, struct protocol *protocol );
SIZE_T protocol_pack( const struct protocol *protocol, struct protoent *out );

/* ---- rebase.c: makes the pointers of a packed structure point to where it will be. target 0 makes them offsets. */

void hostent_rebase( struct hostent *host, UINT_PTR target );
void service_rebase( struct servent *serv, UINT_PTR target );
void protocol_rebase( struct protoent *proto, UINT_PTR target );

/* ---- addrinfo.c: getaddrinfo without its outer form */

struct addrinfo_query
{
    const char *node;    /* UTF-8 in node_copy, or NULL */
    const char *service; /* likewise */
    int flags, family, socktype, protocol;
    DWORD name_space;
    BOOL has_provider;
    GUID provider;                    /* the only one that is to be asked */
    char node_copy[NAME_LEN_MAX + 3]; /* with brackets */
    char service_copy[SERVICE_LEN_MAX + 1];
};

struct addrinfo_answer
{
    const struct name_address *addrs;
    UINT count;
    const char *canonical; /* or NULL */
    const char *fqdn;      /* likewise */
    USHORT port;           /* network order */
    struct name_address numeric;
    struct name_result *result;
    char self[256];
    char literal[NAME_LEN_MAX + 1];
};

int addrinfo_query_hints( struct addrinfo_query *query, const ADDRINFOW *hints, const void *next );
/* Copies the strings of the program, after the hints. Returns 0, WSAEFAULT, WSATYPE_NOT_FOUND or WSAHOST_NOT_FOUND. The
 * query can't be copied from then on. */
int addrinfo_query_names( struct addrinfo_query *query, const void *node, const void *service, BOOL unicode );
int addrinfo_resolve( const struct addrinfo_query *query, struct addrinfo_answer *answer );
/* The name that goes into ai_canonname of the entry, or NULL. */
const char *addrinfo_name( const struct addrinfo_query *query, const struct addrinfo_answer *answer, UINT index );
/* The flags of the hints that come back with each entry, out of those in mask. */
int addrinfo_flags( const struct addrinfo_query *query, int mask );
void addrinfo_release( struct addrinfo_answer *answer );

/* Converts a string of the program to UTF-8 in our buffer of size bytes. Returns 0, WSAEFAULT, or too_long. str NULL
 * gives an empty string. */
int name_from_ansi( const char *str, BOOL idn, char *out, SIZE_T size, int too_long );
int name_from_unicode( const WCHAR *str, BOOL idn, char *out, SIZE_T size, int too_long );
/* Converts UTF-8 to the program's charset. Returns the length with the NUL; writes if it fits. */
UINT name_to_ansi( const char *str, char *out, UINT size );
UINT name_to_unicode( const char *str, WCHAR *out, UINT size );
BOOL name_decode_idn( const char *str, WCHAR *out, UINT size ); /* xn-- labels back to Unicode */
/* Converts a name to the program's form, decoding xn-- labels if requested. Returns its bytes with the NUL, 0 for no
 * name; writes them to out unless that is NULL. */
UINT name_export( const char *str, BOOL unicode, BOOL decode, void *out );

#endif /* WS2_32_RESOLVE_H */
