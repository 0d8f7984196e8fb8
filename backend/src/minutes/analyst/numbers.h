/** Numbers as they are said or written: "forty two", "6,400", "a hundred and ten". Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum chip_number_kind {
    CHIP_NUMBER_CARDINAL,
    CHIP_NUMBER_ORDINAL, /* "third", "21st" */
    CHIP_NUMBER_MONEY,   /* "$12" */
    CHIP_NUMBER_PERCENT, /* "15%" */
};

struct chip_number {
    double value;
    enum chip_number_kind kind;
    size_t n; /* words it takes */
};

/**
 * Reads the number that begins at a word.
 *
 * @param words [n] plain words (minutes/plain.h); the number begins with the first
 * @return false when there is none; "a" alone is none, "a hundred" is one
 */
bool chip_number_read(const char *const *words, size_t n, struct chip_number *out);
