#include "models/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "models/json_file.h"
#include "models/name.h"
#include "net/sha256.h"

#define MAX_BYTES ((size_t)1 << 20)
#define MAX_FILES 1024
#define NAME "manifest.json"

/* ---- writing --------------------------------------------------------------------------------- */

static enum chip_status add_file(json_t *files, const char *folder, const char *name,
                                 struct chip_err *err)
{
    char path[4096], sha256[CHIP_SHA256_HEX];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (stat(path, &info) < 0)
        return chip_fail(err, CHIP_E_IO, "'%s': %s", path, strerror(errno));
    enum chip_status status = chip_sha256_file(path, sha256, err);
    if (status == CHIP_OK)
        json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "name", name, "size",
                                               (json_int_t)info.st_size, "sha256", sha256));
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int is_ours(const struct dirent *entry)
{
    return chip_file_name_valid(entry->d_name) && strcmp(entry->d_name, NAME) != 0;
}

static enum chip_status files_of(json_t *files, const char *folder, struct chip_err *err)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_ours, NULL);
    if (n < 0)
        return chip_fail(err, CHIP_E_IO, "'%s': %s", folder, strerror(errno));
    const char *names[MAX_FILES];
    enum chip_status status = CHIP_OK;
    if (n > MAX_FILES)
        status = chip_fail(err, CHIP_E_LIMIT, "'%s' has more than %d files", folder, MAX_FILES);
    for (int i = 0; i < n && status == CHIP_OK; i++)
        names[i] = entries[i]->d_name;
    if (status == CHIP_OK)
        qsort(names, (size_t)n, sizeof *names, by_name);
    for (int i = 0; i < n && status == CHIP_OK; i++)
        status = add_file(files, folder, names[i], err);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return status;
}

static json_t *source_of(const struct chip_catalogue_file *file, const char *sha256)
{
    json_t *source = json_pack("{s:s, s:s}", "name", file->name, "sha256", sha256);
    if (file->npm_package)
        json_object_set_new(source, "package",
                            json_sprintf("%s@%s", file->npm_package, file->npm_version));
    if (file->url)
        json_object_set_new(source, "url", json_string(file->url));
    return source;
}

enum chip_status chip_manifest_write(const char *folder, const struct chip_catalogue_model *model,
                                     const char (*source_sha256)[65], struct chip_err *err)
{
    json_t *sources = json_array(), *files = json_array();
    for (size_t i = 0; i < model->n_files; i++)
        json_array_append_new(sources, source_of(&model->files[i], source_sha256[i]));
    enum chip_status status = files_of(files, folder, err);
    json_t *json = json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "version", 1, "name",
                             model->name, "description", model->description, "kind", model->kind,
                             "language", model->language, "license", model->license, "made_by",
                             "chip " CHIP_VERSION, "sources", sources, "files", files);
    char path[4096];
    snprintf(path, sizeof path, "%s/" NAME, folder);
    if (status == CHIP_OK)
        status = chip_file_write_json(path, json, err);
    json_decref(json);
    return status;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum chip_status parse(struct chip_manifest *m, const json_t *json, struct chip_err *err)
{
    const json_t *files = json_object_get(json, "files");
    size_t n = json_array_size(files);
    if (json_integer_value(json_object_get(json, "version")) != 1 || n == 0 || n > MAX_FILES)
        return chip_fail(err, CHIP_E_FORMAT, "it has no list of files of version 1");
    m->files = calloc(n, sizeof *m->files);
    if (!m->files)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    for (; m->n_files < n; m->n_files++) {
        const json_t *entry = json_array_get(files, m->n_files);
        const json_t *size = json_object_get(entry, "size");
        struct chip_manifest_file *file = &m->files[m->n_files];
        file->name = json_string_value(json_object_get(entry, "name"));
        file->sha256 = json_string_value(json_object_get(entry, "sha256"));
        if (!file->name || !chip_file_name_valid(file->name) || !chip_sha256_valid(file->sha256) ||
            !json_is_integer(size) || json_integer_value(size) < 0)
            return chip_fail(err, CHIP_E_FORMAT, "file %zu is not described well", m->n_files);
        file->size = (uint64_t)json_integer_value(size);
    }
    return CHIP_OK;
}

enum chip_status chip_manifest_read(struct chip_manifest *manifest, const char *folder,
                                    struct chip_err *err)
{
    char path[4096];
    json_t *json = NULL;
    snprintf(path, sizeof path, "%s/" NAME, folder);
    enum chip_status status = chip_file_read_json(&json, path, MAX_BYTES, err);
    if (status != CHIP_OK)
        return status;
    struct chip_manifest m = {.json = json};
    status = parse(&m, json, err);
    if (status != CHIP_OK) {
        chip_manifest_close(&m);
        (void)chip_fail_in(err, "'%s': ", path);
        return status;
    }
    *manifest = m;
    return CHIP_OK;
}

void chip_manifest_close(struct chip_manifest *manifest)
{
    free(manifest->files);
    json_decref(manifest->json);
    *manifest = (struct chip_manifest){0};
}
