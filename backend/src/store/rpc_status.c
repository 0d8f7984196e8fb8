#include "store/rpc_status.h"

#include <string.h>
#include <time.h>

/* The first prefix that fits decides, so classes stand behind their members. */
static const struct {
    const char *prefix;
    enum chip_status status;
} meanings[] = {
    {"PT400", CHIP_E_INVAL},
    {"PT403", CHIP_E_DENIED},
    {"PT404", CHIP_E_NOT_FOUND},
    {"PT409", CHIP_E_CONFLICT},
    /* PostgREST: no connection, no schema yet, no free connection; then tokens; then requests. */
    {"PGRST000", CHIP_E_UNAVAILABLE},
    {"PGRST001", CHIP_E_UNAVAILABLE},
    {"PGRST002", CHIP_E_UNAVAILABLE},
    {"PGRST003", CHIP_E_UNAVAILABLE},
    {"PGRST202", CHIP_E_UNSUPPORTED},
    {"PGRST203", CHIP_E_UNSUPPORTED},
    {"PGRST205", CHIP_E_UNSUPPORTED},
    {"PGRST3", CHIP_E_DENIED},
    {"PGRST1", CHIP_E_INVAL},
    {"08", CHIP_E_UNAVAILABLE}, /* connections */
    {"22", CHIP_E_INVAL},
    {"23503", CHIP_E_CONFLICT},
    {"23505", CHIP_E_CONFLICT},
    {"23", CHIP_E_INVAL},
    {"25006", CHIP_E_UNAVAILABLE}, /* read only: a standby, or a full Supabase disk */
    {"28", CHIP_E_DENIED},
    {"3D000", CHIP_E_INVAL},       /* no such database */
    {"3F000", CHIP_E_UNSUPPORTED}, /* no such schema */
    {"40", CHIP_E_UNAVAILABLE},    /* rolled back: it collided */
    {"42501", CHIP_E_DENIED},
    {"42883", CHIP_E_UNSUPPORTED}, /* no such function */
    {"42P01", CHIP_E_UNSUPPORTED}, /* no such table */
    {"53100", CHIP_E_IO},          /* disk full */
    {"53200", CHIP_E_NOMEM},
    {"53", CHIP_E_UNAVAILABLE},    /* too many connections */
    {"54", CHIP_E_INVAL},          /* too large for PostgreSQL */
    {"55P03", CHIP_E_UNAVAILABLE}, /* a lock was not free in time */
    {"57", CHIP_E_UNAVAILABLE},    /* time out, shutdown, starting up */
    {"58", CHIP_E_IO},
};

enum chip_status chip_rpc_status(const char *code)
{
    for (size_t i = 0; code && i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(code, meanings[i].prefix, strlen(meanings[i].prefix)) == 0)
            return meanings[i].status;
    return CHIP_E_INTERNAL;
}

bool chip_rpc_is_ours(const char *code)
{
    return code && strncmp(code, "PT", 2) == 0;
}

bool chip_rpc_is_collision(const char *code)
{
    return code && (strcmp(code, "40001") == 0 || strcmp(code, "40P01") == 0);
}

bool chip_rpc_is_schema_missing(const char *code)
{
    return code && chip_rpc_status(code) == CHIP_E_UNSUPPORTED;
}

void chip_rpc_wait(int tries)
{
    struct timespec wait;
    clock_gettime(CLOCK_MONOTONIC, &wait);
    wait.tv_nsec = (wait.tv_nsec % 5000000 + 1000000) << tries;
    wait.tv_sec = 0;
    nanosleep(&wait, NULL);
}
