/* Which hotwords are found in prompts. */
#include "../../test.h"

#include "http/openai_prompt.h"
#include "speech/hotwords.h"

static void expect(const char *prompt, const char *want)
{
    json_t *words = json_array();
    chip_openai_prompt_hotwords(prompt, words);
    char got[1024] = "";
    size_t i;
    json_t *word;
    json_array_foreach(words, i, word)
    {
        if (i)
            strcat(got, "|");
        strcat(got, json_string_value(word));
    }
    assert_string_equal(got, want);
    json_decref(words);
}

static void every_entry_of_a_list_counts(void **state)
{
    (void)state;
    expect("Siobhan, Kubernetes,net promoter score;\nLjubljana.", "Siobhan|Kubernetes|net promoter "
                                                                  "score|Ljubljana");
    expect("ZyntriQix, Digique Plus, VortiQore V8", "ZyntriQix|Digique Plus|VortiQore V8");
    expect("Caf\xC3\xA9", "Caf\xC3\xA9");
}

static void headings_do_not_count(void **state)
{
    (void)state;
    expect("Names: Ann, Bob", "Ann|Bob");
    expect("The people in this call are: Ann, Bob\nTerms: OKR", "Ann|Bob|OKR");
}

static void short_common_words_of_a_list_do_not_count(void **state)
{
    (void)state;
    expect("so, um, Okay, dbt, V8, Al", "Okay|V8|Al");
}

static void of_sentences_names_and_terms_count(void **state)
{
    (void)state;
    expect("The transcript is about OpenAI which makes technology like GPT-3, and ChatGPT with "
           "the hope of one day building an AGI system.",
           "OpenAI|GPT-3|ChatGPT|AGI");
    expect("Hello there everybody, my name is Siobhan (of \"Acme\"). We use iPhones and I'm happy.",
           "Siobhan|Acme|iPhones");
    expect("Yesterday we spoke at length. Today I think we decide!", "");
}

static void nothing_is_found_in_nothing(void **state)
{
    (void)state;
    expect("", "");
    expect(" ,;: \n.,", "");
    expect("::::", "");
    expect("\xFF\xFE, \xC3", "");
}

static void what_is_too_long_or_too_much_is_left_out(void **state)
{
    (void)state;
    char prompt[3 * 1200 + 1] = "";
    for (int i = 0; i < 60; i++)
        strcat(prompt, "X");
    expect(prompt, "");
    prompt[0] = '\0';
    for (int i = 0; i < 1200; i++)
        memcpy(prompt + (size_t)3 * (size_t)i, "Xy,", 4);
    json_t *words = json_array();
    chip_openai_prompt_hotwords(prompt, words);
    chip_openai_add_hotword(words, "one more");
    assert_int_equal(json_array_size(words), CHIP_HOTWORDS_MAX);
    json_decref(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_of_a_list_counts),
        cmocka_unit_test(headings_do_not_count),
        cmocka_unit_test(short_common_words_of_a_list_do_not_count),
        cmocka_unit_test(of_sentences_names_and_terms_count),
        cmocka_unit_test(nothing_is_found_in_nothing),
        cmocka_unit_test(what_is_too_long_or_too_much_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
