# Many prefixes at once, and what a command would do. Sourced by wsuring-setup. POSIX sh.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # variables of wsuring-setup

# Prints the user's prefixes, one a line: Wine's default, those of winetricks, Steam, Lutris and Bottles, and all that
# have wsuring already.
prefixes_find()
{
    data=${XDG_DATA_HOME:-$HOME/.local/share}
    for folder in "$HOME/.wine" "${WINEPREFIX:-$HOME/.wine}" "$data"/wineprefixes/* "$HOME"/Games/* \
        "$HOME"/.steam/steam/steamapps/compatdata/*/pfx "$data"/Steam/steamapps/compatdata/*/pfx \
        "$HOME"/.var/app/com.valvesoftware.Steam/data/Steam/steamapps/compatdata/*/pfx \
        "$data"/bottles/bottles/* "$HOME"/.var/app/com.usebottles.bottles/data/bottles/bottles/*; do
        echo "$folder"
    done > "$prefixes_list"
    for folder in "$provider_dir" "$(find_wine_dir 2> /dev/null)"; do
        [ ! -f "$folder/wsuring.prefixes" ] || cat "$folder/wsuring.prefixes"
    done >> "$prefixes_list"
    while IFS= read -r folder; do
        # the same folder may be reached by several links
        [ ! -f "$folder/system.reg" ] || ( cd "$folder" && pwd -P )
    done < "$prefixes_list" | awk '!seen[$0]++'
}

# prefixes_run COMMAND: asks, unless it is status, and runs the command for each. Returns 1 if any failed.
prefixes_run()
{
    prefixes_list=$(mktemp) || exit 1
    trap 'rm -f "$prefixes_list"' EXIT
    prefixes=$(prefixes_find)
    [ -n "$prefixes" ] || fail "there are no prefixes of yours"
    if [ "$1" != status ] && [ "$dry_run" = 0 ] && [ "$yes" = 0 ]; then
        echo "$1 in these prefixes:"
        echo "$prefixes" | sed 's/^/    /'
        printf '%s' "Go on? [y/N] "
        read -r answer || answer=
        case $answer in [yY]|[yY][eE][sS]) ;; *) echo "Nothing is changed."; return 1 ;; esac
    fi
    echo "$prefixes" > "$prefixes_list"
    failures=0
    while IFS= read -r prefix; do
        # each by itself: a prefix may bring a Wine of its own
        ( "do_$1" ) < /dev/null || failures=$((failures + 1))
    done < "$prefixes_list"
    [ $failures = 0 ]
}

# dry_copy NEW OLD
dry_copy()
{
    if cmp -s "$1" "$2"; then echo "  as it is   $2"
    elif [ -e "$2" ]; then echo "  replace    $2"
    else echo "  write      $2"; fi
}

# What install would do; it has looked already.
dry_install()
{
    wine_dir=$(find_wine_dir) || exit 1
    choose_32
    there=$wine_dir there_32=$wine_dir_32
    wine_is_shared "$wine_dir" || user_mode=1
    [ "$user_mode" = 0 ] || there=$provider_dir there_32=$provider_dir
    echo "install in $prefix would:"
    dry_copy "$new_dll" "$there/x86_64-windows/wsuring.dll"
    dry_copy "$new_so" "$there/x86_64-unix/wsuring.so"
    [ -z "$new_dll_32" ] || dry_copy "$new_dll_32" "$there_32/i386-windows/wsuring.dll"
    [ -z "$new_so_32" ] || dry_copy "$new_so_32" "$there_32/i386-unix/wsuring.so"
    choose_system32
    dry_copy "$new_api" "$system32/ws2_32.dll"
    dry_copy "$new_dll" "$system32/wsuring.dll"
    if [ -n "$new_dll_32" ]; then
        dry_copy "$new_api_32" "$syswow64/ws2_32.dll"
        dry_copy "$new_dll_32" "$syswow64/wsuring.dll"
    fi
    if overrides_edit "$prefix/user.reg" /dev/null | cmp -s - "$prefix/user.reg"; then
        echo "  as it is   $prefix/user.reg"
    else
        echo "  edit       $prefix/user.reg: \"ws2_32\"=\"native,builtin\" in DllOverrides"
    fi
    [ -d "$saved" ] || echo "  keep       copies of what it replaces in $saved"
    echo "Nothing is changed."
}

# What uninstall would do.
dry_uninstall()
{
    echo "uninstall in $prefix would restore, from $saved:"
    for file in "$saved"/*; do
        case ${file##*/} in *.none|files|provider|removed) ;; *) echo "  ${file##*/}" ;; esac
    done
    echo "Nothing is changed."
}
