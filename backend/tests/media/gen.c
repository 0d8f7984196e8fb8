#include "gen.h"

#include <ftw.h>
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[256];

int gen_setup(void **state)
{
    (void)state;
    const char *base = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/chip-media-XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

int gen_teardown(void **state)
{
    (void)state;
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *gen_path(const char *name)
{
    static char ring[16][512];
    static size_t at;
    char *path = ring[at++ % 16];
    snprintf(path, sizeof ring[0], "%s/%s", dir, name);
    return path;
}

const char *gen_ffmpeg(const char *name, const char *fmt, ...)
{
    char args[4096], command[5120];
    va_list list;
    va_start(list, fmt);
    vsnprintf(args, sizeof args, fmt, list);
    va_end(list);
    const char *path = gen_path(name);
    snprintf(command, sizeof command, "ffmpeg -nostdin -v error -y %s '%s'", args, path);
    int status = system(command);
    if (status != 0)
        fail_msg("'%s' failed with %d", command, WEXITSTATUS(status));
    return path;
}

void gen_need_encoder(const char *encoder)
{
    char command[256];
    snprintf(command, sizeof command, "ffmpeg -v quiet -encoders | grep -q ' %s '", encoder);
    if (*encoder && system(command) != 0) {
        print_message("skipped: this ffmpeg has no encoder '%s'\n", encoder);
        skip();
    }
}

unsigned char *gen_load(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size >= 0);
    rewind(f);
    unsigned char *data = malloc((size_t)size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)size, f), size);
    fclose(f);
    *n = (size_t)size;
    return data;
}

void gen_save(const char *path, const void *data, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

struct chip_media *gen_open(const char *path, const struct chip_media_options *options)
{
    struct chip_err err = {0};
    struct chip_media *media = NULL;
    if (chip_media_open(&media, path, options, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return media;
}

enum chip_status gen_refused(const char *path, struct chip_err *err)
{
    struct chip_media *media = NULL;
    memset(err, 0, sizeof *err);
    enum chip_status st = chip_media_open(&media, path, NULL, err);
    if (st == CHIP_OK) {
        chip_media_free(media);
        fail_msg("'%s' was opened", path);
    }
    assert_null(media);
    assert_int_equal(err->code, st);
    return st;
}

float *gen_read_all(struct chip_media *media, size_t *n)
{
    size_t len = 0, cap = 1 << 16, got;
    float *all = malloc(cap * sizeof *all);
    assert_non_null(all);
    for (;;) {
        struct chip_err err = {0};
        if (cap - len < 8000) {
            cap *= 2;
            all = realloc(all, cap * sizeof *all);
            assert_non_null(all);
        }
        if (chip_media_read(media, all + len, 7777, &got, &err) != CHIP_OK)
            fail_msg("%s", err.message);
        if (got == 0)
            break;
        len += got;
    }
    for (size_t i = 0; i < len; i++)
        assert_true(all[i] >= -1.0f && all[i] <= 1.0f);
    *n = len;
    return all;
}

double gen_tone(const float *x, size_t n, double hz)
{
    double re = 0, im = 0;
    for (size_t i = 0; i < n; i++) {
        double phase = 2 * M_PI * hz * (double)i / CHIP_MEDIA_RATE_HZ;
        re += x[i] * cos(phase);
        im += x[i] * sin(phase);
    }
    return 2 * sqrt(re * re + im * im) / (double)n;
}

double gen_rms(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * x[i];
    return n ? sqrt(sum / (double)n) : 0;
}

double gen_onset(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabsf(x[i]) > 0.02f)
            return (double)i / CHIP_MEDIA_RATE_HZ;
    return -1;
}

static void check_near(const char *what, double got, double want, double slack)
{
    if (!(fabs(got - want) <= slack))
        fail_msg("%s is %.4f, not %.4f within %.4f", what, got, want, slack);
}

void gen_check_tones(const float *x, size_t n, double slack_s)
{
    check_near("length in seconds", (double)n / CHIP_MEDIA_RATE_HZ, 3.0, 0.06 + slack_s);
    check_near("onset in seconds", gen_onset(x, n), 1.0, 0.006 + slack_s);
    check_near("level of the silence", gen_rms(x, 15000), 0.0, 0.003);
    check_near("440 Hz in the second second", gen_tone(x + 19200, 9600, 440), 0.5, 0.03);
    check_near("440 Hz in the third second", gen_tone(x + 35200, 9600, 440), 0.0, 0.01);
    check_near("1000 Hz in the third second", gen_tone(x + 35200, 9600, 1000), 0.25, 0.02);
    /* The change of tone, to 10 ms: 10 ms of each side carry its own tone, not the other. */
    size_t edge = (size_t)((gen_onset(x, n) + 1) * CHIP_MEDIA_RATE_HZ);
    assert_true(gen_tone(x + edge - 480, 320, 440) > 0.4);
    assert_true(gen_tone(x + edge + 160, 320, 1000) > 0.18);
    assert_true(gen_tone(x + edge + 160, 320, 440) < 0.12);
}

static void put(unsigned char *out, unsigned value, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

size_t gen_wav_header(unsigned char *out, unsigned channels, unsigned rate, unsigned bits,
                      unsigned data_bytes)
{
    memcpy(out, "RIFF\0\0\0\0WAVEfmt ", 16);
    put(out + 4, data_bytes + 36, 4);
    put(out + 16, 16, 4);
    put(out + 20, bits == 32 ? 3 : 1, 2);
    put(out + 22, channels, 2);
    put(out + 24, rate, 4);
    put(out + 28, rate * channels * bits / 8, 4);
    put(out + 32, channels * bits / 8, 2);
    put(out + 34, bits, 2);
    memcpy(out + 36, "data", 4);
    put(out + 40, data_bytes, 4);
    return 44;
}
