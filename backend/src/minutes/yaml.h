/** YAML as far as people write it by hand: mappings, lists and texts. Any thread. */
#pragma once

#include <jansson.h>

#include "base/err.h"

/**
 * Reads one document. Every scalar is a text. Anchors, aliases, tags, a second document, a key that
 * is no text or comes twice, and nesting deeper than 10 are refused.
 *
 * @param out a new reference
 * @return CHIP_OK; CHIP_E_FORMAT with the line and what is wrong there; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_yaml_read(const char *text, size_t size, json_t **out, struct chip_err *err);
