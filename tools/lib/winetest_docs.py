#!/usr/bin/env python3
# Makes docs/winetest.md of the results of tools/winetest, build/winetest-*.json, of docs/winetest-known.txt and of
# docs/winetest-better.txt.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import json
import os
import sys
import textwrap

import testbed
from winetest_results import in_order

ALONE = ', each alone'
TEXT = '''# Wine's own tests

`tools/winetest` runs the test programs of Wine's source package on stock Wine and on wsuring, in the same network
namespace, and compares them check by check. This file is made by `tools/winetest --docs`. Every check that passes on
stock must pass on wsuring; one that doesn't is a *regression*. *Common* checks fail on both. A *better* one is marked
as a fault of Wine's in the test, or fails on stock, and is right on wsuring. Counted are the lines of the tests'
sources.

%s

Checks that fail now and then on stock too don't count: what fails is run again, three times on each, and what has then
failed only here seven times more on stock. Functions are run with a time limit, and one that crashes or hangs is a
regression. The tests of ntdll and kernel32 are run with a socket open in the process. *Each alone* are runs with a
process for each function (`--alone`): a function can pass only because of what an earlier one has left behind. Where
more than two million checks were executed, the long send test of `sock` is among them. Of `winhttp` and wininet's
`http`, the functions are run that bring their server along: others wait for the Internet, on stock too. Wine has no
tests of mswsock and wsock32.

## Regressions that are known

Also in [winetest-known.txt](winetest-known.txt), with the lines. `end`: the function crashes or doesn't end. A question
mark: only now and then.

%s

## Better than stock

%s
'''


def items(texts):
    """A list in Markdown, with lines of at most 120 columns."""
    fill = textwrap.TextWrapper(120, initial_indent='- ', subsequent_indent='  ', break_on_hyphens=False)
    return '\n'.join(fill.fill(text) for text in texts) or 'None.'


def reasons(path):
    """docs/winetest-better.txt: PROGRAM:FUNCTION (or PROGRAM:FUNCTION:LINE) and what is right, in words."""
    result = {}
    with open(path) as file:
        for line in file:
            if line.startswith('#') or not line.strip():
                continue
            name, _, text = line.strip().partition(' ')
            result[name] = text.strip()
    return result


def known_reasons(path):
    """The lines `#why PROGRAM:FUNCTION TEXT' of docs/winetest-known.txt, and those that continue them."""
    result, name = {}, None
    with open(path) as file:
        for line in file:
            if line.startswith('#why '):
                _, name, text = line.split(' ', 2)
                result[name] = text.strip()
            elif line.startswith('#     ') and name:
                result[name] += ' ' + line[1:].strip()
            else:
                name = None
    return result


def run_alone(top, wine):
    """The results of a run with --alone, if there was one."""
    path = os.path.join(top, 'build', 'winetest-%s-alone.json' % wine)
    if not os.path.exists(path):
        return {}
    with open(path) as file:
        return {program + ALONE: tiers for program, tiers in json.load(file)['programs'].items()}


def main(top):
    rows = [['program', 'Wine', 'tier', 'executed', 'on stock', 'regressions', 'common', 'better']]
    known, better = {}, {}
    for wine in '8', '10':
        path = os.path.join(top, 'build', 'winetest-%s.json' % wine)
        if not os.path.exists(path):
            print(
                'winetest: %s is missing; run tools/winetest --wine %s --json %s' % (path, wine, path), file=sys.stderr
            )
            return 1
        with open(path) as file:
            programs = json.load(file)['programs']
        for program, tiers in [*programs.items(), *run_alone(top, wine).items()]:
            for tier, result in tiers.items():
                count = {
                    name: sum(len(function[name]) for function in result['functions'].values())
                    for name in ('new', 'known', 'common', 'better')
                }
                rows.append(
                    [
                        program,
                        wine + '.0',
                        tier,
                        '{:,}'.format(result['executed']),
                        '{:,}'.format(result['stock']),
                        str(count['new'] + count['known']),
                        str(count['common']),
                        str(count['better']),
                    ]
                )
                for function, entry in result['functions'].items():
                    name = '%s:%s' % (program.removesuffix(ALONE), function)
                    if entry['new'] or entry['known']:
                        known.setdefault(name, []).append(
                            '%s.0 %s: %s' % (wine, tier, ' '.join(in_order(entry['new'] + entry['known'])))
                        )
                    if entry['better']:
                        better.setdefault(name, {}).setdefault(wine, set()).update(entry['better'])
    because = known_reasons(os.path.join(top, 'docs', 'winetest-known.txt'))
    why = reasons(os.path.join(top, 'docs', 'winetest-better.txt'))
    groups = {}
    for name, lines in better.items():
        groups.setdefault(why.get(name, 'Without a reason yet'), []).append(
            '`%s` (%s)'
            % (name, '; '.join('%s.0: %s' % (wine, ', '.join(in_order(places))) for wine, places in lines.items()))
        )
    text = TEXT % (
        testbed.table(rows, 3),
        items(
            '`%s`: %s. %s' % (name, '; '.join(places), because.get(name, 'Without a reason yet.'))
            for name, places in sorted(known.items())
        ),
        items('%s: %s' % (reason, ', '.join(names)) for reason, names in sorted(groups.items())),
    )
    with open(os.path.join(top, 'docs', 'winetest.md'), 'w') as file:
        file.write(text)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
