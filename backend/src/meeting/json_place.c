#include "meeting/json_place.h"

#include <string.h>

#include "meeting/text.h"

enum chip_status chip_json_refuse(const struct chip_json_place *at, const char *member,
                                  const char *why)
{
    return chip_fail(at->err, CHIP_E_FORMAT, "transcript json: %s%s%s: %s", at->path,
                     *at->path && *member ? "." : "", member, why);
}

enum chip_status chip_json_get_text(const struct chip_json_place *at, const json_t *object,
                                    const char *member, const char **out)
{
    *out = json_string_value(json_object_get(object, member));
    return *out ? CHIP_OK : chip_json_refuse(at, member, "must be there and be a string");
}

enum chip_status chip_json_get_spoken(const struct chip_json_place *at, const json_t *object,
                                      const char *member, const char **out)
{
    enum chip_status st = chip_json_get_text(at, object, member, out);
    if (st == CHIP_OK && chip_text_is_blank(*out))
        st = chip_json_refuse(at, member, "must not be empty");
    return st;
}

enum chip_status chip_json_get_ms(const struct chip_json_place *at, const json_t *object,
                                  const char *member, int64_t *out)
{
    const json_t *value = json_object_get(object, member);
    if (!json_is_number(value))
        return chip_json_refuse(at, member, "must be there and be a number of seconds");
    double seconds = json_number_value(value);
    if (!(seconds >= 0 && seconds <= (double)CHIP_TRANSCRIPT_MAX_MS / 1000))
        return chip_json_refuse(at, member, "must be between 0 and 100000 hours, in seconds");
    *out = (int64_t)(seconds * 1000 + 0.5);
    return CHIP_OK;
}

enum chip_status chip_json_get_share(const struct chip_json_place *at, const json_t *object,
                                     const char *member, float *out)
{
    const json_t *value = json_object_get(object, member);
    double number = json_number_value(value);
    if (!json_is_number(value) || !(number >= 0 && number <= 1))
        return chip_json_refuse(at, member, "must be there and be a number from 0 to 1");
    *out = (float)number;
    return CHIP_OK;
}

enum chip_status chip_json_get_array(const struct chip_json_place *at, const json_t *object,
                                     const char *member, const json_t **out)
{
    *out = json_object_get(object, member);
    return json_is_array(*out) ? CHIP_OK
                               : chip_json_refuse(at, member, "must be there and be an array");
}

enum chip_status chip_json_built(const struct chip_json_place *at, const char *member,
                                 enum chip_status st, const struct chip_err *why)
{
    if (st == CHIP_OK)
        return CHIP_OK;
    if (st == CHIP_E_INVAL)
        return chip_json_refuse(at, member, why->message);
    return chip_fail(at->err, st, "%s", why->message);
}
