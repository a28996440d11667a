/*
 * Access to the program's memory, which may be bad
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A fault inside Unix code would abandon the whole Unix call (wine-interfaces 4.3). So the program's memory is touched
 * here, in PE code, where the x64 unwind tables turn a fault into a failure return. mingw-w64's gcc has no __try, hence
 * assembler. provider.h documents the functions.
 */

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
