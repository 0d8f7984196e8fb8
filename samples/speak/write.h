/** The meeting as files: the sound, and everything that is true about it. */
#pragma once

#include "meeting.h"

/** meeting.wav: 16-bit mono PCM. */
void write_wav(const struct meeting *meeting, const char *folder);

/** words.tsv: speaker, word, start_ms, end_ms, line; in order of time. */
void write_words(const struct meeting *meeting, const struct script *script, const char *folder);

/** turns.rttm: one SPEAKER record for each line, from its first word to the end of its last. */
void write_turns(const struct meeting *meeting, const struct script *script, const char *folder);

/** transcript.txt: "Dana: ..." for each line. */
void write_transcript(const struct script *script, const char *folder);
