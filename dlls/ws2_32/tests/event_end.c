/*
 * Events of data and of the end behind it: nothing that a peer has sent is lost to a program that closes on FD_CLOSE
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * After the table of network events on the page "WSAEventSelect function": FD_CLOSE comes after all data has been read.
 * Wine's own module reports the end at once where both sides have ended the stream, or the peer has reset it.
 */

#include "sockets.h"

#define SIZE           300
#define SELECT_MESSAGE ( WM_USER + 8 )
#define ALL            ( FD_READ | FD_WRITE | FD_OOB | FD_CLOSE )

enum end
{
    END_NONE,
    END_CLOSE,
    END_SHUTDOWN,
    END_RESET
};

static const struct
{
    const char *name;
    BOOL half;   /* the program has ended its own side before */
    BOOL urgent; /* urgent data, too */
    enum end end;
} cases[] = {
    { "data", FALSE, FALSE, END_NONE },
    { "data, close", FALSE, FALSE, END_CLOSE },
    { "data, shutdown", FALSE, FALSE, END_SHUTDOWN },
    { "data, reset", FALSE, FALSE, END_RESET },
    { "urgent data, data, close", FALSE, TRUE, END_CLOSE },
    { "half-closed, data", TRUE, FALSE, END_NONE },
    { "half-closed, data, close", TRUE, FALSE, END_CLOSE },
    { "half-closed, data, shutdown", TRUE, FALSE, END_SHUTDOWN },
    { "half-closed, data, reset", TRUE, FALSE, END_RESET },
};

/* When the program selects */
enum moment
{
    BEFORE, /* what comes */
    AFTER,  /* all has come */
    AGAIN,  /* before and after */
    MOMENT_COUNT
};

static const char *const moments[] = { "selected before", "selected after", "selected again" };

static HANDLE event;
static HWND window;

static void select_events( SOCKET s, BOOL messages, long mask )
{
    if (messages) ok_success( WSAAsyncSelect( s, window, SELECT_MESSAGE, mask ) );
    else ok_success( WSAEventSelect( s, event, mask ) );
}

/* The next events, 0 if none come within a while. */
static long next_events( SOCKET s, BOOL messages, int *error )
{
    WSANETWORKEVENTS events = { 0 };
    DWORD start = GetTickCount();
    MSG msg;

    if (!messages)
    {
        if (WaitForSingleObject( event, 200 )) return 0;
        ok_success( WSAEnumNetworkEvents( s, event, &events ) );
        *error = events.iErrorCode[FD_CLOSE_BIT];
        return events.lNetworkEvents;
    }
    do
    {
        if (!PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE, PM_REMOVE ))
        {
            Sleep( 1 );
            continue;
        }
        if (msg.wParam != s) continue;
        *error = WSAGETSELECTERROR( msg.lParam );
        return WSAGETSELECTEVENT( msg.lParam );
    } while (GetTickCount() - start < 200);
    return 0;
}

/* Returns the peer, INVALID_SOCKET if it is closed. */
static SOCKET make_state( unsigned int i, enum moment moment, BOOL messages, SOCKET *s )
{
    struct linger linger = { 1, 0 };
    char data[SIZE];
    SOCKET peer;
    MSG msg;

    while (PeekMessageA( &msg, window, SELECT_MESSAGE, SELECT_MESSAGE,
                         PM_REMOVE )) /* of a socket that had the same handle */
        ;
    tcp_socketpair( s, &peer );
    ResetEvent( event );
    fill_pattern( data, SIZE, i );
    if (moment != AFTER) select_events( *s, messages, ALL );
    if (cases[i].half) ok_success( shutdown( *s, SD_SEND ) );
    if (cases[i].urgent) ok_call( send( peer, "!", 1, MSG_OOB ), 1, 0 );
    ok_call( send( peer, data, SIZE, 0 ), SIZE, 0 );
    ok( wait_readable( *s, 2000 ), "no data\n" );
    if (cases[i].end == END_RESET) setsockopt( peer, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof( linger ) );
    if (cases[i].end == END_SHUTDOWN) shutdown( peer, SD_SEND );
    else if (cases[i].end != END_NONE) closesocket( peer );
    Sleep( 10 ); /* for the end to have come in most runs: what is right doesn't depend on it */
    if (moment != BEFORE) select_events( *s, messages, FD_READ | FD_CLOSE );
    return cases[i].end == END_CLOSE || cases[i].end == END_RESET ? INVALID_SOCKET : peer;
}

/* A program that receives `part' bytes for each FD_READ and closes on FD_CLOSE has received everything. */
static void test_nothing_lost( BOOL messages )
{
    static const int parts[] = { SIZE, 100 };
    unsigned int i, j, moment, steps;
    int got, ended, error, n;
    char data[SIZE];
    long events;
    SOCKET s, peer;

    for (i = 0; i < ARRAY_SIZE( cases ); i++)
        for (moment = 0; moment < MOMENT_COUNT; moment++)
            for (j = 0; j < ARRAY_SIZE( parts ); j++)
            {
                winetest_push_context( "%s, %s, %s, %d at a time", messages ? "messages" : "events", cases[i].name,
                                       moments[moment], parts[j] );
                peer = make_state( i, moment, messages, &s );
                error = 0;
                for (got = ended = steps = 0; steps < 20 && !ended; steps++)
                {
                    if (!( events = next_events( s, messages, &error ) )) break;
                    if (events & FD_READ)
                    {
                        n = recv( s, data + got, min( parts[j], SIZE - got ), 0 );
                        if (n > 0) got += n;
                    }
                    if (events & FD_CLOSE) ended = TRUE;
                }
                ok_unless_afd( got == SIZE, "received %d of %d before the end\n", got, SIZE );
                if (got == SIZE) ok( check_pattern( data, SIZE, i ), "other data\n" );
                if (cases[i].end == END_NONE) ok( !ended, "got FD_CLOSE\n" );
                else ok_unless_afd( ended, "no FD_CLOSE\n" );
                if (ended && cases[i].end == END_RESET) ok_unless_afd( error, "the reset has no error\n" );
                else ok( !error, "got error %d\n", error );
                closesocket( s );
                if (peer != INVALID_SOCKET) closesocket( peer );
                winetest_pop_context();
            }
}

START_TEST( event_end )
{
    start_winsock();
    event = WSACreateEvent();
    window = CreateWindowA( "Static", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL );
    ok( window != NULL, "no window\n" );
    test_nothing_lost( FALSE );
    test_nothing_lost( TRUE );
    DestroyWindow( window );
    WSACloseEvent( event );
    stop_winsock();
}
