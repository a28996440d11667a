/*
 * The service provider interface: ws2spi.h, and what Wine's lacks of it
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mingw-w64's header has all. Wine's (8.0, 10.0) has some WSC functions alone. What follows yields to a header that
 * defines WSPDESCRIPTION_LEN. Names and layouts are those of Microsoft's pages.
 */

#ifndef WSURING_SPI_H
#define WSURING_SPI_H

#include "wsuring_winsock.h"

/* The types of these differ from header to header, and from the pages. */
#define WSAAdvertiseProvider             sdk_WSAAdvertiseProvider
#define WPUCompleteOverlappedRequest     sdk_WPUCompleteOverlappedRequest
#define WSCInstallProvider               sdk_WSCInstallProvider
#define WSCInstallProviderAndChains      sdk_WSCInstallProviderAndChains
#define WSCInstallProviderAndChains64_32 sdk_WSCInstallProviderAndChains64_32
#define WSCUpdateProvider                sdk_WSCUpdateProvider
#include <ws2spi.h>
#undef WSAAdvertiseProvider
#undef WPUCompleteOverlappedRequest
#undef WSCInstallProvider
#undef WSCInstallProviderAndChains
#undef WSCInstallProviderAndChains64_32
#undef WSCUpdateProvider

#ifndef WSPDESCRIPTION_LEN

#define WSPDESCRIPTION_LEN 255
#define WSPAPI             WINAPI

typedef struct WSPData
{
    WORD wVersion;
    WORD wHighVersion;
    WCHAR szDescription[WSPDESCRIPTION_LEN + 1];
} WSPDATA, *LPWSPDATA;

typedef struct _WSATHREADID
{
    HANDLE ThreadHandle;
    DWORD_PTR Reserved;
} WSATHREADID, *LPWSATHREADID;

typedef BOOL( CALLBACK *LPBLOCKINGCALLBACK )( DWORD_PTR );
typedef void( CALLBACK *LPWSAUSERAPC )( DWORD_PTR );

typedef SOCKET( WSPAPI *LPWSPACCEPT )( SOCKET, struct sockaddr *, int *, LPCONDITIONPROC, DWORD_PTR, int * );
typedef int( WSPAPI *LPWSPADDRESSTOSTRING )( struct sockaddr *, DWORD, WSAPROTOCOL_INFOW *, WCHAR *, DWORD *, int * );
typedef int( WSPAPI *LPWSPASYNCSELECT )( SOCKET, HWND, unsigned int, LONG, int * );
typedef int( WSPAPI *LPWSPBIND )( SOCKET, const struct sockaddr *, int, int * );
typedef int( WSPAPI *LPWSPCANCELBLOCKINGCALL )( int * );
typedef int( WSPAPI *LPWSPCLEANUP )( int * );
typedef int( WSPAPI *LPWSPCLOSESOCKET )( SOCKET, int * );
typedef int( WSPAPI *LPWSPCONNECT )( SOCKET, const struct sockaddr *, int, WSABUF *, WSABUF *, QOS *, QOS *, int * );
typedef int( WSPAPI *LPWSPDUPLICATESOCKET )( SOCKET, DWORD, WSAPROTOCOL_INFOW *, int * );
typedef int( WSPAPI *LPWSPENUMNETWORKEVENTS )( SOCKET, WSAEVENT, WSANETWORKEVENTS *, int * );
typedef int( WSPAPI *LPWSPEVENTSELECT )( SOCKET, WSAEVENT, LONG, int * );
typedef BOOL( WSPAPI *LPWSPGETOVERLAPPEDRESULT )( SOCKET, WSAOVERLAPPED *, DWORD *, BOOL, DWORD *, int * );
typedef int( WSPAPI *LPWSPGETPEERNAME )( SOCKET, struct sockaddr *, int *, int * );
typedef int( WSPAPI *LPWSPGETSOCKNAME )( SOCKET, struct sockaddr *, int *, int * );
typedef int( WSPAPI *LPWSPGETSOCKOPT )( SOCKET, int, int, char *, int *, int * );
typedef BOOL( WSPAPI *LPWSPGETQOSBYNAME )( SOCKET, WSABUF *, QOS *, int * );
typedef int( WSPAPI *LPWSPIOCTL )( SOCKET, DWORD, void *, DWORD, void *, DWORD, DWORD *, WSAOVERLAPPED *,
                                   LPWSAOVERLAPPED_COMPLETION_ROUTINE, WSATHREADID *, int * );
