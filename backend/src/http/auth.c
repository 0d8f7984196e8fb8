#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "http/auth_parts.h"
#include "http/jwt.h"

enum { SKEW_S = 30, MIN_SECRET = 32, HS256_BYTES = 32, MAX_LINK_S = 86400 };

/* ---- its life -------------------------------------------------------------------------------- */

static bool copy(const char *from, char **to)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

static bool make_link_key(const struct chip_auth_settings *s, unsigned char key[CHIP_LINK_KEY])
{
    static const char label[] = "chip links 1";
    const char *secret = s->link_secret ? s->link_secret
                         : s->api_keys  ? s->api_keys
                                        : s->jwt_secret;
    size_t n = secret && secret == s->api_keys ? strcspn(secret, ",") : secret ? strlen(secret) : 0;
    if (n == 0)
        return getrandom(key, CHIP_LINK_KEY, 0) == CHIP_LINK_KEY;
    return HMAC(EVP_sha256(), secret, (int)n, (const unsigned char *)label, sizeof label - 1, key,
                NULL) != NULL;
}

static enum chip_status check_settings(const struct chip_auth_settings *s, struct chip_err *err)
{
    if (s->jwt_secret && strlen(s->jwt_secret) < MIN_SECRET)
        return chip_fail(err, CHIP_E_INVAL, "the JWT secret must have %d characters or more",
                         MIN_SECRET);
    if (s->jwt_secret && strstr(s->jwt_secret, "-----BEGIN"))
        return chip_fail(err, CHIP_E_INVAL,
                         "the JWT secret is a key in PEM; it must be the shared secret (public "
                         "keys are given as a JWKS)");
    if (s->link_secret && strlen(s->link_secret) < MIN_SECRET)
        return chip_fail(err, CHIP_E_INVAL, "the secret of links must have %d characters or more",
                         MIN_SECRET);
    return CHIP_OK;
}

enum chip_status chip_auth_new(struct chip_auth **out, const struct chip_auth_settings *s,
                               struct chip_err *err)
{
    enum chip_status status = check_settings(s, err);
    if (status != CHIP_OK)
        return status;
    CHIP_AUTO(chip_auth) auth = calloc(1, sizeof *auth);
    if (!auth || !copy(s->jwt_secret, &auth->jwt_secret) || !copy(s->issuer, &auth->issuer) ||
        !copy(s->audience ? s->audience : "authenticated", &auth->audience))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    auth->open = s->open;
    status = chip_api_keys_parse(s->api_keys, &auth->api_keys, err);
    if (status != CHIP_OK)
        return status;
    if (!make_link_key(s, auth->link_key))
        return chip_fail(err, CHIP_E_INTERNAL, "no key can be made for links");
    if (s->jwks || s->jwks_url) {
        struct chip_jwks_settings keys = {.text = s->jwks, .url = s->jwks_url};
        status = chip_jwks_new(&auth->jwks, &keys, err);
        if (status != CHIP_OK)
            return status;
    }
    *out = auth;
    auth = NULL;
    return CHIP_OK;
}

static void free_secret(char *secret)
{
    if (secret)
        OPENSSL_cleanse(secret, strlen(secret));
    free(secret);
}

void chip_auth_free(struct chip_auth *auth)
{
    if (!auth)
        return;
    chip_jwks_free(auth->jwks);
    free_secret(auth->jwt_secret);
    free(auth->issuer);
    free(auth->audience);
    OPENSSL_cleanse(auth, sizeof *auth);
    free(auth);
}

/* ---- users' tokens --------------------------------------------------------------------------- */

static enum chip_auth_result refuse(const char **why, const char *text)
{
    *why = text;
    return CHIP_AUTH_INVALID;
}

static enum chip_auth_result check_hs256(const struct chip_auth *auth, const struct chip_jwt *jwt,
                                         const char **why)
{
    unsigned char right[HS256_BYTES];
    if (!auth->jwt_secret)
        return refuse(why, "the token is signed with HS256, which is not set up here");
    if (!HMAC(EVP_sha256(), auth->jwt_secret, (int)strlen(auth->jwt_secret),
              (const unsigned char *)jwt->signed_part, jwt->n_signed, right, NULL)) {
        *why = "not enough memory";
        return CHIP_AUTH_UNAVAILABLE;
    }
    if (jwt->n_signature != sizeof right || CRYPTO_memcmp(jwt->signature, right, sizeof right) != 0)
        return refuse(why, "the token's signature is wrong");
    return CHIP_AUTH_OK;
}

