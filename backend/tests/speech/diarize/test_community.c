/*
 * What follows the networks, against arrays of a run of pyannote's community-1 on a telephone call
 * of 120 s.
 */
#include "../../test.h"

#include <jansson.h>
#include <math.h>

#include "../given.h"
#include "golden_arrays.h"
#include "speech/diarize/community_cluster.h"
#include "speech/diarize/community_turns.h"

enum {
    CHUNKS = 111,
    PEOPLE = CHIP_COMMUNITY_PEOPLE,
    FRAMES = CHIP_COMMUNITY_FRAMES,
    DIM = CHIP_RESNET_DIM,
    TOTAL = 7112,
    SPEAKERS = 2,
    PICKED = 154,
    FEATURES = 128,
};

#define GOLDEN(file) "golden_community1/" file ".npz"

static struct chip_community_chunk *open_chunks(void)
{
    struct chip_community_chunk *chunks = calloc(CHUNKS, sizeof *chunks);
    double *active =
        golden_array(GOLDEN("segmentations"), "data", (size_t)CHUNKS * FRAMES * PEOPLE);
    double *voice = golden_array(GOLDEN("embeddings"), "embeddings", (size_t)CHUNKS * PEOPLE * DIM);
    assert_non_null(chunks);
    for (size_t i = 0; i < (size_t)CHUNKS * FRAMES * PEOPLE; i++)
        if (active[i] != 0.0)
            chunks[i / PEOPLE / FRAMES].active[i / PEOPLE % FRAMES] |= (uint8_t)(1 << i % PEOPLE);
    for (size_t i = 0; i < (size_t)CHUNKS * PEOPLE * DIM; i++)
        chunks[i / DIM / PEOPLE].voice[i / DIM % PEOPLE][i % DIM] = (float)voice[i];
    free(active);
    free(voice);
    return chunks;
}

static void the_number_of_speakers_at_once_is_the_references(void **state)
{
    (void)state;
    struct chip_community_chunk *chunks = open_chunks();
    double *want = golden_array(GOLDEN("speaker_count_capped"), "data", TOTAL);
    uint8_t count[TOTAL];
    assert_int_equal(chip_community_total(CHUNKS), TOTAL);
    chip_community_count(chunks, CHUNKS, count);
    for (size_t i = 0; i < TOTAL; i++)
        assert_int_equal(count[i], (int)want[i]);
    free(want);
    free(chunks);
}

static void those_who_are_clustered_are_the_references(void **state)
{
    (void)state;
    struct chip_community_chunk *chunks = open_chunks();
    double *chunk = golden_array(GOLDEN("vbx_reference"), "train_chunk_idx", PICKED);
    double *person = golden_array(GOLDEN("vbx_reference"), "train_speaker_idx", PICKED);
    static size_t index[CHUNKS * PEOPLE];
    assert_int_equal(chip_community_pick(chunks, CHUNKS, index), PICKED);
    for (size_t i = 0; i < PICKED; i++)
        assert_int_equal(index[i], (size_t)(chunk[i] * PEOPLE + person[i]));
    free(chunk);
    free(person);
    free(chunks);
}

/* From voices and their PLDA coordinates to everybody's speaker. */
static void everybody_is_who_the_reference_says(void **state)
{
    (void)state;
    struct chip_community_chunk *chunks = open_chunks();
    double *voice = golden_array(GOLDEN("vbx_reference"), "train", (size_t)PICKED * DIM);
    double *unit = golden_array(GOLDEN("vbx_reference"), "train_n", (size_t)PICKED * DIM);
    double *feature = golden_array(GOLDEN("vbx_reference"), "fea", (size_t)PICKED * FEATURES);
    double *phi = golden_array(GOLDEN("vbx_reference"), "Phi", FEATURES);
    double *want = golden_array(GOLDEN("hard_clusters_final"), "hard_clusters", CHUNKS * PEOPLE);
    static float x[PICKED * DIM], u[PICKED * DIM];
    for (size_t i = 0; i < (size_t)PICKED * DIM; i++) {
        x[i] = (float)voice[i];
        u[i] = (float)unit[i];
    }
    float *centers;
    size_t k;
    assert_int_equal(
        chip_community_centers(x, u, feature, phi, PICKED, FEATURES, &centers, &k, NULL), CHIP_OK);
    assert_int_equal(k, SPEAKERS);
    static int label[CHUNKS][PEOPLE];
    chip_community_assign(chunks, CHUNKS, centers, k, true, label);
    /* Speakers are numbered in another order; nobody is -2 there and -1 here. */
    int number[SPEAKERS] = {-1, -1};
    for (size_t i = 0; i < (size_t)CHUNKS * PEOPLE; i++) {
        const int got = label[i / PEOPLE][i % PEOPLE];
        if (got >= 0 && number[got] < 0)
            number[got] = (int)want[i];
        assert_int_equal(got < 0 ? -2 : number[got], (int)want[i]);
    }
    assert_int_not_equal(number[0], number[1]);
    free(centers);
    free(voice);
    free(unit);
    free(feature);
    free(phi);
    free(want);
    free(chunks);
}

