/*
 * WSAJoinLeaf: sessions of leaves, which for IP are multicast groups
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the pages "WSAJoinLeaf function" and "Multipoint and Multicast Semantics". On the loopback interface, whose
 * index is 1.
 */

#include "sockets.h"

#define LOOPBACK_INDEX 1
#define LEAF           ( WSA_FLAG_OVERLAPPED | WSA_FLAG_MULTIPOINT_C_LEAF | WSA_FLAG_MULTIPOINT_D_LEAF )
#define AT_ONCE        100 /* ms */
#define LONG_TIME      5000

static int group_address( union address *group, int family, unsigned short port )
{
    memset( group, 0, sizeof( *group ) );
    group->any.sa_family = family;
    group->v4.sin_port = port;
    if (family == AF_INET)
    {
        group->v4.sin_addr.s_addr = inet_addr( "239.1.2.4" );
        return sizeof( group->v4 );
    }
    group->v6.sin6_addr.u.Byte[0] = 0xff;
    group->v6.sin6_addr.u.Byte[1] = 0x12;
    group->v6.sin6_addr.u.Byte[15] = 0x34;
    group->v6.sin6_scope_id = LOOPBACK_INDEX;
    return sizeof( group->v6 );
}

/* A socket for sessions, which are on loopback */
static SOCKET leaf_socket( int family )
{
    DWORD address = htonl( INADDR_LOOPBACK ), index = LOOPBACK_INDEX;
    SOCKET s = WSASocketW( family, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, LEAF );

    ok( s != INVALID_SOCKET, "WSASocket failed: %d\n", WSAGetLastError() );
    if (family == AF_INET)
        ok_success( setsockopt( s, IPPROTO_IP, IP_MULTICAST_IF, (char *)&address, sizeof( address ) ) );
    else ok_success( setsockopt( s, IPPROTO_IPV6, IPV6_MULTICAST_IF, (char *)&index, sizeof( index ) ) );
    return s;
}

/* The same, bound to a port of its own; its group comes back. */
static SOCKET bound_leaf( union address *group, int *len, int family )
{
    SOCKET s = leaf_socket( family );
    union address any;
    int any_len = sizeof( any );

    memset( &any, 0, sizeof( any ) );
    any.any.sa_family = family;
    ok_success( bind( s, &any.any, family == AF_INET ? sizeof( any.v4 ) : sizeof( any.v6 ) ) );
    ok_success( getsockname( s, &any.any, &any_len ) );
    *len = group_address( group, family, any.v4.sin_port );
    return s;
}

/* The error, 0 for success */
static int join( SOCKET s, const void *addr, int len, DWORD flags )
{
    SOCKET leaf;

    WSASetLastError( 0xdeadbeef );
    leaf = WSAJoinLeaf( s, addr, len, NULL, NULL, NULL, NULL, flags );
    if (leaf == INVALID_SOCKET) return WSAGetLastError();
    ok( leaf == s, "got another socket\n" );
    return 0;
}

static void expect( SOCKET s, const char *text )
{
    char buffer[16] = { 0 };
    int ret;

    if (!wait_readable( s, LONG_TIME ))
    {
        ok( 0, "nothing comes, expected %s\n", text );
        return;
    }
    ret = recv( s, buffer, sizeof( buffer ) - 1, 0 );
    ok( ret == (int)strlen( text ) && !strcmp( buffer, text ), "got %d, %s, error %d, expected %s\n", ret, buffer,
        WSAGetLastError(), text );
}

