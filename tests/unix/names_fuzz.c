/*
 * Any bytes as names, addresses, WSAQUERYSETs and databases' files: no crash, nothing read or written outside
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ws2_32's own files, compiled for the host. Makes its own input, the same each time. To search on, build it by
 * clang with -DFUZZER -fsanitize=fuzzer,address,undefined. Every string and structure has memory of its own, so that
 * ASan detects every byte too many.
 */

#include "../../dlls/ws2_32/query_set.h"

#include "fuzz.h"

#define INPUT_MAX 1200

/* A string of at most max characters, up to a NUL; to be freed. unicode: of WCHARs. */
static void *take_text( struct input *input, size_t max, BOOL unicode )
{
    size_t len = 0, i, room = input->len < max ? input->len : max;
    char *text;
    WCHAR *wide;

    while (len < room && input->data[len]) len++;
    if (unicode)
    {
        wide = allocate( ( len + 1 ) * sizeof( *wide ) );
        /* sometimes a character that no code page has */
        for (i = 0; i < len; i++)
            wide[i] = input->data[i] < 0xf0 ? input->data[i] : input->data[i] << 8 | input->data[i];
        wide[len] = 0;
        text = (char *)wide;
    }
    else
    {
        text = allocate( len + 1 );
        memcpy( text, input->data, len );
        text[len] = 0;
    }
    if (len < room) len++;
    input->data += len;
    input->len -= len;
    return text;
}

/* ---- numeric addresses */

static void fuzz_address( struct input *input )
{
    int family = take( input, 1 ) & 1 ? AF_INET : AF_INET6, room = take( input, 1 ) % 40, len = room, len_again;
    char *text, *printed, *addr = allocate( room );
    WCHAR *wide;
    struct input copy = *input;
    DWORD size = take( &copy, 1 ) % 80, needed = size;
    struct sockaddr_storage again;
    unsigned char bytes[16];

    text = take_text( input, 400, FALSE );
    copy = (struct input){ (uint8_t *)text, strlen( text ) };
    wide = take_text( &copy, 400, TRUE );
    inet_addr( text );
    inet_pton( family, text, bytes );
    InetPtonW( family, wide, bytes );
    WSAStringToAddressW( wide, family, NULL, (SOCKADDR *)addr, &len );
    len = room;
    if (!WSAStringToAddressA( text, family, NULL, (SOCKADDR *)addr, &len ))
    {
        check( len <= room, "%d of %d", len, room );
        printed = allocate( size );
        if (!WSAAddressToStringA( (SOCKADDR *)addr, len, NULL, printed, &needed ))
        {
            check( needed <= size && strlen( printed ) == needed - 1, "%u of %u", needed, size );
            memset( &again, 0, sizeof( again ) );
            len_again = sizeof( again );
            check( !WSAStringToAddressA( printed, family, NULL, (SOCKADDR *)&again, &len_again ) && len == len_again
                       && !memcmp( &again, addr, len ),
                   "%s became %s", text, printed );
        }
        else check( needed > size, "%u of %u aren't enough", size, needed );
        free( printed );
    }
    free( addr );
    free( text );
    free( wide );
}

/* ---- names, and the files that define them */

static void fuzz_getaddrinfo( struct input *input )
{
    ADDRINFOW hints
        = { .ai_flags = take( input, 4 ), .ai_family = take( input, 1 ) % 3, .ai_socktype = take( input, 1 ) % 5 },
        *list, *entry;
    BOOL unicode = take( input, 1 ) & 1;
    void *node = take_text( input, 1100, unicode ), *service = take_text( input, 300, unicode );
    int ret;

    if (take( input, 1 ) & 3)
        hints.ai_flags &= AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_ALL | AI_V4MAPPED | AI_DISABLE_IDN_ENCODING;
    if (hints.ai_family == 1) hints.ai_family = AF_INET6;
    if (unicode) ret = GetAddrInfoW( node, *(WCHAR *)service ? service : NULL, &hints, &list );
    else
        ret = getaddrinfo( node, *(char *)service ? service : NULL, (struct addrinfo *)&hints,
                           (struct addrinfo **)&list );
    check( !ret == !!list, "got %d, list %p", ret, list );
    for (entry = list; entry; entry = entry->ai_next)
    {
        char host[100], serv[32];

        check( !getnameinfo( entry->ai_addr, entry->ai_addrlen, host, sizeof( host ), serv, sizeof( serv ),
                             NI_NUMERICHOST ),
               "no name" );
        check( !entry->ai_canonname || entry == list, "a name in the middle" );
        if (entry->ai_canonname && unicode) lstrlenW( entry->ai_canonname );
        else if (entry->ai_canonname) check( strlen( (char *)entry->ai_canonname ) < 2000, "a long name" );
    }
    FreeAddrInfoW( list );
    free( node );
    free( service );
}

static size_t count_list( char *const *list )
{
    size_t count = 0;

    for (; *list; list++) count += strlen( *list );
    return count;
}

