/*
 * The table of socket ioctls
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One row for each code that Microsoft documents for WSAIoctl and ioctlsocket with TCP/IP. tools/make_options makes
 * docs/ioctls.md from this, with the notes.
 *
 * IOCTL( code, sockets, in, out, end, served, what ) note
 *
 * sockets: which kinds of socket have it; others get WSAEOPNOTSUPP. in, out: the minimum sizes of the two buffers;
 * smaller ones get WSAEFAULT. POINTER is the size of one. served:
 * - CALL: the function `what' of ioctl.c, ioctl_network.c or port_reservation.c.
 * - ACCEPT: a hint, accepted without effect here.
 * - FAILS: always, with the error `what'.
 *
 * end: how it completes, as Wine's tests have recorded it of Windows for those that they look at.
 * - NOW: within the call. With an OVERLAPPED a success is completed as well, with 0 bytes; an error isn't. A failure
 *   leaves the program's count alone, unless that says how much room is needed.
 * - COUNTS: the same, but a failure without an OVERLAPPED sets the count to 0.
 * - LATER: by the driver. With an OVERLAPPED it pends, whatever the result, which the completion tells; the count stays
 *   as it is. Without one a failure sets the count to 0.
 * - ALONE: within the call and without an OVERLAPPED; with one the driver is asked, which doesn't know it.
 * - WAITS: for something to happen.
 */

