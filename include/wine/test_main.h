/*
 * The program around tests: counts, messages, contexts, main(). Included by wine/test.h in the one source that defines
 * STANDALONE
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

struct test
{
    const char *name;
    void ( *func )( void );
};

extern const struct test winetest_testlist[];

int winetest_debug = 1;
int winetest_interactive;
int winetest_report_success;
const char *winetest_platform = "windows";
int winetest_platform_is_wine;

static int winetest_argc;
static char **winetest_argv;
static const struct test *winetest_current;
static DWORD winetest_tls = TLS_OUT_OF_INDEXES;

static LONG winetest_successes, winetest_failures, winetest_todo_failures, winetest_skipped;

#define WINETEST_CONTEXTS 8
#define WINETEST_STRINGS  8

struct winetest_thread
{
    const char *file;
    int line;
    unsigned int todo_level; /* one bit for each nested todo block */
    int todo_loop;
    unsigned int context_count;
    char context[WINETEST_CONTEXTS][128];
    unsigned int string;
    char strings[WINETEST_STRINGS][512];
};

static struct winetest_thread *winetest_thread( void )
{
    DWORD error = GetLastError();
    struct winetest_thread *thread = (struct winetest_thread *)TlsGetValue( winetest_tls );

    if (!thread)
    {
        thread = (struct winetest_thread *)HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof( *thread ) );
        if (!thread) ExitProcess( 255 );
        TlsSetValue( winetest_tls, thread );
    }
    SetLastError( error );
    return thread;
}

/* One write per message, so that threads and child processes don't mix within a line. Preserves the last error,
 * which belongs to the test. */
static void winetest_write( char *buffer, int len, int size )
{
    DWORD error = GetLastError(), written;

    if (len < 0 || len >= size)
    {
        len = size - 1;
        buffer[len - 1] = '\n';
    }
    WriteFile( GetStdHandle( STD_OUTPUT_HANDLE ), buffer, len, &written, NULL );
    SetLastError( error );
}

static void winetest_vmessage( const char *prefix, const char *format, va_list args )
{
    struct winetest_thread *thread = winetest_thread();
    char buffer[4096];
    int len = 0, count;
    unsigned int i;

    if (thread->file) len = _snprintf( buffer, sizeof( buffer ), "%s:%d: ", thread->file, thread->line );
    count = _snprintf( buffer + len, sizeof( buffer ) - len, "%s", prefix );
    len += count;
    for (i = 0; i < thread->context_count; i++)
    {
        count = _snprintf( buffer + len, sizeof( buffer ) - len, "%s: ", thread->context[i] );
        if (count > 0) len += count;
    }
    count = _vsnprintf( buffer + len, sizeof( buffer ) - len, format, args );
    winetest_write( buffer, count < 0 ? -1 : len + count, sizeof( buffer ) );
}

static void WINETEST_PRINTF_ATTR( 2, 3 ) winetest_message( const char *prefix, const char *format, ... )
{
    va_list args;

    va_start( args, format );
    winetest_vmessage( prefix, format, args );
    va_end( args );
}

void winetest_print( const char *format, ... )
{
    char buffer[4096];
    va_list args;
    int len;

    va_start( args, format );
    len = _vsnprintf( buffer, sizeof( buffer ), format, args );
    va_end( args );
    winetest_write( buffer, len, sizeof( buffer ) );
}

void winetest_set_location( const char *file, int line )
{
    struct winetest_thread *thread = winetest_thread();
    const char *name = strrchr( file, '/' );

    if (!name) name = strrchr( file, '\\' );
    thread->file = name ? name + 1 : file;
    thread->line = line;
}

void winetest_subtest( const char *name )
{
    if (winetest_debug > 0) winetest_message( "", "Subtest %s\n", name );
}

int broken( int condition )
{
    return condition && !winetest_platform_is_wine;
}

int winetest_vok( int condition, const char *format, va_list args )
{
    if (winetest_thread()->todo_level)
    {
        if (condition)
        {
            winetest_vmessage( "Test succeeded inside todo block: ", format, args );
            InterlockedIncrement( &winetest_failures );
            return 0;
        }
        if (winetest_debug > 0) winetest_vmessage( "Test marked todo: ", format, args );
        InterlockedIncrement( &winetest_todo_failures );
        return 1;
    }
    if (!condition)
    {
        winetest_vmessage( "Test failed: ", format, args );
        InterlockedIncrement( &winetest_failures );
        return 0;
    }
    if (winetest_report_success) winetest_message( "", "Test succeeded\n" );
    InterlockedIncrement( &winetest_successes );
    return 1;
}

