/*
 * What of Wine can be relied on in this process
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_CAPABILITY_H
#define WSURING_CAPABILITY_H

#include "base/provider.h"

void capability_init( void ); /* reads WSURING_WITHOUT */

/* Those that WSURING_WITHOUT names, as bits (CAPABILITY_BIT). */
UINT capability_unwanted( void );

/* It has been tried and can't be relied on; or isn't wanted. */
void capability_lack( enum capability capability );
void capability_lack_all( UINT bits );
BOOL capability_lacks( enum capability capability );

/* Their names, separated by commas; "none" if nothing is missing. */
void capability_names( char *text, size_t size );

/* The one at this place in the list, if it is missing: "without NAME COST"; "" if it isn't, NULL after the last. */
const char *capability_sentence( UINT index );

#endif /* WSURING_CAPABILITY_H */
