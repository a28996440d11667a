/*
 * What is known of event objects without asking the wineserver
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_EVENT_STATE_H
#define WSURING_EVENT_STATE_H

#include "provider.h"

void event_note_clear( HANDLE event ); /* it has just been reset, or made not signalled */
void event_forget( HANDLE event );     /* it has been, or may at any time be, signalled or closed */
void event_note_closed( HANDLE event ); /* its handle goes; for any handle */
LONG event_life( HANDLE event );        /* the same number: the handle still means the same object */
BOOL event_is_clear( HANDLE event );   /* TRUE only if it is surely not signalled */

#endif /* WSURING_EVENT_STATE_H */
