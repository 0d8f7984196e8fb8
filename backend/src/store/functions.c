#include "store/functions.h"

#include <stdlib.h>
#include <string.h>

enum {
    URL_BYTES = 8192,
    NAME_BYTES = 200,
    STAGE_BYTES = 64,
    TITLE_BYTES = 1000,
    TEXT_BYTES = 1 << 20,
};

#define LONGEST_LEASE (24.0 * 3600)
#define LONGEST_RETRY (30.0 * 24 * 3600)
#define LONGEST_MS 1e12            /* of a recording: 31 years */
#define BIGGEST 9007199254740991.0 /* integers that JSON carries exactly */

#define LEASED                             \
    {"id", CHIP_ARG_UUID, true},           \
    {                                      \
        "lease_token", CHIP_ARG_UUID, true \
    }
#define END  \
    {        \
        NULL \
    }

const struct chip_arg chip_analysis_columns[] = {
    {"title", CHIP_ARG_TEXT, .max = TITLE_BYTES},
    {"language", CHIP_ARG_TEXT, .max = NAME_BYTES},
    {"model", CHIP_ARG_TEXT, .max = NAME_BYTES},
    {"duration_ms", CHIP_ARG_INT, .max = LONGEST_MS},
    {"n_speakers", CHIP_ARG_INT, .max = 1000},
    {"transcript", CHIP_ARG_ANY},
    {"speakers", CHIP_ARG_ANY},
    {"metrics", CHIP_ARG_ANY},
    {"summary", CHIP_ARG_TEXT, .max = TEXT_BYTES},
    {"topics", CHIP_ARG_ANY},
    {"decisions", CHIP_ARG_ANY},
    {"action_items", CHIP_ARG_ANY},
    {"minutes", CHIP_ARG_ANY},
    {"receipt", CHIP_ARG_ANY},
    END,
};

const struct chip_arg chip_audit_columns[] = {
    {"user_id", CHIP_ARG_UUID},
    {"actor", CHIP_ARG_TEXT, true, .max = NAME_BYTES},
    {"action", CHIP_ARG_TEXT, true, .max = NAME_BYTES},
    {"job_id", CHIP_ARG_UUID},
    {"address", CHIP_ARG_TEXT, .max = NAME_BYTES},
    {"request_id", CHIP_ARG_TEXT, .max = NAME_BYTES},
    {"detail", CHIP_ARG_OBJECT},
    END,
};

const struct chip_arg chip_event_columns[] = {
    {"kind", CHIP_ARG_TEXT, true, .max = STAGE_BYTES},
    {"data", CHIP_ARG_OBJECT, .otherwise = "{}"},
    END,
};

const struct chip_arg chip_search_columns[] = {
    {"text", CHIP_ARG_TEXT, true, .max = TITLE_BYTES},
    {"prefix", CHIP_ARG_BOOL, .otherwise = "false"},
    {"exclude", CHIP_ARG_BOOL, .otherwise = "false"},
    END,
};

static const struct chip_arg none[] = {END};
static const struct chip_arg leased[] = {LEASED, END};
static const struct chip_arg by_id[] = {{"id", CHIP_ARG_UUID, true}, END};
static const struct chip_arg by_job_id[] = {{"job_id", CHIP_ARG_UUID, true}, END};

static const struct chip_arg enqueue_job[] = {
    {"id", CHIP_ARG_UUID, true},
    {"source", CHIP_ARG_OBJECT, true},
    {"options", CHIP_ARG_OBJECT, .otherwise = "{}"},
    {"user_id", CHIP_ARG_UUID},
    {"callback_url", CHIP_ARG_TEXT, .max = URL_BYTES},
    {"title", CHIP_ARG_TEXT, .max = TITLE_BYTES},
    {"priority", CHIP_ARG_INT, .min = -10, .max = 10, .otherwise = "0"},
    {"max_attempts", CHIP_ARG_INT, .min = 1, .max = 100, .otherwise = "3"},
    {"request_hash", CHIP_ARG_TEXT, .max = NAME_BYTES},
    END,
};

static const struct chip_arg list_jobs[] = {
    {"status", CHIP_ARG_STATUS},
    {"query", CHIP_ARG_TEXT, .max = TITLE_BYTES},
    {"before", CHIP_ARG_PLACE},
    {"limit", CHIP_ARG_INT, .min = 1, .max = 200, .otherwise = "50"},
    END,
};

