/*
 * WSC functions that aren't implemented yet
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each fails with an error from its page. The functions with Ex have no page, nor an order of parameters that is
 * published: they don't look at them.
 */

#include "ws2_32.h"

#define FAIL( name, error )                                                                                            \
    do                                                                                                                 \
    {                                                                                                                  \
        NOT_IMPLEMENTED( name, error );                                                                                \
        return set_errno( err, error );                                                                                \
    } while (0)

int WINAPI WSCGetProviderInfo( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t *size, DWORD flags,
                               INT *err )
{
    (void)type;
    (void)info;
    (void)size;
    (void)flags;
    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return set_errno( err, WSAEFAULT );
    FAIL( WSCGetProviderInfo, WSANO_RECOVERY );
}

int WINAPI WSCGetApplicationCategory( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len,
                                      DWORD *categories, INT *err )
{
    (void)extra;
    (void)extra_len;
    if (!path || !path_len || !categories) return set_errno( err, WSAEINVAL );
    FAIL( WSCGetApplicationCategory, WSANO_RECOVERY );
}

int WINAPI WSCSetApplicationCategory( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len,
                                      DWORD categories, DWORD *previous, INT *err )
{
    (void)path;
    (void)path_len;
    (void)extra;
    (void)extra_len;
    (void)categories;
    (void)previous;
    FAIL( WSCSetApplicationCategory, WSANO_RECOVERY );
}

int WINAPI WSCGetProviderInfo32( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t *size, DWORD flags,
                                 INT *err )
{
    (void)type;
    (void)info;
    (void)size;
    (void)flags;
    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return set_errno( err, WSAEFAULT );
    FAIL( WSCGetProviderInfo32, WSANO_RECOVERY );
}

int WINAPI WSCSetProviderInfo( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t size, DWORD flags,
                               INT *err )
{
    (void)type;
    (void)info;
    (void)size;
    (void)flags;
    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return set_errno( err, WSAEFAULT );
    FAIL( WSCSetProviderInfo, WSANO_RECOVERY );
}

int WINAPI WSCSetProviderInfo32( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t size, DWORD flags,
                                 INT *err )
{
    (void)type;
    (void)info;
    (void)size;
    (void)flags;
    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return set_errno( err, WSAEFAULT );
    FAIL( WSCSetProviderInfo32, WSANO_RECOVERY );
}

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
