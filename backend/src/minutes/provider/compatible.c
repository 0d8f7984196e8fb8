/* Servers like OpenAI's: Ollama, llama.cpp, vLLM, proxies. Often without a key, with less room. */
#include "minutes/provider/chat.h"

static json_t *make_body(const struct chip_llm_ask *ask)
{
    return chip_llm_chat_body(ask, "max_tokens");
}

const struct chip_llm_vendor chip_llm_compatible = {
    .name = "compatible",
    .key_header = "Authorization: Bearer ",
    .chunk_tokens = 6000,
    .add_path = chip_llm_chat_path,
    .make_body = make_body,
    .read = chip_llm_chat_read,
    .explain = chip_llm_chat_explain,
};
