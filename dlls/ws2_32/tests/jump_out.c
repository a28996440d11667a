/*
 * Functions of the program that Winsock calls and that don't come back: they leave by an exception, by longjmp, or go
 * on in another fiber
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <setjmp.h>
#include "sockets.h"

#define OUR_EXCEPTION 0xe0770001

/* int try_call( void (*func)( void ) ): 1 if an exception leads out of func */
extern int try_call( void ( *func )( void ) );
#ifdef _WIN64
__asm__( ".text\n\t" /* it may stand in the section of the function before, where each has one */
         ".globl try_call\n"
         ".seh_proc try_call\n"
         "try_call:\n\t"
         "subq $0x28, %rsp\n\t"
         ".seh_stackalloc 0x28\n\t"
         ".seh_endprologue\n"
         "1:\tcallq *%rcx\n\t"
         "nop\n"
         "2:\txorl %eax, %eax\n"
         "3:\taddq $0x28, %rsp\n\t"
         "ret\n"
         "4:\tmovl $1, %eax\n\t"
         "jmp 3b\n\t"
         ".seh_handler __C_specific_handler, @except\n\t"
         ".seh_handlerdata\n\t"
         ".long 1\n\t"
         ".rva 1b, 2b\n\t"
         ".long 1\n\t"
         ".rva 4b\n\t"
         ".text\n\t"
         ".seh_endproc\n" );
#define save_frame( frame )    __builtin_setjmp( frame )
#define restore_frame( frame ) __builtin_longjmp( frame, 1 )
#else
__asm__( ".text\n\t"
         ".globl _try_call\n"
         "_try_call:\n\t"
         "pushl %ebp\n\t"
         "pushl %ebx\n\t"
         "pushl %esi\n\t"
         "pushl %edi\n\t"
         "movl 20(%esp), %eax\n\t"
         "pushl $2f\n\t"
         "pushl %fs:0\n\t"
         "movl %esp, %fs:0\n\t"
         "call *%eax\n\t"
         "xorl %eax, %eax\n"
         "1:\tpopl %fs:0\n\t"
         "addl $4, %esp\n\t"
         "popl %edi\n\t"
         "popl %esi\n\t"
         "popl %ebx\n\t"
         "popl %ebp\n\t"
         "ret\n"
         /* the handler: record, frame, context, dispatcher */
         "2:\tmovl 4(%esp), %eax\n\t"
         "testl $6, 4(%eax)\n\t" /* EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND */
         "jnz 4f\n\t"
         "movl 8(%esp), %ecx\n\t"
         "pushl $0\n\t"
         "pushl %eax\n\t"
         "pushl $3f\n\t"
         "pushl %ecx\n\t"
         "call _RtlUnwind@16\n"
         "3:\tmovl 8(%esp), %esp\n\t"
         "movl $1, %eax\n\t"
         "jmp 1b\n"
         "4:\tmovl $1, %eax\n\t" /* ExceptionContinueSearch */
         "ret\n" );
/* the list of handlers has to be restored, too */
#define save_frame( frame )    setjmp( *(jmp_buf *)( frame ) )
#define restore_frame( frame ) longjmp( *(jmp_buf *)( frame ), 1 )
#endif

enum way
{
    WAY_EXCEPTION,
    WAY_JUMP,
    WAY_FIBER,
    WAY_COUNT
};

static const char *way_names[] = { "exception", "longjmp", "fiber" };

static enum way way;
static BOOL leaves; /* the next function called leaves */
static unsigned int calls, left;
static void *jump_frame[32];
static void *main_fiber;
static void ( *fiber_func )( void );

static void leave( void )
{
    calls++;
    if (!leaves) return;
    leaves = FALSE;
    left++;
    switch (way)
    {
    case WAY_EXCEPTION: RaiseException( OUR_EXCEPTION, 0, 0, NULL ); break;
    case WAY_JUMP: restore_frame( jump_frame );
    default: SwitchToFiber( main_fiber );
    }
}

static void CALLBACK leave_fiber( void *arg )
{
    (void)arg;
    fiber_func();
    SwitchToFiber( main_fiber );
}

static void __attribute__( ( noinline ) ) run_jump( void ( *func )( void ) )
{
    if (!save_frame( jump_frame )) func();
}