static const struct chip_arg rename_job[] = {
    {"id", CHIP_ARG_UUID, true},
    {"title", CHIP_ARG_TEXT, .max = TITLE_BYTES},
    END,
};

static const struct chip_arg claim_job[] = {
    {"worker", CHIP_ARG_TEXT, true, .max = NAME_BYTES},
    {"node", CHIP_ARG_TEXT, true, .max = NAME_BYTES},
    {"lease_seconds", CHIP_ARG_NUMBER, true, .max = LONGEST_LEASE},
    END,
};

static const struct chip_arg heartbeat_job[] = {
    LEASED,
    {"lease_seconds", CHIP_ARG_NUMBER, true, .max = LONGEST_LEASE},
    {"stage", CHIP_ARG_TEXT, .max = STAGE_BYTES},
    {"progress", CHIP_ARG_NUMBER, .max = 100},
    {"speed", CHIP_ARG_NUMBER, .max = 1e9},
    {"eta_seconds", CHIP_ARG_NUMBER, .max = 1e9},
    {"duration_ms", CHIP_ARG_INT, .max = LONGEST_MS},
    {"title", CHIP_ARG_TEXT, .max = TITLE_BYTES},
    {"events", CHIP_ARG_EVENTS, .max = 1000, .otherwise = "[]"},
    END,
};

static const struct chip_arg checkpoint_job[] = {
    LEASED,
    {"stage", CHIP_ARG_TEXT, true, .max = STAGE_BYTES},
    {"slice", CHIP_ARG_INT, .max = 1e6, .otherwise = "0"},
    {"data", CHIP_ARG_ANY, true},
    END,
};

static const struct chip_arg put_waveform[] = {
    LEASED,
    {"data", CHIP_ARG_OBJECT, true},
    END,
};

static const struct chip_arg complete_job[] = {
    LEASED,
    {"analysis", CHIP_ARG_ANALYSIS, true},
    {"warnings", CHIP_ARG_ARRAY, .max = 1000, .otherwise = "[]"},
    END,
};

static const struct chip_arg fail_job[] = {
    LEASED,
    {"error", CHIP_ARG_OBJECT, true},
    {"retry_seconds", CHIP_ARG_NUMBER, .max = LONGEST_RETRY},
    END,
};

static const struct chip_arg redo_job[] = {
    {"id", CHIP_ARG_UUID, true},
    {"stage", CHIP_ARG_TEXT, .max = STAGE_BYTES},
    {"options", CHIP_ARG_OBJECT},
    END,
};

static const struct chip_arg save_analysis[] = {
    {"job_id", CHIP_ARG_UUID, true},
    {"version", CHIP_ARG_INT, true, .min = 1, .max = BIGGEST},
    {"changes", CHIP_ARG_ANALYSIS, true},
    END,
};

static const struct chip_arg search_meetings[] = {
    {"terms", CHIP_ARG_TERMS, true, .max = 32},
    {"speaker", CHIP_ARG_TEXT, .max = NAME_BYTES},
    {"since", CHIP_ARG_TIME},
    {"until", CHIP_ARG_TIME},
    {"before", CHIP_ARG_PLACE},
    {"limit", CHIP_ARG_INT, .min = 1, .max = 100, .otherwise = "20"},
    {"hits", CHIP_ARG_INT, .min = 1, .max = 200, .otherwise = "5"},
    END,
};

static const struct chip_arg list_events[] = {
    {"job_id", CHIP_ARG_UUID, true},
    {"after", CHIP_ARG_INT, .max = BIGGEST, .otherwise = "0"},
    {"limit", CHIP_ARG_INT, .min = 1, .max = 1000, .otherwise = "500"},
    END,
};

static const struct chip_arg watch_jobs[] = {
    {"ids", CHIP_ARG_UUIDS, true, .max = 5000},
    END,
};

static const struct chip_arg claim_deliveries[] = {
    {"limit", CHIP_ARG_INT, true, .min = 1, .max = 1000},
    {"lease_seconds", CHIP_ARG_NUMBER, true, .max = LONGEST_LEASE},
    END,
};

