#include "cli/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/* ---- one value ---- */

static enum chip_status fail_value(const struct chip_setting_info *info, const char *value,
                                   struct chip_err *err)
{
    struct chip_str wanted = {0};
    if (info->kind == CHIP_SETTING_NUMBER)
        chip_str_addf(&wanted, "a whole number from %lld to %lld", (long long)info->min,
                      (long long)info->max);
    else if (info->kind == CHIP_SETTING_FLAG)
        chip_str_add(&wanted, "1 or 0");
    for (size_t i = 0; info->choices && info->choices[i]; i++)
        chip_str_addf(&wanted, "%s%s", i ? ", " : "one of ", info->choices[i]);
    enum chip_status s = chip_fail(err, CHIP_E_INVAL, "%s: '%.60s' is not %s", info->name, value,
                                   wanted.failed ? "what it may be" : wanted.data);
    chip_str_done(&wanted);
    return s;
}

static bool parse_number(const struct chip_setting_info *info, const char *value, int64_t *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(value, &end, 10);
    *out = n;
    return end != value && !*end && !errno && n >= info->min && n <= info->max;
}

static bool parse_flag(const char *value, int64_t *out)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes", "off", "on"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0) {
            *out = i % 2;
            return true;
        }
    return false;
}

static bool parse_choice(const struct chip_setting_info *info, const char *value, int64_t *out)
{
    for (size_t i = 0; info->choices[i]; i++)
        if (strcasecmp(value, info->choices[i]) == 0) {
            *out = (int64_t)i;
            return true;
        }
    return false;
}

static bool parse(const struct chip_setting_info *info, const char *value, int64_t *out)
{
    switch (info->kind) {
    case CHIP_SETTING_TEXT:
        *out = 0;
        return true;
    case CHIP_SETTING_NUMBER:
        return parse_number(info, value, out);
    case CHIP_SETTING_FLAG:
        return parse_flag(value, out);
    case CHIP_SETTING_CHOICE:
        return parse_choice(info, value, out);
    }
    return false;
}

enum chip_status chip_settings_set(struct chip_settings *settings, enum chip_setting setting,
                                   const char *value, struct chip_err *err)
{
    const struct chip_setting_info *info = chip_setting_info(setting);
    int64_t number;
    if (!parse(info, value, &number))
        return fail_value(info, value, err);
    char *copy = strdup(value);
    if (!copy)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the settings");
    free(settings->texts[setting]);
    settings->texts[setting] = copy;
    settings->numbers[setting] = number;
    return CHIP_OK;
}

/* ---- .env ---- */

/* Cuts blanks, `export`, and the quotes of a value. @return false for a line that sets nothing */
static bool split(char *line, char **name, char **value)
{
    line += strspn(line, " \t");
    if (strncmp(line, "export ", 7) == 0)
        line += 7 + strspn(line + 7, " \t");
    char *equals = strchr(line, '=');
    if (*line == '#' || !equals)
        return false;
    *name = line;
    for (char *end = equals; end > line && (end[-1] == ' ' || end[-1] == '\t'); end--)
        end[-1] = '\0';
    *equals = '\0';

    char *text = equals + 1 + strspn(equals + 1, " \t");
    char quote = *text == '"' || *text == '\'' ? *text : '\0';
    char *end = quote ? strchr(text + 1, quote) : strstr(text, " #");
    if (quote && end)
        text++;
    if (!end)
        end = text + strlen(text);
    while (!quote && end > text && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    *value = text;
    return true;
}

/* Puts what .env sets into the environment, so that settings read elsewhere (models) see it too. */
static enum chip_status load_env_file(struct chip_err *err)
{
    FILE *file = fopen(".env", "re");
    if (!file)
        return CHIP_OK; /* most have none; one that cannot be read is the same as for a shell */
    char *line = NULL, *name, *value;
    size_t size = 0;
    enum chip_status s = CHIP_OK;
    for (ssize_t n; s == CHIP_OK && (n = getline(&line, &size, file)) >= 0;) {
        line[strcspn(line, "\r\n")] = '\0';
        if (split(line, &name, &value) && (!*name || setenv(name, value, 0) != 0))
            s = chip_fail(err, CHIP_E_FORMAT, ".env: a line has no name before its '='");
    }
    free(line);
    fclose(file);
    return s;
}

/* ---- all of them ---- */

static enum chip_status set_data_dir(struct chip_settings *settings, struct chip_err *err)
{
    const char *xdg = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    struct chip_str dir = {0};
    if (xdg && *xdg)
        chip_str_addf(&dir, "%s/chip", xdg);
    else if (home && *home)
        chip_str_addf(&dir, "%s/.local/share/chip", home);
    else
        chip_str_add(&dir, "/var/lib/chip");
    if (dir.failed)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the settings");
    settings->texts[CHIP_SET_DATA_DIR] = dir.data;
    return CHIP_OK;
}

enum chip_status chip_settings_load(struct chip_settings *settings, struct chip_err *err)
{
    *settings = (struct chip_settings){0};
    enum chip_status s = load_env_file(err);
    for (int i = 0; s == CHIP_OK && i < CHIP_N_SETTINGS; i++) {
        const struct chip_setting_info *info = chip_setting_info((enum chip_setting)i);
        const char *value = getenv(info->name);
        if (!value || !*value)
            value = info->unset;
        if (value)
            s = chip_settings_set(settings, (enum chip_setting)i, value, err);
    }
    if (s == CHIP_OK && !settings->texts[CHIP_SET_DATA_DIR])
        s = set_data_dir(settings, err);
    return s;
}

void chip_settings_done(struct chip_settings *settings)
{
    for (int i = 0; i < CHIP_N_SETTINGS; i++)
        free(settings->texts[i]);
    *settings = (struct chip_settings){0};
}

const char *chip_settings_text(const struct chip_settings *settings, enum chip_setting setting)
{
    const char *text = settings->texts[setting];
    return text && *text ? text : NULL;
}

int64_t chip_settings_number(const struct chip_settings *settings, enum chip_setting setting)
{
    return settings->numbers[setting];
}
