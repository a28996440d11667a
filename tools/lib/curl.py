# Debian's own curl, built for Windows: a real program on select and WSAEventSelect, which downloads from nginx on the
# host.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import glob
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

import requests
import testbed
from fetch import host_programs
from testbed import Failure

SOURCES = (
    'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main\n'
)
CONFIGURE = [
    '--disable-shared',
    '--enable-static',
    '--disable-dependency-tracking',
    '--disable-manual',
    '--disable-ldap',
    '--without-ssl',
    '--without-zlib',
    '--without-brotli',
    '--without-zstd',
    '--without-libpsl',
    '--without-nghttp2',
    '--without-libidn2',
    'CFLAGS=-O2',
]
BIG_MB = 256
SMALL = 4096
NGINX = '''daemon off; worker_processes 1; pid %(folder)s/pid; error_log %(folder)s/error.log; %(user)s
events { worker_connections 64; }
http { access_log off; sendfile on; keepalive_requests 10000000; client_body_temp_path %(folder)s/t1;
       proxy_temp_path %(folder)s/t2;
       fastcgi_temp_path %(folder)s/t3; uwsgi_temp_path %(folder)s/t4; scgi_temp_path %(folder)s/t5;
       server { listen 127.0.0.1:%(port)s; root %(folder)s/files; location /small/ { try_files /small =404; } } }
'''


def build(progress, bits='64'):
    """curl.exe, of Debian's source package; kept in the cache. Failure says why there is none."""
    name, machine = {'64': ('curl.exe', 'x86_64'), '32': ('curl32.exe', 'i686')}[bits]
    program = os.path.join(testbed.cache_folder(), 'curl-bookworm', name)
    if os.path.isfile(program):
        return program
    os.makedirs(os.path.dirname(program), exist_ok=True)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(program)) as work:

        def step(text, *arguments, folder=work):
            progress(text)
            done = subprocess.run(
                arguments, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600
            )
            if done.returncode:
                raise Failure(
                    '%s: %s failed: %s'
                    % (text, arguments[0], (done.stderr.strip().splitlines() or ['no reason given'])[-1])
                )

        os.makedirs(os.path.join(work, 'lists', 'partial'))
        with open(os.path.join(work, 'sources.list'), 'w') as file:
            file.write(SOURCES)
        # the system's own list of sources isn't changed
        apt = [
            'apt-get',
            '-o',
            'Dir::Etc::SourceList=%s/sources.list' % work,
            '-o',
            'Dir::Etc::SourceParts=/dev/null',
            '-o',
            'Dir::State::Lists=%s/lists' % work,
            '-o',
            'APT::Sandbox::User=root',
            '-o',
            'Dir::Cache::srcpkgcache=',
            '-o',
            'Dir::Cache::pkgcache=',
        ]
        try:
            step('fetching the list of Debian\'s sources', *apt, 'update')
            step('fetching the source of curl', *apt, 'source', '--download-only', 'curl')
            step(
                'unpacking curl',
                'dpkg-source',
                '--no-check',
                '-x',
                *glob.glob(os.path.join(work, 'curl_*.dsc')),
                'curl'
            )
            step(
                'configuring curl for Windows',
                './configure',
                '--host=%s-w64-mingw32' % machine,
                *CONFIGURE,
                folder=os.path.join(work, 'curl')
            )
            step(
                'building curl for Windows',
                'make',
                '-s',
                '-j%d' % (os.cpu_count() or 1),
                'LDFLAGS=-static -all-static',
                folder=os.path.join(work, 'curl'),
            )
            os.rename(os.path.join(work, 'curl', 'src', 'curl.exe'), program)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failure('building curl for Windows failed: %s' % error) from error
    return program


def find_tools(progress):
    """The host's nginx and curl; Debian's packages are installed if need be."""
    return host_programs(['nginx', 'curl', 'dpkg-source', 'patch'], 'curl', progress)[:2]


