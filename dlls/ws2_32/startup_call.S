/*
 * The call of a provider's WSPStartup, which may crash
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A provider is a stranger's code, and a program that it is forced on must get an error, not an end. mingw-w64's gcc
 * has no __try, hence assembler. provider_load.c documents the function.
 */

#ifdef __x86_64__
    .text

/* int startup_call( LPWSPSTARTUP, WSPDATA *, WSAPROTOCOL_INFOW *, const WSPUPCALLTABLE *, WSPPROC_TABLE * ): all but
 * the first lie where WSPStartup wants them. */
    .globl startup_call
    .def startup_call; .scl 2; .type 32; .endef
    .seh_proc startup_call
startup_call:
    subq $0x38, %rsp
    .seh_stackalloc 0x38
    .seh_endprologue
    movq %rcx, %rax
    movl $0x202, %ecx /* MAKEWORD( 2, 2 ) */
    movq 0x60(%rsp), %r10
    movq %r10, 0x20(%rsp)
.Lstartup_begin:
    call *%rax
    nop
.Lstartup_end:
    addq $0x38, %rsp
    ret
.Lstartup_fault:
    movl $10106, %eax /* WSAEPROVIDERFAILEDINIT */
    addq $0x38, %rsp
    ret
    .seh_handler __C_specific_handler, @except
    .seh_handlerdata
    .long 1
    .rva .Lstartup_begin, .Lstartup_end
    .long 1
    .rva .Lstartup_fault
    .text
    .seh_endproc

#else

    .text

/* The same for i386, where the frame is an entry of the thread's list: next, handler. */
    .globl _startup_call
    .def _startup_call; .scl 2; .type 32; .endef
_startup_call:
    pushl %ebp
    movl %esp, %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl $startup_handler
    pushl %fs:0
    movl %esp, %fs:0
    pushl 24(%ebp)
    pushl 20(%ebp)
    pushl 16(%ebp)
    pushl 12(%ebp)
    pushl 8(%ebp)
    call _startup_call_plain
.Lstartup_end:
    leal -20(%ebp), %esp
    popl %fs:0
    addl $4, %esp
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret

/* EXCEPTION_DISPOSITION startup_handler( EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher ) */
startup_handler:
    movl 4(%esp), %eax
    testl $6, 4(%eax)               /* ExceptionFlags: EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND */
    jnz .Lhandler_search
    movl 8(%esp), %ecx
    leal 20(%ecx), %ebp
    pushl $0
    pushl %eax
    pushl $.Lhandler_unwound
    pushl %ecx
    call _RtlUnwind@16
.Lhandler_unwound:
    movl $10106, %eax               /* WSAEPROVIDERFAILEDINIT */
    jmp .Lstartup_end
.Lhandler_search:
    movl $1, %eax                   /* ExceptionContinueSearch */
    ret

#endif
