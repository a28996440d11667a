/*
 * SHA-256 (FIPS 180-4)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Here because Wine's bcrypt needs GnuTLS on the host, which a small Debian lacks.
 */

#ifndef PROGRAMS_SHA256_H
#define PROGRAMS_SHA256_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct sha256
{
    uint32_t state[8];
    uint64_t length;
    unsigned char block[64];
};

static inline uint32_t sha256_rotate( uint32_t x, int n )
{
    return x >> n | x << ( 32 - n );
}

static inline void sha256_block( uint32_t *state, const unsigned char *data )
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };
    uint32_t w[64], v[8], s0, s1, t1, t2;
    int i;

    for (i = 0; i < 16; i++)
        w[i] = (uint32_t)data[4 * i] << 24 | data[4 * i + 1] << 16 | data[4 * i + 2] << 8 | data[4 * i + 3];
    for (; i < 64; i++)
    {
        s0 = sha256_rotate( w[i - 15], 7 ) ^ sha256_rotate( w[i - 15], 18 ) ^ w[i - 15] >> 3;
        s1 = sha256_rotate( w[i - 2], 17 ) ^ sha256_rotate( w[i - 2], 19 ) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy( v, state, sizeof( v ) );
    for (i = 0; i < 64; i++)
    {
        s1 = sha256_rotate( v[4], 6 ) ^ sha256_rotate( v[4], 11 ) ^ sha256_rotate( v[4], 25 );
        t1 = v[7] + s1 + ( ( v[4] & v[5] ) ^ ( ~v[4] & v[6] ) ) + k[i] + w[i];
        s0 = sha256_rotate( v[0], 2 ) ^ sha256_rotate( v[0], 13 ) ^ sha256_rotate( v[0], 22 );
        t2 = s0 + ( ( v[0] & v[1] ) ^ ( v[0] & v[2] ) ^ ( v[1] & v[2] ) );
        memmove( v + 1, v, 7 * sizeof( *v ) );
        v[4] += t1;
        v[0] = t1 + t2;
    }
    for (i = 0; i < 8; i++) state[i] += v[i];
}

static inline void sha256_init( struct sha256 *hash )
{
    static const uint32_t start[8]
        = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

    memcpy( hash->state, start, sizeof( start ) );
    hash->length = 0;
}

static inline void sha256_add( struct sha256 *hash, const unsigned char *data, size_t len )
{
    size_t used = hash->length & 63, n;

    hash->length += len;
    while (len)
    {
        if (!used && len >= 64)
        {
            sha256_block( hash->state, data );
            data += 64;
            len -= 64;
            continue;
        }
        n = 64 - used < len ? 64 - used : len;
        memcpy( hash->block + used, data, n );
        data += n;
        len -= n;
        if (( used += n ) < 64) break;
        sha256_block( hash->state, hash->block );
        used = 0;
    }
}

/* hex: 65 bytes */
static inline void sha256_finish( struct sha256 *hash, char *hex )
{
    unsigned char tail[72] = { 0x80 };
    uint64_t bits = hash->length * 8;
    size_t pad = ( hash->length & 63 ) < 56 ? 56 - ( hash->length & 63 ) : 120 - ( hash->length & 63 );
    int i;

    for (i = 0; i < 8; i++) tail[pad + i] = bits >> ( 56 - 8 * i );
    sha256_add( hash, tail, pad + 8 );
    for (i = 0; i < 8; i++) sprintf( hex + 8 * i, "%08x", hash->state[i] );
}

#endif /* PROGRAMS_SHA256_H */
