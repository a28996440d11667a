/*
 * Categories of layered providers, and those that an application permits
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * "Categorizing layered service providers and apps". Applications are in the registry where Windows has them,
 * AppId_Catalog; it isn't published where those of providers are. The errors, by their pages: WSAEFAULT: bad pointers;
 * WSAEINVAL: bad arguments; WSANO_RECOVERY: the registry can't be written.
 */

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "catalog.h"

#define CATEGORY_SYSTEM 0x80000000 /* LSP_SYSTEM, which Wine's headers lack */
#define TEXT_MAX        32767      /* characters of a path or a command line */

static const WCHAR applications_name[] = L"AppId_Catalog";
static const WCHAR *const providers_names[] = { L"Lsp_Categories64", L"Lsp_Categories" };

/* ---- of providers */

static void category_name( const GUID *provider, WCHAR name[40] )
{
    const BYTE *last = provider->Data4;

    _snwprintf( name, 40, L"{%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", provider->Data1, provider->Data2,
                provider->Data3, last[0], last[1], last[2], last[3], last[4], last[5], last[6], last[7] );
}

static DWORD category_of( enum catalog_kind kind, const GUID *provider )
{
    HKEY parameters = catalog_parameters_there(), key;
    DWORD categories = 0;
    WCHAR name[40];

    if (!parameters) return 0;
    category_name( provider, name );
    if (!RegOpenKeyExW( parameters, providers_names[kind], 0, KEY_READ, &key ))
    {
        categories = catalog_number( key, name, 0 );
        RegCloseKey( key );
    }
    RegCloseKey( parameters );
    return categories;
}

static int category_store( enum catalog_kind kind, const GUID *provider, DWORD categories )
{
    HKEY parameters = catalog_parameters(), key;
    WCHAR name[40];
    LONG err;

    if (!parameters) return WSANO_RECOVERY;
    category_name( provider, name );
    err = RegCreateKeyExW( parameters, providers_names[kind], 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL );
    if (!err)
    {
        err = catalog_set_number( key, name, categories );
        RegCloseKey( key );
    }
    RegCloseKey( parameters );
    return err ? WSANO_RECOVERY : 0;
}

void category_forget( enum catalog_kind kind, const GUID *provider )
{
    if (category_of( kind, provider )) category_store( kind, provider, 0 );
}

static int category_is_installed( enum catalog_kind kind, const GUID *provider )
{
    struct catalog *catalog = catalog_load( kind );
    int err = WSAEINVALIDPROVIDER;
    DWORD i;

    if (!catalog) return WSA_NOT_ENOUGH_MEMORY;
    for (i = 0; i < catalog->count && err; i++)
        if (IsEqualGUID( &catalog->items[i].info.ProviderId, provider )) err = 0;
    catalog_free( catalog );
    return err;
}

/* What both functions check first. There are no flags. */
static int category_check( const GUID *provider, WSC_PROVIDER_INFO_TYPE type, DWORD flags )
{
    if (!provider || IsBadReadPtr( provider, sizeof( *provider ) )) return WSAEFAULT;
    if (type == ProviderInfoAudit) return ERROR_CALL_NOT_IMPLEMENTED;
    return type != ProviderInfoLspCategories || flags ? WSAEINVAL : 0;
}

/* *size: bytes, in: room, out: with WSAEFAULT what is needed. One without categories has none, 0 ("WSCGetProviderInfo
 * function"). WSANO_RECOVERY: there is no provider of that identifier, whatever else is wrong: as Windows says by
 * Wine's tests, where the page has WSAEINVALIDPROVIDER. */
static int category_get( enum catalog_kind kind, const GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info,
                         size_t *size, DWORD flags )
{
    DWORD categories;
    size_t room;
    int err = provider && !IsBadReadPtr( provider, sizeof( *provider ) ) ? category_is_installed( kind, provider ) : 0;

    if (err) return err == WSAEINVALIDPROVIDER ? WSANO_RECOVERY : err;
    if (( err = category_check( provider, type, flags ) )) return err;
    if (!size || IsBadWritePtr( size, sizeof( *size ) )) return WSAEFAULT;
    room = *size;
    *size = sizeof( categories );
    if (!info || room < sizeof( categories ) || IsBadWritePtr( info, sizeof( categories ) )) return WSAEFAULT;
    categories = category_of( kind, provider );
    memcpy( info, &categories, sizeof( categories ) );
    return 0;
}

