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
    # shellcheck disable=SC2086
    "$@" "$top/tools/wsuring-setup" status --prefix "$p" $status_options > "$output" 2>&1
}
status_options=

status_with()
{
    status_options=$1
    status env
    status_code=$?
    status_options=
    return $status_code
}

wine_version=$(wine_version)

# shellcheck source=tests/wine_places.sh
. "$top/tests/wine_places.sh"

# ---- what it refuses
renew
mkdir -p "$work/empty"
expect "install into what is no prefix" 1 "is no Wine prefix" setup install --prefix "$work/empty"
expect "install into nothing" 1 "isn't there" setup install --prefix "$work/nothing"
[ -z "$(ls -A "$work/empty")" ] || { ls -A "$work/empty" > "$output"; bad "a refusal leaves something behind"; }
expect "no command" 1 "usage" setup
expect "an unknown command" 1 "usage" setup frobnicate
so_32=$build/dlls/wsuring/i386/wsuring.so
if [ -f "$build/dlls/ws2_32/i386/ws2_32.dll" ]; then
    # 32-bit programs that run on the 64-bit Wine, and those that have a Unix side of their own
    renew
    modules=$work/modules/lib/wine
    mkdir -p "$modules/x86_64-unix" "$modules/i386-windows" "$p/drive_c/windows/syswow64"
    touch "$modules/x86_64-unix/ntdll.so" "$modules/i386-windows/ntdll.dll" "$p/drive_c/windows/syswow64/kernel32.dll"
    dry_run() { WINE_DIR=$modules "$top/tools/wsuring-setup" install --dry-run --prefix "$p" > "$output" 2>&1; }
    expect "--dry-run with 32-bit programs" 0 "windows/syswow64/ws2_32.dll" dry_run
    mkdir "$modules/i386-unix"
    touch "$modules/i386-unix/ntdll.so"
    expect "--dry-run with 32-bit programs of the old kind" 0 "windows/system32/ws2_32.dll" dry_run
    if [ -f "$so_32" ]; then
        cp "$output" "$work/got"
        expect "they get the provider" 0 "/i386-unix/wsuring.so" true
        expect "and ws2_32.dll" 0 "windows/syswow64/ws2_32.dll" true
    else
        grep -v syswow64 "$output" > "$work/expected"
        cp "$output" "$work/got"
        same "says that it leaves them alone" "$work/got" "$work/expected"
    fi
    rm -r "$modules/i386-unix"
    sed 's/^#arch=win64/#arch=win32/' "$fresh/system.reg" > "$p/system.reg"
    expect "a 32-bit prefix where Wine makes none" 1 "is a 32-bit prefix: this Wine doesn't run such" dry_run
    rm -r "$work/modules"
fi
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
# and in another for 32-bit programs, where the prefix has those
expect "status says it in one line" 0 "" test "$(grep -vc '^32-bit programs' "$output")" = 1
# the other bitness
wow=$p/drive_c/windows/syswow64
modules_32=$(wine_dir_32 "$(find_wine_dir)") || modules_32=
if [ -n "$modules_32" ] && [ ! -f "$so_32" ]; then
    skipped=$((skipped + 1))
    echo "  skipped 32-bit programs: there is no 32-bit wsuring.so"
elif [ -f "$wow/kernel32.dll" ] && [ -f "$build/dlls/ws2_32/i386/ws2_32.dll" ]; then
    expect "status about 32-bit programs" 0 "32-bit programs: tier uring." status env
    expect "status --json about them" 0 '"tier32": "uring"' status_with --json
    expect "status about 32-bit programs in tier epoll" 0 "32-bit programs: tier epoll." status env WSURING_ENGINE=epoll
    same "syswow64 has the 32-bit ws2_32.dll" "$build/dlls/ws2_32/i386/ws2_32.dll" "$wow/ws2_32.dll"
    if [ -n "$user" ]; then there=$work/provider; else there=${modules_32:-$(find_wine_dir)}; fi
    same "and Wine finds the 32-bit provider" "$build/dlls/wsuring/i386/wsuring.dll" "$there/i386-windows/wsuring.dll"
    [ -z "$modules_32" ] || same "and its Unix side" "$so_32" "$there/i386-unix/wsuring.so"
    stop_prefix "$p"
    cp "$fresh/drive_c/windows/syswow64/ws2_32.dll" "$wow/ws2_32.dll"
    expect "status where one bitness alone is there" 0 "32-bit programs keep Wine's own ws2_32" status env
    stop_prefix "$p"
    expect "install repairs it" 0 "" setup install --prefix "$p"
    expect "status after that" 0 "32-bit programs: tier uring." status env
