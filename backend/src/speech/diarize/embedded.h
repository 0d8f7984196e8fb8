/** The network that the program carries: backend/data/speaker.safetensors. */
#pragma once

#include <stddef.h>

extern const unsigned char chip_embedded_speaker[];
extern const size_t chip_embedded_speaker_size;
