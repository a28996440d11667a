/*
 * The calls that trace.c shows: one row each, for one of its macros
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The macro's name says what is returned for a failure. A row has the type of the result, the name, parameters,
 * arguments, how to show these; the error of a failure, and what else to show of a success.
 */

TRACED_SOCKET( SOCKET, accept, ( SOCKET s, struct sockaddr *addr, int *len ), ( s, addr, len ),
               ( "%Ix, %p, %p", s, addr, len ), GetLastError(), debug_name( addr, len ) )
TRACED_MINUS( int, bind, ( SOCKET s, const struct sockaddr *addr, int len ), ( s, addr, len ),
              ( "%Ix, %s, %d", s, debug_address( addr, len ), len ), GetLastError(), "" )
TRACED_MINUS( int, closesocket, ( SOCKET s ), ( s ), ( "%Ix", s ), GetLastError(), "" )
TRACED_MINUS( int, connect, ( SOCKET s, const struct sockaddr *addr, int len ), ( s, addr, len ),
              ( "%Ix, %s, %d", s, debug_address( addr, len ), len ), GetLastError(), "" )
TRACED_MINUS( int, getpeername, ( SOCKET s, struct sockaddr *addr, int *len ), ( s, addr, len ),
              ( "%Ix, %p, %p", s, addr, len ), GetLastError(), debug_name( addr, len ) )
TRACED_MINUS( int, getsockname, ( SOCKET s, struct sockaddr *addr, int *len ), ( s, addr, len ),
              ( "%Ix, %p, %p", s, addr, len ), GetLastError(), debug_name( addr, len ) )
TRACED_MINUS( int, getsockopt, ( SOCKET s, int level, int name, char *value, int *len ), ( s, level, name, value, len ),
              ( "%Ix, %#x, %#x, %p, %p", s, level, name, value, len ), GetLastError(), debug_option( value, len ) )
TRACED_MINUS( int, ioctlsocket, ( SOCKET s, LONG code, ULONG *value ), ( s, code, value ),
              ( "%Ix, %#lx, %p", s, code, value ), GetLastError(), debug_count( value ) )
TRACED_VALUE( unsigned long, inet_addr, ( const char *str ), ( str ), ( "%s", debug_string( str ) ), 0, "" )
TRACED_NONZERO( char *, inet_ntoa, ( struct in_addr addr ), ( addr ), ( "%s", debug_ipv4( addr ) ), GetLastError(), "" )
TRACED_MINUS( int, listen, ( SOCKET s, int backlog ), ( s, backlog ), ( "%Ix, %d", s, backlog ), GetLastError(), "" )
TRACED_MINUS( int, recv, ( SOCKET s, char *data, int len, int flags ), ( s, data, len, flags ),
              ( "%Ix, %p, %d, %#x", s, data, len, flags ), GetLastError(), "" )
TRACED_MINUS( int, recvfrom, ( SOCKET s, char *data, int len, int flags, struct sockaddr *from, int *from_len ),
              ( s, data, len, flags, from, from_len ),
              ( "%Ix, %p, %d, %#x, %p, %p", s, data, len, flags, from, from_len ), GetLastError(),
              debug_name( from, from_len ) )
TRACED_MINUS( int, select, ( int count, fd_set *read, fd_set *write, fd_set *except, SELECT_TIMEVAL timeout ),
              ( count, read, write, except, timeout ),
              ( "%d, %s, %s, %s, %s", count, debug_set( read ), debug_set( write ), debug_set( except ),
                debug_time( timeout ) ),
              GetLastError(), debug_sets( read, write, except ) )
TRACED_MINUS( int, send, ( SOCKET s, const char *data, int len, int flags ), ( s, data, len, flags ),
              ( "%Ix, %p, %d, %#x", s, data, len, flags ), GetLastError(), "" )
TRACED_MINUS( int, sendto, ( SOCKET s, const char *data, int len, int flags, const struct sockaddr *to, int to_len ),
              ( s, data, len, flags, to, to_len ),
              ( "%Ix, %p, %d, %#x, %s, %d", s, data, len, flags, debug_address( to, to_len ), to_len ), GetLastError(),
              "" )
TRACED_MINUS( int, setsockopt, ( SOCKET s, int level, int name, const char *value, int len ),
              ( s, level, name, value, len ), ( "%Ix, %#x, %#x, %p, %d", s, level, name, value, len ), GetLastError(),
              "" )
TRACED_MINUS( int, shutdown, ( SOCKET s, int how ), ( s, how ), ( "%Ix, %d", s, how ), GetLastError(), "" )
TRACED_SOCKET( SOCKET, socket, ( int family, int type, int protocol ), ( family, type, protocol ),
               ( "%d, %d, %d", family, type, protocol ), GetLastError(), "" )
TRACED_VOID( FreeAddrInfoEx, ( ADDRINFOEXA * list ), ( list ), ( "%p", list ) )
TRACED_VOID( FreeAddrInfoExW, ( ADDRINFOEXW * list ), ( list ), ( "%p", list ) )
TRACED_VOID( FreeAddrInfoW, ( ADDRINFOW * list ), ( list ), ( "%p", list ) )
TRACED_CODE( int, GetAddrInfoExCancel, ( HANDLE * handle ), ( handle ), ( "%p", handle ), traced, "" )
TRACED_CODE( int, GetAddrInfoExOverlappedResult, ( OVERLAPPED * overlapped ), ( overlapped ), ( "%p", overlapped ),
             traced, "" )
