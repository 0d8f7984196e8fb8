/* The way to a connection: what the URL says, and what goes wrong before there is one. */
#include "store/postgres_link.h"

#include <ctype.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "store/rpc_status.h"

enum { CONNECT_MS = 10000 };

/* Said first, so that the URL may say otherwise. */
static const char *const defaults[][2] = {
    {"fallback_application_name", "chip"}, {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},         {"keepalives_count", "3"},
    {"tcp_user_timeout", "30000"},         {"client_encoding", "UTF8"},
};
enum { N_DEFAULTS = sizeof defaults / sizeof *defaults };

static bool add(struct chip_pg_target *target, size_t *n, const char *name, const char *value)
{
    target->names[*n] = strdup(name);
    target->values[*n] = strdup(value);
    return target->names[*n] && target->values[(*n)++];
}

static const char *find(const PQconninfoOption *options, const char *name)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, name) == 0)
            return options->val;
    return NULL;
}

static bool label(struct chip_pg_target *target, const PQconninfoOption *options)
{
    const char *host = find(options, "host"), *port = find(options, "port");
    struct chip_str text = {0};
    chip_str_addf(&text, "%s:%s", host ? host : "localhost", port ? port : "5432");
    return chip_str_finish(&text, &target->label, NULL) == CHIP_OK;
}

static bool fill(struct chip_pg_target *target, const PQconninfoOption *options)
{
    size_t n = 0, n_options = 0;
    while (options[n_options].keyword)
        n_options++;
    target->names = calloc(N_DEFAULTS + n_options + 1, sizeof *target->names);
    target->values = calloc(N_DEFAULTS + n_options + 1, sizeof *target->values);
    if (!target->names || !target->values || !label(target, options))
        return false;
    for (size_t i = 0; i < N_DEFAULTS; i++)
        if (!add(target, &n, defaults[i][0], defaults[i][1]))
            return false;
    for (size_t i = 0; i < n_options; i++)
        if (options[i].val && !add(target, &n, options[i].keyword, options[i].val))
            return false;
    return true;
}

enum chip_status chip_pg_target_parse(struct chip_pg_target *target, const char *url,
                                      struct chip_err *err)
{
    char *problem = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &problem);
    bool is_nomem = !options && !problem;
    PQfreemem(problem); /* it quotes the URL */
    memset(target, 0, sizeof *target);
    if (!options && !is_nomem)
        return chip_fail(err, CHIP_E_INVAL,
                         "the database's URL cannot be read: write it as "
                         "postgres://user:password@host:5432/database, with %%40 for @ and so on");
    if (options && fill(target, options)) {
        PQconninfoFree(options);
        return CHIP_OK;
    }
    PQconninfoFree(options);
    chip_pg_target_done(target);
    return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a database connection");
}

void chip_pg_target_done(struct chip_pg_target *target)
{
    for (size_t i = 0; target->names && target->names[i]; i++)
        free(target->names[i]);
    for (size_t i = 0; target->values && target->values[i]; i++)
        free(target->values[i]);
    free(target->names);
    free(target->values);
    free(target->label);
    memset(target, 0, sizeof *target);
}

/* The SQLSTATE in "...: FATAL:  28P01: password authentication failed ...", whatever the language;
 * of the last address that was tried. */
static const char *find_code(const char *text, char code[6])
{
    const char *found = NULL;
    for (const char *at = strstr(text, ":  "); at; at = strstr(at + 1, ":  ")) {
        size_t n = strspn(at + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n == 5 && at[8] == ':')
            found = at + 3;
    }
    if (!found)
        return NULL;
    memcpy(code, found, 5);
    code[5] = '\0';
    return code;
}

static enum chip_status refused(PGconn *conn, const struct chip_pg_target *target,
                                struct chip_err *err)
{
    char code[6];
    const char *text = PQerrorMessage(conn);
    enum chip_status meaning = chip_rpc_status(find_code(text, code));
    if (meaning == CHIP_E_DENIED)
        return chip_fail(err, CHIP_E_DENIED,
                         "PostgreSQL at %s does not let user '%s' in (%s): check name and password "
                         "in the database's URL",
                         target->label, PQuser(conn), code);
    if (meaning == CHIP_E_INVAL)
        return chip_fail(err, CHIP_E_INVAL,
                         "PostgreSQL at %s has no database '%s': make it with createdb",
                         target->label, PQdb(conn));
    return chip_fail(err, CHIP_E_UNAVAILABLE, "PostgreSQL at %s does not answer: %.*s",
                     target->label, (int)strcspn(text, "\n"), text);
}

static enum chip_status dial(PGconn *conn, const struct chip_pg_target *target,
                             struct chip_err *err)
{
    int64_t deadline = chip_clock_ms() + CONNECT_MS;
    PQsetErrorVerbosity(conn, PQERRORS_VERBOSE); /* the only way to learn the code of a refusal */
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (PQstatus(conn) != CONNECTION_BAD && state != PGRES_POLLING_OK) {
        struct pollfd fd = {.fd = PQsocket(conn),
                            .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        int64_t left = deadline - chip_clock_ms();
        if (left <= 0 || poll(&fd, 1, (int)left) == 0)
            return chip_fail(err, CHIP_E_UNAVAILABLE, "PostgreSQL at %s does not answer: time out",
                             target->label);
        state = PQconnectPoll(conn);
    }
    return PQstatus(conn) == CONNECTION_OK ? CHIP_OK : refused(conn, target, err);
}

static void ignore_notice(void *user, const PGresult *notice)
{
    (void)user;
    (void)notice;
}

enum chip_status chip_pg_connect(PGconn **out, const struct chip_pg_target *target,
                                 struct chip_err *err)
{
    PGconn *conn = PQconnectStartParams((const char *const *)target->names,
                                        (const char *const *)target->values, 0);
    if (!conn)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory for a database connection");
    PQsetNoticeReceiver(conn, ignore_notice, NULL); /* notices of DROP IF EXISTS are nobody's */
    enum chip_status status = dial(conn, target, err);
    if (status == CHIP_OK && PQsetnonblocking(conn, 1) != 0)
        status = chip_fail(err, CHIP_E_UNAVAILABLE, "PostgreSQL at %s: %s", target->label,
                           PQerrorMessage(conn));
    if (status != CHIP_OK) {
        PQfinish(conn);
        return status;
    }
    *out = conn;
    return CHIP_OK;
}
