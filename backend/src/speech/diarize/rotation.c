#include "speech/diarize/rotation.h"

#include <math.h>
#include <stdio.h>

#include "net/sha256.h"

enum chip_status chip_rotation_init(struct chip_rotation *rotation, const void *key, size_t n_key,
                                    struct chip_err *err)
{
    char hash[CHIP_SHA256_HEX], labelled[CHIP_SHA256_HEX + 8];
    enum chip_status s = chip_sha256_bytes(key, n_key, hash, err);
    for (int round = 0; s == CHIP_OK && round < 3; round++) {
        int n = snprintf(labelled, sizeof labelled, "%d:%s", round, hash);
        char bits[CHIP_SHA256_HEX];
        s = chip_sha256_bytes(labelled, (size_t)n, bits, err);
        for (size_t i = 0; s == CHIP_OK && i < CHIP_VOICE_DIM; i++) {
            char digit = bits[i / 4]; /* 4 bits */
            int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
            rotation->signs[round][i] = value >> (i % 4) & 1 ? -1.0f : 1.0f;
        }
    }
    return s;
}

void chip_rotation_apply(const struct chip_rotation *rotation, float voice[CHIP_VOICE_DIM])
{
    const float scale = 1.0f / sqrtf((float)CHIP_VOICE_DIM);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
            voice[i] *= rotation->signs[round][i] * scale;
        for (size_t half = 1; half < CHIP_VOICE_DIM; half *= 2)
            for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
                if (!(i & half)) {
                    float a = voice[i], b = voice[i + half];
                    voice[i] = a + b;
                    voice[i + half] = a - b;
                }
    }
}
