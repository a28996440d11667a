/*
 * Service classes and registration: WSAInstallServiceClass , WSAGetServiceClassInfo, WSASetService
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "sockets.h"
#include <svcguid.h>

static GUID tcp_80 = SVCID_TCP( 80 );
static GUID unknown = { 0x12345678, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };
static GUID tcpip = { 0x22059d40, 0x7e9e, 0x11cf, { 0xae, 0x5a, 0x00, 0xaa, 0x00, 0xa7, 0x11, 0x2b } };

static GUID test_class = { 0x9b1ec5b1, 0x2e1b, 0x4e5a, { 0x91, 0x4d, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60 } };

static void test_service_class( void )
{
    DWORD port = 4711, size, needed;
    char buffer[2048], name[64];
    WSANSCLASSINFOW valuesw[2] = { { (void *)L"TcpPort", NS_DNS, REG_DWORD, sizeof( port ), &port },
                                   { (void *)L"Empty", NS_ALL, REG_BINARY, 0, NULL } };
    WSASERVICECLASSINFOW info = { &test_class, (WCHAR *)L"wsuring test", 2, valuesw }, bad;
    WSANSCLASSINFOA valuea = { (char *)"UdpPort", NS_DNS, REG_DWORD, sizeof( port ), &port };
    WSASERVICECLASSINFOA infoa = { &test_class, (char *)"in ANSI", 1, &valuea };
    WSASERVICECLASSINFOW *got = (void *)buffer;
    WSASERVICECLASSINFOA *gota = (void *)buffer;
    WSAQUERYSETA *set = (void *)buffer;
    WCHAR namew[64];
    HANDLE lookup;
    unsigned int i;

    WSARemoveServiceClass( &test_class );
    ok_error( WSARemoveServiceClass( &test_class ), WSATYPE_NOT_FOUND );
    ok_error( WSARemoveServiceClass( NULL ), WSAEINVAL );
    ok_error( WSARemoveServiceClass( (void *)bad_page() ), WSAEFAULT );
    ok_error( WSAInstallServiceClassW( NULL ), WSAEINVAL );
    ok_error( WSAInstallServiceClassW( (void *)bad_page() ), WSAEFAULT );
    bad = info, bad.lpServiceClassId = NULL;
    ok_error( WSAInstallServiceClassW( &bad ), WSAEINVAL );
    bad = info, bad.lpszServiceClassName = (WCHAR *)L"";
    ok_error( WSAInstallServiceClassW( &bad ), WSAEINVAL );
    bad = info, bad.lpszServiceClassName = (WCHAR *)L"a\\b";
    ok_error( WSAInstallServiceClassW( &bad ), WSAEINVAL );
    bad = info, bad.lpClassInfos = NULL;
    ok_error( WSAInstallServiceClassW( &bad ), WSAEINVAL );
    bad = info, bad.lpClassInfos = (void *)bad_page();
    ok_error( WSAInstallServiceClassW( &bad ), WSAEFAULT );
    size = sizeof( buffer );
    ok_error( WSAGetServiceClassInfoW( &tcpip, &test_class, &size, got ), WSATYPE_NOT_FOUND );

    ok_success( WSAInstallServiceClassW( &info ) );
    ok_error( WSAInstallServiceClassW( &info ), WSAEALREADY );
    bad = info, bad.lpServiceClassId = &unknown; /* the name of another */
    ok_error( WSAInstallServiceClassW( &bad ), WSAEALREADY );

    size = 0;
    ok_error( WSAGetServiceClassInfoW( &tcpip, &test_class, &size, NULL ), WSAEFAULT );
    ok( size > sizeof( *got ) && size < sizeof( buffer ), "got %lu\n", size );
    needed = size;
    size--;
    ok_error( WSAGetServiceClassInfoW( &tcpip, &test_class, &size, got ), WSAEFAULT );
    ok( size == needed, "got %lu\n", size );
    ok_error( WSAGetServiceClassInfoW( &tcpip, &test_class, &size, (void *)bad_page() ), WSAEFAULT );
    ok_error( WSAGetServiceClassInfoW( &unknown, &test_class, &size, got ), WSAEINVAL );
    ok_error( WSAGetServiceClassInfoW( &tcpip, NULL, &size, got ), WSAEINVAL );
    ok_success( WSAGetServiceClassInfoW( &tcpip, &test_class, &size, got ) );
    ok( !lstrcmpW( got->lpszServiceClassName, L"wsuring test" ) && got->dwCount == 2, "got %s, %lu\n",
        debugstr_w( got->lpszServiceClassName ), got->dwCount );
    ok( !memcmp( got->lpServiceClassId, &test_class, sizeof( GUID ) ), "wrong class\n" );
    for (i = 0; i < got->dwCount; i++)
    {
        const WSANSCLASSINFOW *value = &got->lpClassInfos[i];

        if (lstrcmpW( (const void *)value->lpszName, L"TcpPort" ))
            ok( value->dwNameSpace == NS_ALL && !value->dwValueSize, "got %lu\n", value->dwValueSize );
        else
            ok( value->dwNameSpace == NS_DNS && value->dwValueSize == 4 && *(DWORD *)value->lpValue == 4711,
                "got %lu\n", value->dwValueSize );
    }
    size = sizeof( buffer );
    ok_success( WSAGetServiceClassInfoA( &tcpip, &test_class, &size, gota ) );
    ok( !strcmp( gota->lpszServiceClassName, "wsuring test" ), "got %s\n", gota->lpszServiceClassName );

    size = 12;
    ok_error( WSAGetServiceClassNameByClassIdA( &test_class, name, &size ), WSAEFAULT );
    ok( size == 13, "got %lu\n", size );
    ok_error( WSAGetServiceClassNameByClassIdA( &test_class, NULL, &size ), WSAEFAULT );
    ok_success( WSAGetServiceClassNameByClassIdA( &test_class, name, &size ) );
    ok( !strcmp( name, "wsuring test" ), "got %s\n", name );
    size = ARRAY_SIZE( namew );
    ok_success( WSAGetServiceClassNameByClassIdW( &test_class, namew, &size ) );
    ok( size == 13 && !lstrcmpW( namew, L"wsuring test" ), "got %s\n", debugstr_w( namew ) );
    ok_error( WSAGetServiceClassNameByClassIdW( &unknown, namew, &size ), WSATYPE_NOT_FOUND );
    ok_error( WSAGetServiceClassNameByClassIdW( &test_class, namew, NULL ), WSAEFAULT );

    /* its port is that of addresses */
    ok_success( lookup_begin( "192.0.2.7", &test_class, LUP_RETURN_ADDR, &lookup ) );
    size = sizeof( buffer );
    ok_success( WSALookupServiceNextA( lookup, 0, &size, set ) );
    ok( set->dwNumberOfCsAddrs == 1
            && ( (SOCKADDR_IN *)set->lpcsaBuffer->RemoteAddr.lpSockaddr )->sin_port == htons( 4711 ),
        "wrong port\n" );
    WSALookupServiceEnd( lookup );

    ok_success( WSARemoveServiceClass( &test_class ) );
    ok_error( WSARemoveServiceClass( &test_class ), WSATYPE_NOT_FOUND );

    /* the same in the other character set */
    ok_error( WSAInstallServiceClassA( NULL ), WSAEINVAL );
    ok_success( WSAInstallServiceClassA( &infoa ) );
    size = sizeof( buffer );
    ok_success( WSAGetServiceClassInfoW( &tcpip, &test_class, &size, got ) );
    ok( !lstrcmpW( got->lpszServiceClassName, L"in ANSI" ) && got->dwCount == 1
            && !lstrcmpW( (const void *)got->lpClassInfos->lpszName, L"UdpPort" ),
        "got something else\n" );
    ok_success( WSARemoveServiceClass( &test_class ) );
    ok_error( lookup_begin( "192.0.2.7", &test_class, LUP_RETURN_ADDR, &lookup ), WSASERVICE_NOT_FOUND );
}

