/**
 * Words as they are compared: lower case, without punctuation, contractions written out ("we'll" ->
 * "we will", "o'clock" stays), compounds apart ("thirty-five"). Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Plain words that one word of a transcript can become; more are left out. */
enum { CHIP_PLAIN_WORDS = 8, CHIP_PLAIN_STEM = 24 };

/** Bytes that are always enough for the plain words of a word of n bytes, NULs included. */
#define CHIP_PLAIN_BYTES(n) (2 * (n) + 16)

/**
 * Makes a word plain.
 *
 * @param word  as transcribed, UTF-8
 * @param room  [CHIP_PLAIN_BYTES(strlen(word))] where the texts go
 * @param out   into room
 * @param used  bytes of room
 * @return how many plain words; 0 for mere punctuation
 */
size_t chip_plain_word(const char *word, size_t n, char *room, const char *out[CHIP_PLAIN_WORDS],
                       size_t *used);

/** Whether a plain word says something by itself: not "the", "would", "really". */
bool chip_plain_is_content(const char *plain);

/** What a word has in common with its other forms: "closing", "closed" -> "clos". */
void chip_plain_stem(const char *plain, char stem[CHIP_PLAIN_STEM]);
