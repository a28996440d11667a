/*
 * The cost of one request to the wineserver: SetEvent
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: request_cost COUNT
 * Prints: RESULT microseconds
 */

#include "net.h"

int main( int argc, char **argv )
{
    int count = argc > 1 ? atoi( argv[1] ) : 5000, i;
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    double start = now_us();

    for (i = 0; i < count; i++) SetEvent( event );
    printf( "RESULT %.4f\n", ( now_us() - start ) / count );
    return 0;
}
