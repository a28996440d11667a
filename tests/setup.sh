#!/bin/sh
# Tests of tools/wsuring-setup, wsuring-run and `make install'.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# usage: tests/setup.sh BUILD PREFIX WORK [COUNTS]
#   BUILD   the build folder
#   PREFIX  a fresh prefix, which is copied; nothing runs in it
#   WORK    a folder for copies
#   COUNTS  a file that gets the line `PASSED FAILED SKIPPED'
# As root this writes into Wine's module folder: call it where that is a throw-away copy, as tools/check does.
# SETUP_USER=1 takes a user's folder.

set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/.." && pwd)
build=$1 fresh=$2 work=$3/setup counts=${4-}
WSURING_BUILD=$build
export WSURING_BUILD
unset WSURING_ENGINE WINEDLLOVERRIDES WINEPREFIX
# shellcheck source=tools/lib/wine.sh
. "$top/tools/lib/wine.sh"
mkdir -p "$work"
HOME=$work/home
export HOME
mkdir -p "$HOME"

passed=0 failed=0 skipped=0
p=$work/prefix
output=$work/output
user=
if [ -n "${SETUP_USER-}" ]; then user="--provider-dir $work/provider"; fi

setup()
{
    # shellcheck disable=SC2086 # none or two words
    "$top/tools/wsuring-setup" "$@" $user > "$output" 2>&1
}

good()
{
    passed=$((passed + 1))
    [ -z "${VERBOSE-}" ] || echo "  ok      $1"
}

bad()
{
    failed=$((failed + 1))
    echo "  FAILED  $1"
    sed 's/^/            /' "$output" | head -n 12
}

# expect NAME CODE TEXT COMMAND...: the command's exit code (0, or 1 for any other), and a text in its output.
expect()
{
    name=$1 code=$2 text=$3
    shift 3
    "$@"
    got=$?
    [ $got = 0 ] || got=1
    if [ $got = "$code" ] && grep -qF -e "$text" "$output"; then good "$name"
    else
        echo "[exit code $got, expected $code and '$text']" >> "$output"
        bad "$name"
    fi
}

# same NAME A B: no difference between two lists
same()
{
    if diff "$2" "$3" > "$output"; then good "$1"; else bad "$1"; fi
}

# Every file of the prefix with its sum and its time, every link with its target.
snapshot()
{
    ( cd "$p" && find . \( -type f -printf '%P %m %T@ ' -exec cksum {} \; \) -o -printf '%P %y %m %l\n' |
        sed 's/ \.\/.*//' | sort )
}

renew()
{
    [ ! -d "$p" ] || stop_prefix "$p"
    rm -rf "$p"
    cp -a "$fresh" "$p"
}

status()
{
    # without_uring and variables precede it
    if [ -n "$user" ]; then WINEDLLPATH=$work/provider; export WINEDLLPATH; fi
    "$@" "$top/tools/wsuring-setup" status --prefix "$p" > "$output" 2>&1
}

wine_version=$(wine_version)

# ---- what it refuses
renew
mkdir -p "$work/empty"
expect "install into what is no prefix" 1 "is no Wine prefix" setup install --prefix "$work/empty"
expect "install into nothing" 1 "isn't there" setup install --prefix "$work/nothing"
[ -z "$(ls -A "$work/empty")" ] || { ls -A "$work/empty" > "$output"; bad "a refusal leaves something behind"; }
expect "no command" 1 "usage" setup
expect "an unknown command" 1 "usage" setup frobnicate
sed 's/^#arch=win64/#arch=win32/' "$fresh/system.reg" > "$p/system.reg"
expect "install into a 32-bit prefix" 1 "32-bit" setup install --prefix "$p"
renew
expect "status where it isn't installed" 1 "isn't installed" status env
expect "uninstall where it isn't installed" 0 "isn't installed" setup uninstall --prefix "$p"

# ---- install, status, uninstall
snapshot > "$work/before"
expect "install" 0 "wsuring is installed in" setup install --prefix "$p"
snapshot > "$work/once"
expect "install again" 0 "" setup install --prefix "$p"
snapshot > "$work/twice"
# except for the times of its own records
sed -i 's,^\(\.wsuring[^ ]* [0-9]*\) [0-9.]*,\1,' "$work/once" "$work/twice"
same "twice is the same as once" "$work/once" "$work/twice"
expect "uninstall" 0 "wsuring is removed from" setup uninstall --prefix "$p"
snapshot > "$work/after"
same "uninstall restores the prefix byte for byte" "$work/before" "$work/after"

