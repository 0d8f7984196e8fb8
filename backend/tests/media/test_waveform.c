#include "../test.h"

#include <math.h>

#include "media/waveform.h"

enum { POINT = CHIP_WAVEFORM_POINT_MS * 16, ALL = CHIP_WAVEFORM_MAX };

static struct chip_waveform *fresh(void)
{
    struct chip_waveform *w = calloc(1, sizeof *w);
    assert_non_null(w);
    return w;
}

static void add(struct chip_waveform *w, const float *pcm, size_t n)
{
    chip_waveform_add(w, (const float *const[]){pcm}, 1, n);
}

/* Points in which one sample is `loud`, the rest is silence. */
static void add_points(struct chip_waveform *w, int n, float loud)
{
    float pcm[POINT] = {0};
    pcm[POINT / 3] = loud;
    for (int i = 0; i < n; i++)
        add(w, pcm, POINT);
}

static void a_point_is_the_largest_amplitude(void **state)
{
    (void)state;
    struct chip_waveform *w = fresh();
    add_points(w, 1, 0.5f);
    add_points(w, 1, -1.0f);
    add_points(w, 1, 0.0f);
    add_points(w, 1, 7.0f);
    add_points(w, 1, NAN);
    add_points(w, 1, -0.1f);
    chip_waveform_end(w);
    const uint8_t wanted[] = {128, 255, 0, 255, 0, 26};
    assert_int_equal(w->n_points, sizeof wanted);
    assert_memory_equal(w->peaks, wanted, sizeof wanted);
    assert_int_equal(chip_waveform_duration_ms(w), 6 * CHIP_WAVEFORM_POINT_MS);
    free(w);
}

static void the_loudest_channel_counts(void **state)
{
    (void)state;
    struct chip_waveform *w = fresh();
    static float left[POINT], right[POINT];
    left[0] = 0.2f;
    right[POINT - 1] = -0.4f;
    chip_waveform_add(w, (const float *const[]){left, right}, 2, POINT);
    assert_int_equal(w->n_points, 1);
    assert_int_equal(w->peaks[0], 102);
    free(w);
}

static void what_is_left_at_the_end_is_a_point_too(void **state)
{
    (void)state;
    struct chip_waveform *w = fresh();
    add_points(w, 2, 0.2f);
    add(w, (const float[]){1.0f}, 1);
    chip_waveform_end(w);
    assert_int_equal(w->n_points, 3);
    assert_int_equal(w->peaks[2], 255);
    chip_waveform_end(w); /* ended already */
    assert_int_equal(w->n_points, 3);
    free(w);
    w = fresh();
    chip_waveform_end(w);
    assert_int_equal(w->n_points, 0);
    free(w);
}

static void it_never_has_too_many_points(void **state)
{
    (void)state;
    struct chip_waveform *w = fresh();
    add_points(w, ALL, 0.2f);
    assert_int_equal(w->n_points, ALL);
    assert_int_equal(chip_waveform_point_ms(w), CHIP_WAVEFORM_POINT_MS);
    add_points(w, 1, 1.0f);
    chip_waveform_end(w);
    assert_int_equal(w->n_points, ALL / 2 + 1);
    assert_int_equal(chip_waveform_point_ms(w), 2 * CHIP_WAVEFORM_POINT_MS);
    assert_int_equal(w->peaks[ALL / 2 - 1], 51);
    assert_int_equal(w->peaks[ALL / 2], 255);
    free(w);
}

static void the_last_half_point_of_a_full_one_is_kept(void **state)
{
    (void)state;
    struct chip_waveform *w = fresh();
    add_points(w, ALL, 0.2f);
    add(w, (const float[]){1.0f}, 1); /* no room, and not even a point */
    chip_waveform_end(w);
    assert_int_equal(w->n_points, ALL / 2 + 1);
    assert_int_equal(w->peaks[ALL / 2], 255);
    assert_int_equal(chip_waveform_point_ms(w), 2 * CHIP_WAVEFORM_POINT_MS);
    free(w);
}

/* Three times too long for the shortest points: they become four times as long. */
static void long_ones_are_as_if_points_had_been_long_from_the_start(void **state)
{
    (void)state;
    struct chip_waveform *w = fresh();
    for (int i = 0; i < 3 * ALL; i++)
        add_points(w, 1, (float)(i % 251) / 255.0f);
    chip_waveform_end(w);
    assert_int_equal(w->n_points, 3 * ALL / 4);
    assert_int_equal(chip_waveform_point_ms(w), 4 * CHIP_WAVEFORM_POINT_MS);
    for (int i = 0; i < 3 * ALL / 4; i++) {
        int wanted = 0;
        for (int k = 0; k < 4; k++)
            wanted = (4 * i + k) % 251 > wanted ? (4 * i + k) % 251 : wanted;
        assert_int_equal(w->peaks[i], wanted);
    }
    assert_int_equal(chip_waveform_duration_ms(w), (int64_t)3 * ALL * CHIP_WAVEFORM_POINT_MS);
    free(w);
}

static void how_samples_are_cut_changes_nothing(void **state)
{
    (void)state;
    enum { N = 5 * POINT + 77 };
    float *pcm = malloc(N * sizeof *pcm);
    assert_non_null(pcm);
    unsigned seed = 7;
    for (int i = 0; i < N; i++) {
        seed = seed * 1103515245u + 12345u;
        pcm[i] = (float)(seed >> 8 & 0xffff) / 65536.0f - 0.5f;
    }
    struct chip_waveform *whole = fresh();
    add(whole, pcm, N);
    chip_waveform_end(whole);
    static const size_t cuts[] = {1, 7, POINT - 1, POINT, POINT + 1};
    for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
        struct chip_waveform *w = fresh();
        for (size_t at = 0; at < N; at += cuts[c])
            add(w, pcm + at, N - at < cuts[c] ? N - at : cuts[c]);
        chip_waveform_end(w);
        assert_memory_equal(w, whole, sizeof *w);
        free(w);
    }
    free(whole);
    free(pcm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_is_the_largest_amplitude),
        cmocka_unit_test(the_loudest_channel_counts),
        cmocka_unit_test(what_is_left_at_the_end_is_a_point_too),
        cmocka_unit_test(it_never_has_too_many_points),
        cmocka_unit_test(the_last_half_point_of_a_full_one_is_kept),
        cmocka_unit_test(long_ones_are_as_if_points_had_been_long_from_the_start),
        cmocka_unit_test(how_samples_are_cut_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