fi
# modules of one bitness alone
if [ -f "$wow/kernel32.dll" ] && [ -f "$build/dlls/ws2_32/i386/ws2_32.dll" ] &&
    { [ -z "$modules_32" ] || [ -f "$so_32" ]; }
then
    for name in dlls/wsuring/wsuring.dll dlls/wsuring/wsuring.so dlls/ws2_32/ws2_32.dll \
        tools/wsuring-status/wsuring_status.exe; do
        mkdir -p "$work/partial/${name%/*}"
        cp "$build/$name" "$work/partial/$name"
    done
    stop_prefix "$p"
    expect "uninstall of both" 0 "" setup uninstall --prefix "$p"
    WSURING_BUILD=$work/partial
    expect "install where the 32-bit modules aren't built" 0 "keep Wine's own ws2_32: there are no 32-bit modules" \
        setup install --prefix "$p"
    expect "status there" 0 "32-bit programs keep Wine's own ws2_32" status env
    WSURING_BUILD=$build
    same "they keep it" "$fresh/drive_c/windows/syswow64/ws2_32.dll" "$wow/ws2_32.dll"
    run_wine "$p" 60 "$build/tools/wsuring-status/i386/wsuring_status.exe" > "$output" 2>&1
    expect "and it works" 0 "engine=none" true
    stop_prefix "$p"
    expect "install with 32-bit modules" 0 "" setup install --prefix "$p"
    cp "$fresh/drive_c/windows/system32/ws2_32.dll" "$p/drive_c/windows/system32/ws2_32.dll"
    expect "status where 32-bit modules alone are there" 1 "system32/ws2_32.dll has been replaced" status env
    expect "and what it says of them" 0 "32-bit programs: tier uring." true
    stop_prefix "$p"
    expect "install repairs that" 0 "" setup install --prefix "$p"
    if [ -n "$modules_32" ]; then
        mv "$there/i386-unix/wsuring.so" "$work/wsuring.so"
        expect "status without the 32-bit wsuring.so" 0 "32-bit programs: tier afd" status env
        stop_prefix "$p"
        mv "$work/wsuring.so" "$there/i386-unix/wsuring.so"
        [ -n "$user" ] || there=$(find_wine_dir)
        mv "$there/x86_64-unix/wsuring.so" "$work/wsuring.so"
        expect "status without the 64-bit one" 0 "32-bit programs: tier uring." status env
        stop_prefix "$p"
        mv "$work/wsuring.so" "$there/x86_64-unix/wsuring.so"
    fi
fi
stop_prefix "$p"
if [ -n "$user" ]; then
    expect "wsuring-run" 0 "engine=uring" sh -c '"$0/tools/wsuring-run" --prefix "$1" "$2" > "$3" 2>&1' "$top" "$p" \
        "$build/tools/wsuring-status/wsuring_status.exe" "$output"
else
    expect "wsuring-run" 0 "engine=uring" sh -c \
        'WINEDEBUG=-all timeout 60 "$0/tools/wsuring-run" --prefix "$1" "$2" > "$3" 2>&1' \
        "$top" "$p" "$build/tools/wsuring-status/wsuring_status.exe" "$output"
fi

