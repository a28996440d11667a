/*
 * What the tests of sockets share
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_SOCKETS_H
#define TESTS_SOCKETS_H

#include "headers.h" /* before Winsock's */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

#include "wine/test.h"
#include "names.h"

/* Is the module under test Wine's own? */
#define stock is_stock()
/* Do operations go through the wineserver's AFD, in Wine's own module or in the tier of that name? */
extern BOOL by_afd( void );

union address
{
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    char bytes[128];
};

/* Checks for `call' what it returns and the error it leaves; the error of a success isn't looked at. */
#define ok_call( call, expect_ret, expect_error )                                                                      \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_, error_;                                                                                              \
        WSASetLastError( 0xdeadbeef );                                                                                 \
        ret_ = ( call );                                                                                               \
        error_ = WSAGetLastError();                                                                                    \
        ok( ret_ == (int)( expect_ret ) && ( ret_ != SOCKET_ERROR || error_ == ( expect_error ) ),                     \
            "%s: got %d, error %d, expected %d, error %d\n", #call, ret_, error_, (int)( expect_ret ),                 \
            (int)( expect_error ) );                                                                                   \
    } while (0)

#define ok_success( call )      ok_call( call, 0, 0 )
#define ok_error( call, error ) ok_call( call, SOCKET_ERROR, error )

/* The same where some Wine's own module doesn't do what Microsoft's documentation says, or crashes: the documentation
 * counts. */
#define ok_docs( call, expect_ret, expect_error )                                                                      \
    do                                                                                                                 \
    {                                                                                                                  \
        int ret_ = 0, error_, good_, crash_ = 1;                                                                       \
        WSASetLastError( 0xdeadbeef );                                                                                 \
        if (!__builtin_setjmp( guard_frame ))                                                                          \
        {                                                                                                              \
            guard_enter();                                                                                             \
            ret_ = ( call );                                                                                           \
            crash_ = 0;                                                                                                \
        }                                                                                                              \
        error_ = WSAGetLastError();                                                                                    \
        guard_leave();                                                                                                 \
        good_ = !crash_ && ret_ == (int)( expect_ret ) && ( ret_ != SOCKET_ERROR || error_ == ( expect_error ) );      \
        todo_wine_if( stock && !good_ )                                                                                \
            ok( good_, "%s: %s %d, error %d, expected %d, error %d\n", #call, crash_ ? "crashed," : "got", ret_,       \
                error_, (int)( expect_ret ), (int)( expect_error ) );                                                  \
    } while (0)

#define ok_docs_error( call, error ) ok_docs( call, SOCKET_ERROR, error )

/* As ok(), for what the documentation says and some Wine's own module doesn't do. */
#define ok_unless_stock( condition, ... )                                                                              \
    do                                                                                                                 \
    {                                                                                                                  \
        int condition_ = !!( condition );                                                                              \
        todo_wine_if( stock && !condition_ ) ok( condition_, __VA_ARGS__ );                                            \
    } while (0)

/* As ok(), for what the wineserver's AFD gets wrong, and so the tier of that name. */
#define ok_unless_afd( condition, ... )                                                                                \
    do                                                                                                                 \
    {                                                                                                                  \
        int condition_ = !!( condition );                                                                              \
        todo_wine_if( by_afd() && !condition_ ) ok( condition_, __VA_ARGS__ );                                         \
    } while (0)

/* A row of docs/errors.md: what `call' must give and what it gave, 0 for success. */
extern void error_row_( const char *file, int line, const char *call, const char *when, int expect, int got );
#define error_row( call, when, expect, got ) error_row_( __FILE__, __LINE__, call, when, expect, got )

/* For ok_docs: between these two an exception that nobody handles goes back to the call of __builtin_setjmp. Main
 * thread only. */
extern void *guard_frame[5];
extern void guard_enter( void );
extern void guard_leave( void );

extern void start_winsock( void );
extern void stop_winsock( void );

/* Families of the tests: AF_INET, and AF_INET6 where the host has it. */
extern const int families[2];
extern unsigned int family_count( void );
extern const char *family_name( int family );

/* The loopback address of the family, with the port in host order. Returns its length. */
extern int loopback( union address *addr, int family, unsigned short port );

extern SOCKET tcp_socket( int family );
extern SOCKET udp_socket( int family );
/* A socket that listens on loopback; its address comes back. */
extern SOCKET tcp_listener( int family, union address *addr, int *len );
/* Two connected sockets: `client' by connect, `server' by accept. With flags of WSASocket for the first; the listener's
 * are the same. */
extern void tcp_pair( int family, DWORD flags, SOCKET *client, SOCKET *server );
extern void tcp_socketpair( SOCKET *client, SOCKET *server );
/* Two bound UDP sockets, each connected to the other. */
extern void udp_pair( int family, SOCKET *a, SOCKET *b );
/* One of the two by the type, SOCK_STREAM or SOCK_DGRAM; overlapped. */
extern void typed_pair( int family, int type, SOCKET *a, SOCKET *b );

extern void set_blocking( SOCKET s, BOOL blocking );
/* SO_RCVTIMEO, so that a failed test doesn't hang */
extern void set_timeout( SOCKET s, DWORD milliseconds );
extern BOOL wait_readable( SOCKET s, DWORD milliseconds );
/* Sends on a non-blocking socket until there is no room. Returns the number of bytes. */
extern int fill_send_buffer( SOCKET s );
/* The same by sends that block in the end: the host may have room that it doesn't announce yet, which they find. The
 * socket blocks afterwards. */
extern void fill_send_all( SOCKET s );
extern int drain( SOCKET s, int count );
/* Polls an event until it is set, without a wait, which could use up what is known about it. */
extern void wait_set( HANDLE event );
/* One byte from one to the other by an overlapped operation, at whose end its event is set. */
extern void send_with_event( SOCKET from, SOCKET to, HANDLE event );
/* WSARecv with one buffer, whose WSABUF is overwritten after the call (rule O5). Returns the error, or 0. */
extern int begin_recv( SOCKET s, char *data, ULONG len, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine );
/* One byte, whose FD_READ is waited for and enumerated, which resets the event. Twice, by waits that differ. */
extern void reset_by_enum( SOCKET from, SOCKET to, HANDLE event );
/* As recv, but all of it. */
extern int recv_all( SOCKET s, char *buffer, int count );
/* A pattern which shows where a byte comes from. */
extern void fill_pattern( char *buffer, int count, unsigned int seed );
extern int check_pattern( const char *buffer, int count, unsigned int seed );

/* Waits until an operation has completed, without a call of Windows that would do anything. */
extern BOOL wait_overlapped( const OVERLAPPED *ov, DWORD milliseconds );
static inline BOOL is_pending( const OVERLAPPED *ov )
{
    return ( DWORD ) * (volatile ULONG_PTR *)&ov->Internal == 0x103;
}

/* WSALookupServiceBeginA in the name space of DNS. */
extern int lookup_begin( const char *name, GUID *class_id, DWORD flags, HANDLE *lookup );
/* Memory that isn't there: one page that may not be touched, and one byte before it that may. */
extern char *bad_page( void );
/* A page that may be read only. */
extern char *readonly_page( void );

/* Has tests/network or tests/names, which have started this program, change the network or its names. */
extern void change_world( const char *command );

/* A name with that prefix for an object, which other tests that run at the same time don't use. */
extern const char *own_name( const char *prefix );

/* Runs `NAME arguments' of this program. */
extern HANDLE start_child( const char *name, const char *arguments );

extern DWORD handle_count( void );

#endif /* TESTS_SOCKETS_H */
