#include "store/supabase.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/postgres_migrations.h"
#include "store/rpc_status.h"
#include "store/supabase_http.h"

enum { CONNECTIONS = 4 };

struct supabase {
    struct chip_store store;
    struct chip_supabase_http *http;
};

/* For statuses whose body has no code that we know: the gateway's, a proxy's. */
static enum chip_status http_status(long status)
{
    if (status == 401 || status == 403)
        return CHIP_E_DENIED;
    if (status == 409)
        return CHIP_E_CONFLICT;
    if (status == 413)
        return CHIP_E_LIMIT;
    if (status == 408 || status == 429 || status >= 502)
        return CHIP_E_UNAVAILABLE;
    if (status == 404)
        return CHIP_E_UNSUPPORTED;
    return status >= 400 && status < 500 ? CHIP_E_INVAL : CHIP_E_INTERNAL;
}

static enum chip_status no_access(bool is_user, const char *code, const char *message,
                                  struct chip_err *err)
{
    if (is_user && code && strncmp(code, "PGRST3", 6) == 0)
        return chip_fail(err, CHIP_E_DENIED, "the user's token is not accepted: %.200s", message);
    if (is_user)
        return chip_fail(err, CHIP_E_DENIED, "the user may not do this: %.200s", message);
    return chip_fail(err, CHIP_E_DENIED,
                     "Supabase says '%.200s': check that the key is the service role key or one "
                     "that begins with sb_secret_",
                     message);
}

/* What Supabase said, as ours. @param code set to the error's code, borrowed from `body` */
static enum chip_status refused(const char *function, bool is_user, long http, const json_t *body,
                                const char **code, struct chip_err *err)
{
    const char *message = json_string_value(json_object_get(body, "message"));
    *code = json_string_value(json_object_get(body, "code"));
    enum chip_status status = *code ? chip_rpc_status(*code) : CHIP_E_INTERNAL;
    if (status == CHIP_E_INTERNAL)
        status = http_status(http);
    if (!message)
        message = "nothing";
    if (chip_rpc_is_ours(*code))
        return chip_fail(err, status, "%s: %.400s", function, message);
    if (status == CHIP_E_DENIED)
        return no_access(is_user, *code, message, err);
    if (status == CHIP_E_UNSUPPORTED)
        return chip_fail(err, status,
                         "%s is not in this Supabase project: apply supabase/migrations with "
                         "'supabase db push', or with psql in the order of their names",
                         function);
    return chip_fail(err, status, "%s: Supabase says '%.200s' (%s, HTTP %ld)", function, message,
                     *code ? *code : "no code", http);
}

/* @param collided set when the transaction was rolled back for what others did meanwhile */
static enum chip_status once(struct supabase *supabase, const char *function, const char *jwt,
                             const char *body, json_t **result, bool *collided,
                             struct chip_err *err)
{
    char path[128];
    struct chip_http_answer answer;
    snprintf(path, sizeof path, "/rest/v1/rpc/%s", function);
    enum chip_status status =
        chip_supabase_http_post(supabase->http, path, jwt, body, &answer, err);
    if (status != CHIP_OK)
        return status;
    json_error_t why = {.text = "nothing"};
    json_t *parsed =
        answer.n_body ? json_loadb(answer.body, answer.n_body, JSON_DECODE_ANY, &why) : json_null();
    free(answer.body);
    if (answer.status >= 200 && answer.status < 300) {
        *result = parsed;
        return parsed ? CHIP_OK
                      : chip_fail(err, CHIP_E_UNAVAILABLE, "%s: Supabase's answer is no JSON: %s",
                                  function, why.text);
    }
    const char *code;
    status = refused(function, jwt, answer.status, parsed, &code, err);
    *collided = chip_rpc_is_collision(code);
    json_decref(parsed);
    return status;
}

static enum chip_status rpc(struct supabase *supabase, const char *function, const char *jwt,
                            const char *body, json_t **result, struct chip_err *err)
{
    enum chip_status status = CHIP_OK;
    bool collided = true;
    for (int tries = 0; collided && tries < CHIP_RPC_TRIES; tries++) {
        if (tries > 0)
            chip_rpc_wait(tries);
        collided = false;
        status = once(supabase, function, jwt, body, result, &collided, err);
    }
    return status;
}

static enum chip_status supabase_call(struct chip_store *store, const struct chip_caller *caller,
                                      const struct chip_function *function, const json_t *args,
                                      json_t **result, struct chip_err *err)
{
    if (caller && !caller->jwt)
        return chip_fail(err, CHIP_E_DENIED, "%s: a user's call to Supabase needs the user's token",
                         function->name);
    char *body = json_dumps(args, JSON_COMPACT);
    if (!body)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a call to the store");
    enum chip_status status = rpc((struct supabase *)store, function->name,
                                  caller ? caller->jwt : NULL, body, result, err);
    free(body);
    return status;
}

static enum chip_status supabase_migrate(struct chip_store *store, json_t **out,
                                         struct chip_err *err)
{
    struct supabase *supabase = (struct supabase *)store;
    json_t *answer = NULL;
    enum chip_status status = rpc(supabase, "schema_version", NULL, "{}", &answer, err);
    if (status != CHIP_OK)
        return status;
    json_int_t version = json_integer_value(answer);
    json_decref(answer);
    if (version > (json_int_t)chip_n_migrations)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "the database is at version %lld and this chip knows %zu: update chip",
                         (long long)version, chip_n_migrations);
    if (version < (json_int_t)chip_n_migrations)
        return chip_fail(err, CHIP_E_UNSUPPORTED,
                         "the database is at version %lld of %zu: apply the rest of "
                         "supabase/migrations, from '%s' on, with 'supabase db push' or psql",
                         (long long)version, chip_n_migrations, chip_migrations[version].name);
    *out = json_pack("{s:I, s:[]}", "version", version, "applied");
    return *out ? CHIP_OK : chip_fail(err, CHIP_E_NOMEM, "not enough memory for a report");
}

static void supabase_close(struct chip_store *store)
{
    chip_supabase_http_free(((struct supabase *)store)->http);
    free(store);
}

static const struct chip_store_driver driver = {
    .kind = "supabase",
    .call = supabase_call,
    .migrate = supabase_migrate,
    .close = supabase_close,
};

enum chip_status chip_supabase_open(struct chip_store **out,
                                    const struct chip_store_settings *settings,
                                    struct chip_err *err)
{
    struct supabase *supabase = calloc(1, sizeof *supabase);
    if (!supabase)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for the store");
    supabase->store.driver = &driver;
    enum chip_status status = chip_supabase_http_new(
        &supabase->http, settings->supabase_url, settings->supabase_key,
        settings->connections > 0 ? settings->connections : CONNECTIONS, err);
    json_t *version = NULL;
    if (status == CHIP_OK) /* to say now what is wrong with the address or the key */
        status = rpc(supabase, "schema_version", NULL, "{}", &version, err);
    json_decref(version);
    if (status != CHIP_OK && status != CHIP_E_UNSUPPORTED) {
        supabase_close(&supabase->store);
        return status;
    }
    *out = &supabase->store;
    return CHIP_OK;
}
