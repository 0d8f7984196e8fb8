/**
 * A secret rotation of voices. It leaves every cosine between voices of the same key as it was, and
 * makes those of different keys unrelated: what is stored cannot be compared with voices from
 * elsewhere, and throwing the key away revokes all of them.
 *
 * Three rounds of random signs and a Hadamard transform, as in the fast Johnson-Lindenstrauss
 * transform (Ailon & Chazelle 2009): orthogonal, and close enough to a random rotation to hide
 * which direction was which. Pure; any thread.
 */
#pragma once

#include "speech/diarize/window.h"

struct chip_rotation {
    float signs[3][CHIP_VOICE_DIM]; /* 1 or -1 */
};

/** @param key [n_key] secret bytes; the same bytes give the same rotation everywhere */
CHIP_MUST_CHECK
enum chip_status chip_rotation_init(struct chip_rotation *rotation, const void *key, size_t n_key,
                                    struct chip_err *err);

/** Rotates a voice in place. */
void chip_rotation_apply(const struct chip_rotation *rotation, float voice[CHIP_VOICE_DIM]);
