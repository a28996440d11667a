# What tools/check and tools/winetest share: the build, the chroot with another Wine, and the namespaces that they run
# in; sourced by them. POSIX sh.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A tool that sources this has three stages. outside: it installs packages and builds, as the user. isolated: it runs in
# a mount and process namespace of its own. inside: in the chroot. Its variables: self (its path), top (the source
# tree), wine (8, 10 or sid), bits (of programs: 64, or something else if there are 32-bit ones), arguments (its
# own, as words).
# shellcheck shell=sh
# shellcheck disable=SC2154 # the tool's variables

stages_name=${self##*/}

# Sets cache, the folder where downloads are kept, and chroot in it, which is of the Debian release suite; empty where
# the machine's own Wine 8.0 serves. 32-bit programs run there with Debian's i386 packages beside the 64-bit ones,
# except in sid, whose 64-bit packages alone run them.
stages_cache()
{
    if [ "$(id -u)" = 0 ]; then cache=/var/cache/wsuring; else cache=$HOME/.cache/wsuring; fi
    cache=${WSURING_CACHE:-$cache}
    chroot_packages="wine64 libwine python3 iproute2 dnsmasq-base"
    case $wine in 8) suite=bookworm ;; 10) suite=trixie ;; *) suite=sid ;; esac
    case $wine,${bits-64} in
    8,64) chroot='' ;;
    *,64|sid,*) chroot=$cache/$suite ;;
    *) chroot=$cache/$suite-i386 chroot_packages="$chroot_packages wine32:i386 libwine:i386" ;;
    esac
}

# The chroot needs root: starts the tool again with sudo.
stages_need_root()
{
    [ -n "$chroot" ] && [ "$(id -u)" != 0 ] || return 0
    echo "The Wine of Debian $suite is run in a chroot: with sudo"
    # shellcheck disable=SC2086 # words
    exec sudo env WSURING_CACHE="$cache" "$self" $arguments
}

# stages_build [TARGET]...: builds in build/check, or takes the folder that WSURING_BUILD names as it is, and exports
# WSURING_BUILD.
stages_build()
{
    if [ -n "${WSURING_BUILD-}" ]; then WSURING_BUILD=$(readlink -f "$WSURING_BUILD")
    else
        WSURING_BUILD=$top/build/check
        mkdir -p "$WSURING_BUILD" || return
        stages_lacks=
        case ${bits-64},$wine in
        64,*) ;;
        *,sid) stages_lacks='^I386_CC *= no$' ;;
        *) stages_lacks='^I386_\(UNIX_\)\{0,1\}CC *= no$' ;;
        esac
        if [ ! -f "$WSURING_BUILD/Makefile" ] ||
            [ -n "$(find "$top/configure" -newer "$WSURING_BUILD/Makefile")" ] ||
            { [ -n "$stages_lacks" ] && grep -q "$stages_lacks" "$WSURING_BUILD/Makefile"; }; then
            ( cd "$WSURING_BUILD" && "$top/configure" ) > "$WSURING_BUILD/configure.log" 2>&1 ||
                { tail "$WSURING_BUILD/configure.log"; return 1; }
        fi
        make -C "$WSURING_BUILD" -j2 "$@" > "$WSURING_BUILD/make.log" 2>&1 ||
            { tail -n 40 "$WSURING_BUILD/make.log"; echo \
                "$stages_name: the build failed; all of it is in $WSURING_BUILD/make.log"; return 1; }
    fi
    echo "Built in $WSURING_BUILD."
    export WSURING_BUILD
}

# Builds what programs of these bits need; a 32-bit Unix side is of the old style of WoW64 alone.
stages_build_all()
{
    if [ "${bits-64}" = 64 ]; then stages_build; return; fi
    [ "$wine" = sid ] || packages_install i386 || return
    stages_build all i386-tests
}

# Makes the chroot with another Wine, where it isn't there yet. Returns 77 if that fails with sid, whose packages change
# daily.
stages_make_chroot()
{
    stages_install_chroot || { [ $suite != sid ] || return 77; return 1; }
}

