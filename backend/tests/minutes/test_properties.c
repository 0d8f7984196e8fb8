/* What holds for the minutes of any talk: made ones, mutilated ones, empty and huge ones. */
#include "talks.h"

#include <time.h>

#include "minutes/plain.h"
#include "minutes/said.h"

static const char *const pieces[] = {
    "I will send the list to the bank by Friday.",
    "Ann, could you please call the printer?",
    "Sure, I can do that tomorrow.",
    "Good, so that is decided.",
    "Let us drop the charts,",
    "agreed.",
    "we open on April thirteenth, Ben, can you tell them?",
    "What does it cost?",
    "I do not know yet.",
    "It costs fourteen thousand dollars, about 15%.",
    "No.",
    "Hm,",
    "the works council meets on Wednesday and that is a risk for all of us",
    "Next point, the price.",
    "no wait, I take that back.",
    "Thanks, Cleo.",
    "...",
    "-",
    "42",
    "\xc3\xa9t\xc3\xa9 d'Ümit,",
    "it's can't won't o'clock thirty-five twenty-first and/or 2026-03-06",
    "I",
    "will",
    "please",
    "in two weeks until the end of next month",
    "a a a a a a a a a a a a a a a a"};

static uint32_t roll(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Any words by anybody, now and then without times of words or by nobody known. */
static struct chip_transcript *any_talk(uint32_t seed)
{
    struct chip_transcript *t = make_empty();
    size_t n_speakers = roll(&seed) % 5, n = roll(&seed) % 60;
    struct chip_speaker speakers[4] = {{.name = "Ann"}, {0}, {.name = "Ümit Ö."}, {0}};
    assert_int_equal(chip_transcript_set_speakers(t, speakers, n_speakers, NULL), CHIP_OK);
    int64_t at = 0;
    for (size_t i = 0; i < n; i++) {
        char text[512] = "";
        for (uint32_t k = roll(&seed) % 3 + 1; k > 0; k--) {
            strcat(text, *text ? " " : "");
            strcat(text, pieces[roll(&seed) % (sizeof pieces / sizeof *pieces)]);
        }
        if (roll(&seed) % 4 == 0 && strlen(text) > 8)
            text[roll(&seed) % strlen(text)] = ' ';
        int speaker = (int)(roll(&seed) % (n_speakers + 1)) - 1;
        if (roll(&seed) % 8 == 0) {
            const struct chip_segment s = {.start_ms = at + 1,
                                           .end_ms = at + 900,
                                           .confidence = 1,
                                           .speaker = speaker,
                                           .text = text};
            assert_int_equal(chip_transcript_add_segment(t, &s, NULL, 0, NULL), CHIP_OK);
            at += 900;
        } else {
            at = make_said(t, speaker, at + roll(&seed) % 2000, text);
        }
    }
    return t;
}

/* ---- what has to hold -------------------------------------------------------------------------
 */

static void check_entry(const json_t *entry, const struct chip_transcript *t)
{
    size_t n = (size_t)json_integer_value(json_object_get(entry, "segment"));
    assert_true(n < t->n_segments);
    const struct chip_segment *s = &t->segments[n];
    const char *quote = json_string_value(json_object_get(entry, "quote"));
    assert_true(quote && *quote);
    const char *found = strstr(s->text, quote);
    if (!found)
        print_error("'%s' is not in '%s'\n", quote, s->text);
    assert_non_null(found);
    double start = json_number_value(json_object_get(entry, "start"));
    double end = json_number_value(json_object_get(entry, "end"));
    bool starts = s->n_words == 0, ends = s->n_words == 0;
    for (size_t i = 0; i < s->n_words; i++) {
        starts |= (double)t->words[s->first_word + i].start_ms / 1000 == start;
        ends |= (double)t->words[s->first_word + i].end_ms / 1000 == end;
    }
    assert_true(starts && ends && start <= end);
}

static size_t check_evidence(const json_t *item, const struct chip_transcript *t)
{
    const json_t *evidence = json_object_get(item, "evidence"), *entry;
    size_t i;
    assert_true(json_is_array(evidence));
    json_array_foreach(evidence, i, entry)
    {
        check_entry(entry, t);
    }
    return json_array_size(evidence);
}

/* A task has its verb in the form of a task: "sends" is "send". */
static bool is_said(const struct chip_said *said, const char *plain)
{
    char stem[CHIP_PLAIN_STEM], other[CHIP_PLAIN_STEM];
    chip_plain_stem(plain, stem);
    for (size_t i = 0; i < said->n_words; i++) {
        chip_plain_stem(said->words[i].text, other);
        if (strcmp(stem, other) == 0)
            return true;
    }
    return false;
}

/* The words that hold a summary together, and whose tasks it tells. */
static bool is_frame(const struct chip_said *said, const char *plain)
{
    static const char *const frame[] = {"topics", "decided", "to",    "do", "open",
                                        "and",    "more",    "tasks", "for"};
    for (size_t i = 0; i < sizeof frame / sizeof *frame; i++)
        if (strcmp(frame[i], plain) == 0)
            return true;
    const struct chip_transcript *t = said->transcript;
    for (size_t i = 0; i < t->n_speakers; i++) {
        char room[256];
        const char *name[CHIP_PLAIN_WORDS];
        size_t used;
        if (chip_plain_word(t->speakers[i].name, strlen(t->speakers[i].name), room, name, &used) &&
            strcmp(name[0], plain) == 0)
            return true;
    }
    return false;
}

/* Is each word of a text a word that was said? */
static void check_said(const json_t *item, const char *key, const struct chip_said *said)
{
    const char *text = json_string_value(json_object_get(item, key));
    assert_non_null(text);
    char *copy = strdup(text), *save = NULL;
    for (char *word = strtok_r(copy, " \n()\"", &save); word;
         word = strtok_r(NULL, " \n()\"", &save)) {
        char room[1024];
        const char *plain[CHIP_PLAIN_WORDS];
        size_t used, n;
        assert_true(strlen(word) < 400);
        n = chip_plain_word(word, strlen(word), room, plain, &used);
        for (size_t i = 0; i < n; i++) {
            if (is_frame(said, plain[i]))
                continue;
            if (!is_said(said, plain[i]))
                print_error("nobody said '%s' of '%s'\n", plain[i], text);
            assert_true(is_said(said, plain[i]));
        }
    }
    free(copy);
}

static void check_minutes(const json_t *minutes, const struct chip_transcript *t)
{
    static const struct {
        const char *list, *text;
    } lists[] = {{"decisions", "text"},
                 {"action_items", "what"},
                 {"open_questions", "text"},
                 {"risks", "text"},
                 {"figures", "text"}};
    json_int_t n = 0;
    struct chip_said said;
    assert_int_equal(chip_said_read(t, &said, NULL), CHIP_OK);
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        size_t i;
        const json_t *item, *list = json_object_get(minutes, lists[k].list);
        assert_true(json_is_array(list));
        json_array_foreach(list, i, item)
        {
            assert_true(check_evidence(item, t) > 0);
            assert_true(*json_string_value(json_object_get(item, lists[k].text)));
            check_said(item, lists[k].text, &said);
            n++;
        }
    }
    size_t i;
    const json_t *topic, *topics = json_object_get(minutes, "topics");
    double before = 0;
    json_array_foreach(topics, i, topic)
    {
        check_evidence(topic, t);
        check_said(topic, "summary", &said);
        check_said(topic, "title", &said);
        assert_true(json_number_value(json_object_get(topic, "start")) >= before);
        before = json_number_value(json_object_get(topic, "start"));
        assert_true(json_number_value(json_object_get(topic, "end")) >= before);
    }
    check_evidence(json_object_get(minutes, "summary"), t);
    check_said(json_object_get(minutes, "summary"), "long", &said);
    check_said(minutes, "title", &said);
    const json_t *audit = json_object_get(minutes, "audit");
    assert_int_equal(json_integer_value(json_object_get(audit, "items")), n);
    chip_said_done(&said);
}

