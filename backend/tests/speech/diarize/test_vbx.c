#include "../../test.h"

#include <math.h>

#include "golden_arrays.h"
#include "made_voices.h"
#include "speech/diarize/plda.h"
#include "speech/diarize/vbx.h"

enum { N = 154, DIM = 128, K = 9, ROUNDS = 20, VOICE = 256 };

static const char FILE_NAME[] = "golden_community1/vbx_reference.npz";

struct golden {
    double *fea, *phi, *ahc, *shares, *priors;
    int label[N];
};

static struct golden open_golden(void)
{
    struct golden g = {.fea = golden_array(FILE_NAME, "fea", (size_t)N * DIM),
                       .phi = golden_array(FILE_NAME, "Phi", DIM),
                       .ahc = golden_array(FILE_NAME, "ahc", N),
                       .shares = golden_array(FILE_NAME, "gamma_trace", (size_t)ROUNDS * N * K),
                       .priors = golden_array(FILE_NAME, "pi_trace", (size_t)ROUNDS * K)};
    for (size_t i = 0; i < N; i++)
        g.label[i] = (int)g.ahc[i];
    return g;
}

static void golden_done(struct golden *g)
{
    free(g->fea);
    free(g->phi);
    free(g->ahc);
    free(g->shares);
    free(g->priors);
}

static double largest_difference(const double *a, const double *b, size_t n)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(a[i] - b[i]));
    return worst;
}

static void every_round_equals_the_reference(void **state)
{
    (void)state;
    struct golden g = open_golden();
    static double share[N * K], prior[K];
    double worst = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct chip_vbx_options options = chip_vbx_defaults();
        options.max_rounds = round + 1;
        options.least_gain = -INFINITY;
        assert_int_equal(chip_vbx(g.fea, N, DIM, g.phi, g.label, K, &options, share, prior, NULL),
                         CHIP_OK);
        worst = fmax(worst, largest_difference(share, g.shares + (size_t)round * N * K, N * K));
        worst = fmax(worst, largest_difference(prior, g.priors + (size_t)round * K, K));
    }
    print_message("largest difference of a share: %.1e\n", worst);
    assert_true(worst < 1e-9);
    golden_done(&g);
}

/* The centers of the speakers that are left are those that the reference ends with. */
static void the_speakers_that_remain_are_the_references(void **state)
{
    (void)state;
    struct golden g = open_golden();
    double *voice = golden_array(FILE_NAME, "train", (size_t)N * VOICE);
    double *center = golden_array("golden_community1/clustering.npz", "centroids", 2 * VOICE);
    static double share[N * K], prior[K];
    const struct chip_vbx_options options = chip_vbx_defaults();
    assert_int_equal(chip_vbx(g.fea, N, DIM, g.phi, g.label, K, &options, share, prior, NULL),
                     CHIP_OK);
    size_t found = 0;
    for (size_t j = 0; j < K; j++) {
        if (prior[j] < 1e-7)
            continue;
        assert_true(found < 2);
        for (size_t d = 0; d < VOICE; d++) {
            double sum = 0, shares = 0;
            for (size_t i = 0; i < N; i++) {
                sum += share[i * K + j] * voice[i * VOICE + d];
                shares += share[i * K + j];
            }
            assert_true(fabs(sum / shares - center[found * VOICE + d]) < 1e-5);
        }
        found++;
    }
    assert_int_equal(found, 2);
    free(center);
    free(voice);
    golden_done(&g);
}

static void a_label_that_is_not_there_is_refused(void **state)
{
    (void)state;
    const double x[] = {1, 2}, phi[] = {1};
    const int label[] = {0, 2};
    double share[4], prior[2];
    struct chip_err err;
    const struct chip_vbx_options options = chip_vbx_defaults();
    assert_int_equal(chip_vbx(x, 2, 1, phi, label, 2, &options, share, prior, &err), CHIP_E_INVAL);
}

/* ---- PLDA ---- */

/* Solves the n equations of which [n][n + 1] holds both sides. */
static void solve(double *a, size_t n)
{
    for (size_t c = 0; c < n; c++) {
        size_t pivot = c;
        for (size_t r = c; r < n; r++)
            if (fabs(a[r * (n + 1) + c]) > fabs(a[pivot * (n + 1) + c]))
                pivot = r;
        for (size_t k = 0; k <= n; k++) {
            const double swap = a[c * (n + 1) + k];
            a[c * (n + 1) + k] = a[pivot * (n + 1) + k];
            a[pivot * (n + 1) + k] = swap;
        }
        for (size_t r = 0; r < n; r++) {
            const double f = r == c ? 0 : a[r * (n + 1) + c] / a[c * (n + 1) + c];
            for (size_t k = c; k <= n && f != 0; k++)
                a[r * (n + 1) + k] -= f * a[c * (n + 1) + k];
        }
    }
    for (size_t r = 0; r < n; r++)
        a[r * (n + 1) + n] /= a[r * (n + 1) + r];
}

