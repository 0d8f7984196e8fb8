#include "cli/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "models/catalogue.h"
#include "models/store.h"

static void check_places(struct chip_checks *checks, const struct chip_places *places)
{
    for (int i = 0; i < places->n; i++) {
        const char *dir = places->dirs[i];
        struct chip_check *check = chip_checks_add(checks, "models folder");
        struct stat info;
        chip_check_detail(check, "%s", dir);
        if (stat(dir, &info) < 0 || !S_ISDIR(info.st_mode))
            chip_check_detail(check, " (not there)");
        else if (access(dir, W_OK | X_OK) < 0)
            chip_check_detail(check, " (read only)");
        if (i == 0)
            chip_check_detail(check, ", new models go here");
    }
}

static const char *state_text(enum chip_store_state state)
{
    switch (state) {
    case CHIP_STORE_OK:
        return "";
    case CHIP_STORE_DAMAGED:
        return ", damaged";
    case CHIP_STORE_FOREIGN:
        return ", put there by hand";
    }
    return "";
}

static void check_installed(struct chip_checks *checks, const struct chip_installed *model)
{
    struct chip_check *check = chip_checks_add(checks, model->name);
    chip_check_detail(check, "%s, %.1f MiB%s%s", model->folder, (double)model->size / (1024 * 1024),
                      state_text(model->state), model->hidden ? ", hidden by the one above" : "");
    if (model->state == CHIP_STORE_DAMAGED)
        chip_check_hint(check, CHIP_CHECK_WARN, "chip models verify %s", model->name);
}

static bool is_installed(const struct chip_installed *installed, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(installed[i].name, name) == 0)
            return true;
    return false;
}

/* Models of the catalogue that are not there: needed ones are found missing by check_opens(). */
static void check_catalogue(struct chip_checks *checks, const struct chip_installed *installed,
                            size_t n)
{
    struct chip_catalogue catalogue;
    struct chip_err err;
    if (chip_catalogue_open(&catalogue, NULL, &err) != CHIP_OK) {
        struct chip_check *check = chip_checks_add(checks, "catalogue");
        chip_check_hint(check, CHIP_CHECK_WARN, "%s", err.message);
        return;
    }
    for (size_t i = 0; i < catalogue.n_models; i++) {
        const struct chip_catalogue_model *model = &catalogue.models[i];
        if (!is_installed(installed, n, model->name))
            chip_check_detail(chip_checks_add(checks, model->name), "not installed: %s",
                              model->description);
    }
    chip_catalogue_close(&catalogue);
}

/* What counts: does the model open that `chip transcribe` would use? */
static void check_opens(struct chip_checks *checks)
{
    const char *name = getenv("CHIP_MODEL");
    struct chip_check *check = chip_checks_add(checks, "model");
    struct chip_model *model;
    struct chip_err err;
    name = name && *name ? name : NULL;
    chip_check_detail(check, "%s", name ? name : "the default");
    int64_t start = chip_clock_ns();
    if (chip_model_open(&model, name, &err) != CHIP_OK) {
        chip_check_detail(check, " does not open");
        chip_check_hint(check, CHIP_CHECK_FAIL, "%s", err.message);
        return;
    }
    chip_check_detail(check, " opens in %.0f ms", (double)(chip_clock_ns() - start) / 1e6);
    chip_model_close(model);
}

void chip_check_models(struct chip_checks *checks)
{
    struct chip_places places;
    struct chip_installed *installed = NULL;
    size_t n = 0;
    struct chip_err err;
    chip_places_init(&places, NULL);
    check_places(checks, &places);
    if (chip_store_list(&places, &installed, &n, &err) != CHIP_OK)
        chip_check_hint(chip_checks_add(checks, "models"), CHIP_CHECK_WARN, "%s", err.message);
    for (size_t i = 0; i < n; i++)
        check_installed(checks, &installed[i]);
    check_catalogue(checks, installed, n);
    free(installed);
    check_opens(checks);
}
