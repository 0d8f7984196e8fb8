/** The meeting itself: every line spoken, at one loudness, at its place in time. */
#pragma once

#include "script.h"
#include "voice.h"

struct meeting {
    struct voice_line said[SCRIPT_MAX_LINES]; /* of script->lines */
    size_t start[SCRIPT_MAX_LINES];           /* sample of the meeting where said[i].pcm[0] lies */
    float *pcm;                               /* [n_pcm] the whole meeting */
    size_t n_pcm;
};

/** Speaks the script. The same script gives the same samples every time. */
void meeting_speak(struct meeting *meeting, const struct script *script);
