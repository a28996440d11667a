/*
 * Receives until the peer ends, and says what: bytes, seconds, SHA-256
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: receiver [nohash]
 * Prints: PORT n, then RESULT bytes seconds hash
 */

#include "net.h"
#include "sha256.h"

int main( int argc, char **argv )
{
    static char data[256 * 1024];
    int hashing = argc < 2, port, n;
    uint64_t total = 0;
    struct sha256 hash;
    double start = 0;
    char hex[65] = "-";
    SOCKET listener, s;

    (void)argv;
    net_start();
    listener = net_listen( &port );
    printf( "PORT %d\n", port );
    fflush( stdout );
    if ((s = accept( listener, NULL, NULL )) == INVALID_SOCKET) die( "accept" );
    sha256_init( &hash );
    while ((n = recv( s, data, sizeof(data), 0 )) > 0)
    {
        if (!total) start = now_us();
        total += n;
        if (hashing) sha256_add( &hash, (unsigned char *)data, n );
    }
    if (n < 0) die( "recv" );
    if (hashing) sha256_finish( &hash, hex );
    printf( "RESULT %llu %.6f %s\n", (unsigned long long)total, (now_us() - start) / 1e6, hex );
    return 0;
}
