/* Words made plain, numbers, sentences, names: what everything else stands on. */
#include "talks.h"

#include "minutes/analyst/names.h"
#include "minutes/analyst/numbers.h"
#include "minutes/analyst/verbs.h"
#include "minutes/pattern.h"
#include "minutes/plain.h"

static void words_are_made_plain(void **state)
{
    (void)state;
    static const struct {
        const char *word, *plain;
    } words[] = {{"We'll", "we will"},
                 {"don't,", "do not"},
                 {"I\xe2\x80\x99m", "i am"},
                 {"won't", "will not"},
                 {"Friday's", "friday"},
                 {"thirty-five", "thirty five"},
                 {"6,400.", "6,400"},
                 {"$12,", "$12"},
                 {"15%", "15%"},
                 {"2026-03-06.", "2026-03-06"},
                 {"till", "until"},
                 {"\"Yeah!\"", "yes"},
                 {"and/or", "and or"},
                 {"...", ""},
                 {"-", ""},
                 {"o'clock", "o'clock"},
                 {"Let's", "let us"},
                 {"\xc3\x89t\xc3\xa9", "\xc3\x89t\xc3\xa9"},
                 {"3/25", "3/25"},
                 {"dogs'", "dogs"},
                 {"they'd've", "they'd have"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char room[256], joined[256] = "";
        const char *out[CHIP_PLAIN_WORDS];
        size_t used, n = chip_plain_word(words[i].word, strlen(words[i].word), room, out, &used);
        for (size_t k = 0; k < n; k++) {
            strcat(joined, k ? " " : "");
            strcat(joined, out[k]);
        }
        assert_string_equal(joined, words[i].plain);
        assert_true(used <= CHIP_PLAIN_BYTES(strlen(words[i].word)));
    }
}

static void no_word_needs_more_room_than_is_said(void **state)
{
    (void)state;
    static const char letters[] = "a'-d ,.9$%/l\xe2\x80\x99"
                                  "ikos";
    uint32_t seed = 3;
    for (int i = 0; i < 20000; i++) {
        char word[40], room[CHIP_PLAIN_BYTES(40)];
        const char *out[CHIP_PLAIN_WORDS];
        size_t used, n = (seed >> 8) % 39;
        for (size_t k = 0; k < n; k++) {
            seed = seed * 1664525u + 1013904223u;
            word[k] = letters[(seed >> 8) % (sizeof letters - 1)];
        }
        word[n] = '\0';
        chip_plain_word(word, n, room, out, &used);
        assert_true(used <= CHIP_PLAIN_BYTES(n));
    }
}

static void forms_of_a_verb_have_one_base(void **state)
{
    (void)state;
    static const char *const forms[][2] = {
        {"send", "send"},     {"sends", "send"},  {"fixes", "fix"},    {"tries", "try"},
        {"writing", "write"}, {"running", "run"}, {"calling", "call"}, {"does", "do"}};
    char base[CHIP_VERB];
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_true(chip_verb_base(forms[i][0], base));
        assert_string_equal(base, forms[i][1]);
    }
    assert_false(chip_verb_base("morning", base));
    assert_false(chip_verb_base("", base));
    assert_true(chip_verb_is("review"));
    assert_false(chip_verb_is("reviews"));
}

static void forms_of_a_word_have_one_stem(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {"close", "closing"}, {"closed", "closes"}, {"plan", "planned"},   {"city", "cities"},
        {"call", "calling"},  {"bug", "bugs"},      {"launch", "launches"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char a[CHIP_PLAIN_STEM], b[CHIP_PLAIN_STEM];
        chip_plain_stem(same[i][0], a);
        chip_plain_stem(same[i][1], b);
        assert_string_equal(a, b);
    }
    assert_true(chip_plain_is_content("bicycle"));
    assert_false(chip_plain_is_content("the"));
    assert_false(chip_plain_is_content("yours"));
    assert_false(chip_plain_is_content("a"));
}