/* Calls func, which a function of this test may leave by a jump. */
static void run( void ( *func )( void ) )
{
    switch (way)
    {
    case WAY_EXCEPTION: try_call( func ); break;
    case WAY_JUMP: run_jump( func ); break;
    default:
        fiber_func = func;
        SwitchToFiber( CreateFiber( 0, leave_fiber, NULL ) );
        break;
    }
}

/* ---- completion routines */

#define SOCKETS          3
#define WAITS_OF_WINDOWS 2 /* of the table `waits' */

static SOCKET clients[SOCKETS], servers[SOCKETS];
static OVERLAPPED overlapped[SOCKETS];
static char buffers[SOCKETS][8];
static unsigned int routine_calls[SOCKETS];
static HANDLE never, sent;

static void CALLBACK routine( DWORD error, DWORD count, OVERLAPPED *ov, DWORD flags )
{
    (void)flags;
    ok( !error && count == 1, "error %lu, %lu bytes\n", error, count );
    routine_calls[ov - overlapped]++;
    leave();
}

static void start_receives( void )
{
    DWORD flags, i;
    int ret;

    for (i = 0; i < SOCKETS; i++)
    {
        WSABUF wsabuf = { sizeof( buffers[i] ), buffers[i] };

        flags = 0;
        memset( &overlapped[i], 0, sizeof( overlapped[i] ) );
        ret = WSARecv( servers[i], &wsabuf, 1, NULL, &flags, &overlapped[i], routine );
        ok( ret == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING, "got %d, error %d\n", ret, WSAGetLastError() );
    }
}

static DWORD WINAPI send_all( void *delay )
{
    int i;

    Sleep( (DWORD)(ULONG_PTR)delay );
    for (i = 0; i < SOCKETS; i++) send( clients[i], "x", 1, 0 );
    SetEvent( sent );
    return 0;
}

static SOCKET block_client, block_server;
static unsigned int wait_kind;

static void wait_sleep( void )
{
    SleepEx( 50, TRUE );
}
static void wait_object( void )
{
    WaitForSingleObjectEx( never, 50, TRUE );
}
static void wait_recv( void )
{
    char c;

    recv( block_server, &c, 1, 0 );
}
static void wait_select( void )
{
    struct timeval timeout = { 0, 50000 };
    fd_set set;

    FD_ZERO( &set );
    FD_SET( block_server, &set );
    select( 0, &set, NULL, NULL, &timeout );
}

static const struct
{
    const char *name;
    void ( *func )( void );
} waits[] = {
    { "SleepEx", wait_sleep },
    { "WaitForSingleObjectEx", wait_object },
    { "recv", wait_recv },
    { "select", wait_select },
};

/* A wait inside AFD can't be left: the server writes its result to a stack that is in other use by then. */
static unsigned int wait_count( void )
{
    return by_afd() ? WAITS_OF_WINDOWS : ARRAY_SIZE( waits );
}

/* A blocking call of Winsock needn't run routines: then a wait after it does. */
static void run_until( unsigned int want )
{
    unsigned int i;

    run( waits[wait_kind].func );
    for (i = 0; i < 100 && routine_calls[0] + routine_calls[1] + routine_calls[2] < want; i++) run( wait_sleep );
}

static void test_routines( void )
{
    unsigned int round, i;

    for (wait_kind = 0; wait_kind < wait_count(); wait_kind++)
    {
        winetest_push_context( "%s, %s", way_names[way], waits[wait_kind].name );
        for (i = 0; i < SOCKETS; i++)
        {
            tcp_socketpair( &clients[i], &servers[i] );
            routine_calls[i] = 0;
        }
        tcp_socketpair( &block_client, &block_server );
        set_timeout( block_server, 200 );
        for (round = 1; round <= 4; round++)
        {
            HANDLE thread = NULL;

            start_receives();
            ResetEvent( sent );
            left = 0;
            leaves = round <= 2;
            /* before the wait and while it lasts */
            if (round & 1) thread = CreateThread( NULL, 0, send_all, (void *)20, 0, NULL );
            else send_all( NULL );
            run_until( round * SOCKETS );
            WaitForSingleObject( sent, 5000 );
            if (thread) CloseHandle( thread );
            ok( left == ( round <= 2 ), "round %u: %u have left\n", round, left );
            for (i = 0; i < SOCKETS; i++)
                ok( routine_calls[i] == round, "round %u: %u calls for socket %u\n", round, routine_calls[i], i );
        }
        /* the provider has kept none of the sockets */
        for (i = 0; i < SOCKETS; i++)
        {
            char c;

            ok_success( closesocket( servers[i] ) );
            set_timeout( clients[i], 5000 );
            ok_call( recv( clients[i], &c, 1, 0 ), 0, 0 );
            closesocket( clients[i] );
        }
        closesocket( block_client );
        closesocket( block_server );
        winetest_pop_context();
    }
}

