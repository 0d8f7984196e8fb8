/**
 * Words and names that a user expects, as the tokens that a model would write them with.
 *
 *     struct chip_hotwords *hotwords;
 *     const char *const words[] = {"Siobhan", "Kubernetes", NULL};
 *     if (chip_hotwords_new(&hotwords, tokenizer, words, &err) == CHIP_OK)
 *
 * The decoder walks them token by token, as a trie: a path is a row of tokens that some of them
 * begin with. Read-only once made; any number of threads may use it at once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "speech/tokenizer.h"

enum {
    CHIP_HOTWORDS_MAX = 1000,
    CHIP_HOTWORD_MAX_CHARS = 50,
};

struct chip_hotwords;

/**
 * Checks what a user gave.
 *
 * @param words ends with NULL; NULL: none
 * @return CHIP_OK; CHIP_E_LIMIT for too many words or one that is too long; CHIP_E_INVAL for one
 *         that is blank or not UTF-8
 */
CHIP_MUST_CHECK
enum chip_status chip_hotwords_check(const char *const *words, struct chip_err *err);

/**
 * Each word is expected as it is spelled, and where it begins with a small letter also with a
 * capital, for the beginning of a sentence.
 *
 * @param tokenizer borrowed; must outlive the words
 * @param words     ends with NULL; borrowed for the call; one given twice counts once
 * @return CHIP_OK; as chip_hotwords_check(); CHIP_E_NOMEM
 */
CHIP_MUST_CHECK
enum chip_status chip_hotwords_new(struct chip_hotwords **out,
                                   const struct chip_tokenizer *tokenizer, const char *const *words,
                                   struct chip_err *err);
void chip_hotwords_free(struct chip_hotwords *hotwords);
CHIP_DEFINE_AUTO(chip_hotwords)

/** All tokens that occur in them, ascending. Elsewhere a token's place in this list stands for it.
 */
const int32_t *chip_hotwords_tokens(const struct chip_hotwords *hotwords, size_t *n);

/** Tokens of the longest. */
size_t chip_hotwords_longest(const struct chip_hotwords *hotwords);

/** The words that begin with the same `depth` tokens. */
struct chip_hotword_path {
    size_t first, end; /* words in order of their tokens; none: first == end */
    size_t depth;
};

/** All words: the path of no tokens. @param capital those that were given a capital letter instead
 */
struct chip_hotword_path chip_hotwords_root(const struct chip_hotwords *hotwords, bool capital);

/** Goes on by a token (not its place). @return false: no word goes on so, and `path` is as it was
 */
bool chip_hotwords_follow(const struct chip_hotwords *hotwords, struct chip_hotword_path *path,
                          int32_t token);

/** Is what was walked a whole word (with which others may begin)? */
bool chip_hotwords_is_whole(const struct chip_hotwords *hotwords,
                            const struct chip_hotword_path *path);

/**
 * The next of the tokens that a path can go on with.
 *
 * @param at    0 before the first call
 * @param place receives the token's place among chip_hotwords_tokens()
 * @return false: there are no more
 */
bool chip_hotwords_next(const struct chip_hotwords *hotwords, const struct chip_hotword_path *path,
                        size_t *at, size_t *place);

/** Does the token carry on a word, that is, does it begin with a letter or digit? */
bool chip_hotwords_carries_on(const struct chip_hotwords *hotwords, int32_t token);

/** Does a word start with the token? */
bool chip_hotwords_starts_word(const struct chip_hotwords *hotwords, int32_t token);

/** Does the token end in a full stop, question or exclamation mark? */
bool chip_hotwords_ends_sentence(const struct chip_hotwords *hotwords, int32_t token);
