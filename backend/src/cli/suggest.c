#include "cli/suggest.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Optimal string alignment; three rows of the usual table are enough. */
size_t chip_word_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return n > m ? n : m;

    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        above[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[m];
}

void chip_suggest_add(struct chip_suggest *suggest, const char *name)
{
    size_t n = strlen(suggest->typed), distance = chip_word_distance(suggest->typed, name);
    size_t near = n < 4 ? 1 : n / 3;
    /* A beginning is a good guess, but a name with a letter or two wrong is a better one. */
    if (distance > near && n >= 2 && strncmp(suggest->typed, name, n) == 0)
        distance = near;
    if (distance > near || (suggest->best && distance >= suggest->distance))
        return;
    suggest->best = name;
    suggest->distance = distance;
}
