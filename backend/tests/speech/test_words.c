#include "../test.h"

#include <math.h>

#include "../models/temp.h"
#include "../nn/rows.h"
#include "speech/asr/moonshine.h"
#include "speech/words.h"
#include "toy_words.h"

enum { FRAME_MS = CHIP_MOONSHINE_FRAME / 16, MAX = 64, START_MS = 10000 };

/* What goes in: tokens, when each starts, and where speech was heard (nowhere else than there). */
struct input {
    int32_t tokens[MAX], start[MAX + 1]; /* frames of 24 ms */
    float probabilities[MAX];
    size_t n;
    struct chip_span spans[8];
    struct chip_speech speech;
};

static struct chip_tokenizer *tokenizer;

static int open_tokenizer(void **state)
{
    if (temp_make(state) != 0)
        return -1;
    write_text(temp_path("tokenizer.json"), TOY_WORDS_JSON);
    return chip_tokenizer_open(&tokenizer, temp, NULL) == CHIP_OK ? 0 : -1;
}

static int close_tokenizer(void **state)
{
    chip_tokenizer_close(tokenizer);
    return temp_delete(state);
}

/* Ten seconds of speech that start at START_MS, a token every 10 frames, all certain. */
static struct input input_of(const int32_t *tokens, size_t n)
{
    struct input in = {.n = n};
    assert_true(n <= MAX);
    for (size_t i = 0; i < n; i++) {
        in.tokens[i] = tokens[i];
        in.start[i] = (int32_t)(10 * i);
        in.probabilities[i] = 1.0f;
    }
    in.start[n] = (int32_t)(10 * n);
    in.spans[0] = (struct chip_span){0, 160000};
    in.speech = (struct chip_speech){.start = START_MS * 16, .n_samples = 160000, .n_spans = 1};
    return in;
}

#define INPUT(...) \
    input_of((const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / 4)

static struct chip_words make(struct input *in)
{
    struct chip_words words;
    in->speech.spans = in->spans;
    assert_int_equal(chip_words_make(tokenizer, in->tokens, in->probabilities, in->start, in->n,
                                     &in->speech, &words, NULL),
                     CHIP_OK);
    return words;
}

/* The words with bars between them, and double bars between segments. */
static void assert_words(struct input in, const char *want)
{
    struct chip_words w = make(&in);
    char got[512] = "";
    size_t next = 0;
    for (size_t s = 0; s < w.n_segments; s++) {
        assert_int_equal(w.segments[s].first_word, next);
        char line[256] = "";
        for (size_t i = next; i < next + w.segments[s].n_words; i++) {
            strcat(got, i == 0 ? "" : i == next ? "||" : "|");
            strcat(got, w.words[i].text);
            strcat(line, i == next ? "" : " ");
            strcat(line, w.words[i].text);
        }
        assert_string_equal(w.segments[s].text, line);
        next += w.segments[s].n_words;
    }
    assert_int_equal(next, w.n_words);
    assert_string_equal(got, want);
    chip_words_done(&w);
}

/* ---- words ---- */

static void tokens_become_words_with_their_punctuation(void **state)
{
    (void)state;
    assert_words(INPUT(T_HELLO, T_COMMA, T_WOR, T_LD, T_DOT), "hello,|world.");
    assert_words(INPUT(T_LD, T_HELLO), "ld|hello"); /* the first needs no blank */
}

static void a_number_is_a_word_though_its_blank_is_a_token(void **state)
{
    (void)state;
    assert_words(INPUT(T_HELLO, T_BLANK, T_1, T_9, T_COMMA, T_HELLO), "hello|19,|hello");
    assert_words(INPUT(T_BLANK, T_1, T_BLANK, T_BLANK, T_9, T_BLANK), "1|9");
    struct input in = INPUT(T_HELLO, T_BLANK, T_1);
    struct chip_words w = make(&in);
    assert_int_equal(w.words[1].start_ms, START_MS + 10 * FRAME_MS); /* with its blank */
    chip_words_done(&w);
}

static void bytes_become_one_character(void **state)
{
    (void)state;
    assert_words(INPUT(T_CAF, T_C3, T_A9, T_DOT), "caf\xC3\xA9.");
}

static void a_token_may_hold_two_words(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_A_B, T_LD, T_END_AND, T_HELLO);
    in.probabilities[1] = 0.5f;
    in.probabilities[3] = 0.25f;
    struct chip_words w = make(&in);
    assert_words(in, "hello|a|bld|end.||And|hello");
    const float want[] = {1.0f, 0.5f, 0.5f, 0.25f, 0.25f, 1.0f};
    for (size_t i = 0; i < 6; i++)
        assert_true(w.words[i].confidence == want[i]);
    assert_true(fabsf(w.segments[0].confidence - powf(0.125f, 0.25f)) < 1e-5f);
    assert_true(fabsf(w.segments[1].confidence - 0.5f) < 1e-5f);
    chip_words_done(&w);
}