static enum chip_auth_result check_public(const struct chip_auth *auth, const struct chip_jwt *jwt,
                                          const char **why)
{
    if (!auth->jwks)
        return refuse(why, "the token is signed with a public key, which is not set up here");
    if (!jwt->kid[0])
        return refuse(why, "the token names no key");
    switch (chip_jwks_verify(auth->jwks, jwt->kid, jwt->alg, jwt->signed_part, jwt->n_signed,
                             jwt->signature, jwt->n_signature)) {
    case CHIP_JWKS_RIGHT:
        return CHIP_AUTH_OK;
    case CHIP_JWKS_WRONG:
        return refuse(why, "the token's signature is wrong");
    case CHIP_JWKS_UNKNOWN:
        return refuse(why, "the token names a key that we do not know");
    case CHIP_JWKS_NO_KEYS:
        break;
    }
    *why = "the keys of users' tokens have not been fetched yet";
    return CHIP_AUTH_UNAVAILABLE;
}

/* The algorithm that the token names only chooses among those that we have keys for; a public key
 * is never taken for a shared secret. */
static enum chip_auth_result check_signature(const struct chip_auth *auth,
                                             const struct chip_jwt *jwt, const char **why)
{
    if (!strcmp(jwt->alg, "HS256"))
        return check_hs256(auth, jwt, why);
    if (!strcmp(jwt->alg, "ES256") || !strcmp(jwt->alg, "RS256"))
        return check_public(auth, jwt, why);
    return refuse(why, "the token's algorithm is not one of HS256, ES256, RS256");
}

