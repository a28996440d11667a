/*
 * Access to the program's memory, which may be bad
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A fault inside Unix code would abandon the whole Unix call (wine-interfaces 4.3). So the program's memory is touched
 * here, in PE code, where the x64 unwind tables, or on i386 a handler in the thread's list, turn a fault into a failure
 * return. mingw-w64's gcc has no __try, hence assembler. provider.h documents the functions.
 */

#ifdef __x86_64__

    .text

/* BOOL guarded_copy( void *dst, const void *src, SIZE_T len ) */
    .globl guarded_copy
    .def guarded_copy; .scl 2; .type 32; .endef
    .seh_proc guarded_copy
guarded_copy:
    .seh_endprologue
.Lcopy_begin:
    cmpq $8, %r8
    jb .Lcopy_bytes
.Lcopy_words:
    movq (%rdx), %rax
    movq %rax, (%rcx)
    addq $8, %rdx
    addq $8, %rcx
    subq $8, %r8
    cmpq $8, %r8
    jae .Lcopy_words
.Lcopy_bytes:
    testq %r8, %r8
    jz .Lcopy_end
    movb (%rdx), %al
    movb %al, (%rcx)
    incq %rdx
    incq %rcx
    decq %r8
    jmp .Lcopy_bytes
.Lcopy_end:
    movl $1, %eax
    ret
.Lcopy_fault:
    xorl %eax, %eax
    ret
    .seh_handler __C_specific_handler, @except
    .seh_handlerdata
    .long 1
    .rva .Lcopy_begin, .Lcopy_end
    .long 1
    .rva .Lcopy_fault
    .text
    .seh_endproc

/* BOOL guarded_touch( void *ptr, SIZE_T len, BOOL write ): `lock or` of zero, not a plain read and write back, so that a concurrent store of
 * another thread to the same byte isn't undone. */
    .globl guarded_touch
    .def guarded_touch; .scl 2; .type 32; .endef
    .seh_proc guarded_touch
guarded_touch:
    .seh_endprologue
.Ltouch_begin:
    testq %rdx, %rdx
    jz .Ltouch_end
    leaq -1(%rcx,%rdx), %r9         /* the last byte */
    cmpq %rcx, %r9
    jb .Ltouch_fault                /* wraps around */
    testl %r8d, %r8d
    jz .Ltouch_read
.Ltouch_write:
    lock; orb $0, (%rcx)
    andq $-4096, %rcx
    addq $4096, %rcx
    jc .Ltouch_end
    cmpq %r9, %rcx
    jbe .Ltouch_write
    jmp .Ltouch_end
.Ltouch_read:
    movb (%rcx), %al
    andq $-4096, %rcx
    addq $4096, %rcx
    jc .Ltouch_end
    cmpq %r9, %rcx
    jbe .Ltouch_read
.Ltouch_end:
    movl $1, %eax
    ret
.Ltouch_fault:
    xorl %eax, %eax
    ret
    .seh_handler __C_specific_handler, @except
    .seh_handlerdata
    .long 1
    .rva .Ltouch_begin, .Ltouch_end
    .long 1
    .rva .Ltouch_fault
    .text
    .seh_endproc

#else

    .text

/* EXCEPTION_DISPOSITION guard_handler( EXCEPTION_RECORD *record, void *frame, CONTEXT *context, void *dispatcher )
 * Goes on at the address that the frame names, with the registers of the frame. While it unwinds it has nothing to do. */
guard_handler:
    movl 4(%esp), %eax
    testl $6, 4(%eax)               /* ExceptionFlags: EXCEPTION_UNWINDING, EXCEPTION_EXIT_UNWIND */
    jnz .Lhandler_search
    movl 8(%esp), %ecx              /* the frame: next, handler, where to go on */
    movl 12(%esp), %edx
    movl %ecx, 0xc4(%edx)           /* Esp */
    movl 8(%ecx), %eax
    movl %eax, 0xb8(%edx)           /* Eip */
    xorl %eax, %eax                 /* ExceptionContinueExecution */
    ret
.Lhandler_search:
    movl $1, %eax
    ret

    .macro guard_begin fault
    pushl %esi
    pushl %edi
    pushl $\fault
    pushl $guard_handler
    pushl %fs:0
    movl %esp, %fs:0
    .endm

    .macro guard_end
    popl %fs:0
    addl $8, %esp
    popl %edi
    popl %esi
    .endm

/* BOOL guarded_copy( void *dst, const void *src, SIZE_T len ) */
    .globl _guarded_copy
    .def _guarded_copy; .scl 2; .type 32; .endef
_guarded_copy:
    guard_begin .Lcopy_fault
    movl 24(%esp), %edi
    movl 28(%esp), %esi
    movl 32(%esp), %ecx
    movl %ecx, %edx
    andl $3, %edx
    shrl $2, %ecx
    cld
    rep movsl
    movl %edx, %ecx
    rep movsb
    guard_end
    movl $1, %eax
    ret
.Lcopy_fault:
    guard_end
    xorl %eax, %eax
    ret

/* BOOL guarded_touch( void *ptr, SIZE_T len, BOOL write ): as above */
    .globl _guarded_touch
    .def _guarded_touch; .scl 2; .type 32; .endef
_guarded_touch:
    guard_begin .Ltouch_fault
    movl 24(%esp), %ecx
    movl 28(%esp), %edx
    testl %edx, %edx
    jz .Ltouch_end
    leal -1(%ecx,%edx), %edx        /* the last byte */
    cmpl %ecx, %edx
    jb .Ltouch_fault                /* wraps around */
    cmpl $0, 32(%esp)
    jz .Ltouch_read
.Ltouch_write:
    lock; orb $0, (%ecx)
    andl $-4096, %ecx
    addl $4096, %ecx
    jc .Ltouch_end
    cmpl %edx, %ecx
    jbe .Ltouch_write
    jmp .Ltouch_end
.Ltouch_read:
    movb (%ecx), %al
    andl $-4096, %ecx
    addl $4096, %ecx
    jc .Ltouch_end
    cmpl %edx, %ecx
    jbe .Ltouch_read
.Ltouch_end:
    guard_end
    movl $1, %eax
    ret
.Ltouch_fault:
    guard_end
    xorl %eax, %eax
    ret

#endif