static void what_stands_for_no_text_makes_no_word(void **state)
{
    (void)state;
    assert_words(INPUT(T_BOS, T_HELLO, T_UNK, 999, -1, T_COMMA, T_EOS), "hello,");
    assert_words(INPUT(T_BOS, T_BLANK, T_EOS), "");
    struct input none = {.n = 0};
    assert_words(none, "");
}

static void a_word_is_as_certain_as_its_least_certain_token(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_WOR, T_LD, T_DOT, T_HELLO);
    const float p[] = {0.9f, 0.8f, 0.4f, 0.7f, 0.6f};
    memcpy(in.probabilities, p, sizeof p);
    struct chip_words w = make(&in);
    assert_int_equal(w.n_segments, 2);
    assert_true(w.words[0].confidence == 0.9f);
    assert_true(w.words[1].confidence == 0.4f);
    /* a segment: the geometric mean */
    assert_true(fabsf(w.segments[0].confidence - powf(0.9f * 0.8f * 0.4f * 0.7f, 0.25f)) < 1e-5f);
    assert_true(fabsf(w.segments[1].confidence - 0.6f) < 1e-5f);
    in.probabilities[0] = 0.0f;
    chip_words_done(&w);
    w = make(&in);
    assert_true(w.segments[0].confidence >= 0.0f && w.segments[0].confidence < 0.1f);
    chip_words_done(&w);
}

/* ---- segments ---- */

static void segments_end_with_sentences(void **state)
{
    (void)state;
    assert_words(INPUT(T_HELLO, T_DOT, T_WOR, T_LD, T_ASK, T_HELLO, T_CRY, T_WOR),
                 "hello.||world?||hello!||wor");
    assert_words(INPUT(T_HELLO, T_COMMA, T_HELLO, T_DOT, T_QUOTE, T_WOR), "hello,|hello.\"||wor");
}

static void abbreviations_end_no_segment(void **state)
{
    (void)state;
    assert_words(INPUT(T_MR, T_DOT, T_J, T_DOT, T_WOR, T_LD), "Mr.|J.|world");
}

static void no_is_an_answer_except_before_a_number(void **state)
{
    (void)state;
    assert_words(INPUT(T_NO, T_DOT, T_HELLO), "No.||hello");
    assert_words(INPUT(T_NO, T_DOT, T_BLANK, T_9, T_HELLO), "No.|9|hello");
    assert_words(INPUT(T_HELLO, T_NO, T_DOT), "hello|No.");
}

static void segments_end_at_long_pauses(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_WOR, T_LD, T_HELLO);
    in.start[1] = 20; /* "world" ends with the first span, "hello" starts with the second */
    in.start[2] = 30;
    in.start[3] = 45;
    in.start[4] = 100;
    in.speech.n_spans = 2;
    in.spans[0].end = 40 * CHIP_MOONSHINE_FRAME;
    in.spans[1] = (struct chip_span){in.spans[0].end + 799 * 16, 160000};
    assert_words(in, "hello|world|hello");
    in.spans[1].start += 16;
    assert_words(in, "hello|world||hello");
}

/* ---- times ---- */

static void assert_times(const struct chip_word *w, int64_t start_ms, int64_t end_ms)
{
    assert_int_equal(w->start_ms, START_MS + start_ms);
    assert_int_equal(w->end_ms, START_MS + end_ms);
}

static void a_word_lasts_from_its_first_token_to_the_next_word(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_WOR, T_LD, T_HELLO);
    struct chip_words w = make(&in);
    assert_times(&w.words[0], 0, 240);
    assert_times(&w.words[1], 240, 720);
    assert_times(&w.words[2], 720, 960);
    assert_int_equal(w.segments[0].start_ms, w.words[0].start_ms);
    assert_int_equal(w.segments[0].end_ms, w.words[2].end_ms);
    chip_words_done(&w);
}

