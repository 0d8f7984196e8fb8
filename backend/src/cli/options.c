#include "cli/options.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/suggest.h"

/* One argument taken apart: "--Max_line=42" gives name "--max-line" and value "42". */
struct spelling {
    char name[64];     /* with its dashes, underscores made dashes */
    const char *value; /* after '=', NULL: none */
    int typed;         /* bytes of the name as typed, for messages */
};

struct match {
    const struct chip_opt *opt;
    char fixed[32]; /* the value that an alias stands for; "" none */
};

bool chip_opts_next_word(const char **list, char *word, size_t size)
{
    if (!*list)
        return false;
    *list += strspn(*list, " ");
    size_t n = strcspn(*list, " ");
    if (n == 0 || n >= size)
        return false;
    memcpy(word, *list, n);
    word[n] = '\0';
    *list += n;
    return true;
}

static bool spelling_read(const char *arg, struct spelling *out)
{
    size_t n = strcspn(arg, "=");
    *out = (struct spelling){.value = arg[n] ? arg + n + 1 : NULL, .typed = (int)n};
    if (n >= sizeof out->name)
        return false;
    for (size_t i = 0; i < n; i++)
        out->name[i] = arg[i] == '_' ? '-' : arg[i];
    return true;
}

static bool opt_has_name(const struct chip_opt *opt, const char *name, struct match *out)
{
    *out = (struct match){.opt = opt};
    if (name[0] == '-' && name[1] == '-')
        if (strcmp(name + 2, opt->name) == 0)
            return true;
    if (opt->letter && name[0] == '-' && name[1] == opt->letter && !name[2])
        return true;

    char alias[64];
    for (const char *list = opt->aliases; chip_opts_next_word(&list, alias, sizeof alias);) {
        char *fixed = strchr(alias, '=');
        if (fixed)
            *fixed++ = '\0';
        if (strcmp(name, alias) != 0)
            continue;
        if (fixed)
            memccpy(out->fixed, fixed, '\0', sizeof out->fixed - 1);
        return true;
    }
    return false;
}

static bool find(const struct chip_command *command, const char *name, struct match *out)
{
    for (size_t i = 0; i < command->n_opts; i++)
        if (opt_has_name(&command->opts[i], name, out))
            return true;
    return false;
}

/* "-t4": a number may follow its letter at once, as C compilers have taught everyone. */
static bool find_attached(const struct chip_command *command, const char *arg, struct match *out)
{
    for (size_t i = 0; i < command->n_opts; i++) {
        const struct chip_opt *opt = &command->opts[i];
        if (opt->kind == CHIP_OPT_NUMBER && opt->letter && arg[1] == opt->letter &&
            isdigit((unsigned char)arg[2])) {
            *out = (struct match){.opt = opt};
            return true;
        }
    }
    return false;
}

static const char *foreign_why(const struct chip_command *command, const char *name)
{
    char word[64];
    for (const struct chip_foreign *f = command->foreign; f && f->names; f++)
        for (const char *list = f->names; chip_opts_next_word(&list, word, sizeof word);)
            if (strcmp(word, name) == 0)
                return f->why;
    return NULL;
}

static enum chip_status fail_unknown(const struct chip_command *command, const char *arg,
                                     const struct spelling *s, struct chip_err *err)
{
    const char *why = foreign_why(command, s->name);
    if (why)
        return chip_fail(err, CHIP_E_INVAL, "chip has no option '%.*s': %s", s->typed, arg, why);

    struct chip_suggest suggest = {.typed = s->name + strspn(s->name, "-")};
    for (size_t i = 0; i < command->n_opts; i++)
        chip_suggest_add(&suggest, command->opts[i].name);
    if (suggest.best)
        return chip_fail(err, CHIP_E_INVAL, "unknown option '%.*s'; did you mean '--%s'?", s->typed,
                         arg, suggest.best);
    return chip_fail(err, CHIP_E_INVAL, "unknown option '%.*s'", s->typed, arg);
}

static void add_choices(struct chip_str *text, const struct chip_opt *opt)
{
    for (size_t i = 0; opt->choices[i]; i++)
        chip_str_addf(text, "%s%s", i ? ", " : "", opt->choices[i]);
}