static void test_roles( int family )
{
    SOCKET receiver, sender, both;
    union address group, name;
    WSABUF buffer = { 3, (char *)"msg" };
    WSAOVERLAPPED ov = { 0 };
    DWORD sent, flags;
    int len, name_len, error;

    receiver = bound_leaf( &group, &len, family );
    sender = leaf_socket( family );
    error = join( receiver, &group, len, JL_RECEIVER_ONLY );
    ok( !error, "got error %d\n", error );
    error = join( sender, &group, len, JL_SENDER_ONLY );
    ok( !error, "got error %d\n", error );
    name_len = sizeof( name );
    ok_success( getsockname( sender, &name.any, &name_len ) ); /* "the socket is marked as bound" */
    ok( name.v4.sin_port != 0, "has no port\n" );
    if (sendto( sender, "x", 1, 0, &group.any, len ) != 1)
    {
        skip( "the loopback interface carries no groups: %d\n", WSAGetLastError() );
        closesocket( receiver );
        closesocket( sender );
        return;
    }
    expect( receiver, "x" );

    /* a sender has a default destination, and may name others */
    ok_call( send( sender, "group", 5, 0 ), 5, 0 );
    expect( receiver, "group" );
    ok_call( sendto( sender, "again", 5, 0, NULL, 0 ), 5, 0 );
    expect( receiver, "again" );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    error = WSASend( sender, &buffer, 1, NULL, 0, &ov, NULL ) ? WSAGetLastError() : 0;
    ok( !error || error == WSA_IO_PENDING, "got error %d\n", error );
    ok( WSAGetOverlappedResult( sender, &ov, &sent, TRUE, &flags ) && sent == 3, "got error %d\n", WSAGetLastError() );
    expect( receiver, "msg" );
    name_len = sizeof( name );
    ok_success( getpeername( sender, &name.any, &name_len ) );
    ok( name_len == len && !memcmp( &name, &group, len ), "got another peer\n" );
    ok( !wait_readable( sender, AT_ONCE ), "a sender receives\n" );

    /* who only receives has none */
    ok_error( send( receiver, "x", 1, 0 ), WSAENOTCONN );
    name_len = sizeof( name );
    ok_error( getpeername( receiver, &name.any, &name_len ), WSAENOTCONN );

    /* one session for a socket */
    error = join( receiver, &group, len, JL_RECEIVER_ONLY );
    ok( error == WSAEISCONN, "got error %d\n", error );
    error = join( sender, &group, len, JL_BOTH );
    ok( error == WSAEISCONN, "got error %d\n", error );
    closesocket( receiver );

    /* both: of itself, of the others of the session, and what is sent to it alone */
    both = bound_leaf( &group, &len, family );
    error = join( both, &group, len, JL_BOTH );
    ok( !error, "got error %d\n", error );
    ok_call( send( both, "self", 4, 0 ), 4, 0 );
    expect( both, "self" );
    ok_call( sendto( sender, "other", 5, 0, &group.any, len ), 5, 0 );
    expect( both, "other" );
    closesocket( sender );
    sender = udp_socket( family );
    ok_call( sendto( sender, "alone", 5, 0, &name.any, loopback( &name, family, ntohs( group.v4.sin_port ) ) ), 5, 0 );
    expect( both, "alone" );

    /* connect gives another default destination, or takes it away */
    name_len = sizeof( name );
    ok_success( getsockname( sender, &name.any, &name_len ) );
    len = loopback( &name, family, ntohs( name.v4.sin_port ) );
    ok_success( connect( both, &name.any, len ) );
    ok_call( send( both, "direct", 6, 0 ), 6, 0 );
    expect( sender, "direct" );
    name.any.sa_family = AF_UNSPEC;
    ok_success( connect( both, &name.any, len ) );
    ok_error( send( both, "x", 1, 0 ), WSAENOTCONN );
    closesocket( sender );
    closesocket( both );
    CloseHandle( ov.hEvent );
}

