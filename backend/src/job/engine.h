/**
 * The speech engine as a worker sees it: a const struct of functions, so that tests can play one.
 * speech_engine.h is the real one.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "media/waveform.h"

struct chip_engine {
    void *user; /* handed to the functions */

    /**
     * Opens the model that jobs get which name none; called once, before the first job.
     *
     * @return CHIP_OK; else the worker ends with this failure
     */
    enum chip_status (*prepare)(void *user, struct chip_err *err);

    /**
     * Transcribes a recording, as chip_transcribe_file() does.
     *
     * @param model   a name; NULL: the one that was prepared
     * @param fd      the recording: a file, read from its start; or a pipe, through which it still
     *                comes. Its content is not to be trusted; borrowed
     * @param options never NULL
     * @param waveform zeroed; holds the whole recording after success, whatever was known of it
     * @return as that does; for a pipe CHIP_E_UNSUPPORTED or CHIP_E_LIMIT where only the whole file
     *         will do, such as an mp4 with its index at the end. What comes out is the same
     */
    enum chip_status (*transcribe)(void *user, const char *model, int fd,
                                   const struct chip_options *options,
                                   struct chip_waveform *waveform, struct chip_transcript **out,
                                   struct chip_err *err);

    /**
     * The day on which the recording was made that was transcribed last, as it says itself: days
     * since 1970; -1: not known. NULL: it never is.
     */
    int32_t (*recorded_day)(void *user);

    /**
     * What a receipt says of a model.
     *
     * @return a new object {"name", "files": [{"name", "sha256"}]}, or NULL when nothing is known
     */
    json_t *(*describe)(void *user, const char *model);
};
