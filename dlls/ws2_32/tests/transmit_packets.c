/*
 * TransmitPackets
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "extension.h"

enum
{
    FILE_SIZE = 200000
};

static char pattern[FILE_SIZE];

static void test_packets_stream( void )
{
    static char received[FILE_SIZE];
    TRANSMIT_PACKETS_ELEMENT elements[5] = { { 0 } };
    struct receiver receiver;
    SOCKET client, server;
    OVERLAPPED ov = { 0 };
    HANDLE file = make_file( 0, pattern, FILE_SIZE );
    DWORD count, bad;

    tcp_socketpair( &client, &server );
    elements[0].dwElFlags = TP_ELEMENT_MEMORY;
    elements[0].cLength = 10;
    elements[0].pBuffer = pattern;
    elements[1].dwElFlags = TP_ELEMENT_FILE | TP_ELEMENT_EOP;
    elements[1].cLength = 90;
    elements[1].nFileOffset.QuadPart = 10;
    elements[1].hFile = file;
    elements[2] = elements[1];
    elements[2].nFileOffset.QuadPart = -1;
    elements[2].cLength = 900;
    elements[3] = elements[2];
    elements[3].cLength = 9000;
    elements[4] = elements[0];
    elements[4].cLength = 500;
    elements[4].pBuffer = pattern + 10000;
    SetFilePointer( file, 100, NULL, FILE_BEGIN );
    ov.hEvent = CreateEventW( NULL, TRUE, FALSE, NULL );
    receive_begin( &receiver, client, received, 10500 );
    WSASetLastError( 0 );
    ok( ext.TransmitPackets( server, elements, 5, 0, &ov, 0 ) || WSAGetLastError() == ERROR_IO_PENDING, "failed: %d\n",
        WSAGetLastError() );
    ok( !overlapped_result( server, &ov, &count ) && count == 10500, "got %lu bytes\n", count );
    receive_end( &receiver, 5000 );
    ok( receiver.total == 10500 && !memcmp( received, pattern, 10500 ), "got other data\n" );

    ok_bool( ext.TransmitPackets( 0xdead0, elements, 5, 0, NULL, 0 ), WSAENOTSOCK );
    ok_bool( ext.TransmitPackets( server, NULL, 5, 0, NULL, 0 ), WSAEFAULT );
    ok_bool( ext.TransmitPackets( server, (TRANSMIT_PACKETS_ELEMENT *)bad_page(), 5, 0, NULL, 0 ), WSAEFAULT );
    ok_bool( ext.TransmitPackets( server, elements, 5, 0, NULL, TF_REUSE_SOCKET ), WSAEINVAL );
    for (bad = 0; bad < 4; bad++)
    {
        TRANSMIT_PACKETS_ELEMENT good = elements[bad & 1];

        if (bad == 0) elements[0].pBuffer = bad_page();
        else if (bad == 1) elements[1].hFile = (HANDLE)0xdead0;
        else if (bad == 2) elements[0].dwElFlags = TP_ELEMENT_MEMORY | TP_ELEMENT_FILE;
        else elements[1].dwElFlags = 0;
        winetest_push_context( "%lu", bad );
        ok_bool( ext.TransmitPackets( server, elements, 5, 0, NULL, 0 ), bad == 0   ? WSAEFAULT
                                                                         : bad == 1 ? ERROR_INVALID_HANDLE
                                                                                    : WSAEINVAL );
        winetest_pop_context();
        elements[bad & 1] = good;
    }
    receive_begin( &receiver, client, received, sizeof( received ) );
    ok_bool( ext.TransmitPackets( server, elements, 1, 0, NULL, TF_DISCONNECT ), 0 );
    receive_end( &receiver, 5000 );
    ok( receiver.total == 10 && receiver.closed, "got %I64u bytes\n", receiver.total );
    CloseHandle( ov.hEvent );
    CloseHandle( file );
    closesocket( client );
    closesocket( server );
}

static void test_packets_datagrams( void )
{
    static const int expected[] = { 10, 200, 300, 100, 300, 300, 300, 100 };
    TRANSMIT_PACKETS_ELEMENT elements[5] = { { 0 } };
    HANDLE file = make_file( 0, pattern, FILE_SIZE );
    char received[2000];
    unsigned int i, pos = 0;
    SOCKET client, server;

    udp_pair( AF_INET, &client, &server );
    elements[0].dwElFlags = TP_ELEMENT_MEMORY | TP_ELEMENT_EOP;
    elements[0].cLength = 10;
    elements[0].pBuffer = pattern;
    elements[1].dwElFlags = TP_ELEMENT_MEMORY;
    elements[1].cLength = 50;
    elements[1].pBuffer = pattern + 10;
    elements[2].dwElFlags = TP_ELEMENT_FILE | TP_ELEMENT_EOP;
    elements[2].cLength = 150;
    elements[2].nFileOffset.QuadPart = 60;
    elements[2].hFile = file;
    elements[3].dwElFlags = TP_ELEMENT_MEMORY | TP_ELEMENT_EOP;
    elements[3].cLength = 400;
    elements[3].pBuffer = pattern + 210;
    elements[4].dwElFlags = TP_ELEMENT_FILE;
    elements[4].cLength = 1000;
    elements[4].nFileOffset.QuadPart = 610;
    elements[4].hFile = file;
    ok_bool( ext.TransmitPackets( server, elements, 5, 300, NULL, 0 ), 0 );
    for (i = 0; i < sizeof( expected ) / sizeof( expected[0] ); i++)
    {
        ok_call( recv( client, received, sizeof( received ), 0 ), expected[i], 0 );
        ok( !memcmp( received, pattern + pos, expected[i] ), "packet %u: got other data\n", i );
        pos += expected[i];
    }
    ok_bool( ext.TransmitPackets( server, elements, 5, 300, NULL, TF_DISCONNECT ), WSAEINVAL );
    CloseHandle( file );
    closesocket( client );
    closesocket( server );
}

START_TEST( transmit_packets )
{
    start_winsock();
    load_extensions();
    fill_pattern( pattern, sizeof( pattern ), 5 );
    if (by_afd()) skip( "AFD has no TransmitPackets\n" );
    else
    {
        test_packets_stream();
        test_packets_datagrams();
    }
    stop_winsock();
}
