/*
 * Calls of the program's functions, which may not come back
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "wait/frame.h"

static void *frame_stack_base( void )
{
    return ( (NT_TIB *)current_teb() )->StackBase;
}

void frame_enter( struct frame *frame, struct frame_mark *mark )
{
    static volatile LONG count;

    /* no value that memory of the program is likely to have, and another one for each frame */
    frame->value
        = (ULONG_PTR)mark ^ ( (ULONG_PTR)InterlockedIncrement( &count ) << ( sizeof( ULONG_PTR ) * 4 ) ) ^ 0x5bd1e995;
    frame->mark = mark;
    frame->stack = frame_stack_base();
    mark->value[0] = mark->value[1] = frame->value;
}

void frame_leave( struct frame_mark *mark )
{
    mark->value[0] = mark->value[1] = 0;
}

enum frame_state frame_state( const struct frame *frame )
{
    if (frame->stack != frame_stack_base()) return FRAME_ELSEWHERE;
    if ((void *)frame->mark <= __builtin_frame_address( 0 )) return FRAME_GONE;
    return frame->mark->value[0] == frame->value && frame->mark->value[1] == frame->value ? FRAME_CALLS : FRAME_GONE;
}

/* The language handler of callout's frame; its own stack pointer after the prologue is `frame'. On i386 `frame' is its
 * entry in the list of handlers. */
EXCEPTION_DISPOSITION callout_handler( EXCEPTION_RECORD *record, BYTE *frame, CONTEXT *context, void *dispatcher )
{
    struct
    {
        void ( *unwound )( void *context );
        void *context;
    } *saved = (void *)( frame + ( sizeof( void * ) == 8 ? 0x20 : 8 ) );

    (void)context;
    (void)dispatcher;
    if (record->ExceptionFlags & ( EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND )) saved->unwound( saved->context );
    return ExceptionContinueSearch;
}
