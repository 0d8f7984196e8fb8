#include "speech/asr/moonshine_bias.h"

#include <math.h>

/* Logits that a word may lose by its first token, by each further one, and in all. Chosen on real
 * speech: docs/ENGINE.md says what comes of them. */
static const float FIRST = 4.0f, MORE = 3.0f, MOST = 12.0f;

/* What a word may lose by its first n tokens. */
static float bonus(size_t n)
{
    return fminf(FIRST + MORE * (float)(n - 1), MOST);
}

/* A token that a hotword wants at a slot's end. */
struct wish {
    size_t start; /* of the word, in the slot's tokens */
    bool capital;
    int32_t token;
    float lost; /* by that token */
};

static void add(struct chip_moonshine_slot *slot, int32_t token, float probability, float lost)
{
    slot->tokens[slot->n_tokens] = token;
    slot->probabilities[slot->n_tokens] = probability;
    slot->lost[slot->n_tokens] = lost;
    slot->n_tokens++;
    slot->ended = slot->n_tokens == slot->max_tokens;
}

void chip_moonshine_add(struct chip_moonshine_slot *slot, int32_t eos, int32_t token,
                        float probability)
{
    if (token == eos)
        slot->ended = true;
    else
        add(slot, token, probability, 0.0f);
}

/* Walks the tokens from `start` to the end of the slot. */
static bool walk(const struct chip_moonshine_slot *slot, const struct chip_hotwords *hotwords,
                 size_t start, bool capital, struct chip_hotword_path *path)
{
    if (capital && start > 0 && !chip_hotwords_ends_sentence(hotwords, slot->tokens[start - 1]))
        return false;
    *path = chip_hotwords_root(hotwords, capital);
    for (size_t i = start; i < slot->n_tokens; i++)
        if (!chip_hotwords_follow(hotwords, path, slot->tokens[i]))
            return false;
    return true;
}

/*
 * Looks at what the word from `start` on could go on with, and keeps it in `best` if it can be
 * afforded and loses less. Returns false if it goes on with the likeliest token anyway.
 */
static bool wish(const struct chip_moonshine_slot *slot, const struct chip_hotwords *hotwords,
                 size_t start, bool capital, const struct chip_hotword_path *path,
                 const struct chip_heard_token *heard, struct wish *best)
{
    size_t n, place;
    const int32_t *tokens = chip_hotwords_tokens(hotwords, &n);
    float left = bonus(path->depth + 1);
    for (size_t i = start; i < slot->n_tokens; i++)
        left -= slot->lost[i];
    for (size_t at = 0; chip_hotwords_next(hotwords, path, &at, &place);) {
        float lost = heard->below[place];
        if (tokens[place] == heard->token)
            return false;
        if (lost <= left && lost < best->lost)
            *best = (struct wish){start, capital, tokens[place], lost};
    }
    return true;
}

/* Of all words that are under way, and of those that could begin here. */
static bool wish_any(const struct chip_moonshine_slot *slot, const struct chip_hotwords *hotwords,
                     const struct chip_heard_token *heard, struct wish *best)
{
    size_t longest = chip_hotwords_longest(hotwords);
    size_t start = slot->n_tokens > longest ? slot->n_tokens - longest : 0;
    size_t end = slot->n_tokens + chip_hotwords_starts_word(hotwords, heard->token);
    for (; start < end; start++) {
        for (int capital = 0; capital < 2; capital++) {
            struct chip_hotword_path path;
            if (walk(slot, hotwords, start, capital, &path) &&
                !wish(slot, hotwords, start, capital, &path, heard, best))
                return false;
        }
    }
    return isfinite(best->lost);
}

static void add_wish(struct chip_moonshine_slot *slot, const struct wish *w,
                     const struct chip_heard_token *heard)
{
    add(slot, w->token, heard->probability * expf(-w->lost), w->lost);
}

/* The word did not come about. */
static void give_back(struct chip_moonshine_slot *slot)
{
    slot->fork.pending = false;
    slot->n_tokens = slot->fork.at;
    add(slot, slot->fork.token, slot->fork.probability, 0.0f);
}

/* Goes on with the word that is under way; false: it is whole and over, and what comes is free. */
static bool go_on(struct chip_moonshine_slot *slot, int32_t eos,
                  const struct chip_hotwords *hotwords, const struct chip_heard_token *heard)
{
    struct chip_hotword_path path;
    struct wish best = {.lost = INFINITY};
    walk(slot, hotwords, slot->fork.start, slot->fork.capital, &path);
    if (chip_hotwords_is_whole(hotwords, &path) &&
        !chip_hotwords_carries_on(hotwords, heard->token)) {
        slot->fork.pending = false;
        return false;
    }
    if (!wish(slot, hotwords, slot->fork.start, slot->fork.capital, &path, heard, &best))
        add(slot, heard->token, heard->probability, 0.0f);
    else if (heard->token != eos && isfinite(best.lost))
        add_wish(slot, &best, heard);
    else
        give_back(slot);
    return true;
}

/* Nothing is kept half, so a word that the slot's last token leaves open goes back too. */
static void end_pending(struct chip_moonshine_slot *slot, const struct chip_hotwords *hotwords)
{
    struct chip_hotword_path path;
    walk(slot, hotwords, slot->fork.start, slot->fork.capital, &path);
    if (chip_hotwords_is_whole(hotwords, &path))
        slot->fork.pending = false;
    else
        give_back(slot);
}

void chip_moonshine_add_biased(struct chip_moonshine_slot *slot, int32_t eos,
                               const struct chip_hotwords *hotwords,
                               const struct chip_heard_token *heard)
{
    struct wish best = {.lost = INFINITY};
    if (slot->fork.pending && go_on(slot, eos, hotwords, heard)) {
        /* done */
    } else if (heard->token == eos || !wish_any(slot, hotwords, heard, &best)) {
        chip_moonshine_add(slot, eos, heard->token, heard->probability);
    } else {
        slot->fork = (struct chip_moonshine_fork){.pending = true,
                                                  .capital = best.capital,
                                                  .start = best.start,
                                                  .at = slot->n_tokens,
                                                  .token = heard->token,
                                                  .probability = heard->probability};
        add_wish(slot, &best, heard);
    }
    if (slot->ended && slot->fork.pending)
        end_pending(slot, hotwords);
}
