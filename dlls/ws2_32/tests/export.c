/*
 * The exports of ws2_32.dll: those that Wine has, and those that Windows has
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"

/* Ordinals up to 117 are the same in Wine 8.0 and 10.0; those of 0 here move between releases (and in Windows):
 * programs take them by name. */
static const struct
{
    unsigned int ordinal;
    const char *name;
} exports[] = {
    { 1, "accept" },
    { 2, "bind" },
    { 3, "closesocket" },
    { 4, "connect" },
    { 5, "getpeername" },
    { 6, "getsockname" },
    { 7, "getsockopt" },
    { 8, "htonl" },
    { 9, "htons" },
    { 10, "ioctlsocket" },
    { 11, "inet_addr" },
    { 12, "inet_ntoa" },
    { 13, "listen" },
    { 14, "ntohl" },
    { 15, "ntohs" },
    { 16, "recv" },
    { 17, "recvfrom" },
    { 18, "select" },
    { 19, "send" },
    { 20, "sendto" },
    { 21, "setsockopt" },
    { 22, "shutdown" },
    { 23, "socket" },
    { 24, "FreeAddrInfoEx" },
    { 25, "FreeAddrInfoExW" },
    { 26, "FreeAddrInfoW" },
    { 27, "GetAddrInfoExCancel" },
    { 28, "GetAddrInfoExOverlappedResult" },
    { 29, "GetAddrInfoExW" },
    { 30, "GetAddrInfoW" },
    { 31, "GetHostNameW" },
    { 32, "GetNameInfoW" },
    { 33, "InetNtopW" },
    { 34, "InetPtonW" },
    { 35, "WSApSetPostRoutine" },
    { 36, "WPUCompleteOverlappedRequest" },
    { 37, "WSAAccept" },
    { 38, "WSAAddressToStringA" },
    { 39, "WSAAddressToStringW" },
    { 40, "WSACloseEvent" },
    { 41, "WSAConnect" },
    { 42, "WSAConnectByNameA" },
    { 43, "WSAConnectByNameW" },
    { 44, "WSACreateEvent" },
    { 45, "WSADuplicateSocketA" },
    { 46, "WSADuplicateSocketW" },
    { 47, "WSAEnumNameSpaceProvidersA" },
    { 48, "WSAEnumNameSpaceProvidersW" },
    { 49, "WSAEnumNetworkEvents" },
    { 50, "WSAEnumProtocolsA" },
    { 51, "gethostbyaddr" },
    { 52, "gethostbyname" },
    { 53, "getprotobyname" },
    { 54, "getprotobynumber" },
    { 55, "getservbyname" },
    { 56, "getservbyport" },
    { 57, "gethostname" },
    { 58, "WSAEnumProtocolsW" },
    { 59, "WSAEventSelect" },
    { 60, "WSAGetOverlappedResult" },
    { 61, "WSAGetQOSByName" },
    { 62, "WSAGetServiceClassInfoA" },
    { 63, "WSAGetServiceClassInfoW" },
    { 64, "WSAGetServiceClassNameByClassIdA" },
    { 65, "WSAGetServiceClassNameByClassIdW" },
    { 66, "WSAHtonl" },
    { 67, "WSAHtons" },
    { 68, "WSAInstallServiceClassA" },
    { 69, "WSAInstallServiceClassW" },
    { 70, "WSAIoctl" },
    { 71, "WSAJoinLeaf" },
    { 72, "WSALookupServiceBeginA" },
    { 73, "WSALookupServiceBeginW" },
    { 74, "WSALookupServiceEnd" },
    { 75, "WSALookupServiceNextA" },
    { 76, "WSALookupServiceNextW" },
    { 77, "WSANSPIoctl" },
    { 78, "WSANtohl" },
    { 79, "WSANtohs" },
    { 80, "WSAPoll" },
    { 81, "WSAProviderConfigChange" },
    { 82, "WSARecv" },
    { 83, "WSARecvDisconnect" },
    { 84, "WSARecvFrom" },
    { 85, "WSARemoveServiceClass" },
    { 86, "WSAResetEvent" },
    { 87, "WSASend" },
    { 88, "WSASendDisconnect" },
    { 89, "WSASendMsg" },
    { 90, "WSASendTo" },
    { 91, "WSASetEvent" },
    { 92, "WSASetServiceA" },
    { 93, "WSASetServiceW" },
    { 94, "WSASocketA" },
    { 95, "WSASocketW" },
    { 96, "WSAStringToAddressA" },
    { 97, "WSAStringToAddressW" },
    { 98, "WSAWaitForMultipleEvents" },
    { 99, "WSCDeinstallProvider" },
    { 100, "WSCEnableNSProvider" },
    { 101, "WSAAsyncSelect" },
    { 102, "WSAAsyncGetHostByAddr" },
    { 103, "WSAAsyncGetHostByName" },
    { 104, "WSAAsyncGetProtoByNumber" },
    { 105, "WSAAsyncGetProtoByName" },
    { 106, "WSAAsyncGetServByPort" },
    { 107, "WSAAsyncGetServByName" },
    { 108, "WSACancelAsyncRequest" },
    { 109, "WSASetBlockingHook" },
    { 110, "WSAUnhookBlockingHook" },
    { 111, "WSAGetLastError" },
    { 112, "WSASetLastError" },
    { 113, "WSACancelBlockingCall" },
    { 114, "WSAIsBlocking" },
    { 115, "WSAStartup" },
    { 116, "WSACleanup" },
    { 117, "WSCEnumProtocols" },
    { 0, "WSCGetProviderInfo" },
    { 0, "WSCGetProviderPath" },
    { 0, "WSCInstallNameSpace" },
    { 0, "WSCInstallProvider" },
    { 0, "WSCSetApplicationCategory" },
    { 0, "WSCUnInstallNameSpace" },
    { 0, "WSCUpdateProvider" },
    { 0, "WSCWriteNameSpaceOrder" },
    { 0, "WSCWriteProviderOrder" },
    { 0, "freeaddrinfo" },
    { 0, "getaddrinfo" },
    { 0, "getnameinfo" },
    { 0, "inet_ntop" },
    { 0, "inet_pton" },
    { 151, "__WSAFDIsSet" },
    { 500, "WEP" },
};

