/*
 * A stand-in for Supabase's REST address, for tests: its gateway's keys and what PostgREST does for
 * POST /rest/v1/rpc/FUNCTION, in a real PostgreSQL: role and claims are set, the function is called
 * with named arguments, errors are answered as PostgREST answers them.
 *
 *     postgrest DATABASE_URL JWT_SECRET
 *
 * It prints its address and lives until its standard input ends. Keys: those of database.h, and
 * JWTs that are signed with the secret (HS256).
 */
#include <jansson.h>
#include <libpq-fe.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "database.h"
#include "hs256.h"

static const char secret_key[] = TEST_SECRET_KEY, publishable_key[] = TEST_PUBLISHABLE_KEY;
static const char prefix[] = "/rest/v1/rpc/";

struct setup {
    const char *database_url, *jwt_secret;
    pthread_key_t connection; /* one to PostgreSQL for each connection to us */
};

struct call {
    char *body;
    size_t n_body;
};

/* ---- answers --------------------------------------------------------------------------------- */

static enum MHD_Result answer(struct MHD_Connection *client, unsigned status, const char *text)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
    enum MHD_Result queued = MHD_queue_response(client, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result fail(struct MHD_Connection *client, unsigned status, const char *code,
                            const char *message)
{
    json_t *body =
        json_pack("{s:s?, s:n, s:n, s:s}", "code", code, "details", "hint", "message", message);
    char *text = json_dumps(body, JSON_COMPACT);
    enum MHD_Result queued = answer(client, status, text);
    free(text);
    json_decref(body);
    return queued;
}

/* The status that PostgREST gives an error of PostgreSQL. */
static unsigned http_status(const char *code, const char *role)
{
    static const struct {
        const char *prefix;
        unsigned status;
    } known[] = {
        {"08", 503},    {"09", 500}, {"0L", 403},    {"0P", 403},    {"23503", 409}, {"23505", 409},
        {"25006", 405}, {"25", 500}, {"28", 403},    {"2D", 500},    {"38", 500},    {"39", 500},
        {"3B", 500},    {"40", 500}, {"42883", 404}, {"42P01", 404}, {"42P17", 500}, {"53400", 500},
        {"53", 503},    {"54", 500}, {"55", 500},    {"57P01", 503}, {"57", 500},    {"58", 500},
        {"F0", 500},    {"HV", 500}, {"P0001", 400}, {"P0", 500},    {"XX", 500},
    };
    if (strcmp(code, "42501") == 0)
        return strcmp(role, "anon") == 0 ? 401 : 403;
    if (strncmp(code, "PT", 2) == 0)
        return (unsigned)strtoul(code + 2, NULL, 10);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strncmp(code, known[i].prefix, strlen(known[i].prefix)) == 0)
            return known[i].status;
    return 400;
}

static enum MHD_Result fail_as(struct MHD_Connection *client, const PGresult *result,
                               const char *role)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE); /* NULL for no result */
    if (!code)
        return fail(client, 503, "PGRST001", "Database client error.");
    return fail(client, http_status(code, role), code,
                PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
}

/* ---- who calls ------------------------------------------------------------------------------- */

static const char *header(struct MHD_Connection *client, const char *name)
{
    return MHD_lookup_connection_value(client, MHD_HEADER_KIND, name);
}

static json_t *role_claims(const char *role)
{
    return json_pack("{s:s}", "role", role);
}

/**
 * The gateway, then PostgREST's check of the token.
 *
 * @param claims set to those of the caller, with a role
 * @return 0, or the status of the answer with `code` and `message`
 */