static void fuzz_databases( struct input *input )
{
    char *name = take_text( input, 300, FALSE ), *proto = take_text( input, 20, FALSE );
    char address[16];
    struct hostent *host;
    struct servent *serv;
    struct protoent *protocol;

    memset( address, 0, sizeof( address ) );
    memcpy( address, input->data, input->len < sizeof( address ) ? input->len : sizeof( address ) );
    if (( host = gethostbyname( name ) )) check( count_list( host->h_aliases ) < 1 << 20, "aliases without end" );
    if (( host = gethostbyaddr( address, 4, AF_INET ) ))
        check( host->h_length == 4 && !memcmp( host->h_addr_list[0], address, 4 ), "another address" );
    gethostbyaddr( address, 16, AF_INET6 );
    if (( serv = getservbyname( name, *proto ? proto : NULL ) ))
        check( strlen( serv->s_name ) + strlen( serv->s_proto ) + count_list( serv->s_aliases ) != 0, "nothing" );
    serv = getservbyport( take( input, 2 ), *proto ? proto : NULL );
    if (serv) check( strlen( serv->s_name ) + strlen( serv->s_proto ) + count_list( serv->s_aliases ) != 0, "nothing" );
    if (( protocol = getprotobyname( name ) )) check( protocol->p_proto <= 255, "got %d", protocol->p_proto );
    getprotobynumber( take( input, 1 ) );
    free( name );
    free( proto );
}

/* ---- WSAQUERYSET */

static void fuzz_query( struct input *input )
{
    size_t size = take( input, 1 ) & 15 ? sizeof( WSAQUERYSETW ) : take( input, 1 ) % sizeof( WSAQUERYSETW );
    BOOL unicode = take( input, 1 ) & 1;
    unsigned int pointers = take( input, 1 ), count = take( input, 1 ) % 6,
                 said = take( input, 1 ) & 7 ? count : take( input, 4 );
    GUID *guid = allocate( sizeof( *guid ) );
    AFPROTOCOLS *protocols = allocate( count * sizeof( *protocols ) );
    WSAQUERYSETW set = { .dwSize = take( input, 1 ) & 15 ? sizeof( set ) : take( input, 4 ) };
    struct query *query = allocate( sizeof( *query ) );
    void *name, *copy = allocate( size );
    unsigned int i;

    for (i = 0; i < sizeof( *guid ); i++) ( (uint8_t *)guid )[i] = take( input, 1 );
    for (i = 0; i < count; i++) protocols[i] = (AFPROTOCOLS){ take( input, 1 ) % 30, take( input, 1 ) % 20 };
    name = take_text( input, 1200, unicode );
    set.dwNameSpace = take( input, 1 );
    set.dwNumberOfProtocols = said;
    set.lpszServiceInstanceName = pointers & 1 ? (WCHAR *)(uintptr_t)( pointers >> 4 ) : name;
    set.lpServiceClassId = pointers & 2 ? (GUID *)(uintptr_t)( pointers >> 4 ) : guid;
    set.lpNSProviderId = pointers & 4 ? guid : NULL;
    set.lpafpProtocols = pointers & 8 ? NULL : protocols;
    memcpy( copy, &set, size );
    if (!query_capture( copy, unicode, take( input, 1 ) & 1, query ))
        check( strlen( query->name ) < sizeof( query->name ), "a name without end" );
    free( copy );
    free( query );
    free( protocols );
    free( guid );
    free( name );
}

static BOOL within( const void *ptr, size_t len, const char *out, size_t size )
{
    return (const char *)ptr >= out && (const char *)ptr + len <= out + size;
}

static void check_set( const char *out, size_t size, const struct query_answer *answer )
{
    const WSAQUERYSETW *set = (const WSAQUERYSETW *)out;
    unsigned int i;

    check( set->dwSize == sizeof( *set ) && set->dwNumberOfCsAddrs == answer->addr_count, "got %u, %u addresses",
           set->dwSize, set->dwNumberOfCsAddrs );
    check( !set->lpszServiceInstanceName || within( set->lpszServiceInstanceName, 1, out, size ),
           "the name is elsewhere" );
    check( !set->lpszQueryString || within( set->lpszQueryString, 1, out, size ), "the query is elsewhere" );
    check( !set->lpBlob || within( set->lpBlob->pBlobData, set->lpBlob->cbSize, out, size ), "the blob is elsewhere" );
    for (i = 0; i < set->dwNumberOfCsAddrs; i++)
    {
        check( within( set->lpcsaBuffer[i].LocalAddr.lpSockaddr, set->lpcsaBuffer[i].LocalAddr.iSockaddrLength, out,
                       size ),
               "an address is elsewhere" );
        check( within( set->lpcsaBuffer[i].RemoteAddr.lpSockaddr, set->lpcsaBuffer[i].RemoteAddr.iSockaddrLength, out,
                       size ),
               "an address is elsewhere" );
    }
}

