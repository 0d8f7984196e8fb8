#include "minutes/provider/json.h"

#include <string.h>

const char *chip_llm_text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

int64_t chip_llm_count_of(const json_t *object, const char *name)
{
    const json_t *n = json_object_get(object, name);
    return json_is_integer(n) && json_integer_value(n) >= 0 ? json_integer_value(n) : -1;
}

bool chip_llm_is(const char *text, const char *other)
{
    return text && strcmp(text, other) == 0;
}

bool chip_llm_ends(const struct chip_str *text, const char *end)
{
    size_t n = strlen(end);
    return text->len >= n && memcmp(text->data + text->len - n, end, n) == 0;
}
