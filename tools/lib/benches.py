# The table of tools/bench: what is measured, and with which programs.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

# Measured in turns. `native' is the Linux peer: epoll where there is a choice; the io_uring one is a column of its own.
# program and arguments before the count; native: the arguments of the Linux peer, where they differ; count: operations
# of the counted runs
BENCHES = {
    'tcp-pingpong': dict(unit='us', command=['pingpong', 'tcp'], text='TCP, blocking, 64 bytes there and back'),
    'unix-pingpong': dict(unit='us', command=['pingpong', 'unix'], text='the same, AF_UNIX; stock has none: TCP'),
    'udp-pair': dict(unit='us', command=['pingpong', 'udp-pair'], text='UDP, send and receive of what is there'),
    'recv-wouldblock': dict(unit='us', command=['pingpong', 'would-block'], text='non-blocking recv, nothing there'),
    'ov-event': dict(
        unit='us',
        command=['pingpong', 'event'],
        native=['pingpong', 'epoll'],
        text='TCP there and back, overlapped receive, event',
    ),
    'ov-port': dict(
        unit='us',
        command=['pingpong', 'port'],
        native=['pingpong', 'epoll'],
        uring=['pingpong', 'uring'],
        text='the same, completion port',
    ),
    'ov-routine': dict(
        unit='us', command=['pingpong', 'routine'], native=['pingpong', 'epoll'], text='the same, completion routine'
    ),
    'ov-poll': dict(
        unit='us',
        command=['pingpong', 'poll'],
        native=['pingpong', 'epoll'],
        text='the same, WSAGetOverlappedResult waits, no event',
    ),
    'pending-100': dict(
        unit='us',
        command=['pingpong', 'pending-100'],
        native=['pingpong', 'epoll'],
        text='as ov-port, while 100 other receives wait on 50 sockets',
    ),
    'pending-1000': dict(
        unit='us',
        command=['pingpong', 'pending-1000'],
        native=['pingpong', 'epoll'],
        text='the same, 1,000 on 500 sockets',
    ),
    'pending-10000': dict(
        unit='us',
        command=['pingpong', 'pending-10000'],
        native=['pingpong', 'epoll'],
        text='the same, 10,000 on 5,000 sockets',
    ),
    'port-post': dict(
        unit='us',
        command=['pingpong', 'port-post'],
        native=None,
        text='PostQueuedCompletionStatus and GetQueuedCompletionStatus, port with a socket',
    ),
    'bulk-send': dict(unit='MB/s', command=['bulk'], text='TCP, blocks of 64 KB'),
    'transmitfile': dict(
        unit='MB/s',
        command=['extensions', 'transmitfile'],
        fixed=16384,
        count=40,
        text='TransmitFile of 1 GB; native: sendfile',
    ),
    'udp-segments': dict(
        unit='packets/s',
        command=['extensions', 'udp-segments'],
        fixed=5000,
        count=100,
        text='UDP, 64 KB as 44 segments in one WSASendMsg; stock: 44 sends',
    ),
    'recvmsg': dict(
        unit='us', command=['extensions', 'recvmsg'], text='WSARecvMsg of what is there, with IP_PKTINFO and IP_ECN'
    ),
    'acceptex-rate': dict(
        unit='conn/s',
        server=['extensions', 'acceptex-server'],
        native=['extensions', 'acceptex-server'],
        connections=4,
        kind='short',
        text='AcceptEx server, connections with one message of 64 bytes, 4 at a time',
    ),
    'select-1': dict(
        unit='us',
        command=['control', 'select-1'],
        count=100,
        text='select of 1 socket, at once and waiting; one is ready',
    ),
    'select-64': dict(unit='us', command=['control', 'select-64'], count=100, text='the same, 64 sockets'),
    'select-512': dict(unit='us', command=['control', 'select-512'], count=100, text='the same, 512 sockets'),
    'poll-1': dict(
        unit='us',
        command=['control', 'poll-1'],
        count=100,
        text='WSAPoll of 1 socket, at once and waiting; one is ready',
    ),
    'poll-64': dict(unit='us', command=['control', 'poll-64'], count=100, text='the same, 64 sockets'),
    'poll-512': dict(unit='us', command=['control', 'poll-512'], count=100, text='the same, 512 sockets'),
    'getsockopt': dict(
        unit='us', command=['control', 'getsockopt'], text='SO_TYPE, SO_ERROR, SO_RCVBUF, TCP_NODELAY, in turns'
    ),
    'getsockname': dict(unit='us', command=['control', 'getsockname'], text='getsockname and getpeername, in turns'),
    'fionread': dict(unit='us', command=['control', 'fionread'], text='ioctlsocket( FIONREAD )'),
    'accept-rate': dict(
        unit='conn/s',
        server=['control', 'accept-server'],
        native=['control', 'accept-server'],
        connections=4,
        kind='short',
        text='accept server, connections with one message of 64 bytes, 4 at a time',
    ),
    'connect-rate': dict(
        unit='conn/s',
        command=['connections', 'connect'],
        fixed=3000,
        text='socket, connect, closesocket, one after another',
    ),
    'connectex-rate': dict(
        unit='conn/s',
        command=['connections', 'connectex'],
        fixed=3000,
        text='the same with ConnectEx on a completion port; native: epoll',
    ),
    'udp-socket-rate': dict(
        unit='sockets/s',
        command=['connections', 'udp-socket'],
        fixed=3000,
        text='socket, bind, closesocket of datagram sockets',
    ),
    'idle-socket-bytes': dict(
        unit='bytes',
        command=['idle_sockets'],
        after=['both', 'PID'],
        text='own memory of the process per idle socket',
        fixed=4000,
        count=100,
    ),
    'idle-wakeups': dict(
        unit='wake-ups',
        command=['idle_sockets'],
        after=['wakeups', 'PID'],
        text='how often a second the threads of a process with 1,000 idle sockets run',
        fixed=1000,
        count=100,
    ),
    'pending-op-bytes': dict(
        unit='bytes',
        command=['idle_sockets'],
        after=['pending', 'PID'],
        native=None,
        text='the same per overlapped receive that waits',
        fixed=4000,
        count=100,
    ),
    'name-numeric': dict(unit='us', command=['names', 'numeric'], text='getaddrinfo of a numeric address with a port'),
    'name-localhost': dict(unit='us', command=['names', 'localhost'], text='getaddrinfo of localhost'),
    'name-async-1000': dict(
        unit='us',
        command=['names', 'async'],
        fixed=5000,
        count=1000,
        text='GetAddrInfoExW of localhost, 1,000 under way at once; native: getaddrinfo_a',
    ),
    'iocp-1': dict(
        unit='msg/s', server=['iocp_echo'], connections=1, size=64, text='IOCP echo server, 1 connection, 64 bytes'
    ),
    'iocp-64': dict(unit='msg/s', server=['iocp_echo'], connections=64, size=64, text='the same, 64 connections'),
    'iocp-64-2t': dict(
        unit='msg/s', server=['iocp_echo', '2'], connections=64, size=64, text='the same, 64 connections, 2 threads'
    ),
    'iocp-1000': dict(
        unit='msg/s', server=['iocp_echo'], connections=1000, size=64, text='the same, 1,000 connections'
    ),
    'iocp-64-16k': dict(
        unit='msg/s', server=['iocp_echo'], connections=64, size=16384, text='the same, 64 connections, 16 KB'
    ),
    'iocp-c10k': dict(
        unit='msg/s',
        server=['iocp_echo'],
        connections=100,
        idle=10000,
        size=64,
        text='the same, 100 busy connections beside 10,000 idle ones',
    ),
    'eventselect-echo': dict(
        unit='msg/s',
        server=['event_echo'],
        native=['epoll_echo'],
        connections=32,
        size=64,
        text='WSAEventSelect and WSAEnumNetworkEvents echo server, 32 connections',
    ),
    'postgres-select': dict(
        unit='tx/s', program='postgres', connections=1, text='PostgreSQL 15 for Windows, pgbench -S, 1 client'
    ),
    'postgres-select-8': dict(unit='tx/s', program='postgres', connections=8, text='the same, 8 clients'),
    'curl-download': dict(
        unit='MB/s', program='curl', small=False, text='Debian\'s curl for Windows, a file of 256 MB; requests per MB'
    ),
    'curl-download-4k': dict(
        unit='files/s', program='curl', small=True, text='the same, files of 4 KB on one connection'
    ),
    'nodejs-http-1': dict(
        unit='req/s', server='node', connections=1, kind='http', text='Node.js 22 for Windows, HTTP, 1 connection'
    ),
    'nodejs-http-8': dict(unit='req/s', server='node', connections=8, kind='http', text='the same, 8 connections'),
    'nodejs-http-16': dict(unit='req/s', server='node', connections=16, kind='http', text='the same, 16 connections'),
    'nodejs-http-64': dict(unit='req/s', server='node', connections=64, kind='http', text='the same, 64 connections'),
    'http-close': dict(
        unit='req/s',
        server='node',
        connections=8,
        kind='http-close',
        text='Node.js, a connection for each request, 8 at a time',
    ),
    'go-http-16': dict(
        unit='req/s', server='go', connections=16, kind='http', text='Go\'s net/http for Windows, 16 connections'
    ),
    'kestrel-http-16': dict(
        unit='req/s', server='kestrel', connections=16, kind='http', text='Kestrel of .NET for Windows, 16 connections'
    ),
    'wineserver-cpu': dict(unit='ms/s', text='processor time of the wineserver while the echo servers work'),
}

# Real programs, each with a class like Bench
