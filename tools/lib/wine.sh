# Finding and running Wine; sourced by the tools. POSIX sh.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# WINE, WINESERVER and WINE_DIR in the environment take precedence over everything found here.
# shellcheck shell=sh

# Prints the loader's path. Debian sid keeps it beside the modules; its `wine64' is a script. Elsewhere 64-bit first:
# Debian's wrapper `wine' asks for 32-bit packages.
find_wine()
{
    if [ -n "${WINE-}" ]; then
        command -v "${WINE-}" && return
        echo "WINE=$WINE is no program" >&2
        return 1
    fi
    for wine_try in /usr/lib/*/wine/wine wine64 /usr/lib/wine/wine64 wine /usr/lib/wine/wine \
        /opt/wine-stable/bin/wine64 /opt/wine-stable/bin/wine \
                    /opt/wine-staging/bin/wine /opt/wine-devel/bin/wine; do
        command -v "$wine_try" && return
    done
    echo "Wine isn't here: install it (Debian package wine64) or set WINE" >&2
    return 1
}

# Prints the server's path: beside the loader, or else in the usual places.
find_wineserver()
{
    if [ -n "${WINESERVER-}" ]; then
        command -v "${WINESERVER-}" && return
        echo "WINESERVER=$WINESERVER is no program" >&2
        return 1
    fi
    wine_beside=$(find_wine 2>/dev/null) && wine_beside=$(readlink -f "$wine_beside") && wine_beside=${wine_beside%/*}
    for wine_try in "$wine_beside/wineserver64" "$wine_beside/wineserver" wineserver64 wineserver \
        /usr/lib/wine/wineserver64 /usr/lib/wine/wineserver; do
        command -v "$wine_try" && return
    done
    echo "wineserver isn't here: install Wine (Debian package wine64) or set WINESERVER" >&2
    return 1
}

# Prints Wine's module folder: the one with x86_64-unix/ntdll.so.
find_wine_dir()
{
    wine_beside=$(find_wine) || return
    wine_beside=$(readlink -f "$wine_beside")
    wine_beside=${wine_beside%/*}
    for wine_try in "${WINE_DIR-}" "$wine_beside" "$wine_beside/../x86_64-linux-gnu/wine" \
        "$wine_beside/../lib/x86_64-linux-gnu/wine" "$wine_beside/../lib64/wine" \
                    "$wine_beside/../lib/wine" /usr/lib/x86_64-linux-gnu/wine /usr/lib64/wine /usr/lib/wine; do
        if [ -n "$wine_try" ] && [ -f "$wine_try/x86_64-unix/ntdll.so" ]; then
            readlink -f "$wine_try"
            return
        fi
    done
    echo "Wine's module folder (with x86_64-unix/ntdll.so) isn't here: set WINE_DIR" >&2
    return 1
}

# Prints Wine's version, as 8.0.
wine_version()
{
    "$(find_wine)" --version 2>/dev/null | sed -n 's/^wine-\([0-9][^ ]*\).*/\1/p'
}