/* Makes the user of what has been checked. @return false without memory */
static bool become_user(struct chip_identity *who, const char *user_id, const char *jwt)
{
    free(who->user_id);
    free(who->jwt);
    who->user_id = strdup(user_id);
    who->jwt = jwt ? strdup(jwt) : NULL;
    who->actor = "user";
    if (!who->user_id || (jwt && !who->jwt))
        return false;
    for (char *c = who->user_id; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    snprintf(who->limit_key, sizeof who->limit_key, "user:%s", who->user_id);
    return true;
}

enum chip_auth_result chip_auth_check_jwt(const struct chip_auth *auth, const char *token,
                                          struct chip_identity *who, const char **why)
{
    const struct chip_jwt_rules rules = {
        .audience = auth->audience, .issuer = auth->issuer, .skew_s = SKEW_S};
    struct chip_jwt jwt;
    const char *user_id;
    if (!chip_jwt_parse(token, &jwt, why))
        return CHIP_AUTH_INVALID;
    enum chip_auth_result result = check_signature(auth, &jwt, why);
    if (result == CHIP_AUTH_OK && !chip_jwt_check(&jwt, &rules, time(NULL), &user_id, why))
        result = CHIP_AUTH_INVALID;
    if (result == CHIP_AUTH_OK && !become_user(who, user_id, token)) {
        *why = "not enough memory";
        result = CHIP_AUTH_UNAVAILABLE;
    }
    chip_jwt_done(&jwt);
    return result;
}

/* ---- what is presented ----------------------------------------------------------------------- */

static enum chip_auth_result check_api_key(const struct chip_auth *auth, const char *key,
                                           struct chip_identity *who, const char **why)
{
    char name[17];
    if (!chip_api_keys_have(&auth->api_keys, key, name))
        return refuse(why, "the API key is wrong");
    who->actor = "key";
    snprintf(who->limit_key, sizeof who->limit_key, "key:%s", name);
    return CHIP_AUTH_OK;
}

/* "Bearer" in any case, blanks, then the rest. @return NULL for another scheme */
static const char *bearer_of(const char *authorization)
{
    if (strncasecmp(authorization, "Bearer", 6) != 0 || authorization[6] != ' ')
        return NULL;
    return authorization + 6 + strspn(authorization + 6, " ");
}

static enum chip_auth_result check_bearer(const struct chip_auth *auth, const char *authorization,
                                          struct chip_identity *who, const char **why)
{
    const char *unused, *bearer = bearer_of(authorization);
    if (!bearer)
        return refuse(why, "the Authorization header is not of the kind Bearer");
    /* Both are API keys: the first, if there was one, has been found right already. */
    if (check_api_key(auth, bearer, who, &unused) == CHIP_AUTH_OK)
        return CHIP_AUTH_OK;
    return chip_auth_check_jwt(auth, bearer, who, why);
}

static enum chip_auth_result check_link(const struct chip_auth *auth, const char *token,
                                        const char *path, struct chip_identity *who,
                                        const char **why)
{
    char *user_id, *jwt;
    if (!chip_link_open(auth->link_key, token, path, time(NULL), &user_id, &jwt, why))
        return CHIP_AUTH_INVALID;
    bool ok = !user_id || become_user(who, user_id, jwt);
    if (!user_id)
        who->actor = "key";
    free(user_id);
    free(jwt);
    if (!ok)
        *why = "not enough memory";
    return ok ? CHIP_AUTH_OK : CHIP_AUTH_UNAVAILABLE;
}

static bool is_users_token(const struct chip_auth *auth, const char *authorization)
{
    const char *bearer = authorization ? bearer_of(authorization) : NULL;
    return (auth->jwt_secret || auth->jwks) && bearer && !strncmp(bearer, "eyJ", 3);
}

static enum chip_auth_result check_all(const struct chip_auth *auth, const char *authorization,
                                       const char *api_key, const char *token, const char *path,
                                       struct chip_identity *who, const char **why)
{
    enum chip_auth_result result = CHIP_AUTH_MISSING;
    *why = "neither an API key nor a token was sent";
    if (token && !authorization && !api_key) {
        result = check_link(auth, token, path, who, why);
        if (result == CHIP_AUTH_OK || !auth->open)
            return result;
    }
    if (auth->open && !is_users_token(auth, authorization)) {
        /* Clients that must send some key, as OpenAI's, may send any. */
        who->actor = "key";
        return CHIP_AUTH_OK;
    }
    if (api_key && !auth->open) {
        result = check_api_key(auth, api_key, who, why);
        if (result != CHIP_AUTH_OK)
            return result;
    }
    return authorization ? check_bearer(auth, authorization, who, why) : result;
}

enum chip_auth_result chip_auth_check(const struct chip_auth *auth, const char *authorization,
                                      const char *api_key, const char *token, const char *path,
                                      struct chip_identity *who, const char **reason)
{
    const char *why = NULL;
    *who = (struct chip_identity){0};
    enum chip_auth_result result = check_all(auth, authorization, api_key, token, path, who, &why);
    if (result != CHIP_AUTH_OK)
        chip_identity_done(who);
    if (reason)
        *reason = result == CHIP_AUTH_OK ? NULL : why;
    return result;
}

void chip_identity_done(struct chip_identity *who)
{
    free(who->user_id);
    free_secret(who->jwt);
    *who = (struct chip_identity){0};
}

/* ---- what to do with it ---------------------------------------------------------------------- */

const struct chip_caller *chip_identity_caller(const struct chip_identity *who,
                                               struct chip_caller *caller)
{
    if (!who->user_id)
        return NULL;
    *caller = (struct chip_caller){.user_id = who->user_id, .jwt = who->jwt};
    return caller;
}

int chip_auth_http_status(enum chip_auth_result result)
{
    switch (result) {
    case CHIP_AUTH_OK:
        return 200;
    case CHIP_AUTH_MISSING:
    case CHIP_AUTH_INVALID:
        return 401;
    case CHIP_AUTH_UNAVAILABLE:
        return 503;
    }
    return 500;
}

const char *chip_auth_challenge(enum chip_auth_result result)
{
    switch (result) {
    case CHIP_AUTH_MISSING:
        return "Bearer realm=\"chip\"";
    case CHIP_AUTH_INVALID:
        return "Bearer realm=\"chip\", error=\"invalid_token\"";
    case CHIP_AUTH_OK:
    case CHIP_AUTH_UNAVAILABLE:
        return NULL;
    }
    return NULL;
}

int64_t chip_auth_end(const char *token, int64_t wanted_s)
{
    struct chip_jwt jwt;
    const char *why;
    if (!token || !chip_jwt_parse(token, &jwt, &why))
        return wanted_s;
    double exp = json_number_value(json_object_get(jwt.claims, "exp"));
    chip_jwt_done(&jwt);
    return exp > 0 && exp < (double)wanted_s ? (int64_t)exp : wanted_s;
}

enum chip_status chip_auth_link(const struct chip_auth *auth, const struct chip_caller *caller,
                                const char *path, int seconds, char **out, struct chip_err *err)
{
    if (path[0] != '/' || seconds < 1 || seconds > MAX_LINK_S)
        return chip_fail(err, CHIP_E_INVAL,
                         "a link is for a path that begins with '/' and for 1 to %d seconds",
                         MAX_LINK_S);
    struct chip_link link = {.path = path};
    if (caller) {
        link.user_id = caller->user_id;
        link.jwt = caller->jwt;
    }
    link.expires_s = chip_auth_end(link.jwt, (int64_t)time(NULL) + seconds);
    return chip_link_seal(auth->link_key, &link, out, err);
}
