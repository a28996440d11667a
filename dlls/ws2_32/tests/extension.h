/*
 * What the tests of the extension functions share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_EXTENSION_H
#define TESTS_EXTENSION_H

#include "sockets.h"

/* Room for one address in AcceptEx's buffer. */
enum
{
    ACCEPT_ADDR = sizeof( struct sockaddr_in6 ) + 16
};

/* Pointers of SIO_GET_EXTENSION_FUNCTION_POINTER; NULL where the module has none. */
struct extensions
{
    LPFN_ACCEPTEX AcceptEx;
    LPFN_GETACCEPTEXSOCKADDRS GetAcceptExSockaddrs;
    LPFN_CONNECTEX ConnectEx;
    LPFN_DISCONNECTEX DisconnectEx;
    LPFN_TRANSMITFILE TransmitFile;
    LPFN_TRANSMITPACKETS TransmitPackets;
    LPFN_WSARECVMSG WSARecvMsg;
    LPFN_WSASENDMSG WSASendMsg;
};

extern struct extensions ext;
extern void load_extensions( void );

/* Waits for an overlapped operation of `s', and gives its Winsock error: 0 for success. The count comes back. */
extern int overlapped_result( SOCKET s, OVERLAPPED *ov, DWORD *count );

/* As tcp_pair, by ConnectEx and AcceptEx, without their SO_UPDATE options. */
extern void extension_pair( int family, SOCKET *client, SOCKET *server );

/* As ok_call, for BOOL functions: expected is success (error 0), or FALSE with the error. */
#define ok_bool( call, expect_error )                                                                                  \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_, error_;                                                                                              \
        WSASetLastError( 0xdeadbeef );                                                                                 \
        ret_ = ( call );                                                                                               \
        error_ = ret_ ? 0 : WSAGetLastError();                                                                         \
        ok( error_ == ( expect_error ), "%s: got %d, error %d, expected %d\n", #call, ret_, error_,                    \
            (int)( expect_error ) );                                                                                   \
    } while (0)

/* The same where some Wine's own module does otherwise than the documentation says, or crashes. */
#define ok_docs_bool( call, expect_error )                                                                             \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_ = 0, error_, crash_ = 1;                                                                              \
        WSASetLastError( 0xdeadbeef );                                                                                 \
        if (!__builtin_setjmp( guard_frame ))                                                                          \
        {                                                                                                              \
            guard_enter();                                                                                             \
            ret_ = ( call );                                                                                           \
            crash_ = 0;                                                                                                \
        }                                                                                                              \
        error_ = crash_ ? -1 : ret_ ? 0 : WSAGetLastError();                                                           \
        guard_leave();                                                                                                 \
        todo_wine_if( stock && error_ != ( expect_error ) )                                                            \
            ok( error_ == ( expect_error ), "%s: got %d, error %d, expected %d\n", #call, ret_, error_,                \
                (int)( expect_error ) );                                                                               \
    } while (0)

/* A temporary file with that content, deleted when it is closed; FILE_FLAG_OVERLAPPED or other flags of CreateFile. */
extern HANDLE make_file( DWORD flags, const void *data, DWORD size );

/* What the peer gets, in a thread: the sender may block. */
struct receiver
{
    SOCKET s;
    HANDLE thread;
    char *data;
    volatile UINT64 total;
    UINT64 room;
    BOOL closed;
};

extern void receive_begin( struct receiver *receiver, SOCKET s, char *data, UINT64 room );
extern BOOL receive_wait( const struct receiver *receiver, HANDLE handle, DWORD timeout );
extern void receive_end( struct receiver *receiver, DWORD timeout );

#endif /* TESTS_EXTENSION_H */
