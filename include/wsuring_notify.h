/*
 * Socket notifications, which Windows 11 and Server 2022 have (winsock2.h); other headers don't yet
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_NOTIFY_H
#define WSURING_NOTIFY_H

#ifndef SOCK_NOTIFY_OP_NONE
#define SOCK_NOTIFY_REGISTER_EVENT_NONE   0x00
#define SOCK_NOTIFY_REGISTER_EVENT_IN     0x01
#define SOCK_NOTIFY_REGISTER_EVENT_OUT    0x02
#define SOCK_NOTIFY_REGISTER_EVENT_HANGUP 0x04
#define SOCK_NOTIFY_REGISTER_EVENTS_ALL   0x07
#define SOCK_NOTIFY_EVENT_IN              SOCK_NOTIFY_REGISTER_EVENT_IN
#define SOCK_NOTIFY_EVENT_OUT             SOCK_NOTIFY_REGISTER_EVENT_OUT
#define SOCK_NOTIFY_EVENT_HANGUP          SOCK_NOTIFY_REGISTER_EVENT_HANGUP
#define SOCK_NOTIFY_EVENT_ERR             0x40
#define SOCK_NOTIFY_EVENT_REMOVE          0x80
#define SOCK_NOTIFY_OP_NONE               0x00
#define SOCK_NOTIFY_OP_ENABLE             0x01
#define SOCK_NOTIFY_OP_DISABLE            0x02
#define SOCK_NOTIFY_OP_REMOVE             0x04
#define SOCK_NOTIFY_TRIGGER_ONESHOT       0x01
#define SOCK_NOTIFY_TRIGGER_PERSISTENT    0x02
#define SOCK_NOTIFY_TRIGGER_LEVEL         0x04
#define SOCK_NOTIFY_TRIGGER_EDGE          0x08
#define SOCK_NOTIFY_TRIGGER_ALL           0x0f

typedef struct SOCK_NOTIFY_REGISTRATION
{
    SOCKET socket;
    PVOID completionKey;
    UINT16 eventFilter;
    UINT8 operation;
    UINT8 triggerFlags;
    DWORD registrationResult;
} SOCK_NOTIFY_REGISTRATION;
#endif

#endif /* WSURING_NOTIFY_H */
