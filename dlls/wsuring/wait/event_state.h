/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An event is in one of three states, as far as this process can know:
 *
 * | input                            | UNKNOWN | CLEAR   | SET     |
 * |----------------------------------|---------|---------|---------|
 * | made, not signalled              | CLEAR   | CLEAR   | CLEAR   |
 * | made, signalled                  | UNKNOWN | UNKNOWN | UNKNOWN |
 * | a reset begins, nobody sets it   | CLEAR   | CLEAR   | CLEAR   |
 * | a reset begins, somebody sets it | UNKNOWN | -       | UNKNOWN |
 * | the reset has ended              | UNKNOWN | CLEAR   | UNKNOWN |
 * | a set begins                     | UNKNOWN | UNKNOWN | SET     |
 * | the set has ended, no reset came | SET     | -       | SET     |
 * | the set has ended, a reset came  | UNKNOWN | -       | UNKNOWN |
 * | a wait has used it               | UNKNOWN | CLEAR   | UNKNOWN |
 * | lent to the server, or forgotten | UNKNOWN | UNKNOWN | UNKNOWN |
 * | closed, or other handles to it   | UNKNOWN | UNKNOWN | UNKNOWN |
 *
 * CLEAR is certain: it needs no reset before an operation pends. SET is certain: a wait for it is over. UNKNOWN costs a
 * request, nothing else. Every reset and every set reaches the server, so that waits which don't pass through this
 * process's hooks (of message queues, of the thread pool) see the event as it is.
 *
 * WSURING_EVENTS=0 leaves every event UNKNOWN.
 */

#ifndef WSURING_EVENT_STATE_H
#define WSURING_EVENT_STATE_H

#include "base/provider.h"

/* It has just been made. alone: no one else can have a handle to it; manual: waits don't reset it. */
void event_note_made( HANDLE event, BOOL alone, BOOL manual, BOOL signalled );
void event_note_reset( HANDLE event );  /* the server has just reset it */
void event_forget( HANDLE event );      /* before and after what may set or reset it */
void event_note_shared( HANDLE event ); /* there may be other handles to it */
void event_note_closed( HANDLE event ); /* its handle is being closed; for any handle */
void event_note_server( HANDLE event ); /* the server signals it by itself from now on */
/* SignalObjectAndWait: the server signals it during the call, we don't know when. */
void event_note_signalled( HANDLE event );
LONG event_life( HANDLE event );     /* the same number: the handle still means the same object */
BOOL event_is_clear( HANDLE event ); /* TRUE only if it is surely not signalled */

/* Resets one of the program's, by NtResetEvent. */
NTSTATUS event_reset( HANDLE event );

/* Is it an event that this handle may set? Resets one that wasn't known to be; otherwise the server's status. */
NTSTATUS event_check( HANDLE event );
BOOL event_is_known( HANDLE event ); /* the same without a request; FALSE if that isn't known */

/* The program's own NtResetEvent or NtSetEvent, which `request' is. */
typedef NTSTATUS( WINAPI *event_request )( HANDLE event, LONG *previous );
NTSTATUS event_reset_by( event_request request, HANDLE event, LONG *previous );
NTSTATUS event_set_by( event_request request, HANDLE event, LONG *previous );

/* Sets an event of the program's, which had it as `known_as' when event_life was `life'. */
void event_set( HANDLE event, HANDLE known_as, LONG life );

/* For a wait for any of the handles: is it over, since one is an event that has been set by event_set? The wait's
 * status then. */
BOOL event_take_set( ULONG count, const HANDLE *handles, NTSTATUS *status );

/* A wait is over since this one is signalled: what is known of that serves no second wait. */
void event_wait_over( HANDLE event );

#endif /* WSURING_EVENT_STATE_H */
