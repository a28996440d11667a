# The tables that tools/bench prints.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import testbed
from testbed import number


COLUMNS = 'stock', 'wsuring', 'native'


def markdown(rows, tiers, bits):
    both = bits == 'all'
    tiers = [*tiers, 'stock32', 'wsuring32'] if both else tiers
    lines = [
        [
            'path',
            'unit',
            'stock',
            'wsuring',
            *tiers,
            'native',
            'io_uring',
            'against stock',
            'against native',
            'against io_uring',
            'slowest round',
            'requests per op',
            'worst',
            'stock\'s',
            *(['32-bit against 64-bit', 'requests of 32-bit', 'stock\'s'] if both else []),
        ]
    ]
    factors = ['ratio_stock', 'ratio_native', 'ratio_io_uring']
    counts = ['requests_per_op', 'requests_per_op_worst', 'stock_requests_per_op']
    counts_32 = ['requests_per_op_32', 'stock_requests_per_op_32']
    factor = lambda row, key: '%.2f x' % row[key] if row.get(key) is not None else '-'
    count = lambda row, key: '%.2f' % row[key] if row.get(key) is not None else '-'
    for row in rows:
        lines.append(
            [
                row['id'],
                row['unit'],
                number(row['stock']),
                number(row['wsuring']),
                *(number(row.get(tier)) for tier in tiers),
                number(row['native']),
                number(row['io_uring']),
                *(factor(row, key) for key in factors),
                number(row['wsuring_min']),
                *(count(row, key) for key in counts),
                *([factor(row, 'ratio_32'), *(count(row, key) for key in counts_32)] if both else []),
            ]
        )
    return testbed.table(lines, 2)


def latencies(rows):
    """A table of the rows whose load measured each answer; empty if there are none."""
    lines = [['microseconds to an answer', *('%s, %s' % (c, p) for c in COLUMNS for p in ('p50', 'p99', 'p99.9'))]]
    for row in rows:
        if row.get('latency_us'):
            cells = (row['latency_us'].get(column) or [None] * 3 for column in COLUMNS)
            lines.append([row['id'], *(number(value) for cell in cells for value in cell)])
    return '\n' + testbed.table(lines) + '\n' if len(lines) > 1 else ''
