/** What was talked about, one after the other. Any thread. */
#pragma once

#include "minutes/analyst/terms.h"

struct chip_topic {
    struct chip_range sentences;
    struct chip_range title; /* words, when somebody announced it ("Next point, the price") */
    bool greets;             /* only the opening of the talk */
};

struct chip_topics {
    struct chip_topic *topics; /* owned; together they are all sentences */
    size_t n;
};

/**
 * Cuts a talk where its words change, and where somebody says that a new point begins.
 *
 * @param topics free topics->topics
 * @return CHIP_OK or CHIP_E_NOMEM
 * Source: Hearst 1997, TextTiling
 */
CHIP_MUST_CHECK
enum chip_status chip_topics_cut(const struct chip_reading *r, const struct chip_terms *terms,
                                 struct chip_topics *topics, struct chip_err *err);
