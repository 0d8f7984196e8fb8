/** The public networks with random weights and what PyTorch makes of them: community.py. */
#pragma once

#include <stddef.h>

#include "nn/safetensors.h"

/** model.safetensors of the networks, made once in each test program; skips without torch. */
const char *made_community_model(void);

/** The folder that it lies in. */
const char *made_community_folder(void);

/** A tensor of test.safetensors that must hold n numbers; it lasts as long as the program. */
const float *made_community_array(const char *name, size_t n);
