/** What the tests of the suite share: one fresh store each, and short ways to call it. */
#pragma once

#include <jansson.h>

#include "../test.h"
#include "store/store.h"
#include "suite.h"

enum { SUITE_ID = 37, SUITE_MAX_TESTS = 32 };

/** The state of each test. */
struct suite_case {
    const struct chip_suite *suite;
    struct chip_store *store;
};

/** One file's tests; ended by one without a name. */
extern const struct CMUnitTest suite_args[], suite_jobs[], suite_claims[], suite_work[],
    suite_results[], suite_search[], suite_users[], suite_waveform[], suite_threads[];

/** A UUID for the number, always the same; jobs, users and so on take different hundreds. */
const char *suite_id(int number, char text[SUITE_ID]);

/** Calls as the service and wants success; takes `args`. @return a new reference */
json_t *suite_call(struct suite_case *c, const char *function, json_t *args);
/** As above, for its effect only. */
void suite_do(struct suite_case *c, const char *function, json_t *args);
/** Calls as the service and wants that failure with a message. */
void suite_refused(struct suite_case *c, enum chip_status code, const char *function, json_t *args);
/** Calls as a user. */
enum chip_status suite_as(struct suite_case *c, const char *user_id, const char *function,
                          json_t *args, json_t **result);

/** Enqueues job `number` with `more` arguments (an object, taken; or NULL). */
void suite_enqueue(struct suite_case *c, int number, json_t *more);
/** A new reference. */
json_t *suite_job(struct suite_case *c, int number);
/** Claims for an hour on node "here". @return the job or json null, a new reference */
json_t *suite_claim(struct suite_case *c);
/** Claims and wants job `number`. @param token of the lease */
void suite_claim_job(struct suite_case *c, int number, double lease_seconds, char token[SUITE_ID]);
/** {"id", "lease_token"} with `more` members, which are taken. */
json_t *suite_leased(int number, const char *token, json_t *more);
void suite_complete(struct suite_case *c, int number, const char *token);
/** Enqueues, claims and completes. */
void suite_completed_job(struct suite_case *c, int number, json_t *more);

const char *suite_text(const json_t *object, const char *name);
double suite_number(const json_t *object, const char *name);
void suite_is(const json_t *object, const char *name, const char *text);
void suite_is_null(const json_t *object, const char *name);
void suite_is_number(const json_t *object, const char *name, double number);
/** The same JSON, numbers compared as numbers. */
bool suite_same(const json_t *a, const json_t *b);
/** `name` is what `json` says; takes the reference. */
void suite_is_json(const json_t *object, const char *name, json_t *json);

/** The event `seq` of job `number`; a new reference. */
json_t *suite_event(struct suite_case *c, int number, int seq);

/** Waits until the clock shows another millisecond, so that times differ. */
void suite_tick(void);
