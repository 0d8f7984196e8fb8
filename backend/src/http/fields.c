#include "http/fields.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

void chip_fields_refuse(struct chip_fields *f, enum chip_status code, const char *name,
                        const char *fmt, ...)
{
    if (f->status != CHIP_OK)
        return;
    char why[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    f->status = chip_fail(f->err, code, "%s%s: %s", f->where, name, why);
}

bool chip_fields_is_among(const char *list, const char *name)
{
    size_t n = strcspn(name, " ");
    for (const char *at = list; n && !name[n] && (at = strstr(at, name)) != NULL; at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
            return true;
    return false;
}

void chip_fields_only(struct chip_fields *f, const char *allowed)
{
    if (f->status != CHIP_OK)
        return;
    if (!json_is_object(f->object)) {
        int n = (int)strlen(f->where);
        f->status = chip_fail(f->err, CHIP_E_INVAL, "%.*s: must be an object", n ? n - 1 : 8,
                              n ? f->where : "the body");
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)f->object, name, value)
    {
        if (!chip_fields_is_among(allowed, name)) {
            int shown = (int)strnlen(name, 40);
            f->status = chip_fail(f->err, CHIP_E_INVAL,
                                  "%s%.*s: there is no such member; those that there are: %s",
                                  f->where, shown, name, allowed);
            return;
        }
    }
}

/* The member, or NULL when there is nothing to read. */
static const json_t *member(const struct chip_fields *f, const char *name)
{
    const json_t *value = f->status == CHIP_OK ? json_object_get(f->object, name) : NULL;
    return json_is_null(value) ? NULL : value;
}

static bool has_controls(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at < 0x20 || *at == 0x7f)
            return true;
    return false;
}

void chip_fields_text(struct chip_fields *f, const char *name, size_t max_chars, const char **out)
{
    const json_t *value = member(f, name);
    if (!value)
        return;
    const char *text = json_string_value(value);
    if (!text)
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be a string");
    else if (json_string_length(value) != strlen(text) || has_controls(text))
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be one line without control characters");
    else if (chip_utf8_count(text) > max_chars)
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must have at most %zu characters", max_chars);
    else
        *out = text;
}

void chip_fields_integer(struct chip_fields *f, const char *name, int64_t least, int64_t most,
                         int64_t *out)
{
    const json_t *value = member(f, name);
    if (!value)
        return;
    int64_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < least || number > most)
        chip_fields_refuse(f, CHIP_E_INVAL, name,
                           "must be a whole number from %" PRId64 " to %" PRId64, least, most);
    else
        *out = number;
}

void chip_fields_bool(struct chip_fields *f, const char *name, bool *out)
{
    const json_t *value = member(f, name);
    if (value && !json_is_boolean(value))
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be true or false");
    else if (value)
        *out = json_is_true(value);
}

void chip_fields_object(struct chip_fields *f, const char *name, const json_t **out)
{
    const json_t *value = member(f, name);
    if (value && !json_is_object(value))
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be an object");
    else if (value)
        *out = value;
}

void chip_fields_array(struct chip_fields *f, const char *name, size_t most, const json_t **out)
{
    const json_t *value = member(f, name);
    if (value && !json_is_array(value))
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be an array");
    else if (value && json_array_size(value) > most)
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must have at most %zu items", most);
    else if (value)
        *out = value;
}

void chip_fields_need(struct chip_fields *f, const char *name)
{
    if (f->status == CHIP_OK && !member(f, name))
        chip_fields_refuse(f, CHIP_E_INVAL, name, "must be there");
}