expect "install again" 0 "" setup install --prefix "$p"
expect "status" 0 "is active in $p: tier uring, Wine $wine_version" status env
expect "status says it in one line" 0 "" test "$(wc -l < "$output")" = 1
stop_prefix "$p"
if [ -n "$user" ]; then
    expect "wsuring-run" 0 "engine=uring" sh -c '"$0/tools/wsuring-run" --prefix "$1" "$2" > "$3" 2>&1' "$top" "$p" \
        "$build/tools/wsuring-status/wsuring_status.exe" "$output"
else
    expect "wsuring-run" 0 "engine=uring" sh -c \
        'WINEDEBUG=-all timeout 60 "$0/tools/wsuring-run" --prefix "$1" "$2" > "$3" 2>&1' \
        "$top" "$p" "$build/tools/wsuring-status/wsuring_status.exe" "$output"
fi

# ---- an update of the prefix
WINEDLLOVERRIDES='mscoree,mshtml=' run_wine "$p" 120 wineboot -u > "$output" 2>&1
wait_prefix "$p" 60
if cmp -s "$build/dlls/ws2_32/ws2_32.dll" "$p/drive_c/windows/system32/ws2_32.dll"; then good \
    "wineboot -u leaves ws2_32.dll"
else : > "$output"; bad "wineboot -u leaves ws2_32.dll"; fi
for name in hosts networks protocol services; do
    if [ -s "$p/drive_c/windows/system32/drivers/etc/$name" ]; then good "wineboot -u makes $name"
    else : > "$output"; bad "wineboot -u makes $name"; fi
done
expect "status after wineboot -u" 0 "is active" status env
stop_prefix "$p"
expect "wineboot -u without any provider" 0 "" env WSURING_PROVIDER=none.dll sh -c \
    '. "$0/tools/lib/wine.sh"; run_wine "$1" 120 wineboot -u' "$top" "$p"
stop_prefix "$p"
expect "uninstall after wineboot -u" 0 "wsuring is removed from" setup uninstall --prefix "$p"
# wineboot rewrites the registry and other files of Wine: ours must be gone, and Wine's back
( cd "$p" && find . -iname '*wsuring*' ) > "$work/left"
grep -i 'ws2_32' "$p/user.reg" >> "$work/left"
: > "$work/nothing"
same "nothing of wsuring is left" "$work/left" "$work/nothing"
if cmp -s "$fresh/drive_c/windows/system32/ws2_32.dll" "$p/drive_c/windows/system32/ws2_32.dll"; then good \
    "Wine's ws2_32.dll is back"
else : > "$output"; bad "Wine's ws2_32.dll is back"; fi
for name in hosts networks protocol services; do
    if cmp -s "$fresh/drive_c/windows/system32/drivers/etc/$name" \
        "$p/drive_c/windows/system32/drivers/etc/$name"; then good "Wine's $name is back"
    else : > "$output"; bad "Wine's $name is back"; fi
done
WINEDLLOVERRIDES='mscoree,mshtml=' run_wine "$p" 60 "$build/tools/wsuring-status/wsuring_status.exe" > "$output" 2>&1
expect "stock Wine works again" 0 "engine=none" test -s "$output"
stop_prefix "$p"

# ---- overrides left by somebody else
renew
registry_set "$p/user.reg" 'Software\\Wine\\DllOverrides' '*ws2_32' '"builtin"'
snapshot > "$work/before"
expect "install over a stale override" 0 "" setup install --prefix "$p"
expect "status with a stale override" 0 "is active" status env
stop_prefix "$p"
registry_set "$p/user.reg" 'Software\\Wine\\DllOverrides' 'ws2_32' '"builtin"'
expect "status when the override is gone" 1 "override has been changed" status env
stop_prefix "$p"
expect "install repairs it" 0 "" setup install --prefix "$p"
expect "status after the repair" 0 "is active" status env
stop_prefix "$p"
expect "uninstall with a stale override" 0 "" setup uninstall --prefix "$p"
grep -F '"*ws2_32"="builtin"' "$p/user.reg" > "$work/left"
echo '"*ws2_32"="builtin"' > "$work/expected"
same "the stale override is back" "$work/expected" "$work/left"

