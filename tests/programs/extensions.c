/*
 * The extension functions of Winsock, and what a Linux program would do instead
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: extensions MODE [COUNT]
 *
 * MODE: transmitfile     a file of COUNT times 64 KB, from the file cache to a socket
 *                        prints RESULT megabytes per second
 *       udp-segments     COUNT times 64 KB in 44 datagrams
 *                        prints RESULT datagrams per second
 *       recvmsg          COUNT datagrams that are already there, with destination and ECN
 *                        prints RESULT microseconds each
 *       acceptex-server  accepts connections, echoes 64 bytes on each, and closes it
 *                        prints PORT n, and ends with a connection whose first byte is 'q'
 */

#include "net.h"

#ifndef _WIN32
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#endif

enum
{
    BLOCK = 65536,
    SEGMENT = 1472,
    SEGMENTS = 44,
    BATCH = 32,
    PENDING = 16
};

static void udp_pair( SOCKET *a, SOCKET *b )
{
    struct sockaddr_in addr = loopback( 0 );
    socklen_t len = sizeof( addr );

    *a = socket( AF_INET, SOCK_DGRAM, 0 );
    *b = socket( AF_INET, SOCK_DGRAM, 0 );
    if (bind( *a, (struct sockaddr *)&addr, sizeof( addr ) ) || getsockname( *a, (struct sockaddr *)&addr, &len )
        || connect( *b, (struct sockaddr *)&addr, sizeof( addr ) ))
        die( "udp_pair" );
}

#ifdef _WIN32

static void *extension( SOCKET s, GUID guid )
{
    void *func = NULL;
    DWORD size;

    if (WSAIoctl( s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof( guid ), &func, sizeof( func ), &size, NULL,
                  NULL ))
        die( "an extension" );
    return func;
}

#endif

/* ---- transmitfile */

THREAD_FUNC( drain, arg )
{
    static char data[1 << 20];

    while (recv( *(SOCKET *)arg, data, sizeof( data ), 0 ) > 0) /* all */
        ;
    return 0;
}

static double transmit_file( int count )
{
    uint64_t size = (uint64_t)count * BLOCK;
    SOCKET listener, near_end, far_end;
    thread_t thread;
    double start;
    int port;
#ifdef _WIN32
    char name[MAX_PATH], path[MAX_PATH];
    LPFN_TRANSMITFILE transmit;
    LARGE_INTEGER end;
    HANDLE file;

    GetTempPathA( sizeof( path ), path );
    GetTempFileNameA( path, "ext", 0, name );
    file = CreateFileA( name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL );
    end.QuadPart = size;
    if (!SetFilePointerEx( file, end, NULL, FILE_BEGIN ) || !SetEndOfFile( file )) die( "SetEndOfFile" );
    SetFilePointer( file, 0, NULL, FILE_BEGIN );
#else
    char name[] = "/tmp/extXXXXXX";
    off_t offset = 0;
    int file = mkstemp( name );

    unlink( name );
    if (ftruncate( file, size )) die( "ftruncate" );
#endif
    listener = net_listen( &port );
    near_end = net_connect( port );
    far_end = accept( listener, NULL, NULL );
#ifdef _WIN32
    transmit = extension( near_end, (GUID)WSAID_TRANSMITFILE );
#endif
    start = now_us();
    thread = thread_start( drain, &far_end );
#ifdef _WIN32
    if (!transmit( near_end, file, 0, 0, NULL, NULL, 0 )) die( "TransmitFile" );
#else
    while ((uint64_t)offset < size)
        if (sendfile( near_end, file, &offset, size - offset ) <= 0) die( "sendfile" );
#endif
    shutdown( near_end, SD_SEND );
    thread_join( thread );
    return size / ( now_us() - start );
}

/* ---- udp-segments */

static double udp_segments( int count )
{
    static char data[SEGMENT * SEGMENTS];
    SOCKET a, b;
    double start;
    int i, size = SEGMENT;
#ifdef _WIN32
    int j, by_option;
    DWORD sent;
    WSABUF buf = { sizeof( data ), data };
    union
    {
        WSACMSGHDR header;
        char space[WSA_CMSG_SPACE( sizeof( DWORD ) )];
    } control = { .space = { 0 } };
    WSAMSG msg = { .lpBuffers = &buf, .dwBufferCount = 1, .Control = { sizeof( control ), control.space } };
    LPFN_WSASENDMSG send_msg;
#else
    struct iovec iov = { data, sizeof( data ) };
    union
    {
        struct cmsghdr header;
        char space[CMSG_SPACE( sizeof( uint16_t ) )];
    } control = { .space = { 0 } };
    struct msghdr msg
        = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof( control ) };
#endif

    udp_pair( &a, &b );
#ifdef _WIN32
    send_msg = extension( b, (GUID)WSAID_WSASENDMSG );
    /* a module without the option doesn't take the control data either: send one by one */
    by_option = !setsockopt( a, IPPROTO_UDP, 2 /* UDP_SEND_MSG_SIZE */, (char *)&size, sizeof( size ) );
    control.header.cmsg_len = WSA_CMSG_LEN( sizeof( DWORD ) );
    control.header.cmsg_level = IPPROTO_UDP;
    control.header.cmsg_type = 2;
    memcpy( WSA_CMSG_DATA( &control.header ), &size, sizeof( size ) );
    start = now_us();
    for (i = 0; i < count; i++)
    {
        if (by_option)
        {
            if (send_msg( b, &msg, 0, &sent, NULL, NULL )) die( "WSASendMsg" );
        }
        else
            for (j = 0; j < SEGMENTS; j++)
                if (send( b, data + j * SEGMENT, SEGMENT, 0 ) != SEGMENT) die( "send" );
    }