# registry_set FILE KEY NAME DATA: sets a value in a registry file of a prefix in which no wineserver runs. Key and data
# as they stand in such files: backslashes doubled, '"text"' or 'dword:00000000'. The file is replaced in one step.
registry_set()
{
    KEY=$2 NAME=$3 DATA=$4 TIME=$(date +%s) LC_ALL=C awk '
        BEGIN { key = tolower( "[" ENVIRON["KEY"] "]" ); name = tolower( "\"" ENVIRON["NAME"] "\"=" )
                line = "\"" ENVIRON["NAME"] "\"=" ENVIRON["DATA"] }
        /^\[/ { inside = tolower( substr( $0, 1, index( $0, "]" ) ) ) == key }
        inside && !done && /^$/ { print line; done = 1 }
        inside && tolower( substr( $0, 1, length( name ) ) ) == name { if (!done) print line; done = 1; next }
        { print }
        END { if (!done) { if (!inside) printf "\n[%s] %s\n", ENVIRON["KEY"], ENVIRON["TIME"]; print line } }' \
        "$1" > "$1.new" && mv -f "$1.new" "$1"
}

# overrides_edit FILE REMOVED: prints the registry file with our override; removed lines are written to REMOVED as
# SECTION<tab>LINE.
overrides_edit()
{
    awk -v removed="$2" '
        function ours() { print "\"ws2_32\"=\"native,builtin\""; done = 1 }
        function flush() { if (inside == "global" && !done) ours(); inside = "" }
        /^\[/ {
            flush()
            section = substr( $0, 1, index( $0, "]" ) )
            lower = tolower( section )
            if (lower == "[software\\\\wine\\\\dlloverrides]") inside = "global"
            else if (lower ~ /^\[software\\\\wine\\\\appdefaults\\\\.*\\\\dlloverrides\]$/) inside = "program"
        }
        inside && /^$/ { flush() }
        inside && tolower( $0 ) ~ /^"\*?ws2_32(\.dll)?"=/ {
            if (tolower( $0 ) == "\"ws2_32\"=\"native,builtin\"" && inside == "global")
            {
                if (!done) ours()
                next
            }
            # for one program, a plain override was chosen by the user; one with a star is a left-over that takes
            # precedence
            if (inside == "global" || $0 ~ /^"\*/)
            {
                print section "\t" $0 > removed
                next
            }
        }
        { print; last = $0 }
        END {
            flush()
            if (!done)
            {
                if (last != "") print ""
                print "[Software\\\\Wine\\\\DllOverrides]"
                ours()
            }
        }' "$1"
}

# Prints what must be equal in two states of a registry file if only Wine's own bookkeeping has changed it: the values,
# without order, time stamps and empty sections. Each start of Wine writes DriverDateData, the time at which it created
# its video devices.
registry_essence()
{
    awk '
        /^\[/ { name = substr( $0, 1, index( $0, "]" ) ); next }
        /^#time=/ || /^$/ || /^"DriverDateData"=hex:/ { next }
        { value = $0; while (/\\$/ && (getline) > 0) value = value "\t" $0; print name "\t" value }' "$1" | sort | cksum
}

# run_wine DIR SECONDS PROGRAM...: runs a Windows program in the prefix, never longer than the time. Without display,
# Mono and Gecko.
run_wine()
{
    wine_prefix=$1
    wine_seconds=$2
    shift 2
    wine_loader=$(find_wine) || return
    # shellcheck disable=SC2030 # meant for this program alone
    ( unset DISPLAY WAYLAND_DISPLAY
      WINEPREFIX=$wine_prefix WINEDLLOVERRIDES=${WINEDLLOVERRIDES-mscoree,mshtml=} WINEDEBUG=${WINEDEBUG--all} \
          exec timeout -k 5 "$wine_seconds" "$wine_loader" "$@" )
}

# wait_prefix DIR SECONDS: waits until the wineserver of the prefix has ended, its registry on disk. 124: the time is
# over.
wait_prefix()
{
    wine_server=$(find_wineserver) || return
    WINEPREFIX=$1 timeout "$2" "$wine_server" -w
}

# stop_prefix DIR: ends everything that runs in the prefix.
stop_prefix()
{
    wine_server=$(find_wineserver) || return
    WINEPREFIX=$1 timeout 20 "$wine_server" -k 2>/dev/null
    wait_prefix "$1" 20
}

# make_prefix DIR: a prefix for tests: no display driver (a program that makes a window would hang), no crash dialogue
# (a crash would hang), Windows version 10. Tries three times, then shows what went wrong: a machine that can't make a
# prefix can't test anything.
make_prefix()
{
    mkdir -p "$1" || return
    # the server refuses a relative path
    wine_new=$(cd "$1" && pwd) || return
    wine_debug=-all
    for wine_pause in 2 10 0; do
        WINEDLLOVERRIDES='mscoree,mshtml=' WINEDEBUG=$wine_debug run_wine "$wine_new" 120 wineboot -i > \
            "$wine_new/.wineboot.log" 2>&1
        wine_code=$?
        wait_prefix "$wine_new" 60
        wine_waited=$?
        [ $wine_waited != 0 ] || [ ! -f "$wine_new/user.reg" ] ||
            [ ! -f "$wine_new/drive_c/windows/system32/kernel32.dll" ] || break
        {
            echo "wineboot failed in $wine_new: exit code $wine_code, wineserver -w $wine_waited,"
            echo "user $(id -u), $(find "$wine_new" | wc -l) files:"
            find "$wine_new" -maxdepth 1 -ls
            tail -n 20 "$wine_new/.wineboot.log"
        } >&2
        [ $wine_pause != 0 ] || return 1
        stop_prefix "$wine_new"
        sleep $wine_pause
        rm -rf "${wine_new:?}/dosdevices" "$wine_new/drive_c" "$wine_new"/*.reg "$wine_new/.update-timestamp"
        wine_debug=+timestamp,+process
    done
    rm -f "$wine_new/.wineboot.log"
    registry_set "$wine_new/user.reg" 'Software\\Wine\\Drivers' Graphics '"null"' &&
    registry_set "$wine_new/user.reg" 'Software\\Wine' Version '"win10"' &&
    registry_set "$wine_new/user.reg" 'Software\\Wine\\WineDbg' ShowCrashDialog dword:00000000
}
