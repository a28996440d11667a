# Throw-away prefixes and the programs in them, for demo and bench.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LIB = os.path.join(TOP, 'tools', 'lib', 'wine.sh')


class Failure(Exception):
    """What ends a run, in words for its user."""


class Skipped(Failure):
    """Why nothing can be run here: exit code 77."""


class Progress:
    """The line that says what is being done. On a terminal each replaces the one before, elsewhere there is one every
    few seconds."""

    def __init__(self):
        self.tty = sys.stderr.isatty()
        self.start = time.monotonic()
        self.last = -100
        self.length = 0

    def __call__(self, text):
        now = time.monotonic() - self.start
        if not self.tty and now - self.last < 5:
            return
        self.last = now
        text = '[%3d s] %s' % (now, text)
        if self.tty:
            text = text[: shutil.get_terminal_size().columns - 1]
            sys.stderr.write('\r' + text.ljust(self.length))
            self.length = len(text)
        else:
            sys.stderr.write(text + '\n')
        sys.stderr.flush()

    def clear(self):
        if self.tty:
            sys.stderr.write('\r' + ' ' * self.length + '\r')
        sys.stderr.flush()


def cache_folder():
    """Where downloads are kept."""
    default = '/var/cache/wsuring' if os.geteuid() == 0 else os.path.expanduser('~/.cache/wsuring')
    return os.environ.get('WSURING_CACHE') or default


