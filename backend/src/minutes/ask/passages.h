/** Which part of a meeting a language model is given to answer a question. Any thread. */
#pragma once

#include "base/err.h"
#include "minutes/ask/answer.h"

/**
 * Marks the segments: all of them if they fit, else those that are most about the question, each
 * with its neighbours, and those that an answer without a model cites.
 *
 * @param budget tokens
 * @param wanted [n_segments] receives which
 * @return CHIP_OK; CHIP_E_NOT_FOUND when nothing is about the question; as chip_question_read()
 */
CHIP_MUST_CHECK
enum chip_status chip_passages_choose(const struct chip_transcript *transcript,
                                      const char *question, const json_t *answer, int budget,
                                      bool *wanted, struct chip_err *err);