static void items_of_any_talk_are_quotes_with_evidence(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 150; seed++) {
        struct chip_transcript *t = any_talk(seed);
        json_t *minutes = minutes_of(t);
        check_minutes(minutes, t);
        json_decref(minutes);
        chip_transcript_free(t);
    }
}

static void the_same_talk_gives_the_same_minutes(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 20; seed++) {
        struct chip_transcript *t = any_talk(seed);
        json_t *first = minutes_of(t), *second = minutes_of(t);
        char *a = json_dumps(first, 0), *b = json_dumps(second, 0);
        assert_string_equal(a, b);
        free(a);
        free(b);
        json_decref(first);
        json_decref(second);
        chip_transcript_free(t);
    }
}

static void its_own_minutes_pass_the_check(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 40; seed++) {
        struct chip_transcript *t = any_talk(seed);
        json_t *minutes = minutes_of(t);
        json_int_t items =
            json_integer_value(json_object_get(json_object_get(minutes, "audit"), "items"));
        assert_int_equal(chip_minutes_verify(minutes, t, NULL), CHIP_OK);
        const json_t *audit = json_object_get(minutes, "audit");
        assert_int_equal(json_integer_value(json_object_get(audit, "items")) +
                             json_integer_value(json_object_get(audit, "dropped")),
                         items);
        check_minutes(minutes, t);
        json_decref(minutes);
        chip_transcript_free(t);
    }
}

