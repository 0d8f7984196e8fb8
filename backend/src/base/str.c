#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void chip_str_done(struct chip_str *s)
{
    free(s->data);
    *s = (struct chip_str){0};
}

void chip_str_reset(struct chip_str *s)
{
    s->len = 0;
    if (s->data)
        s->data[0] = '\0';
}

static bool str_reserve(struct chip_str *s, size_t more)
{
    if (s->failed)
        return false;
    if (s->data && s->len + more + 1 <= s->cap)
        return true;
    size_t cap = s->cap ? s->cap * 2 : 64;
    while (cap < s->len + more + 1)
        cap *= 2;
    char *data = realloc(s->data, cap);
    if (!data) {
        s->failed = true;
        return false;
    }
    s->data = data;
    s->cap = cap;
    return true;
}

void chip_str_add_n(struct chip_str *s, const char *text, size_t n)
{
    if (!str_reserve(s, n))
        return;
    memcpy(s->data + s->len, text, n);
    s->len += n;
    s->data[s->len] = '\0';
}

void chip_str_add(struct chip_str *s, const char *text)
{
    chip_str_add_n(s, text, strlen(text));
}

void chip_str_addf(struct chip_str *s, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n >= 0 && str_reserve(s, (size_t)n)) {
        vsnprintf(s->data + s->len, (size_t)n + 1, fmt, again);
        s->len += (size_t)n;
    } else {
        s->failed = true;
    }
    va_end(again);
}

enum chip_status chip_str_finish(struct chip_str *s, char **out, struct chip_err *err)
{
    if (!s->data)
        chip_str_add(s, "");
    if (s->failed) {
        chip_str_done(s);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for text");
    }
    *out = s->data;
    *s = (struct chip_str){0};
    return CHIP_OK;
}

size_t chip_utf8_len(const char *s)
{
    unsigned char c = (unsigned char)s[0];
    if (!c)
        return 0;
    size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    for (size_t i = 1; i < want; i++)
        if (((unsigned char)s[i] & 0xC0) != 0x80)
            return 1;
    return want;
}

size_t chip_utf8_count(const char *s)
{
    size_t n = 0;
    for (size_t len; (len = chip_utf8_len(s)) > 0; s += len)
        n++;
    return n;
}