static void test_send_message( void )
{
    GUID id = WSAID_WSASENDMSG;
    LPFN_WSASENDMSG send_message;
    WSABUF buffer = { 3, (char *)"msg" };
    WSAMSG msg = { .lpBuffers = &buffer, .dwBufferCount = 1 };
    union address group;
    DWORD count;
    SOCKET s;
    int len;

    s = bound_leaf( &group, &len, AF_INET );
    ok_success( WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof( id ), &send_message,
                          sizeof( send_message ), &count, NULL, NULL ) );
    ok( !join( s, &group, len, JL_BOTH ), "got error %d\n", WSAGetLastError() );
    ok_success( send_message( s, &msg, 0, &count, NULL, NULL ) );
    expect( s, "msg" );
    closesocket( s );
}

/* "an FD_CONNECT indication will be given on the original socket s when the join operation completes" */
static void test_events( void )
{
    WSANETWORKEVENTS events;
    union address group;
    WSAEVENT event = WSACreateEvent();
    unsigned int i;
    SOCKET s;
    int len, error;

    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "%u", i );
        if (i == 1) s = bound_leaf( &group, &len, AF_INET );
        else
        {
            s = leaf_socket( AF_INET );
            len = group_address( &group, AF_INET, htons( 9 ) );
        }
        WSAResetEvent( event );
        if (i < 2) ok_success( WSAEventSelect( s, event, FD_CONNECT ) );
        error = join( s, &group, len, JL_BOTH );
        ok( !error, "got error %d\n", error );
        if (i == 2) ok_success( WSAEventSelect( s, event, FD_CONNECT ) );
        ok_unless_afd( !WSAWaitForMultipleEvents( 1, &event, FALSE, by_afd() ? 0 : LONG_TIME, FALSE ), "no event\n" );
        memset( &events, 0xcc, sizeof( events ) );
        ok_success( WSAEnumNetworkEvents( s, event, &events ) );
        ok_unless_afd( events.lNetworkEvents == FD_CONNECT && !events.iErrorCode[FD_CONNECT_BIT], "got %lx, %d\n",
                       events.lNetworkEvents, events.iErrorCode[FD_CONNECT_BIT] );
        ok( WSAWaitForMultipleEvents( 1, &event, FALSE, 0, FALSE ) == WSA_WAIT_TIMEOUT, "reported twice\n" );
        closesocket( s );
        winetest_pop_context();
    }
    WSACloseEvent( event );
}

