/*
 * WSALookupService: queries of one name space provider or several
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where only DNS is asked, as in most prefixes, the handle is lookup_service.c's own. Otherwise it stands for a list of
 * lookups, one of each provider, whose results come one provider after the other.
 */

#include <string.h>

#include "name_space.h"

struct member
{
    const struct name_space *space;
    struct space_handle handle;
};

struct space_lookup
{
    struct space_lookup *next;
    UINT_PTR id; /* no number of lookup_service.c's: these are multiples of 4 */
    LONG refs;
    BOOL busy, ended;   /* a call of WSALookupServiceNext is on its way; WSALookupServiceEnd was called */
    BOOL found;         /* there was a result */
    int error;          /* of the first that failed */
    WSAQUERYSETW *kept; /* a result that the program's buffer was too small for, in ANSI form */
    SIZE_T kept_size;
    DWORD current, count;
    struct member members[NAME_SPACES_MAX];
};

static SRWLOCK space_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE space_changed = CONDITION_VARIABLE_INIT;
static struct space_lookup *space_lookups;
static UINT_PTR space_last = 2;

static int space_fail( int err )
{
    SetLastError( err );
    return SOCKET_ERROR;
}

static BOOL space_is_end( int err )
{
    return err == WSA_E_NO_MORE || err == WSAENOMORE;
}

/* ---- the list */

static struct space_lookup *space_grab( HANDLE handle )
{
    struct space_lookup *lookup;

    AcquireSRWLockExclusive( &space_lock );
    for (lookup = space_lookups; lookup && lookup->id != (UINT_PTR)handle; lookup = lookup->next)
    {
    }
    if (lookup) lookup->refs++;
    ReleaseSRWLockExclusive( &space_lock );
    return lookup;
}

static void space_release( struct space_lookup *lookup )
{
    LONG refs;
    DWORD i;

    AcquireSRWLockExclusive( &space_lock );
    refs = --lookup->refs;
    ReleaseSRWLockExclusive( &space_lock );
    if (refs) return;
    for (i = 0; i < lookup->count; i++) space_call_free( &lookup->members[i].handle );
    HeapFree( GetProcessHeap(), 0, lookup->kept );
    HeapFree( GetProcessHeap(), 0, lookup );
}

/* ---- the providers */

static int member_begin( struct member *member, const void *set, BOOL unicode, WSAQUERYSETW *wide, DWORD flags )
{
    WSASERVICECLASSINFOW *class_info = NULL;
    int err;

    if (name_space_is_base( member->space ))
        return lookup_begin( set, unicode, flags, &member->handle.handle ) ? name_space_error() : 0;
    if (wide->lpServiceClassId) class_info = service_class_describe( wide->lpServiceClassId, member->space );
    err = space_call_begin( member->space, wide, class_info, flags, &member->handle );
    HeapFree( GetProcessHeap(), 0, class_info );
    return err;
}

static void member_end( const struct member *member )
{
    if (name_space_is_base( member->space )) lookup_end( member->handle.handle );
    else space_call_end( member->space, &member->handle );
}

/* The provider's next result, in memory that the caller frees. */
static int member_next_kept( const struct member *member, DWORD flags, WSAQUERYSETW **results )
{
    DWORD size = 4096, room;
    int err, tries;

    for (tries = 0; tries < 4; tries++)
    {
        room = size;
        if (!( *results = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, room ) )) return WSA_NOT_ENOUGH_MEMORY;
        if (!( err = space_call_next( member->space, &member->handle, flags, &size, *results ) )) return 0;
        HeapFree( GetProcessHeap(), 0, *results );
        *results = NULL;
        if (err != WSAEFAULT || size <= room) return err;
        flags &= ~LUP_FLUSHPREVIOUS; /* it has been done */
    }
    return WSAEFAULT;
}

/* A provider has given its result, and won't do it again if it doesn't fit: it is kept for the next call. */
static int member_next_ansi( struct space_lookup *lookup, const struct member *member, DWORD flags, DWORD *size,
                             void *results )
{
    WSAQUERYSETW *wide;
    SIZE_T needed;
    int err;

    if (lookup->kept && ( flags & LUP_FLUSHPREVIOUS ))
    {
        HeapFree( GetProcessHeap(), 0, lookup->kept );
        lookup->kept = NULL;
        flags &= ~LUP_FLUSHPREVIOUS;
    }
    if (!lookup->kept)
    {
        if (( err = member_next_kept( member, flags, &wide ) )) return err;
        lookup->kept = wide;
    }
    needed = query_to_ansi( lookup->kept, NULL, 0 );
    if (needed > *size)
    {
        *size = needed;
        return WSAEFAULT;
    }
    if (IsBadWritePtr( results, needed )) return WSAEFAULT;
    query_to_ansi( lookup->kept, results, *size );
    HeapFree( GetProcessHeap(), 0, lookup->kept );
    lookup->kept = NULL;
    return 0;
}

