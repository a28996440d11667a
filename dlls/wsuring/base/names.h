/*
 * The interface for names between ws2_32.dll, wsuring.dll and wsuring.so
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One parameter block serves all layers: ws2_32 fills it and calls wsuring_get_name (found by GetProcAddress), which
 * passes it to the Unix function get_name. One layout for 32- and 64-bit callers. All memory it points to belongs to
 * ws2_32, never to the program, because Unix code must not get a bad pointer. Family numbers and errors are those of
 * Windows, strings are UTF-8 and end in a NUL.
 */

#ifndef WSURING_NAMES_H
#define WSURING_NAMES_H

#include <stdint.h>

enum name_op
{
    NAME_ADDRESSES, /* getaddrinfo: addresses of name; name 0 = this machine (loopback, or wildcard with NAME_PASSIVE)
                     */
    NAME_HOST,      /* gethostbyname: official name, aliases and addresses of name in family */
    NAME_PEER,      /* gethostbyaddr: official name, aliases and addresses of address */
    NAME_INFO,      /* getnameinfo: the name of address; fails if there is none */
    NAME_SELF,      /* gethostname */
};

/* flags of NAME_ADDRESSES and NAME_INFO */
#define NAME_PASSIVE    0x01
#define NAME_CANONICAL  0x02
#define NAME_NUMERIC    0x04
#define NAME_ALL        0x08
#define NAME_ADDRCONFIG 0x10
#define NAME_V4MAPPED   0x20
#define NAME_NOFQDN     0x40

/* An address in network order, without port. */
struct name_address
{
    uint16_t family; /* AF_INET 2 or AF_INET6 23 */
    uint16_t pad;
    uint32_t scope; /* IPv6: interface number, else 0 */
    uint8_t bytes[16];
};

/* What an operation found. Offsets count from the structure's own start, so that it can be moved about. */
struct name_result
{
    uint32_t size;    /* of everything */
    uint32_t name;    /* offset of the official or canonical name, 0 if there is none */
    uint32_t aliases; /* offset of the first alias; the others follow, each after the NUL of the one before */
    uint32_t alias_count;
    uint32_t addresses; /* offset of struct name_address[address_count], aligned to 8 */
    uint32_t address_count;
};

struct name_params
{
    uint32_t op;                 /* in: name_op */
    int32_t family;              /* in: AF_UNSPEC 0, AF_INET 2, AF_INET6 23 */
    uint32_t flags;              /* in: NAME_* */
    int32_t error;               /* out: Winsock error, 0 for success */
    uint64_t name;               /* in: const char * */
    struct name_address address; /* in: for NAME_PEER and NAME_INFO */
    uint64_t result;             /* in: room for a struct name_result */
    uint32_t size;               /* in: bytes of room; out: bytes used or, with STATUS_BUFFER_TOO_SMALL, needed */
    uint32_t pad;
};

#endif /* WSURING_NAMES_H */
