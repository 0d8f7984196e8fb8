#include "../test.h"

#include "../models/temp.h"
#include "recognized.h"
#include "toy_moonshine.h"

/* The recogniser on a toy network, whose texts end at all lengths, loop, and overflow. */

enum { PIECES = 40, MAX_SAMPLES = PIECES * 40000 };

static struct chip_moonshine *model;
static struct chip_tokenizer *tokenizer;
static float pcm[MAX_SAMPLES];
static size_t lengths[PIECES];

static void open_toy(bool int8, const struct toy_oddity *oddity)
{
    struct chip_err err;
    toy_moonshine_write(temp, int8, oddity);
    if (chip_moonshine_open(&model, temp, &err) != CHIP_OK ||
        chip_tokenizer_open(&tokenizer, temp, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

static void close_toy(void)
{
    chip_moonshine_close(model);
    chip_tokenizer_close(tokenizer);
}

static int setup(void **state)
{
    size_t at = 0;
    for (size_t i = 0; i < PIECES; i++) { /* 1 ms to 2.5 s */
        lengths[i] = i % 13 == 5 ? 16 : 1600 + i * 7919 % 38400;
        toy_speech(pcm + at, lengths[i], (unsigned)i);
        at += lengths[i];
    }
    return temp_make(state);
}

static struct recognized run(int threads, int batch)
{
    struct recognized got = {.n_pieces = 0};
    assert_int_equal(recognize(model, tokenizer, pcm, lengths, PIECES, threads, batch, &got),
                     CHIP_OK);
    assert_int_equal(got.n_pieces, PIECES);
    return got;
}

static void check_all_the_same(void)
{
    struct recognized first = run(1, 1);
    assert_true(first.n_words > 5 * PIECES);
    static const int threads[] = {1, 2, 4}, batches[] = {1, 3, 32, 64, 0};
    for (size_t t = 0; t < 3; t++) {
        for (size_t b = 0; b < 5; b++) {
            struct recognized got = run(threads[t], batches[b]);
            if (strcmp(got.text.data, first.text.data) != 0)
                fail_msg("%d threads, batches of %d", threads[t], batches[b]);
            recognized_done(&got);
        }
    }
    recognized_done(&first);
}

static void words_are_the_same_for_all_threads_and_batches(void **state)
{
    (void)state;
    for (int int8 = 0; int8 < 2; int8++) {
        open_toy(int8, NULL);
        check_all_the_same();
        close_toy();
    }
}

/* The toy's words are all about as likely: hotwords come, and many are taken back. */
static void hotwords_change_the_words_the_same_for_all_threads_and_batches(void **state)
{
    (void)state;
    static const char *const words[] = {"BDF", "H", "PQR", "YZ", NULL};
    static const int threads[] = {1, 2, 4}, batches[] = {1, 32, 64};
    for (int int8 = 0; int8 < 2; int8++) {
        open_toy(int8, NULL);
        struct recognized plain = run(1, 8), first = {.hotwords = words};
        assert_int_equal(recognize(model, tokenizer, pcm, lengths, PIECES, 1, 3, &first), CHIP_OK);
        assert_string_not_equal(plain.text.data, first.text.data);
        assert_null(strstr(plain.text.data, "PQR"));
        assert_non_null(strstr(first.text.data, "PQR"));
        for (size_t i = 0; i < 3; i++) {
            struct recognized got = {.hotwords = words};
            assert_int_equal(
                recognize(model, tokenizer, pcm, lengths, PIECES, threads[i], batches[i], &got),
                CHIP_OK);
            assert_string_equal(got.text.data, first.text.data);
            recognized_done(&got);
        }
        recognized_done(&plain);
        recognized_done(&first);
        close_toy();
    }
}

static void an_empty_list_of_hotwords_changes_nothing(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    open_toy(true, NULL);
    struct recognized plain = run(1, 8), got = {.hotwords = none};
    assert_int_equal(recognize(model, tokenizer, pcm, lengths, PIECES, 2, 3, &got), CHIP_OK);
    assert_string_equal(plain.text.data, got.text.data);
    recognized_done(&plain);
    recognized_done(&got);
    close_toy();
}

static struct recognized run_voices(const struct chip_embedder *embedder, int threads, int batch)
{
    struct recognized got = {.embedder = embedder};
    assert_int_equal(recognize(model, tokenizer, pcm, lengths, PIECES, threads, batch, &got),
                     CHIP_OK);
    return got;
}

static void voices_come_with_the_words_and_are_the_same_for_all_threads(void **state)
{
    (void)state;
    struct chip_embedder *embedder;
    assert_int_equal(chip_embedder_open(&embedder, NULL, NULL), CHIP_OK);
    open_toy(true, NULL);
    size_t expected = 0;
    for (size_t i = 0; i < PIECES; i++)
        expected += chip_window_count(lengths[i]);
    struct recognized words = run(1, 1), first = run_voices(embedder, 1, 1),
                      second = run_voices(embedder, 3, 8);
    assert_true(expected > PIECES / 2);
    assert_int_equal(words.n_windows, 0);
    assert_int_equal(first.n_windows, expected);
    assert_int_equal(first.n_words, words.n_words);
    assert_string_equal(first.text.data, second.text.data);
    recognized_done(&words);
    recognized_done(&first);
    recognized_done(&second);
    close_toy();
    chip_embedder_close(embedder);
}

static void what_was_dropped_is_listed(void **state)
{
    (void)state;
    open_toy(true, NULL);
    struct recognized got = run(2, 8);
    print_message("%zu words, repetition %zu, token cap %zu, empty %zu\n", got.n_words,
                  got.n_audit[CHIP_AUDIT_REPETITION], got.n_audit[CHIP_AUDIT_TOKEN_CAP],
                  got.n_audit[CHIP_AUDIT_EMPTY]);
    assert_true(got.n_audit[CHIP_AUDIT_REPETITION] > 0);
    assert_true(got.n_audit[CHIP_AUDIT_TOKEN_CAP] > 0);
    recognized_done(&got);
    close_toy();
}

static void pieces_without_words_are_listed(void **state)
{
    (void)state;
    open_toy(true, &(struct toy_oddity){.eos = 62}); /* many of its texts begin with that */
    struct recognized got = run(1, 8);
    assert_true(got.n_audit[CHIP_AUDIT_EMPTY] > 0 && got.n_audit[CHIP_AUDIT_EMPTY] < PIECES);
    recognized_done(&got);
    close_toy();

    open_toy(true, &(struct toy_oddity){.mute = true}); /* tokens, but none that says anything */
    got = run(1, 8);
    assert_int_equal(got.n_words, 0);
    assert_int_equal(got.n_audit[CHIP_AUDIT_EMPTY], PIECES);
    recognized_done(&got);
    close_toy();
}

static void an_empty_queue_gives_nothing(void **state)
{
    (void)state;
    open_toy(true, NULL);
    for (int threads = 1; threads <= 4; threads++) {
        struct recognized got = {.n_pieces = 0};
        assert_int_equal(recognize(model, tokenizer, pcm, lengths, 0, threads, 8, &got), CHIP_OK);
        assert_int_equal(got.n_pieces, 0);
        recognized_done(&got);
    }
    close_toy();
}

/* The reading thread must not be left waiting either: recognize() joins it. */
static void a_callback_can_stop_it(void **state)
{
    (void)state;
    open_toy(true, NULL);
    static const size_t when[] = {1, 2, 17, PIECES};
    for (int threads = 1; threads <= 4; threads *= 2) {
        for (size_t i = 0; i < 4; i++) {
            struct recognized got = {.stop_after = when[i]};
            assert_int_equal(recognize(model, tokenizer, pcm, lengths, PIECES, threads, 3, &got),
                             CHIP_E_CANCELLED);
            assert_int_equal(got.n_pieces, when[i]);
            recognized_done(&got);
        }
    }
    close_toy();
}

/* The text of the pieces done is what it would have been. */
static void the_cancel_flag_stops_it(void **state)
{
    (void)state;
    open_toy(true, NULL);
    struct recognized all = run(1, 3);
    for (int threads = 1; threads <= 4; threads *= 2) {
        for (size_t after = 0; after < 20; after += 4) {
            struct recognized got = {.cancel_after = after, .cancel = after == 0};
            assert_int_equal(recognize(model, tokenizer, pcm, lengths, PIECES, threads, 3, &got),
                             CHIP_E_CANCELLED);
            assert_true(got.n_pieces >= after);
            if (threads == 1) /* what it had in hand may still have come */
                assert_true(got.n_pieces <= after + 3);
            if (got.n_pieces)
                assert_memory_equal(got.text.data, all.text.data, got.text.len);
            recognized_done(&got);
        }
    }
    recognized_done(&all);
    close_toy();
}

static void a_stopped_queue_ends_it(void **state)
{
    (void)state;
    open_toy(true, NULL);
    struct chip_pieces *pieces;
    assert_int_equal(chip_pieces_new(&pieces, 16000, NULL), CHIP_OK);
    chip_pieces_stop(pieces);
    const struct chip_recognizer_options options = {.threads = 2};
    assert_int_equal(chip_recognize(model, tokenizer, pieces, &options, NULL, NULL, NULL), CHIP_OK);
    chip_pieces_free(pieces);
    close_toy();
}

/* The first piece is the longest, and others that finish before it wait for it. */
static void what_finishes_out_of_order_is_given_in_order(void **state)
{
    (void)state;
    open_toy(true, NULL);
    static const size_t n[] = {480000, 1600, 3200, 1600, 160, 48000, 1600, 1600};
    static float long_pcm[600000];
    toy_speech(long_pcm, 600000, 3);
    for (int threads = 1; threads <= 2; threads++) {
        struct recognized got = {.n_pieces = 0};
        assert_int_equal(recognize(model, tokenizer, long_pcm, n, 8, threads, 8, &got), CHIP_OK);
        assert_int_equal(got.n_pieces, 8);
        recognized_done(&got);
    }
    close_toy();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_same_for_all_threads_and_batches),
        cmocka_unit_test(hotwords_change_the_words_the_same_for_all_threads_and_batches),
        cmocka_unit_test(an_empty_list_of_hotwords_changes_nothing),
        cmocka_unit_test(voices_come_with_the_words_and_are_the_same_for_all_threads),
        cmocka_unit_test(what_was_dropped_is_listed),
        cmocka_unit_test(pieces_without_words_are_listed),
        cmocka_unit_test(an_empty_queue_gives_nothing),
        cmocka_unit_test(a_callback_can_stop_it),
        cmocka_unit_test(the_cancel_flag_stops_it),
        cmocka_unit_test(a_stopped_queue_ends_it),
        cmocka_unit_test(what_finishes_out_of_order_is_given_in_order),
    };
    return cmocka_run_group_tests(tests, setup, temp_delete);
}