# ---- a sentence for each reason
renew
expect "install" 0 "" setup install --prefix "$p"
expect "status with WSURING_ENGINE=epoll" 0 "tier epoll, Wine $wine_version; WSURING_ENGINE=epoll" status env \
    WSURING_ENGINE=epoll
expect "status with WSURING_ENGINE=afd" 0 "tier afd, Wine $wine_version; WSURING_ENGINE=afd" status env \
    WSURING_ENGINE=afd
expect "status with an unknown Wine" 0 "tier uring, Wine 7.77" status env WSURING_WINE_VERSION=7.77
expect "status with another ws2_32 by WINEDLLOVERRIDES" 1 "WINEDLLOVERRIDES=" status env \
    'WINEDLLOVERRIDES=ws2_32=b;mscoree,mshtml='
if "$top/tools/lib/without_uring" true 2> "$output"; then
    expect "status where io_uring is forbidden" 0 "tier epoll, Wine $wine_version; io_uring is" status \
        "$top/tools/lib/without_uring"
else
    skipped=$((skipped + 1))
    echo "  skipped status where io_uring is forbidden: no seccomp here"
fi
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
    # the wineserver needs the right
    stop_prefix "$p"
    expect "raw sockets without the right" 0 " 0 failures" \
        env WSURING_TEST_RAW=denied setpriv --bounding-set -net_raw --inh-caps -net_raw sh -c \
            '. "$0/tools/lib/wine.sh"; run_wine "$1" 60 "$2" raw > "$3" 2>&1' "$top" "$p" \
        "$build/dlls/ws2_32/tests/ws2_32_test.exe" "$output"
    stop_prefix "$p"
else
    skipped=$((skipped + 1))
    echo "  skipped raw sockets without the right: not root, who alone has it"
fi
if [ -n "$user" ]; then so=$work/provider/x86_64-unix/wsuring.so; else so=$(find_wine_dir)/x86_64-unix/wsuring.so; fi
stop_prefix "$p"
mv "$so" "$work/wsuring.so"
expect "status without wsuring.so" 0 "tier afd, Wine $wine_version; wsuring.so is missing" status env
stop_prefix "$p"
mv "$work/wsuring.so" "$so"
rm -f "$p/drive_c/windows/system32/wsuring.dll"
expect "status without the provider in system32" 1 "wsuring.dll is missing" status env
expect "install repairs it" 0 "" setup install --prefix "$p"
expect "status after the repair" 0 "is active" status env
stop_prefix "$p"
expect "uninstall" 0 "" setup uninstall --prefix "$p"
if [ -e "$so" ]; then ls -l "$so" > "$output"; bad "the provider goes with the last prefix"; else good \
    "the provider goes with the last prefix"; fi

# ---- make install
if [ -f "$build/Makefile" ] && command -v make > /dev/null && [ -z "${SETUP_NO_MAKE-}" ]; then
    rm -rf "$work/dest"
    make -C "$build" install DESTDIR="$work/dest" > "$output" 2>&1
    missing=
    for name in wsuring.dll wsuring.so ws2_32.dll wsuring_status.exe wsuring-setup wsuring-run wine.sh; do
        find "$work/dest" -type f -name "$name" | grep -q . || missing="$missing $name"
    done
    if [ -z "$missing" ]; then good "make install"; else echo "missing:$missing" >> "$output"; bad "make install"; fi
    renew
    installed=$(find "$work/dest" -name wsuring-setup)
    unset WSURING_BUILD
    # shellcheck disable=SC2086
    expect "install from what make installed" 0 "wsuring is installed in" sh -c \
        'cd / && "$0" install --prefix "$1" $3 > "$2" 2>&1' "$installed" "$p" "$output" "$user"
    expect "status from what make installed" 0 "is active" sh -c 'cd / && "$0" status --prefix "$1" > "$2" 2>&1' \
        "$installed" "$p" "$output"
    stop_prefix "$p"
    # shellcheck disable=SC2086
    expect "uninstall from what make installed" 0 "" sh -c 'cd / && "$0" uninstall --prefix "$1" $3 > "$2" 2>&1' \
        "$installed" "$p" "$output" "$user"
fi

stop_prefix "$p"
[ -z "$counts" ] || echo "$passed $failed $skipped" >> "$counts"
echo "setup: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
