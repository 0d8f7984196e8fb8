/**
 * Where an answer can come from without a language model. Each function gives an answer, or NULL in
 * *out when it has none. Any thread.
 */
#pragma once

#include "minutes/ask/answer.h"
#include "minutes/ask/find.h"

/** Decisions, tasks, open questions, risks, summary: what the minutes list. */
CHIP_MUST_CHECK
enum chip_status chip_answer_from_minutes(const struct chip_finder *finder,
                                          const struct chip_question *question,
                                          const json_t *minutes, json_t **out,
                                          struct chip_err *err);

/** How long people talked. */
CHIP_MUST_CHECK
enum chip_status chip_answer_from_turns(const struct chip_reading *r,
                                        const struct chip_question *question, json_t **out,
                                        struct chip_err *err);

/** What was said: the best passages, word for word. */
CHIP_MUST_CHECK
enum chip_status chip_answer_from_passages(const struct chip_finder *finder,
                                           const struct chip_question *question, json_t **out,
                                           struct chip_err *err);

enum { CHIP_PASSAGES = 64 };

/** Are these sentences, the best of a question, good enough to answer it? */
bool chip_passages_suffice(const struct chip_found *found, size_t n);
