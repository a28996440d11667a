/*
 * Codes of wineserver requests, learned from what ntdll.so writes
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Codes of requests are positions in a list that changes with every release, and builds of one version differ too. So
 * there is no table of them: ntdll.so's own functions are called for objects of our own, and the requests that they
 * write are looked at (request_watch.c). A request is recognised by the handles and flags in it.
 *
 * No function makes add_fd_completion. But the requests of completion ports stand side by side in the list:
 * query_completion, set_completion_info, add_fd_completion, set_fd_completion_mode (wine-interfaces 5.2, 13). The codes
 * of the other three are learned; where exactly one place is left between them it is the fourth's, otherwise there is
 * no code, and nothing is sent.
 */

#if 0
#pragma makedep unix
#endif

#include "request_code.h"

#include "ntdll.h"
#include "request_watch.h"

#define SELF       0xffffffff /* GetCurrentProcess() */
#define INHERIT    1          /* HANDLE_FLAG_INHERIT */
#define PROTECT    2          /* HANDLE_FLAG_PROTECT_FROM_CLOSE */
#define MODES      2          /* FILE_SKIP_SET_EVENT_ON_HANDLE: no matter for a file that nobody reads */
#define FIELDS_MAX 3

/* Fields of a request, as words from its beginning; index 0 ends the list. */
struct request_picture
{
    struct
    {
        uint32_t index, value;
    } fields[FIELDS_MAX];
};

/* The code of the only recorded request that looks like this; 0 if there is none, or requests of several codes. */
static uint32_t request_code_of( const struct request_list *list, const struct request_picture *picture )
{
    uint32_t found = 0;
    unsigned int i, j;

    for (i = 0; i < list->count; i++)
    {
        const uint32_t *request = list->requests[i];

        for (j = 0; j < FIELDS_MAX && picture->fields[j].index; j++)
            if (request[picture->fields[j].index] != picture->fields[j].value) break;
        if (j < FIELDS_MAX && picture->fields[j].index) continue;
        if (found && found != request[0]) return 0;
        found = request[0];
    }
    return found;
}

bool request_code_handles( struct handle_codes *codes )
{
    struct request_list closed, protected, duplicated;
    uint32_t port, copy = 0;
    NTSTATUS status;

    if (ntdll_create_port( &port )) return false;
    request_watch_record( &protected );
    status = ntdll_protect( port, true );
    request_watch_record( NULL );
    if (!status) status = ntdll_protect( port, false );
    if (!status)
    {
        request_watch_record( &duplicated );
        status = ntdll_duplicate_closing( port, &copy );
        request_watch_record( NULL );
    }
    if (status) copy = port; /* it wasn't closed */
    request_watch_record( &closed );
    ntdll_close( copy );
    request_watch_record( NULL );
    if (status) return false;

    codes->protect = request_code_of(
        &protected, &(struct request_picture){ { { 3, port }, { 4, PROTECT }, { 5, PROTECT | INHERIT } } } );
    codes->dup = request_code_of( &duplicated, &(struct request_picture){ { { 3, SELF }, { 4, port }, { 5, SELF } } } );
    codes->close = request_code_of( &closed, &(struct request_picture){ { { 3, copy } } } );
    return codes->protect && codes->dup && codes->close && codes->protect != codes->dup
           && codes->protect != codes->close && codes->dup != codes->close;
}

uint32_t request_code_add_fd_completion( uint32_t port, uint32_t file )
{
    struct request_list queried, associated, modes;
    uint32_t query, set_info, set_modes;

    request_watch_record( &queried );
    ntdll_query_port( port );
    request_watch_record( &associated );
    ntdll_associate( file, port, 1 );
    request_watch_record( &modes );
    ntdll_set_modes( file, MODES );
    request_watch_record( NULL );
    query = request_code_of( &queried, &(struct request_picture){ { { 3, port } } } );
    set_info = request_code_of( &associated, &(struct request_picture){ { { 3, file }, { 6, port } } } );
    set_modes = request_code_of( &modes, &(struct request_picture){ { { 3, file }, { 4, MODES } } } );
    return query && set_info == query + 1 && set_modes == query + 3 ? query + 2 : 0;
}
