#include "http/openai_models.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "models/name.h"
#include "models/store.h"

static const char *const openai_names[] = {
    "whisper-1",
    "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe",
    "gpt-4o-transcribe-diarize",
};
enum { N_OPENAI_NAMES = sizeof openai_names / sizeof *openai_names };

static bool is_openai_name(const char *name)
{
    for (size_t i = 0; i < N_OPENAI_NAMES; i++)
        if (strcmp(name, openai_names[i]) == 0)
            return true;
    return false;
}

/* Of the installed models, those that write words have a tokenizer. @return when it was installed;
 * 0 if it is no such model */
static int64_t installed_at(const char *folder)
{
    char path[CHIP_STORE_PATH_MAX + 16];
    struct stat info;
    snprintf(path, sizeof path, "%s/tokenizer.json", folder);
    return stat(path, &info) == 0 ? (int64_t)info.st_mtime : 0;
}

static int64_t find_installed(const char *name)
{
    char folder[CHIP_STORE_PATH_MAX];
    if (!chip_model_name_valid(name) ||
        chip_store_find(name, folder, sizeof folder, NULL) != CHIP_OK)
        return 0;
    return installed_at(folder);
}

/* ---- all of them ---- */

/* Calls back for each speech model that is installed. */
static void each_installed(void (*visit)(void *user, const char *name, int64_t created), void *user)
{
    struct chip_places places;
    struct chip_installed *list = NULL;
    size_t n = 0;
    chip_places_init(&places, NULL);
    if (chip_store_list(&places, &list, &n, NULL) != CHIP_OK)
        return;
    for (size_t i = 0; i < n; i++) {
        int64_t created = list[i].hidden ? 0 : installed_at(list[i].folder);
        if (created)
            visit(user, list[i].name, created);
    }
    free(list);
}

static void add_name(void *user, const char *name, int64_t created)
{
    struct chip_str *names = user;
    (void)created;
    chip_str_addf(names, "%s%s", names->len ? ", " : "", name);
}

static enum chip_status fail_unknown(const char *name, struct chip_err *err)
{
    struct chip_str names = {0};
    each_installed(add_name, &names);
    enum chip_status st =
        chip_fail(err, CHIP_E_NOT_FOUND,
                  "The model '%.64s' does not exist or is not installed. Installed: %s; "
                  "'whisper-1' and OpenAI's other names mean the default one.",
                  name, names.len ? names.data : "none");
    chip_str_done(&names);
    return st;
}

enum chip_status chip_openai_model(const char *name, const char *usual, char out[CHIP_SPEECH_MODEL],
                                   struct chip_err *err)
{
    const char *meant = is_openai_name(name) ? usual : name;
    /* The default one may be a path, and is the workers' to open. */
    if (meant != usual && strcmp(meant, usual) != 0 && !find_installed(meant))
        return fail_unknown(name, err);
    if (strlen(meant) >= CHIP_SPEECH_MODEL)
        return fail_unknown(name, err);
    strcpy(out, meant);
    return CHIP_OK;
}

/* ---- as the API shows them ---- */

static json_t *view(const char *name, int64_t created)
{
    return json_pack("{s:s, s:s, s:I, s:s}", "id", name, "object", "model", "created",
                     (json_int_t)created, "owned_by", "chip");
}

static void add_view(void *user, const char *name, int64_t created)
{
    json_array_append_new(user, view(name, created));
}

json_t *chip_openai_models(const char *usual)
{
    json_t *data = json_array();
    int64_t created = find_installed(usual);
    each_installed(add_view, data);
    for (size_t i = 0; i < N_OPENAI_NAMES; i++)
        add_view(data, openai_names[i], created);
    return json_pack("{s:s, s:o}", "object", "list", "data", data);
}

json_t *chip_openai_model_view(const char *name, const char *usual)
{
    int64_t created = find_installed(is_openai_name(name) ? usual : name);
    return created || is_openai_name(name) ? view(name, created) : NULL;
}