/* What a value must look like, for messages. */
static enum chip_status fail_value(const struct chip_opt *opt, const char *spelled,
                                   const char *given, struct chip_err *err)
{
    struct chip_str wants = {0};
    switch (opt->kind) {
    case CHIP_OPT_FLAG:
        chip_str_add(&wants, "true or false");
        break;
    case CHIP_OPT_TEXT:
    case CHIP_OPT_FILE:
        chip_str_add(&wants, "a value");
        break;
    case CHIP_OPT_DIR:
        chip_str_add(&wants, "a folder");
        break;
    case CHIP_OPT_NUMBER:
        chip_str_addf(&wants, "a number from %ld to %ld", opt->min, opt->max);
        break;
    case CHIP_OPT_CHOICE:
        chip_str_add(&wants, "one of ");
        add_choices(&wants, opt);
        break;
    case CHIP_OPT_SET:
        chip_str_add(&wants, "one or more of ");
        add_choices(&wants, opt);
        break;
    }
    struct chip_suggest suggest = {.typed = given ? given : ""};
    if (given && *given && (opt->kind == CHIP_OPT_CHOICE || opt->kind == CHIP_OPT_SET))
        for (size_t i = 0; opt->choices[i]; i++)
            chip_suggest_add(&suggest, opt->choices[i]);

    const char *text = wants.data ? wants.data : "a value";
    if (!given)
        chip_fail(err, CHIP_E_INVAL, "%s needs %s", spelled, text);
    else if (suggest.best)
        chip_fail(err, CHIP_E_INVAL, "%s takes %s, not '%s'; did you mean '%s'?", spelled, text,
                  given, suggest.best);
    else if (opt->kind == CHIP_OPT_SET && access(given, F_OK) == 0) /* whisper.cpp's -f FILE */
        chip_fail(err, CHIP_E_INVAL, "%s takes %s, not '%s'; files are named without an option",
                  spelled, text, given);
    else
        chip_fail(err, CHIP_E_INVAL, "%s takes %s, not '%s'", spelled, text, given);
    chip_str_done(&wants);
    return CHIP_E_INVAL;
}

