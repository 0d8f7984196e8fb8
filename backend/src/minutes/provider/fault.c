#include "minutes/provider/fault.h"

struct entry {
    const char *name, *advice;
    bool passes;
};

static const struct entry entries[] = {
    [CHIP_LLM_FINE] = {"fine", "all is well", false},
    [CHIP_LLM_AUTH] = {"auth", "the key is missing or wrong, or may not use this model: check it",
                       false},
    [CHIP_LLM_QUOTA] = {"quota", "the account has no credit or allowance left: look at its billing",
                        false},
    [CHIP_LLM_RATE_LIMIT] = {"rate-limit", "too many requests just now: try later", true},
    [CHIP_LLM_OVERLOADED] = {"overloaded", "the vendor is overloaded: try later", true},
    [CHIP_LLM_SERVER_ERROR] = {"server-error", "the server failed: try later", true},
    [CHIP_LLM_TIMEOUT] = {"timeout", "no answer came in time: try later or raise the timeout",
                          true},
    [CHIP_LLM_NETWORK] = {"network", "the connection failed: check the base URL and the network",
                          true},
    [CHIP_LLM_REFUSAL] = {"refusal", "the model refused: take another model", false},
    [CHIP_LLM_TRUNCATED] = {"truncated", "the answer did not fit: raise the limit of tokens",
                            false},
    [CHIP_LLM_CONTENT_FILTER] = {"content-filter",
                                 "the vendor's content filter stopped it: take another provider",
                                 false},
    [CHIP_LLM_EMPTY] = {"empty", "the answer has no text: take another model", true},
    [CHIP_LLM_INVALID_JSON] = {"invalid-json", "the answer is not JSON: take another model", false},
    [CHIP_LLM_WRONG_SCHEMA] = {"wrong-schema",
                               "the answer has another shape than asked for: take another model",
                               false},
    [CHIP_LLM_ANSWER_LIMIT] = {"answer-too-large",
                               "the answer is too large to be one: check the "
                               "base URL",
                               false},
    [CHIP_LLM_PROMPT_LIMIT] = {"prompt-too-long",
                               "the transcript is too long for the model: take one that reads more",
                               false},
    [CHIP_LLM_NO_MODEL] = {"no-such-model",
                           "there is no such model there: check AI_MODEL and the "
                           "base URL",
                           false},
    [CHIP_LLM_BAD_REQUEST] = {"bad-request", "the server does not take the request", false},
    [CHIP_LLM_BAD_ANSWER] = {"bad-answer",
                             "something else answers there: check the base URL and proxies", false},
    [CHIP_LLM_DEADLINE] = {"deadline", "the time for the minutes is spent", false},
    [CHIP_LLM_CANCELLED] = {"cancelled", "cancelled", false},
    [CHIP_LLM_NO_MEMORY] = {"no-memory", "not enough memory", false},
};

const char *chip_llm_fault_name(enum chip_llm_fault fault)
{
    return entries[fault].name;
}

const char *chip_llm_fault_advice(enum chip_llm_fault fault)
{
    return entries[fault].advice;
}

bool chip_llm_fault_passes(enum chip_llm_fault fault, const struct chip_llm_wish *wish)
{
    if (fault == CHIP_LLM_CANCELLED || fault == CHIP_LLM_NO_MEMORY || fault == CHIP_LLM_QUOTA)
        return false;
    return wish->has_retry ? wish->retry : entries[fault].passes;
}

enum chip_llm_fault chip_llm_fault_of_http(int http)
{
    switch (http) {
    case 401:
    case 403:
        return CHIP_LLM_AUTH;
    case 402:
        return CHIP_LLM_QUOTA;
    case 404:
        return CHIP_LLM_NO_MODEL;
    case 413:
        return CHIP_LLM_PROMPT_LIMIT;
    case 408:
    case 409: /* a lock that was taken: asking again helps */
        return CHIP_LLM_SERVER_ERROR;
    case 429:
        return CHIP_LLM_RATE_LIMIT;
    case 504:
        return CHIP_LLM_TIMEOUT;
    case 529:
        return CHIP_LLM_OVERLOADED;
    default:
        if (http >= 500)
            return CHIP_LLM_SERVER_ERROR;
        return http >= 400 ? CHIP_LLM_BAD_REQUEST : CHIP_LLM_BAD_ANSWER;
    }
}
