#include "speech/diarize/profiles_file.h"

#include <jansson.h>
#include <math.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "models/json_file.h"

#define SCHEMA "chip.voices/1"

enum {
    MAX_BYTES = 4 << 20,
    BASE64_BYTES = (CHIP_VOICE_DIM + 2) / 3 * 4, /* of the voice as int8 */
};

/* ---- writing ---- */

static void encode_voice(const float *voice, char text[BASE64_BYTES + 1])
{
    unsigned char bytes[CHIP_VOICE_DIM];
    float largest = 1e-9f;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        largest = fmaxf(largest, fabsf(voice[i]));
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++) /* any length will do: it is made 1 when read */
        bytes[i] = (unsigned char)(signed char)lrintf(voice[i] / largest * 127.0f);
    EVP_EncodeBlock((unsigned char *)text, bytes, CHIP_VOICE_DIM);
}

static json_t *to_json(const struct chip_profile *p)
{
    char voice[BASE64_BYTES + 1], added[CHIP_DATE_TEXT], expires[CHIP_DATE_TEXT];
    encode_voice(p->voice, voice);
    chip_date_format(p->added, added);
    chip_date_format(p->expires, expires);
    return json_pack("{s:s, s:s, s:s, s:s, s:f, s:s}", "name", p->name, "consent", p->consent,
                     "added", added, "expires", expires, "seconds", p->seconds, "voice", voice);
}

enum chip_status chip_profiles_file_write(const char *path, const struct chip_profile *list,
                                          size_t n, struct chip_err *err)
{
    json_t *array = json_array(),
           *root = json_pack("{s:s, s:o}", "schema", SCHEMA, "voices", array);
    bool complete = root != NULL;
    for (size_t i = 0; complete && i < n; i++)
        complete = json_array_append_new(array, to_json(&list[i])) == 0;
    enum chip_status s = complete
                             ? chip_file_write_json(path, root, err)
                             : chip_fail(err, CHIP_E_NOMEM, "not enough memory for voice profiles");
    json_decref(root);
    return s;
}

/* ---- reading ---- */

static bool get_text(const json_t *json, const char *member, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(json, member));
    if (!text || strlen(text) >= size)
        return false;
    strcpy(out, text);
    return true;
}

static bool get_date(const json_t *json, const char *member, int32_t *days)
{
    const char *text = json_string_value(json_object_get(json, member));
    return text && chip_date_parse(text, days);
}

static bool get_voice(const json_t *json, float *voice)
{
    const char *text = json_string_value(json_object_get(json, "voice"));
    unsigned char bytes[BASE64_BYTES];
    if (!text || strlen(text) != BASE64_BYTES ||
        EVP_DecodeBlock(bytes, (const unsigned char *)text, BASE64_BYTES) < CHIP_VOICE_DIM)
        return false;
    double square = 0.0;
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        square += (double)(signed char)bytes[i] * (double)(signed char)bytes[i];
    for (size_t i = 0; i < CHIP_VOICE_DIM; i++)
        voice[i] = (float)((double)(signed char)bytes[i] / sqrt(square));
    return square > 0.0;
}

static enum chip_status from_json(const char *path, size_t i, const json_t *json,
                                  struct chip_profile *out, struct chip_err *err)
{
    const char *wrong = NULL;
    if (!get_text(json, "name", out->name, sizeof out->name) || !out->name[0])
        wrong = "name";
    else if (!get_text(json, "consent", out->consent, sizeof out->consent))
        wrong = "consent";
    else if (!get_date(json, "added", &out->added))
        wrong = "added";
    else if (!get_date(json, "expires", &out->expires))
        wrong = "expires";
    else if (!json_is_number(json_object_get(json, "seconds")))
        wrong = "seconds";
    else if (!get_voice(json, out->voice))
        wrong = "voice";
    if (wrong)
        return chip_fail(err, CHIP_E_FORMAT, "'%s': voices[%zu].%s is missing or damaged", path, i,
                         wrong);
    out->seconds = json_number_value(json_object_get(json, "seconds"));
    return CHIP_OK;
}

static enum chip_status read_list(const char *path, const json_t *root, struct chip_profile **list,
                                  size_t *n, struct chip_err *err)
{
    const char *schema = json_string_value(json_object_get(root, "schema"));
    const json_t *array = json_object_get(root, "voices");
    size_t count = json_array_size(array);
    if (!schema || strcmp(schema, SCHEMA) != 0 || !json_is_array(array) ||
        count > CHIP_PROFILES_MAX)
        return chip_fail(err, CHIP_E_FORMAT, "'%s' is no file of voices that this version reads",
                         path);
    struct chip_profile *profiles = calloc(count + 1, sizeof *profiles);
    if (!profiles)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for voice profiles");
    enum chip_status s = CHIP_OK;
    for (size_t i = 0; s == CHIP_OK && i < count; i++) {
        s = from_json(path, i, json_array_get(array, i), &profiles[i], err);
        if (s == CHIP_OK && i && strcmp(profiles[i - 1].name, profiles[i].name) >= 0)
            s = chip_fail(err, CHIP_E_FORMAT, "'%s': voices[%zu] is not in order of name", path, i);
    }
    if (s != CHIP_OK) {
        free(profiles);
        return s;
    }
    *list = profiles;
    *n = count;
    return CHIP_OK;
}

enum chip_status chip_profiles_file_read(const char *path, struct chip_profile **list, size_t *n,
                                         struct chip_err *err)
{
    json_t *root;
    struct chip_err why;
    enum chip_status s = chip_file_read_json(&root, path, MAX_BYTES, &why);
    if (s == CHIP_E_NOT_FOUND) {
        *list = NULL;
        *n = 0;
        return CHIP_OK;
    }
    if (s != CHIP_OK)
        return chip_fail(err, s, "%s", why.message);
    s = read_list(path, root, list, n, err);
    json_decref(root);
    return s;
}
