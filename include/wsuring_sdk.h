/*
 * What headers lack of the Windows SDK: mingw-w64's, and more so Wine's
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_SDK_H
#define WSURING_SDK_H

#ifndef TCP_KEEPALIVE
#define TCP_KEEPALIVE 3
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17
#endif
#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif
#ifndef SO_RANDOMIZE_PORT
#define SO_RANDOMIZE_PORT 0x3005
#endif
#ifndef SO_PORT_SCALABILITY
#define SO_PORT_SCALABILITY 0x3006
#endif
#ifndef SO_REUSE_UNICASTPORT
#define SO_REUSE_UNICASTPORT 0x3007
#endif
#ifndef SO_REUSE_MULTICASTPORT
#define SO_REUSE_MULTICASTPORT 0x3008
#endif
#ifndef SIO_BASE_HANDLE
#define SIO_BASE_HANDLE 0x48000022
#endif
#ifndef SIO_BSP_HANDLE
#define SIO_BSP_HANDLE 0x4800001b
#endif
#ifndef SIO_BSP_HANDLE_SELECT
#define SIO_BSP_HANDLE_SELECT 0x4800001c
#endif
#ifndef SIO_BSP_HANDLE_POLL
#define SIO_BSP_HANDLE_POLL 0x4800001d
#endif
#ifndef SIO_UDP_CONNRESET
#define SIO_UDP_CONNRESET 0x9800000c
#endif
#ifndef SIO_UDP_NETRESET
#define SIO_UDP_NETRESET 0x9800000f
#endif
#ifndef SIO_LOOPBACK_FAST_PATH
#define SIO_LOOPBACK_FAST_PATH 0x98000010
#endif
#ifndef SIO_KEEPALIVE_VALS
#define SIO_KEEPALIVE_VALS 0x98000004
#endif

#ifndef SIOCSMSFILTER
#define SIOCSMSFILTER 0x8004747e
#endif
#ifndef SIOCGMSFILTER
#define SIOCGMSFILTER 0x8004747f
#endif
#ifndef SIO_CHK_QOS
#define SIO_CHK_QOS 0xdc000001
#endif
#ifndef SIO_CPU_AFFINITY
#define SIO_CPU_AFFINITY 0x98000015
#endif
#ifndef SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER 0xc8000024
#endif
#ifndef SIO_GET_TX_TIMESTAMP
#define SIO_GET_TX_TIMESTAMP 0x980000ea
#endif
#ifndef SIO_IDEAL_SEND_BACKLOG_CHANGE
#define SIO_IDEAL_SEND_BACKLOG_CHANGE 0x2000747a
#endif
#ifndef SIO_IDEAL_SEND_BACKLOG_QUERY
#define SIO_IDEAL_SEND_BACKLOG_QUERY 0x4004747b
#endif
#ifndef SIO_QUERY_RSS_SCALABILITY_INFO
#define SIO_QUERY_RSS_SCALABILITY_INFO 0x580000d2
#endif
#ifndef SIO_SET_PRIORITY_HINT
#define SIO_SET_PRIORITY_HINT 0x98000018
#endif
#ifndef SIO_SOCKET_CLOSE_NOTIFY
#define SIO_SOCKET_CLOSE_NOTIFY 0x9800000d
#endif
#ifndef SIO_TCP_INFO
#define SIO_TCP_INFO 0xd8000027
#endif

#ifndef SIO_TIMESTAMPING
#define SIO_TIMESTAMPING 0x980000eb
#endif
#ifndef IP_RECVIF
#define IP_RECVIF 24
#endif
#ifndef IP_RECVTOS
#define IP_RECVTOS 40
#endif
#ifndef IP_ORIGINAL_ARRIVAL_IF
#define IP_ORIGINAL_ARRIVAL_IF 47
#endif
#ifndef IP_RECVECN
#define IP_RECVECN 50
#endif
#ifndef UDP_SEND_MSG_SIZE
#define UDP_SEND_MSG_SIZE 2
#endif
#ifndef UDP_RECV_MAX_COALESCED_SIZE
#define UDP_RECV_MAX_COALESCED_SIZE 3
#endif

#ifndef SO_COMPARTMENT_ID
#define SO_COMPARTMENT_ID 0x3004
#endif
#ifndef SO_PAUSE_ACCEPT
#define SO_PAUSE_ACCEPT 0x3003
#endif
#ifndef SO_CONDITIONAL_ACCEPT
#define SO_CONDITIONAL_ACCEPT 0x3002
#endif
#ifndef PVD_CONFIG
#define PVD_CONFIG 0x3001
#endif
#ifndef TCP_MAXSEG
#define TCP_MAXSEG 4
#endif
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif
#ifndef TCP_TIMESTAMPS
#define TCP_TIMESTAMPS 10
#endif
#ifndef TCP_MAXRTMS
#define TCP_MAXRTMS 14
#endif
#ifndef TCP_FASTOPEN
#define TCP_FASTOPEN 15
#endif
#ifndef TCP_FAIL_CONNECT_ON_ICMP_ERROR
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#endif
#ifndef TCP_ICMP_ERROR_INFO
#define TCP_ICMP_ERROR_INFO 19
#endif
#ifndef IPV6_RECVECN
#define IPV6_RECVECN 50
#endif

#if __has_include( <afunix.h> )
#include <afunix.h>
#else
#define UNIX_PATH_MAX          108
#define SIO_AF_UNIX_GETPEERPID 0x58000100

typedef struct sockaddr_un
{
    ADDRESS_FAMILY sun_family;
    char sun_path[UNIX_PATH_MAX];
} SOCKADDR_UN;
#endif

/* ---- what Wine's headers (8.0, 10.0) lack, and mingw-w64's have */

