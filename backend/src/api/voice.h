/** One person's voice from a recording of that person: what a voice profile is made of. */
#pragma once

#include <stdbool.h>

#include "speech/diarize/window.h"

/**
 * Needs the voice detector's model, no speech model.
 *
 * @param path    a recording in which one person speaks for CHIP_VOICE_MIN_SECONDS or more; "-" is
 *                standard input
 * @param cancel  polled; may be NULL
 * @param voice   mean voice, not of length 1
 * @param seconds of speech that it was made of
 * @return CHIP_OK; CHIP_E_NO_AUDIO for too little speech; CHIP_E_UNSUPPORTED when several people
 *         speak; as chip_media_open() and chip_media_read(); CHIP_E_NOT_FOUND without the model
 */
CHIP_MUST_CHECK
enum chip_status chip_voice_of_file(const char *path, const volatile bool *cancel,
                                    float voice[CHIP_VOICE_DIM], double *seconds,
                                    struct chip_err *err);

enum { CHIP_VOICE_MIN_SECONDS = 5 };
