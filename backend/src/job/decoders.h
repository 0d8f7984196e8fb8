/**
 * A recording of strangers as chip_transcribe_file() takes it: one decoder, or one for each track
 * where each track is a person (api/tracks.h says when, and what listening for that costs).
 */
#pragma once

#include "job/decoder.h"
#include "speech/vad.h"

struct chip_decoders;

/**
 * Starts what is needed.
 *
 * @param settings as for chip_decoder_start(); with a track, with mix, or through a pipe there is
 *                 one decoder
 * @param vad      to listen to tracks with; NULL: one decoder
 * @param out      free it with chip_decoders_free(); untouched on failure
 * @return as chip_decoder_start() for the recording by itself; a track that cannot be decoded is no
 *         failure, but then tracks are not taken together
 */
CHIP_MUST_CHECK
enum chip_status chip_decoders_start(struct chip_decoders **out,
                                     const struct chip_decoder_settings *settings,
                                     const struct chip_vad_model *vad, struct chip_err *err);
/** NULL is accepted. */
void chip_decoders_free(struct chip_decoders *decoders);
CHIP_DEFINE_AUTO(chip_decoders)

/** What the recording is, as it is opened by itself. */
const struct chip_decoder_info *chip_decoders_info(const struct chip_decoders *decoders);

/** The samples; borrows the decoders. */
struct chip_sound_source chip_decoders_source(const struct chip_decoders *decoders);