#ifndef AI_DNS_ONLY
#define AI_DNS_ONLY 0x00000010
#endif
#ifndef AI_FORCE_CLEAR_TEXT
#define AI_FORCE_CLEAR_TEXT 0x00000020
#endif
#ifndef AI_BYPASS_DNS_CACHE
#define AI_BYPASS_DNS_CACHE 0x00000040
#endif
#ifndef AI_FQDN
#define AI_FQDN 0x00020000
#endif
#ifndef AI_FILESERVER
#define AI_FILESERVER 0x00040000
#endif
#ifndef AI_SECURE_WITH_FALLBACK
#define AI_SECURE_WITH_FALLBACK 0x00100000
#endif
#ifndef AI_RESOLUTION_HANDLE
#define AI_RESOLUTION_HANDLE 0x40000000
#endif
#ifndef AI_EXTENDED
#define AI_EXTENDED ( (int)0x80000000 )
#endif
#ifndef LUP_CONTAINERS
#define LUP_CONTAINERS 0x00000002
#endif
#ifndef LUP_NOCONTAINERS
#define LUP_NOCONTAINERS 0x00000004
#endif
#ifndef LUP_FLUSHPREVIOUS
#define LUP_FLUSHPREVIOUS 0x00002000
#endif
#ifndef LUP_RES_SERVICE
#define LUP_RES_SERVICE 0x00008000
#endif
#ifndef LUP_ADDRCONFIG
#define LUP_ADDRCONFIG 0x00100000
#endif
#ifndef LUP_DUAL_ADDR
#define LUP_DUAL_ADDR 0x00200000
#endif
#ifndef LUP_DISABLE_IDN_ENCODING
#define LUP_DISABLE_IDN_ENCODING 0x00800000
#endif
#ifndef RESULT_IS_ALIAS
#define RESULT_IS_ALIAS 0x00000001
#endif
#ifndef SERVICE_MULTIPLE
#define SERVICE_MULTIPLE 0x00000001
#endif
#ifndef SERVICETYPE_BESTEFFORT
#define SERVICETYPE_BESTEFFORT 0x00000001
#endif
#ifndef MSG_PUSH_IMMEDIATE
#define MSG_PUSH_IMMEDIATE 0x00000020
#endif
#ifndef DNS_ERROR_INVALID_NAME
#define DNS_ERROR_INVALID_NAME 123
#endif
#ifndef GAA_FLAG_INCLUDE_GATEWAYS
#define GAA_FLAG_INCLUDE_GATEWAYS 0x00000080
#endif
#ifndef IP_PROTECTION_LEVEL
#define IP_PROTECTION_LEVEL 23
#endif
#ifndef MCAST_JOIN_GROUP
#define MCAST_JOIN_GROUP 41
#endif
#ifndef MCAST_LEAVE_GROUP
#define MCAST_LEAVE_GROUP 42
#endif
#ifndef MCAST_BLOCK_SOURCE
#define MCAST_BLOCK_SOURCE 43
#endif
#ifndef MCAST_UNBLOCK_SOURCE
#define MCAST_UNBLOCK_SOURCE 44
#endif
#ifndef MCAST_JOIN_SOURCE_GROUP
#define MCAST_JOIN_SOURCE_GROUP 45
#endif
#ifndef MCAST_LEAVE_SOURCE_GROUP
#define MCAST_LEAVE_SOURCE_GROUP 46
#endif
#ifndef UDP_NOCHECKSUM
#define UDP_NOCHECKSUM 1
#endif
#ifndef UDP_CHECKSUM_COVERAGE
#define UDP_CHECKSUM_COVERAGE 20
#endif
#ifndef SIO_GET_INTERFACE_LIST_EX
#define SIO_GET_INTERFACE_LIST_EX 0x4004747e
#endif
#ifndef SIO_GET_MULTICAST_FILTER
#define SIO_GET_MULTICAST_FILTER 0x8004747c
#endif
#ifndef SIO_SET_MULTICAST_FILTER
#define SIO_SET_MULTICAST_FILTER 0x8004747d
#endif
#ifndef SIO_RCVALL
#define SIO_RCVALL 0x98000001
#endif
#ifndef SIO_RCVALL_MCAST
#define SIO_RCVALL_MCAST 0x98000002
#endif
#ifndef SIO_RCVALL_IGMPMCAST
#define SIO_RCVALL_IGMPMCAST 0x98000003
#endif
#ifndef SIO_ABSORB_RTRALERT
#define SIO_ABSORB_RTRALERT 0x98000005
#endif
#ifndef SIO_UCAST_IF
#define SIO_UCAST_IF 0x98000006
#endif
#ifndef SIO_LIMIT_BROADCASTS
#define SIO_LIMIT_BROADCASTS 0x98000007
#endif
#ifndef SIO_INDEX_BIND
#define SIO_INDEX_BIND 0x98000008
#endif
#ifndef SIO_INDEX_MCASTIF
#define SIO_INDEX_MCASTIF 0x98000009
#endif
#ifndef SIO_INDEX_ADD_MCAST
#define SIO_INDEX_ADD_MCAST 0x9800000a
#endif
#ifndef SIO_INDEX_DEL_MCAST
#define SIO_INDEX_DEL_MCAST 0x9800000b
#endif
#ifndef SIO_TCP_INITIAL_RTO
#define SIO_TCP_INITIAL_RTO 0x98000011
#endif
#ifndef SIO_APPLY_TRANSPORT_SETTING
#define SIO_APPLY_TRANSPORT_SETTING 0x98000013
#endif
#ifndef SIO_QUERY_TRANSPORT_SETTING
#define SIO_QUERY_TRANSPORT_SETTING 0x98000014
#endif
#ifndef SIO_TCP_SET_ICW
#define SIO_TCP_SET_ICW 0x98000016
#endif
#ifndef SIO_TCP_SET_ACK_FREQUENCY
#define SIO_TCP_SET_ACK_FREQUENCY 0x98000017
#endif
#ifndef SIO_ADDRESS_LIST_SORT
#define SIO_ADDRESS_LIST_SORT 0xc8000019
#endif
#ifndef SIO_EXT_SELECT
#define SIO_EXT_SELECT 0xc800001e
#endif
#ifndef SIO_EXT_POLL
#define SIO_EXT_POLL 0xc800001f
#endif
#ifndef SIO_EXT_SENDMSG
#define SIO_EXT_SENDMSG 0xc8000020
#endif
#ifndef EXCEPTION_UNWINDING
#define EXCEPTION_UNWINDING 0x00000002
#endif
#ifndef EXCEPTION_EXIT_UNWIND
#define EXCEPTION_EXIT_UNWIND 0x00000004
#endif

