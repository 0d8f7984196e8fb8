#include "../../test.h"

#include "minutes/choose.h"
#include "minutes/template.h"

static const struct chip_minutes_provider settings = {.provider = "openai",
                                                      .model = "gpt-x",
                                                      .base_url = "https://proxy.example/v1",
                                                      .openai_key = "KEY-1",
                                                      .anthropic_key = "KEY-2",
                                                      .fallback = "compatible:llama"};

static void choose(const char *provider, const char *model, struct chip_minutes_choice *out)
{
    struct chip_err err;
    if (chip_minutes_choose(&settings, provider, model, out, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

static void expect_refused(const struct chip_minutes_provider *s, const char *provider,
                           const char *model, const char *said)
{
    struct chip_minutes_choice choice;
    struct chip_err err;
    assert_int_equal(chip_minutes_choose(s, provider, model, &choice, &err), CHIP_E_INVAL);
    if (!strstr(err.message, said))
        fail_msg("'%s' does not say '%s'", err.message, said);
}

static void without_a_wish_the_settings_decide(void **state)
{
    (void)state;
    struct chip_minutes_choice choice;
    choose(NULL, NULL, &choice);
    assert_string_equal(choice.settings.provider, "openai");
    assert_string_equal(choice.settings.model, "gpt-x");
    assert_string_equal(choice.settings.base_url, "https://proxy.example/v1");
    assert_string_equal(choice.settings.fallback, "compatible:llama");
}

static void an_address_goes_to_its_own_provider_only(void **state)
{
    (void)state;
    struct chip_minutes_choice choice;
    choose("anthropic", NULL, &choice);
    assert_string_equal(choice.settings.base_url, chip_llm_anthropic.base_url);
    assert_string_equal(choice.settings.model, chip_llm_anthropic.model);
    choose("openai", "another", &choice);
    assert_string_equal(choice.settings.base_url, "https://proxy.example/v1");
    assert_string_equal(choice.settings.model, "another");
    choose("compatible", NULL, &choice);
    assert_string_equal(choice.settings.model, "llama");
}

static void the_analyst_can_always_be_chosen_and_has_no_model(void **state)
{
    (void)state;
    struct chip_minutes_choice choice;
    const struct chip_minutes_provider nobody = {0};
    choose("builtin", NULL, &choice);
    assert_string_equal(choice.settings.provider, "builtin");
    expect_refused(&settings, "builtin", "x", "has no models");
    expect_refused(&nobody, NULL, "x", "has no models");
    expect_refused(&nobody, "openai", NULL, "there is: builtin");
}

static void what_is_not_set_up_is_refused_with_what_is(void **state)
{
    (void)state;
    expect_refused(&settings, "gemini", NULL, "there is: openai, anthropic, compatible, builtin");
    expect_refused(&settings, "nonsense", NULL, "'nonsense' is not set up");
    expect_refused(&settings, "openai", "../x", "is no name of a model");
}

static void choices_begin_with_who_is_asked_first(void **state)
{
    (void)state;
    json_t *list = NULL;
    const struct chip_minutes_provider nobody = {.openai_key = "KEY-1", .provider = "builtin"};
    assert_int_equal(chip_minutes_choices(&settings, &list, NULL), CHIP_OK);
    static const char *const want[] = {"openai", "compatible", "anthropic", "builtin"};
    assert_int_equal(json_array_size(list), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(list, i), "provider")),
                            want[i]);
    json_decref(list);
    assert_int_equal(chip_minutes_choices(&nobody, &list, NULL), CHIP_OK);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "provider")),
                        "builtin");
    json_decref(list);
}

static void templates_of_prompts_are_no_kinds_of_meetings(void **state)
{
    (void)state;
    json_t *list = chip_template_list(NULL);
    assert_int_equal(json_array_size(list), 6);
    json_decref(list);
    assert_true(chip_template_exists(NULL, "interview"));
    assert_false(chip_template_exists(NULL, "instructions"));
    assert_false(chip_template_exists(NULL, "../general"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_wish_the_settings_decide),
        cmocka_unit_test(an_address_goes_to_its_own_provider_only),
        cmocka_unit_test(the_analyst_can_always_be_chosen_and_has_no_model),
        cmocka_unit_test(what_is_not_set_up_is_refused_with_what_is),
        cmocka_unit_test(choices_begin_with_who_is_asked_first),
        cmocka_unit_test(templates_of_prompts_are_no_kinds_of_meetings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
