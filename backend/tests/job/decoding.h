/**
 * Decoding in a process of its own, from tests: the tests' program is that process too, when it is
 * called as `chip` would be.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "job/decoder.h"
#include "media/media.h"

/** First thing in main(): returns the exit code when this is a decoder, else -1. */
int decoder_if_called(int argc, char **argv);

/** Starts a decoder of a file, or fails the test; *fd is to be closed. */
struct chip_decoder *decoder_of(const char *path, struct chip_decoder_settings *settings);

/** What starting a decoder of a file ends with; the decoder is freed. */
enum chip_status decoder_status(const char *path, struct chip_decoder_settings *settings,
                                struct chip_err *err);

/** All that a source or a recording gives, channel by channel. */
struct sound {
    float *planes[8]; /* [n] each, owned */
    size_t n_channels, n;
};

/** Reads to the end, `most` samples at a time. */
enum chip_status sound_read(struct sound *sound, const struct chip_sound_source *source,
                            size_t most, struct chip_err *err);
void sound_done(struct sound *sound);

/** Sample by sample, to the bit. */
void assert_same_sound(const struct sound *a, const struct sound *b);

/** A pipe that a thread fills with a file, `most` bytes at a time; read from fd. */
struct feeder;
struct feeder *feeder_new(const char *path, size_t most, int *fd);
void feeder_free(struct feeder *feeder);

/** Descriptors that this process has. */
size_t count_fds(void);
