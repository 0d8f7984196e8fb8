/**
 * Which addresses may be asked on behalf of others: a guard against server-side request forgery.
 *
 * Users give us URLs: recordings to fetch, webhooks to call. The guard lets them reach the public
 * internet and what the operator lists, but not the networks that this machine happens to be in.
 * The address is checked when curl is about to connect to it, so a name that resolves to something
 * else a moment later (DNS rebinding) gains nothing. Any port may be asked.
 *
 *     CHIP_AUTO(chip_guard) guard = NULL;
 *     s = chip_guard_new(&guard, &(struct chip_guard_settings){.allow = "10.0.0.0/8"}, &err);
 *     s = chip_guard_check(guard, url, NULL, &err);      at once, when a user hands the URL in
 *     struct chip_guard_hop hop;
 *     chip_guard_apply(guard, &hop, curl, url);          then perform; hop outlives the transfer
 *
 * Immutable once made; any thread.
 */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"

struct chip_guard;

struct chip_guard_settings {
    /*
     * What is reachable though it is not public, separated by commas or blanks:
     *   storage.example.com        this host, whatever its address is
     *   localhost:54321            this host at this port
     *   *.corp.example             any host below it
     *   10.1.0.0/16, fd00:1::/32   these addresses, whatever the name; with ":port" also one
     *   127.0.0.1:9000             address and port
     * Names do not open link-local and metadata addresses; those must be listed as addresses.
     * NULL: nothing.
     */
    const char *allow;
    /*
     * "http://proxy:3128": asked for everything that is not listed. It resolves names, so it must
     * do the guarding of addresses itself. NULL: none; the environment's proxies are never used.
     */
    const char *proxy;
    bool https_only; /* plain http for listed hosts only */
};

/** @return CHIP_OK; CHIP_E_INVAL, with the entry that makes no sense; CHIP_E_NOMEM */
CHIP_MUST_CHECK
enum chip_status chip_guard_new(struct chip_guard **out, const struct chip_guard_settings *settings,
                                struct chip_err *err);
void chip_guard_free(struct chip_guard *guard);
CHIP_DEFINE_AUTO(chip_guard)

/**
 * Checks what can be told from the URL alone: http or https, no user name or password, no address
 * or name of this machine or of private networks, in any spelling.
 *
 * @param redirected_from where a server sent us from (then https may not turn into http); NULL
 * @return CHIP_OK; CHIP_E_INVAL if it is no such URL; CHIP_E_DENIED if it leads where it must not.
 *         Messages name the host only: the rest may hold secrets
 */
CHIP_MUST_CHECK
enum chip_status chip_guard_check(const struct chip_guard *guard, const char *url,
                                  const char *redirected_from, struct chip_err *err);

/** What is known while curl connects. */
struct chip_guard_hop {
    const struct chip_guard *guard;
    bool listed; /* the host is, by its name */
    int port;
    bool tried;       /* an address that is accepted */
    char refused[64]; /* the last address that was refused; "": none */
};

/** Sets curl's options for one request to a URL that chip_guard_check() has accepted. */
void chip_guard_apply(const struct chip_guard *guard, struct chip_guard_hop *hop, CURL *curl,
                      const char *url);

/**
 * Says why connecting failed, if it was the guard.
 *
 * @param label the URL as messages may name it
 * @return CHIP_OK, and `err` untouched, if it was not; else CHIP_E_DENIED
 */
CHIP_MUST_CHECK
enum chip_status chip_guard_explain(const struct chip_guard_hop *hop, const char *label,
                                    struct chip_err *err);