/* ---- WSALookupServiceBegin */

static void space_insert( struct space_lookup *lookup, HANDLE *handle )
{
    AcquireSRWLockExclusive( &space_lock );
    lookup->refs = 1;
    lookup->id = space_last += 4;
    lookup->next = space_lookups;
    space_lookups = lookup;
    *handle = (HANDLE)lookup->id;
    ReleaseSRWLockExclusive( &space_lock );
}

/* What a query without any begun lookup says: that of the first that had more to say than that it doesn't know. */
static void space_note( struct space_lookup *lookup, int err )
{
    if (!lookup->error || lookup->error == WSASERVICE_NOT_FOUND) lookup->error = err;
}

static int space_begin_all( struct space_lookup *lookup, const struct name_space_choice *choice, const void *set,
                            BOOL unicode, DWORD flags )
{
    WSAQUERYSETW *wide;
    int err = query_to_unicode( set, unicode, &wide );
    DWORD i;

    if (err) return err;
    for (i = 0; i < choice->count; i++)
    {
        struct member *member = lookup->members + lookup->count;

        member->space = choice->items[i];
        if (( err = member_begin( member, set, unicode, wide, flags ) )) space_note( lookup, err );
        else lookup->count++;
    }
    HeapFree( GetProcessHeap(), 0, wide );
    return lookup->count ? 0 : lookup->error;
}

static int space_begin( const void *set, BOOL unicode, DWORD flags, HANDLE *handle )
{
    struct name_space_choice choice;
    struct space_lookup *lookup;
    struct query *query;
    BOOL others = FALSE;
    int err = 0;

    if (!name_spaces_installed()) return lookup_begin( set, unicode, flags, handle );
    if (IsBadWritePtr( handle, sizeof( *handle ) )) return space_fail( WSAEFAULT );
    if (!( query = HeapAlloc( GetProcessHeap(), 0, sizeof( *query ) ) )) return space_fail( WSA_NOT_ENOUGH_MEMORY );
    if (!( err = query_capture( set, unicode, !( flags & LUP_DISABLE_IDN_ENCODING ), query ) ))
        others = name_space_choose( query->name_space, query->has_provider ? &query->provider : NULL, &choice );
    HeapFree( GetProcessHeap(), 0, query );
    if (err || !others) return err ? space_fail( err ) : lookup_begin( set, unicode, flags, handle );
    if (!( lookup = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *lookup ) ) ))
        return space_fail( WSA_NOT_ENOUGH_MEMORY );
    if (!( err = space_begin_all( lookup, &choice, set, unicode, flags ) ))
    {
        space_insert( lookup, handle );
        return 0;
    }
    HeapFree( GetProcessHeap(), 0, lookup );
    return space_fail( err );
}

/* Checks the query; DNS is asked later. Returns 0, or SOCKET_ERROR: WSAEFAULT; WSAEINVAL without a class (but for
 * LUP_DEEP) or a name where one is needed; WSASERVICE_NOT_FOUND for a class or name space that isn't served; WSANO_DATA
 * for containers; WSAEPROVIDERFAILEDINIT and WSAEINVALIDPROCTABLE for a provider that can't be used, if no other is
 * asked ("WSALookupServiceBeginW function"). */
INT WINAPI WSALookupServiceBeginA( WSAQUERYSETA *query, DWORD flags, HANDLE *lookup )
{
    return NAMES_STARTED() ? space_begin( query, FALSE, flags, lookup ) : SOCKET_ERROR;
}

INT WINAPI WSALookupServiceBeginW( WSAQUERYSETW *query, DWORD flags, HANDLE *lookup )
{
    return NAMES_STARTED() ? space_begin( query, TRUE, flags, lookup ) : SOCKET_ERROR;
}

/* ---- WSALookupServiceNext */

static int space_next_member( struct space_lookup *lookup, BOOL unicode, DWORD flags, DWORD *size, void *results )
{
    const struct member *member = lookup->members + lookup->current;

    if (name_space_is_base( member->space ))
        return lookup_next_locked( member->handle.handle, unicode, flags, size, results ) ? name_space_error() : 0;
    return unicode ? space_call_next( member->space, &member->handle, flags, size, results )
                   : member_next_ansi( lookup, member, flags, size, results );
}

/* An error of one provider doesn't keep the program from the others' results. */
static int space_next_any( struct space_lookup *lookup, BOOL unicode, DWORD flags, DWORD *size, void *results )
{
    int err;

    for (; lookup->current < lookup->count; lookup->current++)
    {
        err = space_next_member( lookup, unicode, flags, size, results );
        if (lookup->ended) return WSA_E_CANCELLED;
        if (!err) lookup->found = TRUE;
        if (!err || err == WSAEFAULT) return err;
        if (!space_is_end( err )) space_note( lookup, err );
        flags &= ~LUP_FLUSHPREVIOUS;
    }
    return lookup->found || !lookup->error ? WSA_E_NO_MORE : lookup->error;
}