#ifdef _WIN64
#define EXPORT_64( ordinal, name ) EXPORT( ordinal, name )
#else
#define EXPORT_64( ordinal, name )
#endif

static const struct
{
    unsigned int ordinal;
    const char *name;
} windows_exports[] = {
#define EXPORT( ordinal, name ) { ordinal, #name },
#include "export_list.h"
#undef EXPORT
};

static BOOL windows_has( const char *name )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( windows_exports ); i++)
        if (!strcmp( windows_exports[i].name, name )) return TRUE;
    return FALSE;
}

/* What Windows has, with its ordinals; and nothing else: programs look for what a bitness lacks. */
static void test_windows( HMODULE module )
{
    const IMAGE_NT_HEADERS *headers = (void *)( (char *)module + ( (IMAGE_DOS_HEADER *)module )->e_lfanew );
    const IMAGE_EXPORT_DIRECTORY *directory
        = (void *)( (char *)module
                    + headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress );
    const DWORD *names = (void *)( (char *)module + directory->AddressOfNames );
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( windows_exports ); i++)
    {
        const char *name = windows_exports[i].name;
        FARPROC function = GetProcAddress( module, name );

        ok_unless_stock( function != NULL, "%s isn't exported\n", name );
        if (windows_exports[i].ordinal)
            ok( function == GetProcAddress( module, (const char *)(ULONG_PTR)windows_exports[i].ordinal ),
                "%s isn't ordinal %u\n", name, windows_exports[i].ordinal );
    }
    ok_unless_stock( directory->NumberOfNames == ARRAY_SIZE( windows_exports ), "got %lu names, Windows has %u\n",
                     directory->NumberOfNames, (unsigned int)ARRAY_SIZE( windows_exports ) );
    for (i = 0; i < directory->NumberOfNames && !stock; i++)
        ok( windows_has( (char *)module + names[i] ), "Windows hasn't %s\n", (char *)module + names[i] );
}

START_TEST( export )
{
    HMODULE module = LoadLibraryA( "ws2_32.dll" ), wsock32, mswsock;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE( exports ); i++)
    {
        FARPROC by_name = GetProcAddress( module, exports[i].name );

        ok( by_name != NULL, "%s isn't exported\n", exports[i].name );
        if (exports[i].ordinal)
            ok( by_name == GetProcAddress( module, (const char *)(ULONG_PTR)exports[i].ordinal ),
                "%s isn't ordinal %u\n", exports[i].name, exports[i].ordinal );
    }
    test_windows( module );

    /* what forwards to it */
    wsock32 = LoadLibraryA( "wsock32.dll" );
    ok( wsock32 != NULL, "wsock32.dll doesn't load: %lu\n", GetLastError() );
    ok( GetProcAddress( wsock32, "send" ) == GetProcAddress( module, "send" ), "wsock32.send isn't ours\n" );
    ok( GetProcAddress( wsock32, (const char *)115 ) == GetProcAddress( module, "WSAStartup" ),
        "wsock32.115 isn't ours\n" );
    mswsock = LoadLibraryA( "mswsock.dll" );
    ok( mswsock != NULL, "mswsock.dll doesn't load: %lu\n", GetLastError() );
    ok( GetProcAddress( mswsock, "EnumProtocolsA" ) == GetProcAddress( module, "WSAEnumProtocolsA" ),
        "mswsock.EnumProtocolsA isn't ours\n" );
}
