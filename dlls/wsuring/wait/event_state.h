/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_EVENT_STATE_H
#define WSURING_EVENT_STATE_H

#include "base/provider.h"

/* It has just been made. alone: nobody else can have a handle to it; manual: waits don't reset it. */
void event_note_made( HANDLE event, BOOL alone, BOOL manual, BOOL signalled );
void event_note_clear( HANDLE event );  /* it is just being reset, or made not signalled */
void event_note_reset( HANDLE event );  /* it has just been reset */
void event_forget( HANDLE event );      /* before and after what may set or reset it */
void event_note_lent( HANDLE event );   /* before an operation of the server, which signals it at its end */
void event_note_shared( HANDLE event ); /* there may be other handles to it */
void event_note_closed( HANDLE event ); /* its handle goes; for any handle */
void event_note_server( HANDLE event ); /* the server signals it by itself from now on */
LONG event_life( HANDLE event );        /* the same number: the handle still means the same object */
BOOL event_is_clear( HANDLE event );    /* TRUE only if it is surely not signalled */

/* Resets one of the program's. */
NTSTATUS event_reset( HANDLE event );

/* The same; the wineserver may be told later: before it is next asked, unless the event is set before that. */
NTSTATUS event_reset_later( HANDLE event );

/* Sets an event of the program's, which had it as `known_as' when event_life was `life'. */
void event_set( HANDLE event, HANDLE known_as, LONG life );

/* For a wait for any of the handles: is it over, since one is an event that has been set by event_set? The wait's
 * status then. */
BOOL event_take_set( ULONG count, const HANDLE *handles, NTSTATUS *status );

/* The wineserver waits for any or all of these. */
void event_wait_begins( ULONG count, const HANDLE *handles, BOOL any );

/* A wait is over since this one is signalled. FALSE if it isn't known to have been set by event_set, or another wait
 * has made use of that. */
BOOL event_wait_over( HANDLE event );

#endif /* WSURING_EVENT_STATE_H */
