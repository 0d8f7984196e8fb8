/**
 * Speech pieces in, words out, on all cores.
 *
 * Each worker thread owns a batch of decoder slots: it takes pieces from the queue, encodes them
 * into free slots, and steps all its slots together; when enough of them have ended it takes more.
 * Nothing passes between workers but pieces and results, so the text of a piece does not depend on
 * the number of threads, the size of batches, or the order of work. Results are given in order.
 */
#pragma once

#include "meeting/transcript.h"
#include "speech/asr/moonshine.h"
#include "speech/diarize/embedder.h"
#include "speech/pieces.h"
#include "speech/tokenizer.h"

/**
 * Told how much more has been done, finished pieces or not: in ms of the speech that it is worth,
 * which may be a little less than nothing. By one thread at a time.
 */
typedef void chip_worked_fn(void *user, double ms);

struct chip_recognizer_options {
    int threads; /* 1..64 */
    int batch;   /* slots of a worker, 1..CHIP_MOONSHINE_MAX_SLOTS; 0: as many as memory allows */
    const struct chip_embedder *embedder; /* NULL: no voices are wanted */
    const struct chip_hotwords *hotwords; /* words to expect; NULL: none */
    int64_t known_ms; /* pieces that end until then are not recognised: only their voices heard */
    const volatile bool *cancel; /* polled between steps: true stops soon; may be NULL */
    chip_worked_fn *worked;      /* may be NULL */
};

/** What became of one piece. Borrowed for the call. */
struct chip_recognized {
    const struct chip_piece *piece;
    const struct chip_word *words; /* times in the recording */
    size_t n_words;
    const struct chip_segment *segments; /* first_word counts from words[0] */
    size_t n_segments;
    const struct chip_audit *audit;
    size_t n_audit;
    const struct chip_window *windows; /* voices of its speech, in order; none without embedder */
    size_t n_windows;
};

/**
 * Called for each piece in order, by one thread at a time. @return false stops the recogniser: it
 * then returns CHIP_E_CANCELLED
 */
typedef bool chip_recognized_fn(void *user, const struct chip_recognized *result);

/**
 * Runs until the queue has ended and all pieces are recognised. Blocks; starts and joins its
 * threads. The queue is stopped when it returns early. Pieces have 1..CHIP_MOONSHINE_MAX_SAMPLES.
 *
 * @return CHIP_OK, CHIP_E_CANCELLED, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_recognize(const struct chip_moonshine *model,
                                const struct chip_tokenizer *tokenizer, struct chip_pieces *pieces,
                                const struct chip_recognizer_options *options,
                                chip_recognized_fn *done, void *user, struct chip_err *err);
