#include "cli/settings.h"

#include <unistd.h>

#include "../folder.h"

static const char ENV_EXAMPLE[] = "backend/.env.example";

/* Each test runs in an empty folder without any of the settings. */
static int setup(void **state)
{
    (void)state;
    unlink(".env");
    for (int i = 0; i < CHIP_N_SETTINGS; i++)
        unsetenv(chip_setting_info((enum chip_setting)i)->name);
    setenv("HOME", "/home/ann", 1);
    unsetenv("XDG_DATA_HOME");
    return 0;
}

static void load(struct chip_settings *settings)
{
    struct chip_err err;
    if (chip_settings_load(settings, &err) != CHIP_OK)
        fail_msg("%s", err.message);
}

static void every_setting_has_a_name_a_meaning_and_a_sound_default(void **state)
{
    (void)state;
    struct chip_settings s;
    load(&s);
    for (int i = 0; i < CHIP_N_SETTINGS; i++) {
        const struct chip_setting_info *info = chip_setting_info((enum chip_setting)i);
        assert_non_null(info->name);
        assert_non_null(info->meaning);
        assert_true(info->kind == CHIP_SETTING_TEXT || info->unset);
    }
    assert_int_equal(chip_settings_number(&s, CHIP_SET_PORT), 8080);
    assert_string_equal(chip_settings_text(&s, CHIP_SET_HOST), "127.0.0.1");
    assert_string_equal(chip_settings_text(&s, CHIP_SET_DATA_DIR), "/home/ann/.local/share/chip");
    assert_null(chip_settings_text(&s, CHIP_SET_API_KEY));
    chip_settings_done(&s);
}

static void the_environment_wins_over_the_file_and_the_file_over_defaults(void **state)
{
    (void)state;
    put(".env", "PORT=1000\nCHIP_WORKERS=3\n");
    setenv("PORT", "2000", 1);
    struct chip_settings s;
    load(&s);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_PORT), 2000);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_WORKERS), 3);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_LEASE_SECONDS), 30);
    chip_settings_done(&s);
}

static void the_file_may_have_comments_quotes_blanks_and_export(void **state)
{
    (void)state;
    put(".env", "# a comment = not a setting\n"
                "\n"
                "  export HOST = 0.0.0.0   # all\r\n"
                "API_KEY=\"a # b \"\n"
                "CORS_ORIGINS='https://a.example'\n"
                "CHIP_FETCH_ALLOW=a.example,b.example  \n"
                "nonsense\n");
    struct chip_settings s;
    load(&s);
    assert_string_equal(chip_settings_text(&s, CHIP_SET_HOST), "0.0.0.0");
    assert_string_equal(chip_settings_text(&s, CHIP_SET_API_KEY), "a # b ");
    assert_string_equal(chip_settings_text(&s, CHIP_SET_CORS_ORIGINS), "https://a.example");
    assert_string_equal(chip_settings_text(&s, CHIP_SET_FETCH_ALLOW), "a.example,b.example");
    chip_settings_done(&s);
}

static void an_empty_value_is_no_value(void **state)
{
    (void)state;
    setenv("PORT", "", 1);
    setenv("API_KEY", "", 1);
    struct chip_settings s;
    load(&s);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_PORT), 8080);
    assert_null(chip_settings_text(&s, CHIP_SET_API_KEY));
    chip_settings_done(&s);
}

static void expect_refused(const char *name, const char *value, const char *wanted)
{
    setenv(name, value, 1);
    struct chip_settings s;
    struct chip_err err;
    assert_int_equal(chip_settings_load(&s, &err), CHIP_E_INVAL);
    assert_non_null(strstr(err.message, name));
    assert_non_null(strstr(err.message, wanted));
    chip_settings_done(&s);
    unsetenv(name);
}

static void nonsense_is_refused_with_the_name_and_what_it_may_be(void **state)
{
    (void)state;
    expect_refused("PORT", "http", "0 to 65535");
    expect_refused("PORT", "80x", "0 to 65535");
    expect_refused("PORT", "65536", "0 to 65535");
    expect_refused("PORT", "99999999999999999999", "0 to 65535");
    expect_refused("CHIP_WORKERS", "-1", "0 to 64");
    expect_refused("CHIP_ALLOW_OPEN", "maybe", "1 or 0");
    expect_refused("CHIP_LOG_LEVEL", "loud", "debug, info");
}

static void a_flag_and_a_choice_are_understood_in_any_case(void **state)
{
    (void)state;
    setenv("CHIP_ALLOW_OPEN", "Yes", 1);
    setenv("CHIP_LOG_LEVEL", "WARNING", 1);
    struct chip_settings s;
    load(&s);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_ALLOW_OPEN), 1);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_LOG_LEVEL), 3);
    chip_settings_done(&s);
}

static void a_setting_can_be_replaced(void **state)
{
    (void)state;
    struct chip_settings s;
    struct chip_err err;
    load(&s);
    assert_int_equal(chip_settings_set(&s, CHIP_SET_PORT, "1234", &err), CHIP_OK);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_PORT), 1234);
    assert_int_equal(chip_settings_set(&s, CHIP_SET_PORT, "x", &err), CHIP_E_INVAL);
    assert_int_equal(chip_settings_number(&s, CHIP_SET_PORT), 1234);
    chip_settings_done(&s);
}

/* The whole of a file of the repository. */
static char *repository_file(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", CHIP_REPOSITORY, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    char *text = calloc(1, 1 << 18);
    assert_non_null(text);
    size_t n = fread(text, 1, (1 << 18) - 1, f);
    assert_true(n > 0 && n < (1 << 18) - 1);
    fclose(f);
    return text;
}

static void the_documents_list_every_setting_with_its_meaning_and_default(void **state)
{
    (void)state;
    char *table = repository_file("docs/OPERATIONS.md"), *example = repository_file(ENV_EXAMPLE);
    for (int i = 0; i < CHIP_N_SETTINGS; i++) {
        const struct chip_setting_info *info = chip_setting_info((enum chip_setting)i);
        const char *quote = info->unset ? "`" : "", *unset = info->unset ? info->unset : "";
        char row[1024], line[256];
        snprintf(row, sizeof row, "| `%s`%s | %s | %s%s%s |\n", info->name,
                 info->is_secret ? " (secret)" : "", info->meaning, quote, unset, quote);
        if (!strstr(table, row))
            fail_msg("docs/OPERATIONS.md lacks this row:\n%s", row);
        snprintf(line, sizeof line, "\n#%s=%s\n", info->name, unset);
        if (!strstr(example, line))
            fail_msg("%s lacks this line:%s", ENV_EXAMPLE, line);
    }
    free(table);
    free(example);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_setting_has_a_name_a_meaning_and_a_sound_default, setup),
        cmocka_unit_test_setup(the_environment_wins_over_the_file_and_the_file_over_defaults,
                               setup),
        cmocka_unit_test_setup(the_file_may_have_comments_quotes_blanks_and_export, setup),
        cmocka_unit_test_setup(an_empty_value_is_no_value, setup),
        cmocka_unit_test_setup(nonsense_is_refused_with_the_name_and_what_it_may_be, setup),
        cmocka_unit_test_setup(a_flag_and_a_choice_are_understood_in_any_case, setup),
        cmocka_unit_test_setup(a_setting_can_be_replaced, setup),
        cmocka_unit_test(the_documents_list_every_setting_with_its_meaning_and_default),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