void winetest_ok( int condition, const char *format, ... )
{
    va_list args;

    va_start( args, format );
    winetest_vok( condition, format, args );
    va_end( args );
}

void winetest_skip( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    winetest_vmessage( "Tests skipped: ", format, args );
    va_end( args );
    InterlockedIncrement( &winetest_skipped );
}

/* for functions that some versions of Windows lack: Wine must have them */
void winetest_win_skip( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    if (winetest_platform_is_wine) winetest_vok( 0, format, args );
    else
    {
        winetest_vmessage( "Tests skipped: ", format, args );
        InterlockedIncrement( &winetest_skipped );
    }
    va_end( args );
}

void winetest_trace( const char *format, ... )
{
    va_list args;

    if (winetest_debug <= 0) return;
    va_start( args, format );
    winetest_vmessage( "", format, args );
    va_end( args );
}

void winetest_push_context( const char *format, ... )
{
    struct winetest_thread *thread = winetest_thread();
    va_list args;

    if (thread->context_count < WINETEST_CONTEXTS)
    {
        char *text = thread->context[thread->context_count];

        va_start( args, format );
        _vsnprintf( text, sizeof( thread->context[0] ), format, args );
        va_end( args );
        text[sizeof( thread->context[0] ) - 1] = 0;
    }
    thread->context_count++;
    if (thread->context_count > WINETEST_CONTEXTS) thread->context_count = WINETEST_CONTEXTS;
}

void winetest_pop_context( void )
{
    struct winetest_thread *thread = winetest_thread();

    if (thread->context_count) thread->context_count--;
}

void winetest_start_todo( int is_todo )
{
    struct winetest_thread *thread = winetest_thread();

    thread->todo_level = ( thread->todo_level << 1 ) | !!is_todo;
    thread->todo_loop = 1;
}

int winetest_loop_todo( void )
{
    struct winetest_thread *thread = winetest_thread();
    int again = thread->todo_loop;

    thread->todo_loop = 0;
    return again;
}

void winetest_end_todo( void )
{
    winetest_thread()->todo_level >>= 1;
}

int winetest_get_mainargs( char ***argv )
{
    *argv = winetest_argv;
    return winetest_argc;
}

LONG winetest_get_failures( void )
{
    return winetest_failures;
}

void winetest_add_failures( LONG failures )
{
    while (failures-- > 0) InterlockedIncrement( &winetest_failures );
}

/* Waits for a child that runs a test of this program, and adds its failures. */
void winetest_wait_child_process( HANDLE process )
{
    DWORD code = 1;

    if (!process)
    {
        winetest_ok( 0, "no child process\n" );
        return;
    }
    if (WaitForSingleObject( process, 60000 ))
    {
        winetest_ok( 0, "the child process didn't end\n" );
        TerminateProcess( process, 255 );
        return;
    }
    GetExitCodeProcess( process, &code );
    if (code > 255)
    {
        winetest_ok( 0, "the child process crashed with %08lx\n", code );
        return;
    }
    if (code) winetest_message( "", "%lu failures in the child process\n", code );
    winetest_add_failures( code );
}

#include "wine/test_strings.h"

/* ---- which tier served this process */

static void winetest_check_engine( void )
{
    int( WINAPI * startup )( WORD, void * );
    UINT_PTR( WINAPI * make )( int, int, int );
    int( WINAPI * close )( UINT_PTR );
    const char *( CDECL * status )( void ) = NULL;
    char expect[16], reported[256] = "engine=stock", data[512], *name = reported + 7, *end;
    HMODULE ws2_32, provider;
    UINT_PTR s = ~(UINT_PTR)0;
    DWORD len;

    len = GetEnvironmentVariableA( "WSURING_TEST_ENGINE", expect, sizeof( expect ) );
    if (!len || len >= sizeof( expect )) return;
    /* a child process that uses another provider on purpose */
    if (GetEnvironmentVariableA( "WSURING_PROVIDER", data, sizeof( data ) )) return;
    ws2_32 = LoadLibraryA( "ws2_32.dll" );
    startup = (void *)GetProcAddress( ws2_32, "WSAStartup" );
    make = (void *)GetProcAddress( ws2_32, "socket" );
    close = (void *)GetProcAddress( ws2_32, "closesocket" );
    if (startup && make && close && !startup( MAKEWORD( 2, 2 ), data ) && ( s = make( 2, 2, 0 ) ) != ~(UINT_PTR)0)
        close( s );
    if (( provider = GetModuleHandleA( "wsuring.dll" ) )) status = (void *)GetProcAddress( provider, "wsuring_status" );
    if (status) _snprintf( reported, sizeof( reported ) - 1, "%s", status() );
    winetest_print( "wsuring-status: %s\n", reported );
    winetest_set_location( __FILE__, __LINE__ );
    winetest_ok( s != ~(UINT_PTR)0, "no socket can be made\n" );
    if (( end = strchr( name, ' ' ) )) *end = 0;
    winetest_ok( !strncmp( reported, "engine=", 7 ) && !strcmp( name, expect ),
                 "the sockets went through %s, where %s was to be tested\n", name, expect );
}