typedef SOCKET( WSPAPI *LPWSPJOINLEAF )( SOCKET, const struct sockaddr *, int, WSABUF *, WSABUF *, QOS *, QOS *, DWORD,
                                         int * );
typedef int( WSPAPI *LPWSPLISTEN )( SOCKET, int, int * );
typedef int( WSPAPI *LPWSPRECV )( SOCKET, WSABUF *, DWORD, DWORD *, DWORD *, WSAOVERLAPPED *,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE, WSATHREADID *, int * );
typedef int( WSPAPI *LPWSPRECVDISCONNECT )( SOCKET, WSABUF *, int * );
typedef int( WSPAPI *LPWSPRECVFROM )( SOCKET, WSABUF *, DWORD, DWORD *, DWORD *, struct sockaddr *, int *,
                                      WSAOVERLAPPED *, LPWSAOVERLAPPED_COMPLETION_ROUTINE, WSATHREADID *, int * );
typedef int( WSPAPI *LPWSPSELECT )( int, fd_set *, fd_set *, fd_set *, const struct timeval *, int * );
typedef int( WSPAPI *LPWSPSEND )( SOCKET, WSABUF *, DWORD, DWORD *, DWORD, WSAOVERLAPPED *,
                                  LPWSAOVERLAPPED_COMPLETION_ROUTINE, WSATHREADID *, int * );
typedef int( WSPAPI *LPWSPSENDDISCONNECT )( SOCKET, WSABUF *, int * );
typedef int( WSPAPI *LPWSPSENDTO )( SOCKET, WSABUF *, DWORD, DWORD *, DWORD, const struct sockaddr *, int,
                                    WSAOVERLAPPED *, LPWSAOVERLAPPED_COMPLETION_ROUTINE, WSATHREADID *, int * );
typedef int( WSPAPI *LPWSPSETSOCKOPT )( SOCKET, int, int, const char *, int, int * );
typedef int( WSPAPI *LPWSPSHUTDOWN )( SOCKET, int, int * );
typedef SOCKET( WSPAPI *LPWSPSOCKET )( int, int, int, WSAPROTOCOL_INFOW *, GROUP, DWORD, int * );
typedef int( WSPAPI *LPWSPSTRINGTOADDRESS )( WCHAR *, int, WSAPROTOCOL_INFOW *, struct sockaddr *, int *, int * );

typedef struct _WSPPROC_TABLE
{
    LPWSPACCEPT lpWSPAccept;
    LPWSPADDRESSTOSTRING lpWSPAddressToString;
    LPWSPASYNCSELECT lpWSPAsyncSelect;
    LPWSPBIND lpWSPBind;
    LPWSPCANCELBLOCKINGCALL lpWSPCancelBlockingCall;
    LPWSPCLEANUP lpWSPCleanup;
    LPWSPCLOSESOCKET lpWSPCloseSocket;
    LPWSPCONNECT lpWSPConnect;
    LPWSPDUPLICATESOCKET lpWSPDuplicateSocket;
    LPWSPENUMNETWORKEVENTS lpWSPEnumNetworkEvents;
    LPWSPEVENTSELECT lpWSPEventSelect;
    LPWSPGETOVERLAPPEDRESULT lpWSPGetOverlappedResult;
    LPWSPGETPEERNAME lpWSPGetPeerName;
    LPWSPGETSOCKNAME lpWSPGetSockName;
    LPWSPGETSOCKOPT lpWSPGetSockOpt;
    LPWSPGETQOSBYNAME lpWSPGetQOSByName;
    LPWSPIOCTL lpWSPIoctl;
    LPWSPJOINLEAF lpWSPJoinLeaf;
    LPWSPLISTEN lpWSPListen;
    LPWSPRECV lpWSPRecv;
    LPWSPRECVDISCONNECT lpWSPRecvDisconnect;
    LPWSPRECVFROM lpWSPRecvFrom;
    LPWSPSELECT lpWSPSelect;
    LPWSPSEND lpWSPSend;
    LPWSPSENDDISCONNECT lpWSPSendDisconnect;
    LPWSPSENDTO lpWSPSendTo;
    LPWSPSETSOCKOPT lpWSPSetSockOpt;
    LPWSPSHUTDOWN lpWSPShutdown;
    LPWSPSOCKET lpWSPSocket;
    LPWSPSTRINGTOADDRESS lpWSPStringToAddress;
} WSPPROC_TABLE, *LPWSPPROC_TABLE;

