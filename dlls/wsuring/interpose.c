/*
 * Interposing kernelbase's imports from ntdll
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wineserver knows nothing of operations that wait in the process, so closing, cancelling and associating a socket by kernel32's functions has
 * to be seen here (wine-abi 9). Programs that call ntdll themselves go past this file.
 */

#include "operation.h"
#include "event_state.h"
#include "interpose.h"

BOOL interposed;

static NTSTATUS (WINAPI *real_NtClose)( HANDLE );
static NTSTATUS (WINAPI *real_NtCancelIoFile)( HANDLE, IO_STATUS_BLOCK * );
static NTSTATUS (WINAPI *real_NtCancelIoFileEx)( HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK * );
static NTSTATUS (WINAPI *real_NtDuplicateObject)( HANDLE, HANDLE, HANDLE, HANDLE *, ACCESS_MASK, ULONG, ULONG );
static NTSTATUS (WINAPI *real_NtSetInformationFile)( HANDLE, IO_STATUS_BLOCK *, void *, ULONG, FILE_INFORMATION_CLASS );
static NTSTATUS (WINAPI *real_NtCreateEvent)( HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG, BOOLEAN );
static NTSTATUS (WINAPI *real_NtSetEvent)( HANDLE, LONG * );
static NTSTATUS (WINAPI *real_NtResetEvent)( HANDLE, LONG * );
static NTSTATUS (WINAPI *real_NtReadFile)( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *, ULONG * );
static NTSTATUS (WINAPI *real_NtWriteFile)( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, const void *, ULONG, LARGE_INTEGER *, ULONG * );
static NTSTATUS (WINAPI *real_NtDeviceIoControlFile)( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *, ULONG );
static NTSTATUS (WINAPI *real_NtFsControlFile)( HANDLE, HANDLE, void *, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *, ULONG );
static NTSTATUS (WINAPI *real_TpAllocIoCompletion)( void **, HANDLE, void *, void *, void * );
static NTSTATUS (WINAPI *real_RtlSetIoCompletionCallback)( HANDLE, void *, ULONG );

#define FILE_COMPLETION_INFORMATION        30
#define FILE_COMPLETION_NOTIFICATION_MODES 41

/* A handle is about to go. */
static void handle_closing( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    stock_cancel( sock );
    socket_retire( sock );
    socket_release( sock );
}

static NTSTATUS WINAPI hook_NtClose( HANDLE handle )
{
    handle_closing( handle );
    event_forget( handle );
    return real_NtClose( handle );
}

static NTSTATUS WINAPI hook_NtDuplicateObject( HANDLE source_process, HANDLE source, HANDLE dest_process, HANDLE *dest, ACCESS_MASK access,
                                               ULONG attributes, ULONG options )
{
    if ((options & DUPLICATE_CLOSE_SOURCE) && source_process == GetCurrentProcess()) handle_closing( source );
    return real_NtDuplicateObject( source_process, source, dest_process, dest, access, attributes, options );
}

/* What we have cancelled counts even where the server finds nothing of its own. */
static NTSTATUS WINAPI hook_NtCancelIoFile( HANDLE handle, IO_STATUS_BLOCK *iosb )
{
    struct socket *sock = socket_find( handle );

    if (sock)
    {
        operation_cancel( sock, NULL, GetCurrentThreadId() );
        socket_release( sock );
    }
    return real_NtCancelIoFile( handle, iosb );
}

static NTSTATUS WINAPI hook_NtCancelIoFileEx( HANDLE handle, IO_STATUS_BLOCK *which, IO_STATUS_BLOCK *iosb )
{
    struct socket *sock = socket_find( handle );
    NTSTATUS status;
    UINT count = 0;

    if (sock)
    {
        count = operation_cancel( sock, which, 0 );
        socket_release( sock );
    }
    status = real_NtCancelIoFileEx( handle, which, iosb );
    if (count && status)
    {
        iosb->Status = STATUS_SUCCESS;
        iosb->Information = 0;
        status = STATUS_SUCCESS;
    }
    return status;
}

static void note_port( HANDLE handle )
{
    struct socket *sock = socket_find( handle );

    if (!sock) return;
    sock->has_port = TRUE;
    socket_release( sock );
}

