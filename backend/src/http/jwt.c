#include "http/jwt.h"

#include <stdlib.h>
#include <string.h>

#include "base/uuid.h"
#include "net/base64.h"

enum { MAX_SIGNATURE = 1024 };

static bool fail(const char **why, const char *text)
{
    *why = text;
    return false;
}

/* ---- the token ------------------------------------------------------------------------------- */

static json_t *decode_object(const char *text, size_t n)
{
    unsigned char *bytes;
    size_t n_bytes;
    if (chip_base64_decode(CHIP_BASE64_URL, text, n, &bytes, &n_bytes, NULL) != CHIP_OK)
        return NULL;
    json_t *object = json_loadb((const char *)bytes, n_bytes, JSON_REJECT_DUPLICATES, NULL);
    free(bytes);
    if (!json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}

/* Copies a member that is text. @return false if it is something else or too long; absent is "" */
static bool take_text(const json_t *object, const char *name, char *out, size_t size)
{
    const json_t *value = json_object_get(object, name);
    out[0] = '\0';
    if (!value)
        return true;
    if (!json_is_string(value) || json_string_length(value) >= size)
        return false;
    memcpy(out, json_string_value(value), json_string_length(value) + 1);
    return true;
}

static bool read_header(const char *text, size_t n, struct chip_jwt *jwt, const char **why)
{
    json_t *header = decode_object(text, n);
    if (!header)
        return fail(why, "the token's header is not a JSON object in base64url");
    char type[32];
    bool ok = true;
    if (!take_text(header, "alg", jwt->alg, sizeof jwt->alg) || !jwt->alg[0])
        ok = fail(why, "the token names no algorithm that we know");
    else if (!take_text(header, "kid", jwt->kid, sizeof jwt->kid))
        ok = fail(why, "the token's key id is not a short text");
    else if (!take_text(header, "typ", type, sizeof type) || (type[0] && strcmp(type, "JWT") != 0))
        ok = fail(why, "the token is of another type than JWT");
    else if (json_object_get(header, "crit") || json_object_get(header, "zip") ||
             json_object_get(header, "b64"))
        ok = fail(why, "the token asks for extensions that we do not have");
    json_decref(header);
    return ok;
}

bool chip_jwt_parse(const char *token, struct chip_jwt *jwt, const char **why)
{
    *jwt = (struct chip_jwt){0};
    size_t n = strnlen(token, CHIP_MAX_JWT + 1);
    if (n > CHIP_MAX_JWT)
        return fail(why, "the token is too long");
    const char *dot = strchr(token, '.'), *dot2 = dot ? strchr(dot + 1, '.') : NULL;
    if (!dot2 || strchr(dot2 + 1, '.'))
        return fail(why, "neither an API key nor a token of three parts");
    if (!read_header(token, (size_t)(dot - token), jwt, why))
        return false;
    const char *end = token + n;
    bool ok = true;
    jwt->signed_part = token;
    jwt->n_signed = (size_t)(dot2 - token);
    jwt->claims = decode_object(dot + 1, (size_t)(dot2 - dot - 1));
    if (!jwt->claims)
        ok = fail(why, "the token's claims are not a JSON object in base64url");
    else if (chip_base64_decode(CHIP_BASE64_URL, dot2 + 1, (size_t)(end - dot2 - 1),
                                &jwt->signature, &jwt->n_signature, NULL) != CHIP_OK)
        ok = fail(why, "the token's signature is not base64url");
    else if (jwt->n_signature < 1 || jwt->n_signature > MAX_SIGNATURE)
        ok = fail(why, "the token has no signature of a usual length");
    if (!ok)
        chip_jwt_done(jwt);
    return ok;
}

void chip_jwt_done(struct chip_jwt *jwt)
{
    json_decref(jwt->claims);
    free(jwt->signature);
    *jwt = (struct chip_jwt){0};
}

/* ---- its claims ------------------------------------------------------------------------------ */

/* @return false if it is there and no number that a time can be */
static bool take_time(const json_t *claims, const char *name, bool *there, json_int_t *out)
{
    const json_t *value = json_object_get(claims, name);
    *there = value != NULL;
    if (!value)
        return true;
    double number = json_is_number(value) ? json_number_value(value) : -1;
    if (!(number >= 0 && number < 1e12))
        return false;
    *out = (json_int_t)number;
    return true;
}

static bool check_times(const json_t *claims, int skew_s, json_int_t now_s, const char **why)
{
    bool has_exp, has_nbf, has_iat;
    json_int_t exp = 0, nbf = 0, iat = 0;
    if (!take_time(claims, "exp", &has_exp, &exp) || !take_time(claims, "nbf", &has_nbf, &nbf) ||
        !take_time(claims, "iat", &has_iat, &iat))
        return fail(why, "a time in the token is no time");
    if (!has_exp)
        return fail(why, "the token never expires");
    if (now_s >= exp + skew_s)
        return fail(why, "the token has expired");
    if ((has_nbf && now_s + skew_s < nbf) || (has_iat && now_s + skew_s < iat))
        return fail(why, "the token is not valid yet");
    return true;
}

static bool is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && !strcmp(json_string_value(value), text);
}

static bool is_audience(const json_t *aud, const char *wanted)
{
    if (!json_is_array(aud))
        return is_text(aud, wanted);
    for (size_t i = 0; i < json_array_size(aud); i++)
        if (is_text(json_array_get(aud, i), wanted))
            return true;
    return false;
}

bool chip_jwt_check(const struct chip_jwt *jwt, const struct chip_jwt_rules *rules,
                    json_int_t now_s, const char **user_id, const char **why)
{
    if (!check_times(jwt->claims, rules->skew_s, now_s, why))
        return false;
    if (!is_audience(json_object_get(jwt->claims, "aud"), rules->audience))
        return fail(why, "the token is for another audience");
    if (rules->issuer && !is_text(json_object_get(jwt->claims, "iss"), rules->issuer))
        return fail(why, "the token is from another issuer");
    if (!is_text(json_object_get(jwt->claims, "role"), "authenticated"))
        return fail(why, "the token is not one of a signed-in user");
    const char *sub = json_string_value(json_object_get(jwt->claims, "sub"));
    if (!sub || !chip_uuid_valid(sub))
        return fail(why, "the token's subject is no user id");
    *user_id = sub;
    return true;
}