/* WSAEINVAL also: there is no such provider, or it is the base ("WSCSetProviderInfo function"). */
static int category_set( enum catalog_kind kind, const GUID *provider, WSC_PROVIDER_INFO_TYPE type, const BYTE *info,
                         size_t size, DWORD flags )
{
    DWORD categories;
    int err = category_check( provider, type, flags );

    if (err) return err;
    if (!info || IsBadReadPtr( info, sizeof( categories ) )) return WSAEFAULT;
    if (size != sizeof( categories ) || catalog_is_base( provider )) return WSAEINVAL;
    if (( err = category_is_installed( kind, provider ) )) return err == WSAEINVALIDPROVIDER ? WSAEINVAL : err;
    memcpy( &categories, info, sizeof( categories ) );
    return category_store( kind, provider, categories );
}

int WINAPI WSCGetProviderInfo( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t *size, DWORD flags,
                               INT *err )
{
    return set_errno( err, category_get( CATALOG_OWN, provider, type, info, size, flags ) );
}

int WINAPI WSCGetProviderInfo32( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t *size, DWORD flags,
                                 INT *err )
{
    return set_errno( err, category_get( CATALOG_32, provider, type, info, size, flags ) );
}

int WINAPI WSCSetProviderInfo( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t size, DWORD flags,
                               INT *err )
{
    return set_errno( err, category_set( CATALOG_OWN, provider, type, info, size, flags ) );
}

int WINAPI WSCSetProviderInfo32( GUID *provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t size, DWORD flags,
                                 INT *err )
{
    return set_errno( err, category_set( CATALOG_32, provider, type, info, size, flags ) );
}

/* ---- of applications */

struct application
{
    WCHAR path[MAX_PATH];
    const WCHAR *arguments; /* an empty string: any */
};

/* Text of a value, in memory that the caller frees; empty if there is none. NULL when out of memory. */
static WCHAR *application_text( HKEY key, const WCHAR *name )
{
    DWORD size = 0;
    WCHAR *text;

    if (RegQueryValueExW( key, name, NULL, NULL, NULL, &size ) || size > TEXT_MAX * sizeof( WCHAR )) size = 0;
    if (!( text = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, size + 2 * sizeof( WCHAR ) ) )) return NULL;
    if (size && !catalog_value( key, name, REG_SZ, text, &size )) *text = 0;
    return text;
}

static BOOL application_matches( HKEY key, const struct application *application )
{
    WCHAR *path = application_text( key, L"AppFullPath" ), *arguments = application_text( key, L"AppArgs" );
    BOOL matches
        = path && arguments && !lstrcmpiW( path, application->path ) && !lstrcmpW( arguments, application->arguments );

    HeapFree( GetProcessHeap(), 0, path );
    HeapFree( GetProcessHeap(), 0, arguments );
    return matches;
}

/* The key of the application's entry, with that access; NULL if it has none. */
static HKEY application_find( HKEY applications, const struct application *application, DWORD access )
{
    WCHAR name[64];
    DWORD i, length;
    HKEY key;

    for (i = 0;; i++)
    {
        length = ARRAY_SIZE( name );
        if (RegEnumKeyExW( applications, i, name, &length, NULL, NULL, NULL, NULL )) return NULL;
        if (RegOpenKeyExW( applications, name, 0, access, &key )) continue;
        if (application_matches( key, application )) return key;
        RegCloseKey( key );
    }
}

static LONG application_set_text( HKEY key, const WCHAR *name, const WCHAR *text )
{
    return RegSetValueExW( key, name, 0, REG_SZ, (const BYTE *)text, ( lstrlenW( text ) + 1 ) * sizeof( WCHAR ) );
}

