/**
 * What language models are told. Instructions and transcript are kept apart: the transcript is data
 * between two lines with a mark that depends on all of it, so that nobody in a meeting can say it.
 * Any thread.
 */
#pragma once

#include "base/str.h"
#include "minutes/chunks.h"
#include "minutes/minutes.h"

enum { CHIP_PROMPT_MARK = 17 }; /* 16 digits and a NUL */

/** @return CHIP_OK; CHIP_E_NOMEM; CHIP_E_INTERNAL if there is no SHA-256 */
CHIP_MUST_CHECK
enum chip_status chip_prompt_mark(const struct chip_transcript *transcript,
                                  char mark[CHIP_PROMPT_MARK], struct chip_err *err);

/** What one kind of request is made of. Borrowed. */
struct chip_prompt_parts {
    const char *dir; /* NAME.md there come before our own; NULL: none */
    const char *mark, *language;
    const struct chip_minutes_options *options;
};

/**
 * Instructions for the minutes of a part: instructions.md and then the template.
 *
 * @param out malloc'ed
 * @return CHIP_OK; CHIP_E_INVAL for a template that does not exist; CHIP_E_IO; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_prompt_instructions(const struct chip_prompt_parts *parts, char **out,
                                          struct chip_err *err);

/** Instructions for the summary of all parts: summary.md. @return as above */
CHIP_MUST_CHECK
enum chip_status chip_prompt_summary(const struct chip_prompt_parts *parts, char **out,
                                     struct chip_err *err);

/** Appends segments [from, to) as data, a line for each. */
void chip_prompt_add_lines(struct chip_str *out, const struct chip_transcript *transcript,
                           size_t from, size_t to);

/** A part of the transcript as data. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_prompt_transcript(const struct chip_transcript *transcript,
                                        const struct chip_chunk *chunk, const char *mark,
                                        char **out, struct chip_err *err);

/** Notes of all parts as data: what the summary is made of. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_prompt_notes(const json_t *minutes, const json_t *summaries, const char *mark,
                                   char **out, struct chip_err *err);

/** Is it a template's name, and is there such a template? @return CHIP_OK or CHIP_E_INVAL */
CHIP_MUST_CHECK
enum chip_status chip_prompt_check_template(const char *dir, const char *name,
                                            struct chip_err *err);
