/** An answer in the making (docs/MINUTES.md, "Ask"). Any thread. */
#pragma once

#include <jansson.h>

#include "base/str.h"
#include "minutes/analyst/reading.h"

/** One without text, citations or model. @return a new reference; NULL: out of memory */
json_t *chip_answer_new(const char *from);

/** That the meeting does not say. @return a new reference; NULL: out of memory */
json_t *chip_answer_none(void);

/**
 * Adds the words that prove it, with who said them; what is cited already is not added again.
 *
 * @param evidence [{segment, start, end, quote}] (minutes/evidence.h)
 * @return false: out of memory
 */
bool chip_answer_cite(json_t *answer, const struct chip_reading *r, const json_t *evidence);

/** Puts in the text. @param text is emptied. @return false: out of memory */
bool chip_answer_say(json_t *answer, struct chip_str *text);

/** The name of a speaker, else the label, else "Somebody". */
const char *chip_answer_name(const struct chip_reading *r, int speaker);

/** Appends a time of the recording: "3:07", "1:03:07". */
void chip_answer_add_time(struct chip_str *text, double seconds);
