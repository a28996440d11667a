/*
 * A call of the program whose end by an exception or longjmp is seen
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * mingw-w64's gcc has no __finally, hence assembler. See wait/frame.h.
 */

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
