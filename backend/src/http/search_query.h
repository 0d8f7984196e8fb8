/**
 * What people type into a search box, as terms for the store (docs/STORE.md, "Search"): words,
 * "phrases", beginnings*, -exclusions. Whatever else they type is a word or nothing. Pure; any
 * thread.
 */
#pragma once

#include <jansson.h>

#include "base/err.h"

/**
 * @param text  UTF-8; a quotation mark that nobody closes reaches to the end
 * @param terms [{text, prefix, exclude}], a new reference
 * @return CHIP_OK; CHIP_E_INVAL for a text without a word to look for, or too long; CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_search_parse(const char *text, json_t **terms, struct chip_err *err);

/**
 * A text in pieces, each with whether it matches: [{"text": "We open in ", "match": false}, ...].
 *
 * @param matches [[from, to], ...] in characters, in order
 * @return a new reference; NULL: out of memory
 */
json_t *chip_search_pieces(const char *text, const json_t *matches);

/** How much of a passage is about the search: 0..1, more with more matches in fewer words. */
double chip_search_score(const char *text, const json_t *matches);