typedef BOOL( WSPAPI *LPWPUCLOSEEVENT )( WSAEVENT, int * );
typedef int( WSPAPI *LPWPUCLOSESOCKETHANDLE )( SOCKET, int * );
typedef WSAEVENT( WSPAPI *LPWPUCREATEEVENT )( int * );
typedef SOCKET( WSPAPI *LPWPUCREATESOCKETHANDLE )( DWORD, DWORD_PTR, int * );
typedef int( WSPAPI *LPWPUFDISSET )( SOCKET, fd_set * );
typedef int( WSPAPI *LPWPUGETPROVIDERPATH )( GUID *, WCHAR *, int *, int * );
typedef SOCKET( WSPAPI *LPWPUMODIFYIFSHANDLE )( DWORD, SOCKET, int * );
typedef int( WSPAPI *LPWPUQUERYBLOCKINGCALLBACK )( DWORD, LPBLOCKINGCALLBACK *, DWORD_PTR *, int * );
typedef int( WSPAPI *LPWPUQUERYSOCKETHANDLECONTEXT )( SOCKET, DWORD_PTR *, int * );
typedef int( WSPAPI *LPWPUQUEUEAPC )( WSATHREADID *, LPWSAUSERAPC, DWORD_PTR, int * );
typedef BOOL( WSPAPI *LPWPURESETEVENT )( WSAEVENT, int * );
typedef BOOL( WSPAPI *LPWPUSETEVENT )( WSAEVENT, int * );
typedef int( WSPAPI *LPWPUOPENCURRENTTHREAD )( WSATHREADID *, int * );
typedef int( WSPAPI *LPWPUCLOSETHREAD )( WSATHREADID *, int * );

typedef struct _WSPUPCALLTABLE
{
    LPWPUCLOSEEVENT lpWPUCloseEvent;
    LPWPUCLOSESOCKETHANDLE lpWPUCloseSocketHandle;
    LPWPUCREATEEVENT lpWPUCreateEvent;
    LPWPUCREATESOCKETHANDLE lpWPUCreateSocketHandle;
    LPWPUFDISSET lpWPUFDIsSet;
    LPWPUGETPROVIDERPATH lpWPUGetProviderPath;
    LPWPUMODIFYIFSHANDLE lpWPUModifyIFSHandle;
    LPWPUPOSTMESSAGE lpWPUPostMessage;
    LPWPUQUERYBLOCKINGCALLBACK lpWPUQueryBlockingCallback;
    LPWPUQUERYSOCKETHANDLECONTEXT lpWPUQuerySocketHandleContext;
    LPWPUQUEUEAPC lpWPUQueueApc;
    LPWPURESETEVENT lpWPUResetEvent;
    LPWPUSETEVENT lpWPUSetEvent;
    LPWPUOPENCURRENTTHREAD lpWPUOpenCurrentThread;
    LPWPUCLOSETHREAD lpWPUCloseThread;
} WSPUPCALLTABLE, *LPWSPUPCALLTABLE;