static int space_next( HANDLE handle, BOOL unicode, DWORD flags, DWORD *size, void *results )
{
    struct space_lookup *lookup = space_grab( handle );
    int err = WSA_E_CANCELLED;

    if (!lookup) return lookup_next_locked( handle, unicode, flags, size, results );
    if (IsBadWritePtr( size, sizeof( *size ) ))
    {
        space_release( lookup );
        return space_fail( WSAEFAULT );
    }
    AcquireSRWLockExclusive( &space_lock );
    while (lookup->busy && !lookup->ended) SleepConditionVariableSRW( &space_changed, &space_lock, INFINITE, 0 );
    if (!lookup->ended)
    {
        lookup->busy = TRUE;
        ReleaseSRWLockExclusive( &space_lock );
        err = space_next_any( lookup, unicode, flags, size, results );
        AcquireSRWLockExclusive( &space_lock );
        lookup->busy = FALSE;
    }
    ReleaseSRWLockExclusive( &space_lock );
    WakeAllConditionVariable( &space_changed );
    space_release( lookup );
    return err ? space_fail( err ) : 0;
}

/* size: bytes, in: room, out: with WSAEFAULT what this result needs, and the next call gives it again, or with
 * LUP_FLUSHPREVIOUS the one after it. Returns 0, or SOCKET_ERROR: WSA_E_NO_MORE after the last, WSA_E_CANCELLED,
 * WSASERVICE_NOT_FOUND, WSANO_DATA, WSATRY_AGAIN ...
 * ("WSALookupServiceNextW function"). */
INT WINAPI WSALookupServiceNextA( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETA *results )
{
    return NAMES_STARTED() ? space_next( lookup, FALSE, flags, size, results ) : SOCKET_ERROR;
}

INT WINAPI WSALookupServiceNextW( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETW *results )
{
    return NAMES_STARTED() ? space_next( lookup, TRUE, flags, size, results ) : SOCKET_ERROR;
}

/* ---- WSALookupServiceEnd, WSANSPIoctl */

/* The providers are told at once: one that is in its NSPLookupServiceNext on another thread returns from it. */
INT WINAPI WSALookupServiceEnd( HANDLE handle )
{
    struct space_lookup **ptr, *lookup;
    DWORD i;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    AcquireSRWLockExclusive( &space_lock );
    for (ptr = &space_lookups; ( lookup = *ptr ) && lookup->id != (UINT_PTR)handle; ptr = &lookup->next)
    {
    }
    if (lookup)
    {
        *ptr = lookup->next;
        lookup->ended = TRUE;
    }
    ReleaseSRWLockExclusive( &space_lock );
    if (!lookup) return lookup_end( handle );
    WakeAllConditionVariable( &space_changed );
    for (i = 0; i < lookup->count; i++) member_end( lookup->members + i );
    space_release( lookup );
    return 0;
}

/* DNS has no controls, on Windows either: only name spaces that change (NLA) report changes ("WSANSPIoctl function",
 * WSAEOPNOTSUPP). Others are the provider's own, if it has any. */
INT WINAPI WSANSPIoctl( HANDLE handle, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                        WSACOMPLETION *completion )
{
    const NSP_ROUTINE *routines;
    struct space_lookup *lookup;
    WSATHREADID thread = { 0 };
    int err = WSAEOPNOTSUPP;
    DWORD i;

    if (!NAMES_STARTED()) return SOCKET_ERROR;
    if (IsBadWritePtr( returned, sizeof( *returned ) ) || ( in && IsBadReadPtr( in, in_size ) )
        || ( out && IsBadWritePtr( out, out_size ) )
        || ( completion && IsBadReadPtr( completion, sizeof( *completion ) ) ))
        return space_fail( WSAEFAULT );
    if (!( lookup = space_grab( handle ) ))
        return space_fail( lookup_is_open( handle ) ? WSAEOPNOTSUPP : WSA_INVALID_HANDLE );
    for (i = 0; i < lookup->count && err == WSAEOPNOTSUPP; i++)
    {
        const struct member *member = lookup->members + i;

        if (name_space_is_base( member->space ) || member->handle.instance
            || ( err = name_space_enter( member->space, &routines ) ))
            continue;
        err = WSAEOPNOTSUPP;
        if (routines->cbSize >= sizeof( *routines ) && routines->NSPIoctl)
            err = routines->NSPIoctl( member->handle.handle, code, in, in_size, out, out_size, returned, completion,
                                      &thread )
                      ? name_space_error()
                      : 0;
        name_space_leave( member->space );
    }
    space_release( lookup );
    return err ? space_fail( err ) : 0;
}