/* The reference's own rows are not in the file, but 129 of its voices before and after give them;
 * the other 25 must then come out right, in the order of falling psi. */
static void projects_real_voices_like_the_reference(void **state)
{
    (void)state;
    enum { M = DIM + 1, FEW = 2 };
    double *before = golden_array(FILE_NAME, "x0", (size_t)N * DIM);
    double *after = golden_array(FILE_NAME, "fea", (size_t)N * DIM);
    static double equations[M * (M + 1)];
    static float rows[DIM * DIM], unit[DIM * DIM], zero[DIM], mean[DIM], psi[DIM], voice[N * DIM];
    for (size_t i = 0; i < (size_t)N * DIM; i++)
        voice[i] = (float)(before[i] / sqrt(DIM)); /* scaled back by the projection */
    for (size_t j = 0; j < FEW; j++) {
        for (size_t i = 0; i < M; i++) {
            for (size_t d = 0; d < DIM; d++)
                equations[i * (M + 1) + d] = before[i * DIM + d];
            equations[i * (M + 1) + DIM] = 1;
            equations[i * (M + 1) + M] = after[i * DIM + j];
        }
        solve(equations, M);
        /* The offset is put into the mean along the first coordinate of this row. */
        for (size_t d = 0; d < DIM; d++)
            rows[(DIM - 1 - j) * DIM + d] = (float)equations[d * (M + 1) + M];
        memset(mean, 0, sizeof mean);
        mean[0] = (float)(-equations[DIM * (M + 1) + M] / equations[M]);
        memset(unit, 0, sizeof unit);
        for (size_t d = 0; d < DIM; d++) {
            unit[d * DIM + d] = 1;
            psi[d] = (float)(d + 1); /* the last row comes first */
        }
        const struct chip_plda plda = {DIM, DIM, zero, unit, zero, mean, rows, psi};
        static double feature[N * FEW];
        double phi[FEW], worst = 0;
        assert_int_equal(chip_plda_features(&plda, voice, N, FEW, feature, phi, NULL), CHIP_OK);
        assert_true(phi[0] == DIM && phi[1] == DIM - 1);
        for (size_t i = M; i < N; i++)
            worst = fmax(worst, fabs(feature[i * FEW + j] - after[i * DIM + j]));
        print_message("largest difference of coordinate %zu: %.1e\n", j, worst);
        assert_true(worst < 1e-2);
    }
    free(after);
    free(before);
}

static void the_chain_is_center_length_project_center_length_rows(void **state)
{
    (void)state;
    const float mean_in[] = {1, 0, 0}, lda[] = {1, 0, 0, 2, 5, 5}, mean_out[] = {0, 1};
    const float mean[] = {1, 0}, rows[] = {1, 2, 3, 4}, psi[] = {0.5F, 7};
    const struct chip_plda plda = {3, 2, mean_in, lda, mean_out, mean, rows, psi};
    const float voice[] = {1, 4, 0}; /* centered 0 4 0; length sqrt 3; projected 0 2 sqrt 3 */
    double feature[2], phi[2];
    assert_int_equal(chip_plda_features(&plda, voice, 1, 2, feature, phi, NULL), CHIP_OK);
    /* centered 0, above 0; length sqrt 2: (0, sqrt 2); centered (-1, sqrt 2) */
    assert_true(fabs(feature[0] - (-3 + 4 * sqrt(2))) < 1e-6);
    assert_true(fabs(feature[1] - (-1 + 2 * sqrt(2))) < 1e-6);
    assert_true(phi[0] == 7 && phi[1] == 0.5);
}

static void nonsense_sizes_and_variances_are_refused(void **state)
{
    (void)state;
    const float x[4] = {1, 1, 1, 1}, bad[] = {1, 0};
    double feature[2], phi[2];
    struct chip_err err;
    const struct chip_plda narrow = {1, 2, x, x, x, x, x, x}, flat = {2, 2, x, x, x, x, x, bad};
    assert_int_equal(chip_plda_features(&narrow, x, 1, 1, feature, phi, &err), CHIP_E_INVAL);
    assert_int_equal(chip_plda_features(&flat, x, 1, 1, feature, phi, &err), CHIP_E_INVAL);
    assert_int_equal(chip_plda_features(&flat, x, 1, 3, feature, phi, &err), CHIP_E_INVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_round_equals_the_reference),
        cmocka_unit_test(the_speakers_that_remain_are_the_references),
        cmocka_unit_test(a_label_that_is_not_there_is_refused),
        cmocka_unit_test(projects_real_voices_like_the_reference),
        cmocka_unit_test(the_chain_is_center_length_project_center_length_rows),
        cmocka_unit_test(nonsense_sizes_and_variances_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