/* ---- reconstruction ---- */

static void open_labels(int (*label)[PEOPLE])
{
    double *want = golden_array(GOLDEN("hard_clusters_final"), "hard_clusters", CHUNKS * PEOPLE);
    for (size_t i = 0; i < (size_t)CHUNKS * PEOPLE; i++)
        label[i / PEOPLE][i % PEOPLE] = want[i] < 0.0 ? -1 : (int)want[i];
    free(want);
}

/* @return active [TOTAL][SPEAKERS] with at most `at_once` speakers a frame */
static uint8_t *reconstruct(uint8_t at_once)
{
    struct chip_community_chunk *chunks = open_chunks();
    static int label[CHUNKS][PEOPLE];
    uint8_t count[TOTAL], *active = malloc((size_t)TOTAL * SPEAKERS);
    open_labels(label);
    chip_community_count(chunks, CHUNKS, count);
    for (size_t i = 0; i < TOTAL; i++)
        count[i] = count[i] < at_once ? count[i] : at_once;
    assert_non_null(active);
    assert_int_equal(
        chip_community_reconstruct(chunks, CHUNKS, label, SPEAKERS, count, active, NULL), CHIP_OK);
    free(chunks);
    return active;
}

static void compare_frames(const char *npz, uint8_t at_once)
{
    uint8_t *active = reconstruct(at_once);
    double *want = golden_array(npz, "data", (size_t)TOTAL * SPEAKERS);
    for (size_t i = 0; i < (size_t)TOTAL * SPEAKERS; i++)
        assert_int_equal(active[i] != 0, want[i] != 0.0);
    free(want);
    free(active);
}

static void speakers_of_every_frame_are_the_references(void **state)
{
    (void)state;
    compare_frames(GOLDEN("discrete_diarization_overlap"), CHIP_COMMUNITY_PEOPLE);
    compare_frames(GOLDEN("discrete_diarization_exclusive"), 1);
}

static void compare_turns(const char *file, uint8_t at_once)
{
    char path[1200];
    const char *shared = getenv("CHIP_SHARED");
    uint8_t *active = reconstruct(at_once); /* skips where there is no ../shared */
    snprintf(path, sizeof path, "%s%s/eval/golden_community1/%s",
             shared && *shared ? "" : given_root(), shared && *shared ? shared : "/../shared",
             file);
    json_t *want = json_load_file(path, 0, NULL);
    assert_non_null(want);
    struct chip_turn *turns;
    size_t n;
    assert_int_equal(chip_community_turns(active, CHUNKS, SPEAKERS, &turns, &n, NULL), CHIP_OK);
    assert_int_equal(n, json_array_size(want));
    for (size_t i = 0; i < n; i++) {
        const json_t *t = json_array_get(want, i);
        const char *speaker = json_string_value(json_object_get(t, "speaker"));
        assert_int_equal(turns[i].speaker, speaker[strlen(speaker) - 1] - '0');
        assert_true(fabs(1e3 * json_number_value(json_object_get(t, "start")) -
                         (double)turns[i].start_ms) <= 0.5);
        assert_true(fabs(1e3 * json_number_value(json_object_get(t, "end")) -
                         (double)turns[i].end_ms) <= 0.5);
        assert_true(turns[i].confidence > 0.0f && turns[i].confidence <= 1.0f);
    }
    free(turns);
    free(active);
    json_decref(want);
}

static void turns_are_the_references_to_the_millisecond(void **state)
{
    (void)state;
    compare_turns("diarization.json", CHIP_COMMUNITY_PEOPLE);
    compare_turns("exclusive_diarization.json", 1);
}

/* ---- cases made by hand ---- */

static void fill(struct chip_community_chunk *chunk, int person, size_t from, size_t to, int voice)
{
    for (size_t t = from; t < to; t++)
        chunk->active[t] |= (uint8_t)(1 << person);
    chunk->voice[person][voice] = 1.0f;
}

