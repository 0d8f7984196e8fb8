/**
 * Which addresses chip asks: https anywhere, plain http only on this machine.
 *
 * What is fetched is checked by hash, but who watches plain http sees what is fetched, and an
 * address in a redirect is chosen by the server. Any thread.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/**
 * @param url        what is about to be fetched
 * @param redirected_from where the server sent us from; NULL for an address of the user's
 * @return CHIP_OK; CHIP_E_INVAL, for a redirect CHIP_E_NETWORK, if it is no URL, holds a user name,
 * is plain http to another machine, or is a redirect from elsewhere to this machine
 */
CHIP_MUST_CHECK
enum chip_status chip_url_check(const char *url, const char *redirected_from, struct chip_err *err);

/** Does the URL's host name this machine: localhost, 127.0.0.0/8 or [::1]? */
bool chip_url_is_loopback(const char *url);