static void an_empty_talk_has_empty_minutes(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    json_t *minutes = minutes_of(t);
    check_minutes(minutes, t);
    assert_int_equal(count_of(minutes, "topics"), 0);
    assert_string_equal(json_string_value(json_object_get(minutes, "schema")), "chip.minutes/1");
    assert_string_equal(json_string_value(json_object_get(minutes, "provider")), "builtin");
    json_decref(minutes);
    chip_transcript_free(t);
}

static void one_endless_sentence_is_survived(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    int64_t at = 0;
    for (int i = 0; i < 3000; i++)
        at = make_said(t, -1, at, "and then we will and so on until Friday");
    json_t *minutes = minutes_of(t);
    json_decref(minutes);
    chip_transcript_free(t);
}

static void a_set_flag_cancels(void **state)
{
    (void)state;
    struct chip_transcript *t = any_talk(7);
    const volatile bool cancel = true;
    const struct chip_minutes_options options = {.cancel = &cancel};
    json_t *minutes = NULL;
    struct chip_err err;
    assert_int_equal(chip_minutes_analyse(t, &options, &minutes, &err), CHIP_E_CANCELLED);
    assert_null(minutes);
    chip_transcript_free(t);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Generous: 0.2 s on the developers' machines, more under sanitizers. */
static void an_hour_takes_less_than_a_second(void **state)
{
    (void)state;
    struct chip_transcript *t = make_empty();
    struct chip_speaker speakers[4] = {{.name = "Ann"}, {.name = "Ben"}, {.name = "Cleo"}, {0}};
    assert_int_equal(chip_transcript_set_speakers(t, speakers, 4, NULL), CHIP_OK);
    uint32_t seed = 1;
    int64_t at = 0;
    while (t->n_words < 9000) {
        char text[600] = "";
        for (int k = 0; k < 3; k++) {
            strcat(text, *text ? " " : "");
            strcat(text, pieces[roll(&seed) % (sizeof pieces / sizeof *pieces)]);
        }
        at = make_said(t, (int)(roll(&seed) % 4), at + 400, text);
    }
    double begin = now();
    json_t *minutes = minutes_of(t);
    double took = now() - begin;
    print_message("9,000 words: %.3f s\n", took);
#ifdef __SANITIZE_ADDRESS__
    assert_true(took < 10);
#else
    assert_true(took < 1);
#endif
    json_decref(minutes);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_of_any_talk_are_quotes_with_evidence),
        cmocka_unit_test(the_same_talk_gives_the_same_minutes),
        cmocka_unit_test(its_own_minutes_pass_the_check),
        cmocka_unit_test(an_empty_talk_has_empty_minutes),
        cmocka_unit_test(one_endless_sentence_is_survived),
        cmocka_unit_test(a_set_flag_cancels),
        cmocka_unit_test(an_hour_takes_less_than_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
