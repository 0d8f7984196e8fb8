#include "../../test.h"

#include "golden_arrays.h"

#include <unistd.h>

#include "../given.h"

static unsigned char *read_all(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *n = (size_t)ftell(f);
    rewind(f);
    unsigned char *bytes = malloc(*n + 1);
    assert_int_equal(fread(bytes, 1, *n, f), *n);
    bytes[*n] = 0;
    fclose(f);
    return bytes;
}

static double number(const unsigned char *bytes, const char *type)
{
    double f64;
    float f32;
    int32_t i32;
    if (strcmp(type, "<f8") == 0) {
        memcpy(&f64, bytes, sizeof f64);
        return f64;
    }
    if (strcmp(type, "<f4") == 0) {
        memcpy(&f32, bytes, sizeof f32);
        return (double)f32;
    }
    if (strcmp(type, "|i1") == 0)
        return (int8_t)bytes[0];
    assert_string_equal(type, "<i4");
    memcpy(&i32, bytes, sizeof i32);
    return i32;
}

/* NumPy's format 1.0: magic, length of the header, a Python dict as text, then the numbers. */
static double *parse(const unsigned char *npy, size_t size, size_t n)
{
    assert_true(size > 10 && memcmp(npy, "\x93NUMPY\x01", 7) == 0);
    const size_t head = 10 + npy[8] + 256 * (size_t)npy[9];
    const char *text = (const char *)npy + 10, *descr = strstr(text, "'descr': '");
    assert_non_null(descr);
    assert_true(size > head);
    const char type[4] = {descr[10], descr[11], descr[12], 0};
    const size_t width = (size_t)(type[2] - '0');
    assert_int_equal(size - head, n * width);
    double *out = malloc(n * sizeof *out);
    const char *shape = strstr(text, "'shape': (");
    size_t rows = n, columns = 1;
    if (strstr(text, "'fortran_order': True")) {
        assert_int_equal(sscanf(shape, "'shape': (%zu, %zu)", &rows, &columns), 2);
        assert_int_equal(rows * columns, n);
    }
    for (size_t i = 0; i < n; i++)
        out[i % rows * columns + i / rows] = number(npy + head + i * width, type);
    return out;
}

/* Where the file that was read last is unpacked; removed at exit. */
static char dir[64], unpacked[64];

static void clean_up(void)
{
    char command[128];
    if (!*dir)
        return;
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0)
        print_message("cannot remove %s\n", dir);
    *dir = '\0';
}

static void unpack(const char *npz)
{
    char path[1024], command[1200];
    const char *shared = getenv("CHIP_SHARED");
    if (strcmp(npz, unpacked) == 0)
        return;
    if (shared && *shared)
        snprintf(path, sizeof path, "%s/eval/%s", shared, npz);
    else
        snprintf(path, sizeof path, "%s/../shared/eval/%s", given_root(), npz);
    if (access(path, R_OK) != 0) {
        print_message("skipped: there is no '%s' in ../shared/eval\n", npz);
        skip();
    }
    clean_up();
    snprintf(dir, sizeof dir, "/tmp/chip-test-XXXXXX");
    assert_non_null(mkdtemp(dir));
    if (!*unpacked)
        atexit(clean_up);
    snprintf(command, sizeof command, "python3 -m zipfile -e '%s' '%s'", path, dir);
    assert_int_equal(system(command), 0);
    snprintf(unpacked, sizeof unpacked, "%s", npz);
}

double *golden_array(const char *npz, const char *name, size_t n)
{
    char path[256];
    size_t size;
    unpack(npz);
    snprintf(path, sizeof path, "%s/%s.npy", dir, name);
    unsigned char *npy = read_all(path, &size);
    double *out = parse(npy, size, n);
    free(npy);
    return out;
}
