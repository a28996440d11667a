/*
 * Helpers of the Wah functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A helper stands for the device that ws2help.dll opened. Nothing needs one here; it is made to be checked.
 */

#ifndef WS2_32_HELPER_H
#define WS2_32_HELPER_H

#include "ws2_32.h"

static inline DWORD helper_open( HANDLE *helper, const char *which )
{
    if (!helper || IsBadWritePtr( helper, sizeof( *helper ) )) return WSAEFAULT;
    *helper = (HANDLE)which;
    return 0;
}

static inline DWORD helper_check( HANDLE helper, const char *which )
{
    return helper == (HANDLE)which ? 0 : WSAEINVAL;
}

#endif /* WS2_32_HELPER_H */
