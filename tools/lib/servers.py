# Servers of tools/bench that are programs of others, or need a compiler.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import shutil
import subprocess

import demo
import dotnet
import testbed
from testbed import Failure


def node_server(bed, progress):
    """The commands of the program for Windows, and of its native peer; None: there is none."""
    script = os.path.join(bed.folder, 'http_server.js')
    shutil.copy(os.path.join(testbed.TOP, 'tests', 'programs', 'http_server.js'), script)
    peer = shutil.which('node') or shutil.which('nodejs')
    if bed.bits == 'all':
        bed.programs['node32'] = [demo.fetch_node(progress, '32'), os.path.basename(script)]
    return (
        [demo.fetch_node(progress), os.path.basename(script)],
        [os.path.realpath(peer) if 'shims' not in peer else peer, script] if peer else None,
    )


def go_server(bed, progress):
    """The same, built with Debian's Go."""
    if not shutil.which('go'):
        raise Failure('there is no Go; `tools/packages go\' installs it')
    progress('building the server in Go')
    commands = []
    for system, name in ('windows', 'http_server_go.exe'), ('linux', 'http_server_go'):
        program = os.path.join(bed.folder, name)
        done = subprocess.run(
            ['go', 'build', '-o', program, os.path.join(testbed.TOP, 'tests', 'programs', 'http_server.go')],
            env=dict(os.environ, GOOS=system, GOARCH='amd64', CGO_ENABLED='0', GOFLAGS='', GO111MODULE='off'),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise Failure('go build: %s' % done.stderr.strip())
        commands.append([program])
    return tuple(commands)


def kestrel_server(bed, progress):
    """Kestrel of ASP.NET Core 2.2. It has no native peer here."""
    sdk = dotnet.fetch(progress)
    progress('compiling the server in C#')
    core = ['System.Private.CoreLib', 'System.Private.Uri', 'System.Runtime', 'System.Runtime.Extensions']
    core += ['System.Console', 'System.Linq', 'System.Net.Primitives', 'System.Threading.Tasks', 'netstandard']
    asp = ['Hosting', 'Hosting.Abstractions', 'Hosting.Server.Abstractions', 'Http.Abstractions', 'Http.Features']
    asp += ['Server.Kestrel', 'Server.Kestrel.Core']
    references = {dotnet.CORE: core, dotnet.ASP: ['Microsoft.AspNetCore.' + name for name in asp]}
    return dotnet.compile_program(bed, sdk, 'kestrel', references), None


SERVERS = {'node': node_server, 'go': go_server, 'kestrel': kestrel_server}