#else
    control.header.cmsg_len = CMSG_LEN( sizeof( uint16_t ) );
    control.header.cmsg_level = IPPROTO_UDP;
    control.header.cmsg_type = UDP_SEGMENT;
    *(uint16_t *)CMSG_DATA( &control.header ) = size;
    start = now_us();
    for (i = 0; i < count; i++)
        if (sendmsg( b, &msg, 0 ) != sizeof( data )) die( "sendmsg" );
#endif
    return count * 1e6 * SEGMENTS / ( now_us() - start );
}

/* ---- recvmsg */

static double recv_message( int count )
{
    char data[64], control[256];
    struct sockaddr_in from;
    int one = 1, i, j, ok;
    double total = 0, start;
    SOCKET a, b;
#ifdef _WIN32
    LPFN_WSARECVMSG recv_msg;
    WSABUF buf = { sizeof( data ), data };
    DWORD received;
#else
    struct iovec iov = { data, sizeof( data ) };
#endif

    udp_pair( &a, &b );
#ifdef _WIN32
    recv_msg = extension( a, (GUID)WSAID_WSARECVMSG );
    setsockopt( a, IPPROTO_IP, 19 /* IP_PKTINFO */, (char *)&one, sizeof( one ) );
    if (setsockopt( a, IPPROTO_IP, 50 /* IP_RECVECN */, (char *)&one, sizeof( one ) ))
        setsockopt( a, IPPROTO_IP, 40 /* IP_RECVTOS */, (char *)&one, sizeof( one ) );
#else
    setsockopt( a, IPPROTO_IP, IP_PKTINFO, &one, sizeof( one ) );
    setsockopt( a, IPPROTO_IP, IP_RECVTOS, &one, sizeof( one ) );
#endif
    for (i = 0; i < count; i += BATCH)
    {
        for (j = 0; j < BATCH; j++)
            if (send( b, data, sizeof( data ), 0 ) != sizeof( data )) die( "send" );
        start = now_us();
        for (j = 0; j < BATCH; j++)
        {
#ifdef _WIN32
            WSAMSG msg = { (struct sockaddr *)&from, sizeof( from ), &buf, 1, { sizeof( control ), control }, 0 };

            ok = !recv_msg( a, &msg, &received, NULL, NULL ) && msg.Control.len;
#else
            struct msghdr msg = { &from, sizeof( from ), &iov, 1, control, sizeof( control ), 0 };

            ok = recvmsg( a, &msg, 0 ) > 0 && msg.msg_controllen;
#endif
            if (!ok) die( "recvmsg" );
        }
        total += now_us() - start;
    }
    return total / ( i ? i : 1 );
}

/* ---- acceptex-server */

#ifdef _WIN32

struct acceptor
{
    OVERLAPPED ov;
    SOCKET s;
    char output[2 * ( sizeof( struct sockaddr_in ) + 16 )];
};

static LPFN_ACCEPTEX accept_ex;

static void acceptor_start( SOCKET listener, struct acceptor *acceptor )
{
    DWORD size = sizeof( struct sockaddr_in ) + 16, received;

    memset( &acceptor->ov, 0, sizeof( acceptor->ov ) );
    acceptor->s = socket( AF_INET, SOCK_STREAM, 0 );
    if (!accept_ex( listener, acceptor->s, acceptor->output, 0, size, size, &received, &acceptor->ov )
        && WSAGetLastError() != ERROR_IO_PENDING)
        die( "AcceptEx" );
}

#endif

static void accept_server( void )
{
    char data[64];
    SOCKET listener;
    int number, n;
#ifdef _WIN32
    static struct acceptor acceptors[PENDING];
    HANDLE port;
#endif

    listener = net_listen( &number );
#ifdef _WIN32
    accept_ex = extension( listener, (GUID)WSAID_ACCEPTEX );
    port = CreateIoCompletionPort( (HANDLE)listener, NULL, 0, 0 );
    for (n = 0; n < PENDING; n++) acceptor_start( listener, acceptors + n );
#endif
    printf( "PORT %d\n", number );
    fflush( stdout );
    do
    {
#ifdef _WIN32
        struct acceptor *acceptor;
        OVERLAPPED *ov;
        ULONG_PTR key;
        DWORD bytes;
        SOCKET s;

        if (!GetQueuedCompletionStatus( port, &bytes, &key, &ov, INFINITE )) die( "GetQueuedCompletionStatus" );
        acceptor = CONTAINING_RECORD( ov, struct acceptor, ov );
        s = acceptor->s;
        if (setsockopt( s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof( listener ) ))
            die( "SO_UPDATE_ACCEPT_CONTEXT" );
#else
        SOCKET s = accept( listener, NULL, NULL );
#endif
        if (( n = recv( s, data, sizeof( data ), 0 ) ) == sizeof( data )) send_all( s, data, sizeof( data ) );
        closesocket( s );
#ifdef _WIN32
        acceptor_start( listener, acceptor );
#endif
    } while (n <= 0 || data[0] != 'q');
}

int main( int argc, char **argv )
{
    const char *mode = argc > 1 ? argv[1] : "";
    int count = argc > 2 ? atoi( argv[2] ) : 1000;
    double result;

    net_start();
    if (!strcmp( mode, "transmitfile" )) result = transmit_file( count );
    else if (!strcmp( mode, "udp-segments" )) result = udp_segments( count );
    else if (!strcmp( mode, "recvmsg" )) result = recv_message( count );
    else if (!strcmp( mode, "acceptex-server" ))
    {
        accept_server();
        return 0;
    }
    else
    {
        fprintf( stderr, "usage: extensions transmitfile|udp-segments|recvmsg COUNT, or extensions acceptex-server\n" );
        return 2;
    }
    printf( "RESULT %.3f\n", result );
    return 0;
}
