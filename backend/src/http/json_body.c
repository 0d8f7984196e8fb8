#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "http/exchange.h"

enum { MAX_DEPTH = 32, MAX_NAMED = 20 };

/** "application/json", with no charset but UTF-8. */
static bool is_json_type(const char *type)
{
    static const char name[] = "application/json";
    if (!type || strncasecmp(type, name, sizeof name - 1) != 0)
        return false;
    type += sizeof name - 1;
    type += strspn(type, " \t");
    if (*type && *type != ';')
        return false;
    const char *charset = strcasestr(type, "charset=");
    if (!charset)
        return true;
    charset += 8;
    charset += *charset == '"';
    return strncasecmp(charset, "utf-8", 5) == 0;
}

/** How deep the brackets go, at most, those in strings left out. */
static int depth_of(const char *text, size_t n)
{
    int depth = 0, deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > deepest)
                deepest = depth;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return deepest;
}

json_t *chip_request_json(struct chip_request *req)
{
    if (!is_json_type(chip_request_header(req, "Content-Type"))) {
        chip_reply_error(req, 415, "not_json",
                         "the body has to be JSON: send Content-Type: application/json", NULL);
        return NULL;
    }
    if (depth_of(req->body, req->n_body) > MAX_DEPTH) {
        chip_reply_error(req, 400, "bad_json", "the JSON is nested more than 32 levels deep", NULL);
        return NULL;
    }
    json_error_t error;
    json_t *body = json_loadb(req->body, req->n_body, JSON_REJECT_DUPLICATES, &error);
    if (!body) {
        char message[sizeof error.text + 80];
        snprintf(message, sizeof message, "the body is not JSON: %s (line %d, column %d)",
                 error.text, error.line, error.column);
        chip_reply_error(req, 400, "bad_json", message,
                         json_pack("{s:i, s:i, s:i}", "line", error.line, "column", error.column,
                                   "position", error.position));
        return NULL;
    }
    if (!json_is_object(body)) {
        json_decref(body);
        chip_reply_error(req, 400, "bad_json", "the body has to be a JSON object", NULL);
        return NULL;
    }
    return body;
}

static bool is_listed(const char *name, const char *list)
{
    size_t n = strlen(name);
    while (*list) {
        size_t word = strcspn(list, " ");
        if (word == n && memcmp(list, name, n) == 0)
            return true;
        list += word;
        list += strspn(list, " ");
    }
    return false;
}

bool chip_request_only(struct chip_request *req, const json_t *object, const char *allowed,
                       const char *where)
{
    struct chip_str message = {0};
    json_t *unknown = NULL;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (is_listed(name, allowed) || json_array_size(unknown) >= MAX_NAMED)
            continue;
        if (!unknown)
            unknown = json_array();
        json_array_append_new(unknown, json_sprintf("%s%s", where, name));
        chip_str_addf(&message, "%s%s%s", message.len ? ", " : "unknown here: ", where, name);
    }
    if (!unknown)
        return true;
    chip_str_addf(&message, "; known are: %s", allowed);
    chip_reply_error(
        req, 400, "unknown_field",
        message.failed ? "the request has unknown members" : message.data,
        json_pack("{s:O, s:o}", "param", json_array_get(unknown, 0), "unknown", unknown));
    chip_str_done(&message);
    return false;
}