# ---- for scripts, and before something is done
version=$(cat "$top/VERSION")
expected=$(printf '"active": true, "version": "%s", "tier": "uring", "wine": "%s"' "$version" "$wine_version")
expect "status --json" 0 "$expected" status_with --json
if command -v python3 > /dev/null; then
    expect "status --json is JSON" 0 "$p" sh -c 'python3 -m json.tool < "$0" > "$0.json" && mv "$0.json" "$0"' "$output"
fi
stop_prefix "$p"
snapshot > "$work/before"
expect "uninstall --dry-run" 0 "Nothing is changed" setup uninstall --dry-run --prefix "$p"
expect "install --dry-run where it is installed" 0 "as it is   $p/drive_c/windows/system32/ws2_32.dll" setup install \
    --dry-run --prefix "$p"
mkdir -p "$HOME/Games"
ln -s "$p" "$HOME/Games/one"
ln -s "$p" "$HOME/Games/two"
expect "uninstall --all-prefixes asks" 1 "Nothing is changed" sh -c 'echo no | "$0/tools/wsuring-setup" uninstall \
    --all-prefixes > "$1" 2>&1' "$top" "$output"
snapshot > "$work/after"
same "none of these changes the prefix" "$work/before" "$work/after"
expect "status --all-prefixes" 0 "is active in $p" status_with --all-prefixes
stop_prefix "$p"
expect "uninstall --all-prefixes --yes" 0 "wsuring is removed from $p" setup uninstall --all-prefixes --yes
snapshot > "$work/before"
expect "install --dry-run" 0 "replace    $p/drive_c/windows/system32/ws2_32.dll" setup install --dry-run --prefix "$p"
expect "status --json where it isn't installed" 1 '"active": false' status_with --json
snapshot > "$work/after"
same "install --dry-run changes nothing" "$work/before" "$work/after"
expect "install --all-prefixes --yes" 0 "wsuring is installed in $p" setup install --all-prefixes --yes
rm -r "$HOME/Games"

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
expect "status without what a Wine may lack" 0 "tier uring, Wine $wine_version; without post " status env \
    WSURING_WITHOUT=post
expect "status without several" 0 "wineserver; without ports packets" status env WSURING_WITHOUT=ports,post
expect "status without what the fast tiers need" 0 "tier afd, Wine $wine_version; this Wine's inner interfaces" status \
    env WSURING_WITHOUT=hooks
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

# ---- the verb of winetricks
# verb SETUP: what winetricks does with the file, as far as it is needed here
verb()
{
    printf '#!/bin/sh\necho "setup: $WINE $*"\n' > "$work/named-setup"
    chmod 755 "$work/named-setup"
    # shellcheck disable=SC2016 # the inner shell's
    env -i PATH=/usr/bin:/bin HOME="$work" WSURING_SETUP="$1" WINE=loader WINEPREFIX=/a/prefix \
        VERB="$top/tools/wsuring.verb" sh -c 'w_metadata() { :; }; w_try() { "$@"; }; w_die() { echo "$@"; exit 1; }
            . "$VERB"; load_wsuring' > "$output" 2>&1
}
expect "the verb of winetricks calls wsuring-setup" 0 "setup: loader install --prefix /a/prefix" \
    verb "$work/named-setup"
if [ ! -x /usr/local/bin/wsuring-setup ]; then
    expect "the verb of winetricks without wsuring" 1 "set WSURING_SETUP" verb "$work/missing-setup"
fi

