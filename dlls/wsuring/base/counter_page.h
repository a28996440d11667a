/*
 * The counters as tools/wsuring-top reads them, in every running program
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The Unix library puts a memory file in place of the page (unix/counters.c). A reader opens that at
 * /proc/PID/fd; it goes with the process, however that ends.
 */

#ifndef WSURING_COUNTER_PAGE_H
#define WSURING_COUNTER_PAGE_H

#include <stdint.h>

#define COUNTER_PAGE_MAGIC  "wsuring"
#define COUNTER_PAGE_LAYOUT 1
#define COUNTERS_MAX        32
#define COUNTER_STRIPES     16

struct counter_page
{
    char magic[8]; /* last to be written */
    uint32_t layout;
    uint32_t count;   /* of names */
    uint32_t stripes; /* how many rows, whose columns are to be added up */
    uint32_t columns; /* of a row */
    uint32_t offset;  /* of the first row */
    uint32_t pad;
    char engine[8];
    char reason[24];
    char names[COUNTERS_MAX][24];
    uint64_t requests __attribute__( ( aligned( 64 ) ) ); /* to the wineserver, all of the process; by unix/ */
    /* Threads count in rows of their own, as far as there are, so that they don't take cache lines from each other. */
    uint64_t rows[COUNTER_STRIPES][COUNTERS_MAX] __attribute__( ( aligned( 4096 ) ) );
};

#endif /* WSURING_COUNTER_PAGE_H */
