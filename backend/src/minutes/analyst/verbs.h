/** Verbs with which people say what is to be done. Pure; any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { CHIP_VERB = 24 };

/** Whether a plain word is such a verb: "send", "review". */
bool chip_verb_is(const char *plain);

/**
 * The verb of which a plain word is a form: "sends", "sending" and "send" -> "send".
 *
 * @return false: of none that is known
 */
bool chip_verb_base(const char *plain, char base[CHIP_VERB]);
