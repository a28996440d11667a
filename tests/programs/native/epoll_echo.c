/*
 * The same echo server on epoll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: epoll_echo
 * Prints: PORT n. Ends with a connection whose first byte is 'q'.
 */

#include <sys/epoll.h>

#include "../net.h"

int main( void )
{
    static char data[16384];
    struct epoll_event events[64], event = { .events = EPOLLIN };
    int port, epoll = epoll_create1( 0 ), listener = net_listen( &port ), count, i, n;

    event.data.fd = listener;
    epoll_ctl( epoll, EPOLL_CTL_ADD, listener, &event );
    printf( "PORT %d\n", port );
    fflush( stdout );
    while (( count = epoll_wait( epoll, events, 64, -1 ) ) > 0 || errno == EINTR)
        for (i = 0; i < count; i++)
        {
            int fd = events[i].data.fd;

            if (fd == listener)
            {
                event.data.fd = accept( listener, NULL, NULL );
                set_nodelay( event.data.fd );
                set_nonblocking( event.data.fd );
                epoll_ctl( epoll, EPOLL_CTL_ADD, event.data.fd, &event );
            }
            else if (( n = recv( fd, data, sizeof( data ), 0 ) ) > 0)
            {
                if (data[0] == 'q') return 0;
                if (!send_all( fd, data, n )) close( fd );
            }
            else if (!n || errno != EAGAIN) close( fd );
        }
    return 1;
}
