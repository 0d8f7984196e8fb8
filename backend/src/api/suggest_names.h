/** Names for the speakers of a transcript, from voice profiles. Any thread. */
#pragma once

#include "speech/diarize/diarizer.h"

/**
 * @param voices_dir where the profiles are
 * @param t          receives suggestions for its speakers, who are those of the diarization
 * @return CHIP_OK also when nobody is known; as chip_profiles_open()
 */
CHIP_MUST_CHECK
enum chip_status chip_suggest_names(const char *voices_dir,
                                    const struct chip_diarization *diarization,
                                    struct chip_transcript *t, struct chip_err *err);
