/*
 * A private ioctl, by which ws2_32.dll asks this provider
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef WSURING_VENDOR_IOCTL_H
#define WSURING_VENDOR_IOCTL_H

/* Output: a ULONG, whether the socket is non-blocking. Windows has no call for that. */
#define SIO_WSURING_NONBLOCKING _WSAIOR( IOC_VENDOR, 0x5755 )

#endif /* WSURING_VENDOR_IOCTL_H */
