#!/usr/bin/env python3
"""Builds the modules inside Wine's own source tree, with its makefiles, headers and tools, for tests/in_tree.

Copyright 2026 the wsuring authors
SPDX-License-Identifier: LGPL-2.1-or-later

The tree is Debian's source package, with what that package lacks: generated headers by the tree's own tools, tables of
characters of the installed Wine, and empty files in place of pictures and headers of modules that aren't built. Its
configure.ac is cut down to what is needed. Nothing of it enters this repository.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import winetest_source

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
OURS = ['ws2_32', 'ws2_32/tests', 'wsuring']
TOOLS = ['winebuild/winebuild', 'winegcc/winegcc', 'widl/widl', 'wrc/wrc']
# beside what ours import: makedep looks for what the headers' .idl name
ALWAYS = ['include', 'libs/uuid', 'dlls/winecrt0', 'dlls/oleacc', 'dlls/stdole2.tlb', 'dlls/stdole32.tlb']
COMPILERS = {'x86_64': 'x86_64-w64-mingw32-gcc', 'i386': 'i686-w64-mingw32-gcc'}
STRICT = '-O1 -Werror'
MISSING = [  # what makedep says
    (r'makedep: error: open (\S+) : No such file', r'include/\1'),
    (r'/tree/(\S+)/[^/\s]+:\d+: error: (\S+): No such file', r'\1/\2'),
]


def lines_of(path):
    with open(path, encoding='utf-8', errors='surrogateescape') as file:
        return file.read().splitlines(keepends=True)


class Tree:
    def __init__(self, wine, cache, architectures):
        self.architectures = architectures
        self.wine = wine
        self.folder = os.path.join(cache, 'winetree', wine)
        self.tree = os.path.join(self.folder, 'tree')
        self.build = os.path.join(self.folder, 'build')
        self.products = os.path.join(self.folder, 'products')
        self.log = os.path.join(self.folder, 'log')
        self.started = time.monotonic()

    def step(self, text):
        print('  %4d s  %s' % (time.monotonic() - self.started, text), flush=True)

    def run(self, *command, cwd):
        with open(self.log, 'ab') as log:
            log.write(('\n$ %s\n' % ' '.join(command)).encode())
            log.flush()
            begin = log.tell()
            result = subprocess.run(
                command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
            )
        if result.returncode:
            with open(self.log, encoding='utf-8', errors='replace') as log:
                log.seek(begin)
                said = log.read().splitlines()
            faults = [line for line in said if re.search(r'error: |undefined|No rule|\*\*\*', line)] or said[-20:]
            raise winetest_source.Failure(
                '%s failed; all of it is in %s\n%s' % (command[0], self.log, '\n'.join(faults[:40]))
            )

    def unpack(self):
        os.makedirs(self.folder, exist_ok=True)
        tars = glob.glob(os.path.join(self.folder, '*.orig.tar.*'))
        tar = tars[0] if tars else winetest_source.fetch(self.wine, self.folder)
        for path in self.tree, self.build, self.products:
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
        open(self.log, 'w', encoding='utf-8').close()
        self.run('tar', '-xf', tar, '-C', self.tree, '--strip-components=1', cwd=self.folder)

    def prepare(self):
        """What Debian's package is without."""
        self.run(os.path.join(TOP, 'tools', 'into-tree'), self.tree, cwd=self.folder)
        self.run('tools/make_requests', cwd=self.tree)
        if os.path.exists(os.path.join(self.tree, 'tools', 'make_specfiles')):
            self.run('tools/make_specfiles', cwd=self.tree)
        for path in glob.glob('/usr/share/wine/nls/*.nls'):
            shutil.copy(path, os.path.join(self.tree, 'nls'))

    def cut(self):
        """Leaves the wanted modules in configure.ac. Returns the names of the imported ones."""
        imports = set()
        for module in OURS:
            text = ''.join(lines_of(os.path.join(self.tree, 'dlls', module, 'Makefile.in'))).replace('\\\n', ' ')
            for found in re.finditer(r'^(?:DELAY)?IMPORTS\s*=(.*)$', text, re.M):
                imports.update(found[1].split())
        wanted = {*ALWAYS, *('dlls/' + name for name in [*OURS, *imports])}
        path = os.path.join(self.tree, 'configure.ac')
        lines = []
        for line in lines_of(path):
            found = re.match(r'WINE_CONFIG_MAKEFILE\(([^,)]*)', line)
            if not found or found[1] in wanted or found[1].startswith('tools'):
                lines.append(line)
        with open(path, 'w', encoding='utf-8', errors='surrogateescape') as file:
            file.write(''.join(lines))
        return sorted(imports - {'ws2_32'})

    def configure(self):
        self.run('autoreconf', '-fi', cwd=self.tree)
        with open(self.log, 'ab') as log:
            subprocess.run(
                [
                    os.path.join(self.tree, 'configure'),
                    '--enable-archs=' + ','.join(self.architectures),
                    '--without-x',
                    '--without-freetype',
                    'CFLAGS=-O1',
                    'CROSSCFLAGS=-O1',
                ],
                cwd=self.build,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        for _ in range(200):
            result = subprocess.run(
                ['./config.status', 'Makefile'],
                cwd=self.build,
                env=dict(os.environ, LC_ALL='C'),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors='replace',
                check=False,
            )
            if not result.returncode:
                os.symlink(os.path.join(self.tree, 'nls'), os.path.join(self.build, 'nls'))  # for wrc
                return
            name = next((found.expand(form) for what, form in MISSING if (found := re.search(what, result.stdout))), '')
            path = os.path.join(self.tree, name)
            if not name or os.path.exists(path):
                break
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, 'w', encoding='utf-8').close()
        raise winetest_source.Failure('configure: %s\nAll of it is in %s' % (result.stdout[-2000:], self.log))

    def make(self, *arguments):
        ccache = 'ccache ' if shutil.which('ccache') else ''
        static = os.path.join(self.build, 'static')  # of liburing: the library needn't be where the tests run
        if not os.path.isdir(static):
            os.mkdir(static)
            library = winetest_source.run(['gcc', '-print-file-name=liburing.a']).strip()
            os.symlink(library, os.path.join(static, 'liburing.a'))
        self.run(
            'make',
            '-k',
            '-j%d' % max(2, os.cpu_count() or 2),
            'CC=%sgcc -m64' % ccache,
            *('%s_CC=%s%s' % (name, ccache, compiler) for name, compiler in COMPILERS.items()),
            'LDFLAGS=-L' + static,
            *arguments,
            cwd=self.build,
        )

    def make_all(self, imports, ntdll):
        """ntdll: the installed ntdll.so, to link with; else it is built, too."""
        with open(os.path.join(self.build, 'Makefile'), encoding='utf-8') as file:
            rules = file.read()
        old = []
        if ntdll:
            path = 'dlls/ntdll/ntdll.so'
            os.makedirs(os.path.join(self.build, 'dlls', 'ntdll'), exist_ok=True)
            shutil.copy(ntdll, os.path.join(self.build, path))
            old = ['-o', path]
        # first what isn't ours, and may have warnings
        targets = ['tools/' + name for name in TOOLS]
        for name in ['winecrt0', 'uuid', *imports]:
            for base in 'dlls', 'libs':
                for arch in self.architectures:
                    path = '%s/%s/%s-windows/lib%s.a' % (base, name, arch, name)
                    if re.search(r'^%s[ :]' % re.escape(path), rules, re.M):
                        targets.append(path)
        if not ntdll:
            targets.append('dlls/ntdll/ntdll.so')
        self.make(*old, *targets)
        self.step('made the tools, and what is imported')
        targets = ['dlls/wsuring/wsuring.so']
        for arch in self.architectures:
            targets += [
                'dlls/ws2_32/%s-windows/ws2_32.dll' % arch,
                'dlls/wsuring/%s-windows/wsuring.dll' % arch,
                'dlls/ws2_32/tests/%s-windows/ws2_32_test.exe' % arch,
            ]
        self.make(*old, 'CFLAGS=' + STRICT, *('%s_CFLAGS=%s' % (arch, STRICT) for arch in self.architectures), *targets)
        self.step('made ws2_32, wsuring and the tests with -Werror, for %s' % ' and '.join(self.architectures))
        for target in targets:
            name = os.path.basename(os.path.dirname(target))
            there = os.path.join(self.products, 'x86_64-unix' if name == 'wsuring' else name)
            os.makedirs(there, exist_ok=True)
            shutil.copy(os.path.join(self.build, target), there)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n', maxsplit=1)[0])
    parser.add_argument('--cache', required=True)
    parser.add_argument('--wine', required=True, choices=sorted(winetest_source.SUITES))
    parser.add_argument('--ntdll', help='the installed ntdll.so; without it the tree makes one to link with')
    parser.add_argument('--bits', default='all', choices=['64', 'all'])
    parser.add_argument('--again', action='store_true', help='goes on with the tree that is there')
    arguments = parser.parse_args()
    tree = Tree(arguments.wine, arguments.cache, list(COMPILERS) if arguments.bits == 'all' else ['x86_64'])
    try:
        if not arguments.again:
            tree.unpack()
            tree.prepare()
        imports = tree.cut()
        if not arguments.again:
            tree.step('unpacked, and laid wsuring into it')
            tree.configure()
            tree.step('configured')
        tree.make_all(imports, arguments.ntdll)
    except (winetest_source.Failure, OSError) as failure:
        print('in_tree: %s' % failure)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
