/**
 * Questions about a meeting, answered with the words that prove it (docs/MINUTES.md, "Ask"): by a
 * language model that is given the best passages and whose every sentence is checked, or without
 * one from minutes, turns and passages. Any thread; nothing is kept between calls.
 */
#pragma once

#include "minutes/minutes.h"
#include "minutes/write.h"

struct chip_ask_options {
    const json_t *minutes;       /* of the meeting, borrowed; NULL: they are made, when needed */
    int32_t meeting_day;         /* as in chip_minutes_options */
    const volatile bool *cancel; /* polled; may be NULL */
};

/**
 * Answers without a language model.
 *
 * @param options NULL: none
 * @param out     a new reference; untouched on failure
 * @return CHIP_OK, also when the meeting does not say (insufficient_evidence); CHIP_E_INVAL for no
 *         question, or one that is too long; CHIP_E_CANCELLED; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_ask_builtin(const struct chip_transcript *transcript, const char *question,
                                  const struct chip_ask_options *options, json_t **out,
                                  struct chip_err *err);

/**
 * Answers with a language model where one is set; if none answers, as above, and `notes` says why.
 *
 * @return as above; also CHIP_E_INVAL for settings that make no sense
 */
CHIP_MUST_CHECK
enum chip_status chip_ask(const struct chip_minutes_provider *settings,
                          const struct chip_transcript *transcript, const char *question,
                          const struct chip_ask_options *options, json_t **out,
                          struct chip_err *err);
