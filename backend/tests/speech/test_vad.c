#include "../test.h"

#include <math.h>
#include <unistd.h>

#include "nn/kernels.h"
#include "plain_vad.h"
#include "speech/vad.h"

enum {
    CHUNKS = 150,
    N = CHUNKS * CHIP_VAD_CHUNK + 100 /* samples: the last chunk is not whole */
};

struct fixture {
    char dir[64];
    struct plain_vad *plain;
    struct chip_vad_model *model;
    float pcm[N], probs[CHUNKS + 1];
};

/* Tones and noise that come and go, so that the network's layers all have something to do. */
static void make_sound(float *pcm, size_t n)
{
    unsigned state = 7;
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / CHIP_VAD_RATE_HZ, loud = 0.5 + 0.5 * sin(2.0 * M_PI * 1.3 * t);
        double tone = sin(2.0 * M_PI * 180.0 * t) + 0.6 * sin(2.0 * M_PI * 1210.0 * t);
        pcm[i] = (float)(loud * (0.25 * tone + 0.2 * plain_noise(&state)));
    }
}

static struct chip_vad_model *open_model(const char *dir)
{
    struct chip_vad_model *model;
    struct chip_err err;
    if (chip_vad_model_open(&model, dir, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return model;
}

/* All probabilities of a recording in one call. */
static size_t hear(struct chip_vad *vad, const float *pcm, size_t n, float *probs, size_t max)
{
    size_t n_probs;
    assert_int_equal(chip_vad_push(vad, pcm, n, probs, max, &n_probs, NULL), CHIP_OK);
    return n_probs + chip_vad_flush(vad, probs + n_probs);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    strcpy(f->dir, "/tmp/chip-vad-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->plain = plain_vad_new(1);
    plain_vad_write(f->plain, f->dir, PLAIN_NO_FAULT);
    f->model = open_model(f->dir);
    make_sound(f->pcm, N);
    struct chip_vad *vad = chip_vad_new(f->model);
    assert_non_null(vad);
    assert_int_equal(hear(vad, f->pcm, N, f->probs, CHUNKS + 1), CHUNKS + 1);
    chip_vad_free(vad);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/model.safetensors", f->dir);
    unlink(path);
    rmdir(f->dir);
    plain_vad_free(f->plain);
    chip_vad_model_close(f->model);
    free(f);
    return 0;
}

static void agrees_with_the_plain_network_on_every_kernel(void **state)
{
    struct fixture *f = *state;
    static double want[CHUNKS + 1];
    plain_vad_run(f->plain, f->pcm, N, want);
    double low = 1.0, high = 0.0;
    for (size_t i = 0; i <= CHUNKS; i++) {
        low = fmin(low, want[i]);
        high = fmax(high, want[i]);
    }
    assert_true(high - low > 0.3); /* or the comparison says nothing */

    for (const struct chip_kernels *const *k = chip_kernels_all(); *k; k++) {
        assert_int_equal(setenv("CHIP_KERNELS", (*k)->name, 1), 0);
        struct chip_vad_model *model = open_model(f->dir);
        struct chip_vad *vad = chip_vad_new(model);
        float got[CHUNKS + 1];
        hear(vad, f->pcm, N, got, CHUNKS + 1);
        double worst = 0.0;
        for (size_t i = 0; i <= CHUNKS; i++)
            worst = fmax(worst, fabs(got[i] - want[i]));
        print_message("%s: largest difference %.1e\n", (*k)->name, worst);
        assert_true(worst < 2e-6);
        chip_vad_free(vad);
        chip_vad_model_close(model);
    }
    unsetenv("CHIP_KERNELS");
}

static void cuts_do_not_change_a_bit(void **state)
{
    struct fixture *f = *state;
    static const size_t sizes[] = {0, 1, 63, 511, 512, 513, 1024, 5000, 12800, 40000, N};
    unsigned random = 3;
    for (int round = 0; round < 8; round++) {
        struct chip_vad *vad = chip_vad_new(f->model);
        float got[CHUNKS + 1];
        size_t n_got = 0;
        for (size_t at = 0, n; at < N; at += n) {
            (void)plain_noise(&random);
            n = sizes[(random >> 16) % (round < 4 ? 6 : 11)];
            n = n < N - at ? n : N - at;
            const size_t due = chip_vad_due(vad, n);
            size_t m = 99;
            assert_int_equal(
                chip_vad_push(vad, f->pcm + at, n, got + n_got, CHUNKS + 1 - n_got, &m, NULL),
                CHIP_OK);
            assert_int_equal(m, due);
            n_got += m;
            assert_int_equal(n_got, (at + n) / CHIP_VAD_CHUNK); /* as early as can be */
        }
        assert_int_equal(chip_vad_flush(vad, got + n_got), 1);
        assert_memory_equal(got, f->probs, sizeof got);
        chip_vad_free(vad);
    }
}

static void flush_fills_up_with_silence_and_starts_again(void **state)
{
    struct fixture *f = *state;
    static float padded[(CHUNKS + 1) * CHIP_VAD_CHUNK];
    memcpy(padded, f->pcm, sizeof f->pcm);
    struct chip_vad *vad = chip_vad_new(f->model);
    float got[CHUNKS + 1];
    assert_int_equal(chip_vad_flush(vad, got), 0); /* nothing was heard */
    for (int round = 0; round < 2; round++) {
        assert_int_equal(hear(vad, padded, sizeof padded / sizeof *padded, got, CHUNKS + 1),
                         CHUNKS + 1);
        assert_memory_equal(got, f->probs, sizeof got);
    }
    assert_int_equal(chip_vad_push(vad, f->pcm, 700, got, 1, NULL, NULL), CHIP_OK);
    chip_vad_reset(vad);
    hear(vad, f->pcm, N, got, CHUNKS + 1);
    assert_memory_equal(got, f->probs, sizeof got);
    chip_vad_free(vad);
}

static void samples_that_are_no_sound_do_no_lasting_harm(void **state)
{
    struct fixture *f = *state;
    static float bad[N], good[N];
    memcpy(bad, f->pcm, sizeof bad);
    memcpy(good, f->pcm, sizeof good);
    static const struct {
        float value, heard;
    } cases[] = {{NAN, 0.0f},        {-NAN, 0.0f},  {INFINITY, 1.0f},
                 {-INFINITY, -1.0f}, {1e30f, 1.0f}, {-1.5f, -1.0f}};
    for (size_t i = 0; i < N; i += 97) {
        bad[i] = cases[i % 6].value;
        good[i] = cases[i % 6].heard;
    }
    struct chip_vad *vad = chip_vad_new(f->model);
    float got[CHUNKS + 1], want[CHUNKS + 1];
    hear(vad, bad, N, got, CHUNKS + 1);
    hear(vad, good, N, want, CHUNKS + 1);
    assert_memory_equal(got, want, sizeof got);
    for (size_t i = 0; i <= CHUNKS; i++)
        assert_true(got[i] >= 0.0f && got[i] <= 1.0f);
    chip_vad_free(vad);
}

static void too_little_room_is_refused_before_anything_is_heard(void **state)
{
    struct fixture *f = *state;
    struct chip_vad *vad = chip_vad_new(f->model);
    float got[CHUNKS + 1];
    struct chip_err err;
    assert_int_equal(chip_vad_push(vad, f->pcm, N, got, CHUNKS - 1, NULL, &err), CHIP_E_INVAL);
    assert_int_equal(hear(vad, f->pcm, N, got, CHUNKS + 1), CHUNKS + 1);
    assert_memory_equal(got, f->probs, sizeof got);
    chip_vad_free(vad);
}

static void damaged_or_foreign_models_are_refused(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum plain_fault fault;
        enum chip_status status;
        const char *says;
    } cases[] = {
        {PLAIN_NO_HEAD, CHIP_E_FORMAT, "decoder.decoder.2.bias"},
        {PLAIN_WRONG_SHAPE, CHIP_E_FORMAT, "encoder.1.reparam_conv.weight"},
        {PLAIN_OTHER_SPECTRUM, CHIP_E_UNSUPPORTED, "Fourier"},
    };
    struct chip_vad_model *model = NULL;
    struct chip_err err;
    assert_int_equal(chip_vad_model_open(&model, "/nowhere", &err), CHIP_E_NOT_FOUND);
    char dir[] = "/tmp/chip-vad-XXXXXX", path[128];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plain_vad_write(f->plain, dir, cases[i].fault);
        assert_int_equal(chip_vad_model_open(&model, dir, &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_null(model);
    }
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_plain_network_on_every_kernel),
        cmocka_unit_test(cuts_do_not_change_a_bit),
        cmocka_unit_test(flush_fills_up_with_silence_and_starts_again),
        cmocka_unit_test(samples_that_are_no_sound_do_no_lasting_harm),
        cmocka_unit_test(too_little_room_is_refused_before_anything_is_heard),
        cmocka_unit_test(damaged_or_foreign_models_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