typedef int( WSPAPI *LPWSPSTARTUP )( WORD, WSPDATA *, WSAPROTOCOL_INFOW *, WSPUPCALLTABLE, WSPPROC_TABLE * );

typedef struct _NSP_ROUTINE
{
    DWORD cbSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    INT( WINAPI *NSPCleanup )( GUID * );
    INT( WINAPI *NSPLookupServiceBegin )( GUID *, WSAQUERYSETW *, WSASERVICECLASSINFOW *, DWORD, HANDLE * );
    INT( WINAPI *NSPLookupServiceNext )( HANDLE, DWORD, DWORD *, WSAQUERYSETW * );
    INT( WINAPI *NSPLookupServiceEnd )( HANDLE );
    INT( WINAPI *NSPSetService )( GUID *, WSASERVICECLASSINFOW *, WSAQUERYSETW *, WSAESETSERVICEOP, DWORD );
    INT( WINAPI *NSPInstallServiceClass )( GUID *, WSASERVICECLASSINFOW * );
    INT( WINAPI *NSPRemoveServiceClass )( GUID *, GUID * );
    INT( WINAPI *NSPGetServiceClassInfo )( GUID *, DWORD *, WSASERVICECLASSINFOW * );
    INT( WINAPI *NSPIoctl )( HANDLE, DWORD, void *, DWORD, void *, DWORD, DWORD *, WSACOMPLETION *, WSATHREADID * );
} NSP_ROUTINE, *LPNSP_ROUTINE;

typedef INT( WINAPI *LPNSPSTARTUP )( GUID *, NSP_ROUTINE * );

typedef struct _WSAQUERYSET2W
{
    DWORD dwSize;
    WCHAR *lpszServiceInstanceName;
    WSAVERSION *lpVersion;
    WCHAR *lpszComment;
    DWORD dwNameSpace;
    GUID *lpNSProviderId;
    WCHAR *lpszContext;
    DWORD dwNumberOfProtocols;
    AFPROTOCOLS *lpafpProtocols;
    WCHAR *lpszQueryString;
    DWORD dwNumberOfCsAddrs;
    CSADDR_INFO *lpcsaBuffer;
    DWORD dwOutputFlags;
    BLOB *lpBlob;
} WSAQUERYSET2W;

typedef struct _NSPV2_ROUTINE
{
    DWORD cbSize;
    DWORD dwMajorVersion;
    DWORD dwMinorVersion;
    int( WINAPI *NSPv2Startup )( GUID *, void ** );
    int( WINAPI *NSPv2Cleanup )( GUID *, void * );
    int( WINAPI *NSPv2LookupServiceBegin )( GUID *, WSAQUERYSET2W *, DWORD, void *, HANDLE * );
    int( WINAPI *NSPv2LookupServiceNextEx )( HANDLE, HANDLE, DWORD, DWORD *, WSAQUERYSET2W * );
    int( WINAPI *NSPv2LookupServiceEnd )( HANDLE );
    int( WINAPI *NSPv2SetServiceEx )( HANDLE, GUID *, WSAQUERYSET2W *, WSAESETSERVICEOP, DWORD, void * );
    int( WINAPI *NSPv2ClientSessionRundown )( GUID *, void * );
} NSPV2_ROUTINE;

typedef int( WSPAPI *LPWSCENUMPROTOCOLS )( int *, WSAPROTOCOL_INFOW *, DWORD *, int * );
typedef int( WSPAPI *LPWSCDEINSTALLPROVIDER )( GUID *, int * );
typedef int( WSPAPI *LPWSCINSTALLPROVIDER )( GUID *, const WCHAR *, WSAPROTOCOL_INFOW *, DWORD, int * );
typedef int( WSPAPI *LPWSCGETPROVIDERPATH )( GUID *, WCHAR *, int *, int * );

#endif /* WSPDESCRIPTION_LEN */

#endif /* WSURING_SPI_H */