TRACED_CODE( int, GetAddrInfoExW,
             ( const WCHAR *node, const WCHAR *service, DWORD name_space, GUID *provider, const ADDRINFOEXW *hints,
               ADDRINFOEXW **list, struct timeval *timeout, OVERLAPPED *overlapped,
               LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle ),
             ( node, service, name_space, provider, hints, list, timeout, overlapped, routine, handle ),
             ( "%s, %s, %lu, %s, %p, %p, %s, %p, %p, %p", debug_wide( node ), debug_wide( service ), name_space,
               debug_guid( provider ), hints, list, debug_time( timeout ), overlapped, routine, handle ),
             traced, "" )
TRACED_CODE( int, GetAddrInfoW, ( const WCHAR *node, const WCHAR *service, const ADDRINFOW *hints, ADDRINFOW **list ),
             ( node, service, hints, list ),
             ( "%s, %s, %p, %p", debug_wide( node ), debug_wide( service ), hints, list ), traced, "" )
TRACED_MINUS( int, GetHostNameW, ( WCHAR * name, int size ), ( name, size ), ( "%p, %d", name, size ), GetLastError(),
              "" )
TRACED_CODE( int, GetNameInfoW,
             ( const SOCKADDR *sa, int len, WCHAR *node, DWORD node_len, WCHAR *service, DWORD service_len, int flags ),
             ( sa, len, node, node_len, service, service_len, flags ),
             ( "%s, %d, %s, %lu, %s, %lu, %#x", debug_address( sa, len ), len, debug_wide( node ), node_len,
               debug_wide( service ), service_len, flags ),
             traced, "" )
TRACED_NONZERO( const WCHAR *, InetNtopW, ( int family, const void *src, WCHAR *dst, size_t size ),
                ( family, src, dst, size ), ( "%d, %p, %p, %Iu", family, src, dst, size ), GetLastError(), "" )
TRACED_MINUS( int, InetPtonW, ( int family, const WCHAR *str, void *dst ), ( family, str, dst ),
              ( "%d, %s, %p", family, debug_wide( str ), dst ), GetLastError(), "" )
TRACED_MINUS( int, WSApSetPostRoutine, ( void *routine ), ( routine ), ( "%p", routine ), GetLastError(), "" )
TRACED_MINUS( int, WPUCompleteOverlappedRequest,
              ( SOCKET s, WSAOVERLAPPED *overlapped, DWORD error, DWORD bytes, int *err ),
              ( s, overlapped, error, bytes, err ), ( "%Ix, %p, %lu, %lu, %p", s, overlapped, error, bytes, err ),
              debug_read( err ), "" )
TRACED_SOCKET( SOCKET, WSAAccept,
               ( SOCKET s, struct sockaddr *addr, int *len, LPCONDITIONPROC condition, DWORD_PTR context ),
               ( s, addr, len, condition, context ), ( "%Ix, %p, %p, %p, %Ix", s, addr, len, condition, context ),
               GetLastError(), debug_name( addr, len ) )
TRACED_MINUS( INT, WSAAddressToStringA,
              ( SOCKADDR * addr, DWORD addr_len, WSAPROTOCOL_INFOA *info, char *str, DWORD *len ),
              ( addr, addr_len, info, str, len ),
              ( "%s, %lu, %p, %p, %p", debug_address( addr, addr_len ), addr_len, info, str, len ), GetLastError(), "" )
TRACED_MINUS( INT, WSAAddressToStringW,
              ( SOCKADDR * addr, DWORD addr_len, WSAPROTOCOL_INFOW *info, WCHAR *str, DWORD *len ),
              ( addr, addr_len, info, str, len ),
              ( "%s, %lu, %p, %p, %p", debug_address( addr, addr_len ), addr_len, info, str, len ), GetLastError(), "" )
TRACED_NONZERO( BOOL, WSACloseEvent, ( WSAEVENT event ), ( event ), ( "%p", event ), GetLastError(), "" )
TRACED_MINUS( int, WSAConnect,
              ( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos, QOS *gqos ),
              ( s, addr, len, caller, callee, sqos, gqos ),
              ( "%Ix, %s, %d, %p, %p, %p, %p", s, debug_address( addr, len ), len, caller, callee, sqos, gqos ),
              GetLastError(), "" )
TRACED_NONZERO( BOOL, WSAConnectByNameA,
                ( SOCKET s, char *node, char *service, DWORD *local_len, struct sockaddr *local, DWORD *remote_len,
                  struct sockaddr *remote, const PTIMEVAL timeout, WSAOVERLAPPED *reserved ),
                ( s, node, service, local_len, local, remote_len, remote, timeout, reserved ),
                ( "%Ix, %s, %s, %p, %p, %p, %p, %s, %p", s, debug_string( node ), debug_string( service ), local_len,
                  local, remote_len, remote, debug_time( timeout ), reserved ),
                GetLastError(), "" )
TRACED_NONZERO( BOOL, WSAConnectByNameW,
                ( SOCKET s, WCHAR *node, WCHAR *service, DWORD *local_len, struct sockaddr *local, DWORD *remote_len,
                  struct sockaddr *remote, const PTIMEVAL timeout, WSAOVERLAPPED *reserved ),
                ( s, node, service, local_len, local, remote_len, remote, timeout, reserved ),
                ( "%Ix, %s, %s, %p, %p, %p, %p, %s, %p", s, debug_wide( node ), debug_wide( service ), local_len, local,
                  remote_len, remote, debug_time( timeout ), reserved ),
                GetLastError(), "" )
