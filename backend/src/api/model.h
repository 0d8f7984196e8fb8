/** What chip_model_open() opens: the recogniser, its tokenizer, voice detector and voice network.
 */
#pragma once

#include "speech/asr/moonshine.h"
#include "speech/diarize/embedder.h"
#include "speech/tokenizer.h"
#include "speech/vad.h"

struct chip_model {
    char name[128]; /* "moonshine-base", or the last part of the path */
    struct chip_moonshine *asr;
    struct chip_tokenizer *tokenizer;
    struct chip_vad_model *vad;
    struct chip_embedder *embedder;
};
