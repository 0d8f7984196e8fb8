/* The promises of cues.h, on hundreds of random transcripts. */
#include "make.h"

#include "meeting/cues.h"

static const char *const endings[] = {"", "", "", "", "", "", ",", ".", "?", "...", ":"};
static const char *const letters[] = {
    "a",         "b", "n", "e", "o", "s", "\xC3\xA9", "\xE4\xBB\x8A", "\xF0\x9F\x99\x82",
    "e\xCC\x81", "-", "/"};

#define PICK(list, seed) (list)[make_random(seed) % (sizeof(list) / sizeof(list)[0])]

static char *random_word(uint32_t *seed)
{
    struct chip_str s = {0};
    uint32_t n = make_random(seed) % 40 == 0 ? make_random(seed) % 150 : make_random(seed) % 10;
    do
        chip_str_add(&s, PICK(letters, seed));
    while (n-- > 0);
    chip_str_add(&s, PICK(endings, seed));
    char *out = NULL;
    assert_int_equal(chip_str_finish(&s, &out, NULL), CHIP_OK);
    return out;
}

/* One segment that may have no words, or words that stand together in its text. */
static int64_t add_random_segment(struct chip_transcript *t, int64_t start_ms, uint32_t longest_ms,
                                  uint32_t *seed)
{
    enum { MAX_WORDS = 60 };
    struct chip_word words[MAX_WORDS];
    size_t n_words = 1 + make_random(seed) % MAX_WORDS;
    struct chip_str text = {0};
    bool joined = make_random(seed) % 8 == 0;
    int64_t at = start_ms, last_end = start_ms;
    for (size_t i = 0; i < n_words; i++) {
        int64_t length = make_random(seed) % longest_ms;
        int64_t end = at + length > last_end ? at + length : last_end;
        words[i] = (struct chip_word){at, end, 1, -1, random_word(seed)};
        chip_str_add(&text, i && !joined ? " " : "");
        chip_str_add(&text, words[i].text);
        last_end = end;
        at += length * (int64_t)(make_random(seed) % 5) / 3; /* overlapping up to apart */
    }
    struct chip_segment seg = {
        .start_ms = start_ms, .end_ms = last_end, .confidence = 1, .text = text.data};
    size_t n_given = make_random(seed) % 10 ? n_words : 0;
    assert_int_equal(chip_transcript_add_segment(t, &seg, words, n_given, NULL), CHIP_OK);
    for (size_t i = 0; i < n_words; i++)
        free((char *)words[i].text);
    chip_str_done(&text);
    return last_end > at ? last_end : at;
}

static struct chip_transcript *random_transcript(uint32_t *seed)
{
    static const uint32_t longest_ms[] = {1, 20, 600, 600, 600, 3000, 20000};
    struct chip_transcript *t = make_empty();
    uint32_t longest = PICK(longest_ms, seed);
    int64_t at = 0;
    for (uint32_t n = make_random(seed) % 6; n > 0; n--)
        at = add_random_segment(t, at + make_random(seed) % 900, longest, seed);
    return t;
}

/* All that is said, without blanks. */
static void add_squeezed(struct chip_str *out, const char *text)
{
    for (; *text; text++)
        if (*text != ' ')
            chip_str_add_n(out, text, 1);
}

static void check_words(const struct chip_transcript *t, const struct chip_cues *cues)
{
    struct chip_str said = {0}, shown = {0};
    size_t next = 0, n_whole = 0, n_timed = 0;
    for (size_t i = 0; i < cues->n_cues; i++) {
        assert_int_equal(cues->cues[i].first_word, next);
        assert_true(cues->cues[i].n_words > 0);
        next += cues->cues[i].n_words;
    }
    assert_int_equal(next, cues->flow.n_words);
    for (size_t i = 0; i < next; i++) {
        chip_str_add_n(&shown, cues->flow.words[i].text, cues->flow.words[i].n_bytes);
        n_whole += !cues->flow.words[i].piece;
    }
    for (size_t i = 0; i < t->n_segments; i++) {
        const struct chip_segment *seg = &t->segments[i];
        add_squeezed(&said, seg->text);
        n_timed += seg->n_words ? seg->n_words : 1;
        for (const char *s = seg->text; !seg->n_words && *s; s++)
            n_timed += *s == ' ';
    }
    assert_string_equal(shown.data ? shown.data : "", said.data ? said.data : "");
    assert_int_equal(n_whole, n_timed);
    chip_str_done(&said);
    chip_str_done(&shown);
}

static void check_lines(const struct chip_cues *cues, const struct chip_cue_rules *rules)
{
    for (size_t i = 0; i < cues->n_cues; i++) {
        const struct chip_flow_word *words = &cues->flow.words[cues->cues[i].first_word];
        assert_true(words[0].line_start);
        size_t n_lines = 0, n_chars = 0;
        for (size_t k = 0; k < cues->cues[i].n_words; k++) {
            size_t blank = words[k].blank_before && !words[k].line_start;
            n_lines += words[k].line_start;
            n_chars = (words[k].line_start ? 0 : n_chars) + blank +
                      chip_utf8_count(strndupa(words[k].text, words[k].n_bytes));
            assert_true(n_chars <= rules->max_line_chars);
        }
        assert_true(n_lines <= rules->max_lines);
    }
}

