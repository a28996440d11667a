# Finding and running Wine; sourced by the tools. POSIX sh.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# WINE, WINESERVER and WINE_DIR in the environment take precedence over everything found here. WINE may be a loader, or
# the folder of a Wine: Proton's, a runner of Lutris or Bottles, a build tree.
# shellcheck shell=sh

wine_root=${wine_root-} # before absolute paths: tests make theirs below a folder

# wine_of_folder FOLDER: prints the loader in the folder of a Wine, wherever builds keep it. 64-bit first.
wine_of_folder()
{
    for wine_try in files/bin/wine64 files/bin/wine dist/bin/wine64 dist/bin/wine bin/wine64 bin/wine \
        wine64 wine loader/wine64 loader/wine; do
        if [ -f "$1/$wine_try" ] && [ -x "$1/$wine_try" ]; then
            echo "$1/$wine_try"
            return
        fi
    done
    return 1
}

# wine_of_prefix PREFIX: prints the loader of the Wine that a prefix belongs to, where its owner has noted that: Steam
# in config_info, beside the prefix (paths inside the Proton), Bottles in bottle.yml (the runner's name).
wine_of_prefix()
{
    if [ -f "$1/../config_info" ]; then
        wine_try=$(sed -n '2,$s,/\(files\|dist\)/.*,,p' "$1/../config_info" | head -n 1)
        [ -z "$wine_try" ] || wine_of_folder "$wine_try" && return
    fi
    if [ -f "$1/bottle.yml" ]; then
        wine_runner=$(sed -n 's/^Runner: *//p' "$1/bottle.yml" | tr -d '"'"'" | head -n 1)
        case $wine_runner in ''|*/*) return 1 ;; esac
        for wine_try in "$(readlink -f "$1/../..")/runners" "${XDG_DATA_HOME:-$HOME/.local/share}/bottles/runners" \
            "$HOME/.var/app/com.usebottles.bottles/data/bottles/runners"; do
            wine_of_folder "$wine_try/$wine_runner" && return
        done
    fi
    return 1
}

# wine_use_prefix PREFIX: from now on its own Wine is found, unless WINE names one. Returns 1, with a message, if it has
# one of its own that isn't found: the system's would convert the prefix.
wine_use_prefix()
{
    [ -z "${WINE-}" ] || return 0
    if wine_try=$(wine_of_prefix "$1"); then
        WINE=$wine_try
        export WINE
    elif [ -f "$1/../config_info" ] || [ -f "$1/bottle.yml" ]; then
        echo "the Wine of $1 isn't found: set WINE to its loader or folder" >&2
        return 1
    fi
}

# Prints the loader's path. Debian sid keeps it beside the modules; its `wine64' is a script. Elsewhere 64-bit first:
# Debian's wrapper `wine' asks for 32-bit packages.
find_wine()
{
    if [ -n "${WINE-}" ]; then
        if [ -d "$WINE" ]; then wine_of_folder "${WINE%/}" && return; else command -v "$WINE" && return; fi
        echo "WINE=$WINE is no program, and no folder of a Wine" >&2
        return 1
    fi
    for wine_try in "$wine_root"/usr/lib/*/wine/wine wine64 "$wine_root/usr/lib/wine/wine64" wine \
        "$wine_root/usr/lib/wine/wine" "$wine_root"/opt/wine-stable/bin/wine64 "$wine_root"/opt/wine-stable/bin/wine \
        "$wine_root"/opt/wine-staging/bin/wine64 "$wine_root"/opt/wine-staging/bin/wine \
        "$wine_root"/opt/wine-devel/bin/wine64 "$wine_root"/opt/wine-devel/bin/wine; do
        command -v "$wine_try" && return
    done
    echo "Wine isn't here: install it (Debian package wine64) or set WINE" >&2
    return 1
}

