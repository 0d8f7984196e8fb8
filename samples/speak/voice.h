/** Flite's voices: a line of text in; its sound, and when each word of it is spoken, out. */
#pragma once

#include <stddef.h>

enum { VOICE_RATE_HZ = 16000 };

struct voice_word {
    const char *text; /* as it is written, with its punctuation */
    size_t start,
        end; /* samples of the line's sound: its first phone's start, its last one's end */
};

/** Everything in it lives until the program ends. */
struct voice_line {
    float *pcm; /* [n_pcm] 16 kHz, -1..1 */
    size_t n_pcm;
    struct voice_word *words; /* [n_words], n_words > 0 */
    size_t n_words;
};

/**
 * Speaks a line. The times are the synthesiser's own: the phones that it was told to make.
 * Words are split at blanks, so "forty two" is two of them. Dies on an unknown voice.
 */
struct voice_line voice_speak(const char *voice, const char *text);
