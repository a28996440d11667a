/*
 * The module
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws2_32.h"

/* Never fails: wineboot itself loads this module. */
BOOL WINAPI DllMain( HINSTANCE instance, DWORD reason, void *reserved )
{
    (void)instance;
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) trace_attach();
    if (reason == DLL_THREAD_DETACH) upcall_thread_detach();
    return TRUE;
}
