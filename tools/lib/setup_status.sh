# What `wsuring-setup status' says, for people and as JSON. Sourced by wsuring-setup. POSIX sh.
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh disable=SC2154 # variables of wsuring-setup

# json_text TEXT: as a JSON string, or null if it is empty
json_text()
{
    if [ -z "$1" ]; then echo null; return; fi
    printf '%s' "$1" | tr -d '\001-\010\013-\037' | tr '\n\t' '  ' | sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$/"/'
    echo
}

# status_json ACTIVE TEXT: one object in one line. Keys may come to it, none goes or changes its meaning.
status_json()
{
    printf '{"prefix": %s, "active": %s, "version": %s, "tier": %s, "wine": %s, ' "$(json_text "$prefix")" "$1" \
        "$(json_text "${version-}")" "$(json_text "${engine-}")" "$(json_text "${wine-}")"
    printf '"tier32": %s, "text": %s}\n' "$(json_text "${engine_32-}")" "$(json_text "$2")"
}

inactive()
{
    engine='' engine_32='' text_32=''
    if [ -d "$saved" ] && [ -n "$syswow64" ] && find_files && find_wine > /dev/null; then status_32; fi
    if [ "$json" = 1 ]; then status_json false "$*"
    else
        echo "wsuring is not active in $prefix: $*."
        [ -z "$text_32" ] || echo "$text_32"
    fi
    exit 1
}

# run_checker PROGRAM: sets line, what it says, missing, and rest, its last line.
run_checker()
{
    # a file, not a pipe: Wine's services outlive the program and would keep a pipe open
    output=$(mktemp) || exit 1
    run_wine "$prefix" 60 "$1" > "$output" 2>&1
    line=$(tr -d '\r' < "$output" | sed -n 's/^wsuring-status: //p' | tail -n 1)
    rest=$(tr -d '\r' < "$output" | tail -n 1)
    missing=$(tr -d '\r' < "$output" | sed -n 's/^wsuring-missing: //p' | sed ':a;N;$!ba;s/\n/; /g')
    rm -f "$output"
}

# Sets text_32, a line about 32-bit programs, and engine_32, their tier.
status_32()
{
    text_32="32-bit programs keep Wine's own ws2_32: wsuring isn't in syswow64."
    is_ours syswow64.ws2_32.dll "$syswow64/ws2_32.dll" && is_ours syswow64.wsuring.dll "$syswow64/wsuring.dll" ||
        return 0
    text_32="32-bit programs: the 32-bit check program is missing: it isn't built."
    [ -n "$checker_32" ] || return 0
    run_checker "$checker_32"
    failed=$(value failed)
    engine_32=$(value engine)
    case $engine_32 in
    none|"") failed=${failed:-no provider} ;;
    esac
    text_32="32-bit programs: tier $engine_32."
    [ -z "$failed" ] || engine_32='' text_32="32-bit programs: wsuring is not active (${failed}${rest:+; $rest})."
}

do_status()
{
    check_prefix
    if [ ! -d "$saved" ]; then
        inactive "it isn't installed there; run: wsuring-setup install --prefix $prefix"
    fi
    is_ours ws2_32.dll "$system32/ws2_32.dll" ||
        inactive "system32/ws2_32.dll has been replaced; run: wsuring-setup install --prefix $prefix"
    is_ours wsuring.dll "$system32/wsuring.dll" ||
        inactive "system32/wsuring.dll is missing or replaced; run: wsuring-setup install --prefix $prefix"
    find_files || fail "the check program is missing: run make, or set WSURING_BUILD"
    find_wine > /dev/null || exit 1
    if [ -n "$win32" ]; then checker=$checker_32; fi
    [ -n "$checker" ] || fail "the 32-bit check program is missing: it isn't built"
    run_checker "$checker"
    [ -n "$line" ] || inactive "the check program didn't run${rest:+: $rest}"

    engine=$(value engine)
    failed=$(value failed)
    reason=$(value reason)
    wine=$(value wine)
    if [ "$engine" = none ]; then
        case ${WINEDLLOVERRIDES-} in
        *ws2_32*) inactive "WINEDLLOVERRIDES=$WINEDLLOVERRIDES in the environment asks for another" \
            "ws2_32; take that out" ;;
        esac
        overrides_edit "$prefix/user.reg" /dev/null | cmp -s - "$prefix/user.reg" ||
            inactive "its DLL override has been changed; run: wsuring-setup install --prefix $prefix"
        inactive "Wine took its own ws2_32.dll${failed:+, or the provider failed ($failed: error $(value error))}"
    fi
    [ -z "$failed" ] || inactive "it is in use, but sockets fail ($failed: error $(value error))"

    case $reason in
    none|"") why=. ;;
    asked)
        why="; WSURING_ENGINE=${WSURING_ENGINE-} in the environment asks for this tier: unset it for the best one." ;;
    no-uring)
        why="; $(explain_uring "$(value errno)")." ;;
    no-unixlib)
        provider=$(saved_provider)
        if [ -z "$provider" ]; then
            why="; wsuring.so is missing in Wine's module folder: run wsuring-setup install --prefix $prefix as root."
        elif [ -f "$provider/x86_64-unix/wsuring.so" ]; then
            why="; wsuring.so isn't found: set WINEDLLPATH=$provider for your programs, or start them with wsuring-run."
        else
            why="; wsuring.so is missing in $provider/x86_64-unix: run wsuring-setup install --prefix $prefix."
        fi ;;
    unknown-wine)
        why="; this Wine's inner interfaces are unknown to wsuring: take Wine 8.0 or 10.0, or a newer wsuring." ;;
    *)
        why="; the reason is $reason." ;;
    esac
    # what is missing says itself what it costs
    if [ -n "$missing" ] && [ "$reason" != no-unixlib ]; then why="${why%.}; $missing."; fi
    version=$(part_version "$system32/wsuring.dll")
    parts="wsuring.dll ${version:-unknown}"
    so=$(saved_provider)
    so=${so:-$(find_wine_dir)}/x86_64-unix/wsuring.so
    if [ -n "$win32" ]; then
        so=$(saved_provider)
        so=${so:-$(wine_dir_32 "$(find_wine_dir)")}/i386-unix/wsuring.so
    fi
    fits=1
    for part in "$system32/ws2_32.dll" "$so"; do
        [ -f "$part" ] || continue
        other=$(part_version "$part")
        parts="$parts, ${part##*/} ${other:-unknown}"
        [ "$other" = "$version" ] || fits=0
    done
    [ $fits = 1 ] || why="$why Its parts are of different versions ($parts): run wsuring-setup install again."
    engine_32='' text_32=''
    [ -z "$syswow64" ] || status_32
    if [ "$json" = 1 ]; then
        why=${why#[.;]}
        status_json true "${why# }"
        return
    fi
    echo "wsuring $version is active in $prefix: tier $engine, Wine ${wine:-unknown}$why"
    [ -z "$text_32" ] || echo "$text_32"
}
