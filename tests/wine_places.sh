# Tests of where tools/lib/wine.sh finds Wine: builds made of empty files. Sourced by tests/setup.sh. POSIX sh.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # setup.sh's variables

places=$work/places

# place FILE...: empty files below the folder, as programs
place()
{
    for place_file; do
        mkdir -p "$places/${place_file%/*}"
        : > "$places/$place_file"
        chmod +x "$places/$place_file"
    done
}

# The tools that wine.sh needs, and nothing else: this machine's Wine must not be found.
mkdir -p "$places/tools"
for place_tool in sh readlink sed head tr cat; do ln -sf "$(command -v $place_tool)" "$places/tools/$place_tool"; done

# found NAME LOADER SERVER MODULES SHARED [VARIABLE=VALUE]...: what is found, below the folder; empty: nothing.
# SHARED: yes or no.
found()
{
    found_name=$1 found_expected="$2|$3|$4|$5"
    shift 5
    # shellcheck disable=SC2016 # the inner shell's
    found_got=$(env -i HOME="$places/home" PATH="$places/tools" wine_root="$places" "$@" sh -c '
        . "$0/tools/lib/wine.sh"
        [ -z "${PREFIX-}" ] || wine_use_prefix "$PREFIX" 2> /dev/null || { echo refused; exit; }
        dir=$(find_wine_dir 2> /dev/null)
        if wine_is_shared "$dir"; then shared=yes; else shared=no; fi
        for file in "$(find_wine 2> /dev/null)" "$(find_wineserver 2> /dev/null)" "$dir"; do
            printf "%s|" "${file#"$wine_root/"}"
        done
        echo "$shared"' "$top")
    echo "found $found_got, expected $found_expected" > "$output"
    [ "$found_got" != refused ] || found_got="|||no"
    if [ "$found_got" = "$found_expected" ]; then good "$found_name"; else bad "$found_name"; fi
}

modules=x86_64-unix/ntdll.so

found "no Wine" "" "" "" no

place usr/lib/wine/wine64 usr/lib/wine/wineserver64 usr/lib/wine/wineserver usr/lib/x86_64-linux-gnu/wine/$modules
found "Debian bookworm and trixie" usr/lib/wine/wine64 usr/lib/wine/wineserver64 usr/lib/x86_64-linux-gnu/wine yes
rm -rf "${places:?}/usr"

debian=usr/lib/x86_64-linux-gnu/wine
place $debian/wine $debian/wineserver $debian/$modules usr/bin/wine64-stable
ln -s wine64-stable "$places/usr/bin/wine64"
# shellcheck disable=SC2016 # the script's
printf '#!/bin/sh -e\n\nexec /%s/wine "$@"\n' $debian > "$places/usr/bin/wine64-stable"
found "Debian sid" $debian/wine $debian/wineserver $debian yes
found "Debian sid, by its script" usr/bin/wine64 $debian/wineserver $debian yes WINE="$places/usr/bin/wine64"
rm -rf "${places:?}/usr"

for branch in stable staging devel; do
    opt=opt/wine-$branch
    place $opt/bin/wine64 $opt/bin/wine $opt/bin/wineserver $opt/lib64/wine/$modules $opt/lib/wine/i386-unix/ntdll.so
    found "WineHQ's $branch" $opt/bin/wine64 $opt/bin/wineserver $opt/lib64/wine yes
    rm -rf "${places:?}/opt"
    place $opt/bin/wine $opt/bin/wineserver $opt/lib/wine/$modules
    found "WineHQ's $branch, without 32-bit parts" $opt/bin/wine $opt/bin/wineserver $opt/lib/wine yes
    rm -rf "${places:?}/opt"
done

# ---- what a program keeps for itself, beside a Wine of the system that isn't meant
place usr/lib/wine/wine64 usr/lib/wine/wineserver64 usr/lib/x86_64-linux-gnu/wine/$modules
common="home/Steam Library/steamapps/common"
for files in files dist; do
    for lib in lib lib64; do
        proton="$common/Proton $files $lib"
        place "$proton/proton" "$proton/$files/bin/wine" "$proton/$files/bin/wine64" \
            "$proton/$files/bin/wineserver" "$proton/$files/$lib/wine/$modules"
        found "Proton, $files/$lib" "$proton/$files/bin/wine64" "$proton/$files/bin/wineserver" \
            "$proton/$files/$lib/wine" no WINE="$places/$proton"
        prefix_of="$places/home/Steam Library/steamapps/compatdata/$files$lib"
        mkdir -p "$prefix_of/pfx"
        printf '8.0-101\n%s\n%s\n%s\n' "$places/$proton/$files/share/fonts/" "$places/$proton/$files/lib/" \
            "$places/$proton/$files/lib64/" > "$prefix_of/config_info"
        found "a prefix of Steam, $files/$lib" "$proton/$files/bin/wine64" "$proton/$files/bin/wineserver" \
            "$proton/$files/$lib/wine" no PREFIX="$prefix_of/pfx"
    done
done
found "a prefix of Steam, but WINE" usr/lib/wine/wine64 usr/lib/wine/wineserver64 usr/lib/x86_64-linux-gnu/wine yes \
    PREFIX="$prefix_of/pfx" WINE="$places/usr/lib/wine/wine64"
rm -rf "${places:?}/$common"
found "a prefix of Steam whose Proton is gone" "" "" "" no PREFIX="$prefix_of/pfx"

ge=home/.steam/root/compatibilitytools.d/GE-Proton9-20
place $ge/files/bin/wine $ge/files/bin/wineserver $ge/files/lib/wine/$modules
found "a Proton with the loader wine alone" $ge/files/bin/wine $ge/files/bin/wineserver $ge/files/lib/wine no \
    WINE="$places/$ge/"

lutris=home/.local/share/lutris/runners/wine/wine-ge-8-26-x86_64
place $lutris/bin/wine $lutris/bin/wine64 $lutris/bin/wineserver $lutris/lib64/wine/$modules
found "a runner of Lutris" $lutris/bin/wine64 $lutris/bin/wineserver $lutris/lib64/wine no WINE="$places/$lutris"
found "a runner of Lutris, by its loader" $lutris/bin/wine $lutris/bin/wineserver $lutris/lib64/wine no \
    WINE="$places/$lutris/bin/wine"

for data in home/.local/share/bottles home/.var/app/com.usebottles.bottles/data/bottles; do
    runner=$data/runners/soda-9.0-1
    place $runner/bin/wine $runner/bin/wineserver $runner/lib/wine/$modules
    mkdir -p "$places/$data/bottles/Games"
    echo "Runner: soda-9.0-1" > "$places/$data/bottles/Games/bottle.yml"
    found "a prefix of Bottles, $data" $runner/bin/wine $runner/bin/wineserver $runner/lib/wine no \
        PREFIX="$places/$data/bottles/Games"
    echo "Runner: ../../../../usr" > "$places/$data/bottles/Games/bottle.yml"
    found "a runner that is a path" "" "" "" no \
        PREFIX="$places/$data/bottles/Games"
    rm -rf "${places:?}/$data"
done

tree=home/src/wine/build
place $tree/tools/winewrapper $tree/server/wineserver $tree/loader/wine $tree/dlls/ntdll/ntdll.so
ln -s tools/winewrapper "$places/$tree/wine"
found "a build tree" $tree/wine $tree/server/wineserver $tree/dlls no WINE="$places/$tree"
found "a build tree, by its loader" $tree/loader/wine $tree/loader/../server/wineserver $tree/dlls no \
    WINE="$places/$tree/loader/wine"

place home/broken/bin/wine
found "a Wine without a server and modules" home/broken/bin/wine "" "" no WINE="$places/home/broken"
found "no Wine in a folder" "" "" "" no WINE="$places/home"
rm -rf "$places"
