/*
 * Functions that aren't published, and only fail
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They have no page, nor an order of parameters that is published: they don't look at them.
 */

#include "ws2_32.h"

/* Undocumented; Windows' own layered providers used it. */
int WINAPI WSApSetPostRoutine( void *routine )
{
    (void)routine;
    NOT_IMPLEMENTED( WSApSetPostRoutine, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

/* Entry point of 16-bit DLLs: nothing to do, and never called. */
int WINAPI WEP( void )
{
    NOT_IMPLEMENTED( WEP, WSAEOPNOTSUPP );
    return 0;
}

/* ---- without a page */

int WINAPI WPUGetProviderPathEx( void *one, void *two, void *three, void *four, void *five );
int WINAPI WPUGetProviderPathEx( void *one, void *two, void *three, void *four, void *five )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    NOT_IMPLEMENTED( WPUGetProviderPathEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCDeinstallProviderEx( void *one, void *two, void *three );
int WINAPI WSCDeinstallProviderEx( void *one, void *two, void *three )
{
    (void)one;
    (void)two;
    (void)three;
    NOT_IMPLEMENTED( WSCDeinstallProviderEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCEnumProtocolsEx( void *one, void *two, void *three, void *four, void *five );
int WINAPI WSCEnumProtocolsEx( void *one, void *two, void *three, void *four, void *five )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    NOT_IMPLEMENTED( WSCEnumProtocolsEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCGetApplicationCategoryEx( void *one, void *two, void *three, void *four, void *five, void *six,
                                        void *seven );
int WINAPI WSCGetApplicationCategoryEx( void *one, void *two, void *three, void *four, void *five, void *six,
                                        void *seven )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    (void)six;
    (void)seven;
    NOT_IMPLEMENTED( WSCGetApplicationCategoryEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCInstallNameSpaceEx2( void *one, void *two, void *three, void *four, void *five, void *six, void *seven );
int WINAPI WSCInstallNameSpaceEx2( void *one, void *two, void *three, void *four, void *five, void *six, void *seven )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    (void)six;
    (void)seven;
    NOT_IMPLEMENTED( WSCInstallNameSpaceEx2, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCInstallProviderEx( void *one, void *two, void *three, void *four, void *five, void *six, void *seven );
int WINAPI WSCInstallProviderEx( void *one, void *two, void *three, void *four, void *five, void *six, void *seven )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    (void)six;
    (void)seven;
    NOT_IMPLEMENTED( WSCInstallProviderEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCSetApplicationCategoryEx( void *one, void *two, void *three, void *four, void *five, void *six,
                                        void *seven, void *eight );
int WINAPI WSCSetApplicationCategoryEx( void *one, void *two, void *three, void *four, void *five, void *six,
                                        void *seven, void *eight )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    (void)six;
    (void)seven;
    (void)eight;
    NOT_IMPLEMENTED( WSCSetApplicationCategoryEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCUnInstallNameSpaceEx2( void *one, void *two );
int WINAPI WSCUnInstallNameSpaceEx2( void *one, void *two )
{
    (void)one;
    (void)two;
    NOT_IMPLEMENTED( WSCUnInstallNameSpaceEx2, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCUpdateProviderEx( void *one, void *two, void *three, void *four, void *five, void *six );
int WINAPI WSCUpdateProviderEx( void *one, void *two, void *three, void *four, void *five, void *six )
{
    (void)one;
    (void)two;
    (void)three;
    (void)four;
    (void)five;
    (void)six;
    NOT_IMPLEMENTED( WSCUpdateProviderEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSCWriteProviderOrderEx( void *one, void *two, void *three );
int WINAPI WSCWriteProviderOrderEx( void *one, void *two, void *three )
{
    (void)one;
    (void)two;
    (void)three;
    NOT_IMPLEMENTED( WSCWriteProviderOrderEx, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}
