/**
 * Where the bytes come from: a file, standard input, a FIFO or a callback, as one AVIOContext.
 *
 * Used by one thread. FFmpeg never opens anything itself: all it sees is this.
 */
#pragma once

#include <libavformat/avio.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct chip_source {
    char name[200];              /* for messages: "'a.wav'", "standard input" */
    const volatile bool *cancel; /* borrowed, may be NULL */
    int fd;                      /* -1: none */
    bool owns_fd;
    bool seekable;
    int64_t base, pos, size; /* seekable: offset of byte 0 in fd, position, bytes in all */
    chip_read_fn *read;      /* used when there is no fd */
    void *read_user;
    unsigned char *head; /* first bytes, read ahead by peek */
    size_t head_len, head_cap;
    size_t head_pos; /* not seekable: how many of them were handed on */
    bool at_end;     /* read() or the callback said so */
    int failure;     /* errno of a failed read, kept for the message; 0: none */
    AVIOContext *avio;
};

/** Opens "-", a file or a FIFO. A zeroed `source` is filled; chip_source_done() also on failure. */
CHIP_MUST_CHECK
enum chip_status chip_source_open_path(struct chip_source *source, const char *path,
                                       const volatile bool *cancel, struct chip_err *err);

/** Takes bytes from a callback. */
void chip_source_open_callback(struct chip_source *source, chip_read_fn *read, void *user,
                               const volatile bool *cancel);

/** Closes what it owns; a zeroed source is accepted when fd is -1. */
void chip_source_done(struct chip_source *source);

/**
 * Looks at the first bytes without taking them; before chip_source_avio() only.
 *
 * @param want  bytes wished for; a longer peek extends the last
 * @return CHIP_OK with source->head and head_len (fewer than want only at the end of the input),
 *         CHIP_E_IO, CHIP_E_CANCELLED, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_source_peek(struct chip_source *source, size_t want, struct chip_err *err);

/** The next raw bytes: 1..n, 0 at the end, or a negative AVERROR. */
int chip_source_read(struct chip_source *source, unsigned char *buf, int n);

/** Makes source->avio, from byte 0. */
CHIP_MUST_CHECK
enum chip_status chip_source_avio(struct chip_source *source, struct chip_err *err);

/** Turns a failed read into a status and a message: cancelled, or what errno says. */
enum chip_status chip_source_fail(const struct chip_source *source, struct chip_err *err);

/** Whether the caller's flag is up. */
bool chip_source_cancelled(const struct chip_source *source);
