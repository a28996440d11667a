#!/usr/bin/env python3
"""Wine's own test programs: the source package's tests, fetched into a cache folder and built there, unchanged.

Only the tests' folders and the headers are unpacked. Nothing of them enters this repository.

Copyright 2026 the wsuring authors
SPDX-License-Identifier: LGPL-2.1-or-later
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys

SUITES = {'8': 'bookworm', '10': 'trixie'}
COMPILERS = {'64': 'x86_64-w64-mingw32-gcc', '32': 'i686-w64-mingw32-gcc'}
# Wine's headers stand before the compiler's: -D_MSVCR_VER=0 makes them fit the msvcrt.dll that mingw-w64 links
CFLAGS = [
    '-c',
    '-O1',
    '-g',
    '-Werror=implicit-function-declaration',
    '-Wno-pragmas',
    '-fno-strict-aliasing',
    '-fno-builtin',
    '-D__WINESRC__',
    '-D_MSVCR_VER=0',
]
# what the tests take from winecrt0, where that isn't
FROM_WINECRT0 = 'const char * __cdecl __wine_dbg_strdup( const char *text ) { return _strdup( text ); }\n'
WIDL = '/usr/lib/wine/widl'
# the installed widl is that of Wine 8.0; later headers have other names for what it writes
NEW_NAMES = ['-DEH_%s=EXCEPTION_%s' % (name, name) for name in ('UNWINDING', 'EXIT_UNWIND', 'NESTED_CALL')]
# of libwine-dev: winecrt0, and what mingw-w64 hasn't; it has none for 32-bit programs
WINE_LIBRARIES = {'64': '/usr/lib/x86_64-linux-gnu/wine/x86_64-windows', '32': ''}
# the programs whose modules stand on sockets, or which show what changes for programs without sockets; None: all that
# the DLL has
PROGRAMS = {
    'ws2_32': None,
    'httpapi': None,
    'webservices': ['channel', 'msg', 'proxy'],
    'winhttp': ['notification', 'winhttp'],
    'wininet': ['ftp', 'http', 'internet'],
    'rpcrt4': ['rpc', 'rpc_async', 'server'],
    'iphlpapi': None,
    'dnsapi': None,
    'ntdll': ['change', 'file', 'pipe', 'sync', 'thread', 'threadpool'],
    'kernel32': ['change', 'comm', 'file', 'mailslot', 'pipe', 'process', 'sync', 'thread', 'timer'],
}


class Failure(Exception):
    pass


def run(command, **options):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', **options
    )
    if result.returncode:
        raise Failure('%s: exit code %d\n%s' % (' '.join(command[:4]), result.returncode, result.stdout[-3000:]))
    return result.stdout


def fetch(wine, folder):
    """Downloads the source package of the Debian release with an apt root of its own, so that the system's sources are
    untouched. Returns the tar file."""
    suite = SUITES[wine]
    root = os.path.join(folder, 'apt')
    for path in (
        'etc/apt.conf.d',
        'etc/preferences.d',
        'etc/sources.list.d',
        'lists/partial',
        'cache/archives/partial',
    ):
        os.makedirs(os.path.join(root, path), exist_ok=True)
    open(os.path.join(root, 'status'), 'w').close()
    with open(os.path.join(root, 'etc', 'sources.list'), 'w') as file:
        file.write(
            'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n'
            % (os.environ.get('WSURING_MIRROR', 'http://deb.debian.org/debian'), suite)
        )
    apt = [
        'apt-get',
        '-q',
        '-o',
        'Dir::State::Lists=' + os.path.join(root, 'lists'),
        '-o',
        'Dir::State::status=' + os.path.join(root, 'status'),
        '-o',
        'Dir::Cache=' + os.path.join(root, 'cache'),
        '-o',
        'Dir::Etc=' + os.path.join(root, 'etc'),
        '-o',
        'Dir::Etc::SourceList=sources.list',
        '-o',
        'APT::Sandbox::User=',
    ]
    run([*apt, 'update'])
    for line in run([*apt, '--print-uris', '--only-source', 'source', 'wine']).splitlines():
        found = re.match(r"'([^']+\.orig\.tar\.\w+)' (\S+) \d+ SHA256:(\w+)", line)
        if not found:
            continue
        tar = os.path.join(folder, found[2])
        # apt-get source would get three files and unpack all of them: the tests are in this one
        run(['/usr/lib/apt/apt-helper', *apt[2:], 'download-file', found[1], tar, 'SHA256:' + found[3]])
        with open(tar, 'rb') as file:
            if hashlib.file_digest(file, 'sha256').hexdigest() != found[3]:
                raise Failure('%s is damaged' % tar)
        shutil.rmtree(root)
        return tar
    raise Failure('no source package of Wine in Debian %s' % suite)


class Source:
    """The unpacked tests of one Wine version, below the cache folder."""

    def __init__(self, wine, cache, bits='64'):
        self.wine = wine
        self.compiler = COMPILERS[bits]
        self.libraries = WINE_LIBRARIES[bits]
        self.machine = '-m' + bits
        self.folder = os.path.join(cache, 'winetest', wine)
        self.include = os.path.join(self.folder, 'include')
        self.generated = os.path.join(self.folder, of_bits('generated', bits))
        self.built = os.path.join(self.folder, of_bits('build', bits))
        if os.path.exists(os.path.join(self.folder, '.ready')):
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        tar = fetch(wine, self.folder)
        run(
            [
                'tar',
                '-xf',
                tar,
                '-C',
                self.folder,
                '--strip-components=1',
                '--wildcards',
                '--no-wildcards-match-slash',
                '*/include',
                '*/dlls/*/tests',
            ]
        )
        os.remove(tar)
        open(os.path.join(self.folder, '.ready'), 'w').close()

    def stamp(self, only):
        """Changes when what is built would be another."""
        text = repr(only).encode()
        with open(os.path.realpath(__file__), 'rb') as file:
            text += file.read()
        return hashlib.sha256(text).hexdigest()

    def flags(self, tests):
        return [
            *CFLAGS,
            '-I' + tests,
            '-I' + self.include,
            '-I' + self.generated,
            '-I' + os.path.join(self.include, 'msvcrt'),
        ]

    def make_headers(self):
        """The headers that are made of .idl files. Some .idl are only parts of others and make none."""
        if os.path.exists(os.path.join(self.generated, '.ready')):
            return
        os.makedirs(os.path.join(self.generated, 'wine'), exist_ok=True)
        for folder in '', 'wine':
            for name in os.listdir(os.path.join(self.include, folder)):
                if not name.endswith('.idl'):
                    continue
                subprocess.run(
                    [
                        WIDL,
                        '-h',
                        self.machine,
                        '-I.',
                        '-H',
                        os.path.join(self.generated, folder, name[:-4] + '.h'),
                        os.path.join(folder, name),
                    ],
                    cwd=self.include,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        open(os.path.join(self.generated, '.ready'), 'w').close()

    def build(self, dll):
        """Builds the test programs of one DLL: the whole one, and one that runs chosen functions (see split_test).
        Returns the folder, with DLL_test.exe, split.exe and the sources' names that are in them in tests.txt."""
        tests = os.path.join(self.folder, 'dlls', dll, 'tests')
        out = os.path.join(self.built, dll)
        only = PROGRAMS.get(dll)
        stamp = self.stamp(only)
        try:
            with open(os.path.join(out, '.ready')) as file:
                if file.read() == stamp:
                    return out
        except OSError:
            pass
        if not os.path.isdir(tests):
            raise Failure('Wine %s has no tests of %s' % (self.wine, dll))
        self.make_headers()
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        values = makefile(os.path.join(tests, 'Makefile.in'))
        sources = [name for name in values.get('SOURCES', []) + values.get('C_SRCS', []) if name.endswith('.c')]
        stubs = self.stubs(tests, out, values)
        whole, split, names, left = list(stubs), list(stubs), [], []
        for source in sources:
            name = source[:-2]
            path = os.path.join(tests, source)
            if not os.path.exists(path):
                continue  # Debian's package is without the sources that a program makes
            with open(path, errors='surrogateescape') as file:
                text = file.read()
            is_test = re.search(r'^START_TEST\s*\(\s*%s\s*\)' % re.escape(name), text, re.M)
            if is_test and only and name not in only:
                continue
            objects = os.path.join(out, name)
            flags = [*self.flags(tests), '-I' + out]
            try:
                run([self.compiler, *flags, '-o', objects + '.o', path])
                whole.append(objects + '.o')
                if is_test:
                    with open(objects + '_split.c', 'w', errors='surrogateescape') as file:
                        file.write(split_test(name, path, text))
                    run([self.compiler, *flags, '-o', objects + '_split.o', objects + '_split.c'])
                    split.append(objects + '_split.o')
                    names.append(name)
                else:
                    split.append(objects + '.o')
            except Failure as failure:
                left.append('%s: %s' % (source, failure))
        with open(os.path.join(out, 'left.txt'), 'w') as file:
            file.write('\n'.join(left))
        if not names:
            raise Failure('no test of %s builds:\n%s' % (dll, '\n'.join(left)))
        with open(os.path.join(out, 'testlist.c'), 'w') as file:
            file.write(testlist(names) + ('' if self.libraries else FROM_WINECRT0))
        testlist_source = os.path.join(out, 'testlist.c')
        run([self.compiler, *self.flags(tests), '-o', os.path.join(out, 'testlist.o'), testlist_source])
        libraries = [self.library_option(name.removesuffix('.dll')) for name in values.get('IMPORTS', [])]
        for program, objects in ('%s_test.exe' % dll, whole), ('split.exe', split):
            run(
                [
                    self.compiler,
                    '-o',
                    os.path.join(out, program),
                    *objects,
                    os.path.join(out, 'testlist.o'),
                    *libraries,
                    *libraries,
                    '-luuid',
                    '-ladvapi32',
                    *(self.library_file(name) for name in ('winecrt0', 'ntdll') if self.libraries or name == 'ntdll'),
                ]
            )
        with open(os.path.join(out, 'tests.txt'), 'w') as file:
            file.write('\n'.join(names) + '\n')
        with open(os.path.join(out, '.ready'), 'w') as file:
            file.write(stamp)
        return out

    def stubs(self, tests, out, values):
        """Makes the headers of the tests' .idl files, and the client and server parts of those that ask for them.
        Returns the objects."""
        result = []
        for name in sorted(os.listdir(tests)):
            if not name.endswith('.idl'):
                continue
            with open(os.path.join(tests, name)) as file:
                parts = re.findall(r'^#pragma makedep (client|server)', file.read(), re.M)
            base = os.path.join(out, name[:-4])
            options = [
                WIDL,
                self.machine,
                '-I' + self.include,
                '-I' + self.generated,
                *values.get('EXTRAIDLFLAGS', []),
                *values.get(name[:-4] + '_EXTRAIDLFLAGS', []),
            ]
            for option, target in ('-h -H', '.h'), *((('-c -C', '_c.c'), ('-s -S', '_s.c')) if parts else ()):
                subprocess.run(
                    [*options, *option.split(), base + target, name],
                    cwd=tests,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                if target == '.h' or not os.path.exists(base + target):
                    continue
                run(
                    [
                        self.compiler,
                        *self.flags(tests),
                        *(() if self.wine == '8' else NEW_NAMES),
                        '-I' + out,
                        '-o',
                        base + target[:-1] + 'o',
                        base + target,
                    ]
                )
                result.append(base + target[:-1] + 'o')
        return result

    def library_file(self, name):
        return os.path.join(self.libraries, 'lib%s.a' % name) if self.libraries else '-l' + name

    def library_option(self, name):
        found = run([self.compiler, '-print-file-name=lib%s.a' % name]).strip()
        wine = self.library_file(name)
        return wine if found == 'lib%s.a' % name and os.path.exists(wine) else '-l' + name


def of_bits(folder, bits):
    return folder if bits == '64' else folder + '-i386'


def makefile(path):
    """The variables of a Makefile.in, as lists of words."""
    with open(path) as file:
        text = re.sub(r'\\\n', ' ', file.read())
    return {found[1]: found[2].split() for found in re.finditer(r'^(\w+)\s*=(.*)$', text, re.M)}


def testlist(names):
    """The source that lists the tests for the framework's main."""
    return (
        '#include <windows.h>\n#define STANDALONE\n#include "wine/test.h"\n'
        + ''.join('extern void func_%s( void );\n' % name for name in names)
        + 'const struct test winetest_testlist[] =\n{\n'
        + ''.join('    { "%s", func_%s },\n' % (name, name) for name in names)
        + '    { 0, 0 }\n};\n'
    )


def start_of_test(text, name):
    """The body of START_TEST( name ), with its braces."""
    start = re.search(r'^START_TEST\s*\(\s*%s\s*\)' % re.escape(name), text, re.M).end()
    end = re.compile(r'^\}', re.M).search(text, start).end()
    return text[start:end]


CALL = re.compile(r'^(\s+)((?:test|do_test)\w*)(\s*\()', re.M)


def functions(text, name):
    """The names of the test functions that START_TEST calls, without `test_', in their order."""
    return list(dict.fromkeys(found[2].removeprefix('test_') for found in CALL.finditer(start_of_test(text, name))))


def split_test(name, path, text):
    """A source that includes the unchanged test, and has another start: the same statements, but each call of a test
    function is left out if it isn't named in WSURING_FUNCTIONS (names between commas; without it all are called).
    What is called is announced, so that a line of output can be attributed.
    """
    start = CALL.sub(
        lambda found: '%sfor (int called_ = function_begins( "%s" ); called_; called_ = function_ends( "%s" )) %s%s'
        % (found[1], found[2].removeprefix('test_'), found[2].removeprefix('test_'), found[2], found[3]),
        start_of_test(text, name),
    )
    return '''#define func_%s original_start_of_%s
#include "%s"
#undef func_%s

static int function_begins( const char *name )
{
    char list[4096], key[256];
    DWORD written, size = GetEnvironmentVariableA( "WSURING_FUNCTIONS", list + 1, sizeof(list) - 2 );

    snprintf( key, sizeof(key), ",%%s,", name );
    list[0] = ',';
    if (size) { list[size + 1] = ','; list[size + 2] = 0; if (!strstr( list, key )) return 0; }
    snprintf( key, sizeof(key), "--- %%s begins\\n", name );
    WriteFile( GetStdHandle( STD_OUTPUT_HANDLE ), key, strlen( key ), &written, NULL );
    return 1;
}

static int function_ends( const char *name )
{
    char line[256];
    DWORD written;

    snprintf( line, sizeof(line), "--- %%s ends\\n", name );
    WriteFile( GetStdHandle( STD_OUTPUT_HANDLE ), line, strlen( line ), &written, NULL );
    return 0;
}

/* With WSURING_SOCKET: a socket in the process, so that the provider is loaded and what it changes there is
 * in force. */
static void open_socket( void )
{
    static char data[1024];
    int (WINAPI *start)( WORD, void * );
    UINT_PTR (WINAPI *make)( int, int, int );
    HMODULE module;

    if (!GetEnvironmentVariableA( "WSURING_SOCKET", data, sizeof(data) )) return;
    if (!(module = LoadLibraryA( "ws2_32.dll" ))) return;
    start = (void *)GetProcAddress( module, "WSAStartup" );
    make = (void *)GetProcAddress( module, "socket" );
    if (start( 0x202, data ) || make( 2, 1, 6 ) == ~(UINT_PTR)0) ExitProcess( 99 );
}

static void start_functions( void )
%s

void func_%s( void )
{
    open_socket();
    start_functions();
}
''' % (
        name,
        name,
        path,
        name,
        start.strip(),
        name,
    )


def programs(folder, bits, dll):
    """The test programs of a DLL that were built, and the functions of each in order: { 'afd': [ 'open_device', ... ]
    }. folder: of the Wine version."""
    with open(os.path.join(folder, of_bits('build', bits), dll, 'tests.txt')) as file:
        names = file.read().split()
    result = {}
    for name in names:
        with open(os.path.join(folder, 'dlls', dll, 'tests', name + '.c'), errors='surrogateescape') as file:
            result[name] = functions(file.read(), name)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--cache', required=True)
    parser.add_argument('--wine', required=True, choices=sorted(SUITES))
    parser.add_argument('--bits', choices=sorted(COMPILERS), default='64')
    parser.add_argument('dll', nargs='+')
    arguments = parser.parse_args()
    try:
        source = Source(arguments.wine, arguments.cache, arguments.bits)
        for dll in arguments.dll:
            source.build(dll)
    except Failure as failure:
        print('winetest: %s' % failure, file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
