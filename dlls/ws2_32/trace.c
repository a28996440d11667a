/*
 * The exported calls, shown in the debug channel "winsock"
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ws2_32.spec exports these functions in place of those they call, so that only the program's own calls are shown, and
 * each function is written without them. A call costs one comparison more while the channel is off. The arguments come
 * at entry, since many calls wait; the result, what was returned through pointers and the error come in a second line.
 * It is a trace, or a warning if the call failed: WINEDEBUG=warn+winsock shows these alone.
 *
 * Not shown are functions that can't fail and that programs call all the time: byte order, FD_ISSET, the last error;
 * those that are kernel32's, such as WSASetEvent; and the Wah functions, which are called by layered providers, for
 * each of their operations. Those that aren't implemented say so themselves.
 */

#include "resolve.h"
#include "query_set.h"
#include "ws2_32.h"
#include "debug.h"

#pragma GCC diagnostic ignored "-Wformat-zero-length"

static int trace_on; /* calls are shown, or at least those that fail */

void trace_attach( void )
{
    trace_on = debug_attach();
}

static void trace_result( const char *function, const char *format, BOOL failed, INT_PTR result, int error,
                          const char *out )
{
    /* what a program expects is no reason to warn */
    enum debug_class class = failed && error != WSAEWOULDBLOCK && error != WSA_IO_PENDING ? DEBUG_WARN : DEBUG_TRACE;

    if (failed) debug_print( class, function, "fails: %d %s", error, debug_error( error ) );
    else debug_print( class, function, format, result, out );
}

/* return type, name, parameters, arguments, how to show them and the result; was it a failure, its error, what else to
 * show */
#define TRACED( ret, name, params, args, shown, format, failed, error, out )                                           \
    ret WINAPI name params;                                                                                            \
    ret WINAPI traced_##name params;                                                                                   \
    static __attribute__( ( cold, noinline ) ) ret WINAPI shown_##name params                                          \
    {                                                                                                                  \
        DWORD last = GetLastError();                                                                                   \
        ret traced;                                                                                                    \
        TRACED_SHOW( #name, TRACED_ARGS shown );                                                                       \
        SetLastError( last );                                                                                          \
        traced = name args;                                                                                            \
        last = GetLastError();                                                                                         \
        trace_result( #name, format, failed, (INT_PTR)traced, failed ? (int)( error ) : 0, failed ? "" : out );        \
        SetLastError( last );                                                                                          \
        return traced;                                                                                                 \
    }                                                                                                                  \
    ret WINAPI traced_##name params                                                                                    \
    {                                                                                                                  \
        return trace_on ? shown_##name args : name args;                                                               \
    }
#define TRACED_ARGS( ... )       __VA_ARGS__
#define TRACED_SHOW( name, ... ) debug_print( DEBUG_TRACE, name, __VA_ARGS__ )

/* by what is returned for a failure */
#define TRACED_MINUS( ret, name, params, args, shown, error, out )                                                     \
    TRACED( ret, name, params, args, shown, "returns %Id%s", traced == SOCKET_ERROR, error, out )
#define TRACED_SOCKET( ret, name, params, args, shown, error, out )                                                    \
    TRACED( ret, name, params, args, shown, "returns %#Ix%s", traced == INVALID_SOCKET, error, out )
#define TRACED_NONZERO( ret, name, params, args, shown, error, out )                                                   \
    TRACED( ret, name, params, args, shown, "returns %#Ix%s", !traced, error, out )
#define TRACED_CODE( ret, name, params, args, shown, error, out )                                                      \
    TRACED( ret, name, params, args, shown, "returns %Id%s", traced != 0, error, out )
#define TRACED_VALUE( ret, name, params, args, shown, error, out )                                                     \
    TRACED( ret, name, params, args, shown, "returns %#Ix%s", FALSE, error, out )
#define TRACED_VOID( name, params, args, shown )                                                                       \
    void WINAPI name params;                                                                                           \
    void WINAPI traced_##name params;                                                                                  \
    void WINAPI traced_##name params                                                                                   \
    {                                                                                                                  \
        if (trace_on) TRACED_SHOW( #name, TRACED_ARGS shown );                                                         \
        name args;                                                                                                     \
    }

#include "trace_list.h"