static unsigned identify(const struct setup *setup, struct MHD_Connection *client, json_t **claims,
                         const char **code, const char **message)
{
    const char *key = header(client, "apikey"), *agent = header(client, "User-Agent");
    const char *bearer = header(client, "Authorization");
    *code = NULL;
    *message = "No API key found in request";
    if (!key)
        return 401;
    bool is_secret = strcmp(key, secret_key) == 0, is_new = strncmp(key, "sb_", 3) == 0;
    json_t *legacy = is_new ? NULL : test_jwt_read(setup->jwt_secret, key);
    json_decref(legacy);
    *message = "Invalid API key";
    if (!legacy && !is_secret && strcmp(key, publishable_key) != 0)
        return 401;
    if (is_secret && agent && strncmp(agent, "Mozilla/", 8) == 0)
        return 401;
    if (!bearer || (is_new && strncmp(bearer, "Bearer ", 7) == 0 && strcmp(bearer + 7, key) == 0)) {
        *claims = role_claims(is_secret ? "service_role" : "anon");
        return 0;
    }
    *code = "PGRST301";
    *message = "No suitable key or wrong key type";
    if (strncmp(bearer, "Bearer ", 7) != 0 ||
        !(*claims = test_jwt_read(setup->jwt_secret, bearer + 7)))
        return 401;
    *code = "PGRST303";
    *message = "JWT expired";
    const json_t *expires = json_object_get(*claims, "exp");
    if (expires && json_number_value(expires) < (double)time(NULL) - 30) {
        json_decref(*claims);
        *claims = NULL;
        return 401;
    }
    if (!json_object_get(*claims, "role"))
        json_object_set_new(*claims, "role", json_string("anon"));
    return 0;
}

/* ---- the call -------------------------------------------------------------------------------- */

static void hang_up(void *connection)
{
    PQfinish(connection);
}

static PGconn *connection(struct setup *setup)
{
    PGconn *conn = pthread_getspecific(setup->connection);
    if (conn && PQstatus(conn) == CONNECTION_OK)
        return conn;
    PQfinish(conn);
    conn = PQconnectdb(setup->database_url);
    pthread_setspecific(setup->connection, conn);
    return conn;
}

/* Names and types of those of the function's arguments that the body has; one row, or none when the
 * function or one of the names is not there. */
static const char describe[] =
    "SELECT coalesce(string_agg(format('%I := (SELECT %I FROM args)', a.name, a.name), ', ') "
    "FILTER (WHERE a.name IS NOT NULL), ''),"
    "       coalesce(string_agg(format('%I %s', a.name, format_type(a.type, NULL)), ', ') FILTER "
    "(WHERE a.name IS NOT NULL), '')"
    " FROM pg_proc p LEFT JOIN LATERAL unnest(p.proargnames, p.proargtypes::oid[]) a(name, type)"
    "      ON a.name IN (SELECT json_object_keys($2::json))"
    " WHERE p.pronamespace = 'public'::regnamespace AND p.proname = $1"
    " GROUP BY p.oid HAVING count(a.name) = (SELECT count(*) FROM json_object_keys($2::json))";

static PGresult *run(PGconn *conn, const char *sql, int n, const char *const *values)
{
    return PQexecParams(conn, sql, n, NULL, values, NULL, NULL, 0);
}

static bool is_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK;
}

static PGresult *call_function(PGconn *conn, const char *name, const PGresult *described,
                               const char *body)
{
    const char *args = PQgetvalue(described, 0, 0), *types = PQgetvalue(described, 0, 1);
    char *sql = NULL;
    int made = *args ? asprintf(&sql,
                                "WITH args AS (SELECT * FROM json_to_record($1::json) AS _(%s)) "
                                "SELECT public.%s(%s)::text",
                                types, name, args)
                     : asprintf(&sql, "SELECT public.%s()::text WHERE $1::json IS NOT NULL", name);
    if (made < 0)
        abort();
    PGresult *result = run(conn, sql, 1, &body);
    free(sql);
    return result;
}

