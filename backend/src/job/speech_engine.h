/** The engine of workers: chip's own models, and recordings decoded in a locked-in process. */
#pragma once

#include "job/engine.h"

struct chip_speech_engine;

/**
 * @param model the default: a name as chip_model_open() takes it; NULL: chip's default. Opened by
 *              prepare(); one more that a job asks for stays open until another one asks for
 *              another
 * @param out   free it with chip_speech_engine_free() when no worker uses it any more
 */
CHIP_MUST_CHECK
enum chip_status chip_speech_engine_new(struct chip_speech_engine **out, const char *model,
                                        struct chip_err *err);
void chip_speech_engine_free(struct chip_speech_engine *engine);

/** Valid as long as the engine. */
struct chip_engine chip_speech_engine(struct chip_speech_engine *engine);
