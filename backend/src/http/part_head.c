#include "http/part_head.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- parameters ---- */

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* Behind the value that begins at `s`: a token or a quoted string. */
static const char *end_of_value(const char *s)
{
    if (*s != '"')
        return s + strcspn(s, "; \t");
    for (s++; *s && *s != '"'; s++)
        if (*s == '\\' && s[1])
            s++;
    return *s ? s + 1 : s;
}

/* A byte of a quoted string, and how many it takes. */
static char read_byte(const char *s, const char *end, size_t *n)
{
    *n = 1;
    if (s[0] == '\\' && s + 1 < end && (s[1] == '"' || s[1] == '\\')) {
        *n = 2;
        return s[1];
    }
    if (end - s >= 3 && strncmp(s, "%22", 3) == 0) {
        *n = 3;
        return '"';
    }
    return *s;
}

/* Shortens to whole characters of UTF-8. */
static void cut_character(char *text, size_t n)
{
    while (n > 0 && ((unsigned char)text[n - 1] & 0xc0) == 0x80)
        n--;
    if (n > 0 && (unsigned char)text[n - 1] >= 0xc0)
        n--;
    text[n] = '\0';
}

static void copy_value(const char *s, const char *end, char *out, size_t size)
{
    size_t n = 0;
    bool quoted = *s == '"';
    if (quoted) {
        s++;
        if (end > s && end[-1] == '"')
            end--;
    }
    while (s < end && n < size - 1) {
        size_t taken = 1;
        out[n++] = quoted ? read_byte(s, end, &taken) : *s;
        s += taken;
    }
    out[n] = '\0';
    if (s < end)
        cut_character(out, n);
}

bool chip_parameter(const char *value, const char *name, char *out, size_t size)
{
    size_t n_name = strlen(name);
    for (const char *s = value + strcspn(value, ";"); *s == ';'; s += strcspn(s, ";")) {
        s = skip_blanks(s + 1);
        const char *key = s;
        s += strcspn(s, "=; \t");
        size_t n_key = (size_t)(s - key);
        s = skip_blanks(s);
        if (*s != '=')
            continue;
        s = skip_blanks(s + 1);
        const char *end = end_of_value(s);
        if (n_key == n_name && strncasecmp(key, name, n_name) == 0) {
            copy_value(s, end, out, size);
            return true;
        }
        s = end;
    }
    return false;
}

/* ---- the head ---- */

/* Finds a field by its name in lines that are NUL-terminated one after another. */
static const char *find_field(const char *lines, const char *end, const char *name)
{
    size_t n = strlen(name);
    for (const char *line = lines; line < end; line += strlen(line) + 1)
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return skip_blanks(line + n + 1);
    return NULL;
}

/* "UTF-8''na%C3%AFve.wav" of RFC 8187; the form's own rules (RFC 7578) do without, some clients
 * do not. */
static bool decode_extended(char *text)
{
    if (strncasecmp(text, "utf-8'", 6) != 0)
        return false;
    const char *from = strchr(text + 6, '\'');
    if (!from)
        return false;
    char *to = text;
    for (from++; *from; from++) {
        if (*from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2])) {
            char digits[3] = {from[1], from[2], '\0'};
            *to++ = (char)strtol(digits, NULL, 16);
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return true;
}

static enum chip_status read_disposition(const char *value, struct chip_part *out,
                                         struct chip_err *err)
{
    if (strncasecmp(value, "form-data", 9) != 0 || (value[9] && !strchr("; \t", value[9])))
        return chip_fail(err, CHIP_E_FORMAT, "a part of the form is not form-data");
    if (!chip_parameter(value, "name", out->name, sizeof out->name))
        return chip_fail(err, CHIP_E_FORMAT, "a part of the form has no name");
    if (chip_parameter(value, "filename*", out->file, sizeof out->file) &&
        decode_extended(out->file)) {
        out->is_file = true;
        return CHIP_OK;
    }
    out->file[0] = '\0';
    out->is_file = chip_parameter(value, "filename", out->file, sizeof out->file);
    return CHIP_OK;
}

enum chip_status chip_part_head(const char *head, struct chip_part *out, struct chip_err *err)
{
    *out = (struct chip_part){0};
    size_t n = strlen(head);
    char *lines = malloc(n + 1);
    if (!lines)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a form");
    memcpy(lines, head, n + 1);
    for (char *at = lines; (at = strstr(at, "\r\n"));)
        *at++ = '\0', *at++ = '\0';

    enum chip_status st;
    const char *disposition = find_field(lines, lines + n, "Content-Disposition");
    const char *encoding = find_field(lines, lines + n, "Content-Transfer-Encoding");
    if (!disposition)
        st = chip_fail(err, CHIP_E_FORMAT, "a part of the form has no Content-Disposition");
    else if (encoding && strcasecmp(encoding, "binary") != 0 && strcasecmp(encoding, "8bit") != 0 &&
             strcasecmp(encoding, "7bit") != 0)
        st = chip_fail(err, CHIP_E_UNSUPPORTED,
                       "a part of the form is encoded; send it as it is, without a "
                       "Content-Transfer-Encoding");
    else
        st = read_disposition(disposition, out, err);
    free(lines);
    return st;
}
