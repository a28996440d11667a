/*
 * What the provider relies on of Wine beyond its Windows API, piece by piece
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CAPABILITY( ID, name, probe, what it costs to lack it ). Each is tried when the provider starts, `post' when it is
 * first needed. A probe does nothing to the program's objects, and the result is kept nowhere but in the process. What
 * is missing is done without, alone; docs/compatibility.md is made from this table, and WSURING_WITHOUT=name,... acts
 * as if the named ones were missing.
 */

/* Without one of these the tier is afd. Imports of kernelbase (and kernel32, below) are replaced together. */
CAPABILITY( UNIXLIB, "unixlib", "wsuring.so is loaded, by number or by name, and is of the same build",
            "sockets work at stock speed" )
CAPABILITY( ABI, "abi", "one call shows which C ABI ntdll.so's functions have", "sockets work at stock speed" )
CAPABILITY( CLOSES, "closes", "the requests that close handles are learned from ntdll.so, and a close is seen",
            "sockets work at stock speed" )
CAPABILITY( DESCRIPTOR, "descriptor", "what is given as the Unix descriptor of a file of the provider's own is one",
            "sockets work at stock speed" )
CAPABILITY( HOOKS, "hooks", "kernelbase imports what closes, duplicates, cancels and waits",
            "sockets work at stock speed" )

/* A raw request. */
CAPABILITY( POST, "post",
            "the code of add_fd_completion is learned, and posts the right packet to a port made for that",
            "operations on ports whose handle isn't known go through the wineserver" )

/* Imports. */
CAPABILITY( PORTS, "ports", "kernelbase imports what makes, fills and empties completion ports",
            "packets go through the wineserver" )
CAPABILITY( EVENTS, "events", "kernelbase imports what makes, sets and resets events",
            "every event is set, reset and waited for in the wineserver" )
CAPABILITY( FILES, "files", "kernelbase imports what reads and writes files and controls devices",
            "ReadFile and WriteFile on sockets go through the wineserver, and so does every event" )
CAPABILITY( EXITS, "exits", "kernelbase imports what ends threads and the process",
            "what a process that ends hasn't sent yet is lost, and its last thread may not end it" )

/* The stubs of ntdll's system calls. */
CAPABILITY( ENTRIES, "entries", "ntdll's system calls begin with the usual two instructions",
            "programs that call ntdll themselves see the provider's threads, and don't see what is in the process" )
