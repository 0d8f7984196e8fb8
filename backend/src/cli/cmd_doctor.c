/* `chip doctor`: is everything there that chip needs? */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/checks.h"
#include "cli/command.h"
#include "cli/json_text.h"
#include "cli/term.h"

static const char *state_name(enum chip_check_state state)
{
    switch (state) {
    case CHIP_CHECK_OK:
        return "ok";
    case CHIP_CHECK_WARN:
        return "warn";
    case CHIP_CHECK_FAIL:
        return "fail";
    }
    return "fail";
}

static void add_text(struct chip_str *out, const struct chip_checks *checks)
{
    for (size_t i = 0; i < checks->n; i++) {
        const struct chip_check *check = &checks->items[i];
        chip_str_addf(out, "%-4s  %-16s ", state_name(check->state), check->name);
        chip_term_add(out, check->detail, SIZE_MAX);
        chip_str_add(out, "\n");
        if (check->hint[0]) {
            chip_str_addf(out, "%23s-> ", "");
            chip_term_add(out, check->hint, SIZE_MAX);
            chip_str_add(out, "\n");
        }
    }
}

static json_t *check_json(const struct chip_check *check)
{
    json_t *o = json_object();
    json_object_set_new(o, "name", json_string(check->name));
    json_object_set_new(o, "state", json_string(state_name(check->state)));
    json_object_set_new(o, "detail", chip_json_text(check->detail));
    json_object_set_new(o, "hint", check->hint[0] ? chip_json_text(check->hint) : json_null());
    return o;
}

static void add_json(struct chip_str *out, const struct chip_checks *checks, bool ok)
{
    json_t *o = json_object(), *list = json_array();
    for (size_t i = 0; i < checks->n; i++)
        json_array_append_new(list, check_json(&checks->items[i]));
    json_object_set_new(o, "ok", json_boolean(ok));
    json_object_set_new(o, "version", json_string(chip_version()));
    json_object_set_new(o, "checks", list);
    char *text = json_dumps(o, JSON_INDENT(2));
    json_decref(o);
    if (text)
        chip_str_addf(out, "%s\n", text);
    else
        out->failed = true;
    free(text);
}

int chip_cmd_doctor(int argc, char **argv)
{
    struct chip_parsed args;
    int code = chip_command_begin("doctor", argc, argv, &args);
    if (code >= 0)
        return code;

    struct chip_checks checks = {.n = 0};
    chip_check_machine(&checks);
    chip_check_libraries(&checks);
    chip_check_models(&checks);
    chip_check_service(&checks);
    bool ok = true;
    for (size_t i = 0; i < checks.n; i++)
        ok = ok && checks.items[i].state != CHIP_CHECK_FAIL;

    struct chip_str text = {0};
    if (args.values[CHIP_DOCTOR_JSON].number)
        add_json(&text, &checks, ok);
    else
        add_text(&text, &checks);
    enum chip_exit printed = chip_command_print(&text);
    return ok ? printed : CHIP_EXIT_FAILURE;
}