#ifdef __WINESRC__

#ifndef WSA_CMSG_LEN
#define WSA_CMSG_LEN( length ) ( WSA_CMSG_ALIGN( sizeof( WSACMSGHDR ) ) + ( length ) )
#endif

#ifndef MAXSIZE_T
#define MAXSIZE_T ( ~(SIZE_T)0 )
#endif

#ifndef SIO_ACQUIRE_PORT_RESERVATION
#define SIO_ACQUIRE_PORT_RESERVATION   0x98000064
#define SIO_RELEASE_PORT_RESERVATION   0x98000065
#define SIO_ASSOCIATE_PORT_RESERVATION 0x98000066
#define INVALID_PORT_RESERVATION_TOKEN ( (ULONG64)0 )

typedef struct _INET_PORT_RANGE
{
    USHORT StartPort;
    USHORT NumberOfPorts;
} INET_PORT_RANGE;

typedef INET_PORT_RANGE INET_PORT_RESERVATION;

typedef struct
{
    ULONG64 Token;
} INET_PORT_RESERVATION_TOKEN;

typedef struct
{
    INET_PORT_RESERVATION Reservation;
    INET_PORT_RESERVATION_TOKEN Token;
} INET_PORT_RESERVATION_INSTANCE;
#endif

#ifndef TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS
#define TCP_INITIAL_RTO_UNSPECIFIED_RTT                     ( ( USHORT ) - 1 )
#define TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS ( ( UCHAR ) - 1 )
#define TCP_INITIAL_RTO_DEFAULT_RTT                         0
#define TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS     0
#define TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS              ( ( UCHAR ) - 2 )

