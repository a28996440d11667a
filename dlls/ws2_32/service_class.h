/*
 * Service classes, as the registry and structures have them
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WS2_32_SERVICE_CLASS_H
#define WS2_32_SERVICE_CLASS_H

#include "name_space.h"

#define CLASS_NAME_MAX 255

struct class_value
{
    struct class_value *next;
    DWORD name_space, type, size;
    char name[3 * CLASS_NAME_MAX + 1]; /* UTF-8 */
    BYTE data[1];
};

/* ---- service_class.c. All return 0 or the error. */

int class_check_id( const GUID *id );
int class_fail( int err ); /* the last error; returns SOCKET_ERROR */
/* Stores the name in name, which has room for CLASS_NAME_MAX + 1. The caller frees the list. */
int class_name( const GUID *id, WCHAR *name );
int class_stored( const GUID *id, DWORD name_space, WCHAR *name, struct class_value **list );
/* Those that a structure gives. */
int class_values_take( const WSASERVICECLASSINFOW *info, BOOL unicode, struct class_value **list );
void class_values_free( struct class_value *value );
/* A structure; name: UTF-8. The other: in Unicode, in one block of memory; NULL when out of it. */
void class_pack( struct packer *packer, const GUID *id, const char *name, const struct class_value *list );
WSASERVICECLASSINFOW *class_packed( const GUID *id, const WCHAR *name, const struct class_value *list );

#endif /* WS2_32_SERVICE_CLASS_H */