static void check_times(const struct chip_cues *cues)
{
    for (size_t i = 0; i < cues->n_cues; i++) {
        const struct chip_cue *cue = &cues->cues[i], *next = cue + 1;
        const struct chip_flow_word *words = &cues->flow.words[cue->first_word];
        int64_t length = cue->end_ms - cue->start_ms;
        assert_true(cue->start_ms >= words[0].start_ms && length > 0);
        assert_true(length <= 7000 || cue->n_words == 1);
        if (i + 1 == cues->n_cues) {
            assert_true(length >= 1000);
            break;
        }
        int64_t next_word = words[cue->n_words].start_ms;
        assert_true(next->start_ms >= cue->end_ms + CHIP_CUE_GAP_MS);
        assert_true(length >= 1000 || next_word - cue->start_ms < 1000 + CHIP_CUE_GAP_MS);
        for (size_t k = 0; k < cue->n_words; k++) /* stays for its words if there is room */
            assert_true(cue->end_ms >= words[k].end_ms ||
                        cue->end_ms + CHIP_CUE_GAP_MS >= next_word);
    }
}

/* Whether words [first, end) could be a cue: greedy lines, 7 s, no silence inside. */
static bool possible(const struct chip_flow *flow, size_t first, size_t end,
                     const struct chip_cue_rules *rules)
{
    size_t n_lines = 0, n_chars = rules->max_line_chars;
    int64_t end_ms = 0;
    for (size_t i = first; i < end; i++) {
        const struct chip_flow_word *w = &flow->words[i];
        size_t more = w->n_chars + (w->blank_before ? 1 : 0);
        if (i > first && flow->words[i - 1].after == CHIP_BREAK_PAUSE)
            return false;
        if (i == first || n_chars + more > rules->max_line_chars) {
            n_lines++;
            n_chars = w->n_chars;
        } else {
            n_chars += more;
        }
        end_ms = w->end_ms > end_ms ? w->end_ms : end_ms;
    }
    return end == first + 1 || (n_lines <= rules->max_lines &&
                                end_ms - flow->words[first].start_ms <= CHIP_CUE_LONGEST_MS);
}

static bool alone(const struct chip_flow *flow, size_t first, size_t end)
{
    size_t n_whole = 1;
    for (size_t i = first + 1; i < end; i++)
        n_whole += !flow->words[i].piece;
    return n_whole == 1 && ((first && flow->words[first - 1].after < CHIP_BREAK_SENTENCE) ||
                            flow->words[end - 1].after < CHIP_BREAK_SENTENCE);
}

/* The fewest words left alone in any way to cut the flow, found by trying all. */
static size_t fewest_alone(const struct chip_flow *flow, const struct chip_cue_rules *rules)
{
    size_t *fewest = calloc(flow->n_words + 1, sizeof *fewest);
    assert_non_null(fewest);
    for (size_t end = 1; end <= flow->n_words; end++) {
        fewest[end] = SIZE_MAX;
        for (size_t first = end; first-- > 0 && possible(flow, first, end, rules);) {
            size_t n = fewest[first] + alone(flow, first, end);
            fewest[end] = n < fewest[end] ? n : fewest[end];
        }
    }
    size_t n = fewest[flow->n_words];
    free(fewest);
    return n;
}

static void cues_keep_their_promises_on_random_transcripts(void **state)
{
    (void)state;
    uint32_t seed = 1234567;
    size_t n_cues = 0, n_multi = 0;
    for (int round = 0; round < 400; round++) {
        struct chip_transcript *t = random_transcript(&seed);
        struct chip_cue_rules rules = {.max_line_chars = 42, .max_lines = 2};
        if (round % 3 == 0) {
            rules.max_line_chars = 1 + make_random(&seed) % 60;
            rules.max_lines = 1 + make_random(&seed) % 4;
        }
        struct chip_cues cues;
        assert_int_equal(chip_cues_make(t, &rules, &cues, NULL), CHIP_OK);
        check_words(t, &cues);
        check_lines(&cues, &rules);
        check_times(&cues);
        size_t n_alone = 0;
        for (size_t i = 0; i < cues.n_cues; i++) {
            const struct chip_cue *cue = &cues.cues[i];
            n_alone += alone(&cues.flow, cue->first_word, cue->first_word + cue->n_words);
            n_multi += cue->n_words > 1;
        }
        assert_int_equal(n_alone, fewest_alone(&cues.flow, &rules));
        n_cues += cues.n_cues;
        chip_cues_done(&cues);
        chip_transcript_free(t);
    }
    assert_true(n_cues > 5000 && n_multi > 2000); /* the random transcripts are worth something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cues_keep_their_promises_on_random_transcripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
