/**
 * Recordings for tests, made by the ffmpeg program in a directory of their own, and what is needed
 * to judge what comes back. Everything aborts the test on failure; nothing is left behind.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "../test.h"

#include "media/media.h"

/** cmocka group setup and teardown: makes and removes the directory. */
int gen_setup(void **state);
int gen_teardown(void **state);

/** The path of `name` in the directory: valid until the 16th next call. */
const char *gen_path(const char *name);

/** Runs "ffmpeg ARGS PATH" and returns PATH of `name`. */
const char *gen_ffmpeg(const char *name, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Skips the test, saying so, when ffmpeg lacks an encoder; "" is always there. */
void gen_need_encoder(const char *encoder);

/** 1 s silence, 1 s of 440 Hz at 0.5, 1 s of 1000 Hz at 0.25, as ffmpeg input options. */
#define GEN_TONES_AT(rate)                                                      \
    "-f lavfi -i \"aevalsrc=exprs='if(lt(t,1),0,if(lt(t,2),0.5*sin(2*PI*440*t)" \
    ",0.25*sin(2*PI*1000*t)))':s=" #rate ":d=3\""

unsigned char *gen_load(const char *path, size_t *n);
void gen_save(const char *path, const void *data, size_t n);

/** Opens, or fails the test with the message. */
struct chip_media *gen_open(const char *path, const struct chip_media_options *options);

/** Opens what must not open, and returns the status with *err filled. */
enum chip_status gen_refused(const char *path, struct chip_err *err);

/** Reads all as mono. @return malloc'ed; *n samples */
float *gen_read_all(struct chip_media *media, size_t *n);

/** Amplitude of a sine of hz in x[n]. */
double gen_tone(const float *x, size_t n, double hz);
double gen_rms(const float *x, size_t n);

/** First time in seconds at which |x| passes 0.02; -1: never. */
double gen_onset(const float *x, size_t n);

/** Checks that x is GEN_TONES, its onset within `slack_s` of 1 s, `extra_s` longer at most. */
void gen_check_tones(const float *x, size_t n, double slack_s);

/** A wav header for 16-bit samples (or float, when bits is 32), with its size fields as given. */
size_t gen_wav_header(unsigned char *out, unsigned channels, unsigned rate, unsigned bits,
                      unsigned data_bytes);
