/*
 * Every module of Wine that uses ws2_32.dll still finds what it needs, and loads
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

static HMODULE ws2_32;
static unsigned int users, names;

static const void *at_rva( const IMAGE_NT_HEADERS *nt, const char *file, DWORD size, DWORD rva )
{
    const IMAGE_SECTION_HEADER *section
        = (const void *)( (const char *)&nt->OptionalHeader + nt->FileHeader.SizeOfOptionalHeader );
    unsigned int i;

    for (i = 0; i < nt->FileHeader.NumberOfSections; i++, section++)
    {
        if (rva < section->VirtualAddress || rva - section->VirtualAddress >= section->SizeOfRawData) continue;
        if (section->PointerToRawData + rva - section->VirtualAddress >= size) return NULL;
        return file + section->PointerToRawData + rva - section->VirtualAddress;
    }
    return NULL;
}

static BOOL contains( const char *file, DWORD size, const char *text, DWORD len )
{
    DWORD i;

    for (i = 0; i + len <= size; i++)
        if (file[i] == text[0] && !memcmp( file + i, text, len )) return TRUE;
    return FALSE;
}

/* Checks the imports of a file. Returns whether it uses ws2_32: by its imports, or by name (delayed imports). */
static BOOL check_imports( const char *file, DWORD size, const char *name )
{
    const IMAGE_DOS_HEADER *dos = (const void *)file;
    const IMAGE_NT_HEADERS *nt = (const void *)( file + dos->e_lfanew );
    const IMAGE_IMPORT_DESCRIPTOR *import;
    BOOL used = FALSE;
    DWORD rva;

    if (size < sizeof( *dos ) || dos->e_magic != IMAGE_DOS_SIGNATURE || (DWORD)dos->e_lfanew + sizeof( *nt ) > size)
        return FALSE;
    if (nt->Signature != IMAGE_NT_SIGNATURE || nt->OptionalHeader.Magic != IMAGE_NT_OPTIONAL_HDR_MAGIC) return FALSE;
    rva = nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    import = rva ? at_rva( nt, file, size, rva ) : NULL;
    for (; import && import->Name; import++)
    {
        const char *dll = at_rva( nt, file, size, import->Name );
        const IMAGE_THUNK_DATA *thunk;

        if (!dll || lstrcmpiA( dll, "ws2_32.dll" )) continue;
        used = TRUE;
        thunk = at_rva( nt, file, size, import->OriginalFirstThunk ? import->OriginalFirstThunk : import->FirstThunk );
        for (; thunk && thunk->u1.AddressOfData; thunk++)
        {
            const IMAGE_IMPORT_BY_NAME *by_name;

            names++;
            if (thunk->u1.Ordinal & IMAGE_ORDINAL_FLAG)
            {
                ok( GetProcAddress( ws2_32, (const char *)(ULONG_PTR)LOWORD( thunk->u1.Ordinal ) ) != NULL,
                    "%s imports ordinal %u\n", name, LOWORD( thunk->u1.Ordinal ) );
                continue;
            }
            by_name = at_rva( nt, file, size, thunk->u1.AddressOfData );
            ok( by_name && GetProcAddress( ws2_32, (const char *)by_name->Name ), "%s imports %s\n", name,
                by_name ? (const char *)by_name->Name : "?" );
        }
    }
    return used || contains( file, size, "ws2_32.dll\0", 11 ) || contains( file, size, "WS2_32.dll\0", 11 );
}

static void walk( const char *folder )
{
    WIN32_FIND_DATAA data;
    char path[MAX_PATH];
    HANDLE find;

    sprintf( path, "%s\\*", folder );
    find = FindFirstFileA( path, &data );
    ok( find != INVALID_HANDLE_VALUE, "%s isn't there\n", folder );
    if (find == INVALID_HANDLE_VALUE) return;
    do
    {
        const char *end = strrchr( data.cFileName, '.' ), *view;
        HANDLE file, mapping;
        DWORD size;
        BOOL uses;

        if (!end
            || ( lstrcmpiA( end, ".dll" ) && lstrcmpiA( end, ".exe" ) && lstrcmpiA( end, ".sys" )
                 && lstrcmpiA( end, ".drv" ) && lstrcmpiA( end, ".acm" ) && lstrcmpiA( end, ".ax" )
                 && lstrcmpiA( end, ".cpl" ) && lstrcmpiA( end, ".ocx" ) && lstrcmpiA( end, ".tlb" ) ))
            continue;
        if (!lstrcmpiA( data.cFileName, "ws2_32.dll" )) continue;
        sprintf( path, "%s\\%s", folder, data.cFileName );
        file = CreateFileA( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, 0, NULL );
        if (file == INVALID_HANDLE_VALUE) continue;
        size = GetFileSize( file, NULL );
        mapping = CreateFileMappingA( file, NULL, PAGE_READONLY, 0, 0, NULL );
        view = mapping ? MapViewOfFile( mapping, FILE_MAP_READ, 0, 0, 0 ) : NULL;
        uses = view && check_imports( view, size, data.cFileName );
        if (view) UnmapViewOfFile( (void *)view );
        if (mapping) CloseHandle( mapping );
        CloseHandle( file );
        if (!uses) continue;
        users++;
        if (!lstrcmpiA( end, ".sys" )) continue; /* winedevice loads these; the services of the prefix run with them */
        if (!lstrcmpiA( end, ".exe" ))
        {
            HMODULE module = LoadLibraryExA( path, NULL, LOAD_LIBRARY_AS_IMAGE_RESOURCE | LOAD_LIBRARY_AS_DATAFILE );

            ok( module != NULL, "%s doesn't load: %lu\n", data.cFileName, GetLastError() );
        }
        else
        {
            HMODULE module = LoadLibraryA( data.cFileName );

            ok( module != NULL, "%s doesn't load: %lu\n", data.cFileName, GetLastError() );
            /* not freed: modules with threads of their own don't like it */
        }
    } while (FindNextFileA( find, &data ));
    FindClose( find );
}

static void run( const char *command )
{
    PROCESS_INFORMATION info;
    STARTUPINFOA startup = { .cb = sizeof( startup ), .dwFlags = STARTF_USESTDHANDLES };
    char line[MAX_PATH];
    DWORD code = 1;

    strcpy( line, command );
    if (!CreateProcessA( NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info ))
    {
        ok( 0, "%s doesn't start: %lu\n", command, GetLastError() );
        return;
    }
    ok( !WaitForSingleObject( info.hProcess, 20000 ), "%s didn't end\n", command );
    GetExitCodeProcess( info.hProcess, &code );
    ok( !code, "%s: exit code %lx\n", command, code );
    TerminateProcess( info.hProcess, 1 );
    CloseHandle( info.hProcess );
    CloseHandle( info.hThread );
}

START_TEST( modules )
{
    char folder[MAX_PATH], path[MAX_PATH + 16];

    start_winsock();
    ws2_32 = GetModuleHandleA( "ws2_32.dll" );
    GetSystemDirectoryA( folder, sizeof( folder ) );
    walk( folder );
    if (sizeof( void * ) == 8) /* drivers have the system's width */
    {
        sprintf( path, "%s\\drivers", folder );
        walk( path );
    }
    trace( "%u modules use ws2_32.dll, with %u imports\n", users, names );
    ok( users >= 20 && names >= 100, "only %u modules, %u imports found\n", users, names );
    run( "ipconfig.exe" );
    run( "netstat.exe" );
    run( "ping.exe -n 1 127.0.0.1" );
    stop_winsock();
}
