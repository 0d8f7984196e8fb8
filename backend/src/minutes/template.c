#include "minutes/template.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "minutes/embedded.h"

enum { MAX_NAME = 40, MAX_BYTES = 64 << 10 };

struct embedded {
    const char *name;
    const unsigned char *data;
    const size_t *size;
};

static const struct embedded all[] = {
    {"general", chip_embedded_general, &chip_embedded_general_size},
    {"one-on-one", chip_embedded_one_on_one, &chip_embedded_one_on_one_size},
    {"interview", chip_embedded_interview, &chip_embedded_interview_size},
    {"sales-call", chip_embedded_sales_call, &chip_embedded_sales_call_size},
    {"stand-up", chip_embedded_stand_up, &chip_embedded_stand_up_size},
    {"lecture", chip_embedded_lecture, &chip_embedded_lecture_size},
    {"instructions", chip_embedded_instructions, &chip_embedded_instructions_size},
    {"summary", chip_embedded_summary, &chip_embedded_summary_size},
    {"ask", chip_embedded_ask, &chip_embedded_ask_size},
};

/* It becomes a part of a path. */
static bool is_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= MAX_NAME && n == strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

static enum chip_status load_file(const char *dir, const char *name, struct chip_str *out,
                                  struct chip_err *err)
{
    struct chip_str path = {0};
    chip_str_addf(&path, "%s/%s.md", dir, name);
    if (path.failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    struct chip_file file;
    enum chip_status status = chip_file_map(&file, path.data, MAX_BYTES, err);
    chip_str_done(&path);
    if (status != CHIP_OK)
        return status;
    chip_str_add_n(out, (const char *)file.data, file.size);
    chip_file_unmap(&file);
    return CHIP_OK;
}

enum chip_status chip_template_load(const char *dir, const char *name, struct chip_str *out,
                                    struct chip_err *err)
{
    if (is_name(name)) {
        enum chip_status status = dir ? load_file(dir, name, out, err) : CHIP_E_NOT_FOUND;
        if (status != CHIP_E_NOT_FOUND)
            return status;
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            if (strcmp(all[i].name, name) == 0) {
                chip_str_add_n(out, (const char *)all[i].data, *all[i].size);
                return CHIP_OK;
            }
    }
    return chip_fail(err, CHIP_E_INVAL,
                     "there is no template '%.40s': take general, one-on-one, interview, "
                     "sales-call, stand-up, lecture, or one of the folder of templates",
                     name);
}

/* ---- all of them ---- */

enum { MAX_LISTED = 100 };

/* Prompts for other things, which are no kind of meeting. */
static bool is_part(const char *name)
{
    return strcmp(name, "instructions") == 0 || strcmp(name, "summary") == 0 ||
           strcmp(name, "ask") == 0;
}

static bool is_listed(const json_t *list, const char *name)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (strcmp(json_string_value(one), name) == 0)
            return true;
    }
    return false;
}

/* "retro.md" as "retro". */
static void add_file(json_t *list, const char *file)
{
    char name[MAX_NAME + 1];
    size_t n = strlen(file);
    if (n < 4 || n - 3 > MAX_NAME || strcmp(file + n - 3, ".md") != 0)
        return;
    memcpy(name, file, n - 3);
    name[n - 3] = '\0';
    if (is_name(name) && !is_part(name) && !is_listed(list, name) &&
        json_array_size(list) < MAX_LISTED)
        json_array_append_new(list, json_string(name));
}

json_t *chip_template_list(const char *dir)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!is_part(all[i].name))
            json_array_append_new(list, json_string(all[i].name));
    struct dirent **files = NULL;
    int n = list && dir ? scandir(dir, &files, NULL, alphasort) : 0;
    for (int i = 0; i < n; i++) {
        add_file(list, files[i]->d_name);
        free(files[i]);
    }
    free(files);
    return list;
}

bool chip_template_exists(const char *dir, const char *name)
{
    struct chip_str text = {0};
    bool exists = !is_part(name) && chip_template_load(dir, name, &text, NULL) == CHIP_OK;
    chip_str_done(&text);
    return exists;
}

void chip_template_fill(struct chip_str *out, const char *text,
                        const struct chip_template_value *values, size_t n)
{
    for (const char *open; (open = strstr(text, "{{"));) {
        chip_str_add_n(out, text, (size_t)(open - text));
        const char *close = strstr(open, "}}");
        size_t i = 0, length = close ? (size_t)(close - open) - 2 : 0;
        while (i < n && !(close && strlen(values[i].name) == length &&
                          memcmp(values[i].name, open + 2, length) == 0))
            i++;
        chip_str_add(out, i < n ? values[i].value : "{{");
        text = i < n ? close + 2 : open + 2;
    }
    chip_str_add(out, text);
}
