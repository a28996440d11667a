/*
 * The event that a program selects, as a handle of the provider's
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_PROGRAM_EVENT_H
#define WSURING_PROGRAM_EVENT_H

#include "base/provider.h"

/* Duplicates the program's event. STATUS_INVALID_PARAMETER if it is none, or may not be modified. */
NTSTATUS program_event_duplicate( HANDLE event, HANDLE *duplicate );

#endif /* WSURING_PROGRAM_EVENT_H */
