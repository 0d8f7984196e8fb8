/** Cutting a long transcript into parts that a language model can read at once. Pure; any thread.
 */
#pragma once

#include "base/err.h"

/** Segments [first, end); those from context on are repeated from the part before. */
struct chip_chunk {
    size_t context, first, end;
};

/** About how many tokens a text has; rather too many than too few. */
int chip_tokens_estimate(const char *text);

/** About how many tokens all of it has, with numbers and speakers. */
int chip_chunks_tokens(const struct chip_transcript *transcript);

/**
 * Cuts where the conversation breathes: of the places in the last third of what fits, at the
 * longest pause, and rather where the speaker changes.
 *
 * @param budget tokens in a part, > 0; a segment that is longer is a part by itself
 * @param out    [*n] malloc'ed, the caller frees it; every segment is in exactly one part
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_chunks_cut(const struct chip_transcript *transcript, int budget,
                                 struct chip_chunk **out, size_t *n, struct chip_err *err);