TRACED_NONZERO( WSAEVENT, WSACreateEvent, (void), (), ( "" ), GetLastError(), "" )
TRACED_MINUS( int, WSADuplicateSocketA, ( SOCKET s, DWORD process, WSAPROTOCOL_INFOA *info ), ( s, process, info ),
              ( "%Ix, %lu, %p", s, process, info ), GetLastError(), "" )
TRACED_MINUS( int, WSADuplicateSocketW, ( SOCKET s, DWORD process, WSAPROTOCOL_INFOW *info ), ( s, process, info ),
              ( "%Ix, %lu, %p", s, process, info ), GetLastError(), "" )
TRACED_MINUS( INT, WSAEnumNameSpaceProvidersA, ( DWORD * size, WSANAMESPACE_INFOA *buffer ), ( size, buffer ),
              ( "%p, %p", size, buffer ), GetLastError(), "" )
TRACED_MINUS( INT, WSAEnumNameSpaceProvidersW, ( DWORD * size, WSANAMESPACE_INFOW *buffer ), ( size, buffer ),
              ( "%p, %p", size, buffer ), GetLastError(), "" )
TRACED_MINUS( int, WSAEnumNetworkEvents, ( SOCKET s, WSAEVENT event, WSANETWORKEVENTS *events ), ( s, event, events ),
              ( "%Ix, %p, %p", s, event, events ), GetLastError(), debug_count( &events->lNetworkEvents ) )
TRACED_MINUS( int, WSAEnumProtocolsA, ( INT * protocols, WSAPROTOCOL_INFOA *buffer, DWORD *len ),
              ( protocols, buffer, len ), ( "%p, %p, %p", protocols, buffer, len ), GetLastError(), "" )
TRACED_NONZERO( struct hostent *, gethostbyaddr, ( const char *addr, int len, int family ), ( addr, len, family ),
                ( "%p, %d, %d", addr, len, family ), GetLastError(), "" )
TRACED_NONZERO( struct hostent *, gethostbyname, ( const char *name ), ( name ), ( "%s", debug_string( name ) ),
                GetLastError(), "" )
TRACED_NONZERO( struct protoent *, getprotobyname, ( const char *name ), ( name ), ( "%s", debug_string( name ) ),
                GetLastError(), "" )
TRACED_NONZERO( struct protoent *, getprotobynumber, ( int number ), ( number ), ( "%d", number ), GetLastError(), "" )
TRACED_NONZERO( struct servent *, getservbyname, ( const char *name, const char *proto ), ( name, proto ),
                ( "%s, %s", debug_string( name ), debug_string( proto ) ), GetLastError(), "" )
TRACED_NONZERO( struct servent *, getservbyport, ( int port, const char *proto ), ( port, proto ),
                ( "%d, %s", port, debug_string( proto ) ), GetLastError(), "" )
TRACED_MINUS( int, gethostname, ( char *name, int size ), ( name, size ), ( "%p, %d", name, size ), GetLastError(), "" )
TRACED_MINUS( int, WSAEnumProtocolsW, ( INT * protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len ),
              ( protocols, buffer, len ), ( "%p, %p, %p", protocols, buffer, len ), GetLastError(), "" )
TRACED_MINUS( int, WSAEventSelect, ( SOCKET s, WSAEVENT event, LONG mask ), ( s, event, mask ),
              ( "%Ix, %p, %#lx", s, event, mask ), GetLastError(), "" )
TRACED_NONZERO( BOOL, WSAGetOverlappedResult,
                ( SOCKET s, WSAOVERLAPPED *overlapped, DWORD *bytes, BOOL wait, DWORD *flags ),
                ( s, overlapped, bytes, wait, flags ), ( "%Ix, %p, %p, %d, %p", s, overlapped, bytes, wait, flags ),
                GetLastError(), debug_count( bytes ) )
TRACED_NONZERO( BOOL, WSAGetQOSByName, ( SOCKET s, WSABUF *name, QOS *qos ), ( s, name, qos ),
                ( "%Ix, %p, %p", s, name, qos ), GetLastError(), "" )
TRACED_MINUS( INT, WSAGetServiceClassInfoA,
              ( GUID * provider, GUID *class_id, DWORD *size, WSASERVICECLASSINFOA *info ),
              ( provider, class_id, size, info ),
              ( "%s, %s, %p, %p", debug_guid( provider ), debug_guid( class_id ), size, info ), GetLastError(), "" )
TRACED_MINUS( INT, WSAGetServiceClassInfoW,
              ( GUID * provider, GUID *class_id, DWORD *size, WSASERVICECLASSINFOW *info ),
              ( provider, class_id, size, info ),
              ( "%s, %s, %p, %p", debug_guid( provider ), debug_guid( class_id ), size, info ), GetLastError(), "" )
TRACED_MINUS( INT, WSAGetServiceClassNameByClassIdA, ( GUID * class_id, char *name, DWORD *size ),
              ( class_id, name, size ), ( "%s, %p, %p", debug_guid( class_id ), name, size ), GetLastError(), "" )
TRACED_MINUS( INT, WSAGetServiceClassNameByClassIdW, ( GUID * class_id, WCHAR *name, DWORD *size ),
              ( class_id, name, size ), ( "%s, %p, %p", debug_guid( class_id ), name, size ), GetLastError(), "" )
TRACED_MINUS( int, WSAHtonl, ( SOCKET s, u_long value, u_long *result ), ( s, value, result ),
              ( "%Ix, %#lx, %p", s, value, result ), GetLastError(), "" )