/* The names of the entries mean nothing but that they differ. */
static HKEY application_make( HKEY applications, const struct application *application )
{
    DWORD hash = 2166136261u, disposition = 0, tries;
    const WCHAR *ptr;
    WCHAR name[9];
    HKEY key;

    for (ptr = application->path; *ptr; ptr++) hash = ( hash ^ towlower( *ptr ) ) * 16777619;
    for (ptr = application->arguments; *ptr; ptr++) hash = ( hash ^ *ptr ) * 16777619;
    for (tries = 0; tries < 1000; tries++, hash++)
    {
        _snwprintf( name, ARRAY_SIZE( name ), L"%08lX", hash );
        if (RegCreateKeyExW( applications, name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, &disposition )) return NULL;
        if (disposition == REG_CREATED_NEW_KEY) break;
        RegCloseKey( key );
    }
    if (tries == 1000) return NULL;
    if (!application_set_text( key, L"AppFullPath", application->path )
        && !application_set_text( key, L"AppArgs", application->arguments ))
        return key;
    RegCloseKey( key );
    return NULL;
}

/* Returns 0, WSASERVICE_NOT_FOUND or WSANO_RECOVERY. */
static int application_read( const struct application *application, DWORD *categories )
{
    HKEY parameters = catalog_parameters_there(), applications, key = NULL;

    if (!parameters) return WSASERVICE_NOT_FOUND;
    if (!RegOpenKeyExW( parameters, applications_name, 0, KEY_READ, &applications ))
    {
        if (( key = application_find( applications, application, KEY_READ ) ))
            *categories = catalog_number( key, L"PermittedLspCategories", 0 );
        RegCloseKey( applications );
    }
    RegCloseKey( parameters );
    if (!key) return WSASERVICE_NOT_FOUND;
    RegCloseKey( key );
    return 0;
}

/* Those that it has already are kept: several programs may be one file ("WSCSetApplicationCategory function"). */
static int application_write( const struct application *application, DWORD categories, DWORD *previous )
{
    HKEY parameters = catalog_parameters(), applications, key;
    HANDLE mutex = catalog_lock();
    int err = WSANO_RECOVERY;

    if (parameters
        && !RegCreateKeyExW( parameters, applications_name, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &applications, NULL ))
    {
        if (!( key = application_find( applications, application, KEY_ALL_ACCESS ) ))
            key = application_make( applications, application );
        if (key)
        {
            *previous = catalog_number( key, L"PermittedLspCategories", 0 );
            if (!catalog_set_number( key, L"PermittedLspCategories", *previous | categories )) err = 0;
            RegCloseKey( key );
        }
        RegCloseKey( applications );
    }
    if (parameters) RegCloseKey( parameters );
    catalog_unlock( mutex );
    return err;
}

/* From the program's arguments. The memory of the second text is freed by the caller. */
static int application_capture( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len,
                                struct application *application, WCHAR **arguments )
{
    WCHAR text[MAX_PATH];

    if (!path || !path_len || path_len >= MAX_PATH || extra_len >= TEXT_MAX || ( !extra && extra_len ))
        return WSAEINVAL;
    if (IsBadReadPtr( path, path_len * sizeof( WCHAR ) ) || IsBadReadPtr( extra, extra_len * sizeof( WCHAR ) ))
        return WSAEFAULT;
    memcpy( text, path, path_len * sizeof( WCHAR ) );
    text[path_len] = 0;
    if (ExpandEnvironmentStringsW( text, application->path, MAX_PATH ) - 1 >= MAX_PATH) return WSAEINVAL;
    if (!( *arguments = HeapAlloc( GetProcessHeap(), HEAP_ZERO_MEMORY, ( extra_len + 1 ) * sizeof( WCHAR ) ) ))
        return WSANO_RECOVERY;
    if (extra_len) memcpy( *arguments, extra, extra_len * sizeof( WCHAR ) );
    application->arguments = *arguments;
    return 0;
}