typedef struct _TCP_INITIAL_RTO_PARAMETERS
{
    USHORT Rtt;
    UCHAR MaxSynRetransmissions;
} TCP_INITIAL_RTO_PARAMETERS;

typedef enum
{
    TCPSTATE_CLOSED,
    TCPSTATE_LISTEN,
    TCPSTATE_SYN_SENT,
    TCPSTATE_SYN_RCVD,
    TCPSTATE_ESTABLISHED,
    TCPSTATE_FIN_WAIT_1,
    TCPSTATE_FIN_WAIT_2,
    TCPSTATE_CLOSE_WAIT,
    TCPSTATE_CLOSING,
    TCPSTATE_LAST_ACK,
    TCPSTATE_TIME_WAIT,
    TCPSTATE_MAX
} TCPSTATE;

#define TCP_INFO_FIELDS                                                                                                \
    TCPSTATE State;                                                                                                    \
    ULONG Mss;                                                                                                         \
    ULONG64 ConnectionTimeMs;                                                                                          \
    BOOLEAN TimestampsEnabled;                                                                                         \
    ULONG RttUs;                                                                                                       \
    ULONG MinRttUs;                                                                                                    \
    ULONG BytesInFlight;                                                                                               \
    ULONG Cwnd;                                                                                                        \
    ULONG SndWnd;                                                                                                      \
    ULONG RcvWnd;                                                                                                      \
    ULONG RcvBuf;                                                                                                      \
    ULONG64 BytesOut;                                                                                                  \
    ULONG64 BytesIn;                                                                                                   \
    ULONG BytesReordered;                                                                                              \
    ULONG BytesRetrans;                                                                                                \
    ULONG FastRetrans;                                                                                                 \
    ULONG DupAcksIn;                                                                                                   \
    ULONG TimeoutEpisodes;                                                                                             \
    UCHAR SynRetrans;

typedef struct _TCP_INFO_v0
{
    TCP_INFO_FIELDS
} TCP_INFO_v0;

typedef struct _TCP_INFO_v1
{
    TCP_INFO_FIELDS
    ULONG SndLimTransRwin;
    ULONG SndLimTimeRwin;
    ULONG64 SndLimBytesRwin;
    ULONG SndLimTransCwnd;
    ULONG SndLimTimeCwnd;
    ULONG64 SndLimBytesCwnd;
    ULONG SndLimTransSnd;
    ULONG SndLimTimeSnd;
    ULONG64 SndLimBytesSnd;
} TCP_INFO_v1;
#endif

typedef struct _INTERFACE_INFO_EX
{
    u_long iiFlags;
    SOCKET_ADDRESS iiAddress;
    SOCKET_ADDRESS iiBroadcastAddress;
    SOCKET_ADDRESS iiNetmask;
} INTERFACE_INFO_EX;

typedef struct _WSANAMESPACE_INFOEXA
{
    GUID NSProviderId;
    DWORD dwNameSpace;
    BOOL fActive;
    DWORD dwVersion;
    char *lpszIdentifier;
    BLOB ProviderSpecific;
} WSANAMESPACE_INFOEXA;

typedef struct _WSANAMESPACE_INFOEXW
{
    GUID NSProviderId;
    DWORD dwNameSpace;
    BOOL fActive;
    DWORD dwVersion;
    WCHAR *lpszIdentifier;
    BLOB ProviderSpecific;
} WSANAMESPACE_INFOEXW;

#ifndef WSAID_WSAPOLL
#define WSAID_WSAPOLL { 0x18c76f85, 0xdc66, 0x4964, { 0x97, 0x2e, 0x23, 0xc2, 0x72, 0x38, 0x31, 0x2b } }
#endif
#if !INCL_WINSOCK_API_TYPEDEFS
typedef int( WINAPI *LPFN_WSAPOLL )( WSAPOLLFD *, ULONG, int );
#endif

/* programs are told to use these three, Wine's modules set the fields */
static inline void InitializeThreadpoolEnvironment( TP_CALLBACK_ENVIRON *env )
{
    memset( env, 0, sizeof( *env ) );
    env->Version = 1;
}

static inline void SetThreadpoolCallbackPool( TP_CALLBACK_ENVIRON *env, PTP_POOL where )
{
    env->Pool = where;
}

static inline void SetThreadpoolCallbackRunsLong( TP_CALLBACK_ENVIRON *env )
{
    env->u.s.LongFunction = 1;
}

#endif /* __WINESRC__ */

#include "wsuring_notify.h"

#endif /* WSURING_SDK_H */
