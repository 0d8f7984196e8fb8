#include "minutes/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "minutes/embedded.h"
#include "minutes/provider/json.h"

static json_t *parse(const unsigned char *data, size_t size)
{
    return json_loadb((const char *)data, size, 0, NULL);
}

json_t *chip_minutes_schema_part(void)
{
    return parse(chip_embedded_minutes_schema, chip_embedded_minutes_schema_size);
}

json_t *chip_minutes_schema_summary(void)
{
    return parse(chip_embedded_summary_schema, chip_embedded_summary_schema_size);
}

json_t *chip_minutes_schema_stored(void)
{
    return parse(chip_embedded_stored_schema, chip_embedded_stored_schema_size);
}

json_t *chip_minutes_schema_answer(void)
{
    return parse(chip_embedded_ask_schema, chip_embedded_ask_schema_size);
}

static bool is_of(const json_t *value, const char *type)
{
    return (strcmp(type, "object") == 0 && json_is_object(value)) ||
           (strcmp(type, "array") == 0 && json_is_array(value)) ||
           (strcmp(type, "string") == 0 && json_is_string(value)) ||
           (strcmp(type, "integer") == 0 && json_is_integer(value)) ||
           (strcmp(type, "number") == 0 && json_is_number(value)) ||
           (strcmp(type, "boolean") == 0 && json_is_boolean(value)) ||
           (strcmp(type, "null") == 0 && json_is_null(value));
}

static bool has_type(const json_t *schema, const json_t *value)
{
    const json_t *type = json_object_get(schema, "type");
    if (json_is_string(type))
        return is_of(value, json_string_value(type));
    size_t i;
    const json_t *one;
    json_array_foreach(type, i, one)
    {
        if (is_of(value, json_string_value(one)))
            return true;
    }
    return false;
}

static bool is_listed(const json_t *schema, const json_t *value)
{
    const json_t *list = json_object_get(schema, "enum");
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (json_equal(one, value))
            return true;
    }
    return !list;
}

static enum chip_status check(const json_t *schema, const json_t *value, struct chip_str *place,
                              struct chip_err *err);

static enum chip_status wrong(const struct chip_str *place, const char *what, struct chip_err *err)
{
    return chip_fail(err, CHIP_E_FORMAT, "%s: %s", place->len ? place->data : "the answer", what);
}

/* Descends; the place is what it was afterwards. */
static enum chip_status check_in(const json_t *schema, const json_t *value, struct chip_str *place,
                                 size_t before, struct chip_err *err)
{
    if (place->failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = check(schema, value, place, err);
    place->len = before;
    place->data[before] = '\0';
    return status;
}

static enum chip_status check_object(const json_t *schema, const json_t *value,
                                     struct chip_str *place, struct chip_err *err)
{
    const json_t *properties = json_object_get(schema, "properties");
    bool is_closed = json_is_false(json_object_get(schema, "additionalProperties"));
    size_t i, before = place->len;
    const json_t *name;
    json_array_foreach(json_object_get(schema, "required"), i, name)
    {
        if (json_object_get(value, json_string_value(name)))
            continue;
        chip_str_addf(place, "%s%s", before ? "." : "", json_string_value(name));
        return wrong(place, "is missing", err);
    }
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        const json_t *shape = json_object_get(properties, key);
        if (!shape && !is_closed)
            continue;
        if (!shape)
            return wrong(place, "has a member that nobody asked for", err);
        chip_str_addf(place, "%s%s", before ? "." : "", key);
        enum chip_status status = check_in(shape, member, place, before, err);
        if (status != CHIP_OK)
            return status;
    }
    return CHIP_OK;
}

static enum chip_status check_array(const json_t *schema, const json_t *value,
                                    struct chip_str *place, struct chip_err *err)
{
    size_t i, before = place->len;
    const json_t *item;
    json_array_foreach(value, i, item)
    {
        chip_str_addf(place, "[%zu]", i);
        enum chip_status status =
            check_in(json_object_get(schema, "items"), item, place, before, err);
        if (status != CHIP_OK)
            return status;
    }
    return CHIP_OK;
}

static enum chip_status check(const json_t *schema, const json_t *value, struct chip_str *place,
                              struct chip_err *err)
{
    if (!has_type(schema, value)) {
        char what[64] = "has another type";
        const char *type = chip_llm_text_of(schema, "type");
        if (type)
            snprintf(what, sizeof what, "expected %s", type);
        return wrong(place, what, err);
    }
    if (!is_listed(schema, value))
        return wrong(place, "is none of the listed words", err);
    if (json_is_object(value))
        return check_object(schema, value, place, err);
    return json_is_array(value) ? check_array(schema, value, place, err) : CHIP_OK;
}

enum chip_status chip_minutes_schema_check(const json_t *schema, const json_t *value,
                                           struct chip_err *err)
{
    struct chip_str place = {0};
    enum chip_status status = check(schema, value, &place, err);
    chip_str_done(&place);
    return status;
}
