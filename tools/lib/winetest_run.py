#!/usr/bin/env python3
# The part of tools/winetest that runs in namespaces of its own, with Wine: the programs on stock and on wsuring,
# compared.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import testbed
import winetest_source
import winetest_world
from winetest_results import Known, Run, START, better, common, in_order, regressions

SKIPPED = 77
KNOWN = os.path.join(testbed.TOP, 'docs', 'winetest-known.txt')
# 2 million checks, which all show the same; run once
LONG = {'ws2_32/sock': {'send'}}
# a program without sockets doesn't load the provider: these get one
WITH_SOCKET = {'ntdll', 'kernel32'}
MORE_ON_STOCK = 7  # runs of a function there that seems to be worse here
LIMIT = 150  # seconds for one function on stock


class Suite:
    """The programs of one Wine version, their runs, and where they are run."""

    def __init__(self, arguments, prefixes, report):
        self.wine = arguments.wine
        self.folder = os.path.join(arguments.folder, arguments.wine)
        self.built = os.path.join(self.folder, winetest_source.of_bits('build', arguments.bits))
        self.prefixes = prefixes  # { tier: testbed.Prefix }
        self.report = report
        self.loaded = arguments.loaded
        self.alone = arguments.alone
        self.seconds = {}  # of a function on stock

    def limit(self, program, function, tier):
        """How long a function may take: a hang is to be found soon, a slow machine isn't one."""
        known = self.seconds.get((program, function))
        seconds = LIMIT if tier == 'stock' or known is None else 15 + 3 * known
        return seconds * (3 if self.loaded else 1)

    def process(self, program, tier, functions):
        """Runs one process. Returns its output, and whether it hung."""
        dll, name = program.split('/')
        variables = {'WSURING_ENGINE': tier, 'WSURING_TEST_ENGINE': tier} if tier != 'stock' else {}
        variables['WSURING_FUNCTIONS'] = ','.join(functions)
        if dll in WITH_SOCKET:
            variables['WSURING_SOCKET'] = '1'
        prefix = self.prefixes[tier]
        started = prefix.start([os.path.join(self.built, dll, 'split.exe'), name], variables)
        current, since, size = None, time.monotonic(), 0
        while True:
            try:
                started.process.wait(0.1)
                return started.output, False
            except subprocess.TimeoutExpired:
                pass
            now = os.fstat(started.files[0].fileno()).st_size
            if now != size:
                size = now
                marks = re.findall(r'^--- (\S+) begins$', started.output, re.M)
                if marks and marks[-1] != current:
                    if tier == 'stock' and current:
                        self.seconds.setdefault((program, current), time.monotonic() - since)
                    current, since = marks[-1], time.monotonic()
            if time.monotonic() - since > self.limit(program, current, tier):
                started.kill()
                prefix.stop()
                prefix.keep()
                return started.output, True

    def run(self, program, tier, functions):
        """Runs these functions in one process, in as many as there are crashes or hangs more, or each in one of its
        own. Returns the Run."""
        result = Run()
        left = list(functions)
        main = program.split('/')[1] + '.c'
        while left:
            chosen = left[:1] if self.alone else left
            self.report('Wine %s, %s: %s, %d functions' % (self.wine, tier, program, len(left)))
            output, hung = self.process(program, tier, chosen)
            current, summary = result.read(output, main)
            if summary and not hung:
                left = left[len(chosen) :]
                continue
            self.last = output
            # it ended in this function, or it went silently after the last that it began
            begun = re.findall(r'^--- (\S+) begins\r?$', output, re.M)
            guilty = current or (begun[-1] if begun else START)
            result.lines.setdefault(guilty, {})
            result.ends[guilty] = 'hang' if hung else 'crash'
            left = left[left.index(guilty) + 1 if guilty in left else len(chosen) :]
        return result

    def compare(self, program, functions, tiers, runs, known, long_too):
        """Runs a program on stock and in the tiers. Returns { tier: result }, a result as written to the JSON file."""
        long = LONG.get(program, set())
        short = [function for function in functions if function not in long]
        stock = [self.run(program, 'stock', functions if long_too else short)]
        results = {}
        for tier in tiers:
            chosen = functions if long_too and tier == tiers[0] else short
            ours = [self.run(program, tier, chosen)]
            seen = regressions(ours[0], stock)
            # what isn't known is tried again, on both: alone, and once more with all the others before it
            names = {
                function: known.at(self.wine, tier, '%s:%s' % (program, function)) for function in [*functions, START]
            }
            again = [
                function
                for function in short
                if seen.get(function, set()) - names[function][0] - names[function][1]
                or names[function][0] - seen.get(function, set())
            ]
            for _ in range(runs - 1 if again else 0):
                stock.append(self.run(program, 'stock', again))
                ours.append(self.run(program, tier, again))
            counts = count_regressions(ours, stock)
            # what fails seldom on stock needn't have failed in so few runs
            doubtful = [
                function
                for function in again
                if counts.get(function, {}).keys() - names[function][0] - names[function][1]
            ]
            for _ in range(MORE_ON_STOCK if doubtful and runs > 1 else 0):
                stock.append(self.run(program, 'stock', doubtful))
            counts = count_regressions(ours, stock)
            once = any(count == 1 for function in again for count in counts.get(function, {}).values())
            if once and runs > 1:
                extra = self.run(program, tier, short)
                for function, places in regressions(extra, stock).items():
                    for place in places & counts.get(function, {}).keys():
                        counts[function][place] += 1
            results[tier] = self.judge(program, tier, ours, stock, counts, names, set(again) if runs > 1 else set())
        return results

    def judge(self, program, tier, ours, stock, counts, names, tried):
        """Sorts what failed: `steady' at least twice (or once, if it wasn't tried again), `unsteady' once of several
        runs."""
        first = ours[0]
        functions = {}
        good, both = better(first, stock), common(first, stock)
        for function in {*first.lines, *counts, *(name for name, places in names.items() if places[0] or places[1])}:
            found = counts.get(function, {})
            always, maybe = names.get(function, (set(), set()))
            unsteady = {place for place, count in found.items() if function in tried and count < 2}
            steady = set(found) - unsteady
            entry = {
                'new': in_order(steady - always - maybe),
                'known': in_order((steady | unsteady) & (always | maybe)),
                'unsteady': in_order(unsteady - always - maybe),
                'stale': in_order(always - set(found)),
                'common': in_order(both.get(function, ())),
                'better': in_order(good.get(function, ())),
                'steady': in_order(steady),
            }
            if function not in first.lines and function not in found:
                entry['stale'] = []  # not run
            entry['texts'] = {
                place: next(
                    (
                        run.texts[key]
                        for run in ours
                        for key in ((function, place, kind) for kind in ('failed', 'skipped', 'todo'))
                        if key in run.texts
                    ),
                    next((run.ends[function] for run in ours if function in run.ends), '') if place == 'end' else '',
                )
                for place in [*entry['new'], *entry['known'], *entry['unsteady']]
            }
            if any(entry[name] for name in entry if name != 'texts'):
                functions[function] = entry
        return {
            'executed': first.executed,
            'stock': stock[0].executed,
            'stock_ends': {function: how for run in stock for function, how in run.ends.items()},
            'stock_failed': sum(len(kinds.get('failed', ())) for kinds in stock[0].lines.values()),
            'functions': functions,
        }