TRACED_MINUS( int, WSAHtons, ( SOCKET s, u_short value, u_short *result ), ( s, value, result ),
              ( "%Ix, %#x, %p", s, value, result ), GetLastError(), "" )
TRACED_MINUS( INT, WSAInstallServiceClassA, ( WSASERVICECLASSINFOA * info ), ( info ), ( "%p", info ), GetLastError(),
              "" )
TRACED_MINUS( INT, WSAInstallServiceClassW, ( WSASERVICECLASSINFOW * info ), ( info ), ( "%p", info ), GetLastError(),
              "" )
TRACED_MINUS( int, WSAIoctl,
              ( SOCKET s, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( s, code, in, in_size, out, out_size, returned, overlapped, routine ),
              ( "%Ix, %#lx, %p, %lu, %p, %lu, %p, %p, %p", s, code, in, in_size, out, out_size, returned, overlapped,
                routine ),
              GetLastError(), debug_count( returned ) )
TRACED_SOCKET( SOCKET, WSAJoinLeaf,
               ( SOCKET s, const struct sockaddr *addr, int len, WSABUF *caller, WSABUF *callee, QOS *sqos, QOS *gqos,
                 DWORD flags ),
               ( s, addr, len, caller, callee, sqos, gqos, flags ),
               ( "%Ix, %s, %d, %p, %p, %p, %p, %#lx", s, debug_address( addr, len ), len, caller, callee, sqos, gqos,
                 flags ),
               GetLastError(), "" )
TRACED_MINUS( INT, WSALookupServiceBeginA, ( WSAQUERYSETA * query, DWORD flags, HANDLE *lookup ),
              ( query, flags, lookup ), ( "%p, %#lx, %p", query, flags, lookup ), GetLastError(), "" )
TRACED_MINUS( INT, WSALookupServiceBeginW, ( WSAQUERYSETW * query, DWORD flags, HANDLE *lookup ),
              ( query, flags, lookup ), ( "%p, %#lx, %p", query, flags, lookup ), GetLastError(), "" )
TRACED_MINUS( INT, WSALookupServiceEnd, ( HANDLE handle ), ( handle ), ( "%p", handle ), GetLastError(), "" )
TRACED_MINUS( INT, WSALookupServiceNextA, ( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETA *results ),
              ( lookup, flags, size, results ), ( "%p, %#lx, %p, %p", lookup, flags, size, results ), GetLastError(),
              "" )
TRACED_MINUS( INT, WSALookupServiceNextW, ( HANDLE lookup, DWORD flags, DWORD *size, WSAQUERYSETW *results ),
              ( lookup, flags, size, results ), ( "%p, %#lx, %p, %p", lookup, flags, size, results ), GetLastError(),
              "" )
TRACED_MINUS( INT, WSANSPIoctl,
              ( HANDLE handle, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned,
                WSACOMPLETION *completion ),
              ( handle, code, in, in_size, out, out_size, returned, completion ),
              ( "%p, %#lx, %p, %lu, %p, %lu, %p, %p", handle, code, in, in_size, out, out_size, returned, completion ),
              GetLastError(), "" )
TRACED_MINUS( int, WSANtohl, ( SOCKET s, u_long value, u_long *result ), ( s, value, result ),
              ( "%Ix, %#lx, %p", s, value, result ), GetLastError(), "" )
TRACED_MINUS( int, WSANtohs, ( SOCKET s, u_short value, u_short *result ), ( s, value, result ),
              ( "%Ix, %#x, %p", s, value, result ), GetLastError(), "" )
TRACED_MINUS( int, WSAPoll, ( WSAPOLLFD * fds, ULONG count, int timeout ), ( fds, count, timeout ),
              ( "%p, %lu, %d", fds, count, timeout ), GetLastError(), "" )
TRACED_MINUS( int, WSAProviderConfigChange,
              ( HANDLE * notification, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( notification, overlapped, routine ), ( "%p, %p, %p", notification, overlapped, routine ),
              GetLastError(), "" )
TRACED_MINUS( int, WSARecv,
              ( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, WSAOVERLAPPED *overlapped,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( s, buffers, count, received, flags, overlapped, routine ),
              ( "%Ix, %s, %lu, %p, %p, %p, %p", s, debug_buffers( buffers, count ), count, received, flags, overlapped,
                routine ),
              GetLastError(), debug_count( received ) )
TRACED_MINUS( int, WSARecvDisconnect, ( SOCKET s, WSABUF *data ), ( s, data ), ( "%Ix, %p", s, data ), GetLastError(),
              "" )
TRACED_MINUS( int, WSARecvFrom,
              ( SOCKET s, WSABUF *buffers, DWORD count, DWORD *received, DWORD *flags, struct sockaddr *from,
                int *from_len, WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( s, buffers, count, received, flags, from, from_len, overlapped, routine ),
              ( "%Ix, %s, %lu, %p, %p, %p, %p, %p, %p", s, debug_buffers( buffers, count ), count, received, flags,
                from, from_len, overlapped, routine ),
              GetLastError(), debug_count( received ) )
TRACED_MINUS( INT, WSARemoveServiceClass, ( GUID * class_id ), ( class_id ), ( "%s", debug_guid( class_id ) ),
              GetLastError(), "" )
TRACED_MINUS( int, WSASend,
              ( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, WSAOVERLAPPED *overlapped,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( s, buffers, count, sent, flags, overlapped, routine ),
              ( "%Ix, %s, %lu, %p, %#lx, %p, %p", s, debug_buffers( buffers, count ), count, sent, flags, overlapped,
                routine ),
              GetLastError(), debug_count( sent ) )
TRACED_MINUS( int, WSASendDisconnect, ( SOCKET s, WSABUF *data ), ( s, data ), ( "%Ix, %p", s, data ), GetLastError(),
              "" )
TRACED_MINUS( int, WSASendMsg,
              ( SOCKET s, WSAMSG *msg, DWORD flags, DWORD *sent, WSAOVERLAPPED *overlapped,
                LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( s, msg, flags, sent, overlapped, routine ),
              ( "%Ix, %p, %#lx, %p, %p, %p", s, msg, flags, sent, overlapped, routine ), GetLastError(),
              debug_count( sent ) )
TRACED_MINUS( int, WSASendTo,
              ( SOCKET s, WSABUF *buffers, DWORD count, DWORD *sent, DWORD flags, const struct sockaddr *to, int to_len,
                WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine ),
              ( s, buffers, count, sent, flags, to, to_len, overlapped, routine ),
              ( "%Ix, %s, %lu, %p, %#lx, %s, %d, %p, %p", s, debug_buffers( buffers, count ), count, sent, flags,
                debug_address( to, to_len ), to_len, overlapped, routine ),
              GetLastError(), debug_count( sent ) )
TRACED_MINUS( INT, WSASetServiceA, ( WSAQUERYSETA * info, WSAESETSERVICEOP operation, DWORD flags ),
              ( info, operation, flags ), ( "%p, %d, %#lx", info, operation, flags ), GetLastError(), "" )
TRACED_MINUS( INT, WSASetServiceW, ( WSAQUERYSETW * info, WSAESETSERVICEOP operation, DWORD flags ),
              ( info, operation, flags ), ( "%p, %d, %#lx", info, operation, flags ), GetLastError(), "" )
TRACED_SOCKET( SOCKET, WSASocketA,
               ( int family, int type, int protocol, WSAPROTOCOL_INFOA *info, GROUP group, DWORD flags ),
               ( family, type, protocol, info, group, flags ),
               ( "%d, %d, %d, %p, %#x, %#lx", family, type, protocol, info, group, flags ), GetLastError(), "" )
TRACED_SOCKET( SOCKET, WSASocketW,
               ( int family, int type, int protocol, WSAPROTOCOL_INFOW *info, GROUP group, DWORD flags ),
               ( family, type, protocol, info, group, flags ),
               ( "%d, %d, %d, %p, %#x, %#lx", family, type, protocol, info, group, flags ), GetLastError(), "" )
TRACED_MINUS( INT, WSAStringToAddressA,
              ( char *str, int family, WSAPROTOCOL_INFOA *info, SOCKADDR *addr, int *addr_len ),
              ( str, family, info, addr, addr_len ),
              ( "%s, %d, %p, %p, %p", debug_string( str ), family, info, addr, addr_len ), GetLastError(), "" )
TRACED_MINUS( INT, WSAStringToAddressW,
              ( WCHAR * str, int family, WSAPROTOCOL_INFOW *info, SOCKADDR *addr, int *addr_len ),
              ( str, family, info, addr, addr_len ),
              ( "%s, %d, %p, %p, %p", debug_wide( str ), family, info, addr, addr_len ), GetLastError(), "" )
TRACED_MINUS( int, WSCDeinstallProvider, ( GUID * provider, INT *err ), ( provider, err ),
              ( "%s, %p", debug_guid( provider ), err ), debug_read( err ), "" )
TRACED_MINUS( int, WSCEnableNSProvider, ( GUID * provider, BOOL enable ), ( provider, enable ),
              ( "%s, %d", debug_guid( provider ), enable ), GetLastError(), "" )
TRACED_MINUS( int, WSAAsyncSelect, ( SOCKET s, HWND window, u_int message, LONG mask ), ( s, window, message, mask ),
              ( "%Ix, %p, %#x, %#lx", s, window, message, mask ), GetLastError(), "" )
TRACED_NONZERO( HANDLE, WSAAsyncGetHostByAddr,
                ( HWND window, UINT message, const char *addr, int len, int family, char *buffer, int size ),
                ( window, message, addr, len, family, buffer, size ),
                ( "%p, %#x, %p, %d, %d, %p, %d", window, message, addr, len, family, buffer, size ), GetLastError(),
                "" )
TRACED_NONZERO( HANDLE, WSAAsyncGetHostByName, ( HWND window, UINT message, const char *name, char *buffer, int size ),
                ( window, message, name, buffer, size ),
                ( "%p, %#x, %s, %p, %d", window, message, debug_string( name ), buffer, size ), GetLastError(), "" )
TRACED_NONZERO( HANDLE, WSAAsyncGetProtoByNumber, ( HWND window, UINT message, int number, char *buffer, int size ),
                ( window, message, number, buffer, size ),
                ( "%p, %#x, %d, %p, %d", window, message, number, buffer, size ), GetLastError(), "" )
TRACED_NONZERO( HANDLE, WSAAsyncGetProtoByName, ( HWND window, UINT message, const char *name, char *buffer, int size ),
                ( window, message, name, buffer, size ),
                ( "%p, %#x, %s, %p, %d", window, message, debug_string( name ), buffer, size ), GetLastError(), "" )
TRACED_NONZERO( HANDLE, WSAAsyncGetServByPort,
                ( HWND window, UINT message, int port, const char *proto, char *buffer, int size ),
                ( window, message, port, proto, buffer, size ),
                ( "%p, %#x, %d, %s, %p, %d", window, message, port, debug_string( proto ), buffer, size ),
                GetLastError(), "" )
TRACED_NONZERO( HANDLE, WSAAsyncGetServByName,
                ( HWND window, UINT message, const char *name, const char *proto, char *buffer, int size ),
                ( window, message, name, proto, buffer, size ),
                ( "%p, %#x, %s, %s, %p, %d", window, message, debug_string( name ), debug_string( proto ), buffer,
                  size ),
                GetLastError(), "" )
TRACED_MINUS( int, WSACancelAsyncRequest, ( HANDLE handle ), ( handle ), ( "%p", handle ), GetLastError(), "" )
TRACED_NONZERO( FARPROC, WSASetBlockingHook, ( FARPROC hook ), ( hook ), ( "%p", hook ), GetLastError(), "" )
TRACED_MINUS( int, WSAUnhookBlockingHook, (void), (), ( "" ), GetLastError(), "" )
TRACED_MINUS( int, WSACancelBlockingCall, (void), (), ( "" ), GetLastError(), "" )
TRACED_VALUE( BOOL, WSAIsBlocking, (void), (), ( "" ), 0, "" )
TRACED_CODE( int, WSAStartup, ( WORD version, WSADATA *data ), ( version, data ), ( "%#x, %p", version, data ), traced,
             "" )
TRACED_MINUS( int, WSACleanup, (void), (), ( "" ), GetLastError(), "" )
TRACED_MINUS( int, WSCEnumProtocols, ( INT * protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len, INT *err ),
              ( protocols, buffer, len, err ), ( "%p, %p, %p, %p", protocols, buffer, len, err ), debug_read( err ),
              "" )
TRACED_MINUS( int, WSCGetProviderInfo,
              ( GUID * provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t *size, DWORD flags, INT *err ),
              ( provider, type, info, size, flags, err ),
              ( "%s, %d, %p, %p, %#lx, %p", debug_guid( provider ), type, info, size, flags, err ), debug_read( err ),
              "" )
TRACED_MINUS( int, WSCGetProviderPath, ( GUID * provider, WCHAR *path, INT *len, INT *err ),
              ( provider, path, len, err ), ( "%s, %p, %p, %p", debug_guid( provider ), path, len, err ),
              debug_read( err ), "" )
TRACED_MINUS( int, WSCInstallNameSpace,
              ( WCHAR * identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider ),
              ( identifier, path, name_space, version, provider ),
              ( "%s, %s, %lu, %#lx, %s", debug_wide( identifier ), debug_wide( path ), name_space, version,
                debug_guid( provider ) ),
              GetLastError(), "" )
TRACED_MINUS( int, WSCInstallProvider,
              ( GUID * provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err ),
              ( provider, path, list, count, err ),
              ( "%s, %s, %p, %lu, %p", debug_guid( provider ), debug_wide( path ), list, count, err ),
              debug_read( err ), "" )
TRACED_MINUS( int, WSCSetApplicationCategory,
              ( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len, DWORD categories,
                DWORD *previous, INT *err ),
              ( path, path_len, extra, extra_len, categories, previous, err ),
              ( "%s, %lu, %s, %lu, %#lx, %p, %p", debug_wide( path ), path_len, debug_wide( extra ), extra_len,
                categories, previous, err ),
              debug_read( err ), "" )
TRACED_MINUS( int, WSCUnInstallNameSpace, ( GUID * provider ), ( provider ), ( "%s", debug_guid( provider ) ),
              GetLastError(), "" )
TRACED_MINUS( int, WSCUpdateProvider,
              ( GUID * provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err ),
              ( provider, path, list, count, err ),
              ( "%s, %s, %p, %lu, %p", debug_guid( provider ), debug_wide( path ), list, count, err ),
              debug_read( err ), "" )
TRACED_CODE( INT, WSCWriteNameSpaceOrder, ( GUID * providers, DWORD count ), ( providers, count ),
             ( "%p, %lu", providers, count ), traced, "" )
TRACED_CODE( int, WSCWriteProviderOrder, ( DWORD * ids, DWORD count ), ( ids, count ), ( "%p, %lu", ids, count ),
             traced, "" )
TRACED_VOID( freeaddrinfo, ( struct addrinfo * list ), ( list ), ( "%p", list ) )
TRACED_CODE( int, getaddrinfo,
             ( const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list ),
             ( node, service, hints, list ),
             ( "%s, %s, %p, %p", debug_string( node ), debug_string( service ), hints, list ), traced, "" )
TRACED_CODE( int, getnameinfo,
             ( const SOCKADDR *sa, int len, char *node, DWORD node_len, char *service, DWORD service_len, int flags ),
             ( sa, len, node, node_len, service, service_len, flags ),
             ( "%s, %d, %s, %lu, %s, %lu, %#x", debug_address( sa, len ), len, debug_string( node ), node_len,
               debug_string( service ), service_len, flags ),
             traced, "" )
TRACED_NONZERO( const char *, inet_ntop, ( int family, const void *src, char *dst, size_t size ),
                ( family, src, dst, size ), ( "%d, %p, %p, %Iu", family, src, dst, size ), GetLastError(), "" )
TRACED_MINUS( int, inet_pton, ( int family, const char *str, void *dst ), ( family, str, dst ),
              ( "%d, %s, %p", family, debug_string( str ), dst ), GetLastError(), "" )
TRACED_MINUS( int, WEP, (void), (), ( "" ), GetLastError(), "" )
TRACED_MINUS( int, WSCGetApplicationCategory,
              ( const WCHAR *path, DWORD path_len, const WCHAR *extra, DWORD extra_len, DWORD *categories, INT *err ),
              ( path, path_len, extra, extra_len, categories, err ),
              ( "%s, %lu, %s, %lu, %p, %p", debug_wide( path ), path_len, debug_wide( extra ), extra_len, categories,
                err ),
              debug_read( err ), "" )
TRACED_CODE( int, GetAddrInfoExA,
             ( const char *node, const char *service, DWORD name_space, GUID *provider, const ADDRINFOEXA *hints,
               ADDRINFOEXA **list, struct timeval *timeout, OVERLAPPED *overlapped,
               LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle ),
             ( node, service, name_space, provider, hints, list, timeout, overlapped, routine, handle ),
             ( "%s, %s, %lu, %s, %p, %p, %s, %p, %p, %p", debug_string( node ), debug_string( service ), name_space,
               debug_guid( provider ), hints, list, debug_time( timeout ), overlapped, routine, handle ),
             traced, "" )
TRACED_CODE( INT, SetAddrInfoExA,
             ( const char *name, const char *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob, DWORD flags,
               DWORD name_space, GUID *provider, struct timeval *timeout, OVERLAPPED *overlapped,
               LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle ),
             ( name, service, addresses, count, blob, flags, name_space, provider, timeout, overlapped, routine,
               handle ),
             ( "%s, %s, %p, %lu, %p, %#lx, %lu, %s, %s, %p, %p, %p", debug_string( name ), debug_string( service ),
               addresses, count, blob, flags, name_space, debug_guid( provider ), debug_time( timeout ), overlapped,
               routine, handle ),
             traced, "" )
TRACED_CODE( INT, SetAddrInfoExW,
             ( const WCHAR *name, const WCHAR *service, SOCKET_ADDRESS *addresses, DWORD count, BLOB *blob, DWORD flags,
               DWORD name_space, GUID *provider, struct timeval *timeout, OVERLAPPED *overlapped,
               LPLOOKUPSERVICE_COMPLETION_ROUTINE routine, HANDLE *handle ),
             ( name, service, addresses, count, blob, flags, name_space, provider, timeout, overlapped, routine,
               handle ),
             ( "%s, %s, %p, %lu, %p, %#lx, %lu, %s, %s, %p, %p, %p", debug_wide( name ), debug_wide( service ),
               addresses, count, blob, flags, name_space, debug_guid( provider ), debug_time( timeout ), overlapped,
               routine, handle ),
             traced, "" )
TRACED_NONZERO( BOOL, WSAConnectByList,
                ( SOCKET s, SOCKET_ADDRESS_LIST *list, DWORD *local_len, struct sockaddr *local, DWORD *remote_len,
                  struct sockaddr *remote, const PTIMEVAL timeout, WSAOVERLAPPED *reserved ),
                ( s, list, local_len, local, remote_len, remote, timeout, reserved ),
                ( "%Ix, %p, %p, %p, %p, %p, %s, %p", s, list, local_len, local, remote_len, remote,
                  debug_time( timeout ), reserved ),
                GetLastError(), "" )
TRACED_MINUS( INT, WSAEnumNameSpaceProvidersExA, ( DWORD * size, WSANAMESPACE_INFOEXA *buffer ), ( size, buffer ),
              ( "%p, %p", size, buffer ), GetLastError(), "" )
TRACED_MINUS( INT, WSAEnumNameSpaceProvidersExW, ( DWORD * size, WSANAMESPACE_INFOEXW *buffer ), ( size, buffer ),
              ( "%p, %p", size, buffer ), GetLastError(), "" )
TRACED_MINUS( INT, WSAAdvertiseProvider, ( const GUID *provider, const NSPV2_ROUTINE *routines ),
              ( provider, routines ), ( "%s, %p", debug_guid( provider ), routines ), GetLastError(), "" )
TRACED_MINUS( INT, WSAProviderCompleteAsyncCall, ( HANDLE call, INT result ), ( call, result ),
              ( "%p, %d", call, result ), GetLastError(), "" )
TRACED_MINUS( INT, WSAUnadvertiseProvider, ( const GUID *provider ), ( provider ), ( "%s", debug_guid( provider ) ),
              GetLastError(), "" )
TRACED_MINUS( int, WSCDeinstallProvider32, ( GUID * provider, INT *err ), ( provider, err ),
              ( "%s, %p", debug_guid( provider ), err ), debug_read( err ), "" )
TRACED_MINUS( INT, WSCEnableNSProvider32, ( GUID * provider, BOOL enable ), ( provider, enable ),
              ( "%s, %d", debug_guid( provider ), enable ), GetLastError(), "" )
TRACED_MINUS( INT, WSCEnumNameSpaceProviders32, ( DWORD * size, WSANAMESPACE_INFOW *buffer ), ( size, buffer ),
              ( "%p, %p", size, buffer ), GetLastError(), "" )
TRACED_MINUS( INT, WSCEnumNameSpaceProvidersEx32, ( DWORD * size, WSANAMESPACE_INFOEXW *buffer ), ( size, buffer ),
              ( "%p, %p", size, buffer ), GetLastError(), "" )
TRACED_MINUS( int, WSCEnumProtocols32, ( INT * protocols, WSAPROTOCOL_INFOW *buffer, DWORD *len, INT *err ),
              ( protocols, buffer, len, err ), ( "%p, %p, %p, %p", protocols, buffer, len, err ), debug_read( err ),
              "" )
TRACED_MINUS( int, WSCGetProviderInfo32,
              ( GUID * provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t *size, DWORD flags, INT *err ),
              ( provider, type, info, size, flags, err ),
              ( "%s, %d, %p, %p, %#lx, %p", debug_guid( provider ), type, info, size, flags, err ), debug_read( err ),
              "" )
TRACED_MINUS( int, WSCGetProviderPath32, ( GUID * provider, WCHAR *path, INT *len, INT *err ),
              ( provider, path, len, err ), ( "%s, %p, %p, %p", debug_guid( provider ), path, len, err ),
              debug_read( err ), "" )
TRACED_MINUS( INT, WSCInstallNameSpace32,
              ( WCHAR * identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider ),
              ( identifier, path, name_space, version, provider ),
              ( "%p, %p, %lu, %#lx, %s", identifier, path, name_space, version, debug_guid( provider ) ),
              GetLastError(), "" )
TRACED_MINUS( INT, WSCInstallNameSpaceEx,
              ( WCHAR * identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider, BLOB *specific ),
              ( identifier, path, name_space, version, provider, specific ),
              ( "%p, %p, %lu, %#lx, %s, %p", identifier, path, name_space, version, debug_guid( provider ), specific ),
              GetLastError(), "" )
TRACED_MINUS( INT, WSCInstallNameSpaceEx32,
              ( WCHAR * identifier, WCHAR *path, DWORD name_space, DWORD version, GUID *provider, BLOB *specific ),
              ( identifier, path, name_space, version, provider, specific ),
              ( "%p, %p, %lu, %#lx, %s, %p", identifier, path, name_space, version, debug_guid( provider ), specific ),
              GetLastError(), "" )
TRACED_MINUS( int, WSCInstallProvider64_32,
              ( GUID * provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err ),
              ( provider, path, list, count, err ),
              ( "%s, %s, %p, %lu, %p", debug_guid( provider ), debug_wide( path ), list, count, err ),
              debug_read( err ), "" )
TRACED_MINUS( int, WSCInstallProviderAndChains,
              ( GUID * provider, const WCHAR *path, const WCHAR *name, DWORD flags, WSAPROTOCOL_INFOW *list,
                DWORD count, DWORD *id, INT *err ),
              ( provider, path, name, flags, list, count, id, err ),
              ( "%s, %s, %s, %#lx, %p, %lu, %p, %p", debug_guid( provider ), debug_wide( path ), debug_wide( name ),
                flags, list, count, id, err ),
              debug_read( err ), "" )
TRACED_MINUS( int, WSCInstallProviderAndChains64_32,
              ( GUID * provider, WCHAR *path, WCHAR *path_32, WCHAR *name, DWORD flags, WSAPROTOCOL_INFOW *list,
                DWORD count, DWORD *id, INT *err ),
              ( provider, path, path_32, name, flags, list, count, id, err ),
              ( "%s, %p, %p, %p, %#lx, %p, %lu, %p, %p", debug_guid( provider ), path, path_32, name, flags, list,
                count, id, err ),
              debug_read( err ), "" )
TRACED_MINUS( int, WSCSetProviderInfo,
              ( GUID * provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t size, DWORD flags, INT *err ),
              ( provider, type, info, size, flags, err ),
              ( "%s, %d, %p, %Iu, %#lx, %p", debug_guid( provider ), type, info, size, flags, err ), debug_read( err ),
              "" )
TRACED_MINUS( int, WSCSetProviderInfo32,
              ( GUID * provider, WSC_PROVIDER_INFO_TYPE type, BYTE *info, size_t size, DWORD flags, INT *err ),
              ( provider, type, info, size, flags, err ),
              ( "%s, %d, %p, %Iu, %#lx, %p", debug_guid( provider ), type, info, size, flags, err ), debug_read( err ),
              "" )
TRACED_MINUS( INT, WSCUnInstallNameSpace32, ( GUID * provider ), ( provider ), ( "%s", debug_guid( provider ) ),
              GetLastError(), "" )
TRACED_MINUS( int, WSCUpdateProvider32,
              ( GUID * provider, const WCHAR *path, WSAPROTOCOL_INFOW *list, DWORD count, INT *err ),
              ( provider, path, list, count, err ),
              ( "%s, %s, %p, %lu, %p", debug_guid( provider ), debug_wide( path ), list, count, err ),
              debug_read( err ), "" )
TRACED_CODE( INT, WSCWriteNameSpaceOrder32, ( GUID * providers, DWORD count ), ( providers, count ),
             ( "%p, %lu", providers, count ), traced, "" )
TRACED_MINUS( int, WSCWriteProviderOrder32, ( DWORD * ids, DWORD count ), ( ids, count ), ( "%p, %lu", ids, count ),
              GetLastError(), "" )
TRACED_CODE( DWORD, ProcessSocketNotifications,
             ( HANDLE port, UINT32 count, SOCK_NOTIFY_REGISTRATION *registrations, UINT32 timeout, ULONG room,
               OVERLAPPED_ENTRY *entries, UINT32 *received ),
             ( port, count, registrations, timeout, room, entries, received ),
             ( "%p, %u, %p, %u, %lu, %p, %p", port, count, registrations, timeout, room, entries, received ), traced,
             "" )