static void words_are_clamped_to_the_speech_that_was_heard(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_HELLO, T_HELLO);
    in.speech.n_spans = 2;
    in.spans[0] = (struct chip_span){100 * 16, 400 * 16};
    in.spans[1] = (struct chip_span){600 * 16, 650 * 16};
    struct chip_words w = make(&in);
    assert_times(&w.words[0], 100, 240); /* starts with the speech */
    assert_times(&w.words[1], 240, 400); /* ends with it */
    assert_times(&w.words[2], 600, 650); /* both */
    chip_words_done(&w);
}

static void a_word_that_lies_in_silence_stays_there(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_HELLO, T_HELLO);
    in.spans[0] = (struct chip_span){300 * 16, 450 * 16};
    struct chip_words w = make(&in);
    assert_times(&w.words[0], 0, 240);
    assert_times(&w.words[1], 300, 450);
    assert_times(&w.words[2], 480, 720);
    chip_words_done(&w);
}

static void no_word_lasts_longer_than_its_letters_allow(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_NO);
    in.start[1] = 400;
    struct chip_words w = make(&in);
    assert_times(&w.words[0], 0, 1600);
    chip_words_done(&w);
}

static void the_last_word_is_not_of_no_length(void **state)
{
    (void)state;
    struct input in = INPUT(T_HELLO, T_NO);
    in.start[1] = in.start[2] = 10;
    struct chip_words w = make(&in);
    assert_times(&w.words[1], 240, 260);
    chip_words_done(&w);
}

/* Whatever alignment and detector say, times stay in order and in the piece. */
static void times_never_go_back(void **state)
{
    (void)state;
    uint32_t seed = 3;
    for (int round = 0; round < 2000; round++) {
        struct input in = input_of(NULL, 0);
        in.n = 1 + rows_next(&seed) % MAX;
        int32_t frame = 0;
        for (size_t i = 0; i < in.n; i++) {
            in.tokens[i] = (int32_t)(rows_next(&seed) % T_N);
            in.probabilities[i] = 1.0f;
            in.start[i] = frame;
            frame += (int32_t)(rows_next(&seed) % 16 < 8 ? 0 : rows_next(&seed) % 20);
            frame = frame > 415 ? 415 : frame;
        }
        in.start[in.n] = 416;
        in.speech.n_spans = 1 + rows_next(&seed) % 8;
        int64_t at = 0;
        for (size_t i = 0; i < in.speech.n_spans; i++) {
            in.spans[i].start = at + rows_next(&seed) % 8000;
            in.spans[i].end = in.spans[i].start + 1 + rows_next(&seed) % 12000;
            at = in.spans[i].end;
        }
        struct chip_words w = make(&in);
        for (size_t i = 0; i < w.n_words; i++) {
            assert_true(w.words[i].start_ms >= START_MS);
            assert_true(w.words[i].end_ms >= w.words[i].start_ms);
            assert_true(w.words[i].end_ms <= START_MS + 10000 + 20);
            if (i > 0) {
                assert_true(w.words[i].start_ms >= w.words[i - 1].start_ms);
                assert_true(w.words[i].start_ms >= w.words[i - 1].end_ms);
            }
        }
        for (size_t s = 0; s < w.n_segments; s++) {
            assert_true(w.segments[s].n_words > 0);
            assert_true(w.segments[s].confidence > 0.999f && w.segments[s].confidence < 1.001f);
        }
        chip_words_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_become_words_with_their_punctuation),
        cmocka_unit_test(a_number_is_a_word_though_its_blank_is_a_token),
        cmocka_unit_test(bytes_become_one_character),
        cmocka_unit_test(a_token_may_hold_two_words),
        cmocka_unit_test(what_stands_for_no_text_makes_no_word),
        cmocka_unit_test(a_word_is_as_certain_as_its_least_certain_token),
        cmocka_unit_test(segments_end_with_sentences),
        cmocka_unit_test(abbreviations_end_no_segment),
        cmocka_unit_test(no_is_an_answer_except_before_a_number),
        cmocka_unit_test(segments_end_at_long_pauses),
        cmocka_unit_test(a_word_lasts_from_its_first_token_to_the_next_word),
        cmocka_unit_test(words_are_clamped_to_the_speech_that_was_heard),
        cmocka_unit_test(a_word_that_lies_in_silence_stays_there),
        cmocka_unit_test(no_word_lasts_longer_than_its_letters_allow),
        cmocka_unit_test(the_last_word_is_not_of_no_length),
        cmocka_unit_test(times_never_go_back),
    };
    return cmocka_run_group_tests(tests, open_tokenizer, close_tokenizer);
}
