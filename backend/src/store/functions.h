/** The store's functions as a table: what docs/STORE.md says, for programs. Read only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum chip_function_id {
    CHIP_FN_ADD_AUDIT,
    CHIP_FN_CANCEL_JOB,
    CHIP_FN_CHECKPOINT_JOB,
    CHIP_FN_CLAIM_DELIVERIES,
    CHIP_FN_CLAIM_JOB,
    CHIP_FN_COMPLETE_JOB,
    CHIP_FN_DELETE_JOB,
    CHIP_FN_ENQUEUE_JOB,
    CHIP_FN_EXPIRE_JOBS,
    CHIP_FN_FAIL_JOB,
    CHIP_FN_FINISH_DELIVERY,
    CHIP_FN_GET_ANALYSIS,
    CHIP_FN_GET_JOB,
    CHIP_FN_GET_WAVEFORM,
    CHIP_FN_HEARTBEAT_JOB,
    CHIP_FN_LIST_AUDIT,
    CHIP_FN_LIST_CHECKPOINTS,
    CHIP_FN_LIST_DELIVERIES,
    CHIP_FN_LIST_EVENTS,
    CHIP_FN_LIST_JOBS,
    CHIP_FN_PUT_WAVEFORM,
    CHIP_FN_QUEUE_STATS,
    CHIP_FN_REDO_JOB,
    CHIP_FN_RELEASE_JOB,
    CHIP_FN_RENAME_JOB,
    CHIP_FN_SAVE_ANALYSIS,
    CHIP_FN_SEARCH_MEETINGS,
    CHIP_FN_WATCH_JOBS,
    CHIP_N_FUNCTIONS,
};

enum chip_arg_kind {
    CHIP_ARG_UUID,   /* handed on in lower case */
    CHIP_ARG_TEXT,   /* without NUL characters, at most `max` bytes */
    CHIP_ARG_INT,    /* min..max */
    CHIP_ARG_NUMBER, /* min..max, fractions too */
    CHIP_ARG_BOOL,
    CHIP_ARG_STATUS, /* a job's */
    CHIP_ARG_PLACE,  /* "2026-11-24T12:00:00.123Z/UUID": where a list goes on */
    CHIP_ARG_TIME,   /* "2026-11-24T12:00:00.123Z" */
    CHIP_ARG_OBJECT,
    CHIP_ARG_ARRAY,    /* at most `max` values */
    CHIP_ARG_ANY,      /* any JSON but null, which is none */
    CHIP_ARG_ANALYSIS, /* an object with columns of meeting_analysis; null counts as a value */
    CHIP_ARG_EVENTS,   /* at most `max` of {kind, data} */
    CHIP_ARG_ENTRIES,  /* at most `max` entries of the audit log */
    CHIP_ARG_TERMS,    /* at most `max` of {text, prefix, exclude} */
    CHIP_ARG_UUIDS,    /* an array of at most `max` */
};

struct chip_arg {
    const char *name; /* NULL ends the list */
    enum chip_arg_kind kind;
    bool required;
    double min, max;
    const char *otherwise; /* default as JSON text; NULL: null */
};

struct chip_function {
    const char *name;
    enum chip_function_id id;
    bool for_users; /* a user may call it, too */
    const struct chip_arg *args;
};

/** @return NULL for an unknown name */
const struct chip_function *chip_function_find(const char *name);

/** All of them, by id: for tests and drivers. */
const struct chip_function *chip_function_at(enum chip_function_id id);

/** Columns that complete_job and save_analysis may set, in order, ended as args are. */
extern const struct chip_arg chip_analysis_columns[];
/** Members of an entry of add_audit. */
extern const struct chip_arg chip_audit_columns[];
/** Members of an event of heartbeat_job. */
extern const struct chip_arg chip_event_columns[];
/** Members of a term of search_meetings. */
extern const struct chip_arg chip_search_columns[];
