/*
 * A call of the program whose end by an exception or longjmp is seen
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mingw-w64's gcc has no __finally, hence assembler. See wait/frame.h.
 */

#ifdef __x86_64__

    .text

/* void callout( void (*func)( void *arg ), void *arg, void (*unwound)( void *context ), void *context )
 * callout_handler finds the last two above the home space. */
    .globl callout
    .def callout; .scl 2; .type 32; .endef
    .seh_proc callout
callout:
    subq $0x38, %rsp
    .seh_stackalloc 0x38
    .seh_endprologue
    movq %r8, 0x20(%rsp)
    movq %r9, 0x28(%rsp)
    movq %rcx, %rax
    movq %rdx, %rcx
    callq *%rax
    nop
    addq $0x38, %rsp
    ret
    .seh_handler callout_handler, @unwind
    .seh_endproc

#else

    .text

/* The same for i386, where the frame is an entry of the thread's list: next, handler, unwound, context. */
    .globl _callout
    .def _callout; .scl 2; .type 32; .endef
_callout:
    pushl %ebp
    movl %esp, %ebp
    pushl 20(%ebp)
    pushl 16(%ebp)
    pushl $_callout_handler
    pushl %fs:0
    movl %esp, %fs:0
    pushl 12(%ebp)
    call *8(%ebp)
    leal -16(%ebp), %esp
    popl %fs:0
    leave
    ret

#endif
