#include "store/args.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/uuid.h"

static const char *const statuses[] = {"pending", "processing", "completed", "failed", "cancelled"};

enum { TIME_CHARS = 24 };

/* Does the text begin as the form does, where 0 stands for any digit? */
static bool has_form(const char *text, const char *form)
{
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    return true;
}

/* What is wrong with a value, as the end of a sentence; NULL: nothing. */
static const char *wrong_place(const char *text)
{
    return has_form(text, "0000-00-00T00:00:00.000Z/") && chip_uuid_valid(text + TIME_CHARS + 1)
               ? NULL
               : "must be a time and an id, as the list before gave it";
}

static const char *wrong_time(const char *text)
{
    return strlen(text) == TIME_CHARS && has_form(text, "0000-00-00T00:00:00.000Z")
               ? NULL
               : "must be a time such as 2026-11-24T12:00:00.000Z";
}

static const char *wrong_status(const char *text)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (strcmp(text, statuses[i]) == 0)
            return NULL;
    return "must be pending, processing, completed, failed or cancelled";
}

static const char *wrong_text(const struct chip_arg *arg, const json_t *value)
{
    if (!json_is_string(value))
        return "must be text";
    const char *text = json_string_value(value);
    size_t n = json_string_length(value);
    if (strlen(text) != n)
        return "must not hold NUL characters";
    if (arg->kind == CHIP_ARG_UUID)
        return chip_uuid_valid(text) ? NULL : "must be a UUID";
    if (arg->kind == CHIP_ARG_PLACE)
        return wrong_place(text);
    if (arg->kind == CHIP_ARG_TIME)
        return wrong_time(text);
    if (arg->kind == CHIP_ARG_STATUS)
        return wrong_status(text);
    return (double)n <= arg->max ? NULL : "is too long";
}

static const char *wrong_number(const struct chip_arg *arg, const json_t *value)
{
    double number = json_number_value(value);
    if (arg->kind == CHIP_ARG_INT ? !json_is_integer(value) : !json_is_number(value))
        return arg->kind == CHIP_ARG_INT ? "must be a whole number" : "must be a number";
    return number >= arg->min && number <= arg->max ? NULL : "is out of range";
}

static const char *wrong_array(const struct chip_arg *arg, const json_t *value)
{
    if (!json_is_array(value))
        return "must be an array";
    if ((double)json_array_size(value) > arg->max)
        return "has too many elements";
    return NULL;
}

static const char *wrong(const struct chip_arg *arg, const json_t *value)
{
    switch (arg->kind) {
    case CHIP_ARG_UUID:
    case CHIP_ARG_TEXT:
    case CHIP_ARG_STATUS:
    case CHIP_ARG_PLACE:
    case CHIP_ARG_TIME:
        return wrong_text(arg, value);
    case CHIP_ARG_INT:
    case CHIP_ARG_NUMBER:
        return wrong_number(arg, value);
    case CHIP_ARG_BOOL:
        return json_is_boolean(value) ? NULL : "must be true or false";
    case CHIP_ARG_OBJECT:
    case CHIP_ARG_ANALYSIS:
        return json_is_object(value) ? NULL : "must be an object";
    case CHIP_ARG_ARRAY:
    case CHIP_ARG_EVENTS:
    case CHIP_ARG_ENTRIES:
    case CHIP_ARG_TERMS:
    case CHIP_ARG_UUIDS:
        return wrong_array(arg, value);
    case CHIP_ARG_ANY:
        return NULL;
    }
    return NULL;
}

/* @return a new reference; NULL without memory */
static json_t *lower_case(const json_t *text)
{
    char uuid[CHIP_UUID_TEXT];
    for (size_t i = 0; i < sizeof uuid; i++)
        uuid[i] = (char)tolower((unsigned char)json_string_value(text)[i]);
    return json_string_nocheck(uuid);
}

static enum chip_status no_memory(struct chip_err *err)
{
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a call to the store");
}

static const struct chip_arg *find(const struct chip_arg *args, const char *name)
{
    for (; args->name; args++)
        if (strcmp(args->name, name) == 0)
            return args;
    return NULL;
}

/* What members of an object are checked by. */
struct check {
    const char *function;
    const char *where;           /* "" or "analysis.": before a member's name in messages */
    const struct chip_arg *args; /* members that there may be */
    bool only_given;             /* leave out what was not given; null is then a value */
};

static enum chip_status check_object(const struct check *check, const json_t *given, json_t **out,
                                     struct chip_err *err);

