#include "models/catalogue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/embedded.h"
#include "models/json_file.h"
#include "models/name.h"
#include "net/sha256.h"
#include "net/url.h"

#define MAX_BYTES ((size_t)4 << 20)
#define MAX_MODELS 1024

static const struct {
    const char *name;
    enum chip_model_format format;
    const char *roles[5]; /* that it needs; NULL ends */
} FORMATS[] = {
    {"folder", CHIP_MODEL_FOLDER, {NULL}},
    {"moonshine-onnx", CHIP_MODEL_MOONSHINE_ONNX, {"encoder", "decoder", "tokenizer", NULL}},
    {"silero-onnx", CHIP_MODEL_SILERO_ONNX, {"network", NULL}},
    {"community-torch",
     CHIP_MODEL_COMMUNITY,
     {"segmentation", "embedding", "transform", "plda", NULL}},
};

#define N_FORMATS (sizeof FORMATS / sizeof FORMATS[0])

/* A string that must be there. @return NULL if it is not */
static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- one file -------------------------------------------------------------------------------- */

static bool parse_source(struct chip_catalogue_file *file, const json_t *source)
{
    const char *type = text(source, "type");
    if (type && !strcmp(type, "url")) {
        file->url = text(source, "url");
        file->path = text(source, "path");
        return file->url && chip_url_check(file->url, NULL, NULL) == CHIP_OK &&
               (!file->path || chip_relative_path_valid(file->path));
    }
    if (!type || strcmp(type, "npm") != 0)
        return false;
    file->npm_package = text(source, "package");
    file->npm_version = text(source, "version");
    file->npm_path = text(source, "path");
    return file->npm_package && file->npm_version && file->npm_path &&
           chip_relative_path_valid(file->npm_package) && chip_file_name_valid(file->npm_version) &&
           chip_relative_path_valid(file->npm_path);
}

static enum chip_status parse_file(struct chip_catalogue_model *m, const json_t *json,
                                   struct chip_err *err)
{
    struct chip_catalogue_file *file = &m->files[m->n_files];
    file->name = text(json, "name");
    file->sha256 = text(json, "sha256");
    file->role = text(json, "role") ? text(json, "role") : "";
    const json_t *size = json_object_get(json, "size");
    if (!file->name || !chip_file_name_valid(file->name))
        return chip_fail(err, CHIP_E_FORMAT, "model '%s': file %zu has no valid name", m->name,
                         m->n_files);
    if (!json_is_null(json_object_get(json, "sha256")) && !chip_sha256_valid(file->sha256))
        return chip_fail(err, CHIP_E_FORMAT, "model '%s': file '%s' has no SHA-256", m->name,
                         file->name);
    if (!json_is_integer(size) || json_integer_value(size) < 1)
        return chip_fail(err, CHIP_E_FORMAT, "model '%s': file '%s' has no size", m->name,
                         file->name);
    file->size = (uint64_t)json_integer_value(size);
    if (!parse_source(file, json_object_get(json, "source")))
        return chip_fail(err, CHIP_E_FORMAT, "model '%s': file '%s' has no valid source", m->name,
                         file->name);
    for (size_t i = 0; i < m->n_files; i++)
        if (!strcmp(m->files[i].name, file->name) ||
            (file->role[0] && !strcmp(m->files[i].role, file->role)))
            return chip_fail(err, CHIP_E_FORMAT, "model '%s': two files are '%s'", m->name,
                             file->name);
    m->n_files++;
    return CHIP_OK;
}

/* ---- one model ------------------------------------------------------------------------------- */

static enum chip_status check_format(struct chip_catalogue_model *m, const char *format,
                                     struct chip_err *err)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (!format || strcmp(FORMATS[i].name, format) != 0)
            continue;
        m->format = FORMATS[i].format;
        for (const char *const *role = FORMATS[i].roles; *role; role++)
            if (!chip_catalogue_role(m, *role))
                return chip_fail(err, CHIP_E_FORMAT, "model '%s' has no file for the role '%s'",
                                 m->name, *role);
        return CHIP_OK;
    }
    return chip_fail(err, CHIP_E_FORMAT, "model '%s' has an unknown format", m->name);
}

