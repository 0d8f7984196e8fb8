#include "minutes/provider/price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_ENTRY = 256 };

/* The next entry without blanks around it. @return where the one after it begins; NULL: no more */
static const char *next(const char *at, char entry[MAX_ENTRY])
{
    if (!at || !*at)
        return NULL;
    at += strspn(at, ", ");
    size_t n = strcspn(at, ","), used = n;
    while (used > 0 && at[used - 1] == ' ')
        used--;
    snprintf(entry, MAX_ENTRY, "%.*s", (int)(used < MAX_ENTRY ? used : MAX_ENTRY - 1), at);
    return at + n;
}

/* "model=1.25/10": cut at the sign. */
static bool split(char *entry, struct chip_price *price)
{
    char *sign = strrchr(entry, '='), *end;
    if (!sign || sign == entry)
        return false;
    *sign = '\0';
    price->input = strtod(sign + 1, &end);
    if (end == sign + 1 || *end != '/' || !(price->input >= 0))
        return false;
    const char *second = end + 1;
    price->output = strtod(second, &end);
    return end != second && *end == '\0' && price->output >= 0;
}

bool chip_prices_check(const char *prices, char *entry, int n_entry)
{
    char text[MAX_ENTRY], copy[MAX_ENTRY];
    struct chip_price price;
    for (const char *at = prices; (at = next(at, text));) {
        memcpy(copy, text, sizeof copy);
        if (text[0] && !split(text, &price)) {
            snprintf(entry, (size_t)n_entry, "%s", copy);
            return false;
        }
    }
    return true;
}

bool chip_price_find(const char *prices, const char *model, struct chip_price *out)
{
    char entry[MAX_ENTRY];
    struct chip_price price;
    for (const char *at = prices; (at = next(at, entry));) {
        if (split(entry, &price) && strcmp(entry, model) == 0) {
            *out = price;
            return true;
        }
    }
    return false;
}