def count_regressions(ours, stock):
    """How many of these runs each place fails in, and on stock in none: { function: { place: count } }."""
    counts = {}
    for run in ours:
        for function, places in regressions(run, stock).items():
            for place in places:
                counts.setdefault(function, {}).setdefault(place, 0)
                counts[function][place] += 1
    return counts


def total(result, name):
    return sum(len(function[name]) for function in result['functions'].values())


def show(results, wine):
    """The table, and a line for each regression."""
    rows = [
        [
            'program',
            'Wine',
            'tier',
            'executed',
            'on stock',
            'regressions',
            'of these known',
            'unsteady',
            'gone',
            'common',
            'better',
        ]
    ]
    for program, tiers in results.items():
        for tier, result in tiers.items():
            rows.append(
                [
                    program,
                    wine,
                    tier,
                    '{:,}'.format(result['executed']),
                    '{:,}'.format(result['stock']),
                    str(total(result, 'new') + total(result, 'known')),
                    *(str(total(result, name)) for name in ('known', 'unsteady', 'stale', 'common', 'better')),
                ]
            )
    print(testbed.table(rows, 3))
    words = {
        'new': 'REGRESSION',
        'unsteady': 'unsteady',
        'known': 'known',
        'stale': 'GONE: no longer fails, take it out of docs/winetest-known.txt',
    }
    for kind, word in words.items():
        for program, tiers in results.items():
            for tier, result in tiers.items():
                for function, entry in result['functions'].items():
                    if kind in ('known', 'stale'):
                        if entry[kind]:
                            print('%s: %s, %s:%s %s' % (word, tier, program, function, ' '.join(entry[kind])))
                        continue
                    for place in entry[kind]:
                        where = program.split('/')[1] + '.c:' + place if place.isdigit() else place
                        print(
                            '%s: %s, %s:%s %s %s'
                            % (word, tier, program, function, where, entry['texts'].get(place, ''))
                        )