static enum chip_status parse_model(struct chip_catalogue *c, const json_t *json,
                                    struct chip_err *err)
{
    struct chip_catalogue_model *m = &c->models[c->n_models];
    m->name = text(json, "name");
    if (!m->name || !chip_model_name_valid(m->name))
        return chip_fail(err, CHIP_E_FORMAT, "model %zu has no valid name", c->n_models);
    if (chip_catalogue_find(c, m->name))
        return chip_fail(err, CHIP_E_FORMAT, "two models are named '%s'", m->name);
    c->n_models++; /* its files are freed from now on */

    m->description = text(json, "description");
    m->kind = text(json, "kind");
    m->language = text(json, "language");
    m->license = text(json, "license");
    const json_t *size = json_object_get(json, "size"), *files = json_object_get(json, "files");
    if (!m->description || !m->kind || !m->language || !m->license || !json_is_integer(size) ||
        json_integer_value(size) < 0)
        return chip_fail(err, CHIP_E_FORMAT,
                         "model '%s' lacks description, kind, language, license or size", m->name);
    m->size = (uint64_t)json_integer_value(size);

    size_t n = json_array_size(files);
    if (n == 0 || n > CHIP_CATALOGUE_MAX_FILES)
        return chip_fail(err, CHIP_E_FORMAT, "model '%s' has %zu files", m->name, n);
    m->files = calloc(n, sizeof *m->files);
    if (!m->files)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < n && status == CHIP_OK; i++)
        status = parse_file(m, json_array_get(files, i), err);
    return status == CHIP_OK ? check_format(m, text(json, "format"), err) : status;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static enum chip_status load(json_t **out, const char *path, struct chip_err *err)
{
    if (path)
        return chip_file_read_json(out, path, MAX_BYTES, err);
    json_error_t at;
    *out = json_loadb((const char *)chip_embedded_catalogue, chip_embedded_catalogue_size,
                      JSON_REJECT_DUPLICATES, &at);
    return *out ? CHIP_OK : chip_fail(err, CHIP_E_INTERNAL, "the catalogue: %s", at.text);
}

static enum chip_status parse_models(struct chip_catalogue *c, const json_t *json,
                                     struct chip_err *err)
{
    const json_t *models = json_object_get(json, "models");
    size_t n = json_array_size(models);
    if (json_integer_value(json_object_get(json, "version")) != 1 || !json_is_array(models))
        return chip_fail(err, CHIP_E_FORMAT, "this is no catalogue of version 1");
    if (n > MAX_MODELS)
        return chip_fail(err, CHIP_E_LIMIT, "%zu models, more than %d", n, MAX_MODELS);
    c->models = calloc(n ? n : 1, sizeof *c->models);
    if (!c->models)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory");
    enum chip_status status = CHIP_OK;
    for (size_t i = 0; i < n && status == CHIP_OK; i++)
        status = parse_model(c, json_array_get(models, i), err);
    return status;
}

enum chip_status chip_catalogue_open(struct chip_catalogue *catalogue, const char *path,
                                     struct chip_err *err)
{
    json_t *json = NULL;
    enum chip_status status = load(&json, path, err);
    if (status != CHIP_OK)
        return status;
    struct chip_catalogue c = {.json = json};
    status = parse_models(&c, json, err);
    if (status != CHIP_OK) {
        chip_catalogue_close(&c);
        if (path)
            (void)chip_fail_in(err, "catalogue '%s': ", path);
        return status;
    }
    *catalogue = c;
    return CHIP_OK;
}

void chip_catalogue_close(struct chip_catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->n_models; i++)
        free(catalogue->models[i].files);
    free(catalogue->models);
    json_decref(catalogue->json);
    *catalogue = (struct chip_catalogue){0};
}

const struct chip_catalogue_model *chip_catalogue_find(const struct chip_catalogue *catalogue,
                                                       const char *name)
{
    for (size_t i = 0; i < catalogue->n_models; i++)
        if (!strcmp(catalogue->models[i].name, name))
            return &catalogue->models[i];
    return NULL;
}

const struct chip_catalogue_file *chip_catalogue_role(const struct chip_catalogue_model *model,
                                                      const char *role)
{
    for (size_t i = 0; i < model->n_files; i++)
        if (!strcmp(model->files[i].role, role))
            return &model->files[i];
    return NULL;
}
