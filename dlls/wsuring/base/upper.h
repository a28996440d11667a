/*
 * Handles that a layer answers for, for both modules
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A layered provider without handles of its own (not IFS) gets them by WPUCreateSocketHandle: sockets of the base
 * provider that are never connected. What the program does with them past Winsock goes to the layer, by way of
 * ws2_32.dll.
 */

#ifndef WSURING_UPPER_H
#define WSURING_UPPER_H

struct upper_functions
{
    /* ReadFile and WriteFile. Returns 0 with *done, WSA_IO_PENDING or the error. overlapped NULL: blocks. routine: of
     * ReadFileEx and WriteFileEx, or NULL. */
    int ( *transfer )( SOCKET s, BOOL write, void *buffer, ULONG len, WSAOVERLAPPED *overlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *done );
    /* CloseHandle. FALSE: it is still there. */
    BOOL ( *close )( SOCKET s );
};

#endif /* WSURING_UPPER_H */
