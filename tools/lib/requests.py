# Counts the requests that a Windows program makes to the wineserver, in the server's own trace.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that runs with -d1 writes each request as `TID: name( ... )' and each reply as `TID: name() = ...'.

    trace = Trace( prefix, 'trace.log' )      # a testbed.Prefix; its own server is ended first
    program = prefix.start( [ 'x.exe' ] )
    ...
    trace.count( program.pid )                # Counter: name of the request -> how often
    trace.stop()
"""

import collections
import os
import re
import statistics
import subprocess
import time

_call = re.compile(rb'^([0-9a-f]{4,}): (\w+)\((?!\) = )')
_first_thread = re.compile(rb'^([0-9a-f]{4,}): init_first_thread\( unix_pid=(\d+),')
_new_thread = re.compile(rb'^([0-9a-f]{4,}): new_thread\(\) = 0 \{ tid=([0-9a-f]+),')


class Trace:
    def __init__(self, prefix, path):
        prefix.stop()
        self.prefix = prefix
        self.path = path
        with open(path, 'wb') as log:
            self.server = subprocess.Popen(
                [prefix.wine.server, '-f', '-d1', '-p'],
                env=prefix.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        for _ in range(100):
            if b'starting' in self._read():
                return
            time.sleep(0.1)
        self.stop()
        raise RuntimeError('the wineserver does not start')

    def _read(self, start=0, end=None):
        with open(self.path, 'rb') as log:
            log.seek(start)
            return log.read() if end is None else log.read(end - start)

    def position(self):
        """A place in the trace, for count."""
        return os.path.getsize(self.path)

    def settle(self):
        """Waits until nothing has been asked for 0.3 s; 5 s at most. Returns the place."""
        end = time.monotonic() + 5
        place = self.position()
        while time.monotonic() < end:
            time.sleep(0.3)
            before, place = place, self.position()
            if place == before:
                break
        return place

    def count(self, pid, start=0, end=None):
        """Requests of all threads of the process with this Unix pid, between two places."""
        threads = set()
        result = collections.Counter()
        place = 0
        for line in self._read(0, end).splitlines(keepends=True):
            place += len(line)
            match = _call.match(line)
            if not match:
                match = _new_thread.match(line)
                if match and match[1] in threads:
                    threads.add(match[2])
                continue
            first = _first_thread.match(line)
            if first:
                if int(first[2]) == pid:
                    threads.add(first[1])
                else:
                    threads.discard(first[1])
            if match[1] in threads and place > start:
                result[match[2].decode()] += 1
        return result

    def stop(self):
        self.prefix.stop()
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()


def per_operation(small, large, operations):
    """From counts of a run and of one with that many operations more: start-up and end cancel out. Two decimals; noise
    around 0 is 0."""
    value = round((sum(large.values()) - sum(small.values())) / operations, 2)
    return max(value, 0.0) + 0.0


def fields(unit, values, counts):
    """What a row has of wsuring's slowest round (of times the longest), and of the counted runs: lists by column; the
    median of the runs, and the worst."""
    slowest = min if unit.endswith('/s') else max
    counts = {column: counted for column, counted in counts.items() if counted}
    ours, stock = counts.get('wsuring'), counts.get('stock')
    return {
        'wsuring_min': round(slowest(values['wsuring']), 4) if values.get('wsuring') else None,
        'requests_per_op': round(statistics.median(ours), 2) if ours else None,
        'requests_per_op_worst': max(ours) if ours else None,
        'stock_requests_per_op': round(statistics.median(stock), 2) if stock else None,
    }


def fields_32(counts):
    """The same of the columns of 32-bit programs."""
    return {
        name + 'requests_per_op_32': round(statistics.median(counts[column]), 2) if counts.get(column) else None
        for name, column in (('', 'wsuring32'), ('stock_', 'stock32'))
    }