static enum MHD_Result transact(struct setup *setup, struct MHD_Connection *client,
                                const char *name, const json_t *claims, const char *body)
{
    const char *role = json_string_value(json_object_get(claims, "role"));
    PGconn *conn = connection(setup);
    if (PQstatus(conn) != CONNECTION_OK)
        return fail(client, 503, "PGRST000", "Database connection error. Retrying the connection.");
    char *text = json_dumps(claims, JSON_COMPACT);
    PGresult *steps[4] = {PQexec(conn, "BEGIN")};
    steps[1] = run(conn, describe, 2, (const char *[]){name, body});
    bool found = is_good(steps[1]) && PQntuples(steps[1]) == 1;
    steps[2] =
        run(conn, "SELECT set_config('role', $1, true), set_config('request.jwt.claims', $2, true)",
            2, (const char *[]){role, text});
    free(text);
    if (found && is_good(steps[2]))
        steps[3] = call_function(conn, name, steps[1], body);

    enum MHD_Result queued;
    size_t n = found ? 4 : 3, at = 0;
    while (at < n && is_good(steps[at]))
        at++;
    PGresult *end = found && at == n ? PQexec(conn, "COMMIT") : NULL;
    if (at < n || (end && !is_good(end)))
        queued = fail_as(client, at < n ? steps[at] : end, role);
    else if (!found)
        queued = fail(client, 404, "PGRST202", "Could not find the function in the schema cache");
    else
        queued =
            answer(client, 200, PQgetisnull(steps[3], 0, 0) ? "null" : PQgetvalue(steps[3], 0, 0));
    PQclear(end);
    for (size_t i = 0; i < 4; i++)
        PQclear(steps[i]);
    if (PQtransactionStatus(conn) != PQTRANS_IDLE)
        PQclear(PQexec(conn, "ROLLBACK"));
    return queued;
}

static enum MHD_Result respond(struct setup *setup, struct MHD_Connection *client, const char *url,
                               const char *method, const char *body)
{
    const char *code, *message, *name = url + sizeof prefix - 1;
    json_t *claims = NULL;
    unsigned refused = identify(setup, client, &claims, &code, &message);
    if (refused)
        return fail(client, refused, code, message);
    enum MHD_Result queued;
    json_t *args = json_loads(body, 0, NULL);
    if (strncmp(url, prefix, sizeof prefix - 1) != 0 ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name))
        queued = fail(client, 404, "PGRST125", "Invalid path specified in request URL");
    else if (strcmp(method, "POST") != 0)
        queued = fail(client, 405, "PGRST117", "Unsupported HTTP method");
    else if (!json_is_object(args))
        queued = fail(client, 400, "PGRST102", "Empty or invalid json");
    else
        queued = transact(setup, client, name, claims, body);
    json_decref(args);
    json_decref(claims);
    return queued;
}

static enum MHD_Result handle(void *user, struct MHD_Connection *client, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *n_data, void **state)
{
    (void)version;
    struct call *call = *state;
    if (!call) {
        *state = calloc(1, sizeof *call);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*n_data > 0) {
        char *longer = realloc(call->body, call->n_body + *n_data + 1);
        if (!longer)
            return MHD_NO;
        memcpy(longer + call->n_body, data, *n_data);
        call->body = longer;
        call->n_body += *n_data;
        call->body[call->n_body] = '\0';
        *n_data = 0;
        return MHD_YES;
    }
    return respond(user, client, url, method, call->body ? call->body : "{}");
}

static void done(void *user, struct MHD_Connection *client, void **state,
                 enum MHD_RequestTerminationCode why)
{
    (void)user;
    (void)client;
    (void)why;
    struct call *call = *state;
    if (call)
        free(call->body);
    free(call);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: postgrest DATABASE_URL JWT_SECRET\n", stderr);
        return 2;
    }
    struct setup setup = {argv[1], argv[2], 0};
    pthread_key_create(&setup.connection, hang_up);
    struct sockaddr_in loopback = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL,
                         NULL, handle, &setup, MHD_OPTION_SOCK_ADDR, &loopback,
                         MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_END);
    if (!daemon) {
        perror("postgrest");
        return 1;
    }
    printf("http://127.0.0.1:%d\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    char ignored[64];
    while (read(STDIN_FILENO, ignored, sizeof ignored) > 0)
        ;
    MHD_stop_daemon(daemon);
    return 0;
}
