/*
 * Import address tables of Wine's modules
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_IMPORT_TABLE_H
#define WSURING_IMPORT_TABLE_H

#include "base/provider.h"

/* The slot of a function of ntdll in the table of a loaded module; NULL: the module isn't there, or doesn't import it
 * by its name. */
void **import_table_find( const char *module_name, const char *name );

/* Replaces what a slot holds. FALSE: its page can't be written. */
BOOL import_table_write( void **slot, void *value );

#endif /* WSURING_IMPORT_TABLE_H */
