/*
 * Handles that the provider has not made: inherited, duplicated, or opened by the program itself
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Several threads may use such a handle for the first time at once, and it may be closed meanwhile: the thread that
 * enters it first has made the socket, and nothing is entered for a handle that has been closed since it was looked at.
 */

#include "base/handle_life.h"
#include "sockets/afd.h"
#include "sockets/connection.h"
#include "sockets/socket.h"

#define TRIES 1000

struct adopt_info
{
    int family, type, protocol;
};

/* What is behind a handle now. FALSE: no socket. */
static BOOL adopt_look( HANDLE handle, struct adopt_info *info, UINT64 *inode, DWORD *flags )
{
    UINT options = 0;

    if (afd_ioctl( handle, AFD_WINE_GET_INFO, NULL, 0, info, sizeof( *info ), NULL )) return FALSE;
    *inode = socket_inode( handle, &options );
    *flags = options & 0x30 ? 0 : WSA_FLAG_OVERLAPPED;
    return TRUE;
}

/* Is the socket that is entered for a handle in doubt still the one behind it, and hasn't it been closed since its word
 * was `seen'? Then the doubt is over. */
static BOOL adopt_confirm( const struct socket *sock, HANDLE handle, LONG seen, UINT64 inode )
{
    return inode && inode == sock->desc.inode && handle_life_confirm( handle, seen );
}

struct adopt_search
{
    HANDLE handle;
    UINT64 inode;
    struct socket *found;
};

/* One that has no descriptor yet is compared by the server. */
static BOOL adopt_is_same( const struct socket *sock, const struct adopt_search *search )
{
    static LONG( WINAPI * compare )( HANDLE, HANDLE );

    if (engine == ENGINE_AFD) return FALSE; /* the server keeps the state there */
    if (sock->desc.fd != -1) return search->inode && sock->desc.inode == search->inode;
    if (sock->id.handle_gone || sock->id.handle == search->handle) return FALSE;
    if (!compare) compare = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtCompareObjects" );
    return compare && !compare( sock->id.handle, search->handle );
}

static void adopt_compare( struct socket *sock, void *arg )
{
    struct adopt_search *search = arg;

    if (search->found || !adopt_is_same( sock, search )) return;
    InterlockedIncrement( &sock->pooled.refs );
    search->found = sock;
}

/* A new socket for a handle whose word was `seen' before it was looked at, with what can be known of it. */
static struct socket *adopt_create( HANDLE handle, LONG seen, const struct adopt_info *info, DWORD flags )
{
    struct socket *sock = socket_create( handle, info->family, info->type, info->protocol, flags );
    BYTE addr[128];

    if (!sock) return NULL;
    sock->id.stamp = handle_life_closed( seen, FALSE );
    sock->shared.foreign = TRUE;
    sock->port.associated = TRUE; /* not known; a packet for no port costs a request and does nothing */
    if (info->type == SOCK_STREAM) sock->conn.state = CONNECTION_STARTED;
    sock->conn.bound = !afd_ioctl( handle, AFD_GETSOCKNAME, NULL, 0, addr, sizeof( addr ), NULL );
    /* its other owners may have shut it down, which the first call has to know */
    socket_ensure_descriptor( sock );
    return sock;
}

/* One try. ENTERED: *found has a reference. */
static enum entered adopt_try( HANDLE handle, struct socket **found )
{
    volatile LONG *word = handle_life_word( handle );
    LONG seen = word ? *word : 0;
    struct socket *sock, *entered = socket_of_entry( handle );
    struct adopt_search search = { .handle = handle };
    struct adopt_info info;
    enum entered result;
    DWORD flags;

    *found = NULL;
    if (seen & LIFE_CLOSING)
    {
        if (entered) socket_release( entered );
        return ENTERED_BEFORE;
    }
    if (!adopt_look( handle, &info, &search.inode, &flags ))
    {
        if (entered) socket_release( entered );
        socket_handle_gone( handle );
        return ENTERED_NOT;
    }
    if (entered)
    {
        /* it was only doubted, or another thread is first */
        if (handle_is_valid( handle ) || adopt_confirm( entered, handle, seen, search.inode ))
        {
            *found = entered;
            return ENTERED;
        }
        socket_release( entered );
    }
    socket_handle_gone( handle );
    socket_for_each( adopt_compare, &search );
    if (( sock = search.found ))
    {
        if (socket_add_handle( sock, handle, &seen ))
        {
            *found = sock;
            return ENTERED;
        }
        socket_release( sock );
        return ENTERED_BEFORE;
    }
    if (!( sock = adopt_create( handle, seen, &info, flags ) )) return ENTERED_NOT;
    if (( result = socket_enter( sock, handle, &seen ) ) == ENTERED) *found = sock;
    else socket_release( sock );
    return result;
}

void socket_recheck( HANDLE handle )
{
    volatile LONG *word = handle_life_word( handle );
    struct socket *sock;
    UINT options;
    LONG seen;
    BOOL same;

    do
    {
        seen = word ? *word : 0;
        /* a close that is under way makes its own doubt, if it doesn't fail */
        if (handle_is_valid( handle ) || seen & LIFE_CLOSING || !( sock = socket_of_entry( handle ) )) return;
        same = sock->desc.inode && socket_inode( handle, &options ) == sock->desc.inode;
        socket_release( sock );
        if (!same)
        {
            socket_handle_gone( handle );
            return;
        }
    } while (!handle_life_confirm( handle, seen ));
}

struct socket *socket_grab( SOCKET s, int *err )
{
    HANDLE handle = (HANDLE)( s & ~(SOCKET)3 );
    enum entered result = ENTERED_NOT;
    struct socket *sock;
    UINT tries;

    for (tries = 0; tries < TRIES; tries++)
    {
        if (( sock = socket_find( handle ) )) return sock;
        /* adopted at that moment it would be open for ever */
        if (socket_is_ending( handle ))
        {
            Sleep( 0 );
            continue;
        }
        if (!s || s == INVALID_SOCKET) break;
        if (( result = adopt_try( handle, &sock ) ) == ENTERED) return sock;
        if (result == ENTERED_NOT) break;
        Sleep( 0 );
    }
    *err = WSAENOTSOCK;
    return NULL;
}
