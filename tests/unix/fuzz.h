/*
 * What the fuzz targets share: reading the input, and making one
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_TESTS_UNIX_FUZZ_H
#define WSURING_TESTS_UNIX_FUZZ_H

#include <stdint.h>
#include <string.h>

#include "check.h"

struct input
{
    const uint8_t *data;
    size_t len;
};

/* A number of at most `len' bytes. */
static inline uint64_t take( struct input *input, size_t len )
{
    uint64_t value = 0;

    if (len > input->len) len = input->len;
    memcpy( &value, input->data, len );
    input->data += len;
    input->len -= len;
    return value;
}

static inline void *allocate( size_t size )
{
    void *ptr = malloc( size ? size : 1 );

    if (!ptr) abort();
    return ptr;
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t len );

#ifndef FUZZER
static uint64_t random_state = 0x9e3779b97f4a7c15;

static inline uint64_t next_random( uint64_t limit )
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % limit;
}

/* The same inputs every time: `make' writes one to `data' and returns its length. Returns an exit code. */
static inline int fuzz_run( uint8_t *data, size_t ( *make )( uint8_t *data ) )
{
    unsigned int i;

    for (i = 0; i < 60000 && check_failed <= 20; i++) LLVMFuzzerTestOneInput( data, make( data ) );
    check( i == 60000, "stopped at %u", i );
    return check_summary();
}
#endif

#endif /* WSURING_TESTS_UNIX_FUZZ_H */
