/*
 * What the loads for counting wineserver requests share; requests.c says how they are counted
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef TESTS_REQUESTS_H
#define TESTS_REQUESTS_H

#include "extension.h"

enum
{
    COUNT = 40,
    WARM = 8
};

/* Of which kinds the pairs of sockets are: the first one's name. */
#define PAIR_KINDS 5
extern const char *const pair_kinds[PAIR_KINDS];
extern void pair_of_kind( int kind, SOCKET *a, SOCKET *b );

/* The two marks of a phase: between them that number of operations is run. */
extern void phase_begin( const char *phase, unsigned int operations );
extern void phase_end( void );

/* Waits without any call of Windows that would make a request. */
extern void spin_until_done( OVERLAPPED *ov );

/* requests_overlapped.c */
extern void run_overlapped( void );
extern void run_port( HANDLE early_port ); /* made before the first socket; closes it */
extern void run_reuse( void );

/* requests_connections.c */
extern void run_connections( void );
extern void run_selected( void );
extern void run_notified( void );

/* requests_events.c */
extern void run_events( BOOL busy );
extern void run_messages( void );

#endif /* TESTS_REQUESTS_H */
