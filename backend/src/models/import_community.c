#include "models/import_community.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "models/json_file.h"
#include "models/npz.h"
#include "models/tensors.h"
#include "models/torch_file.h"
#include "nn/safetensors_write.h"

/* What is taken from a file, in the order in which it is asked for. */
struct taking {
    const char *path;
    const struct chip_tensors *from; /* all of the file */
    struct chip_tensors *to;
    enum chip_status status; /* the first failure; everything after it does nothing */
    struct chip_err *err;
};

static const struct chip_tensor *find(const struct chip_tensors *set, const char *name)
{
    for (size_t i = 0; i < set->n; i++)
        if (!strcmp(set->items[i].name, name))
            return &set->items[i];
    return NULL;
}

/* A 0 ends the shape. */
static void take(struct taking *t, const char *name, const size_t shape[4])
{
    if (t->status != CHIP_OK)
        return;
    const struct chip_tensor *tensor = find(t->from, name);
    int rank = 0;
    while (rank < 4 && shape[rank])
        rank++;
    bool same = tensor && tensor->rank == rank;
    for (int d = 0; same && d < rank; d++)
        same = tensor->shape[d] == shape[d];
    if (!same) {
        t->status = chip_fail(t->err, CHIP_E_FORMAT,
                              "'%s' is not of community-1: tensor '%s' is missing or has another "
                              "shape",
                              t->path, name);
        return;
    }
    const float *x = tensor->data;
    for (size_t i = 0; i < tensor->bytes / sizeof *x; i++)
        if (!isfinite(x[i])) {
            t->status = chip_fail(t->err, CHIP_E_FORMAT,
                                  "'%s': tensor '%s' holds what is no number", t->path, name);
            return;
        }
    t->status = chip_tensors_copy(t->to, name, CHIP_F32, rank, tensor->shape, tensor->data, t->err);
}

/* `<layer>.<part>` of up to four dimensions. */
static void take_part(struct taking *t, const char *layer, const char *part, const size_t shape[4])
{
    char name[160];
    snprintf(name, sizeof name, "%s.%s", layer, part);
    take(t, name, shape);
}

#define SHAPE(...) ((const size_t[4]){__VA_ARGS__})

static void take_affine(struct taking *t, const char *layer, const size_t weight[4])
{
    take_part(t, layer, "weight", weight);
    take_part(t, layer, "bias", SHAPE(weight[0]));
}

/* ---- the segmentation network ---- */

static void take_segmentation(struct taking *t)
{
    enum { HIDDEN = 128, GATES = 4 * HIDDEN, CLASSES = 7 };
    take(t, "sincnet.conv1d.0.filterbank.low_hz_", SHAPE(40, 1));
    take(t, "sincnet.conv1d.0.filterbank.band_hz_", SHAPE(40, 1));
    take_affine(t, "sincnet.wav_norm1d", SHAPE(1));
    take_affine(t, "sincnet.norm1d.0", SHAPE(80));
    take_affine(t, "sincnet.norm1d.1", SHAPE(60));
    take_affine(t, "sincnet.norm1d.2", SHAPE(60));
    take_affine(t, "sincnet.conv1d.1", SHAPE(60, 80, 5));
    take_affine(t, "sincnet.conv1d.2", SHAPE(60, 60, 5));
    for (int i = 0; i < 8; i++) {
        char name[64];
        const char *back = i % 2 ? "_reverse" : "";
        snprintf(name, sizeof name, "lstm.weight_ih_l%d%s", i / 2, back);
        take(t, name, SHAPE(GATES, i < 2 ? 60 : 2 * HIDDEN));
        snprintf(name, sizeof name, "lstm.weight_hh_l%d%s", i / 2, back);
        take(t, name, SHAPE(GATES, HIDDEN));
        snprintf(name, sizeof name, "lstm.bias_ih_l%d%s", i / 2, back);
        take(t, name, SHAPE(GATES));
        snprintf(name, sizeof name, "lstm.bias_hh_l%d%s", i / 2, back);
        take(t, name, SHAPE(GATES));
    }
    take_affine(t, "linear.0", SHAPE(HIDDEN, 2 * HIDDEN));
    take_affine(t, "linear.1", SHAPE(HIDDEN, HIDDEN));
    take_affine(t, "classifier", SHAPE(CLASSES, HIDDEN));
}

/* ---- the voice network ---- */

static void take_norm(struct taking *t, const char *layer, size_t n)
{
    take_affine(t, layer, SHAPE(n));
    take_part(t, layer, "running_mean", SHAPE(n));
    take_part(t, layer, "running_var", SHAPE(n));
}

