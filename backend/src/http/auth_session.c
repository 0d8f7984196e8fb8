/* Sessions: the cookie that stands for an API key or a user's token in browsers. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/auth_parts.h"

/* Links are sealed with the same key: those have a "path", sessions have a "session". */
enum chip_status chip_auth_session_new(const struct chip_auth *auth,
                                       const struct chip_identity *who, int seconds, char **out,
                                       int64_t *expires_s, struct chip_err *err)
{
    if (seconds < 1)
        return chip_fail(err, CHIP_E_INVAL, "a session lasts a second or more");
    int64_t end = chip_auth_end(who->jwt, (int64_t)time(NULL) + seconds);
    char *token;
    enum chip_status st =
        chip_seal(auth->link_key,
                  json_pack("{s:s, s:s*, s:I}", "session", who->jwt ? "user" : who->limit_key,
                            "jwt", who->jwt, "expires", (json_int_t)end),
                  &token, err);
    if (st != CHIP_OK)
        return st;
    if (strlen(token) > CHIP_MAX_SESSION) {
        free(token);
        return chip_fail(err, CHIP_E_LIMIT, "the token is too long to be kept in a cookie");
    }
    *out = token;
    *expires_s = end;
    return CHIP_OK;
}

/* A session does not outlive the API key that it was made with. */
static enum chip_auth_result check_key(const struct chip_auth *auth, const char *name,
                                       struct chip_identity *who, const char **why)
{
    if (strncmp(name, "key:", 4) != 0 || !chip_api_keys_named(&auth->api_keys, name + 4)) {
        *why = "the API key of the session is not in use any more";
        return CHIP_AUTH_INVALID;
    }
    who->actor = "key";
    snprintf(who->limit_key, sizeof who->limit_key, "%s", name);
    return CHIP_AUTH_OK;
}

enum chip_auth_result chip_auth_session_check(const struct chip_auth *auth, const char *session,
                                              struct chip_identity *who, const char **reason)
{
    const char *why = NULL;
    *who = (struct chip_identity){0};
    json_t *root = chip_unseal(auth->link_key, session);
    const char *name = json_string_value(json_object_get(root, "session")),
               *jwt = json_string_value(json_object_get(root, "jwt"));
    enum chip_auth_result result = CHIP_AUTH_INVALID;
    if (!name)
        why = "the session is not one of ours";
    else if (time(NULL) >= json_integer_value(json_object_get(root, "expires")))
        why = "the session has expired";
    else if (jwt)
        result = chip_auth_check_jwt(auth, jwt, who, &why);
    else
        result = check_key(auth, name, who, &why);
    if (result == CHIP_AUTH_OK)
        who->expires_s = json_integer_value(json_object_get(root, "expires"));
    json_decref(root);
    if (result != CHIP_AUTH_OK)
        chip_identity_done(who);
    if (reason)
        *reason = why;
    return result;
}