stages_install_chroot()
{
    [ -n "$chroot" ] || return 0
    [ "$(cat "$chroot/.wsuring-ready" 2> /dev/null)" != "$chroot_packages" ] || return 0
    packages_install chroot || return
    echo "Making a Debian $suite chroot with its Wine in $chroot ($chroot_packages): some minutes, once."
    mkdir -p "$cache"
    if [ ! -x "$chroot/usr/bin/apt-get" ]; then
        debootstrap --variant=minbase $suite "$chroot" "${WSURING_MIRROR:-http://deb.debian.org/debian}" > \
            "$cache/debootstrap.log" 2>&1 ||
            { tail "$cache/debootstrap.log"; return 1; }
    fi
    [ ! -e /etc/resolv.conf ] || cp -L /etc/resolv.conf "$chroot/etc/resolv.conf"
    # shellcheck disable=SC2016 # the inner shell's
    CHROOT_PACKAGES=$chroot_packages unshare --mount --propagation private sh -c \
        'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && chroot "$0" sh -c "
        case \"$CHROOT_PACKAGES\" in *:i386*) dpkg --add-architecture i386 ;; esac
        apt-get -q -o Acquire::Check-Valid-Until=false update &&
            DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $CHROOT_PACKAGES"' "$chroot" \
        > "$cache/chroot.log" 2>&1 || { tail "$cache/chroot.log"; return 1; }
    echo "$chroot_packages" > "$chroot/.wsuring-ready"
}

# Starts the tool again as its stage `isolated'. Mounts and processes end with the namespace, whatever happens; Wine's
# background processes stay below this one. Returns where there are no such namespaces.
stages_isolate()
{
    if [ "$(id -u)" = 0 ] && unshare --mount --pid --fork --mount-proc true 2> /dev/null; then
        # shellcheck disable=SC2086
        exec unshare --mount --pid --fork --kill-child --mount-proc "$self" --stage isolated $arguments
    fi
    [ -n "$chroot" ] || return 0
    echo "$stages_name: this root can't mount, and the chroot needs it"
    exit 1
}

# stages_cover WORK: lays a throw-away layer over Wine's module folders, without what may be installed there: that would
# take precedence over the one to test. Returns 1 where it can't.
stages_cover()
{
    stages_wine=$(find_wine_dir) || return
    stages_wine_32=$(wine_dir_32 "$stages_wine") && [ "$stages_wine_32" != "$stages_wine" ] || stages_wine_32=
    mkdir "$1/overlay" && mount -t tmpfs tmpfs "$1/overlay" || return
    for stages_folder in "$stages_wine" $stages_wine_32; do
        stages_layer=$1/overlay/$(echo "$stages_folder" | cksum | tr -d ' ')
        mkdir "$stages_layer" "$stages_layer.work" && mount -t overlay overlay -o \
            "lowerdir=$stages_folder,upperdir=$stages_layer,workdir=$stages_layer.work" "$stages_folder" || return
        rm -f "$stages_folder"/*-windows/wsuring.dll "$stages_folder"/*-unix/wsuring.so \
            "$stages_folder/wsuring.prefixes"
    done
}

# stages_enter_chroot [NAME=VALUE]...: starts the tool again as its stage `inside', the same binaries with another Wine.
# The cache's folder winetest is /wsuring-winetest; the programs in it are where root has them.
stages_enter_chroot()
{
    # bookworm's packages make none
    [ -e "$chroot/etc/hosts" ] || printf '127.0.0.1\tlocalhost\n::1\tlocalhost\n' > "$chroot/etc/hosts"
    mkdir -p "$chroot/wsuring" "$chroot/wsuring-build" "$chroot/wsuring-winetest" "$cache/winetest"
    mount -t proc proc "$chroot/proc" && mount --rbind /sys "$chroot/sys" && mount --rbind /dev "$chroot/dev" &&
    mount --bind "$top" "$chroot/wsuring" && mount --bind "$WSURING_BUILD" "$chroot/wsuring-build" &&
    mount --bind "$cache/winetest" "$chroot/wsuring-winetest" && mount -t tmpfs tmpfs "$chroot/tmp" || exit 1
    for stages_folder in npm curl-bookworm; do
        mkdir -p "$cache/$stages_folder" "$chroot/var/cache/wsuring/$stages_folder" &&
            mount --bind "$cache/$stages_folder" "$chroot/var/cache/wsuring/$stages_folder" || exit 1
    done
    # shellcheck disable=SC2086
    exec chroot "$chroot" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root WSURING_BUILD=/wsuring-build \
        WSURING_WINETEST=/wsuring-winetest WSURING_WITHOUT="${WSURING_WITHOUT-}" \
        WSURING_WINE_VERSION="${WSURING_WINE_VERSION-}" "$@" \
        "/wsuring/${self#"$top"/}" --stage inside $arguments
}
