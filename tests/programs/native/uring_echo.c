/*
 * The same echo server on io_uring: receives and sends are operations of the ring
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: uring_echo
 * Prints: PORT n. Ends with a connection whose first byte is 'q'.
 */

#include <liburing.h>

#include "../net.h"

#define SIZE 16384

struct connection
{
    int fd, sending, len, done;
    char data[SIZE];
};

static struct io_uring ring;

static struct io_uring_sqe *get_sqe( void )
{
    struct io_uring_sqe *sqe;

    while (!( sqe = io_uring_get_sqe( &ring ) )) io_uring_submit( &ring );
    return sqe;
}

static void start_accept( int listener )
{
    struct io_uring_sqe *sqe = get_sqe();

    io_uring_prep_accept( sqe, listener, NULL, NULL, 0 );
    sqe->user_data = 0;
}

static void start_receive( struct connection *connection )
{
    struct io_uring_sqe *sqe = get_sqe();

    connection->sending = 0;
    io_uring_prep_recv( sqe, connection->fd, connection->data, SIZE, 0 );
    sqe->user_data = (uintptr_t)connection;
}

static void start_send( struct connection *connection )
{
    struct io_uring_sqe *sqe = get_sqe();

    connection->sending = 1;
    io_uring_prep_send( sqe, connection->fd, connection->data + connection->done, connection->len - connection->done,
                        0 );
    sqe->user_data = (uintptr_t)connection;
}

int main( void )
{
    int port, listener = net_listen( &port ), res;
    struct connection *connection;
    struct io_uring_cqe *cqe;

    if (io_uring_queue_init( 4096, &ring, 0 )) die( "io_uring_queue_init" );
    printf( "PORT %d\n", port );
    fflush( stdout );
    start_accept( listener );
    for (;;)
    {
        if (( res = io_uring_submit_and_wait( &ring, 1 ) ) < 0 && res != -EINTR) return 1;
        while (!io_uring_peek_cqe( &ring, &cqe ))
        {
            connection = (struct connection *)(uintptr_t)cqe->user_data;
            res = cqe->res;
            io_uring_cqe_seen( &ring, cqe );
            if (!connection)
            {
                start_accept( listener );
                if (res < 0) continue;
                set_nodelay( res );
                connection = calloc( 1, sizeof( *connection ) );
                connection->fd = res;
                start_receive( connection );
            }
            else if (res <= 0)
            {
                close( connection->fd );
                free( connection );
            }
            else if (!connection->sending)
            {
                if (connection->data[0] == 'q') return 0;
                connection->len = res;
                connection->done = 0;
                start_send( connection );
            }
            else if (( connection->done += res ) < connection->len) start_send( connection );
            else start_receive( connection );
        }
    }
}