static void test_set_service( void )
{
    WSAQUERYSETA set = { .dwSize = sizeof( set ),
                         .lpszServiceInstanceName = (char *)"some service",
                         .lpServiceClassId = &tcp_80,
                         .dwNameSpace = NS_DNS };

    ok_error( WSASetServiceA( NULL, RNRSERVICE_REGISTER, 0 ), WSAEFAULT );
    ok_error( WSASetServiceA( (void *)bad_page(), RNRSERVICE_REGISTER, 0 ), WSAEFAULT );
    ok_error( WSASetServiceA( &set, 77, 0 ), WSAEINVAL );
    ok_error( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ), WSAEACCES );
    ok_error( WSASetServiceA( &set, RNRSERVICE_DEREGISTER, 0 ), WSASERVICE_NOT_FOUND );
    ok_error( WSASetServiceA( &set, RNRSERVICE_DELETE, SERVICE_MULTIPLE ), WSASERVICE_NOT_FOUND );
    set.dwNameSpace = NS_NTDS;
    ok_error( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ), WSASERVICE_NOT_FOUND );
    set.lpServiceClassId = NULL;
    ok_error( WSASetServiceA( &set, RNRSERVICE_REGISTER, 0 ), WSAEINVAL );
}

START_TEST( service_class )
{
    if (stock)
    {
        skip( "Wine's own has no name spaces\n" );
        return;
    }
    start_winsock();
    test_service_class();
    test_set_service();
    stop_winsock();
}
