/*
 * A call that may crash: a provider's WSPStartup or NSPStartup
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A provider is a stranger's code, and a program that it is forced on must get an error, not an end. mingw-w64's gcc
 * has no __try, hence assembler. provider.h documents the function.
 */

#ifdef __x86_64__
    .text

    .globl guarded_call
    .def guarded_call; .scl 2; .type 32; .endef
    .seh_proc guarded_call
guarded_call:
    subq $0x28, %rsp
    .seh_stackalloc 0x28
    .seh_endprologue
    movq %rcx, %rax
    movq %rdx, %rcx
.Lguarded_begin:
    call *%rax
    nop
.Lguarded_end:
    addq $0x28, %rsp
    ret
.Lguarded_fault:
    movl $10106, %eax /* WSAEPROVIDERFAILEDINIT */
    addq $0x28, %rsp
    ret
    .seh_handler __C_specific_handler, @except
    .seh_handlerdata
    .long 1
    .rva .Lguarded_begin, .Lguarded_end
    .long 1
    .rva .Lguarded_fault
    .text
    .seh_endproc

#else

    .text

/* The same for i386, where the frame is an entry of the thread's list: next, handler. */
    .globl _guarded_call
    .def _guarded_call; .scl 2; .type 32; .endef
_guarded_call:
    pushl %ebp
    movl %esp, %ebp
    pushl %ebx
    pushl %esi
    pushl %edi
    pushl $guarded_handler
    pushl %fs:0
    movl %esp, %fs:0
    pushl 12(%ebp)
    call *8(%ebp)
.Lguarded_end:
    leal -20(%ebp), %esp
    popl %fs:0
    addl $4, %esp
    popl %edi
    popl %esi
    popl %ebx
    popl %ebp
    ret

/* EXCEPTION_DISPOSITION guarded_handler( EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher ) */
guarded_handler:
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
    jmp .Lguarded_end
.Lhandler_search:
    movl $1, %eax                   /* ExceptionContinueSearch */
    ret

#endif
