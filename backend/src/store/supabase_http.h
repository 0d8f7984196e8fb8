/**
 * Requests to one Supabase project over a few connections that are kept.
 *
 * Any number of threads; one that finds all connections in use waits. Keys and tokens are sent, and
 * never shown: no message holds one.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct chip_supabase_http;

struct chip_http_answer {
    long status; /* 200 */
    char *body;  /* owned, NUL-terminated */
    size_t n_body;
};

/**
 * @param url "https://ref.supabase.co"; plain http to this machine only
 * @param key "sb_secret_...", or the older service role key, which is a JWT
 * @return CHIP_OK; CHIP_E_INVAL for a URL or key that cannot be one; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_supabase_http_new(struct chip_supabase_http **out, const char *url,
                                        const char *key, int connections, struct chip_err *err);

/** No request is under way. NULL is accepted. */
void chip_supabase_http_free(struct chip_supabase_http *http);

/**
 * Sends a JSON body and takes the answer, whatever its status.
 *
 * @param path   "/rest/v1/rpc/get_job"
 * @param jwt    the user's token, in whose name it is sent; NULL: the service's
 * @param answer free its body; untouched on failure
 * @return CHIP_OK; CHIP_E_UNAVAILABLE without an answer; CHIP_E_LIMIT for one that is too large;
 *         CHIP_E_DENIED for a token that can be none; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_supabase_http_post(struct chip_supabase_http *http, const char *path,
                                         const char *jwt, const char *body,
                                         struct chip_http_answer *answer, struct chip_err *err);

/** "https://ref.supabase.co" */
const char *chip_supabase_http_url(const struct chip_supabase_http *http);
