/**
 * Builds a struct chip_transcript, segment by segment, and keeps its promises:
 *
 *   - segments start in order of time; they may touch or overlap;
 *   - words lie inside their segment, words of the whole transcript start in order of time, and
 *     within a segment they end in order too;
 *   - start <= end everywhere, 0 <= time <= CHIP_TRANSCRIPT_MAX_MS, confidences in 0..1;
 *   - every text is one clean line of valid UTF-8 (text.h), never NULL;
 *   - speakers have labels, all different;
 *   - a speaker is one of `speakers` or -1; all words of a segment have its speaker;
 *   - turns start in order of time; those of one speaker neither overlap nor touch.
 *
 * After each call the transcript is complete and may be read. Texts stay where they are until it
 * is freed; the arrays move when they grow. One thread at a time while building, any thread after.
 */
#pragma once

#include "base/err.h"

/** 100,000 hours: milliseconds far beyond any recording, still exact in a double. */
#define CHIP_TRANSCRIPT_MAX_MS (INT64_C(100000) * 3600 * 1000)

enum { CHIP_MAX_SPEAKERS = 1000 };

CHIP_DEFINE_AUTO(chip_transcript)

/**
 * Makes an empty transcript: no segments, durations 0, model and language "".
 *
 * @param out receives it; free it with chip_transcript_free()
 * @return CHIP_OK or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_new(struct chip_transcript **out, struct chip_err *err);

/** Sets the model's name; copied. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_transcript_set_model(struct chip_transcript *t, const char *model,
                                           struct chip_err *err);

/** Sets the language, "en"; copied. @return CHIP_OK or CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_transcript_set_language(struct chip_transcript *t, const char *language,
                                              struct chip_err *err);

/**
 * Sets how long the recording is and how much of it is speech.
 *
 * @return CHIP_OK; CHIP_E_INVAL for a time that is negative or beyond the maximum
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_set_durations(struct chip_transcript *t, int64_t duration_ms,
                                               int64_t speech_ms, struct chip_err *err);

/**
 * Appends a segment and its words.
 *
 * A word without visible text is left out, and so is a segment that has neither text nor words.
 * Confidences a little outside 0..1 (rounding) are moved inside.
 *
 * @param t       unchanged on failure
 * @param seg     text, times, confidence and speaker; first_word and n_words are not read;
 * borrowed. A speaker who does not take part is -1. Without text (NULL, blanks) the words make it,
 * with blanks between them
 * @param words   [n_words]; borrowed; NULL when n_words is 0 (a segment may come without words)
 * @param n_words words
 * @return CHIP_OK; CHIP_E_INVAL when a promise above would break; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_add_segment(struct chip_transcript *t,
                                             const struct chip_segment *seg,
                                             const struct chip_word *words, size_t n_words,
                                             struct chip_err *err);

/**
 * Notes something that was dropped or is doubtful; notes are kept in order of their start.
 *
 * @param audit borrowed; a NULL detail is ""
 * @return CHIP_OK, CHIP_E_INVAL for times that make no sense, or CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_add_audit(struct chip_transcript *t,
                                           const struct chip_audit *audit, struct chip_err *err);

/**
 * Appends all segments, words and audit notes of another transcript; speakers, turns and durations
 * are not looked at.
 *
 * @param more borrowed; it starts in order of time, behind what is there
 * @return CHIP_OK; CHIP_E_INVAL when a promise above would break, CHIP_E_NOMEM: then t holds a part
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_append(struct chip_transcript *t,
                                        const struct chip_transcript *more, struct chip_err *err);

/**
 * Says who takes part; before any segment or turn names them.
 *
 * @param speakers [n] copied; a NULL label is "S1", "S2", ..., a NULL name ""
 * @return CHIP_OK; CHIP_E_INVAL for more than CHIP_MAX_SPEAKERS, for a label that is empty or not
 *         the only one, or a second time; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_set_speakers(struct chip_transcript *t,
                                              const struct chip_speaker *speakers, size_t n,
                                              struct chip_err *err);

/**
 * Gives a speaker a name; copied.
 *
 * @return CHIP_OK, CHIP_E_INVAL for no such speaker, CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_name_speaker(struct chip_transcript *t, size_t speaker,
                                              const char *name, struct chip_err *err);

/** Notes whose voice a speaker's is like; as chip_transcript_name_speaker(). */
CHIP_MUST_CHECK
enum chip_status chip_transcript_suggest_name(struct chip_transcript *t, size_t speaker,
                                              const char *name, float similarity,
                                              struct chip_err *err);

/**
 * Says who speaks when; replaces what was said before.
 *
 * @param turns [n] copied
 * @return CHIP_OK; CHIP_E_INVAL when a promise above would break; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_transcript_set_turns(struct chip_transcript *t, const struct chip_turn *turns,
                                           size_t n, struct chip_err *err);

/** Keeps voices (voices.h), which are its own from now on; frees those from before. */
void chip_transcript_set_voices(struct chip_transcript *t, struct chip_voices *voices);

/** The name of a kind in files: "token-cap". Never NULL. */
const char *chip_audit_kind_name(enum chip_audit_kind kind);

/** Finds a kind by that name. @return false for an unknown name */
bool chip_audit_kind_by_name(const char *name, enum chip_audit_kind *out);