# Prints, one a line, the folders from which the rest of a Wine is found: the loader's, as it is named and as it is, and
# that of the program that a script of a distribution starts.
wine_folders()
{
    wine_loader=$(find_wine) || return
    echo "${wine_loader%/*}"
    wine_loader=$(readlink -f "$wine_loader")
    echo "${wine_loader%/*}"
    if [ "$(head -c 2 "$wine_loader")" = '#!' ]; then
        sed -n 's,^ *exec  *"\{0,1\}\(/[^" ]*\)/[^/" ]*"\{0,1\} .*,\1,p' "$wine_loader" | sed "s,^,$wine_root,"
    fi
}

# wine_is_distributed: is the loader one of the system's, or a script, which may start another?
wine_is_distributed()
{
    wine_loader=$(readlink -f "$(find_wine)")
    case ${wine_loader#"$wine_root"} in /usr/*|/bin/*|/opt/wine-*) return 0 ;; esac
    [ "$(head -c 2 "$wine_loader")" = '#!' ]
}

# wine_first FILE...: prints the first of these that is in one of wine_folders. Returns 1 if there is none.
wine_first()
{
    wine_folders | { while IFS= read -r wine_beside; do
        for wine_try; do
            if [ -f "$wine_beside/$wine_try" ]; then
                echo "$wine_beside/$wine_try"
                exit 0
            fi
        done
    done
    exit 1; }
}

# Prints the server's path: where the loader's build has it, or else in the usual places.
find_wineserver()
{
    if [ -n "${WINESERVER-}" ]; then
        command -v "${WINESERVER-}" && return
        echo "WINESERVER=$WINESERVER is no program" >&2
        return 1
    fi
    if find_wine > /dev/null 2>&1; then
        # the last two: a build tree
        wine_first wineserver64 wineserver server/wineserver ../server/wineserver && return
        wine_modules=$(find_wine_dir 2> /dev/null) && [ -x "$wine_modules/wineserver" ] &&
            echo "$wine_modules/wineserver" && return
    fi
    if [ -z "${WINE-}" ] || { find_wine > /dev/null 2>&1 && wine_is_distributed; }; then
        for wine_try in wineserver64 wineserver "$wine_root/usr/lib/wine/wineserver64" \
            "$wine_root/usr/lib/wine/wineserver"; do
            command -v "$wine_try" && return
        done
    fi
    echo "wineserver isn't here: install Wine (Debian package wine64) or set WINESERVER" >&2
    return 1
}

# Prints Wine's module folder: the one with x86_64-unix/ntdll.so, or of a build tree its dlls.
find_wine_dir()
{
    find_wine > /dev/null || return
    if [ -n "${WINE_DIR-}" ] && [ -f "$WINE_DIR/x86_64-unix/ntdll.so" ]; then
        readlink -f "$WINE_DIR"
        return
    fi
    if wine_modules=$(wine_first x86_64-unix/ntdll.so ../x86_64-linux-gnu/wine/x86_64-unix/ntdll.so \
        ../lib/x86_64-linux-gnu/wine/x86_64-unix/ntdll.so ../lib64/wine/x86_64-unix/ntdll.so \
        ../lib/wine/x86_64-unix/ntdll.so dlls/ntdll/ntdll.so ../dlls/ntdll/ntdll.so); then
        readlink -f "${wine_modules%/*/*}"
        return
    fi
    if wine_is_distributed; then
        for wine_try in "$wine_root/usr/lib/x86_64-linux-gnu/wine" "$wine_root/usr/lib64/wine" \
            "$wine_root/usr/lib/wine"; do
            [ -f "$wine_try/x86_64-unix/ntdll.so" ] || continue
            readlink -f "$wine_try"
            return
        done
    fi
    echo "Wine's module folder (with x86_64-unix/ntdll.so) isn't here: set WINE_DIR" >&2
    return 1
}

# wine_dir_32 DIR: prints the module folder of 32-bit programs of the Wine with that module folder, where they have a
# Unix side of their own (the old style of WoW64). Returns 1 where they run on the 64-bit one, or not at all.
wine_dir_32()
{
    for wine_try in "$1" "${1%/*/wine}/i386-linux-gnu/wine" "${1%/lib*/wine}/lib/wine" "${1%/lib*/wine}/lib32/wine"; do
        [ -f "$wine_try/i386-unix/ntdll.so" ] || continue
        readlink -f "$wine_try"
        return
    done
    return 1
}

# wine_is_shared DIR: is this module folder one of the system's, into which root installs? Others belong to a program
# that makes and replaces them (Steam, Lutris, Bottles), or to a developer.
wine_is_shared()
{
    wine_modules=${1#"$wine_root"}
    case $wine_modules in */dlls) return 1 ;; /usr/*|/opt/wine-*) return 0 ;; esac
    return 1
}

# wine_builtin DIR NAME: prints the path of a builtin DLL in a module folder.
wine_builtin()
{
    for wine_try in "$1/x86_64-windows/$2" "$1/${2%.dll}/x86_64-windows/$2" "$1/${2%.dll}/$2"; do
        if [ -f "$wine_try" ]; then break; fi
    done
    echo "$wine_try"
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

# overrides_undo FILE REMOVED: prints the registry file without our override, and with the lines that it had replaced.
overrides_undo()
{
    awk -v removed="$2" '
        BEGIN {
            while ((getline line < removed) > 0)
            {
                tab = index( line, "\t" )
                section = substr( line, 1, tab - 1 )
                back[tolower( section )] = back[tolower( section )] substr( line, tab + 1 ) "\n"
            }
        }
        function flush() { if (inside) { printf "%s", back[inside]; delete back[inside] } inside = "" }
        /^\[/ {
            flush()
            section = tolower( substr( $0, 1, index( $0, "]" ) ) )
            global = section == "[software\\\\wine\\\\dlloverrides]"
            inside = section in back ? section : ""
        }
        /^$/ { flush() }
        global && tolower( $0 ) == "\"ws2_32\"=\"native,builtin\"" { next }
        { print }
        END {
            flush()
            for (section in back) printf "\n%s\n%s", section, back[section]
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

# explain_uring ERRNO: one sentence that says why io_uring isn't available.
explain_uring()
{
    disabled=$(cat /proc/sys/kernel/io_uring_disabled 2>/dev/null)
    case ${disabled:-0} in
    2) echo "io_uring is disabled on this system: allow it with 'sysctl kernel.io_uring_disabled=0'"; return ;;
    1) echo "io_uring is disabled for this user: allow it with 'sysctl kernel.io_uring_disabled=0'," \
            "or join the group of kernel.io_uring_group"
        return ;;
    esac
    release=$(uname -r)
    major=${release%%.*}
    minor=${release#*.}
    minor=${minor%%[!0-9]*}
    if [ "$major" -lt 5 ] || { [ "$major" -eq 5 ] && [ "$minor" -lt 13 ]; }; then
        echo "this kernel, $release, is too old for io_uring as it is needed here: take Linux 5.13 or later"
    elif [ "$1" = 12 ]; then
        echo "io_uring gets no memory: raise the limit of locked memory (ulimit -l)"
    elif [ "$1" = 23 ] || [ "$1" = 24 ]; then
        echo "io_uring gets no descriptor: raise the limit of open files (ulimit -n)"
    else
        echo "io_uring is forbidden here, probably by the seccomp filter of a container: allow its system calls there"
    fi
}

# part_version FILE: each binary says in clear text of which version it is; in resources by 16-bit letters.
part_version()
{
    tr -d '\0' < "$1" | sed -n 's/.*part of wsuring \([^,]*\), .*/\1/p' | head -n 1
}

# The value of a word NAME=VALUE of $line.
value()
{
    # shellcheck disable=SC2154 # the caller's
    for word in $line; do
        case $word in "$1="*) echo "${word#*=}"; return ;; esac
    done
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
