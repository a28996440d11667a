/*
 * The module's state, and the choice of the tier
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What everybody reads of it is in provider.h.
 */

#ifndef WSURING_MODULE_H
#define WSURING_MODULE_H

#include "base/provider.h"

extern int engine_errno;      /* why the host refused the better engine, 0 if it didn't */
extern char wine_version[32]; /* Wine's, or the one that WSURING_WINE_VERSION gives for tests */

/* Reads the settings, loads the Unix library and picks the tier; once, before anything else. It can't fail: the last
 * resort is tier afd. */
void module_init( void *counters );

/* What the fast tiers need is missing: the tier is afd after all. Before there is any socket. */
void module_give_up( void );

/* TRUE if a packet can be posted by a socket's handle alone (unix_post_completion). Without that only a port whose
 * handle is known gets packets. The first call makes requests. */
BOOL module_can_post( void );

/* FALSE if WSURING_INTERPOSE=0 asks to leave kernelbase's imports alone. */
BOOL module_wants_interposing( void );

#endif /* WSURING_MODULE_H */
