#include "http/target.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/** Length of the character at `s`, [n]; 0 unless it is UTF-8 in its only form (RFC 3629). */
static size_t character(const unsigned char *s, size_t n)
{
    if (s[0] < 0x80)
        return 1;
    size_t len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    static const unsigned lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0xc2 || s[0] > 0xf4 || n < len)
        return 0;
    unsigned code = s[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (s[i] & 0x3f);
    }
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code < lowest[len] || code > 0x10ffff || surrogate ? 0 : len;
}

static bool valid_text(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0, len; i < n; i += len) {
        len = character(s + i, n - i);
        if (len == 0 || s[i] < 0x20 || s[i] == 0x7f)
            return false;
    }
    return true;
}

/**
 * Decodes [text, end) to `out` and ends it with NUL.
 *
 * @param plus a plus sign is a blank, as in queries
 * @return where `out` goes on after the NUL; NULL for broken codes and what is no clean text
 */
static char *decode(const char *text, const char *end, bool plus, char *out)
{
    char *start = out;
    while (text < end) {
        char c = *text++;
        if (c == '%') {
            int high = end - text < 2 ? -1 : hex_digit(text[0]);
            int low = end - text < 2 ? -1 : hex_digit(text[1]);
            if (high < 0 || low < 0)
                return NULL;
            c = (char)(high << 4 | low);
            text += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        *out++ = c;
    }
    size_t n = (size_t)(out - start);
    *out++ = '\0';
    return memchr(start, '\0', n) ? NULL : out;
}

static enum chip_status parse_path(struct chip_target *t, const char *path, const char *end,
                                   char *out, struct chip_err *err)
{
    while (path < end) {
        if (*path++ != '/')
            return chip_fail(err, CHIP_E_INVAL, "the path has to begin with a slash");
        const char *slash = memchr(path, '/', (size_t)(end - path));
        const char *next = slash ? slash : end;
        if (t->n_segments == CHIP_MAX_SEGMENTS)
            return chip_fail(err, CHIP_E_INVAL, "the path has more than %d parts",
                             CHIP_MAX_SEGMENTS);
        const char *segment = out;
        out = decode(path, next, false, out);
        if (!out || !valid_text(segment, (size_t)(out - 1 - segment)))
            return chip_fail(err, CHIP_E_INVAL,
                             "the path has a broken percent code or a control character");
        if (strchr(segment, '/') || strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
            return chip_fail(err, CHIP_E_INVAL,
                             "the path has an encoded slash or a part that is '.' or '..'");
        t->segments[t->n_segments++] = segment;
        path = next;
    }
    return CHIP_OK;
}

static enum chip_status parse_query(struct chip_target *t, const char *query, char *out,
                                    struct chip_err *err)
{
    while (*query) {
        const char *end = query + strcspn(query, "&");
        const char *equals = memchr(query, '=', (size_t)(end - query));
        const char *name_end = equals ? equals : end;
        if (end > query) {
            if (t->n_query == CHIP_MAX_QUERY)
                return chip_fail(err, CHIP_E_INVAL, "the query has more than %d parameters",
                                 CHIP_MAX_QUERY);
            char *name = out, *value = decode(query, name_end, true, name);
            char *next = value ? decode(equals ? equals + 1 : end, end, true, value) : NULL;
            if (!next || !valid_text(name, strlen(name)) || !valid_text(value, strlen(value)))
                return chip_fail(err, CHIP_E_INVAL,
                                 "the query has a broken percent code or a control character");
            t->names[t->n_query] = name;
            t->values[t->n_query++] = value;
            out = next;
        }
        query = *end ? end + 1 : end;
    }
    return CHIP_OK;
}

static void join_path(struct chip_target *t, char *out)
{
    t->path = out;
    *out = '/';
    for (size_t i = 0; i < t->n_segments; i++) {
        size_t n = strlen(t->segments[i]);
        *out++ = '/';
        memcpy(out, t->segments[i], n);
        out += n;
    }
    if (t->n_segments == 0)
        out++;
    *out = '\0';
}

enum chip_status chip_target_parse(struct chip_target *target, const char *uri,
                                   struct chip_err *err)
{
    *target = (struct chip_target){.raw = "", .path = ""};
    if (strncasecmp(uri, "http://", 7) == 0 || strncasecmp(uri, "https://", 8) == 0) {
        uri = strchr(uri, ':') + 3; /* the absolute form, as proxies send it */
        uri += strcspn(uri, "/?");
        if (!*uri)
            uri = "/";
    }
    size_t n = strlen(uri), n_path = strcspn(uri, "?#");

    /* The raw path, its segments, the path joined, and names and values: none is longer decoded. */
    char *memory = malloc(4 * n + 2 * CHIP_MAX_QUERY + 16);
    if (!memory)
        return chip_fail(err, CHIP_E_NOMEM, "out of memory");
    target->memory = memory;
    memcpy(memory, uri, n_path);
    memory[n_path] = '\0';
    target->raw = memory;
    target->path = memory;
    if (strcmp(uri, "*") == 0)
        return CHIP_OK;

    char *segments = memory + n_path + 1, *joined = segments + n_path + 2,
         *query = joined + n_path + 2;
    enum chip_status st = parse_path(target, uri, uri + n_path, segments, err);
    if (st != CHIP_OK)
        return st;
    join_path(target, joined);
    return uri[n_path] == '?' ? parse_query(target, uri + n_path + 1, query, err) : CHIP_OK;
}

void chip_target_done(struct chip_target *target)
{
    free(target->memory);
    *target = (struct chip_target){0};
}

const char *chip_target_query(const struct chip_target *target, const char *name)
{
    for (size_t i = 0; i < target->n_query; i++)
        if (strcmp(target->names[i], name) == 0)
            return target->values[i];
    return NULL;
}
