/**
 * Voice activity detection: how likely each 32 ms of a recording are speech.
 *
 * Silero VAD v5 (MIT): the 16 kHz branch of its network. A chunk of 512 samples, together with the
 * 64 before it, gives four spectra, which four small convolutions turn into 128 features; one LSTM
 * goes over the chunks of the whole recording.
 *
 * Probabilities do not depend, in any bit, on how the samples are cut into calls.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

enum {
    CHIP_VAD_RATE_HZ = 16000,
    CHIP_VAD_CHUNK = 512, /* samples for one probability */
};

/** The weights. Read-only once open: shared by any number of threads. */
struct chip_vad_model;

/**
 * Opens `<dir>/model.safetensors`.
 *
 * @param out close with chip_vad_model_close() after the last detector that uses it
 * @return CHIP_OK; CHIP_E_NOT_FOUND or CHIP_E_IO if the file cannot be read; CHIP_E_FORMAT when
 *         tensors are missing or of another shape; CHIP_E_UNSUPPORTED when the spectrum is not a
 *         windowed Fourier transform; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_vad_model_open(struct chip_vad_model **out, const char *dir,
                                     struct chip_err *err);
/** NULL is accepted. */
void chip_vad_model_close(struct chip_vad_model *model);

/** The detector of one recording: one per thread. */
struct chip_vad;

/** @param model borrowed until the detector is freed. @return NULL when out of memory */
struct chip_vad *chip_vad_new(const struct chip_vad_model *model);
/** NULL is accepted. */
void chip_vad_free(struct chip_vad *vad);
CHIP_DEFINE_AUTO(chip_vad)

/** Forgets all that was heard: ready for another recording. */
void chip_vad_reset(struct chip_vad *vad);

/** How many probabilities a push of n samples will give now. */
size_t chip_vad_due(const struct chip_vad *vad, size_t n);

/**
 * Hears the next samples.
 *
 * @param pcm     [n] mono, 16 kHz, -1..1; louder ones are clipped, those that are no numbers are 0
 * @param probs   [max] receives one probability for each chunk that became complete
 * @param max     at least chip_vad_due(vad, n)
 * @param n_probs how many that were; may be NULL
 * @return CHIP_OK; CHIP_E_INVAL when max is too small, nothing having been heard
 */
CHIP_MUST_CHECK
enum chip_status chip_vad_push(struct chip_vad *vad, const float *pcm, size_t n, float *probs,
                               size_t max, size_t *n_probs, struct chip_err *err);

/**
 * Ends the recording: fills the last chunk up with silence, then resets.
 *
 * @param prob receives its probability
 * @return 1, or 0 when no samples were left over
 */
size_t chip_vad_flush(struct chip_vad *vad, float *prob);
