/*
 * Counters: names of the tier for reports
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_STATS_H
#define WSURING_STATS_H

const char *stats_engine_name( void );
struct counter_page *stats_page( void ); /* the counters, to be shared before the first is counted */
void stats_publish( void );              /* the tier is known, so readers may read */
const char *stats_reason_name( void );
extern BOOL stats_enabled; /* WSURING_STATS=1 */

#endif /* WSURING_STATS_H */
