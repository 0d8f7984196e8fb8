/**
 * A vocabulary for tests of hotwords, which can write any word of the letters A to D: a token for
 * each letter within a word, and one for each as a word's first. "_" stands for a blank in names.
 */
#pragma once

enum {
    T_EOS = 2,
    T_BLANK, /* "_" alone */
    T__A,    /* "_A", and so on */
    T__B,
    T__C,
    T__D,
    T__a,
    T_A,
    T_B,
    T_C,
    T_D,
    T_a,
    T_DOT,
    T_QUOTE,
    T_9,
    T_C3, /* the two bytes of e with an acute accent */
    T_A9,
};

#define TOY_LETTERS_JSON                                                            \
    "{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true},"         \
    "{\"id\":1,\"content\":\"<s>\",\"special\":true},"                              \
    "{\"id\":2,\"content\":\"</s>\",\"special\":true}],"                            \
    "\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"merges\":[],\"vocab\":{"  \
    "\"<unk>\":0,\"<s>\":1,\"</s>\":2,\"\\u2581\":3,\"\\u2581A\":4,\"\\u2581B\":5," \
    "\"\\u2581C\":6,\"\\u2581D\":7,\"\\u2581a\":8,\"A\":9,\"B\":10,\"C\":11,"       \
    "\"D\":12,\"a\":13,\".\":14,\"\\\"\":15,\"9\":16,\"<0xC3>\":17,\"<0xA9>\":18}}}"
