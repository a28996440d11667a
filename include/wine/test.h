/*
 * A frame for tests of Windows functions, with the interface of Wine's: its tests compile unchanged
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A test source has one START_TEST( name ) { ... }. One more source of the program defines STANDALONE before it
 * includes this header, and has the table winetest_testlist[]; main() comes from here. The program is called as
 *
 *     x_test.exe                 lists the tests
 *     x_test.exe NAME [ARG...]   runs one; its last line is
 *                                `PID:NAME: N tests executed (N marked as todo, N failures), N skipped.'
 *
 * and returns the number of failures, 255 at most. A test that crashes prints no such line.
 *
 * Environment: WINETEST_DEBUG (level of trace(), default 1), WINETEST_INTERACTIVE, WINETEST_REPORT_SUCCESS,
 * WINETEST_PLATFORM ("wine" or "windows"). Our own addition: WSURING_TEST_ENGINE is the tier that must have served
 * this process: "uring", "epoll", "afd" or "stock". After the test the program creates a socket, asks wsuring.dll
 * itself (not the configuration), and counts a failure if the tier is another.
 */

#ifndef WINE_TEST_H
#define WINE_TEST_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

#ifdef __cplusplus
extern "C"
{
#endif

#ifdef __GNUC__
#define WINETEST_PRINTF_ATTR( fmt, args ) __attribute__( ( format( ms_printf, fmt, args ) ) )
#else
#define WINETEST_PRINTF_ATTR( fmt, args )
#endif

#ifndef ARRAY_SIZE
#define ARRAY_SIZE( x ) ( sizeof( x ) / sizeof( ( x )[0] ) )
#endif

    extern int winetest_debug;            /* level of output */
    extern int winetest_interactive;      /* may ask the user */
    extern int winetest_report_success;   /* report successful tests, too */
    extern const char *winetest_platform; /* "wine" or "windows" */
    extern int winetest_platform_is_wine;

    extern void winetest_set_location( const char *file, int line );
    extern void winetest_subtest( const char *name );
    extern int winetest_get_mainargs( char ***argv );
    extern LONG winetest_get_failures( void );
    extern void winetest_add_failures( LONG failures );
    extern void winetest_wait_child_process( HANDLE process );
    extern int broken( int condition );

    extern int winetest_vok( int condition, const char *format, va_list args );
    extern void winetest_ok( int condition, const char *format, ... ) WINETEST_PRINTF_ATTR( 2, 3 );
    extern void winetest_skip( const char *format, ... ) WINETEST_PRINTF_ATTR( 1, 2 );
    extern void winetest_win_skip( const char *format, ... ) WINETEST_PRINTF_ATTR( 1, 2 );
    extern void winetest_trace( const char *format, ... ) WINETEST_PRINTF_ATTR( 1, 2 );
    extern void winetest_print( const char *format, ... ) WINETEST_PRINTF_ATTR( 1, 2 );
    extern void winetest_push_context( const char *format, ... ) WINETEST_PRINTF_ATTR( 1, 2 );
    extern void winetest_pop_context( void );

    extern void winetest_start_todo( int is_todo );
    extern int winetest_loop_todo( void );
    extern void winetest_end_todo( void );

    extern const char *wine_dbgstr_wn( const WCHAR *str, intptr_t n );
    extern const char *wine_dbgstr_an( const char *str, intptr_t n );
    extern const char *wine_dbgstr_guid( const GUID *guid );
    extern const char *wine_dbgstr_longlong( ULONGLONG value );
    extern const char *wine_dbgstr_point( const POINT *point );
    extern const char *wine_dbgstr_rect( const RECT *rect );
    static inline const char *wine_dbgstr_w( const WCHAR *str )
    {
        return wine_dbgstr_wn( str, -1 );
    }
    static inline const char *wine_dbgstr_a( const char *str )
    {
        return wine_dbgstr_an( str, -1 );
    }
#define debugstr_a    wine_dbgstr_a
#define debugstr_an   wine_dbgstr_an
#define debugstr_w    wine_dbgstr_w
#define debugstr_wn   wine_dbgstr_wn
#define debugstr_guid wine_dbgstr_guid
    extern int winetest_strcmp_wa( const WCHAR *str1, const char *str2 );
#define strcmp_wa winetest_strcmp_wa

#define START_TEST( name ) void func_##name( void )

#define ok_( file, line )       ( winetest_set_location( file, line ), 0 ) ? (void)0 : winetest_ok
#define skip_( file, line )     ( winetest_set_location( file, line ), 0 ) ? (void)0 : winetest_skip
#define win_skip_( file, line ) ( winetest_set_location( file, line ), 0 ) ? (void)0 : winetest_win_skip
#define trace_( file, line )    ( winetest_set_location( file, line ), 0 ) ? (void)0 : winetest_trace
#define wait_child_process_( file, line )                                                                              \
    ( winetest_set_location( file, line ), 0 ) ? (void)0 : winetest_wait_child_process

#define ok                 ok_( __FILE__, __LINE__ )
#define skip               skip_( __FILE__, __LINE__ )
#define win_skip           win_skip_( __FILE__, __LINE__ )
#define trace              trace_( __FILE__, __LINE__ )
#define wait_child_process wait_child_process_( __FILE__, __LINE__ )

#define todo_if( is_todo )      for (winetest_start_todo( is_todo ); winetest_loop_todo(); winetest_end_todo())
#define todo_wine_if( is_todo ) todo_if( ( is_todo ) && winetest_platform_is_wine )
#define todo_wine               todo_if( winetest_platform_is_wine )

/* tests that fail sometimes count as failures here */
#define flaky_if( is_flaky )      if (( is_flaky ) || 1)
#define flaky_wine_if( is_flaky ) if (( is_flaky ) || 1)
#define flaky
#define flaky_wine

#ifdef __cplusplus
}
#endif

/* ------------------------------------------------------------------------------------------------ the program */

#ifdef STANDALONE
#include "wine/test_main.h"
#endif

#endif /* WINE_TEST_H */
