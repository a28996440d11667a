/*
 * Changing the catalogue: the WSC functions
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The catalogue is fixed so far: nothing can be installed. Each function fails with an error from its page.
 */

#include "ws2_32.h"

#define FAIL( name, error )                                                                                            \
    do                                                                                                                 \
    {                                                                                                                  \
        NOT_IMPLEMENTED( name, error );                                                                                \
        return set_errno( err, error );                                                                                \
    } while (0)

int WINAPI WSCInstallProvider( GUID *provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err )
{
    (void)provider;
    (void)path;
    (void)list;
    (void)count;
    FAIL( WSCInstallProvider, WSANO_RECOVERY );
}

int WINAPI WSCDeinstallProvider( GUID *provider, INT *err )
{
    (void)provider;
    FAIL( WSCDeinstallProvider, WSANO_RECOVERY );
}

int WINAPI WSCUpdateProvider( GUID *provider, const WCHAR *path, const LPWSAPROTOCOL_INFOW list, DWORD count, INT *err )
{
    (void)provider;
    (void)path;
    (void)list;
    (void)count;
    FAIL( WSCUpdateProvider, WSANO_RECOVERY );
}

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

int WINAPI WSCWriteProviderOrder( DWORD *ids, DWORD count )
{
    (void)ids;
    (void)count;
    NOT_IMPLEMENTED( WSCWriteProviderOrder, WSANO_RECOVERY );
    return WSANO_RECOVERY;
}

int WINAPI WSCInstallNameSpace( WCHAR *identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider )
{
    (void)identifier;
    (void)path;
    (void)name_space;
    (void)version;
    (void)provider;
    NOT_IMPLEMENTED( WSCInstallNameSpace, WSAEACCES );
    return SOCKET_ERROR;
}

int WINAPI WSCUnInstallNameSpace( GUID *provider )
{
    (void)provider;
    NOT_IMPLEMENTED( WSCUnInstallNameSpace, WSAEINVAL );
    return SOCKET_ERROR;
}

int WINAPI WSCEnableNSProvider( GUID *provider, BOOL enable )
{
    (void)provider;
    (void)enable;
    NOT_IMPLEMENTED( WSCEnableNSProvider, WSAEINVAL );
    return SOCKET_ERROR;
}

int WINAPI WSCWriteNameSpaceOrder( GUID *providers, DWORD count )
{
    (void)providers;
    (void)count;
    NOT_IMPLEMENTED( WSCWriteNameSpaceOrder, WSAEINVAL );
    return WSAEINVAL;
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

/* Undocumented; Windows' own layered providers used it. */
int WINAPI WSApSetPostRoutine( void *routine )
{
    (void)routine;
    NOT_IMPLEMENTED( WSApSetPostRoutine, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

int WINAPI WSAProviderConfigChange( HANDLE *notification, WSAOVERLAPPED *overlapped,
                                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine )
{
    (void)notification;
    (void)overlapped;
    (void)routine;
    if (!startup_check()) return SOCKET_ERROR;
    NOT_IMPLEMENTED( WSAProviderConfigChange, WSAEOPNOTSUPP );
    return SOCKET_ERROR;
}

/* Entry point of 16-bit DLLs: nothing to do, and never called. */
int WINAPI WEP( void )
{
    NOT_IMPLEMENTED( WEP, WSAEOPNOTSUPP );
    return 0;
}
