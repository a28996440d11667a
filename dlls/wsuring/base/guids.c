/*
 * The GUIDs of providers and extension functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Here they are defined: after all other headers, whose GUIDs are not.
 */

#include "base/provider.h"
#include <initguid.h>

#include "wsuring_guids.h"
