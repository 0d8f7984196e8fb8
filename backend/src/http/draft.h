/**
 * A transcript while a person corrects it: chip_draft_new(), changes, chip_draft_build().
 *
 * Speakers, segments and words are named by their numbers in the transcript that it was made from,
 * whatever was changed since. What a person wrote has confidence 1. One thread at a time.
 */
#pragma once

#include "meeting/transcript.h"

struct chip_draft;

/** @param from borrowed; must live longer. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_draft_new(struct chip_draft **out, const struct chip_transcript *from,
                                struct chip_err *err);
void chip_draft_free(struct chip_draft *draft);
CHIP_DEFINE_AUTO(chip_draft)

/** The speaker with a label; -1: there is none, or it was merged into another. */
int chip_draft_speaker(const struct chip_draft *draft, const char *label);

/** @param name borrowed until the draft is built; "": not known any more */
void chip_draft_name(struct chip_draft *draft, int speaker, const char *name);

/**
 * One more person.
 *
 * @param label that nobody has; both texts are borrowed until the draft is built
 * @return CHIP_OK; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_draft_add(struct chip_draft *draft, const char *label, const char *name,
                                struct chip_err *err);

/** All that one speaker says was said by the other, who keeps label and, if it has one, name. */
void chip_draft_merge(struct chip_draft *draft, int from, int into);

/**
 * Writes a word differently, and the text of its segment with it.
 *
 * @param text borrowed until the draft is built; blank: it was not said
 * @return CHIP_OK; CHIP_E_INVAL for no such word; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_draft_set_word(struct chip_draft *draft, size_t word, const char *text,
                                     struct chip_err *err);

/**
 * Writes a segment differently. Words that stay keep their times; new ones share the time of those
 * that they stand for, by their length.
 *
 * @param text borrowed until the draft is built; blank: nothing was said, the segment goes
 * @return CHIP_OK; CHIP_E_INVAL for no such segment; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_draft_set_text(struct chip_draft *draft, size_t segment, const char *text,
                                     struct chip_err *err);

/**
 * Somebody else said a segment. The turns change with it: its time is taken from the turns of the
 * speaker before.
 *
 * @return CHIP_OK; CHIP_E_INVAL for no such segment; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_draft_set_speaker(struct chip_draft *draft, size_t segment, int speaker,
                                        struct chip_err *err);

/** @return CHIP_OK; CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_draft_build(struct chip_draft *draft, struct chip_transcript **out,
                                  struct chip_err *err);
