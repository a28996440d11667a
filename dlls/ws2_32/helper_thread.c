/*
 * Wah functions: routines in other threads
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "helper.h"

static const char apc_helper;

DWORD WINAPI WahOpenApcHelper( HANDLE *helper );
DWORD WINAPI WahCloseApcHelper( HANDLE helper );
DWORD WINAPI WahOpenCurrentThread( HANDLE helper, WSATHREADID *thread );
DWORD WINAPI WahCloseThread( HANDLE helper, WSATHREADID *thread );
DWORD WINAPI WahQueueUserApc( HANDLE helper, WSATHREADID *thread, LPWSAUSERAPC function, DWORD_PTR context );

static BOOL helper_is_thread( WSATHREADID *thread )
{
    return thread && !IsBadWritePtr( thread, sizeof( *thread ) );
}

DWORD WINAPI WahOpenApcHelper( HANDLE *helper )
{
    return helper_open( helper, &apc_helper );
}

DWORD WINAPI WahCloseApcHelper( HANDLE helper )
{
    return helper_check( helper, &apc_helper );
}

/* The thread may be named from others until WahCloseThread. */
DWORD WINAPI WahOpenCurrentThread( HANDLE helper, WSATHREADID *thread )
{
    if (helper_check( helper, &apc_helper )) return WSAEINVAL;
    if (!helper_is_thread( thread )) return WSAEFAULT;
    thread->Reserved = 0;
    return DuplicateHandle( GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread->ThreadHandle, 0,
                            FALSE, DUPLICATE_SAME_ACCESS )
               ? 0
               : GetLastError();
}

DWORD WINAPI WahCloseThread( HANDLE helper, WSATHREADID *thread )
{
    if (helper_check( helper, &apc_helper )) return WSAEINVAL;
    if (!helper_is_thread( thread )) return WSAEFAULT;
    if (!thread->ThreadHandle || !CloseHandle( thread->ThreadHandle )) return WSAEINVAL;
    thread->ThreadHandle = NULL;
    return 0;
}

DWORD WINAPI WahQueueUserApc( HANDLE helper, WSATHREADID *thread, LPWSAUSERAPC function, DWORD_PTR context )
{
    if (helper_check( helper, &apc_helper ) || !function) return WSAEINVAL;
    if (!helper_is_thread( thread )) return WSAEFAULT;
    return QueueUserAPC( (PAPCFUNC)function, thread->ThreadHandle, context ) ? 0 : WSAEINVAL;
}
