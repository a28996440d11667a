/*
 * Native tests: request codes are learned from what ntdll.so writes, whatever they are, or not at all
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "library.h"

#include "../../dlls/wsuring/unix/ntdll.h"
#include "../../dlls/wsuring/unix/request_code.h"
#include "../../dlls/wsuring/unix/request_watch.h"

#define PORT 0x10 /* the stand-in's */
#define NUL  0x14

static const struct row
{
    const char *name;
    struct stub_codes codes;
    int noise;
    uint32_t expect; /* add_fd_completion, 0: not certain */
    bool handles;    /* the codes about handles are certain */
} rows[] = {
    { "8.0", { 21, 22, 23, 252, 253, 255 }, 0, 254, true },
    { "10.0", { 21, 22, 23, 265, 266, 268 }, 0, 267, true },
    { "11.13", { 21, 22, 23, 269, 270, 272 }, 0, 271, true },
    { "two requests more at the end", { 21, 22, 23, 254, 255, 257 }, 0, 256, true },
    { "all others", { 40, 12, 7, 1002, 1003, 1005 }, 0, 1004, true },
    { "requests of something else beside them", { 21, 22, 23, 265, 266, 268 }, STUB_NOISE_OTHER, 267, true },
    { "requests that look the same", { 21, 22, 23, 265, 266, 268 }, STUB_NOISE_ALIKE, 0, false },
    { "a request between", { 21, 22, 23, 265, 266, 269 }, 0, 0, true },
    { "none between", { 21, 22, 23, 265, 266, 267 }, 0, 0, true },
    { "another order", { 21, 22, 23, 266, 265, 268 }, 0, 0, true },
    { "no query", { 21, 22, 23, 0, 266, 268 }, 0, 0, true },
    { "no association", { 21, 22, 23, 265, 0, 268 }, 0, 0, true },
    { "no modes", { 21, 22, 23, 265, 266, 0 }, 0, 0, true },
    { "no close", { 0, 22, 23, 265, 266, 268 }, 0, 267, false },
    { "no flags", { 21, 0, 23, 265, 266, 268 }, 0, 267, false },
    { "no duplicate", { 21, 22, 0, 265, 266, 268 }, 0, 267, false },
    { "one for two", { 21, 21, 23, 265, 266, 268 }, 0, 267, false },
};

static void test_row( int i )
{
    const struct row *row = rows + i;
    struct handle_codes codes = { 0 };
    uint32_t got;
    bool handles;

    check( !ntdll_probe_abi(), "the ABI" );
    check( request_watch_install() && request_watch_install(), "installed" );
    stub_codes = row->codes;
    stub_noise = row->noise;
    handles = request_code_handles( &codes );
    check( handles == row->handles, "%s: %d", row->name, handles );
    if (handles)
        check( codes.close == row->codes.close && codes.protect == row->codes.protect && codes.dup == row->codes.dup,
               "%s: got %u %u %u", row->name, codes.close, codes.protect, codes.dup );
    got = request_code_add_fd_completion( PORT, NUL );
    check( got == row->expect, "%s: got %u", row->name, got );
    check( !stub_requests, "%u raw requests\n", stub_requests );
    check( stub_open_handles == 0, "%d handles\n", stub_open_handles );
}

/* The library uses what it has learned: closes are seen, packets posted; nothing is sent where that isn't certain. */
static void test_library( int i )
{
    const struct row *row = rows + i;
    struct init_params params = { .wanted = ENGINE_EPOLL };
    NTSTATUS status;

    stub_codes = row->codes;
    stub_noise = row->noise;
    stub_code = row->expect ? row->expect : row->codes.query + 2;
    check( !unix_call( unix_init, &params ), "init" );
    check( ( params.engine == ENGINE_EPOLL ) == row->handles, "%s: engine %u", row->name, params.engine );
    if (!row->handles)
    {
        check( params.reason == REASON_UNKNOWN_WINE, "%s: reason %u", row->name, params.reason );
        return;
    }
    status = unix_call( unix_post_check, NULL );
    check( status == ( row->expect ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED ), "%s: %x", row->name, status );
    if (!row->expect) check( !stub_requests, "%s: %u raw requests\n", row->name, stub_requests );
}

/* What is missing is named, and alone. */
static void test_lacking( int capability )
{
    struct init_params params = { .wanted = ENGINE_EPOLL };

    if (capability == CAPABILITY_DESCRIPTOR) stub_no_descriptor = true;
    else if (capability == CAPABILITY_CLOSES) stub_codes.close = 0;
    else params.without = CAPABILITY_BIT( capability );
    check( !unix_call( unix_init, &params ), "init" );
    if (capability == CAPABILITY_POST)
    {
        check( params.engine == ENGINE_EPOLL && !params.lacking, "lacks %x", params.lacking );
        check( unix_call( unix_post_check, NULL ) == STATUS_NOT_SUPPORTED && !stub_requests, "%d", stub_requests );
        return;
    }
    check( params.engine == ENGINE_AFD && params.reason == REASON_UNKNOWN_WINE, "engine %u", params.engine );
    check( params.lacking == CAPABILITY_BIT( capability ), "lacks %x", params.lacking );
}

int main( void )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE( rows ); i++)
    {
        run( test_row, i );
        run( test_library, i );
    }
    run( test_lacking, CAPABILITY_ABI );
    run( test_lacking, CAPABILITY_DESCRIPTOR );
    run( test_lacking, CAPABILITY_CLOSES );
    run( test_lacking, CAPABILITY_POST );
    return check_summary();
}