static bool read_bool(const char *text, long *out)
{
    static const char *const no[] = {"false", "no", "off", "0"};
    static const char *const yes[] = {"true", "yes", "on", "1"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (strcasecmp(text, no[i]) == 0 || strcasecmp(text, yes[i]) == 0) {
            *out = strcasecmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

static bool read_number(const char *text, const struct chip_opt *opt, long *out)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (!isdigit((unsigned char)text[*text == '-']) || *end || errno || n < opt->min ||
        n > opt->max)
        return false;
    *out = n;
    return true;
}

static int choice_index(const struct chip_opt *opt, const char *text, size_t n)
{
    for (int i = 0; opt->choices[i]; i++)
        if (strlen(opt->choices[i]) == n && strncasecmp(opt->choices[i], text, n) == 0)
            return i;
    return -1;
}

static enum chip_status read_set(const struct chip_opt *opt, const char *spelled, const char *text,
                                 unsigned *set, struct chip_err *err)
{
    for (const char *item = text;;) {
        size_t n = strcspn(item, ",");
        int i = choice_index(opt, item, n);
        if (i < 0) {
            char given[64];
            int cut = n < sizeof given ? (int)n : (int)sizeof given - 1;
            memcpy(given, item, (size_t)cut);
            given[cut] = '\0';
            return fail_value(opt, spelled, given, err);
        }
        *set |= 1U << i;
        if (!item[n])
            return CHIP_OK;
        item += n + 1;
    }
}

static enum chip_status read_value(const struct chip_opt *opt, const char *spelled,
                                   const char *text, struct chip_opt_value *value,
                                   struct chip_err *err)
{
    long number = 0;
    switch (opt->kind) {
    case CHIP_OPT_FLAG:
        if (!read_bool(text, &value->number))
            return fail_value(opt, spelled, text, err);
        break;
    case CHIP_OPT_TEXT:
    case CHIP_OPT_DIR:
    case CHIP_OPT_FILE:
        if (!*text)
            return fail_value(opt, spelled, NULL, err);
        break;
    case CHIP_OPT_NUMBER:
        if (!read_number(text, opt, &value->number))
            return fail_value(opt, spelled, text, err);
        break;
    case CHIP_OPT_CHOICE:
        number = choice_index(opt, text, strlen(text));
        if (number < 0)
            return fail_value(opt, spelled, text, err);
        value->number = number;
        break;
    case CHIP_OPT_SET: {
        enum chip_status st = read_set(opt, spelled, text, &value->set, err);
        if (st != CHIP_OK)
            return st;
        break;
    }
    }
    value->text = text;
    value->is_set = true;
    return CHIP_OK;
}

/* A flag, or an alias with its own value. WhisperX users write "--print_progress True". */
static enum chip_status read_switch(const struct match *m, const struct spelling *s,
                                    const char *spelled, const char *next, int *used,
                                    struct chip_opt_value *value, struct chip_err *err)
{
    long on = 1;
    if (s->value) {
        if (!read_bool(s->value, &on))
            return chip_fail(err, CHIP_E_INVAL, "%s takes no value, or true or false, not '%s'",
                             spelled, s->value);
    } else if (next && (strcmp(next, "True") == 0 || strcmp(next, "False") == 0)) {
        on = strcmp(next, "True") == 0;
        *used = 1;
    }
    if (m->fixed[0]) {
        enum chip_status st = on ? read_value(m->opt, spelled, m->fixed, value, err) : CHIP_OK;
        value->text = NULL; /* m->fixed does not live longer */
        return st;
    }
    value->number = on;
    value->is_set = true;
    return CHIP_OK;
}

/* Reads argv[0] and perhaps the value after it. @param used how many further arguments it took */
static enum chip_status read_option(const struct chip_command *command, char **argv,
                                    struct chip_parsed *out, int *used, struct chip_err *err)
{
    struct spelling s;
    struct match m;
    const char *arg = argv[0], *next = argv[1];
    *used = 0;
    bool known = spelling_read(arg, &s) && find(command, s.name, &m);
    if (!known && arg[1] != '-' && find_attached(command, arg, &m)) {
        s = (struct spelling){.value = arg + 2, .typed = 2};
        known = true;
    }
    if (!known)
        return fail_unknown(command, arg, &s, err);

    char spelled[sizeof s.name];
    memcpy(spelled, arg, (size_t)s.typed);
    spelled[s.typed] = '\0';
    struct chip_opt_value *value = &out->values[m.opt - command->opts];
    if (strcmp(m.opt->name, "help") == 0) {
        out->wants_help = true;
        return CHIP_OK;
    }
    if (m.opt->kind == CHIP_OPT_FLAG || m.fixed[0])
        return read_switch(&m, &s, spelled, next, used, value, err);
    if (s.value)
        return read_value(m.opt, spelled, s.value, value, err);
    /* A dash and more is the next option: the value was forgotten. */
    if (!next || (next[0] == '-' && next[1] && !isdigit((unsigned char)next[1])))
        return fail_value(m.opt, spelled, NULL, err);
    *used = 1;
    return read_value(m.opt, spelled, next, value, err);
}

static enum chip_status read_environment(const struct chip_command *command,
                                         struct chip_parsed *out, struct chip_err *err)
{
    for (size_t i = 0; i < command->n_opts; i++) {
        const struct chip_opt *opt = &command->opts[i];
        const char *text = opt->env && !out->values[i].is_set ? getenv(opt->env) : NULL;
        if (!text || !*text)
            continue;
        enum chip_status st = read_value(opt, opt->env, text, &out->values[i], err);
        if (st != CHIP_OK)
            return st;
    }
    return CHIP_OK;
}

enum chip_status chip_opts_parse(const struct chip_command *command, int argc, char **argv,
                                 struct chip_parsed *out, struct chip_err *err)
{
    *out = (struct chip_parsed){.operands = argv + 1};
    bool only_operands = false;
    for (int i = 1; i < argc; i++) {
        char *arg = argv[i];
        if (only_operands || arg[0] != '-' || !arg[1]) {
            out->operands[out->n_operands++] = arg;
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_operands = true;
            continue;
        }
        int used;
        enum chip_status st = read_option(command, argv + i, out, &used, err);
        if (st != CHIP_OK || out->wants_help)
            return st;
        i += used;
    }
    return read_environment(command, out, err);
}