static void two_people_of_a_chunk_are_never_one_speaker(void **state)
{
    (void)state;
    struct chip_community_chunk chunk = {0};
    fill(&chunk, 0, 0, 100, 0);
    fill(&chunk, 2, 200, 300, 0);
    chunk.voice[2][1] = 0.2f; /* a little less like the first than person 0 */
    float centers[2 * DIM] = {0};
    centers[0] = 1.0f;
    centers[DIM + 2] = 1.0f;
    int label[1][PEOPLE];
    chip_community_assign(&chunk, 1, centers, 2, true, label);
    assert_int_equal(label[0][0], 0);
    assert_int_equal(label[0][1], -1); /* never speaks */
    assert_int_equal(label[0][2], 1);
    chip_community_assign(&chunk, 1, centers, 2, false, label);
    assert_int_equal(label[0][2], 0);
    chip_community_assign(&chunk, 1, centers, 1, true, label); /* one speaker for two people */
    assert_int_equal(label[0][0], 0);
    assert_int_equal(label[0][2], -1);
}

/* A PLDA that changes nothing but lengths, so that VBx has something to work on. */
static const struct chip_plda *plain_plda(void)
{
    static float mean[DIM], lda[DIM * FEATURES], rows[FEATURES * FEATURES], psi[FEATURES];
    static const struct chip_plda plda = {.n_in = DIM,
                                          .n_out = FEATURES,
                                          .mean_in = mean,
                                          .lda = lda,
                                          .mean_out = mean,
                                          .mean = mean,
                                          .rows = rows,
                                          .psi = psi};
    for (size_t i = 0; i < FEATURES; i++) {
        lda[i * FEATURES + i] = rows[i * FEATURES + i] = 1.0f;
        psi[i] = 5.0f;
    }
    return &plda;
}

static void a_number_of_speakers_is_met(void **state)
{
    (void)state;
    enum { N = 40 };
    static struct chip_community_chunk chunks[N];
    memset(chunks, 0, sizeof chunks);
    for (size_t c = 0; c < N; c++) {
        fill(&chunks[c], 0, 0, FRAMES, (int)c % 4);
        chunks[c].voice[0][10 + c] = 0.1f;
    }
    static int label[N][PEOPLE];
    size_t k;
    for (int n = 1; n <= 6; n++) {
        const struct chip_cluster_options options = {.n_speakers = n};
        assert_int_equal(chip_community_cluster(chunks, N, plain_plda(), &options, label, &k, NULL),
                         CHIP_OK);
        assert_int_equal(k, n);
        for (size_t c = 0; c < N; c++)
            assert_in_range(label[c][0], 0, n - 1);
    }
    const struct chip_cluster_options most = {.max_speakers = 2}, nonsense = {.n_speakers = -1};
    assert_int_equal(chip_community_cluster(chunks, N, plain_plda(), &most, label, &k, NULL),
                     CHIP_OK);
    assert_int_equal(k, 2);
    assert_int_equal(chip_community_cluster(chunks, N, plain_plda(), &nonsense, label, &k, NULL),
                     CHIP_E_INVAL);
}

static void who_hardly_speaks_alone_is_one_speaker(void **state)
{
    (void)state;
    struct chip_community_chunk chunks[2] = {0};
    fill(&chunks[0], 1, 10, 60, 3);
    int label[2][PEOPLE];
    size_t k;
    assert_int_equal(chip_community_cluster(chunks, 2, plain_plda(), NULL, label, &k, NULL),
                     CHIP_OK);
    assert_int_equal(k, 1);
    assert_int_equal(label[0][1], 0);
    assert_int_equal(label[1][1], -1);
}

static void more_voices_than_the_sample_are_all_given_speakers(void **state)
{
    (void)state;
    enum { N = CHIP_COMMUNITY_SAMPLE + 500 };
    struct chip_community_chunk *chunks = calloc(N, sizeof *chunks);
    int(*label)[PEOPLE] = malloc(N * sizeof *label);
    size_t k;
    assert_true(chunks && label);
    for (size_t c = 0; c < N; c++) {
        fill(&chunks[c], (int)c % PEOPLE, 0, 300, (int)(c / 100) % 2);
        chunks[c].voice[c % PEOPLE][20 + c % 50] = 0.1f;
    }
    assert_int_equal(chip_community_cluster(chunks, N, plain_plda(), NULL, label, &k, NULL),
                     CHIP_OK);
    assert_int_equal(k, 2);
    for (size_t c = 0; c < N; c++)
        assert_int_equal(label[c][c % PEOPLE] == label[0][0], c / 100 % 2 == 0);
    free(label);
    free(chunks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_speakers_at_once_is_the_references),
        cmocka_unit_test(those_who_are_clustered_are_the_references),
        cmocka_unit_test(everybody_is_who_the_reference_says),
        cmocka_unit_test(speakers_of_every_frame_are_the_references),
        cmocka_unit_test(turns_are_the_references_to_the_millisecond),
        cmocka_unit_test(two_people_of_a_chunk_are_never_one_speaker),
        cmocka_unit_test(a_number_of_speakers_is_met),
        cmocka_unit_test(who_hardly_speaks_alone_is_one_speaker),
        cmocka_unit_test(more_voices_than_the_sample_are_all_given_speakers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