IOCTL( FIONBIO, ANY, 4, 0, NOW, CALL, ioctl_set_nonblocking )
IOCTL( FIONREAD, ANY, 0, 4, NOW, CALL, ioctl_get_unread )
IOCTL( FIOASYNC, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP ) /* of BSD; not in Windows */
IOCTL( SIOCATMARK, ANY, 0, 4, NOW, CALL, ioctl_get_mark )
IOCTL( SIOCGMSFILTER, DATAGRAM, 144, 144, NOW, CALL, ioctl_multicast_filter ) /* not in tier afd */
IOCTL( SIOCSMSFILTER, DATAGRAM, 144, 0, NOW, CALL, ioctl_multicast_filter )   /* not in tier afd */
IOCTL( SIO_ABSORB_RTRALERT, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_ACQUIRE_PORT_RESERVATION, ANY, 4, 16, LATER, CALL, ioctl_port_acquire ) /* for the sockets of one process */
IOCTL( SIO_ADDRESS_LIST_QUERY, ANY, 0, 0, NOW, CALL, ioctl_address_list )
IOCTL( SIO_ADDRESS_LIST_SORT, ANY, 4, 4, NOW, CALL, ioctl_address_sort )     /* those that can be reached go first */
IOCTL( SIO_AF_UNIX_GETPEERPID, STREAM, 0, 4, NOW, CALL, ioctl_peer_process ) /* of the family AF_UNIX */
IOCTL( SIO_APPLY_TRANSPORT_SETTING, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_ASSOCIATE_HANDLE, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_ASSOCIATE_PORT_RESERVATION, ANY, 8, 0, LATER, CALL, ioctl_port_associate )
IOCTL( SIO_BASE_HANDLE, ANY, 0, POINTER, ALONE, CALL, ioctl_get_handle )
IOCTL( SIO_BSP_HANDLE, ANY, 0, POINTER, ALONE, CALL, ioctl_get_handle )
IOCTL( SIO_BSP_HANDLE_POLL, ANY, 0, POINTER, ALONE, CALL, ioctl_get_handle )
IOCTL( SIO_BSP_HANDLE_SELECT, ANY, 0, POINTER, ALONE, CALL, ioctl_get_handle )
IOCTL( SIO_CHK_QOS, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_CPU_AFFINITY, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL(
    SIO_ENABLE_CIRCULAR_QUEUEING, ANY, 0, 0, NOW, ACCEPT,
    0 ) /* a hint: what is lost when the queue is full are the newest datagrams, not the oldest; stock accepts it too */
IOCTL( SIO_EXT_POLL, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_EXT_SELECT, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_EXT_SENDMSG, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_FIND_ROUTE, ANY, 0, 0, NOW, CALL, ioctl_find_route )
IOCTL( SIO_FLUSH, ANY, 0, 0, LATER, CALL,
       ioctl_flush ) /* of sends that wait; without any WSAEOPNOTSUPP, as by Windows */
IOCTL( SIO_GET_BROADCAST_ADDRESS, DATAGRAM, 0, 16, NOW, CALL,
       ioctl_broadcast_address ) /* IPv6 has none: WSAEOPNOTSUPP */
IOCTL( SIO_GET_EXTENSION_FUNCTION_POINTER, ANY, 16, POINTER, NOW, CALL, ioctl_get_extension )
IOCTL( SIO_GET_GROUP_QOS, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )            /* reserved */
IOCTL( SIO_GET_INTERFACE_LIST, ANY, 0, 0, LATER, CALL, ioctl_interface_list ) /* IPv6: WSAEINVAL */
IOCTL( SIO_GET_INTERFACE_LIST_EX, ANY, 0, 0, LATER, CALL, ioctl_interface_list_ex )
IOCTL( SIO_GET_MULTICAST_FILTER, DATAGRAM, 16, 16, NOW, CALL,
       ioctl_multicast_filter ) /* not in tier afd; the interface by its address */
IOCTL( SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP ) /* no registered I/O */
IOCTL( SIO_GET_QOS, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_GET_TX_TIMESTAMP, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_IDEAL_SEND_BACKLOG_QUERY, STREAM, 0, 4, NOW, CALL, ioctl_send_backlog ) /* by the host's congestion window */
IOCTL( SIO_INDEX_ADD_MCAST, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_INDEX_BIND, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_INDEX_DEL_MCAST, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_INDEX_MCASTIF, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_KEEPALIVE_VALS, ANY, 12, 0, COUNTS, CALL, ioctl_set_keepalive ) /* datagrams: WSAEINVAL */
IOCTL( SIO_LIMIT_BROADCASTS, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_LOOPBACK_FAST_PATH, STREAM, 4, 0, LATER, ACCEPT, 0 ) /* the host's loopback has one path */
IOCTL( SIO_MULTICAST_SCOPE, DATAGRAM, 4, 0, NOW, CALL, ioctl_multicast_scope )
IOCTL( SIO_MULTIPOINT_LOOPBACK, DATAGRAM, 4, 0, NOW, CALL, ioctl_multicast_loop )
IOCTL( SIO_QUERY_RSS_SCALABILITY_INFO, ANY, 0, 1, LATER, CALL, ioctl_rss ) /* none */
IOCTL( SIO_QUERY_TARGET_PNP_HANDLE, ANY, 0, POINTER, ALONE, CALL, ioctl_get_handle )
IOCTL( SIO_QUERY_TRANSPORT_SETTING, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_RCVALL, RAWONLY, 4, 0, LATER, CALL,
       ioctl_receive_all ) /* off alone, else WSAEOPNOTSUPP; the host's raw sockets don't hear what others are sent */
IOCTL( SIO_RCVALL_IGMPMCAST, RAWONLY, 4, 0, LATER, CALL, ioctl_receive_all )
IOCTL( SIO_RCVALL_MCAST, RAWONLY, 4, 0, LATER, CALL, ioctl_receive_all )
IOCTL( SIO_RELEASE_PORT_RESERVATION, ANY, 8, 0, LATER, CALL, ioctl_port_release )
IOCTL( SIO_ROUTING_INTERFACE_QUERY, ANY, 0, 0, NOW, CALL, ioctl_route )
IOCTL( SIO_SET_GROUP_QOS, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP ) /* reserved */
IOCTL( SIO_SET_MULTICAST_FILTER, DATAGRAM, 16, 0, NOW, CALL,
       ioctl_multicast_filter )                             /* not in tier afd; the interface by its address */
IOCTL( SIO_SET_PRIORITY_HINT, ANY, 4, 0, LATER, ACCEPT, 0 ) /* a hint */
IOCTL( SIO_SET_QOS, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_SOCKET_CLOSE_NOTIFY, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_TCP_INFO, STREAM, 4, 88, LATER, CALL,
       ioctl_tcp_info ) /* versions 0 and 1, of the host's TCP_INFO; what that lacks is 0 */
IOCTL( SIO_TCP_INITIAL_RTO, STREAM, 4, 0, LATER, CALL,
       ioctl_initial_rto ) /* the number of SYNs; the host's first time-out can't be set */
IOCTL( SIO_TCP_SET_ACK_FREQUENCY, STREAM, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_TCP_SET_ICW, STREAM, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_TIMESTAMPING, DATAGRAM, 0, 0, LATER, CALL, ioctl_timestamping ) /* of arrival */
IOCTL( SIO_TRANSLATE_HANDLE, ANY, 0, 0, LATER, FAILS, WSAEOPNOTSUPP )
IOCTL( SIO_UCAST_IF, ANY, 0, 0, LATER, FAILS,
       WSAEOPNOTSUPP ) /* the options IP_UNICAST_IF and IPV6_UNICAST_IF do the same */
IOCTL( SIO_UDP_CONNRESET, ANY, 4, 0, NOW, CALL, ioctl_unreachable )
IOCTL( SIO_UDP_NETRESET, DATAGRAM, 4, 0, NOW, ACCEPT, 0 ) /* the host doesn't report expired times */
IOCTL( SIO_ADDRESS_LIST_CHANGE, ANY, 0, 0, WAITS, CALL,
       ioctl_network_change ) /* waits: for an address of the socket's family to come or go; causes
                                 FD_ADDRESS_LIST_CHANGE; in tier afd: of IPv4; no FD_* event */
IOCTL( SIO_ROUTING_INTERFACE_CHANGE, ANY, 16, 0, WAITS, CALL,
       ioctl_network_change ) /* waits: for any route or address of the family to change; causes
                                 FD_ROUTING_INTERFACE_CHANGE; in tier afd: for an IPv4 address; no FD_* event */
IOCTL( SIO_IDEAL_SEND_BACKLOG_CHANGE, STREAM, 0, 0, WAITS, CALL,
       ioctl_send_backlog_change ) /* waits: for another congestion window; not in tier afd */
