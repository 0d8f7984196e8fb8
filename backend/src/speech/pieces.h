/**
 * The way of speech pieces from the thread that reads a recording to those that recognise it:
 * a queue, bounded by seconds of audio so that a fast reader does not fill the memory.
 *
 * Any thread may call any function; the queue owns the pieces in it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "speech/segmenter.h"

/** One piece of speech and its place in the order of the recording. */
struct chip_piece {
    size_t index; /* 0, 1, 2, ... */
    struct chip_speech speech;
};

struct chip_pieces;

/** @param max_samples a put waits while more than this is queued */
CHIP_MUST_CHECK
enum chip_status chip_pieces_new(struct chip_pieces **out, size_t max_samples,
                                 struct chip_err *err);
void chip_pieces_free(struct chip_pieces *pieces);

/**
 * Appends a piece and numbers it; waits for room. What it owns is the queue's in any case.
 *
 * @return false when the queue was stopped: the reader can stop too
 */
bool chip_pieces_put(struct chip_pieces *pieces, struct chip_speech *speech);

/** Nothing more will come. */
void chip_pieces_end(struct chip_pieces *pieces);
/** Nobody wants more: waiting puts and takes return at once. */
void chip_pieces_stop(struct chip_pieces *pieces);

enum chip_pieces_got { CHIP_PIECES_GOT, CHIP_PIECES_WAIT, CHIP_PIECES_END };

/**
 * Takes the next piece.
 *
 * @param wait_ms how long to wait for one when the queue is empty; -1: until there is one or the
 * end
 * @return GOT: *out is the caller's; WAIT: none yet; END: none will come, or stopped
 */
enum chip_pieces_got chip_pieces_take(struct chip_pieces *pieces, int wait_ms,
                                      struct chip_piece *out);
