# PostgreSQL for Windows, driven by the host's own pgbench: a real program on WSAEventSelect, with sockets duplicated to
# child processes.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import re
import socket
import statistics
import subprocess

import requests
import testbed
from fetch import host_programs, npm_package
from testbed import Failure

PACKAGE = '@embedded-postgres/windows-x64@15.18.0-beta.17'


def fetch(progress):
    """The folder of its programs, from npm; kept in the cache. Failure says why there is none."""
    return os.path.dirname(npm_package(PACKAGE, 'native/bin/postgres.exe', progress))


def find_pgbench(progress):
    """The host's pgbench; Debian's package is installed if need be."""
    return host_programs(['pgbench'], 'postgres', progress)[0]


class Postgres:
    """A server in one prefix."""

    def __init__(self, name, place, programs, pgbench, variables):
        self.place = place
        self.programs = programs
        self.pgbench = pgbench
        self.variables = variables
        self.folder = place.path + '-' + name
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = str(probe.getsockname()[1])

    def run(self, name, *arguments, seconds=120):
        program = self.place.start([os.path.join(self.programs, name + '.exe'), *arguments], self.variables)
        program.result(seconds)

    def start(self):
        if not os.path.isdir(self.folder):
            self.run(
                'initdb', '-D', 'z:' + self.folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'
            )
        self.run(
            'pg_ctl',
            'start',
            '-w',
            '-D',
            'z:' + self.folder,
            '-l',
            'z:' + self.folder + '/log',
            '-o',
            '-p %s -c listen_addresses=127.0.0.1 -c fsync=off' % self.port,
        )
        self.load('-i', '-q')

    def load(self, *arguments):
        """pgbench's output."""
        done = subprocess.run(
            [self.pgbench, *arguments, '-h', '127.0.0.1', '-p', self.port, '-U', 'postgres', 'postgres'],
            env=dict(os.environ, PGCONNECT_TIMEOUT='20'),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise Failure('pgbench: %s' % (done.stderr.strip().splitlines() or ['no reason given'])[-1])
        return done.stdout

    def rate(self, clients, count):
        """Transactions per second, each of which reads one row; every client has count of them. Connecting isn't
        counted. By their number and not by time, part of which, and all of it on a busy machine, goes by before the
        clients are connected."""
        text = self.load('-n', '-S', '-t', str(count), '-c', str(clients))
        match = re.search(r'^tps = ([\d.]+)', text, re.M)
        if not match or 'actually processed: %d/' % (clients * count) not in text:
            raise Failure('pgbench: transactions have failed')
        return float(match[1])

    def stop(self):
        try:
            self.run('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', 'z:' + self.folder, seconds=60)
        except Failure:
            pass


class PostgresBench:
    """As Bench of tools/bench; stock and ours in turns."""

    def __init__(self, name, spec, bed, progress):
        self.name = name
        self.spec = spec
        self.unit = spec['unit']
        self.kind = 'postgres'
        programs, pgbench = fetch(progress), find_pgbench(progress)
        self.places = {'stock': (bed.stock, {}), 'wsuring': (bed.ours, {})}
        self.servers = {
            column: Postgres(name, place, programs, pgbench, more) for column, (place, more) in self.places.items()
        }
        self.values = {column: [] for column in self.places}
        self.counts = {}
        self.requests = {}

    def prepare(self, column, _seconds):
        clients = self.spec['connections']
        self.servers[column].start()
        self.counts[column] = max(100, int(4 * self.servers[column].rate(clients, 100) / clients))

    def measure(self, column):
        self.values[column].append(self.servers[column].rate(self.spec['connections'], self.counts[column]))

    def end(self):
        for server in self.servers.values():
            server.stop()

    def count_requests(self, column, trace):
        pass

    def row(self, request_us):
        value = {column: statistics.median(values) for column, values in self.values.items()}
        result = {
            'id': self.name,
            'unit': self.unit,
            'native': None,
            'io_uring': None,
            'ratio_native': None,
            'ratio_io_uring': None,
            'request_us': round(request_us, 3),
        }
        result.update(requests.fields(self.unit, self.values, self.requests))
        result.update((column, round(value[column], 1)) for column in value)
        result['ratio_stock'] = round(testbed.ratio(self.unit, value['stock'], value['wsuring']), 3)
        result['spread'] = {
            column: [round(min(values), 1), round(max(values), 1)] for column, values in self.values.items()
        }
        return result