static void numbers_are_read_as_they_are_said(void **state)
{
    (void)state;
    static const struct {
        const char *words[8];
        double value;
        size_t n;
        enum chip_number_kind kind;
    } said[] = {
        {{"seven"}, 7, 1, CHIP_NUMBER_CARDINAL},
        {{"forty", "two", "bugs"}, 42, 2, CHIP_NUMBER_CARDINAL},
        {{"six", "thousand", "four", "hundred"}, 6400, 4, CHIP_NUMBER_CARDINAL},
        {{"a", "hundred", "and", "ten"}, 110, 4, CHIP_NUMBER_CARDINAL},
        {{"nineteen", "hundred"}, 1900, 2, CHIP_NUMBER_CARDINAL},
        {{"two", "million", "three", "hundred", "thousand"}, 2300000, 5, CHIP_NUMBER_CARDINAL},
        {{"two", "fourteen"}, 2, 1, CHIP_NUMBER_CARDINAL},
        {{"twenty", "seventh"}, 27, 2, CHIP_NUMBER_ORDINAL},
        {{"21st"}, 21, 1, CHIP_NUMBER_ORDINAL},
        {{"$1,250.50"}, 1250.5, 1, CHIP_NUMBER_MONEY},
        {{"15%"}, 15, 1, CHIP_NUMBER_PERCENT},
        {{"3", "million"}, 3000000, 2, CHIP_NUMBER_CARDINAL},
        {{"10k"}, 10000, 1, CHIP_NUMBER_CARDINAL},
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        size_t n = 0;
        struct chip_number number;
        while (n < 8 && said[i].words[n])
            n++;
        assert_true(chip_number_read(said[i].words, n, &number));
        assert_true(number.value == said[i].value);
        assert_int_equal(number.n, said[i].n);
        assert_int_equal(number.kind, said[i].kind);
    }
    static const char *const none[] = {"a", "hundred", "bike", "st", "1.2.3", "$", "and"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(chip_number_read(&none[i], 1, &(struct chip_number){0}));
}

static void check_sentences(const char *const *lines, size_t n, const char *const *want,
                            size_t n_want)
{
    struct chip_transcript *t = talk_of(lines, n);
    struct chip_said said;
    assert_int_equal(chip_said_read(t, &said, NULL), CHIP_OK);
    for (size_t i = 0; i < said.n_sentences && i < n_want; i++) {
        char joined[512] = "";
        for (size_t k = said.sentences[i].tokens.from; k < said.sentences[i].tokens.to; k++) {
            strcat(joined, *joined ? " " : "");
            strcat(joined, said.tokens[k].text);
        }
        assert_string_equal(joined, want[i]);
    }
    assert_int_equal(said.n_sentences, n_want);
    chip_said_done(&said);
    chip_transcript_free(t);
}

static void sentences_end_at_stops_and_where_they_run_on(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "S1: Good, so that is decided. Portland opens on April thirteenth, and Denver follows.",
        "S2: Good, then the phone stays open until ten, Tom, please find the two students.",
        "S1: If a card is charged twice, we lose people on the first day,",
        "S1: and that is bad. Mr. Smith knows.", "S2: No, I don't"};
    static const char *const want[] = {
        "Good,",
        "so that is decided.",
        "Portland opens on April thirteenth, and Denver follows.",
        "Good,",
        "then the phone stays open until ten,",
        "Tom, please find the two students.",
        "If a card is charged twice, we lose people on the first day, "
        "and that is bad.",
        "Mr. Smith knows.",
        "No,",
        "I don't"};
    check_sentences(lines, sizeof lines / sizeof *lines, want, sizeof want / sizeof *want);
}

static void patterns_take_alternatives_and_what_may_be_missing(void **state)
{
    (void)state;
    static const char *const lines[] = {"S1: Okay, and could you please send it?"};
    static const struct {
        const char *pattern;
        int found;
    } patterns[] = {{"can|could you send", 0},
                    {"can|could you ?please send", 1},
                    {"^could you", 1},
                    {"^you", 0},
                    {"you * send it $", 1},
                    {"you please $", 0},
                    {"please ?never ?ever send", 1},
                    {"okay and", 1},
                    {"it it", 0},
                    {"^okay", 1}};
    struct chip_transcript *t = TALK(lines);
    struct chip_said said;
    assert_int_equal(chip_said_read(t, &said, NULL), CHIP_OK);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert_int_equal(
            chip_pattern_find(&said, said.sentences[0].words, patterns[i].pattern, NULL),
            patterns[i].found);
    chip_said_done(&said);
    chip_transcript_free(t);
}

static void names_are_those_with_which_people_are_called(void **state)
{
    (void)state;
    static const char *const lines[] = {"S1: Good morning. I am Priya, and I lead this.",
                                        "S2: Thanks, Priya.",
                                        "S1: Walter, can you hear me?",
                                        "S2: Yes, on Monday in Portland.",
                                        "S1: And Grace, please go on.",
                                        "S3: Portland, then."};
    static const char *const want[] = {"Priya", "Walter", "Grace"};
    struct chip_transcript *t = TALK(lines);
    struct chip_said said;
    struct chip_names names;
    assert_int_equal(chip_said_read(t, &said, NULL), CHIP_OK);
    assert_int_equal(chip_names_learn(&said, &names, NULL), CHIP_OK);
    for (int i = 0; i < 3; i++)
        assert_string_equal(chip_names_of(&names, i), want[i]);
    assert_int_equal(chip_names_speaker(&names, "grace"), 2);
    assert_int_equal(chip_names_speaker(&names, "monday"), -1);
    assert_false(chip_names_has(&names, "monday"));
    assert_null(chip_names_of(&names, -1));
    chip_names_done(&names);
    chip_said_done(&said);
    chip_transcript_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_made_plain),
        cmocka_unit_test(no_word_needs_more_room_than_is_said),
        cmocka_unit_test(forms_of_a_verb_have_one_base),
        cmocka_unit_test(forms_of_a_word_have_one_stem),
        cmocka_unit_test(numbers_are_read_as_they_are_said),
        cmocka_unit_test(sentences_end_at_stops_and_where_they_run_on),
        cmocka_unit_test(patterns_take_alternatives_and_what_may_be_missing),
        cmocka_unit_test(names_are_those_with_which_people_are_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
