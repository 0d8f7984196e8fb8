/** Chat completions, as OpenAI and all servers that are like it speak. Pure. */
#pragma once

#include "minutes/provider/vendor.h"

/** @param limit how the limit of tokens is called. @return a new reference; NULL: out of memory */
json_t *chip_llm_chat_body(const struct chip_llm_ask *ask, const char *limit);

void chip_llm_chat_path(const struct chip_llm_ask *ask, struct chip_str *url);

enum chip_llm_fault chip_llm_chat_read(const json_t *answer, struct chip_llm_text *out);

enum chip_llm_fault chip_llm_chat_explain(int http, const json_t *body, struct chip_llm_wish *wish);
