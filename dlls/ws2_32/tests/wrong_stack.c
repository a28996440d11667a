/*
 * Functions of a 32-bit program that Winsock calls and that have another calling convention than they should: they take
 * too little or too much off the stack
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

#ifdef _WIN64

START_TEST( wrong_stack )
{
    skip( "there is one calling convention only\n" );
}

#else

static SOCKET a, b;
LONG wrong_stack_calls;

/* A function that takes `bytes' off the stack, and leaves the registers that it may change in a mess. */
#define FUNCTION( name, bytes )                                                                                        \
    extern void name( void );                                                                                          \
    __asm__( ".text\n\t"                                                                                               \
             ".globl _" #name "\n"                                                                                     \
             "_" #name ":\n\t"                                                                                         \
             "incl _wrong_stack_calls\n\t"                                                                             \
             "xorl %eax, %eax\n\t"                                                                                     \
             "movl $0xdeadbeef, %ecx\n\t"                                                                              \
             "movl $0xdeadbeef, %edx\n\t"                                                                              \
             "ret $" #bytes "\n" )

FUNCTION( takes_0, 0 );
FUNCTION( takes_12, 12 );
FUNCTION( takes_16, 16 );
FUNCTION( takes_32, 32 );
FUNCTION( takes_64, 64 );

static const struct
{
    void ( *function )( void );
    unsigned int bytes;
} functions[] = { { takes_16, 16 }, { takes_32, 32 }, { takes_0, 0 }, { takes_12, 12 }, { takes_64, 64 } };

/* Completion routines, which have 16 bytes of parameters. */

static void wait_sleep( void )
{
    SleepEx( 3000, TRUE );
}

static void wait_event( void )
{
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );

    WSAWaitForMultipleEvents( 1, &event, FALSE, 3000, TRUE );
    CloseHandle( event );
}

static void wait_blocked( void )
{
    char data;

    recv( a, &data, 1, 0 );
}

static void test_routine( void )
{
    static const struct
    {
        const char *name;
        void ( *wait )( void );
    } waits[] = { { "SleepEx", wait_sleep }, { "WSAWaitForMultipleEvents", wait_event }, { "recv", wait_blocked } };
    static char data[8];
    WSABUF buffer = { sizeof( data ), data };
    unsigned int i, j, ready;
    volatile int crashed;

    for (ready = 0; ready < 2; ready++)
        for (i = 0; i < ARRAY_SIZE( waits ); i++)
            for (j = 0; j < ARRAY_SIZE( functions ); j++)
            {
                OVERLAPPED ov = { 0 };
                DWORD flags = 0;

                winetest_push_context( "%s, %u bytes, %s", waits[i].name, functions[j].bytes,
                                       ready ? "done at once" : "pends" );
                wrong_stack_calls = 0;
                if (ready) send( a, "x", 1, 0 );
                ok_call( WSARecv( b, &buffer, 1, NULL, &flags, &ov, (void *)functions[j].function ), ready ? 0 : -1,
                         WSA_IO_PENDING );
                if (!ready) send( a, "x", 1, 0 );
                crashed = 1;
                guard_enter();
                if (!__builtin_setjmp( guard_frame ))
                {
                    waits[i].wait();
                    crashed = 0;
                }
                guard_leave();
                ok( !crashed && wrong_stack_calls == 1, "%s after %ld calls\n", crashed ? "crashed" : "goes on",
                    wrong_stack_calls );
                winetest_pop_context();
            }
}

/* A condition function has 32 bytes of them. */
static void test_condition( void )
{
    union address addr;
    int len;
    SOCKET listener = tcp_listener( AF_INET, &addr, &len ), client, accepted;
    volatile int crashed;
    unsigned int j;

    for (j = 0; j < ARRAY_SIZE( functions ); j++)
    {
        winetest_push_context( "condition function, %u bytes", functions[j].bytes );
        wrong_stack_calls = 0;
        client = socket( AF_INET, SOCK_STREAM, 0 );
        ok_success( connect( client, &addr.any, len ) );
        crashed = 1;
        accepted = INVALID_SOCKET;
        guard_enter();
        if (!__builtin_setjmp( guard_frame ))
        {
            accepted = WSAAccept( listener, NULL, NULL, (void *)functions[j].function, 0 );
            crashed = 0;
        }
        guard_leave();
        ok( !crashed && wrong_stack_calls == 1 && accepted != INVALID_SOCKET, "%s after %ld calls\n",
            crashed ? "crashed" : "goes on", wrong_stack_calls );
        closesocket( client );
        if (accepted != INVALID_SOCKET) closesocket( accepted );
        winetest_pop_context();
    }
    closesocket( listener );
}

/* The routine of a look-up has 12, and runs in another thread. */
static void test_lookup( void )
{
    ADDRINFOEXW *list;
    unsigned int i, j;
    HANDLE handle;
    int ret;

    for (i = 0; i < ARRAY_SIZE( functions ); i++)
    {
        OVERLAPPED ov = { 0 };

        winetest_push_context( "look-up, %u bytes", functions[i].bytes );
        wrong_stack_calls = 0;
        ret = GetAddrInfoExW( L"127.0.0.1", NULL, NS_DNS, NULL, NULL, &list, NULL, &ov,
                              (LPLOOKUPSERVICE_COMPLETION_ROUTINE)functions[i].function, &handle );
        ok( ret == WSA_IO_PENDING, "got %d\n", ret );
        for (j = 0; j < 500 && !wrong_stack_calls; j++) Sleep( 10 );
        Sleep( 50 ); /* it hasn't returned yet */
        ok( wrong_stack_calls == 1, "%ld calls\n", wrong_stack_calls );
        FreeAddrInfoExW( list );
        winetest_pop_context();
    }
}

START_TEST( wrong_stack )
{
    DWORD timeout = 300;

    start_winsock();
    tcp_socketpair( &a, &b );
    ok_success( setsockopt( a, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof( timeout ) ) );
    test_routine();
    test_condition();
    test_lookup();
    closesocket( a );
    closesocket( b );
    stop_winsock();
}

#endif
