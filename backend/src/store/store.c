#include "store/store.h"

#include <ctype.h>
#include <string.h>

#include "base/uuid.h"
#include "store/args.h"
#include "store/driver.h"
#include "store/postgres.h"
#include "store/supabase.h"

enum chip_status chip_store_open(struct chip_store **out,
                                 const struct chip_store_settings *settings, struct chip_err *err)
{
    if (settings->database_url)
        return chip_postgres_open(out, settings, err);
    if (settings->supabase_url)
        return chip_supabase_open(out, settings, err);
    return chip_sqlite_open(out, settings, err);
}

void chip_store_close(struct chip_store *store)
{
    if (store)
        store->driver->close(store);
}

const char *chip_store_kind(const struct chip_store *store)
{
    return store->driver->kind;
}

bool chip_store_version(struct chip_store *store, int64_t *version)
{
    return store->driver->version && store->driver->version(store, version);
}

enum chip_status chip_store_migrate(struct chip_store *store, json_t **out, struct chip_err *err)
{
    json_t *report = NULL;
    enum chip_status status = store->driver->migrate(store, &report, err);
    if (status == CHIP_OK && out)
        *out = report;
    else
        json_decref(report);
    return status;
}

enum { USERS_PRIORITY = 0, USERS_ATTEMPTS = 3 };

/* Users give way to others or ask for less, never for more. */
static bool at_most(json_t *args, const char *name, int most)
{
    return json_integer_value(json_object_get(args, name)) <= most ||
           json_object_set_new_nocheck(args, name, json_integer(most)) == 0;
}

/* @param user_id the caller's in lower case; nobody acts for somebody else */
static enum chip_status check_user(const struct chip_caller *caller,
                                   const struct chip_function *function, json_t *args,
                                   char user_id[CHIP_UUID_TEXT], struct chip_err *err)
{
    if (!caller->user_id || !chip_uuid_valid(caller->user_id))
        return chip_fail(err, CHIP_E_DENIED, "%s: the caller's user id is no UUID", function->name);
    for (size_t i = 0; i < CHIP_UUID_TEXT; i++)
        user_id[i] = (char)tolower((unsigned char)caller->user_id[i]);
    if (function->id != CHIP_FN_ENQUEUE_JOB)
        return CHIP_OK;

    const char *owner = json_string_value(json_object_get(args, "user_id"));
    if (owner && strcmp(owner, user_id) != 0)
        return chip_fail(err, CHIP_E_DENIED, "%s: 'user_id' is not the caller's", function->name);
    if (json_object_set_new_nocheck(args, "user_id", json_string_nocheck(user_id)) != 0 ||
        !at_most(args, "priority", USERS_PRIORITY) ||
        !at_most(args, "max_attempts", USERS_ATTEMPTS))
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a call to the store");
    return CHIP_OK;
}

static enum chip_status call(struct chip_store *store, const struct chip_caller *caller,
                             const struct chip_function *function, json_t *args, json_t **result,
                             struct chip_err *err)
{
    if (!caller)
        return store->driver->call(store, NULL, function, args, result, err);
    char user_id[CHIP_UUID_TEXT];
    enum chip_status status = check_user(caller, function, args, user_id, err);
    if (status != CHIP_OK)
        return status;
    struct chip_caller checked = {user_id, caller->jwt};
    return store->driver->call(store, &checked, function, args, result, err);
}

enum chip_status chip_store_call(struct chip_store *store, const struct chip_caller *caller,
                                 const char *function, json_t *args, json_t **result,
                                 struct chip_err *err)
{
    if (!args)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the arguments of %s", function);
    const struct chip_function *found = chip_function_find(function);
    json_t *checked = NULL, *got = NULL;
    enum chip_status status = CHIP_OK;
    if (!found)
        status = chip_fail(err, CHIP_E_INVAL, "the store has no function '%s'", function);
    else if (caller && !found->for_users)
        status = chip_fail(err, CHIP_E_DENIED, "%s is for the service, not for users", function);
    else
        status = chip_args_check(found, args, &checked, err);
    if (status == CHIP_OK)
        status = call(store, caller, found, checked, &got, err);
    json_decref(checked);
    json_decref(args);
    if (status == CHIP_OK && result)
        *result = got;
    else
        json_decref(got);
    return status;
}
