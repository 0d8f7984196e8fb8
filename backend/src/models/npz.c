/* Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include "models/npz.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MAX_HEADER = 512 };

struct npy {
    bool is_double, by_columns;
    size_t shape[2];
    int rank;
    const unsigned char *numbers;
    size_t bytes;
};

/* The header is the text of a Python dict. */
static bool parse_header(const char *text, struct npy *out)
{
    const char *type = strstr(text, "'descr': '"), *shape = strstr(text, "'shape': (");
    const char *order = strstr(text, "'fortran_order': ");
    if (!type || !shape || !order)
        return false;
    type += strlen("'descr': '");
    out->is_double = !strncmp(type, "<f8'", 4);
    if (!out->is_double && strncmp(type, "<f4'", 4) != 0)
        return false;
    out->by_columns = !strncmp(order + strlen("'fortran_order': "), "True", 4);
    out->rank = sscanf(shape, "'shape': (%9zu, %9zu", &out->shape[0], &out->shape[1]);
    return out->rank == 1 || out->rank == 2;
}

static bool parse(const struct chip_zip_file *file, struct npy *out)
{
    char text[MAX_HEADER];
    const unsigned char *p = file->data;
    if (file->size < 12 || memcmp(p, "\x93NUMPY", 6) != 0 || p[6] < 1 || p[6] > 3)
        return false;
    const size_t start = p[6] == 1 ? 10 : 12;
    const size_t n = p[8] + ((size_t)p[9] << 8);
    if ((start == 12 && (p[10] || p[11])) || n >= MAX_HEADER || file->size - start < n)
        return false;
    memcpy(text, p + start, n);
    text[n] = '\0';
    out->numbers = p + start + n;
    out->bytes = file->size - start - n;
    return parse_header(text, out);
}

static float number(const struct npy *npy, size_t i)
{
    double f64;
    float f32;
    if (!npy->is_double) {
        memcpy(&f32, npy->numbers + i * sizeof f32, sizeof f32);
        return f32;
    }
    memcpy(&f64, npy->numbers + i * sizeof f64, sizeof f64);
    return (float)f64;
}

enum chip_status chip_npz_read(const struct chip_zip *zip, const char *array, int rank,
                               const size_t *shape, struct chip_tensors *set, const char *name,
                               struct chip_err *err)
{
    char path[64];
    struct npy npy = {0};
    snprintf(path, sizeof path, "%s.npy", array);
    const struct chip_zip_file *file = chip_zip_find(zip, path);
    const size_t rows = shape[0], columns = rank == 2 ? shape[1] : 1;
    if (!file || !parse(file, &npy) || npy.rank != rank || npy.shape[0] != rows ||
        (rank == 2 && npy.shape[1] != columns) ||
        npy.bytes != rows * columns * (npy.is_double ? sizeof(double) : sizeof(float)))
        return chip_fail(err, CHIP_E_FORMAT,
                         "array '%s' is missing, or is not one of %zu x %zu numbers", array, rows,
                         columns);
    float *out = chip_tensors_add(set, name, CHIP_F32, rank, shape, err);
    if (!out)
        return CHIP_E_NOMEM;
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            *out++ = number(&npy, npy.by_columns ? c * rows + r : r * columns + c);
    return CHIP_OK;
}
