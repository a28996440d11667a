/*
 * Chains that lead nowhere: what a crude removal leaves in the registry
 *
 * Copyright 2026 the wsuring authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Installers still see them, but no program's socket is stopped by them.
 */

#include <string.h>

#include "catalog.h"

enum chain_state
{
    CHAIN_UNKNOWN,
    CHAIN_LOOKED_AT, /* now: who comes here again is in a circle */
    CHAIN_SOUND,
    CHAIN_BROKEN
};

/* All that a chain names is there, and below it is no chain that leads back to it. The first link may be itself. */
static BOOL chain_is_sound( const struct catalog *catalog, DWORD index, BYTE *states )
{
    const WSAPROTOCOLCHAIN *chain = &catalog->items[index].info.ProtocolChain;
    const struct catalog_item *below;
    BOOL sound = TRUE;
    int i;

    if (states[index] != CHAIN_UNKNOWN) return states[index] == CHAIN_SOUND;
    states[index] = CHAIN_LOOKED_AT;
    for (i = 0; sound && chain->ChainLen > BASE_PROTOCOL && i < chain->ChainLen; i++)
    {
        if (!i && chain->ChainEntries[i] == catalog->items[index].info.dwCatalogEntryId) continue;
        below = catalog_with_id( catalog, chain->ChainEntries[i] );
        sound = below && chain_is_sound( catalog, below - catalog->items, states );
    }
    states[index] = sound ? CHAIN_SOUND : CHAIN_BROKEN;
    return sound;
}

void catalog_drop_broken( struct catalog *catalog )
{
    BYTE states[CATALOG_MAX];
    DWORD i, kept = 0;

    memset( states, CHAIN_UNKNOWN, sizeof( states ) );
    for (i = 0; i < catalog->count; i++) chain_is_sound( catalog, i, states );
    for (i = 0; i < catalog->count; i++)
        if (states[i] == CHAIN_SOUND) catalog->items[kept++] = catalog->items[i];
    catalog->count = kept;
}
