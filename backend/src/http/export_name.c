#include "http/export_name.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "meeting/text.h"

enum { MAX_BYTES = 150 }; /* of a title; file systems take 255 */

/* The title as a name of a file, in UTF-8. */
static enum chip_status make_stem(const char *title, char **out, struct chip_err *err)
{
    struct chip_str stem = {0};
    chip_text_clean(&stem, title ? title : "");
    size_t n = 0;
    while (n < stem.len && n + chip_utf8_len(stem.data + n) <= MAX_BYTES)
        n += chip_utf8_len(stem.data + n);
    if (stem.data)
        stem.data[n] = '\0';
    for (char *at = stem.data; at && *at; at++)
        if (strchr("/\\:*?\"<>|", *at))
            *at = '-';
    while (n > 0 && (stem.data[n - 1] == ' ' || stem.data[n - 1] == '.'))
        stem.data[--n] = '\0'; /* Windows drops them */
    if (n == 0 || stem.data[0] == '.') {
        chip_str_reset(&stem);
        chip_str_add(&stem, "transcript");
    } else {
        stem.len = n;
    }
    return chip_str_finish(&stem, out, err);
}

static void add_ascii(struct chip_str *out, const char *text)
{
    for (; *text; text += chip_utf8_len(text))
        chip_str_addf(out, "%c", (unsigned char)*text < 0x80 && *text != '%' ? *text : '_');
}

static void add_encoded(struct chip_str *out, const char *text)
{
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("!#$&+-.^_`|~", *text))
            chip_str_add_n(out, text, 1);
        else
            chip_str_addf(out, "%%%02X", (unsigned char)*text);
    }
}

enum chip_status chip_export_name(const char *title, const char *extension, char **out,
                                  struct chip_err *err)
{
    char *stem;
    enum chip_status st = make_stem(title, &stem, err);
    if (st != CHIP_OK)
        return st;
    struct chip_str header = {0};
    chip_str_add(&header, "attachment; filename=\"");
    add_ascii(&header, stem);
    chip_str_addf(&header, ".%s\"; filename*=UTF-8''", extension);
    add_encoded(&header, stem);
    chip_str_addf(&header, ".%s", extension);
    free(stem);
    return chip_str_finish(&header, out, err);
}
