/** What can go wrong between us and a language model. Any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum chip_llm_fault {
    CHIP_LLM_FINE,
    CHIP_LLM_AUTH,           /* the key is missing, wrong, or may not do this */
    CHIP_LLM_QUOTA,          /* money or the day's allowance has run out */
    CHIP_LLM_RATE_LIMIT,     /* too many requests just now */
    CHIP_LLM_OVERLOADED,     /* the vendor has too many */
    CHIP_LLM_SERVER_ERROR,   /* 5xx */
    CHIP_LLM_TIMEOUT,        /* no answer in time */
    CHIP_LLM_NETWORK,        /* no connection, or one that broke */
    CHIP_LLM_REFUSAL,        /* the model will not */
    CHIP_LLM_TRUNCATED,      /* the answer is longer than max_tokens */
    CHIP_LLM_CONTENT_FILTER, /* the vendor's filter stopped question or answer */
    CHIP_LLM_EMPTY,          /* an answer without text */
    CHIP_LLM_INVALID_JSON,   /* not JSON, though it was asked for */
    CHIP_LLM_WRONG_SCHEMA,   /* JSON of another shape */
    CHIP_LLM_ANSWER_LIMIT,   /* more bytes than we take */
    CHIP_LLM_PROMPT_LIMIT,   /* more tokens than the model takes */
    CHIP_LLM_NO_MODEL,       /* no such model, or no such address */
    CHIP_LLM_BAD_REQUEST,    /* the vendor does not like our request */
    CHIP_LLM_BAD_ANSWER,     /* not what this vendor answers: a proxy's page, a redirect */
    CHIP_LLM_DEADLINE,       /* the time for all of it is spent */
    CHIP_LLM_CANCELLED,
    CHIP_LLM_NO_MEMORY,
};

/** What a server wants us to do about an error. Zero-initialise, with wait_ms -1. */
struct chip_llm_wish {
    int64_t wait_ms;       /* before asking again; -1: it did not say */
    bool exact;            /* wait_ms is of retry-after-ms */
    bool has_retry, retry; /* x-should-retry */
};

/** A short stable name: "rate-limit". Never NULL. */
const char *chip_llm_fault_name(enum chip_llm_fault fault);

/** What it means and what to do, a clause without a full stop. Never NULL. */
const char *chip_llm_fault_advice(enum chip_llm_fault fault);

/** May asking the same again help? The server's wish comes first. */
bool chip_llm_fault_passes(enum chip_llm_fault fault, const struct chip_llm_wish *wish);

/** What an HTTP status means where the vendor says nothing more. @param http not 2xx */
enum chip_llm_fault chip_llm_fault_of_http(int http);
