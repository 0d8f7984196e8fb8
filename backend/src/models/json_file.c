#include "models/json_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum chip_status chip_file_read_json(json_t **out, const char *path, size_t max_bytes,
                                     struct chip_err *err)
{
    struct chip_file file = {0};
    enum chip_status status = chip_file_map(&file, path, max_bytes, err);
    if (status != CHIP_OK)
        return status;
    json_error_t at;
    json_t *json = json_loadb(file.size ? (const char *)file.data : "", file.size,
                              JSON_REJECT_DUPLICATES, &at);
    chip_file_unmap(&file);
    if (!json)
        return chip_fail(err, CHIP_E_FORMAT, "'%s' line %d: %s", path, at.line, at.text);
    if (!json_is_object(json)) {
        json_decref(json);
        return chip_fail(err, CHIP_E_FORMAT, "'%s' does not hold a JSON object", path);
    }
    *out = json;
    return CHIP_OK;
}

enum chip_status chip_file_write_json(const char *path, const json_t *json, struct chip_err *err)
{
    char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    if (!text)
        return chip_fail(err, CHIP_E_NOMEM, "'%s': not enough memory", path);
    size_t n = strlen(text);
    text[n] = '\n'; /* in place of the NUL */
    enum chip_status status = chip_file_replace(path, text, n + 1, err);
    free(text);
    return status;
}