/* @return a new array with every element checked as an object of `columns` */
static enum chip_status check_rows(const struct check *check, const struct chip_arg *arg,
                                   const struct chip_arg *columns, const json_t *given,
                                   json_t **out, struct chip_err *err)
{
    json_t *rows = json_array();
    enum chip_status status = rows ? CHIP_OK : no_memory(err);
    for (size_t i = 0; i < json_array_size(given) && status == CHIP_OK; i++) {
        char where[64];
        snprintf(where, sizeof where, "%s[%zu].", arg->name, i);
        struct check inner = {check->function, where, columns, false};
        json_t *row = NULL;
        status = check_object(&inner, json_array_get(given, i), &row, err);
        if (status == CHIP_OK && json_array_append_new(rows, row) != 0)
            status = no_memory(err);
    }
    if (status == CHIP_OK)
        *out = rows;
    else
        json_decref(rows);
    return status;
}

static enum chip_status check_uuids(const struct check *check, const struct chip_arg *arg,
                                    const json_t *given, json_t **out, struct chip_err *err)
{
    json_t *ids = json_array();
    enum chip_status status = ids ? CHIP_OK : no_memory(err);
    for (size_t i = 0; i < json_array_size(given) && status == CHIP_OK; i++) {
        const json_t *id = json_array_get(given, i);
        if (!json_is_string(id) || !chip_uuid_valid(json_string_value(id)))
            status = chip_fail(err, CHIP_E_INVAL, "%s: '%s%s[%zu]' must be a UUID", check->function,
                               check->where, arg->name, i);
        else if (json_array_append_new(ids, lower_case(id)) != 0)
            status = no_memory(err);
    }
    if (status == CHIP_OK)
        *out = ids;
    else
        json_decref(ids);
    return status;
}

/* @param out a new reference: the value as drivers get it */
static enum chip_status check_value(const struct check *check, const struct chip_arg *arg,
                                    json_t *given, json_t **out, struct chip_err *err)
{
    const char *problem = wrong(arg, given);
    if (problem)
        return chip_fail(err, CHIP_E_INVAL, "%s: '%s%s' %s", check->function, check->where,
                         arg->name, problem);
    if (arg->kind == CHIP_ARG_UUID) {
        *out = lower_case(given);
        return *out ? CHIP_OK : no_memory(err);
    }
    if (arg->kind == CHIP_ARG_ANALYSIS) {
        char where[64];
        snprintf(where, sizeof where, "%s.", arg->name);
        struct check columns = {check->function, where, chip_analysis_columns, true};
        return check_object(&columns, given, out, err);
    }
    if (arg->kind == CHIP_ARG_EVENTS)
        return check_rows(check, arg, chip_event_columns, given, out, err);
    if (arg->kind == CHIP_ARG_ENTRIES)
        return check_rows(check, arg, chip_audit_columns, given, out, err);
    if (arg->kind == CHIP_ARG_TERMS)
        return check_rows(check, arg, chip_search_columns, given, out, err);
    if (arg->kind == CHIP_ARG_UUIDS)
        return check_uuids(check, arg, given, out, err);
    *out = json_incref(given);
    return CHIP_OK;
}

/* One argument into `done`. */
static enum chip_status check_member(const struct check *check, const struct chip_arg *arg,
                                     const json_t *given, json_t *done, struct chip_err *err)
{
    json_t *value = json_object_get(given, arg->name), *checked = NULL;
    if (check->only_given && !value)
        return CHIP_OK;
    if (value && !json_is_null(value)) {
        enum chip_status status = check_value(check, arg, value, &checked, err);
        if (status != CHIP_OK)
            return status;
    } else if (arg->required) {
        return chip_fail(err, CHIP_E_INVAL, "%s: '%s%s' is missing", check->function, check->where,
                         arg->name);
    } else {
        checked = arg->otherwise ? json_loads(arg->otherwise, JSON_DECODE_ANY, NULL) : json_null();
    }
    return json_object_set_new_nocheck(done, arg->name, checked) == 0 ? CHIP_OK : no_memory(err);
}

static enum chip_status check_object(const struct check *check, const json_t *given, json_t **out,
                                     struct chip_err *err)
{
    if (!json_is_object(given))
        return chip_fail(err, CHIP_E_INVAL, "%s: '%.*s' must be an object", check->function,
                         (int)strcspn(check->where, "."), check->where);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value)
    {
        if (!find(check->args, name))
            return chip_fail(err, CHIP_E_INVAL, "%s: '%s%.64s' is not known", check->function,
                             check->where, name);
    }

    json_t *done = json_object();
    enum chip_status status = done ? CHIP_OK : no_memory(err);
    for (const struct chip_arg *arg = check->args; arg->name && status == CHIP_OK; arg++)
        status = check_member(check, arg, given, done, err);
    if (status == CHIP_OK)
        *out = done;
    else
        json_decref(done);
    return status;
}

enum chip_status chip_args_check(const struct chip_function *function, const json_t *given,
                                 json_t **out, struct chip_err *err)
{
    if (!json_is_object(given))
        return chip_fail(err, CHIP_E_INVAL, "%s: arguments must be an object", function->name);
    struct check check = {function->name, "", function->args, false};
    return check_object(&check, given, out, err);
}