def show_not_compared(results):
    """What stock didn't come to the end of, in any of its runs: there nothing counts as a regression."""
    for program, tiers in results.items():
        ends = {}
        for result in tiers.values():
            ends.update(result['stock_ends'])
        for function, how in ends.items():
            print('not compared: %s:%s, a %s on stock' % (program, function, how))


def main():
    parser = argparse.ArgumentParser(prog='winetest', description='Wine\'s own tests, on stock and on wsuring.')
    parser.add_argument('--wine', default='8', choices=['8', '10'])
    parser.add_argument('--bits', default='64', choices=['64', '32'], help='of the programs')
    parser.add_argument('--tier', action='append', choices=['uring', 'epoll', 'afd', 'all'])
    parser.add_argument('--only', action='append', default=[], metavar='PROGRAM[:FUNCTION],...')
    parser.add_argument('--runs', type=int, default=3)
    parser.add_argument('--json')
    parser.add_argument('--short', action='store_true', help='without the long send test')
    parser.add_argument('--alone', action='store_true', help='each function in a process of its own')
    parser.add_argument('--loaded', action='store_true', help='the machine is busy: longer limits')
    parser.add_argument('--update-known', action='store_true', help='write what fails into docs/winetest-known.txt')
    parser.add_argument('--folder', required=True, help='where the tests were built')
    parser.add_argument('--stock', help='a prefix')
    parser.add_argument('--ours', help='a prefix in which wsuring is installed')
    parser.add_argument('--counts', help='a file that gets a line `passed failed skipped\'')
    parser.add_argument('--stage', help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if os.environ.get('WSURING_WORLD') != 'inside':
        for unshare in ['unshare', '--net', '--mount'], ['unshare', '--net', '--mount', '--propagation', 'unchanged']:
            if os.geteuid() or subprocess.run([*unshare, 'true'], stderr=subprocess.DEVNULL).returncode:
                continue
            os.environ['WSURING_WORLD'] = 'inside'
            os.execvp('unshare', [*unshare, sys.executable, os.path.realpath(__file__), *sys.argv[1:]])
        print('winetest: no network namespaces here\n\n0 passed, 0 failed, 1 skipped')
        if arguments.counts:
            with open(arguments.counts, 'a') as file:
                file.write('0 0 1\n')
        return 0
    tiers = arguments.tier or ['uring', 'epoll']
    if 'all' in tiers:
        tiers = ['uring', 'epoll', 'afd']
    world = None
    try:
        world = winetest_world.World()
        if arguments.stock:
            wine = testbed.Wine()
            # a prefix that was stopped after a hang is started again with one of our programs
            programs = os.path.join(os.environ['WSURING_BUILD'], 'tests', 'programs')
            stock, ours = (testbed.Prefix(wine, path, programs) for path in (arguments.stock, arguments.ours))
            if os.environ.get('WINEDLLPATH'):
                ours.variables['WINEDLLPATH'] = os.environ['WINEDLLPATH']
            try:
                return run(arguments, stock, ours, tiers)
            finally:
                stock.stop()
                ours.stop()
        overlay(world)
        with testbed.Bed(testbed.Progress(), arguments.bits) as bed:
            return run(arguments, bed.stock, bed.ours, tiers)
    except (testbed.Failure, RuntimeError, subprocess.CalledProcessError) as failure:
        print('winetest: %s' % failure, file=sys.stderr)
        return 1
    finally:
        if world:
            world.close()


def overlay(world):
    """Covers Wine's folder in this mount namespace, so that wsuring is installed for these tests only: what others run
    on this machine must not change."""
    wine = testbed.library('find_wine_dir')
    try:
        wine_32 = testbed.library('wine_dir_32', wine)  # its own in the old style of WoW64
    except testbed.Failure:
        wine_32 = wine
    folder = os.path.join(world.folder, 'overlay')
    os.mkdir(folder)
    subprocess.run(['mount', '-t', 'tmpfs', 'tmpfs', folder], check=True)
    world.mounted.append(folder)
    for place in sorted({wine, wine_32}):
        upper, work = (tempfile.mkdtemp(dir=folder) for _ in range(2))
        os.chmod(upper, 0o755)
        options = 'lowerdir=%s,upperdir=%s,workdir=%s' % (place, upper, work)
        subprocess.run(['mount', '-t', 'overlay', 'overlay', '-o', options, place], check=True)
        world.mounted.append(place)
        for kind in 'x86_64', 'i386':
            for name in '-windows/wsuring.dll', '-unix/wsuring.so':
                # another wsuring that is installed there would go before the one to test
                if os.path.exists(os.path.join(place, kind + name)):
                    os.remove(os.path.join(place, kind + name))
        if os.path.exists(os.path.join(place, 'wsuring.prefixes')):
            os.remove(os.path.join(place, 'wsuring.prefixes'))


def run(arguments, stock, ours, tiers):
    progress = testbed.Progress()
    known = Known(KNOWN)
    suite = Suite(arguments, dict({tier: ours for tier in tiers}, stock=stock), progress)
    wanted = {}  # program: its functions
    for word in ','.join(arguments.only or ['afd', 'protocol', 'sock']).split(','):
        program, _, function = word.partition(':')
        if '/' not in program:
            program = 'ws2_32/' + program
        dll, name = program.split('/')
        there = winetest_source.programs(suite.folder, arguments.bits, dll)
        if name not in there:
            raise testbed.Failure('no test program %s in Wine %s' % (program, arguments.wine))
        if function and function.removeprefix('test_') not in there[name]:
            raise testbed.Failure('no function %s in %s' % (function, program))
        wanted.setdefault(program, [])
        # what isn't in a function whose name says that it is a test runs in any case
        wanted[program] += [function.removeprefix('test_')] if function else there[name] or [START]
    results, times = {}, {}
    for program, functions in wanted.items():
        start = time.monotonic()
        results[program] = suite.compare(program, functions, tiers, arguments.runs, known, not arguments.short)
        times[program] = time.monotonic() - start
    progress.clear()
    show(results, arguments.wine)
    show_not_compared(results)
    print('Time: ' + ', '.join('%s %d s' % (program, seconds) for program, seconds in times.items()))
    passed = failed = 0
    changed = set()
    for program, by_tier in results.items():
        for tier, result in by_tier.items():
            if arguments.update_known:
                for function, entry in result['functions'].items():
                    name = '%s:%s' % (program, function)
                    maybe = known.at(arguments.wine, tier, name)[1] | set(entry['unsteady'])
                    always = (set(entry['new']) | set(entry['known'])) - maybe
                    changed.add((arguments.wine, tier, name))
                    known.update(arguments.wine, tier, name, always, maybe)
            if total(result, 'new') or total(result, 'stale'):
                failed += 1
            else:
                passed += 1
    if arguments.update_known:
        known.write(changed)
    if arguments.json:
        with open(arguments.json, 'w') as file:
            json.dump({'wine': arguments.wine, 'programs': results}, file, indent=1)
    if arguments.counts:
        with open(arguments.counts, 'a') as file:
            file.write('%d %d 0\n' % (passed, failed))
    else:
        print('\n%d passed, %d failed, 0 skipped' % (passed, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