def library(function, *arguments):
    """A function of wine.sh: its output. Failure if it fails."""
    done = subprocess.run(
        ['sh', '-c', '. "$0" && "$@"', LIB, function, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Failure((done.stderr or done.stdout).strip() or function + ' failed')
    return done.stdout.strip()


def elsewhere(program, arguments, files, fetch):
    """Runs this program of ours in a chroot with the Wine of arguments.wine instead, which has no network.

    files: the arguments that name what is to be written; that must lie below the source tree. fetch: what is called
    first, to have downloads in the cache."""
    os.environ['WSURING_CACHE'] = cache_folder()
    try:
        fetch(Progress())
    except Failure as failure:
        print('%s: %s' % (program, failure), file=sys.stderr)
    words = []
    for name, value in vars(arguments).items():
        if value is True:
            words.append('--' + name)
        elif value and name != 'wine':
            if name in files and value != '-':
                value = os.path.join('/wsuring', os.path.relpath(value, TOP))
                if '..' in value:
                    print('%s: --%s must be below %s, which is all that the chroot has' % (program, name, TOP))
                    return 2
            for each in value if isinstance(value, list) else [value]:
                words += ['--' + name, str(each)]
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as shells expect it
    here = os.path.join(TOP, 'tools', 'lib', 'elsewhere')
    os.execv(here, [here, '--wine', arguments.wine, '--bits', arguments.bits, program, *words])


def built(folder):
    return all(
        os.path.isfile(os.path.join(folder, *name.split('/')))
        for name in (
            'dlls/wsuring/wsuring.so',
            'dlls/ws2_32/ws2_32.dll',
            'tests/programs/pingpong.exe',
            'tests/programs/native/load',
        )
    )


def build(progress):
    """The build folder: that of $WSURING_BUILD as it is, else one of our own, brought up to date."""
    folder = os.environ.get('WSURING_BUILD')
    if folder:
        if not built(folder):
            raise Failure('WSURING_BUILD=%s: not everything is built there; run make' % folder)
        return os.path.abspath(folder)
    done = subprocess.run([os.path.join(TOP, 'tools', 'packages'), 'build', 'run'], stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Failure('packages are missing')
    folder = os.path.join(TOP, 'build', 'demo')
    os.makedirs(folder, exist_ok=True)
    progress('building in ' + folder)
    steps = [['make', '-j%d' % (os.cpu_count() or 1)]]
    if not os.path.exists(os.path.join(folder, 'Makefile')):
        steps.insert(0, [os.path.join(TOP, 'configure')])
    for step in steps:
        log = os.path.join(folder, os.path.basename(step[0]) + '.log')
        with open(log, 'w') as output:
            done = subprocess.run(step, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        if done.returncode:
            with open(log) as output:
                tail = output.readlines()[-15:]
            raise Failure('%s failed; all of it is in %s\n%s' % (step[0], log, ''.join(tail)))
    return folder


def passed_variables():
    """The variables of wsuring's that programs are to see as they are: docs/variables.md."""
    names = ('WINE_VERSION', 'WITHOUT', 'EVENTS', 'INTERPOSE', 'MAX_PENDING')
    return {name: os.environ[name] for name in ('WSURING_' + end for end in names) if name in os.environ}


class Wine:
    def __init__(self):
        self.loader = self.loader_32 = library('find_wine')
        self.server = library('find_wineserver')
        self.version = library('wine_version')
        try:
            # in the old style of WoW64 the 64-bit loader starts 32-bit programs as its children
            library('wine_dir_32', library('find_wine_dir'))
            self.loader_32 = library('wine_first', 'wine')
        except Failure:
            pass


class Program:
    """A program under way. Its output goes to files: Wine's services outlive it, and would keep a pipe open."""

    def __init__(self, name, arguments, folder, environment=None, keep_input=False):
        self.name = name
        self.files = [tempfile.TemporaryFile(dir=folder) for _ in range(2)]
        self.process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE if keep_input else subprocess.DEVNULL,
            stdout=self.files[0],
            stderr=self.files[1],
        )
        self.pid = self.process.pid

    def _text(self, index):
        # pread: the program writes at the same file position
        fd = self.files[index].fileno()
        return os.pread(fd, os.fstat(fd).st_size, 0).decode(errors='replace').replace('\r', '')

    @property
    def output(self):
        return self._text(0)

    @property
    def errors(self):
        return self._text(1)

    def fail(self, text):
        lines = [line for line in self.errors.splitlines() if line.strip() and not line.startswith('wsuring: ')]
        self.kill()
        raise Failure('%s: %s%s' % (self.name, text, ': ' + lines[0] if lines else ''))

    def port(self, seconds=30):
        """The number in the line `PORT n', which a server prints when it listens."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            match = re.search(r'^PORT (\d+)$', self.output, re.M)
            if match:
                return match[1]
            if self.process.poll() is not None:
                self.fail('it ended, exit code %d' % self.process.returncode)
            time.sleep(0.02)
        self.fail('it does not listen after %d s' % seconds)

    def result(self, seconds=60):
        """Waits for the end. The words of the line `RESULT ...', [] if there is none."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.fail('not done after %d s' % seconds)
        if self.process.returncode:
            self.fail('exit code %d' % self.process.returncode)
        match = re.search(r'^RESULT (.*)$', self.output, re.M)
        return match[1].split() if match else []

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def counters(self):
        """What the module says of itself at the end (WSURING_STATS=1): a dictionary, empty if the module was not
        there."""
        result = {}
        for line in self.errors.splitlines():
            engine = re.match(r'wsuring: engine (\w+)', line)
            counter = re.match(r'wsuring: ([\w-]+) (\d+)$', line)
            if engine:
                result = {'engine': engine[1]}  # programs that Wine started before write theirs first
            elif counter:
                result[counter[1]] = int(counter[2])
        return result


def processor_ms(pid):
    """What a process has used of the processors; 0 for none."""
    if not pid:
        return 0
    with open('/proc/%d/stat' % pid) as file:
        words = file.read().rpartition(')')[2].split()
    return (int(words[11]) + int(words[12])) * 1000 / os.sysconf('SC_CLK_TCK')


def with_pid(arguments):
    """A last argument PID becomes the pid that the program will have."""
    if arguments[-1] != 'PID':
        return arguments
    return ['sh', '-c', 'exec "$@" $$', 'sh', *arguments[:-1]]


class Native:
    """The host itself, with the interface of a prefix."""

    def __init__(self, folder, programs):
        self.folder = folder
        self.programs = programs

    def start(self, arguments, **_):
        return Program(arguments[0], with_pid([os.path.join(self.programs, arguments[0]), *arguments[1:]]), self.folder)

    def run(self, arguments, seconds=60, **_):
        program = self.start(arguments)
        return program, program.result(seconds)

    def stop(self):
        pass


class Prefix:
    def __init__(self, wine, path, programs, variables=None, bits='64'):
        self.wine = wine
        self.loader = wine.loader_32 if bits == '32' else wine.loader
        self.path = path
        self.programs = programs
        self.variables = variables or {}

    def environment(self, variables=None):
        result = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(('WSURING_', 'WINE')) and name != 'DISPLAY'
        }
        result.update(passed_variables())
        result.update(WINEPREFIX=self.path, WINEDEBUG='-all', WINEDLLOVERRIDES='mscoree,mshtml=')
        result.update(self.variables)
        result.update(variables or {})
        return result

    def start(self, arguments, variables=None, keep_input=False):
        """Starts NAME.exe of our programs, or a program by its path. keep_input: its input doesn't end."""
        name = arguments[0]
        path = name if os.path.isabs(name) else os.path.join(self.programs, name + '.exe')
        return Program(
            os.path.basename(path),
            with_pid([self.loader, path, *arguments[1:]]),
            os.path.dirname(self.path),
            self.environment(variables),
            keep_input,
        )

    def run(self, arguments, seconds=60, variables=None):
        program = self.start(arguments, variables)
        return program, program.result(seconds)

    def keep(self):
        """Lets the server and Wine's services stay between programs."""
        subprocess.run(
            [self.wine.server, '-p'],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
        )
        self.run(['request_cost', '1'])

    def server_pid(self):
        """The wineserver of this prefix, which sits in a folder named for it."""
        place = os.stat(self.path)
        name = 'server-%x-%x' % (place.st_dev, place.st_ino)
        for pid in os.listdir('/proc'):
            if not pid.isdigit():
                continue
            try:
                if os.path.basename(os.readlink('/proc/%s/cwd' % pid)) == name and 'wineserver' in os.readlink(
                    '/proc/%s/exe' % pid
                ):
                    return int(pid)
            except OSError:
                pass
        return None

    def stop(self):
        """Ends all programs in the prefix."""
        for flag in '-k', '-w':
            try:
                subprocess.run(
                    [self.wine.server, flag],
                    env=self.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=20,
                )
            except subprocess.TimeoutExpired:
                pass


class Bed:
    """Two prefixes, alike but for the module, and the host. Use with `with': what was made goes again."""

    def __init__(self, progress, bits='64'):
        self.progress = progress
        self.bits = bits  # of the programs; all: stock32 and ours32 are the same prefixes for 32-bit ones
        self.prefixes = []
        self.others = []  # what else is to be stopped at the end
        self.installed = False

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that it tidies up too
        self.build = build(self.progress)
        native = os.path.join(self.build, 'tests', 'programs', 'native')
        programs = os.path.dirname(native)
        programs_32 = os.path.join(programs, 'i386')
        if self.bits != '64' and not os.path.isdir(programs_32):
            raise Failure('no 32-bit programs: make i386-tests')
        if self.bits == '32':
            programs = programs_32
        self.wine = Wine()
        self.folder = tempfile.mkdtemp(prefix='wsuring-')
        try:
            self.progress('making prefixes for Wine %s' % self.wine.version)
            stock, ours = (os.path.join(self.folder, name) for name in ('stock', 'ours'))
            self.stock = Prefix(self.wine, stock, programs, bits=self.bits)
            self.ours = Prefix(self.wine, ours, programs, bits=self.bits)
            self.native = Native(self.folder, native)
            self.prefixes = [self.stock, self.ours]
            library('make_prefix', stock)
            subprocess.run(['cp', '-a', stock, ours], check=True)
            self._setup('install')
            self.installed = True
            with open(os.path.join(ours, '.wsuring', 'provider')) as file:
                provider = file.read().strip()
            if provider:
                self.ours.variables['WINEDLLPATH'] = provider
            engine = os.environ.get('WSURING_ENGINE')
            if engine:
                self.ours.variables['WSURING_ENGINE'] = engine
            self.stock32, self.ours32 = (
                Prefix(self.wine, prefix.path, programs_32, prefix.variables, '32') for prefix in self.prefixes
            )
            if self.bits != '64' and not os.path.isfile(
                os.path.join(stock, 'drive_c', 'windows', 'syswow64', 'kernel32.dll')
            ):
                raise Skipped('32-bit programs don\'t run on this machine')
            for prefix in self.prefixes:
                prefix.keep()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for other in self.others + self.prefixes:
            other.stop()
        if self.installed:
            try:
                self._setup('uninstall')
            except Failure as failure:
                print(failure, file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_test(self, test, tier, variables):
        """One conformance test in one tier: is it good, in words, all that it said."""
        if tier != 'stock':
            variables = dict(variables, WSURING_ENGINE=tier, WSURING_TEST_ENGINE=tier, WSURING_STATS='1')
        program = os.path.join(self.build, 'dlls', 'ws2_32', 'tests', 'ws2_32_test.exe')
        process = (self.stock if tier == 'stock' else self.ours).start([program, test], variables)
        try:
            process.process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
        output = process.output + process.errors
        summary = re.search(
            r'%s: (\d+) tests executed \((\d+) marked as todo, (\d+) failures?\), (\d+) skipped' % test, output
        )
        good = summary and not process.process.returncode and int(summary[1]) > 0 and summary[3] == '0'
        if tier != 'stock' and process.counters().get('engine') != tier:
            good = False
        return good, 'ok, %s todo' % summary[2] if good else 'FAILED', output

    def _setup(self, command):
        done = subprocess.run(
            [os.path.join(TOP, 'tools', 'wsuring-setup'), command, '--prefix', self.ours.path],
            stdin=subprocess.DEVNULL,
            env=dict(os.environ, WSURING_BUILD=self.build),
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise Failure((done.stderr or done.stdout).strip())


def ratio(unit, other, ours):
    """Above 1: ours is better, for times (and sizes) as for rates."""
    if not other or not ours:
        return None
    return ours / other if unit.endswith('/s') else other / ours


def number(value):
    """Three significant digits, for tables."""
    if value is None:
        return '-'
    if value >= 100:
        return '{:,.0f}'.format(value)
    return '%.3g' % value if value else '0'


def table(rows, right=1):
    """Rows of text, the first is the head, as a Markdown table; columns from `right' on are set to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if i < right else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))
        ]
        lines.append('| ' + ' | '.join(cells) + ' |')
        if len(lines) == 1:
            lines.append(
                '|' + '|'.join('-' * (w + 2) if i < right else '-' * (w + 1) + ':' for i, w in enumerate(widths)) + '|'
            )
    return '\n'.join(lines)
