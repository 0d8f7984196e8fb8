/** Who spoke in a recording: the last step of a transcription. One thread. */
#pragma once

#include "meeting/transcript.h"
#include "speech/diarize/channels.h"
#include "speech/diarize/community_run.h"
#include "speech/diarize/diarizer.h"

/** What heard the recording's speakers. */
struct chip_heard_speakers {
    struct chip_diarizer *diarizer;   /* borrowed; its voices are used up */
    struct chip_community *community; /* says who speaks when; NULL: the diarizer does */
    const struct chip_channel_map *channel_map;
};

/** Opens the model that the options ask for; without one both stay NULL. */
CHIP_MUST_CHECK
enum chip_status chip_open_community(const struct chip_options *options,
                                     struct chip_community_model **model,
                                     struct chip_community **community, struct chip_err *err);

/**
 * Who spoke when, and so who said each word.
 *
 * @param transcript replaced by one with speakers, its own names for them suggested
 * @return CHIP_OK, or why not; then the transcript is as it was
 */
CHIP_MUST_CHECK
enum chip_status chip_tell_speakers(const struct chip_heard_speakers *heard,
                                    const struct chip_options *options,
                                    struct chip_transcript **transcript, struct chip_err *err);