class Server:
    """nginx with one big file, and a small one by any number of names."""

    def __init__(self, nginx):
        self.folder = tempfile.mkdtemp(prefix='wsuring-', dir='/dev/shm' if os.path.isdir('/dev/shm') else None)
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        files = os.path.join(self.folder, 'files')
        os.mkdir(files)
        with open(os.path.join(files, 'small'), 'wb') as file:
            file.write(bytes(SMALL))
        with open(os.path.join(files, 'big'), 'wb') as file:
            for _ in range(BIG_MB):
                file.write(bytes(1 << 20))
        config = os.path.join(self.folder, 'nginx.conf')
        with open(config, 'w') as file:
            file.write(NGINX % dict(folder=self.folder, port=self.port, user='user root;' if os.geteuid() == 0 else ''))
        self.program = testbed.Program('nginx', [nginx, '-c', config, '-p', self.folder], self.folder)
        for _ in range(100):
            with socket.socket() as probe:
                if not probe.connect_ex(('127.0.0.1', self.port)):
                    return
            if self.program.process.poll() is not None:
                self.program.fail('it ended')
            time.sleep(0.05)
        self.program.fail('it does not listen')

    def stop(self):
        self.program.process.terminate()  # which its worker follows
        try:
            self.program.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        self.program.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class CurlBench:
    """As Bench of tools/bench: stock, ours, and Debian's curl on the host, in turns."""

    def __init__(self, name, spec, bed, progress):
        self.name = name
        self.spec = spec
        self.unit = spec['unit']
        self.kind = 'curl'
        nginx, peer = find_tools(progress)
        program = build(progress)
        self.places = {'stock': (bed.stock, {}), 'wsuring': (bed.ours, {}), 'native': (bed.native, {})}
        self.programs = {'stock': program, 'wsuring': program, 'native': peer}
        self.values = {column: [] for column in self.places}
        self.requests = {column: [] for column in self.places}
        servers = [other for other in bed.others if isinstance(other, Server)]
        if not servers:
            bed.others.append(Server(nginx))
        self.server = (servers or bed.others)[-1]

    def run(self, column, count):
        """Downloads that many megabytes, or files. The rate is of the transfers alone, without the program's start."""
        place, more = self.places[column]
        url = 'http://127.0.0.1:%d/' % self.server.port
        out = os.path.join(self.server.folder, 'out')
        arguments = [
            '-s',
            '-f',
            '-o',
            out if column == 'native' else 'z:' + out,
            '-w',
            '%{size_download} %{time_total}\\n',
        ]
        if self.spec['small']:
            arguments += [url + 'small/[1-%d]' % count]
        else:
            arguments += ['-r', '0-%d' % ((count << 20) - 1), url + 'big']
        program = place.start([self.programs[column], *arguments], variables=more)
        program.result(120)
        lines = [line.split() for line in program.output.splitlines() if line]
        size = sum(int(line[0]) for line in lines)
        if size != (count * SMALL if self.spec['small'] else count << 20):
            program.fail('%d bytes of %d files came' % (size, len(lines)))
        return program, count / sum(float(line[1]) for line in lines)

    def prepare(self, column, seconds):
        self.run(column, 10)

    def measure(self, column):
        self.values[column].append(self.run(column, 1000 if self.spec['small'] else BIG_MB)[1])

    def count_requests(self, column, trace):
        count = 100
        small, large = (trace.count(self.run(column, n)[0].pid) for n in (count, count * 2))
        self.requests[column].append(requests.per_operation(small, large, count))

    def end(self):
        pass

    def row(self, request_us):
        value = {column: statistics.median(values) for column, values in self.values.items()}
        result = {
            'id': self.name,
            'unit': self.unit,
            'io_uring': None,
            'ratio_io_uring': None,
            'request_us': round(request_us, 3),
        }
        result.update(requests.fields(self.unit, self.values, self.requests))
        result.update((column, round(value[column], 1)) for column in value)
        for other in 'stock', 'native':
            result['ratio_' + other] = round(testbed.ratio(self.unit, value[other], value['wsuring']), 3)
        result['spread'] = {
            column: [round(min(values), 1), round(max(values), 1)] for column, values in self.values.items()
        }
        return result
