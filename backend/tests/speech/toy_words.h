/** A vocabulary for tests of words: what each id stands for is its name here. */
#pragma once

enum {
    T_UNK,
    T_BOS,
    T_EOS,
    T_BLANK, /* "_" alone: a blank is written "_" in these names */
    T_HELLO, /* "_hello" */
    T_WOR,   /* "_wor" */
    T_LD,    /* "ld" */
    T_DOT,
    T_ASK,
    T_CRY,
    T_COMMA,
    T_MR,  /* "_Mr" */
    T_J,   /* "_J" */
    T_NO,  /* "_No" */
    T_1,   /* "1" */
    T_9,   /* "9" */
    T_A_B, /* "_a_b": two words in one token */
    T_QUOTE,
    T_CAF, /* "_caf" */
    T_C3,  /* the two bytes of e with an acute accent */
    T_A9,
    T_END_AND, /* "_end._And": a sentence ends within a token */
    T_N,
};

#define TOY_WORDS_JSON                                                             \
    "{\"added_tokens\":[{\"id\":0,\"content\":\"<unk>\",\"special\":true},"        \
    "{\"id\":1,\"content\":\"<s>\",\"special\":true},"                             \
    "{\"id\":2,\"content\":\"</s>\",\"special\":true}],"                           \
    "\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"merges\":[],\"vocab\":{" \
    "\"<unk>\":0,\"<s>\":1,\"</s>\":2,\"\\u2581\":3,\"\\u2581hello\":4,"           \
    "\"\\u2581wor\":5,\"ld\":6,\".\":7,\"?\":8,\"!\":9,\",\":10,\"\\u2581Mr\":11," \
    "\"\\u2581J\":12,\"\\u2581No\":13,\"1\":14,\"9\":15,\"\\u2581a\\u2581b\":16,"  \
    "\"\\\"\":17,\"\\u2581caf\":18,\"<0xC3>\":19,\"<0xA9>\":20,"                   \
    "\"\\u2581end.\\u2581And\":21}}}"