static NTSTATUS WINAPI hook_NtSetInformationFile( HANDLE handle, IO_STATUS_BLOCK *iosb, void *info, ULONG len, FILE_INFORMATION_CLASS class )
{
    NTSTATUS status = real_NtSetInformationFile( handle, iosb, info, len, class );
    struct socket *sock;

    if (status) return status;
    if ((int)class == FILE_COMPLETION_INFORMATION) note_port( handle );
    else if ((int)class == FILE_COMPLETION_NOTIFICATION_MODES && (sock = socket_find( handle )))
    {
        sock->skip_modes |= *(ULONG *)info; /* they can only be added */
        socket_release( sock );
    }
    return status;
}

static NTSTATUS WINAPI hook_TpAllocIoCompletion( void **out, HANDLE handle, void *callback, void *context, void *environment )
{
    NTSTATUS status = real_TpAllocIoCompletion( out, handle, callback, context, environment );

    if (!status) note_port( handle );
    return status;
}

static NTSTATUS WINAPI hook_RtlSetIoCompletionCallback( HANDLE handle, void *function, ULONG flags )
{
    NTSTATUS status = real_RtlSetIoCompletionCallback( handle, function, flags );

    if (!status) note_port( handle );
    return status;
}

/* ---- events: see event_state.c */

static NTSTATUS WINAPI hook_NtCreateEvent( HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, ULONG type, BOOLEAN state )
{
    NTSTATUS status = real_NtCreateEvent( handle, access, attributes, type, state );

    if (status) return status; /* STATUS_OBJECT_NAME_EXISTS: somebody else's event, in any state */
    if (state) event_forget( *handle );
    else event_note_clear( *handle );
    return status;
}

static NTSTATUS WINAPI hook_NtSetEvent( HANDLE handle, LONG *previous )
{
    event_forget( handle );
    return real_NtSetEvent( handle, previous );
}

static NTSTATUS WINAPI hook_NtResetEvent( HANDLE handle, LONG *previous )
{
    NTSTATUS status = real_NtResetEvent( handle, previous );

    if (!status) event_note_clear( handle );
    return status;
}

/* Operations of other objects that will signal an event; they also carry the reads and writes of sockets, which AFD serves. */

static NTSTATUS WINAPI hook_NtReadFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb, void *buffer, ULONG len,
                                        LARGE_INTEGER *offset, ULONG *key )
{
    if (event) event_forget( event );
    return real_NtReadFile( handle, event, apc, context, iosb, buffer, len, offset, key );
}

static NTSTATUS WINAPI hook_NtWriteFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb, const void *buffer,
                                         ULONG len, LARGE_INTEGER *offset, ULONG *key )
{
    if (event) event_forget( event );
    return real_NtWriteFile( handle, event, apc, context, iosb, buffer, len, offset, key );
}

static NTSTATUS WINAPI hook_NtDeviceIoControlFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb, ULONG code,
                                                   void *in, ULONG in_size, void *out, ULONG out_size )
{
    if (event) event_forget( event );
    return real_NtDeviceIoControlFile( handle, event, apc, context, iosb, code, in, in_size, out, out_size );
}

static NTSTATUS WINAPI hook_NtFsControlFile( HANDLE handle, HANDLE event, void *apc, void *context, IO_STATUS_BLOCK *iosb, ULONG code, void *in,
                                             ULONG in_size, void *out, ULONG out_size )
{
    if (event) event_forget( event );
    return real_NtFsControlFile( handle, event, apc, context, iosb, code, in, in_size, out, out_size );
}

