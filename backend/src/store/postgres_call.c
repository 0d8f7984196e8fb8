#include "store/postgres_call.h"

#include <stdlib.h>
#include <string.h>

/* '{a,b}': UUIDs need no quotes. */
static char *uuid_array(const json_t *ids)
{
    struct chip_str text = {0};
    char *out = NULL;
    size_t i;
    const json_t *id;
    chip_str_add(&text, "{");
    json_array_foreach(ids, i, id)
        chip_str_addf(&text, "%s%s", i ? "," : "", json_string_value(id));
    chip_str_add(&text, "}");
    return chip_str_finish(&text, &out, NULL) == CHIP_OK ? out : NULL;
}

/* A value as PostgreSQL reads it; it knows the type from the function. */
static char *as_text(const struct chip_arg *arg, const json_t *value)
{
    switch (arg->kind) {
    case CHIP_ARG_UUID:
    case CHIP_ARG_TEXT:
    case CHIP_ARG_STATUS:
    case CHIP_ARG_PLACE:
    case CHIP_ARG_TIME:
        return strdup(json_string_value(value));
    case CHIP_ARG_UUIDS:
        return uuid_array(value);
    case CHIP_ARG_INT:
    case CHIP_ARG_NUMBER:
    case CHIP_ARG_BOOL:
    case CHIP_ARG_OBJECT:
    case CHIP_ARG_ARRAY:
    case CHIP_ARG_ANY:
    case CHIP_ARG_ANALYSIS:
    case CHIP_ARG_EVENTS:
    case CHIP_ARG_ENTRIES:
    case CHIP_ARG_TERMS:
        break;
    }
    return json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
}

enum chip_status chip_pg_call_make(struct chip_pg_call *call, const struct chip_function *function,
                                   const json_t *args, struct chip_err *err)
{
    memset(call, 0, sizeof *call);
    chip_str_addf(&call->sql, "SELECT public.%s(", function->name);
    bool failed = false;
    for (const struct chip_arg *arg = function->args; arg->name; arg++) {
        const json_t *value = json_object_get(args, arg->name);
        if (call->n == CHIP_PG_MAX_ARGS)
            return chip_fail(err, CHIP_E_INTERNAL, "%s has too many arguments", function->name);
        /* Quoted, because "limit" is a word of SQL. */
        chip_str_addf(&call->sql, "%s\"%s\" => $%d", call->n ? ", " : "", arg->name, call->n + 1);
        if (!json_is_null(value))
            failed |= !(call->values[call->n] = as_text(arg, value));
        call->n++;
    }
    chip_str_add(&call->sql, ")::text");
    if (!failed && !call->sql.failed)
        return CHIP_OK;
    chip_pg_call_done(call);
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a call to the store");
}

void chip_pg_call_done(struct chip_pg_call *call)
{
    chip_str_done(&call->sql);
    for (int i = 0; i < call->n; i++)
        free(call->values[i]);
    memset(call, 0, sizeof *call);
}