static void fuzz_answer( struct input *input )
{
    static GUID guid;
    unsigned int parts = take( input, 1 ), i;
    BOOL unicode = parts & 1;
    char *name = take_text( input, 300, FALSE ), *query = take_text( input, 40, FALSE ), *aliases, *out;
    struct query_answer answer = { .name = parts & 2 ? name : NULL,
                                   .query = parts & 4 ? query : NULL,
                                   .class_id = parts & 8 ? &guid : NULL,
                                   .provider = &guid,
                                   .is_service = parts & 16 };
    struct name_address addrs[8] = { { 0 } };
    struct name_result *result;
    struct hostent *host;
    size_t needed, room;

    answer.addr_count = take( input, 1 ) % 9;
    answer.addrs = addrs;
    for (i = 0; i < answer.addr_count; i++)
    {
        addrs[i].family = take( input, 1 ) & 1 ? AF_INET : AF_INET6;
        memcpy( addrs[i].bytes, input->data, input->len < 16 ? input->len : 16 );
        take( input, 8 );
    }
    /* a blob: the result of gethostbyname, moved to another address */
    aliases = take_text( input, 100, FALSE );
    result = result_create( name, aliases, 1, addrs, answer.addr_count );
    answer.blob_size = hostent_pack( result, AF_INET, NULL );
    host = allocate( answer.blob_size );
    check( hostent_pack( result, AF_INET, host ) == answer.blob_size, "another size" );
    hostent_rebase( host, 0 );
    check( (uintptr_t)host->h_name < answer.blob_size && (uintptr_t)host->h_addr_list < answer.blob_size,
           "not rebased" );
    if (parts & 32) answer.blob = host;

    needed = query_pack( &answer, unicode, NULL, 0 );
    room = parts & 64 ? needed : take( input, 2 ) % ( needed + 1 );
    out = allocate( room );
    memset( out, 0x5a, room );
    check( query_pack( &answer, unicode, out, room ) == needed, "another size" );
    if (room == needed) check_set( out, needed, &answer );
    else
        for (i = 0; i < room; i++)
            if (out[i] != 0x5a) break;
    check( room == needed || i == room, "written to, though it is too small" );
    free( out );
    free( host );
    result_free( result );
    free( aliases );
    free( name );
    free( query );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t len )
{
    static void ( *const targets[] )( struct input *input )
        = { fuzz_address, fuzz_getaddrinfo, fuzz_databases, fuzz_query, fuzz_answer };
    struct input input = { data, len };
    size_t file = take( &input, 2 );
    char *contents;

    /* the end of the input is the files' contents */
    if (file > input.len) file = input.len;
    contents = allocate( file );
    memcpy( contents, input.data + input.len - file, file );
    input.len -= file;
    host_file = contents;
    host_file_size = file;
    host_file_changed();
    targets[take( &input, 1 ) % 5]( &input );
    host_file = "";
    host_file_size = 0;
    free( contents );
    return 0;
}

#ifndef FUZZER
/* Meaningful words between random ones, because purely random input is mostly refused at once. */
static size_t add_text( uint8_t *data, size_t room )
{
    static const char *const words[] = {
        "127.0.0.1",
        "::1",
        "fe80::1%2",
        "[::1]:80",
        "1.2.3.4:65535",
        "0x7f.1",
        "localhost",
        "name",
        "80",
        "80/tcp",
        "53/udp",
        "tcp",
        "\t",
        " ",
        "\n",
        "\r\n",
        "#",
        "xn--",
        "..localmachine",
        ".",
        ":",
        "%",
        "[",
        "]",
        "\xc3\xbc",
        "\xff",
        "\xf4\x90",
        "255.255.255.255",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
        "a1",
        "a2",
        "a3",
        "99999999999999999999",
        "/",
    };
    size_t pos = 0, len;

    while (pos < room && next_random( 40 ))
    {
        const char *word = words[next_random( ARRAYSIZE( words ) )];

        len = strlen( word );
        if (len > room - pos) break;
        if (!next_random( 12 )) data[pos++] = next_random( 256 );
        else
        {
            memcpy( data + pos, word, len );
            pos += len;
        }
    }
    return pos;
}

static size_t make_input( uint8_t *data )
{
    size_t pos = 3, i, head = next_random( 40 ), file;

    data[2] = next_random( 256 );
    for (i = 0; i < head; i++) data[pos++] = next_random( 256 );
    for (i = next_random( 3 ); i; i--)
    {
        pos += add_text( data + pos, 400 );
        data[pos++] = 0;
    }
    if (!next_random( 50 ))
        while (pos < INPUT_MAX - 500) data[pos++] = 'a'; /* one long word */
    file = add_text( data + pos, INPUT_MAX - pos );
    data[0] = file;
    data[1] = file >> 8;
    return pos + file;
}

int main( void )
{
    uint8_t data[INPUT_MAX + 1];

    return fuzz_run( data, make_input );
}
#endif
