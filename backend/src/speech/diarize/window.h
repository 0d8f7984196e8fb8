/** A stretch of speech and what the voice in it sounds like: what speakers are told apart by. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CHIP_VOICE_DIM = 128 };

struct chip_window {
    int64_t start, end;          /* samples of the recording, 16 kHz */
    float voice[CHIP_VOICE_DIM]; /* unit length */
};
