"""What Wine's test programs said: read, and compared with what they said on stock.

Copyright 2026 the wsuring authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import collections
import re

KINDS = {
    'Test failed': 'failed',
    'Test marked todo': 'todo',
    'Test succeeded inside todo block': 'fixed',
    'Tests skipped': 'skipped',
    'Test marked flaky': 'flaky',
}
LINE = re.compile(r'^(\w+\.c):(\d+)(?::[\d.]+)?:? (%s)(?:: ?(.*))?' % '|'.join(KINDS))
SUMMARY = re.compile(r'^[0-9a-f]+:\w+:(?:[\d.]+)? ?(\d+) tests executed ')
MARK = re.compile(r'^--- (\S+) (begins|ends)$')
START = 'START_TEST'  # where a line belongs that no function said


class Run:
    """One run of some functions of a program. lines: { function: { kind: Counter of lines } }; ends: { function:
    'crash' or 'hang' }."""

    def __init__(self):
        self.executed = 0
        self.lines = {}
        self.ends = {}
        self.texts = {}
        self.seconds = {}

    def read(self, output, main):
        """Takes in what a process printed. main: the test's source file, whose lines have no file name in what is
        reported. Returns the function that it was in at the end (None: in none), and whether there was a summary."""
        current, summary = None, False
        for text in output.splitlines():
            mark = MARK.match(text)
            line = LINE.match(text)
            executed = SUMMARY.match(text)
            if mark:
                current = mark[1] if mark[2] == 'begins' else None
                if current:
                    self.lines.setdefault(current, {})
            elif line:
                place = line[2] if line[1] == main else '%s:%s' % (line[1], line[2])
                function = current or START
                counter = self.lines.setdefault(function, {}).setdefault(KINDS[line[3]], collections.Counter())
                counter[place] += 1
                self.texts.setdefault((function, place, KINDS[line[3]]), line[4] or '')
            elif executed:
                # child processes may print one too, theirs come first
                self.executed += int(executed[1])
                summary = True
        return current, summary

    def count(self, function, kind, place):
        return self.lines.get(function, {}).get(kind, {}).get(place, 0)


def worst(runs, function, kind, place):
    return max((run.count(function, kind, place) for run in runs), default=0)


def regressions(run, stock):
    """What went wrong in a run on wsuring and in none of those on stock: { function: set of places }. A place is a
    line, or `end' for a function that crashed or hung."""
    result = {}
    for function, kinds in run.lines.items():
        # what stock never came to can't be compared
        if any(function in other.ends for other in stock):
            continue
        places = set()
        for kind, counter in kinds.items():
            for place, count in counter.items():
                if kind in ('failed', 'skipped') and count > worst(stock, function, kind, place):
                    places.add(place)
                # marked as todo, but right on stock
                if (
                    kind == 'todo'
                    and worst(stock, function, 'fixed', place)
                    and count > worst(stock, function, 'todo', place)
                ):
                    places.add(place)
        if places:
            result[function] = places
    for function in run.ends:
        if not any(function in other.ends for other in stock):
            result.setdefault(function, set()).add('end')
    return result


def common(run, stock):
    """The lines that fail on both."""
    return {
        function: places
        for function, places in (
            (function, {place for place in kinds.get('failed', {}) if worst(stock, function, 'failed', place)})
            for function, kinds in run.lines.items()
        )
        if places
    }


def better(run, stock):
    """The lines that are right here and wrong on stock, where they are marked as todo or fail: { function: set of
    places }."""
    result = {}
    for function in run.lines:
        if function in run.ends:
            continue
        places = {
            place
            for place, count in run.lines[function].get('fixed', {}).items()
            if count > worst(stock, function, 'fixed', place)
        }
        for other in stock:
            for place in other.lines.get(function, {}).get('failed', {}):
                # wrong on stock each time, and silent here
                if all(one.count(function, 'failed', place) for one in stock) and not any(
                    run.count(function, kind, place) for kind in ('failed', 'todo', 'fixed')
                ):
                    places.add(place)
        if places:
            result[function] = places
    return result


def in_order(places):
    """Lines by number, those of other files and `end' last."""
    return sorted(places, key=lambda place: (not place.isdigit(), int(place) if place.isdigit() else 0, place))


class Known:
    """The list of what is known to fail (docs/winetest-known.txt). Each of its lines: WINE TIER PROGRAM:FUNCTION
    PLACE..., a place that fails only now and then has a question mark."""

    def __init__(self, path):
        self.path = path
        self.head, self.entries = [], {}
        with open(path) as file:
            for line in file:
                if line.startswith('#'):
                    self.head.append(line)
                elif line.strip():
                    wine, tier, name, *places = line.split()
                    self.entries[(wine, tier, name)] = set(places)

    def at(self, wine, tier, name):
        """The places that fail always, and those that may."""
        places = self.entries.get((wine, tier, name), set())
        return {place for place in places if not place.endswith('?')}, {
            place[:-1] for place in places if place.endswith('?')
        }

    def update(self, wine, tier, name, always, sometimes):
        places = in_order(always) + [place + '?' for place in in_order(sometimes)]
        if places:
            self.entries[(wine, tier, name)] = set(places)
        else:
            self.entries.pop((wine, tier, name), None)

    def write(self, changed):
        """Writes these entries, ((wine, tier, name), ...), and leaves the others as they are in the file by now:
        another run may have changed it."""
        now = Known(self.path).entries
        for key in changed:
            now.pop(key, None)
            if key in self.entries:
                now[key] = self.entries[key]
        self.entries = now
        with open(self.path, 'w') as file:
            file.writelines(self.head)
            for (wine, tier, name), places in sorted(
                self.entries.items(), key=lambda item: (int(item[0][0]), item[0][1:])
            ):
                file.write('%s %s %s %s\n' % (wine, tier, name, ' '.join(in_order(places))))
