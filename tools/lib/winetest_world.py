#!/usr/bin/env python3
# The network that Wine's own tests run in: a loopback, an interface that leads nowhere, a name server and a web server
# that accepts. Run as a program, it makes that network (network and mount namespaces must be fresh ones) and runs a
# command in it.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: winetest_world.py [--root FOLDER]... COMMAND...     --root: a chroot, whose /etc gets the same files

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

ADDRESS, ADDRESS6, GATEWAY = '10.77.0.2', 'fd77::2', '10.77.0.1'
FILES = {
    'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n',
    'hosts': '127.0.0.1 localhost\n::1 localhost\n%s %s\n' % (ADDRESS, socket.gethostname()),
    'nsswitch.conf': 'hosts: files dns\nservices: files\nprotocols: files\n',
    # enough for what the tests ask
    'services': 'echo 7/tcp\necho 7/udp\ndiscard 9/tcp sink null\ndiscard 9/udp sink null\n'
    'ftp 21/tcp\nssh 22/tcp\ntelnet 23/tcp\nsmtp 25/tcp mail\n'
    'time 37/tcp\ntime 37/udp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp www\n'
    'pop3 110/tcp\nntp 123/udp\nhttps 443/tcp\nhttps 443/udp\n',
    'protocols': 'ip 0 IP\nicmp 1 ICMP\nigmp 2 IGMP\nggp 3 GGP-\ntcp 6 TCP\negp 8 EGP\n'
    'pup 12 PUP\nudp 17 UDP\nhmp 20 HMP\nxns-idp 22 XNS-IDP\nrdp 27 RDP\n'
    'ipv6 41 IPv6\nipv6-route 43 IPv6-Route\nipv6-frag 44 IPv6-Frag\n'
    'esp 50 ESP\nah 51 AH\nipv6-icmp 58 IPv6-ICMP\nipv6-nonxt 59 IPv6-NoNxt\n'
    'ipv6-opts 60 IPv6-Opts\nrvd 66 RVD\n',
}
ALWAYS = {'resolv.conf', 'hosts', 'nsswitch.conf'}  # the others only where there are none
DNSMASQ = [
    'dnsmasq',
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--user=root',
    '--pid-file',
    '--no-resolv',
    '--no-hosts',
    '--listen-address=127.0.0.1',
    '--bind-interfaces',
    '--cache-size=0',
    '--local=/#/',
    *(
        '--host-record=%s,%s' % (name, ADDRESS)
        for name in (
            'winehq.org',
            'test.winehq.org',
            'source.winehq.org',
            'www.winehq.org',
            'xn--zckzah.winehq.org',
            'geo.kernel.org',
            'codeweavers.com',
        )
    ),
    '--cname=www.kernel.org,geo.kernel.org',
]


class World:
    """Makes the network of the calling process's namespaces. close() ends the servers and takes the files away
    again."""

    def __init__(self, roots=()):
        self.folder = tempfile.mkdtemp(prefix='wsuring-world-')
        self.made, self.mounted, self.server = [], [], None
        os.environ['PATH'] += ':/usr/sbin:/sbin'
        for command in (
            'link set lo up',
            'link add dead0 type veth peer name dead1',
            'address add %s/24 dev dead0' % ADDRESS,
            'link set dead1 up',
            '-6 address add %s/64 dev dead0 nodad' % ADDRESS6,
            'link set dead0 up',
            'route add default via %s dev dead0' % GATEWAY,
        ):
            subprocess.run(['ip', *command.split()], check=True)
        for name, text in FILES.items():
            path = os.path.join(self.folder, name)
            with open(path, 'w') as file:
                file.write(text)
            for root in ['', *roots]:
                place = '%s/etc/%s' % (root, name)
                if os.path.exists(place):
                    if name not in ALWAYS:
                        continue
                else:
                    open(place, 'w').close()
                    self.made.append(place)
                subprocess.run(['mount', '--bind', path, place], check=True)
                self.mounted.append(place)
        for port in 80, 443:
            threading.Thread(target=serve, args=[socket.create_server((ADDRESS, port))], daemon=True).start()
        log = open(os.path.join(self.folder, 'log'), 'w')
        self.server = subprocess.Popen(DNSMASQ, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(100):
            try:
                socket.create_connection(('127.0.0.1', 53), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        with open(log.name) as file:
            raise RuntimeError('dnsmasq does not listen: ' + file.read())

    def close(self):
        if self.server:
            self.server.kill()
            self.server.wait()
        for place in reversed(self.mounted):
            subprocess.run(['umount', '-l', place], stderr=subprocess.DEVNULL)
        for place in self.made:
            os.remove(place)
        # mounts that others made in it end with the namespace; their files must stay
        subprocess.run(['rm', '-rf', '--one-file-system', self.folder], stderr=subprocess.DEVNULL)


def serve(listener):
    """A web server that has nothing."""

    def answer(connection):
        with connection:
            connection.settimeout(20)
            try:
                if connection.recv(4096):
                    connection.sendall(b'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
            except OSError:
                pass

    while True:
        threading.Thread(target=answer, args=[listener.accept()[0]], daemon=True).start()


def main(arguments):
    roots = []
    while arguments and arguments[0] == '--root':
        roots.append(arguments[1])
        del arguments[:2]
    world = World(roots)
    try:
        return subprocess.run(arguments).returncode
    finally:
        world.close()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
