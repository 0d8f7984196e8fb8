/** What a talk came to, in sentences: decisions and tasks before all else. Any thread. */
#pragma once

#include <jansson.h>

#include "minutes/analyst/items.h"

/** What the other parts of the analyst have found. */
struct chip_found {
    const struct chip_items *decisions, *actions, *questions;
};

/** A topic as summaries need it. */
struct chip_outline {
    struct chip_range sentences;
    const char *title;   /* borrowed; key phrases apart by ", ", the best first; "": none */
    bool proper;         /* it begins with the name of something */
    const size_t *picks; /* [n_picks] sentences that say the most in it, in order */
    size_t n_picks;
};

/** What the talk was about: its longest topics. @return a new reference; NULL: out of memory */
json_t *chip_summary_title(const struct chip_outline *topics, size_t n);

/**
 * Writes one topic: what was decided, else what says the most.
 *
 * @param evidence receives the sentences
 * @return a new reference; NULL: out of memory
 */
json_t *chip_summary_topic(const struct chip_reading *r, const struct chip_found *found,
                           const struct chip_outline *topic, json_t *evidence);

/** All of it in a few sentences. The same, over all topics. */
json_t *chip_summary_short(const struct chip_reading *r, const struct chip_found *found,
                           const struct chip_outline *topics, size_t n, json_t *evidence);

/** All of it, a paragraph for each topic. */
json_t *chip_summary_long(const struct chip_reading *r, const struct chip_found *found,
                          const struct chip_outline *topics, size_t n, json_t *evidence);