/* ---- APCs of the program's in blocking calls */

static void CALLBACK apc( ULONG_PTR arg )
{
    (void)arg;
    leave();
}

static void test_apc( void )
{
    char c;

    for (wait_kind = 0; wait_kind < wait_count(); wait_kind++)
    {
        winetest_push_context( "%s, APC in %s", way_names[way], waits[wait_kind].name );
        tcp_socketpair( &block_client, &block_server );
        set_timeout( block_server, 200 );
        calls = left = 0;
        leaves = TRUE;
        QueueUserAPC( apc, GetCurrentThread(), 0 );
        QueueUserAPC( apc, GetCurrentThread(), 0 );
        run( waits[wait_kind].func );
        while (calls < 2 && SleepEx( 2000, TRUE )) /* nothing */
            ;
        if (calls == 1) run( wait_sleep );
        ok( left == 1 && calls == 2, "%u have left, %u calls\n", left, calls );
        send( block_client, "x", 1, 0 );
        ok_call( recv( block_server, &c, 1, 0 ), 1, 0 );
        ok_success( closesocket( block_server ) );
        set_timeout( block_client, 5000 );
        /* a fiber may come back to its call, for which the socket may stay open */
        if (way != WAY_FIBER) ok_call( recv( block_client, &c, 1, 0 ), 0, 0 );
        closesocket( block_client );
        winetest_pop_context();
    }
}

/* ---- condition functions */

static SOCKET listener;
static int answer;

static int CALLBACK condition( WSABUF *caller, WSABUF *caller_data, QOS *qos, QOS *group_qos, WSABUF *callee,
                               WSABUF *callee_data, GROUP *group, DWORD_PTR context )
{
    (void)caller;
    (void)caller_data;
    (void)qos;
    (void)group_qos;
    (void)callee;
    (void)callee_data;
    (void)group;
    (void)context;
    leave();
    return answer;
}

static SOCKET accepted;

static void accept_conditionally( void )
{
    accepted = WSAAccept( listener, NULL, NULL, condition, 0 );
}

static void test_condition( void )
{
    union address addr;
    SOCKET client, a, b;
    unsigned int round;
    int len;
    char c;

    winetest_push_context( "%s, condition", way_names[way] );
    tcp_socketpair( &a, &b );
    listener = tcp_listener( AF_INET, &addr, &len );
    for (round = 0; round < 3; round++)
    {
        client = tcp_socket( AF_INET );
        ok_success( connect( client, &addr.any, len ) );
        answer = CF_ACCEPT;
        leaves = TRUE;
        left = 0;
        accepted = INVALID_SOCKET;
        run( accept_conditionally );
        ok( left == 1 && accepted == INVALID_SOCKET, "%u have left\n", left );
        ok_call( send( a, "x", 1, 0 ), 1, 0 );
        ok_call( recv( b, &c, 1, 0 ), 1, 0 );
        closesocket( client );

        client = tcp_socket( AF_INET );
        ok_success( connect( client, &addr.any, len ) );
        run( accept_conditionally );
        ok( accepted != INVALID_SOCKET, "error %d\n", WSAGetLastError() );
        ok_call( send( accepted, "x", 1, 0 ), 1, 0 );
        ok_call( recv( client, &c, 1, 0 ), 1, 0 );
        closesocket( accepted );
        closesocket( client );
    }
    closesocket( listener );
    closesocket( a );
    closesocket( b );
    winetest_pop_context();
}

START_TEST( jump_out )
{
    start_winsock();
    never = CreateEventW( NULL, TRUE, FALSE, NULL );
    sent = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (way = 0; way < WAY_COUNT; way++)
    {
        if (way == WAY_FIBER) main_fiber = ConvertThreadToFiber( NULL );
        test_routines();
        test_apc();
        test_condition();
    }
    stop_winsock();
}