/* A crash ends here and not in Wine's debugger, which takes seconds. */
static LONG WINAPI winetest_crash( EXCEPTION_POINTERS *info )
{
    EXCEPTION_RECORD *record = info->ExceptionRecord;
    struct winetest_thread *thread = winetest_thread();
    char module[MAX_PATH] = "?", *name;
    HMODULE base = NULL;

    GetModuleHandleExA( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                        (const char *)record->ExceptionAddress, &base );
    GetModuleFileNameA( base, module, sizeof( module ) );
    name = strrchr( module, '\\' );
    winetest_print( "%s:%d: Test crashed: exception %08lx at %s+%Ix, address %Ix, last test was at this line\n",
                    thread->file ? thread->file : "?", thread->line, record->ExceptionCode, name ? name + 1 : module,
                    (ULONG_PTR)record->ExceptionAddress - (ULONG_PTR)base,
                    record->NumberParameters > 1 ? record->ExceptionInformation[1] : 0 );
    TerminateProcess( GetCurrentProcess(), record->ExceptionCode );
    return EXCEPTION_EXECUTE_HANDLER;
}

static int winetest_env_number( const char *name, int value )
{
    char buffer[16];
    DWORD len = GetEnvironmentVariableA( name, buffer, sizeof( buffer ) );

    return len && len < sizeof( buffer ) ? atoi( buffer ) : value;
}

static int winetest_run( const char *name )
{
    const struct test *test;

    for (test = winetest_testlist; test->name; test++)
        if (!strcmp( test->name, name )) break;
    if (!test->name)
    {
        winetest_print( "There is no test '%s'\n", name );
        return 2;
    }
    winetest_current = test;
    test->func();
    winetest_check_engine();
    if (winetest_thread()->todo_level)
    {
        winetest_set_location( __FILE__, __LINE__ );
        winetest_thread()->todo_level = 0;
        winetest_ok( 0, "a todo block was left open\n" );
    }
    winetest_print( "%04lx:%s: %ld tests executed (%ld marked as todo, %ld %s), %ld skipped.\n", GetCurrentProcessId(),
                    test->name, winetest_successes + winetest_failures + winetest_todo_failures, winetest_todo_failures,
                    winetest_failures, winetest_failures != 1 ? "failures" : "failure", winetest_skipped );
    return winetest_failures < 255 ? winetest_failures : 255;
}

int main( int argc, char **argv )
{
    char platform[16];
    const struct test *test;
    DWORD len;

    setvbuf( stdout, NULL, _IONBF, 0 );
    winetest_tls = TlsAlloc();
    winetest_argc = argc;
    winetest_argv = argv;
    winetest_debug = winetest_env_number( "WINETEST_DEBUG", 1 );
    winetest_interactive = winetest_env_number( "WINETEST_INTERACTIVE", 0 );
    winetest_report_success = winetest_env_number( "WINETEST_REPORT_SUCCESS", 0 );
    winetest_platform_is_wine = GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "wine_get_version" ) != NULL;
    len = GetEnvironmentVariableA( "WINETEST_PLATFORM", platform, sizeof( platform ) );
    if (len && len < sizeof( platform )) winetest_platform_is_wine = !strcmp( platform, "wine" );
    winetest_platform = winetest_platform_is_wine ? "wine" : "windows";
    SetUnhandledExceptionFilter( winetest_crash );

    if (argc > 1 && argv[1][0] != '-') return winetest_run( argv[1] );
    if (argc == 1 && winetest_testlist[0].name && !winetest_testlist[1].name)
        return winetest_run( winetest_testlist[0].name );
    if (argc == 1) winetest_print( "Usage: %s TEST [ARGUMENT...]\nTests:\n", argv[0] );
    else if (strcmp( argv[1], "--list" ))
    {
        winetest_print( "Usage: %s [--list | TEST [ARGUMENT...]]\n", argv[0] );
        return 2;
    }
    for (test = winetest_testlist; test->name; test++) winetest_print( "    %s\n", test->name );
    return 0;
}
