/* OpenAI itself: its newer models know max_completion_tokens only. */
#include "minutes/provider/chat.h"

static json_t *make_body(const struct chip_llm_ask *ask)
{
    return chip_llm_chat_body(ask, "max_completion_tokens");
}

const struct chip_llm_vendor chip_llm_openai = {
    .name = "openai",
    .base_url = "https://api.openai.com/v1",
    .model = "gpt-5.1",
    .key_header = "Authorization: Bearer ",
    .needs_key = true,
    .chunk_tokens = 24000,
    .add_path = chip_llm_chat_path,
    .make_body = make_body,
    .read = chip_llm_chat_read,
    .explain = chip_llm_chat_explain,
};
