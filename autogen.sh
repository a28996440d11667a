#!/bin/sh
# Makes `configure' of configure.ac; needed only after a change there (Debian package autoconf).
#
# Copyright 2026 the wsuring authors
# SPDX-License-Identifier: LGPL-2.1-or-later

set -e
cd "$(dirname "$0")"
autoconf -f
rm -rf autom4te.cache
