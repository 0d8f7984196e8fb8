#include "suite_case.h"

#include <time.h>

const char *suite_id(int number, char text[SUITE_ID])
{
    snprintf(text, SUITE_ID, "a0000000-0000-4000-8000-%012d", number);
    return text;
}

json_t *suite_call(struct suite_case *c, const char *function, json_t *args)
{
    json_t *result = NULL;
    struct chip_err err = {0};
    if (chip_store_call(c->store, NULL, function, args, &result, &err) != CHIP_OK)
        fail_msg("%s: %s", function, err.message);
    assert_non_null(result);
    return result;
}

void suite_do(struct suite_case *c, const char *function, json_t *args)
{
    json_decref(suite_call(c, function, args));
}

void suite_refused(struct suite_case *c, enum chip_status code, const char *function, json_t *args)
{
    json_t *result = NULL;
    struct chip_err err = {0};
    enum chip_status status = chip_store_call(c->store, NULL, function, args, &result, &err);
    if (status != code)
        fail_msg("%s gave %s, not %s: %s", function, chip_status_name(status),
                 chip_status_name(code), err.message);
    assert_null(result);
    assert_int_equal(err.code, code);
    assert_true(strlen(err.message) > 5);
}

enum chip_status suite_as(struct suite_case *c, const char *user_id, const char *function,
                          json_t *args, json_t **result)
{
    const char *token = c->suite->token ? c->suite->token(c->suite->user, user_id) : NULL;
    struct chip_caller caller = {user_id, token};
    struct chip_err err = {0};
    return chip_store_call(c->store, &caller, function, args, result, &err);
}

void suite_enqueue(struct suite_case *c, int number, json_t *more)
{
    char id[SUITE_ID];
    json_t *args = json_pack("{s:s, s:{s:s, s:s}}", "id", suite_id(number, id), "source", "kind",
                             "url", "url", "https://example.org/a.mp4");
    if (more)
        json_object_update(args, more);
    json_decref(more);
    suite_do(c, "enqueue_job", args);
}

json_t *suite_job(struct suite_case *c, int number)
{
    char id[SUITE_ID];
    return suite_call(c, "get_job", json_pack("{s:s}", "id", suite_id(number, id)));
}

json_t *suite_claim(struct suite_case *c)
{
    return suite_call(
        c, "claim_job",
        json_pack("{s:s, s:s, s:i}", "worker", "w1", "node", "here", "lease_seconds", 3600));
}

void suite_claim_job(struct suite_case *c, int number, double lease_seconds, char token[SUITE_ID])
{
    char id[SUITE_ID];
    json_t *job = suite_call(c, "claim_job",
                             json_pack("{s:s, s:s, s:f}", "worker", "w1", "node", "here",
                                       "lease_seconds", lease_seconds));
    suite_is(job, "id", suite_id(number, id));
    snprintf(token, SUITE_ID, "%s", suite_text(job, "lease_token"));
    json_decref(job);
}

json_t *suite_leased(int number, const char *token, json_t *more)
{
    char id[SUITE_ID];
    json_t *args = json_pack("{s:s, s:s}", "id", suite_id(number, id), "lease_token", token);
    if (more)
        json_object_update(args, more);
    json_decref(more);
    return args;
}

void suite_complete(struct suite_case *c, int number, const char *token)
{
    suite_do(c, "complete_job",
             suite_leased(number, token, json_pack("{s:{s:s}}", "analysis", "title", "Done")));
}

void suite_completed_job(struct suite_case *c, int number, json_t *more)
{
    char token[SUITE_ID];
    suite_enqueue(c, number, more);
    suite_claim_job(c, number, 3600, token);
    suite_complete(c, number, token);
}

const char *suite_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!text)
        fail_msg("'%s' is no text", name);
    return text;
}

double suite_number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_number(value))
        fail_msg("'%s' is no number", name);
    return json_number_value(value);
}

void suite_is(const json_t *object, const char *name, const char *text)
{
    assert_string_equal(suite_text(object, name), text);
}

void suite_is_null(const json_t *object, const char *name)
{
    if (!json_is_null(json_object_get(object, name)))
        fail_msg("'%s' is not null", name);
}

void suite_is_number(const json_t *object, const char *name, double number)
{
    if (suite_number(object, name) != number)
        fail_msg("'%s' is %g, not %g", name, suite_number(object, name), number);
}

bool suite_same(const json_t *a, const json_t *b)
{
    if (json_is_number(a) && json_is_number(b))
        return json_number_value(a) == json_number_value(b);
    if (json_is_object(a) && json_is_object(b)) {
        bool same = json_object_size(a) == json_object_size(b);
        const char *name;
        json_t *value;
        json_object_foreach((json_t *)a, name, value)
        {
            same = same && suite_same(value, json_object_get(b, name));
        }
        return same;
    }
    if (json_is_array(a) && json_is_array(b)) {
        bool same = json_array_size(a) == json_array_size(b);
        for (size_t i = 0; same && i < json_array_size(a); i++)
            same = suite_same(json_array_get(a, i), json_array_get(b, i));
        return same;
    }
    return json_equal(a, b);
}

void suite_is_json(const json_t *object, const char *name, json_t *json)
{
    assert_non_null(json);
    if (!suite_same(json_object_get(object, name), json)) {
        json_dumpf(json_object_get(object, name), stderr, JSON_ENCODE_ANY | JSON_COMPACT);
        fail_msg(" is not what '%s' should be", name);
    }
    json_decref(json);
}

json_t *suite_event(struct suite_case *c, int number, int seq)
{
    char id[SUITE_ID];
    json_t *events = suite_call(
        c, "list_events",
        json_pack("{s:s, s:i, s:i}", "job_id", suite_id(number, id), "after", seq - 1, "limit", 1));
    assert_int_equal(json_array_size(events), 1);
    json_t *event = json_incref(json_array_get(events, 0));
    json_decref(events);
    suite_is_number(event, "seq", seq);
    return event;
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void suite_tick(void)
{
    for (int64_t start = wall_ms(); wall_ms() == start;)
        ;
}
