#include "minutes/retry.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

enum { LONGEST_MS = 60 * 1000, MOST_WISHED_S = 30 * 24 * 3600 };

/* A number and nothing else, 0 or more. */
static bool read_number(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && *out >= 0;
}

void chip_retry_header(struct chip_llm_wish *wish, const char *name, const char *value, time_t now)
{
    double number;
    if (strcasecmp(name, "x-should-retry") == 0) {
        wish->has_retry = strcasecmp(value, "true") == 0 || strcasecmp(value, "false") == 0;
        wish->retry = strcasecmp(value, "true") == 0;
    } else if (strcasecmp(name, "retry-after-ms") == 0 && read_number(value, &number)) {
        wish->exact = true; /* says it finer than Retry-After, whichever comes first */
        wish->wait_ms = (int64_t)(number < 1e12 ? number : 1e12);
    } else if (strcasecmp(name, "retry-after") == 0 && !wish->exact) {
        if (!read_number(value, &number)) {
            time_t then = curl_getdate(value, NULL);
            if (then < 0)
                return;
            number = then > now ? (double)(then - now) : 0;
        }
        wish->wait_ms = (int64_t)((number < MOST_WISHED_S ? number : MOST_WISHED_S) * 1000);
    }
}

int64_t chip_retry_wait_ms(const struct chip_llm_wish *wish, int failures, int first_ms,
                           double random)
{
    if (wish->wait_ms >= 0)
        return wish->wait_ms;
    int64_t ms = (int64_t)first_ms << (failures - 1 < 8 ? failures - 1 : 8);
    if (ms > LONGEST_MS)
        ms = LONGEST_MS;
    return ms - (int64_t)((double)ms * 0.25 * random);
}

bool chip_retry_sleep(int64_t ms, const volatile bool *cancel)
{
    int64_t end = chip_clock_ms() + ms;
    for (;;) {
        if (cancel && *cancel)
            return false;
        int64_t rest = end - chip_clock_ms();
        if (rest <= 0)
            return true;
        struct timespec step = {.tv_nsec = (rest < 100 ? rest : 100) * 1000000L};
        nanosleep(&step, NULL);
    }
}
