/*
 * Import of the real models, where their npm packages are: in build/npm of the repository, as
 * scripts/setup.sh unpacks them, or in the folders of $CHIP_TEST_NPM (separated by colons).
 */
#include "../test.h"

#include <math.h>

#include "models/install.h"
#include "models/store.h"
#include "models/vocabulary.h"
#include "nn/safetensors.h"
#include "temp.h"

enum { MAX_FOLDERS = 16 };

struct folders {
    char text[MAX_FOLDERS][512];
    const char *list[MAX_FOLDERS];
    size_t n;
};

static void add_folder(struct folders *f, const char *text, size_t n)
{
    if (n > 0 && f->n < MAX_FOLDERS) {
        snprintf(f->text[f->n], sizeof f->text[0], "%.*s", (int)n, text);
        f->list[f->n] = f->text[f->n];
        f->n++;
    }
}

static void find_folders(struct folders *f, const struct chip_catalogue_model *model)
{
    char path[512];
    *f = (struct folders){0};
    for (size_t i = 0; i < model->n_files; i++) {
        int n = snprintf(path, sizeof path, "%s/build/npm/%s-%s", CHIP_SOURCE_ROOT,
                         model->files[i].npm_package, model->files[i].npm_version);
        add_folder(f, path, (size_t)n);
    }
    const char *more = getenv("CHIP_TEST_NPM");
    while (more && *more) {
        size_t n = strcspn(more, ":");
        add_folder(f, more, n);
        more += n + (more[n] == ':');
    }
}

/* Imports into TEMP/models, or skips the test. @return the open weights */
static struct chip_safetensors *import(const char *name)
{
    struct chip_catalogue catalogue;
    struct chip_err err = {0};
    struct folders folders;
    assert_int_equal(chip_catalogue_open(&catalogue, NULL, NULL), CHIP_OK);
    const struct chip_catalogue_model *model = chip_catalogue_find(&catalogue, name);
    find_folders(&folders, model);
    enum chip_status status =
        chip_install_import(model, folders.list, folders.n, temp_path("models"), false, &err);
    chip_catalogue_close(&catalogue);
    if (status == CHIP_E_NOT_FOUND) {
        print_message("skipped: %s\n", err.message);
        skip();
    }
    if (status != CHIP_OK)
        fail_msg("%s", err.message);

