/** The turns of a transcript that is being corrected. Private to draft.c. */
#pragma once

#include "base/err.h"

struct chip_draft_turns {
    struct chip_turn *turns; /* [n] owned, in no order */
    size_t n, size;
};

/** @return false when out of memory; chip_draft_turns_done() it in any case */
bool chip_draft_turns_init(struct chip_draft_turns *t, const struct chip_turn *turns, size_t n);
void chip_draft_turns_done(struct chip_draft_turns *t);

/**
 * Takes a stretch of time from one speaker, -1 nobody, and gives it to another, with the edges of
 * turns that end just outside. @return as above
 */
bool chip_draft_turns_give(struct chip_draft_turns *t, int64_t start_ms, int64_t end_ms, int from,
                           int to);

/** Joins turns of one speaker that overlap or touch, and puts all in order of their start. */
void chip_draft_turns_join(struct chip_draft_turns *t);
