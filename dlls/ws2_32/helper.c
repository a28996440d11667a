/*
 * Wah functions that only fail: handles outside the file system, a log
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The others are in helper_context.c, helper_thread.c and notification.c. These return an error, not SOCKET_ERROR.
 */

#include "ws2_32.h"

DWORD WINAPI WahCloseHandleHelper( void *one );
DWORD WINAPI WahCloseHandleHelper( void *one )
{
    (void)one;
    NOT_IMPLEMENTED( WahCloseHandleHelper, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahCloseSocketHandle( void *one, void *two );
DWORD WINAPI WahCloseSocketHandle( void *one, void *two )
{
    (void)one;
    (void)two;
    NOT_IMPLEMENTED( WahCloseSocketHandle, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahCompleteRequest( void *one, void *two, void *three, void *four, void *five );
DWORD WINAPI WahCompleteRequest( void *one, void *two, void *three, void *four, void *five )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    NOT_IMPLEMENTED( WahCompleteRequest, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahCreateSocketHandle( void *one, void *two );
DWORD WINAPI WahCreateSocketHandle( void *one, void *two )
{
    (void)one;
    (void)two;
    NOT_IMPLEMENTED( WahCreateSocketHandle, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahDisableNonIFSHandleSupport( void );
DWORD WINAPI WahDisableNonIFSHandleSupport( void )
{
    NOT_IMPLEMENTED( WahDisableNonIFSHandleSupport, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahEnableNonIFSHandleSupport( void );
DWORD WINAPI WahEnableNonIFSHandleSupport( void )
{
    NOT_IMPLEMENTED( WahEnableNonIFSHandleSupport, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahOpenHandleHelper( void *one );
DWORD WINAPI WahOpenHandleHelper( void *one )
{
    (void)one;
    NOT_IMPLEMENTED( WahOpenHandleHelper, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}

DWORD WINAPI WahWriteLSPEvent( void *one, void *two );
DWORD WINAPI WahWriteLSPEvent( void *one, void *two )
{
    (void)one;
    (void)two;
    NOT_IMPLEMENTED( WahWriteLSPEvent, WSAEOPNOTSUPP );
    return WSAEOPNOTSUPP;
}
