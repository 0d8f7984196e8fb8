/* The embedder's real voices: how many people read these clips aloud. */
#include "../../test.h"

#include "../given.h"
#include "speech/diarize/cluster.h"
#include "speech/diarize/embedder.h"

enum { MAX_WINDOWS = 400, CLIPS = 6 };

/* Chapters of LibriSpeech's test-other, of one reader each. */
static const char *const READERS[] = {"1688-142285", "1998-15444", "2414-128291", "3080-5032"};
enum { N_READERS = 4 };

struct heard {
    float voice[MAX_WINDOWS][CHIP_VOICE_DIM], seconds[MAX_WINDOWS];
    int who[MAX_WINDOWS];
    size_t n;
};

static struct heard clips[N_READERS][CLIPS], heard;
static int label[MAX_WINDOWS];

static void hear_clip(const struct chip_embedder *embedder, int reader, int clip)
{
    struct heard *h = &clips[reader][clip];
    char name[64];
    size_t n;
    struct chip_arena arena = {0};
    snprintf(name, sizeof name, "asr/%s-%04d.flac", READERS[reader], clip);
    float *pcm = given_clip(name, &n);
    h->n = chip_window_count(n);
    assert_true(h->n <= MAX_WINDOWS);
    assert_int_equal(chip_arena_init(&arena, chip_embedder_cost(n), NULL), CHIP_OK);
    chip_embedder_run(embedder, &arena, pcm, n, h->voice);
    for (size_t i = 0; i < h->n; i++) {
        const struct chip_cut cut = chip_window_cut(n, i);
        h->seconds[i] = (float)(cut.end - cut.start) / 16000;
        h->who[i] = reader;
    }
    chip_arena_done(&arena);
    free(pcm);
}

static void hear_all_clips(void)
{
    struct chip_embedder *embedder;
    struct chip_err err;
    if (clips[0][0].n > 0)
        return;
    if (chip_embedder_open(&embedder, NULL, &err) != CHIP_OK)
        fail_msg("%s", err.message);
    for (int clip = 0; clip < CLIPS; clip++)
        for (int reader = 0; reader < N_READERS; reader++)
            hear_clip(embedder, reader, clip);
    chip_embedder_close(embedder);
}

/* The readers of a set of bits take turns, clip by clip. */
static void hear(unsigned readers)
{
    hear_all_clips();
    heard.n = 0;
    for (int clip = 0; clip < CLIPS; clip++)
        for (int reader = 0; reader < N_READERS; reader++) {
            const struct heard *h = &clips[reader][clip];
            if (!(readers >> reader & 1))
                continue;
            assert_true(heard.n + h->n <= MAX_WINDOWS);
            memcpy(heard.voice + heard.n, h->voice, h->n * sizeof h->voice[0]);
            memcpy(heard.seconds + heard.n, h->seconds, h->n * sizeof h->seconds[0]);
            memcpy(heard.who + heard.n, h->who, h->n * sizeof h->who[0]);
            heard.n += h->n;
        }
}

static size_t cluster(void)
{
    struct chip_err err;
    size_t k;
    if (chip_cluster(heard.voice[0], heard.seconds, heard.n, CHIP_VOICE_DIM, NULL, label, NULL, &k,
                     &err) != CHIP_OK)
        fail_msg("%s", err.message);
    return k;
}

static void each_reader_alone_is_one_speaker(void **state)
{
    (void)state;
    for (unsigned reader = 0; reader < N_READERS; reader++) {
        hear(1U << reader);
        const size_t k = cluster();
        if (k != 1)
            fail_msg("%s alone is %zu speakers", READERS[reader], k);
    }
}

static void any_readers_together_are_told_apart(void **state)
{
    (void)state;
    for (unsigned readers = 1; readers < 1U << N_READERS; readers++) {
        const size_t want = (size_t)__builtin_popcount(readers);
        if (want < 2)
            continue;
        hear(readers);
        const size_t k = cluster();
        if (k != want)
            fail_msg("%zu speakers instead of %zu in set %x", k, want, readers);
        size_t count[N_READERS][N_READERS] = {{0}}, right = 0;
        for (size_t i = 0; i < heard.n; i++)
            count[label[i]][heard.who[i]]++;
        for (size_t j = 0; j < k; j++) {
            size_t most = 0;
            for (size_t r = 0; r < N_READERS; r++)
                most = count[j][r] > most ? count[j][r] : most;
            right += most;
        }
        assert_true(right >= heard.n * 97 / 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_reader_alone_is_one_speaker),
        cmocka_unit_test(any_readers_together_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
