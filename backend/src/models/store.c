#include "models/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "models/folder.h"
#include "models/manifest.h"
#include "models/name.h"
#include "net/sha256.h"

/* Is there a model: a folder with config.json? */
static bool is_model(const char *folder)
{
    char path[CHIP_STORE_PATH_MAX + 16];
    struct stat info;
    int n = snprintf(path, sizeof path, "%s/config.json", folder);
    return n < (int)sizeof path && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool join(char out[CHIP_STORE_PATH_MAX], const char *dir, const char *name)
{
    int n = snprintf(out, CHIP_STORE_PATH_MAX, "%s/%s", dir, name);
    return n > 0 && n < CHIP_STORE_PATH_MAX;
}

/* ---- finding --------------------------------------------------------------------------------- */

static enum chip_status hand_over(const char *path, char *folder, size_t size, struct chip_err *err)
{
    if (strlen(path) >= size)
        return chip_fail(err, CHIP_E_INVAL, "the path '%.64s...' is too long", path);
    memcpy(folder, path, strlen(path) + 1);
    return CHIP_OK;
}

enum chip_status chip_store_find_in(const struct chip_places *places, const char *name,
                                    char *folder, size_t size, struct chip_err *err)
{
    char path[CHIP_STORE_PATH_MAX], where[256];
    if (strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..")) {
        if (is_model(name))
            return hand_over(name, folder, size, err);
        return chip_fail(err, CHIP_E_NOT_FOUND,
                         "'%.300s' is not a model folder: there is no config.json in it", name);
    }
    if (!chip_model_name_valid(name))
        return chip_fail(err, CHIP_E_INVAL, "'%.64s' cannot be the name of a model", name);
    for (int i = 0; i < places->n; i++)
        if (join(path, places->dirs[i], name) && is_model(path))
            return hand_over(path, folder, size, err);
    return chip_fail(err, CHIP_E_NOT_FOUND,
                     "model '%s' is not installed (looked in %s); `chip models list` shows what "
                     "there is and how to get it",
                     name, chip_places_text(places, where, sizeof where));
}

enum chip_status chip_store_find(const char *name, char *folder, size_t size, struct chip_err *err)
{
    struct chip_places places;
    chip_places_init(&places, NULL);
    return chip_store_find_in(&places, name, folder, size, err);
}

/* ---- listing --------------------------------------------------------------------------------- */

static void look_into(struct chip_installed *model)
{
    struct chip_manifest manifest;
    struct dirent *entry;
    char path[CHIP_STORE_PATH_MAX + 300];
    struct stat info;
    DIR *dir = opendir(model->folder);
    while (dir && (entry = readdir(dir))) {
        snprintf(path, sizeof path, "%s/%s", model->folder, entry->d_name);
        if (lstat(path, &info) == 0 && S_ISREG(info.st_mode))
            model->size += (uint64_t)info.st_size;
    }
    if (dir)
        closedir(dir);

    enum chip_status status = chip_manifest_read(&manifest, model->folder, NULL);
    model->state = status == CHIP_E_NOT_FOUND ? CHIP_STORE_FOREIGN : CHIP_STORE_DAMAGED;
    if (status != CHIP_OK)
        return;
    model->state = CHIP_STORE_OK;
    for (size_t i = 0; i < manifest.n_files; i++) {
        snprintf(path, sizeof path, "%s/%s", model->folder, manifest.files[i].name);
        if (stat(path, &info) < 0 || (uint64_t)info.st_size != manifest.files[i].size)
            model->state = CHIP_STORE_DAMAGED;
    }
    chip_manifest_close(&manifest);
}

static int names_a_model(const struct dirent *entry)
{
    return chip_model_name_valid(entry->d_name);
}

static enum chip_status list_place(const char *dir, struct chip_installed **list, size_t *n,
                                   struct chip_err *err)
{
    struct dirent **entries;
    int n_entries = scandir(dir, &entries, names_a_model, alphasort);
    if (n_entries < 0)
        return CHIP_OK; /* a place that is not there or not ours holds nothing */
    enum chip_status status = CHIP_OK;
    size_t before = *n; /* only earlier places hide */
    for (int i = 0; i < n_entries; i++) {
        struct chip_installed model = {0};
        struct chip_installed *bigger = NULL;
        snprintf(model.name, sizeof model.name, "%.64s", entries[i]->d_name);
        if (status == CHIP_OK && join(model.folder, dir, model.name) && is_model(model.folder)) {
            bigger = reallocarray(*list, *n + 1, sizeof **list);
            if (!bigger)
                status = chip_fail(err, CHIP_E_NOMEM, "not enough memory");
        }
        if (bigger) {
            *list = bigger;
            look_into(&model);
            for (size_t k = 0; k < before; k++)
                model.hidden |= !strcmp(bigger[k].name, model.name);
            bigger[(*n)++] = model;
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

enum chip_status chip_store_list(const struct chip_places *places, struct chip_installed **out,
                                 size_t *n, struct chip_err *err)
{
    struct chip_installed *list = NULL;
    size_t count = 0;
    enum chip_status status = CHIP_OK;
    for (int i = 0; i < places->n && status == CHIP_OK; i++)
        status = list_place(places->dirs[i], &list, &count, err);
    if (status != CHIP_OK) {
        free(list);
        return status;
    }
    *out = list;
    *n = count;
    return CHIP_OK;
}

const char *chip_store_state_name(enum chip_store_state state)
{
    switch (state) {
    case CHIP_STORE_OK:
        return "ok";
    case CHIP_STORE_DAMAGED:
        return "damaged";
    case CHIP_STORE_FOREIGN:
        return "foreign";
    }
    return "";
}

/* ---- verifying and removing ------------------------------------------------------------------ */

enum chip_status chip_store_verify(const char *folder, struct chip_err *err)
{
    struct chip_manifest manifest = {0};
    enum chip_status status = chip_manifest_read(&manifest, folder, err);
    for (size_t i = 0; status == CHIP_OK && i < manifest.n_files; i++) {
        const struct chip_manifest_file *file = &manifest.files[i];
        char path[CHIP_STORE_PATH_MAX + 300], sha256[CHIP_SHA256_HEX];
        snprintf(path, sizeof path, "%s/%s", folder, file->name);
        status = chip_sha256_file(path, sha256, err);
        if (status == CHIP_OK && strcmp(sha256, file->sha256) != 0)
            status = chip_fail(err, CHIP_E_CHECKSUM,
                               "'%s' is not what was installed: SHA-256 %s instead of %s", path,
                               sha256, file->sha256);
    }
    chip_manifest_close(&manifest);
    return status;
}

enum chip_status chip_store_remove(const struct chip_places *places, const char *name,
                                   struct chip_err *err)
{
    if (!chip_model_name_valid(name))
        return chip_fail(err, CHIP_E_INVAL,
                         "'%.64s' cannot be the name of a model; only installed models are removed",
                         name);
    char folder[CHIP_STORE_PATH_MAX], doomed[CHIP_STORE_PATH_MAX + 32];
    struct stat info;
    enum chip_status status = chip_store_find_in(places, name, folder, sizeof folder, err);
    if (status != CHIP_OK)
        return status;
    if (lstat(folder, &info) < 0 || !S_ISDIR(info.st_mode))
        return chip_fail(err, CHIP_E_INVAL, "'%s' is a link, remove it yourself", folder);

    /* Out of sight first, so that nobody opens half a model. */
    snprintf(doomed, sizeof doomed, "%.*s/.removed-%s", (int)(strrchr(folder, '/') - folder),
             folder, name);
    if (stat(doomed, &info) == 0)
        status = chip_folder_delete(doomed, err);
    if (status == CHIP_OK && rename(folder, doomed) < 0)
        status = chip_fail(err, CHIP_E_IO, "remove '%s': %s", folder, strerror(errno));
    return status == CHIP_OK ? chip_folder_delete(doomed, err) : status;
}
