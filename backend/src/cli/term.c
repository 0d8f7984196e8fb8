#include "cli/term.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

int chip_term_columns(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    const char *columns = getenv("COLUMNS");
    long n = columns ? strtol(columns, NULL, 10) : 0;
    return n > 0 && n < 10000 ? (int)n : 80;
}

/* The next character of text: its bytes and columns; one '?' for what cannot be shown. */
static size_t next(const char *text, size_t left, mbstate_t *state, const char **show,
                   size_t *columns)
{
    wchar_t c;
    size_t n = mbrtowc(&c, text, left, state);
    if (n == (size_t)-1 || n == (size_t)-2) {
        memset(state, 0, sizeof *state);
        n = 1;
    } else {
        int width = wcwidth(c);
        if (width >= 0) {
            *show = text;
            *columns = (size_t)width;
            return n;
        }
    }
    *show = NULL;
    *columns = 1;
    return n;
}

/* How far text fits into some columns. @return bytes */
static size_t fit(const char *text, size_t columns, size_t *used)
{
    size_t len = strlen(text), at = 0;
    mbstate_t state = {0};
    *used = 0;
    while (at < len) {
        const char *show;
        size_t width;
        size_t n = next(text + at, len - at, &state, &show, &width);
        if (*used + width > columns)
            break;
        *used += width;
        at += n;
    }
    return at;
}

size_t chip_term_add(struct chip_str *out, const char *text, size_t columns)
{
    size_t used, len = strlen(text), dots = 0;
    size_t end = fit(text, columns, &used);
    if (end < len) {
        dots = columns < 3 ? columns : 3;
        end = fit(text, columns - dots, &used);
    }
    mbstate_t state = {0};
    for (size_t at = 0; at < end;) {
        const char *show;
        size_t width;
        size_t n = next(text + at, end - at, &state, &show, &width);
        if (show)
            chip_str_add_n(out, show, n);
        else
            chip_str_add(out, "?");
        at += n;
    }
    chip_str_add_n(out, "...", dots);
    return used + dots;
}