static const struct chip_arg finish_delivery[] = {
    {"id", CHIP_ARG_UUID, true},
    {"ok", CHIP_ARG_BOOL, true},
    {"http_status", CHIP_ARG_INT, .max = 999},
    {"error", CHIP_ARG_TEXT, .max = 2000},
    {"ms", CHIP_ARG_INT, .max = 1e9},
    {"retry_seconds", CHIP_ARG_NUMBER, .max = LONGEST_RETRY},
    END,
};

static const struct chip_arg add_audit[] = {
    {"entries", CHIP_ARG_ENTRIES, true, .max = 1000},
    END,
};

static const struct chip_arg list_audit[] = {
    {"job_id", CHIP_ARG_UUID},
    {"before", CHIP_ARG_INT, .max = BIGGEST},
    {"limit", CHIP_ARG_INT, .min = 1, .max = 1000, .otherwise = "100"},
    END,
};

static const struct chip_arg expire_jobs[] = {
    {"retain_days", CHIP_ARG_NUMBER, true, .max = 36500},
    {"limit", CHIP_ARG_INT, .min = 1, .max = 1000, .otherwise = "100"},
    END,
};

/* Sorted by name, as the ids are. */
static const struct chip_function functions[] = {
    {"add_audit", CHIP_FN_ADD_AUDIT, false, add_audit},
    {"cancel_job", CHIP_FN_CANCEL_JOB, true, by_id},
    {"checkpoint_job", CHIP_FN_CHECKPOINT_JOB, false, checkpoint_job},
    {"claim_deliveries", CHIP_FN_CLAIM_DELIVERIES, false, claim_deliveries},
    {"claim_job", CHIP_FN_CLAIM_JOB, false, claim_job},
    {"complete_job", CHIP_FN_COMPLETE_JOB, false, complete_job},
    {"delete_job", CHIP_FN_DELETE_JOB, true, by_id},
    {"enqueue_job", CHIP_FN_ENQUEUE_JOB, true, enqueue_job},
    {"expire_jobs", CHIP_FN_EXPIRE_JOBS, false, expire_jobs},
    {"fail_job", CHIP_FN_FAIL_JOB, false, fail_job},
    {"finish_delivery", CHIP_FN_FINISH_DELIVERY, false, finish_delivery},
    {"get_analysis", CHIP_FN_GET_ANALYSIS, true, by_job_id},
    {"get_job", CHIP_FN_GET_JOB, true, by_id},
    {"get_waveform", CHIP_FN_GET_WAVEFORM, true, by_job_id},
    {"heartbeat_job", CHIP_FN_HEARTBEAT_JOB, false, heartbeat_job},
    {"list_audit", CHIP_FN_LIST_AUDIT, false, list_audit},
    {"list_checkpoints", CHIP_FN_LIST_CHECKPOINTS, false, by_id},
    {"list_deliveries", CHIP_FN_LIST_DELIVERIES, true, by_job_id},
    {"list_events", CHIP_FN_LIST_EVENTS, true, list_events},
    {"list_jobs", CHIP_FN_LIST_JOBS, true, list_jobs},
    {"put_waveform", CHIP_FN_PUT_WAVEFORM, false, put_waveform},
    {"queue_stats", CHIP_FN_QUEUE_STATS, false, none},
    {"redo_job", CHIP_FN_REDO_JOB, true, redo_job},
    {"release_job", CHIP_FN_RELEASE_JOB, false, leased},
    {"rename_job", CHIP_FN_RENAME_JOB, true, rename_job},
    {"save_analysis", CHIP_FN_SAVE_ANALYSIS, true, save_analysis},
    {"search_meetings", CHIP_FN_SEARCH_MEETINGS, true, search_meetings},
    {"watch_jobs", CHIP_FN_WATCH_JOBS, false, watch_jobs},
};

_Static_assert(sizeof functions / sizeof *functions == CHIP_N_FUNCTIONS, "one for each id");

static int by_name(const void *key, const void *function)
{
    return strcmp(key, ((const struct chip_function *)function)->name);
}

const struct chip_function *chip_function_find(const char *name)
{
    return bsearch(name, functions, CHIP_N_FUNCTIONS, sizeof *functions, by_name);
}

const struct chip_function *chip_function_at(enum chip_function_id id)
{
    return &functions[id];
}
