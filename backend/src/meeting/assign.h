/** Who says each word, from who speaks when. Pure; any thread. */
#pragma once

#include "meeting/transcript.h"

/**
 * The same transcript with speakers and turns.
 *
 * A word belongs to the turn that covers most of it; among turns that cover it alike to the one of
 * the word before; outside all turns to the nearest. A segment is cut where the speaker changes, if
 * each side has at least two words and lasts at least a second; what is less goes to the speaker
 * around it, so that all words of a segment have its speaker. Texts, times and confidences stay as
 * they are; the parts of a segment share its confidence.
 *
 * @param t          borrowed; its own speakers are not looked at
 * @param turns      [n_turns] as chip_transcript_set_turns() wants them
 * @param n_speakers who is labelled "S1", "S2", ...; 0: nobody is told apart
 * @param out        free it with chip_transcript_free(); untouched on failure
 * @return CHIP_OK, CHIP_E_INVAL, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_with_turns(const struct chip_transcript *t,
                                            const struct chip_turn *turns, size_t n_turns,
                                            size_t n_speakers, struct chip_transcript **out,
                                            struct chip_err *err);