static void test_bad_input( int family )
{
    static const DWORD bad_flags[]
        = { 0, JL_SENDER_ONLY | JL_RECEIVER_ONLY, JL_BOTH | JL_SENDER_ONLY, 8, 0x80000000, ~0u };
    union address group, other, loop;
    QOS qos, *bad_qos = (QOS *)bad_page();
    WSABUF data = { 4, (char *)"data" }, *bad_buffer = (WSABUF *)bad_page();
    SOCKET s, plain, stream;
    unsigned int i;
    int len, loop_len;

#define fails( call, error )                                                                                           \
    do                                                                                                                 \
    {                                                                                                                  \
        SOCKET ret_;                                                                                                   \
        WSASetLastError( 0xdeadbeef );                                                                                 \
        ret_ = ( call );                                                                                               \
        ok( ret_ == INVALID_SOCKET && WSAGetLastError() == ( error ), "%s: got %Ix, error %d\n", #call, ret_,          \
            WSAGetLastError() );                                                                                       \
    } while (0)
    s = bound_leaf( &group, &len, family );
    plain = udp_socket( family );
    stream = tcp_socket( family );
    for (i = 0; i < ARRAY_SIZE( bad_flags ); i++)
        fails( WSAJoinLeaf( s, &group.any, len, NULL, NULL, NULL, NULL, bad_flags[i] ), WSAEINVAL );
    fails( WSAJoinLeaf( INVALID_SOCKET, &group.any, len, NULL, NULL, NULL, NULL, JL_BOTH ), WSAENOTSOCK );
    fails( WSAJoinLeaf( stream, &group.any, len, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEOPNOTSUPP );
    fails( WSAJoinLeaf( plain, &group.any, len, NULL, NULL, NULL, NULL, JL_BOTH ),
           WSAEINVAL ); /* "opened without" the flags */
    fails( WSAJoinLeaf( s, NULL, len, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEFAULT );
    fails( WSAJoinLeaf( s, (struct sockaddr *)bad_page(), len, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEFAULT );
    fails( WSAJoinLeaf( s, &group.any, len - 1, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEFAULT );
    fails( WSAJoinLeaf( s, &group.any, 0, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEFAULT );
    fails( WSAJoinLeaf( s, &group.any, -1, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEFAULT );
    other = group;
    other.any.sa_family = family == AF_INET ? AF_INET6 : AF_INET;
    fails( WSAJoinLeaf( s, &other.any, sizeof( other ), NULL, NULL, NULL, NULL, JL_BOTH ), WSAEAFNOSUPPORT );
    other.any.sa_family = 0x77;
    fails( WSAJoinLeaf( s, &other.any, sizeof( other ), NULL, NULL, NULL, NULL, JL_BOTH ), WSAEAFNOSUPPORT );
    loop_len = loopback( &loop, family, 9 );
    fails( WSAJoinLeaf( s, &loop.any, loop_len, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEADDRNOTAVAIL ); /* no group */
    other = group;
    other.v4.sin_port = 0;
    fails( WSAJoinLeaf( s, &other.any, len, NULL, NULL, NULL, NULL, JL_SENDER_ONLY ), WSAEADDRNOTAVAIL );

    /* what groups can't do */
    fails( WSAJoinLeaf( s, &group.any, len, &data, NULL, NULL, NULL, JL_BOTH ), WSAEPROTONOSUPPORT );
    fails( WSAJoinLeaf( s, &group.any, len, bad_buffer, NULL, NULL, NULL, JL_BOTH ), WSAEFAULT );
    fails( WSAJoinLeaf( s, &group.any, len, NULL, bad_buffer, NULL, NULL, JL_BOTH ), WSAEFAULT );
    memset( &qos, 0, sizeof( qos ) );
    qos.SendingFlowspec.ServiceType = SERVICETYPE_GUARANTEED;
    fails( WSAJoinLeaf( s, &group.any, len, NULL, NULL, &qos, NULL, JL_BOTH ), WSAEOPNOTSUPP );
    fails( WSAJoinLeaf( s, &group.any, len, NULL, NULL, NULL, &qos, JL_BOTH ), WSAEOPNOTSUPP );
    fails( WSAJoinLeaf( s, &group.any, len, NULL, NULL, bad_qos, NULL, JL_BOTH ), WSAEFAULT );

    /* nothing of it has left a trace */
    qos.SendingFlowspec.ServiceType = SERVICETYPE_BESTEFFORT;
    ok( WSAJoinLeaf( s, &group.any, len, NULL, &data, &qos, NULL, JL_BOTH ) == s, "got error %d\n", WSAGetLastError() );
    ok( !data.len, "got %lu bytes of data\n", data.len );
    closesocket( s );

    s = leaf_socket( family );
    ok_success( connect( s, &loop.any, loop_len ) );
    fails( WSAJoinLeaf( s, &group.any, len, NULL, NULL, NULL, NULL, JL_BOTH ), WSAEISCONN );
    closesocket( s );
    closesocket( plain );
    closesocket( stream );
}

START_TEST( join_leaf )
{
    union address group;
    unsigned int i;
    int len, error;
    SOCKET s;

    start_winsock();
    s = bound_leaf( &group, &len, AF_INET );
    error = stock ? join( s, &group, len, JL_BOTH ) : 0;
    closesocket( s );
    ok_unless_stock( !error, "got error %d\n", error );
    for (i = 0; i < family_count() && !error; i++)
    {
        winetest_push_context( "%s", family_name( families[i] ) );
        test_roles( families[i] );
        test_bad_input( families[i] );
        winetest_pop_context();
    }
    if (!error)
    {
        test_send_message();
        test_events();
    }
    stop_winsock();
}
