/** One request to a language model and what came of it. Any thread. */
#pragma once

#include "minutes/provider/vendor.h"

/** Where to ask, and how long to wait for it. Borrowed. */
struct chip_llm_server {
    const struct chip_llm_vendor *vendor;
    const char *base_url, *key, *version; /* key and version may be NULL */
    int connect_timeout_s, timeout_s, stall_timeout_s;
    size_t max_answer;
    const volatile bool *cancel; /* may be NULL */
};

/**
 * Asks once.
 *
 * @param text    filled as far as there is something; release its string
 * @param wish    what the server wants us to do about a fault
 * @param message one sentence about the fault, with neither key nor answer; NULL allowed
 */
enum chip_llm_fault chip_llm_send(const struct chip_llm_server *server,
                                  const struct chip_llm_ask *ask, struct chip_llm_text *text,
                                  struct chip_llm_wish *wish, struct chip_err *message);
