/* What pages may load and run: csp.json, as the build of the web app writes it. */

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "http/web.h"

enum { MAX_POLICY = 8000 }; /* as much as the head of an answer has room for */

/* Of a build that says nothing itself. */
static const char strict[] =
    "default-src 'self'; base-uri 'none'; form-action 'self'; object-src 'none'";
static const char unframed[] = "frame-ancestors 'none'";

static bool is_header(const json_t *value)
{
    const char *text = json_string_value(value);
    for (const char *c = text; c && *c; c++)
        if (*c < 0x20 || *c > 0x7e)
            return false;
    return text && json_string_length(value) <= MAX_POLICY;
}

static bool makes_sense(const json_t *root)
{
    const char *page;
    const json_t *value, *normal = json_object_get(root, "default"),
                         *pages = json_object_get(root, "pages");
    if (!json_is_object(root) || (normal && !is_header(normal)) ||
        (pages && !json_is_object(pages)))
        return false;
    json_object_foreach((json_t *)pages, page, value)
    {
        if (!is_header(value))
            return false;
    }
    return true;
}

/** "/meetings/index.html" may be listed as "/meetings/" or as it is. */
static const char *policy_of(const json_t *root, const char *path)
{
    const json_t *pages = json_object_get(root, "pages"), *value = json_object_get(pages, path);
    size_t n = strlen(path), n_index = strlen("index.html");
    if (!value && n > n_index && strcmp(path + n - n_index - 1, "/index.html") == 0)
        value = json_object_getn(pages, path, n - n_index);
    if (!value)
        value = json_object_get(root, "default");
    return value ? json_string_value(value) : strict;
}

static enum chip_status set_policy(struct chip_web_file *file, const char *policy,
                                   struct chip_err *err)
{
    struct chip_str text = {0};
    chip_str_add(&text, policy);
    if (!strstr(policy, "frame-ancestors"))
        chip_str_addf(&text, "; %s", unframed);
    enum chip_status st = chip_str_finish(&text, &file->policy, err);
    chip_str_done(&text);
    return st;
}

enum chip_status chip_web_set_policies(struct chip_web_file *files, size_t n_files,
                                       const char *text, size_t n, struct chip_err *err)
{
    json_t *root = text ? json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    enum chip_status st = CHIP_OK;
    if (text && !makes_sense(root))
        st = chip_fail(err, CHIP_E_FORMAT,
                       "csp.json is not {\"default\": \"...\", \"pages\": {\"/\": \"...\"}} with "
                       "policies of at most %d characters; build the web app again",
                       MAX_POLICY);
    for (size_t i = 0; st == CHIP_OK && i < n_files; i++)
        if (strncmp(files[i].type, "text/html", 9) == 0)
            st = set_policy(&files[i], policy_of(root, files[i].path), err);
    json_decref(root);
    return st;
}
