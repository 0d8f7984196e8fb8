/** Finds what somebody says was said. Any thread. */
#pragma once

#include "minutes/said.h"

/**
 * Finds a quote: the same words, whatever their case and punctuation; near the segment also nearly
 * the same words (one in six another, or another spelling of it).
 *
 * @param segment where it should be; the nearest place is taken
 * @param tokens  the words that were said
 * @return CHIP_OK; CHIP_E_NOT_FOUND; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_quote_find(const struct chip_said *talk, size_t segment, const char *quote,
                                 struct chip_range *tokens, struct chip_err *err);

/** The plain words of a text, for comparing; free with chip_plain_text_done(). */
struct chip_plain_text {
    const char **words;
    size_t n;
    char *room;
};

CHIP_MUST_CHECK
enum chip_status chip_plain_text_read(const char *text, struct chip_plain_text *out,
                                      struct chip_err *err);
void chip_plain_text_done(struct chip_plain_text *text);