# ---- a prefix of Steam, with this Wine as its Proton
proton="$work/Steam Library/steamapps/common/Proton 8.0/files"
steam="$work/Steam Library/steamapps/compatdata/480"
mkdir -p "$proton/bin" "$proton/lib64" "$steam"
cp -rsL "$(find_wine_dir)" "$proton/lib64/wine" 2> /dev/null || cp -rs "$(find_wine_dir)" "$proton/lib64/wine"
# under its own name, by which it finds itself again
ln -s "$(find_wine)" "$proton/bin/$(basename "$(find_wine)")"
ln -s "$(find_wineserver)" "$proton/bin/wineserver"
rm -f "$proton"/lib64/wine/*/wsuring.*
cp -a "$fresh" "$steam/pfx"
printf '8.0-101\n%s\n%s\n' "$proton/share/fonts/" "$proton/lib64/" > "$steam/config_info"
find "$proton" | sort > "$work/before"
# in_steam COMMAND [VARIABLE=VALUE]...
in_steam()
{
    steam_command=$1
    shift
    env -u WINE -u WINESERVER -u WINE_DIR "$@" "$top/tools/wsuring-setup" "$steam_command" --prefix "$steam" \
        --provider-dir "$work/steam-provider" > "$output" 2>&1
}
expect "install in a prefix of Steam" 0 "export WINEDLLPATH=$work/steam-provider" in_steam install
expect "status of a prefix of Steam" 0 "tier uring, Wine $wine_version" in_steam status \
    WINEDLLPATH="$work/steam-provider"
expect "status of a prefix of Steam without WINEDLLPATH" 0 "set WINEDLLPATH=$work/steam-provider" in_steam status
expect "wsuring-run in a prefix of Steam" 0 "engine=uring" env -u WINE -u WINESERVER -u WINE_DIR sh -c \
    'WINEDEBUG=-all timeout 60 "$0/tools/wsuring-run" --prefix "$1" "$2" > "$3" 2>&1' \
    "$top" "$steam" "$build/tools/wsuring-status/wsuring_status.exe" "$output"
stop_prefix "$steam/pfx"
expect "uninstall in a prefix of Steam" 0 "wsuring is removed" in_steam uninstall
find "$proton" | sort > "$work/after"
same "nothing is written into Proton's folder" "$work/before" "$work/after"
if cmp -s "$fresh/drive_c/windows/system32/ws2_32.dll" "$steam/pfx/drive_c/windows/system32/ws2_32.dll" &&
    [ ! -e "$work/steam-provider" ]; then good "Proton's ws2_32.dll is back, the provider gone"
else ls -l "$work/steam-provider" > "$output" 2>&1; bad "Proton's ws2_32.dll is back, the provider gone"; fi
mv "$work/Steam Library/steamapps/common" "$work/elsewhere"
expect "a prefix of Steam whose Proton is gone" 1 "set WINE" in_steam install
expect "the same with WINE" 0 "is installed" in_steam install WINE="$work/elsewhere/Proton 8.0"
expect "uninstall with WINE" 0 "wsuring is removed" in_steam uninstall WINE="$work/elsewhere/Proton 8.0"
rm -rf "$work/Steam Library" "$work/elsewhere"

# ---- a 32-bit prefix, which the old style of WoW64 alone has
if [ -n "$modules_32" ] && [ -f "$so_32" ]; then
    stop_prefix "$p"
    rm -rf "$p"
    WINEARCH=win32 WINE=$(wine_first wine) make_prefix "$p"
    snapshot > "$work/before"
    expect "install in a 32-bit prefix" 0 "wsuring is installed in" setup install --prefix "$p"
    same "its system32 has the 32-bit ws2_32.dll" "$build/dlls/ws2_32/i386/ws2_32.dll" \
        "$p/drive_c/windows/system32/ws2_32.dll"
    expect "uninstall in a 32-bit prefix" 0 "wsuring is removed from" setup uninstall --prefix "$p"
    snapshot > "$work/after"
    same "uninstall restores the 32-bit prefix byte for byte" "$work/before" "$work/after"
    expect "install in it again" 0 "wsuring is installed in" setup install --prefix "$p"
    expect "status of a 32-bit prefix" 0 "is active in $p: tier uring, Wine $wine_version" status env
    stop_prefix "$p"
    expect "uninstall in it again" 0 "wsuring is removed from" setup uninstall --prefix "$p"
fi

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
    installed=$(find "$work/dest" -path '*/bin/wsuring-setup')
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
