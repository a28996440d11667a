/*
 * The service provider functions (parameters: ws2spi.h; behaviour: the page of the WSA function of the same name)
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_CONTROL_H
#define WSURING_CONTROL_H

#include "base/provider.h"

struct socket;

/* How the SPI returns a Winsock error: 0, or SOCKET_ERROR and the error in *err. */
static inline int spi_result( int result, int *err )
{
    if (!result) return 0;
    if (err) *err = result;
    return SOCKET_ERROR;
}

/* create.c */
SOCKET WSPAPI WSPSocket( int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group, DWORD flags,
                         int *err );
int WSPAPI WSPCloseSocket( SOCKET s, int *err );
int WSPAPI WSPDuplicateSocket( SOCKET s, DWORD process, WSAPROTOCOL_INFOW *info, int *err );

/* bind.c */
int WSPAPI WSPBind( SOCKET s, const struct sockaddr *addr, int len, int *err );
int bind_to_any( struct socket *sock ); /* binds as a first send does; returns a Winsock error */
int WSPAPI WSPListen( SOCKET s, int backlog, int *err );
int WSPAPI WSPGetSockName( SOCKET s, struct sockaddr *addr, int *len, int *err );
int WSPAPI WSPGetPeerName( SOCKET s, struct sockaddr *addr, int *len, int *err );
int WSPAPI WSPShutdown( SOCKET s, int how, int *err );
int WSPAPI WSPSendDisconnect( SOCKET s, WSABUF *data, int *err );
int WSPAPI WSPRecvDisconnect( SOCKET s, WSABUF *data, int *err );
BOOL WSPAPI WSPGetQOSByName( SOCKET s, WSABUF *name, QOS *qos, int *err );

/* connect.c */
int WSPAPI WSPConnect( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos,
                       QOS *gqos, int *err );
BOOL WINAPI provider_ConnectEx( SOCKET s, const struct sockaddr *addr, int len, void *data, DWORD data_len, DWORD *sent,
                                OVERLAPPED *overlapped );
/* disconnect.c */
BOOL WINAPI provider_DisconnectEx( SOCKET s, OVERLAPPED *overlapped, DWORD flags, DWORD reserved );

/* accept.c, acceptex.c */
SOCKET WSPAPI WSPAccept( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition, DWORD_PTR context,
                         int *err );
BOOL WINAPI provider_AcceptEx( SOCKET listener, SOCKET acceptor, void *buffer, DWORD recv_len, DWORD local_len,
                               DWORD remote_len, DWORD *received, OVERLAPPED *overlapped );
void WINAPI provider_GetAcceptExSockaddrs( void *buffer, DWORD recv_len, DWORD local_len, DWORD remote_len,
                                           struct sockaddr **local, int *local_addr_len, struct sockaddr **remote,
                                           int *remote_addr_len );
int accept_update_context( struct socket *sock, const void *value, int len );

/* join_leaf.c */
SOCKET WSPAPI WSPJoinLeaf( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos,
                           QOS *gqos, DWORD flags, int *err );

/* option.c */
int WSPAPI WSPGetSockOpt( SOCKET s, int level, int name, char *value, int *len, int *err );
int WSPAPI WSPSetSockOpt( SOCKET s, int level, int name, const char *value, int len, int *err );

/* ioctl.c */
int WSPAPI WSPIoctl( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                     WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread,
                     int *err );

/* event.c */
int WSPAPI WSPEventSelect( SOCKET s, WSAEVENT event, long mask, int *err );
int WSPAPI WSPEnumNetworkEvents( SOCKET s, WSAEVENT event, WSANETWORKEVENTS *events, int *err );
int WSPAPI WSPAsyncSelect( SOCKET s, HWND window, unsigned int message, long mask, int *err );

/* select.c */
int WSPAPI WSPSelect( int nfds, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout, int *err );
int WINAPI provider_WSAPoll( WSAPOLLFD *fds, ULONG count, int timeout );

/* transmit.c, message.c */
BOOL WINAPI provider_TransmitPackets( SOCKET s, TRANSMIT_PACKETS_ELEMENT *elements, DWORD count, DWORD send_size,
                                      OVERLAPPED *overlapped, DWORD flags );
BOOL WINAPI provider_TransmitFile( SOCKET s, HANDLE file, DWORD file_len, DWORD chunk_len, OVERLAPPED *overlapped,
                                   TRANSMIT_FILE_BUFFERS *buffers, DWORD flags );
int WINAPI provider_WSARecvMsg( SOCKET s, WSAMSG *msg, DWORD *received, WSAOVERLAPPED *overlapped,
                                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine );
int WINAPI provider_WSASendMsg( SOCKET s, WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine );

/* address.c */
int WSPAPI WSPAddressToString( struct sockaddr *addr, DWORD len, WSAPROTOCOL_INFOW *info, WCHAR *string,
                               DWORD *string_len, int *err );
int WSPAPI WSPStringToAddress( WCHAR *string, int family, WSAPROTOCOL_INFOW *info, struct sockaddr *addr, int *len,
                               int *err );

/* send.c, recv.c, overlapped.c, startup.c */
int WSPAPI WSPSend( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err );
int WSPAPI WSPSendTo( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to,
                      int to_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                      WSATHREADID *thread, int *err );
/* Also by another process. A receive that this refuses still enables FD_READ (page "WSAEventSelect function"). */
BOOL recv_is_shut_down( struct socket *sock, DWORD flags );
int WSPAPI WSPRecv( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, WSATHREADID *thread, int *err );
int WSPAPI WSPRecvFrom( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, struct sockaddr *from,
                        int *from_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine,
                        WSATHREADID *thread, int *err );
BOOL WSPAPI WSPGetOverlappedResult( SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait, DWORD *flags,
                                    int *err );
int WSPAPI WSPCancelBlockingCall( int *err );
int WSPAPI WSPCleanup( int *err );

#endif /* WSURING_CONTROL_H */
