#include "minutes/analyst/numbers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const small[] = {"zero",    "one",     "two",       "three",    "four",
                                    "five",    "six",     "seven",     "eight",    "nine",
                                    "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const small_ordinals[] = {
    "zeroth",     "first",     "second",    "third",       "fourth",     "fifth",     "sixth",
    "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",   "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};
static const char *const tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                   "fifty", "sixty", "seventy", "eighty", "ninety"};
static const char *const ten_ordinals[] = {"",          "",         "twentieth", "thirtieth",
                                           "fortieth",  "fiftieth", "sixtieth",  "seventieth",
                                           "eightieth", "ninetieth"};

static int index_of(const char *word, const char *const *table, int from, int n)
{
    for (int i = from; i < n; i++)
        if (strcmp(word, table[i]) == 0)
            return i;
    return -1;
}

/* ---- digits -----------------------------------------------------------------------------------
 */

static bool read_digits(const char *word, struct chip_number *out)
{
    out->kind = CHIP_NUMBER_CARDINAL;
    if (*word == '$') {
        out->kind = CHIP_NUMBER_MONEY;
        word++;
    }
    char digits[32];
    size_t n = 0, dots = 0;
    for (; isdigit((unsigned char)*word) || *word == ',' || *word == '.'; word++) {
        if (*word == ',')
            continue;
        if (n + 1 == sizeof digits || (*word == '.' && dots++))
            return false;
        digits[n++] = *word;
    }
    digits[n] = '\0';
    if (n == 0)
        return false;
    out->value = strtod(digits, NULL);
    if (strcmp(word, "%") == 0)
        out->kind = CHIP_NUMBER_PERCENT;
    else if (strcmp(word, "st") == 0 || strcmp(word, "nd") == 0 || strcmp(word, "rd") == 0 ||
             strcmp(word, "th") == 0)
        out->kind = CHIP_NUMBER_ORDINAL;
    else if (strcmp(word, "k") == 0)
        out->value *= 1000;
    else if (*word)
        return false;
    return true;
}

/* ---- words ------------------------------------------------------------------------------------
 */

static double scale_of(const char *word)
{
    return strcmp(word, "thousand") == 0  ? 1e3
           : strcmp(word, "million") == 0 ? 1e6
           : strcmp(word, "billion") == 0 ? 1e9
                                          : 0;
}

/* 1 to 99. @return words it takes; 0: none. @param ordinal set for "third", "twenty first" */
static size_t read_small(const char *const *words, size_t n, double *value, bool *ordinal)
{
    *ordinal = false;
    if (n == 0)
        return 0;
    int found = index_of(words[0], small, 0, 20);
    if (found < 0) {
        found = index_of(words[0], small_ordinals, 1, 20);
        *ordinal = found >= 0;
    }
    if (found < 0) {
        found = index_of(words[0], ten_ordinals, 2, 10) * 10;
        *ordinal = found >= 0;
    }
    if (found >= 0) {
        *value = found;
        return 1;
    }
    int ten = index_of(words[0], tens, 2, 10);
    if (ten < 0)
        return 0;
    *value = ten * 10;
    if (n < 2)
        return 1;
    int one = index_of(words[1], small, 1, 10);
    if (one < 0) {
        one = index_of(words[1], small_ordinals, 1, 10);
        *ordinal = one >= 0;
    }
    if (one < 0)
        return 1;
    *value += one;
    return 2;
}

/* 1 to 9,999: "twelve", "two hundred and five", "nineteen hundred", "a hundred". */
static size_t read_hundreds(const char *const *words, size_t n, double *value, bool *ordinal)
{
    bool article = n > 1 && strcmp(words[0], "a") == 0 &&
                   (strcmp(words[1], "hundred") == 0 || scale_of(words[1]) > 0);
    size_t used = article ? 1 : read_small(words, n, value, ordinal);
    if (article)
        *value = 1;
    if (used == 0 || *ordinal || used == n || strcmp(words[used], "hundred") != 0)
        return used;
    *value *= 100;
    used++;
    size_t skip = used < n && strcmp(words[used], "and") == 0;
    double rest;
    size_t more = read_small(words + used + skip, n - used - skip, &rest, ordinal);
    if (more == 0)
        return used;
    *value += rest;
    return used + skip + more;
}

static size_t read_words(const char *const *words, size_t n, double *value, bool *ordinal)
{
    double part;
    *ordinal = false;
    size_t used = read_hundreds(words, n, value, ordinal);
    while (used && used < n && !*ordinal && scale_of(words[used]) > 0) {
        *value *= scale_of(words[used++]);
        size_t skip = used < n && strcmp(words[used], "and") == 0;
        size_t more = read_hundreds(words + used + skip, n - used - skip, &part, ordinal);
        if (more == 0)
            break;
        used += skip + more;
        if (used < n && scale_of(words[used]) > 0)
            part *= scale_of(words[used++]);
        *value += part;
    }
    return used;
}

bool chip_number_read(const char *const *words, size_t n, struct chip_number *out)
{
    if (n == 0)
        return false;
    if (read_digits(words[0], out)) {
        out->n = 1;
        while (out->n < n && scale_of(words[out->n]) > 0)
            out->value *= scale_of(words[out->n++]);
        return true;
    }
    bool ordinal = false;
    out->n = read_words(words, n, &out->value, &ordinal);
    out->kind = ordinal ? CHIP_NUMBER_ORDINAL : CHIP_NUMBER_CARDINAL;
    return out->n > 0;
}