    char path[256];
    struct chip_safetensors *st = NULL;
    snprintf(path, sizeof path, "%s/models/%s", temp, name);
    if (chip_store_verify(path, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    strcat(path, "/model.safetensors");
    if (chip_safetensors_open(&st, path, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return st;
}

static float number(const struct chip_safetensors *st, const char *name, const char *suffix)
{
    char full[128];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    return *(const float *)chip_safetensors_find(st, full)->data;
}

static float element(const struct chip_safetensors *st, const char *name, size_t i)
{
    const struct chip_tensor *t = chip_safetensors_find(st, name);
    assert_non_null(t);
    if (t->dtype == CHIP_F32)
        return ((const float *)t->data)[i];
    return number(st, name, "_scale") *
           ((float)((const int8_t *)t->data)[i] - number(st, name, "_zero_point"));
}

/* Single weights, taken from the ONNX files by an independent program. */
struct spot {
    const char *name;
    size_t at[2]; /* row and column */
    float value;
};

#define Q "model.encoder.layers.3.self_attn.q_proj.weight"
#define FC1 "model.encoder.layers.5.mlp.fc1.weight"
#define CROSS "model.decoder.layers.4.encoder_attn.o_proj.weight"
#define FC2 "model.decoder.layers.0.mlp.fc2.weight"
#define CONV2 "model.encoder.conv2.weight"
#define EMBED "model.decoder.embed_tokens.weight"

static void check_spots(const struct chip_safetensors *st, const struct spot *spots, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct chip_tensor *t = chip_safetensors_find(st, spots[i].name);
        assert_non_null(t);
        float got = element(st, t->name,
                            spots[i].at[0] * (t->bytes / chip_dtype_bytes(t->dtype) / t->shape[0]) +
                                spots[i].at[1]);
        if (fabsf(got - spots[i].value) > 1e-5f)
            fail_msg("%s is %g instead of %g", t->name, (double)got, (double)spots[i].value);
    }
}

static void check_moonshine(const char *name, size_t layers, size_t d, bool is_quantised,
                            const struct spot *spots)
{
    struct chip_safetensors *st = import(name);
    struct chip_err err = {0};
    const struct chip_tensor *t;
    size_t n_quantised = 3 + layers * 6 + 1 + layers * 10;
    assert_int_equal(chip_safetensors_count(st),
                     8 + layers * 10 + 2 + layers * 15 + (is_quantised ? 2 * n_quantised : 0));
    enum chip_dtype dtype = is_quantised ? CHIP_I8 : CHIP_F32;
    if (chip_safetensors_require(st, EMBED, dtype, 2, (const size_t[]){32768, d}, &t, &err) ||
        chip_safetensors_require(st, CONV2, dtype, 3, (const size_t[]){2 * d, d, 7}, &t, &err) ||
        chip_safetensors_require(st, "model.decoder.layers.0.mlp.fc1.weight", dtype, 2,
                                 (const size_t[]){8 * d, d}, &t, &err))
        fail_msg("%s", err.message);
    check_spots(st, spots, 6);
    chip_safetensors_close(st);

    struct chip_vocabulary v = {0};
    char folder[256];
    snprintf(folder, sizeof folder, "%s/models/%s", temp, name);
    if (chip_vocabulary_open(&v, folder, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    assert_int_equal(v.n_ids, 32768);
    assert_int_equal(chip_vocabulary_find(&v, " the", 4), 278);
    chip_vocabulary_close(&v);
}

static void moonshine_base_is_imported(void **state)
{
    (void)state;
    static const struct spot spots[] = {
        {Q, {5, 7}, -0.0830493672f},
        {FC1, {100, 200}, 0.210132042f},
        {CROSS, {17, 250}, 0.010658659f},
        {FC2, {3, 1000}, 0.32115154f},
        {CONV2, {30, 40 * 7 + 2}, -0.107011089f},
        {EMBED, {450, 11}, -0.0465530809f},
    };
    check_moonshine("moonshine-base", 8, 416, true, spots);
}

static void moonshine_tiny_is_imported(void **state)
{
    (void)state;
    static const struct spot spots[] = {
        {Q, {5, 7}, 0.107767403f},
        {FC1, {100, 200}, -0.118289469f},
        {CROSS, {17, 250}, -0.268942885f},
        {FC2, {3, 1000}, 0.0460314099f},
        {CONV2, {30, 40 * 7 + 2}, 0.0158195123f},
        {EMBED, {450, 11}, -0.171123482f},
    };
    check_moonshine("moonshine-tiny", 6, 288, true, spots);
}

static void moonshine_tiny_in_floats_is_imported(void **state)
{
    (void)state;
    static const struct spot spots[] = {
        {Q, {5, 7}, 0.108440168f},
        {FC1, {100, 200}, -0.123580039f},
        {CROSS, {17, 250}, -0.265335023f},
        {FC2, {3, 1000}, 0.0501282439f},
        {CONV2, {30, 40 * 7 + 2}, 0.0120280916f},
        {EMBED, {450, 11}, -0.175146088f},
    };
    check_moonshine("moonshine-tiny-float", 6, 288, false, spots);
}

static void silero_vad_is_imported(void **state)
{
    (void)state;
    struct chip_safetensors *st = import("silero-vad");
    assert_int_equal(chip_safetensors_count(st), 15);
    assert_true(fabsf(element(st, "decoder.decoder.2.bias", 0) + 0.190637052f) < 1e-7f);
    chip_safetensors_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEMP(moonshine_base_is_imported),
        IN_TEMP(moonshine_tiny_is_imported),
        IN_TEMP(moonshine_tiny_in_floats_is_imported),
        IN_TEMP(silero_vad_is_imported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
