/*
 * Native tests: request codes are read from code that has exactly the known picture, and from nothing else
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Run: tests/unix/run plain|address|thread
 */

#include "library.h"

#include "../../dlls/wsuring/unix/request_code.h"

enum form /* of a store into the stack frame */
{
    RSP,
    RSP_DISP8,
    RSP_DISP32,
    RBP_DISP8,
    RBP_DISP32,
    FORM_COUNT
};

/* Appends one store, with other instructions around it whose bytes could be mistaken for constants. */
static size_t put_store( uint8_t *code, enum form form, uint32_t value )
{
    static const struct
    {
        uint8_t bytes[7], len;
    } forms[FORM_COUNT] = {
        [RSP] = { { 0xc7, 0x04, 0x24 }, 3 },
        [RSP_DISP8] = { { 0xc7, 0x44, 0x24, 0x70 }, 4 },
        [RSP_DISP32] = { { 0xc7, 0x84, 0x24, 0x90, 0, 0, 0 }, 7 },
        [RBP_DISP8] = { { 0xc7, 0x45, 0xa0 }, 3 },
        [RBP_DISP32] = { { 0xc7, 0x85, 0x40, 0xff, 0xff, 0xff }, 6 },
    };
    static const uint8_t noise[] = { 0x0f, 0x28, 0xbc, 0x24, 0xfc, 0x00, 0x00, 0x00, 0x3d, 0x03, 0x01, 0x00, 0x00 };
    size_t len = 0;

    memcpy( code, noise, sizeof( noise ) );
    len += sizeof( noise );
    memcpy( code + len, forms[form].bytes, forms[form].len );
    len += forms[form].len;
    memcpy( code + len, &value, sizeof( value ) );
    len += sizeof( value );
    memcpy( code + len, noise, sizeof( noise ) );
    return len + sizeof( noise );
}

struct row
{
    const char *name;
    uint32_t query[3], remove[3], add[3], set[5]; /* what the functions store, 0 ends it */
    uint32_t expect;
};

static const struct row rows[] = {
    { "8.0", { 252 }, { 251 }, { 250 }, { 253, 255 }, 254 },
    { "10.0", { 265 }, { 263, 264 }, { 262 }, { 266, 268, 269, 270, 271 }, 267 },
    { "11.13", { 269 }, { 267, 268 }, { 266 }, { 270, 272 }, 271 },
    { "a build with two requests more", { 254 }, { 253 }, { 252 }, { 255, 257 }, 256 },
    { "other constants beside them", { 48, 265, 16 }, { 263, 3 }, { 262, 1 }, { 4, 266, 17, 268 }, 267 },
    { "a request between", { 265 }, { 263 }, { 262 }, { 266, 269 }, 0 },
    { "none between", { 265 }, { 263 }, { 262 }, { 266, 267 }, 0 },
    { "the one that is wanted is made there", { 265 }, { 263 }, { 262 }, { 266, 267, 268 }, 0 },
    { "two that fit", { 265, 275 }, { 263, 273 }, { 262, 272 }, { 266, 268, 276, 278 }, 0 },
    { "no query", { 0 }, { 263 }, { 262 }, { 266, 268 }, 0 },
    { "no remove", { 265 }, { 0 }, { 262 }, { 266, 268 }, 0 },
    { "remove elsewhere", { 265 }, { 120 }, { 262 }, { 266, 268 }, 0 },
    { "no add", { 265 }, { 263 }, { 0 }, { 266, 268 }, 0 },
    { "add behind", { 265 }, { 263 }, { 280 }, { 266, 268 }, 0 },
    { "no constants at all", { 0 }, { 0 }, { 0 }, { 0 }, 0 },
    { "too large", { 70000 }, { 69999 }, { 69998 }, { 70001, 70003 }, 0 },
};

static size_t put_all( uint8_t *code, enum form form, const uint32_t *values, size_t count )
{
    size_t len = 0, i;

    for (i = 0; i < count && values[i]; i++) len += put_store( code + len, form, values[i] );
    return len;
}

static void test_rows( int form )
{
    uint8_t code[4][600];
    struct code_range ranges[4];
    size_t i, j, cut;
    uint32_t got;

    for (i = 0; i < ARRAY_SIZE( rows ); i++)
    {
        ranges[0].len = put_all( code[0], form, rows[i].query, ARRAY_SIZE( rows[i].query ) );
        ranges[1].len = put_all( code[1], form, rows[i].remove, ARRAY_SIZE( rows[i].remove ) );
        ranges[2].len = put_all( code[2], form, rows[i].add, ARRAY_SIZE( rows[i].add ) );
        ranges[3].len = put_all( code[3], form, rows[i].set, ARRAY_SIZE( rows[i].set ) );
        for (j = 0; j < 4; j++) ranges[j].code = code[j];
        got = request_code_find( &ranges[0], &ranges[1], &ranges[2], &ranges[3] );
        check( got == rows[i].expect, "%s: got %u", rows[i].name, got );
        /* cut off anywhere: the right code or none */
        for (cut = 0; rows[i].expect && cut < ranges[3].len; cut++)
        {
            struct code_range part = { code[3], cut };

            got = request_code_find( &ranges[0], &ranges[1], &ranges[2], &part );
            check( !got || got == rows[i].expect, "%s, cut at %zu: got %u", rows[i].name, cut, got );
        }
    }
}

/* From the stand-in's own functions. */
static void test_library( int arg )
{
    (void)arg;
    library_init();
    check( request_code_add_fd_completion() == stub_code, "got %u, expected %u", request_code_add_fd_completion(),
           stub_code );
}

int main( void )
{
    int form;

    for (form = 0; form < FORM_COUNT; form++) run( test_rows, form );
    run( test_library, 0 );
    return check_summary();
}
