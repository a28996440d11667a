# The charts of tools/bench, by gnuplot.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import shutil
import subprocess

from testbed import Failure

SCRIPT = '''
set terminal %(terminal)s
set output "%(output)s"
set title "%(title)s"
%(body)s
'''


def plot(folder, name, title, size, body):
    for kind, terminal in ('svg', 'svg size %d,%d dynamic background "white" noenhanced' % size), (
        'png',
        'pngcairo size %d,%d noenhanced' % size,
    ):
        script = SCRIPT % dict(
            terminal=terminal, output=os.path.join(folder, '%s.%s' % (name, kind)), title=title, body=body
        )
        done = subprocess.run(['gnuplot'], input=script, capture_output=True, text=True)
        if done.returncode:
            raise Failure('gnuplot says: ' + (done.stderr.strip().splitlines() or ['nothing'])[-1])


def block(name, lines):
    return '$%s << EOD\n%s\nEOD\n' % (name, '\n'.join(lines))


def draw(rows, folder, benches):
    """ratios: all ratios against stock and native. connections: throughput of the echo servers over the number of
    connections."""
    if not shutil.which('gnuplot'):
        raise Failure('gnuplot is missing; tools/packages bench installs it')
    shown = [row for row in rows if row['ratio_stock']]
    if shown:
        lines = ['"%s" %s %s' % (row['id'], row['ratio_stock'], row['ratio_native'] or '?') for row in reversed(shown)]
        body = (
            block('data', lines)
            + '''
set style data points
set datafile missing "?"
set logscale x
set grid x
set key below
set xlabel "times as good (log scale)"
set yrange [-0.6:%f]
set offsets 0, 0, 0, 0
set arrow from 1, graph 0 to 1, graph 1 nohead lc "gray40"
plot $data using 2:0:(1):2:($0-0.3):($0+0.02):ytic(1) with boxxyerror fs solid 0.7 lc "#3070b0" \\
         title "against stock Wine", \\
     $data using (column(3)):($0+0.15):(1):(column(3)):($0+0.05):($0+0.3) with boxxyerror fs solid 0.7 lc "#e08030" \\
         title "against native Linux"
'''
            % (len(shown) - 0.4)
        )
        plot(folder, 'ratios', 'wsuring against stock Wine and native Linux', (900, 120 + 32 * len(shown)), body)
    echo = sorted(
        (benches[row['id']]['connections'], row)
        for row in rows
        if benches[row['id']].get('size') == 64 and benches[row['id']].get('server') == ['iocp_echo']
    )
    if len(echo) > 1:
        columns = [
            ('native', 'native, epoll'),
            ('io_uring', 'native, io_uring'),
            ('wsuring', 'wsuring'),
            ('stock', 'stock Wine'),
        ]
        body = block(
            'data',
            [' '.join(str(value) for value in (n, *(row[column] or '?' for column, _ in columns))) for n, row in echo],
        )
        body += 'set datafile missing "?"\nset logscale xy\nset grid\nset key outside right\n'
        body += 'set xlabel "connections"\nset ylabel "messages per second"\n'
        body += (
            'plot '
            + ', '.join(
                '$data using 1:%d with linespoints lw 2 pt 7 title "%s"' % (i + 2, title)
                for i, (_, title) in enumerate(columns)
            )
            + '\n'
        )
        plot(folder, 'connections', 'IOCP echo server, 64 bytes', (900, 500), body)