static const struct hook
{
    const char *module;
    const char *name;
    void *function;
    void *real; /* address of the pointer to what ntdll exports */
    BOOL required;
} hooks[] =
{
    { "kernelbase.dll", "NtClose",                    hook_NtClose,                    &real_NtClose,                    TRUE },
    { "kernelbase.dll", "NtDuplicateObject",          hook_NtDuplicateObject,          &real_NtDuplicateObject,          TRUE },
    { "kernelbase.dll", "NtCancelIoFile",             hook_NtCancelIoFile,             &real_NtCancelIoFile,             TRUE },
    { "kernelbase.dll", "NtCancelIoFileEx",           hook_NtCancelIoFileEx,           &real_NtCancelIoFileEx,           TRUE },
    { "kernelbase.dll", "NtSetInformationFile",       hook_NtSetInformationFile,       &real_NtSetInformationFile,       TRUE },
    { "kernelbase.dll", "NtCreateEvent",              hook_NtCreateEvent,              &real_NtCreateEvent,              TRUE },
    { "kernelbase.dll", "NtSetEvent",                 hook_NtSetEvent,                 &real_NtSetEvent,                 TRUE },
    { "kernelbase.dll", "NtResetEvent",               hook_NtResetEvent,               &real_NtResetEvent,               TRUE },
    { "kernelbase.dll", "NtReadFile",                 hook_NtReadFile,                 &real_NtReadFile,                 TRUE },
    { "kernelbase.dll", "NtWriteFile",                hook_NtWriteFile,                &real_NtWriteFile,                TRUE },
    { "kernelbase.dll", "NtDeviceIoControlFile",      hook_NtDeviceIoControlFile,      &real_NtDeviceIoControlFile,      TRUE },
    { "kernelbase.dll", "NtFsControlFile",            hook_NtFsControlFile,            &real_NtFsControlFile,            TRUE },
    { "kernelbase.dll", "TpAllocIoCompletion",        hook_TpAllocIoCompletion,        &real_TpAllocIoCompletion,        FALSE },
    { "kernel32.dll",   "NtSetInformationFile",       hook_NtSetInformationFile,       &real_NtSetInformationFile,       TRUE },
    { "kernel32.dll",   "RtlSetIoCompletionCallback", hook_RtlSetIoCompletionCallback, &real_RtlSetIoCompletionCallback, FALSE },
};

/* The slot of an import from ntdll in a module's import address table. */
static void **import_slot( const char *module_name, const char *name )
{
    BYTE *base = (BYTE *)GetModuleHandleA( module_name );
    const IMAGE_NT_HEADERS *nt;
    const IMAGE_DATA_DIRECTORY *directory;
    const IMAGE_IMPORT_DESCRIPTOR *import;
    const IMAGE_THUNK_DATA *names;
    void **slots;

    if (!base) return NULL;
    nt = (const IMAGE_NT_HEADERS *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    directory = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
    if (!directory->VirtualAddress) return NULL;
    for (import = (const IMAGE_IMPORT_DESCRIPTOR *)(base + directory->VirtualAddress); import->Name; import++)
    {
        if (lstrcmpiA( (const char *)base + import->Name, "ntdll.dll" ) || !import->OriginalFirstThunk) continue;
        names = (const IMAGE_THUNK_DATA *)(base + import->OriginalFirstThunk);
        for (slots = (void **)(base + import->FirstThunk); names->u1.AddressOfData; names++, slots++)
        {
            if (IMAGE_SNAP_BY_ORDINAL( names->u1.Ordinal )) continue;
            if (!strcmp( (const char *)((const IMAGE_IMPORT_BY_NAME *)(base + names->u1.AddressOfData))->Name, name )) return slots;
        }
    }
    return NULL;
}

static BOOL slot_write( void **slot, void *value )
{
    DWORD protection;

    /* Wine 10's import tables are read-only pages */
    if (!VirtualProtect( slot, sizeof(*slot), PAGE_READWRITE, &protection )) return FALSE;
    InterlockedExchangePointer( slot, value );
    VirtualProtect( slot, sizeof(*slot), protection, &protection );
    return TRUE;
}

BOOL interpose_install(void)
{
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" ), self;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(hooks); i++)
    {
        void *real = GetProcAddress( ntdll, hooks[i].name ), **slot = import_slot( hooks[i].module, hooks[i].name );

        /* another module's interposition may be there already: it stays, below ours */
        if (slot) real = *slot;
        if (!real || (!slot && hooks[i].required)) return FALSE;
        *(void **)hooks[i].real = real;
    }
    for (i = 0; i < ARRAY_SIZE(hooks); i++)
    {
        void **slot = import_slot( hooks[i].module, hooks[i].name );

        if (slot && !slot_write( slot, hooks[i].function ) && hooks[i].required)
        {
            interpose_remove();
            return FALSE;
        }
    }
    /* a thread may be inside a hook at any time */
    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN, (const WCHAR *)interpose_install, &self );
    return TRUE;
}

void interpose_remove(void)
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(hooks); i++)
    {
        void **slot = import_slot( hooks[i].module, hooks[i].name );

        if (slot && *slot == hooks[i].function) slot_write( slot, *(void **)hooks[i].real );
    }
}