/* WSASERVICE_NOT_FOUND: it has no categories ("WSCGetApplicationCategory function"). */
int WINAPI WSCGetApplicationCategory( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len,
                                      DWORD *categories, INT *err )
{
    struct application application;
    WCHAR *arguments = NULL;
    int error = application_capture( path, path_len, extra, extra_len, &application, &arguments );

    if (!error && ( !categories || IsBadWritePtr( categories, sizeof( *categories ) ) )) error = WSAEFAULT;
    if (!error) error = application_read( &application, categories );
    HeapFree( GetProcessHeap(), 0, arguments );
    return set_errno( err, error );
}

/* previous: may be NULL. */
int WINAPI WSCSetApplicationCategory( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len,
                                      DWORD categories, DWORD *previous, INT *err )
{
    struct application application;
    WCHAR *arguments = NULL;
    DWORD old = 0;
    int error = application_capture( path, path_len, extra, extra_len, &application, &arguments );

    if (!error && previous && IsBadWritePtr( previous, sizeof( *previous ) )) error = WSAEFAULT;
    if (!error) error = application_write( &application, categories, &old );
    if (!error && previous) *previous = old;
    HeapFree( GetProcessHeap(), 0, arguments );
    return set_errno( err, error );
}

/* ---- which providers this process has */

/* What follows the program's name. */
static const WCHAR *application_arguments( void )
{
    const WCHAR *ptr = GetCommandLineW();
    BOOL quoted = FALSE;

    for (; *ptr && ( quoted || ( *ptr != ' ' && *ptr != '\t' ) ); ptr++)
        if (*ptr == '"') quoted = !quoted;
    while (*ptr == ' ' || *ptr == '\t') ptr++;
    return ptr;
}

/* An entry with these arguments goes before one for all instances. FALSE: all are permitted. */
static BOOL application_is_limited( DWORD *permitted )
{
    struct application application = { .arguments = application_arguments() };

    if (GetModuleFileNameW( NULL, application.path, MAX_PATH ) - 1 >= MAX_PATH - 1) return FALSE;
    if (!application_read( &application, permitted )) return TRUE;
    application.arguments = L"";
    return !application_read( &application, permitted );
}

static BOOL category_is_permitted( DWORD categories, DWORD permitted )
{
    return categories && !( categories & ~permitted )
           && ( !( permitted & CATEGORY_SYSTEM ) || ( categories & CATEGORY_SYSTEM ) );
}

static BOOL category_has( const DWORD *ids, DWORD count, DWORD id )
{
    while (count)
        if (ids[--count] == id) return TRUE;
    return FALSE;
}

static BOOL category_chain_has( const WSAPROTOCOLCHAIN *chain, const DWORD *ids, DWORD count )
{
    int i;

    for (i = 0; chain->ChainLen > BASE_PROTOCOL && i < chain->ChainLen; i++)
        if (category_has( ids, count, chain->ChainEntries[i] )) return TRUE;
    return FALSE;
}

/* A provider's own entry has the categories; chains through one that isn't permitted go, too. */
void category_filter( struct catalog *catalog )
{
    DWORD barred[CATALOG_MAX], count = 0, before, permitted, kept = 0, i;

    for (i = 0; i < catalog->count && catalog->items[i].info.ProtocolChain.ChainLen != LAYERED_PROTOCOL; i++)
    {
    }
    if (i == catalog->count || !application_is_limited( &permitted )) return;
    for (; i < catalog->count; i++)
    {
        const WSAPROTOCOL_INFOW *info = &catalog->items[i].info;

        if (info->ProtocolChain.ChainLen == LAYERED_PROTOCOL
            && !category_is_permitted( category_of( CATALOG_OWN, &info->ProviderId ), permitted ))
            barred[count++] = info->dwCatalogEntryId;
    }
    do
    {
        for (before = count, i = 0; i < catalog->count; i++)
        {
            const WSAPROTOCOL_INFOW *info = &catalog->items[i].info;

            if (category_chain_has( &info->ProtocolChain, barred, count )
                && !category_has( barred, count, info->dwCatalogEntryId ))
                barred[count++] = info->dwCatalogEntryId;
        }
    } while (count > before);
    for (i = 0; i < catalog->count; i++)
        if (!category_has( barred, count, catalog->items[i].info.dwCatalogEntryId ))
            catalog->items[kept++] = catalog->items[i];
    catalog->count = kept;
}
