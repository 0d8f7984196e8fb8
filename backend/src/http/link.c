#include "http/link.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum chip_status chip_link_seal(const unsigned char key[CHIP_LINK_KEY],
                                const struct chip_link *link, char **out, struct chip_err *err)
{
    return chip_seal(key,
                     json_pack("{s:s*, s:s*, s:s, s:I}", "user", link->user_id, "jwt", link->jwt,
                               "path", link->path, "expires", (json_int_t)link->expires_s),
                     out, err);
}

static bool covers(const char *prefix, const char *path)
{
    size_t n = strlen(prefix);
    return n > 0 && !strncmp(path, prefix, n) && (path[n] == '\0' || path[n] == '/');
}

/* @return false without memory */
static bool copy_member(const json_t *root, const char *name, char **out)
{
    const char *text = json_string_value(json_object_get(root, name));
    *out = text ? strdup(text) : NULL;
    return !text || *out;
}

bool chip_link_open(const unsigned char key[CHIP_LINK_KEY], const char *token, const char *path,
                    int64_t now_s, char **user_id, char **jwt, const char **why)
{
    json_t *root = chip_unseal(key, token);
    const char *prefix = json_string_value(json_object_get(root, "path"));
    char *user = NULL, *own = NULL;
    *why = NULL;
    if (!prefix)
        *why = "the link's token is not one of ours";
    else if (now_s >= json_integer_value(json_object_get(root, "expires")))
        *why = "the link has expired";
    else if (!covers(prefix, path))
        *why = "the link is for another path";
    else if (!copy_member(root, "user", &user) || !copy_member(root, "jwt", &own))
        *why = "not enough memory";
    json_decref(root);
    if (*why) {
        free(user);
        free(own);
        return false;
    }
    *user_id = user;
    *jwt = own;
    return true;
}