static void take_block(struct taking *t, const char *block, size_t n_in, size_t n_out)
{
    char name[96];
    for (int i = 1; i <= 2; i++) {
        snprintf(name, sizeof name, "%s.conv%d", block, i);
        take_part(t, name, "weight", SHAPE(n_out, i == 1 ? n_in : n_out, 3, 3));
        snprintf(name, sizeof name, "%s.bn%d", block, i);
        take_norm(t, name, n_out);
    }
    if (n_in == n_out)
        return;
    take_part(t, block, "shortcut.0.weight", SHAPE(n_out, n_in, 1, 1));
    snprintf(name, sizeof name, "%s.shortcut.1", block);
    take_norm(t, name, n_out);
}

static void take_embedding(struct taking *t)
{
    static const int blocks[4] = {3, 4, 6, 3};
    take(t, "resnet.conv1.weight", SHAPE(32, 1, 3, 3));
    take_norm(t, "resnet.bn1", 32);
    size_t n_in = 32;
    for (int layer = 0; layer < 4; layer++)
        for (int i = 0; i < blocks[layer]; i++) {
            char block[64];
            snprintf(block, sizeof block, "resnet.layer%d.%d", layer + 1, i);
            take_block(t, block, n_in, (size_t)32 << layer);
            n_in = (size_t)32 << layer;
        }
    take_affine(t, "resnet.seg_1", SHAPE(256, 5120));
}

/* ---- all of it ---- */

static enum chip_status read_network(const char *path, void (*take_all)(struct taking *),
                                     struct chip_tensors *to, struct chip_err *err)
{
    struct chip_tensors all = {0};
    struct taking t = {.path = path, .from = &all, .to = to, .err = err};
    t.status = chip_torch_read(path, &all, err);
    take_all(&t);
    chip_tensors_done(&all);
    return t.status;
}

static enum chip_status read_arrays(const char *path, const char *const names[3][2],
                                    const size_t shapes[3][2], struct chip_tensors *to,
                                    struct chip_err *err)
{
    struct chip_zip zip = {0};
    enum chip_status s = chip_zip_open(&zip, path, err);
    for (int i = 0; s == CHIP_OK && i < 3; i++)
        s = chip_npz_read(&zip, names[i][0], shapes[i][1] ? 2 : 1, shapes[i], to, names[i][1], err);
    if (s == CHIP_E_FORMAT && zip.map)
        (void)chip_fail_in(err, "cannot read '%s': ", path);
    chip_zip_close(&zip);
    return s;
}

static enum chip_status read_plda(const struct chip_community_files *files, struct chip_tensors *to,
                                  struct chip_err *err)
{
    static const char *const transform[3][2] = {
        {"mean1", "plda.mean_in"}, {"lda", "plda.lda"}, {"mean2", "plda.mean_out"}};
    static const char *const plda[3][2] = {
        {"mu", "plda.mean"}, {"tr", "plda.rows"}, {"psi", "plda.psi"}};
    static const size_t transform_shapes[3][2] = {{256}, {256, 128}, {128}};
    static const size_t plda_shapes[3][2] = {{128}, {128, 128}, {128}};
    enum chip_status s = read_arrays(files->transform, transform, transform_shapes, to, err);
    return s == CHIP_OK ? read_arrays(files->plda, plda, plda_shapes, to, err) : s;
}

static enum chip_status write(const struct chip_tensors *set, const char *folder,
                              struct chip_err *err)
{
    char path[4096];
    const struct chip_metadata metadata[] = {{"format", "pt"}};
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    enum chip_status s = chip_safetensors_write(path, set->items, set->n, metadata, 1, err);
    if (s != CHIP_OK)
        return s;
    json_t *config =
        json_pack("{s:s, s:i, s:i, s:i, s:i}", "model_type", "pyannote-community", "version", 1,
                  "sampling_rate", 16000, "chunk_seconds", 10, "step_seconds", 1);
    snprintf(path, sizeof path, "%s/config.json", folder);
    s = chip_file_write_json(path, config, err);
    json_decref(config);
    return s;
}

enum chip_status chip_import_community(const struct chip_community_files *files, const char *folder,
                                       struct chip_err *err)
{
    struct chip_tensors set = {0};
    enum chip_status s = read_network(files->segmentation, take_segmentation, &set, err);
    if (s == CHIP_OK)
        s = read_network(files->embedding, take_embedding, &set, err);
    if (s == CHIP_OK)
        s = read_plda(files, &set, err);
    if (s == CHIP_OK)
        s = write(&set, folder, err);
    chip_tensors_done(&set);
    return s;
}
