# Completion of wsuring-setup and wsuring-top in bash
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash

_wsuring_setup()
{
    local word=${COMP_WORDS[COMP_CWORD]} words
    COMPREPLY=()
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    --prefix|--provider-dir) mapfile -t COMPREPLY < <(compgen -d -- "$word"); return ;;
    esac
    words='--prefix --all-prefixes --yes --dry-run --json --user --provider-dir --help'
    case " ${COMP_WORDS[*]:1:COMP_CWORD-1} " in
    *" install "*|*" status "*|*" uninstall "*) ;;
    *) words="install status uninstall $words" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o filenames -F _wsuring_setup wsuring-setup

_wsuring_top()
{
    local word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    --prefix) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --interval) ;;
    *) mapfile -t COMPREPLY < <(compgen -W '--prefix --once --json --interval --help' -- "$word") ;;
    esac
}
complete -o filenames -F _wsuring_top wsuring-top
