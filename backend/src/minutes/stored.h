/**
 * Minutes as the store keeps them: the present ones, with `before`, the ones that they took the
 * place of, newest first; and `stale` once the words have changed that they were written from.
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>

#include "minutes/minutes.h"

enum { CHIP_MINUTES_BEFORE = 5 }; /* older ones that are kept */

/**
 * Puts earlier minutes behind new ones.
 *
 * @param minutes the new ones; changed
 * @param earlier as stored; borrowed. Anything that is no object: there were none
 * @param when    "2026-11-24T12:00:00.000Z": they were replaced
 * @return false when out of memory
 */
bool chip_minutes_follow(json_t *minutes, const json_t *earlier, const char *when);

/** Says that the words have changed since, of the older ones too. @return false: out of memory */
bool chip_minutes_mark_stale(json_t *stored);

/** Do both transcripts say the same, by the same speakers? Names do not count. */
bool chip_minutes_same_words(const struct chip_transcript *a, const struct chip_transcript *b);

/**
 * Copies summary, topics, decisions and action items into columns of their own, for readers of the
 * table. One that a person has written since the earlier minutes stays.
 *
 * @param row     as stored so far: {columns}; NULL: there was none
 * @param columns receives them
 * @return false when out of memory
 */
bool chip_minutes_columns(const json_t *minutes, const json_t *row, json_t *columns);
