#include "minutes/analyst/sentiment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MIN_HITS = 3, /* words of the lists; fewer say nothing about a topic */
    CAUTION = 2,  /* words of neither kind that are thought to be there, too */
    NEGATED = 3,  /* words before one in which "not" turns it round */
};

static const float NEUTRAL = 0.25f; /* up to it, good and bad are even */

static const char *const good[] = {
    "advantage", "agree",      "amazing",  "appreciate", "awesome",     "beautiful",
    "benefit",   "best",       "better",   "brilliant",  "clever",      "comfortable",
    "confident", "cool",       "easier",   "easy",       "enjoy",       "enjoyed",
    "excellent", "excited",    "exciting", "fair",       "fantastic",   "faster",
    "favorite",  "fine",       "fun",      "glad",       "good",        "great",
    "grateful",  "happy",      "help",     "helped",     "helpful",     "helps",
    "impressed", "impressive", "improve",  "improved",   "improvement", "interesting",
    "like",      "liked",      "lovely",   "love",       "nice",        "perfect",
    "pleased",   "pleasure",   "positive", "progress",   "promising",   "proud",
    "ready",     "relief",     "solid",    "solved",     "strong",      "succeed",
    "success",   "successful", "super",    "thank",      "thanks",      "useful",
    "valuable",  "welcome",    "win",      "wonderful",  "works"};
static const char *const bad[] = {
    "afraid",        "angry",      "annoyed",   "annoying",   "awful",         "bad",
    "behind",        "blocked",    "broke",     "broken",     "bug",           "bugs",
    "complain",      "complained", "complaint", "complaints", "concern",       "concerned",
    "concerns",      "confused",   "confusing", "crash",      "crashed",       "critical",
    "danger",        "dangerous",  "delay",     "delayed",    "difficult",     "disappointed",
    "disappointing", "disaster",   "error",     "errors",     "expensive",     "fail",
    "failed",        "fails",      "failure",   "fault",      "fear",          "frustrated",
    "frustrating",   "hard",       "hate",      "horrible",   "impossible",    "issue",
    "issues",        "late",       "lose",      "loss",       "lost",          "mess",
    "missed",        "mistake",    "mistakes",  "negative",   "outage",        "overloaded",
    "pain",          "painful",    "poor",      "problem",    "problems",      "risk",
    "risks",         "risky",      "sad",       "scared",     "serious",       "slow",
    "sorry",         "strange",    "stressed",  "struggle",   "stuck",         "terrible",
    "tired",         "trouble",    "ugly",      "unhappy",    "unfortunately", "upset",
    "useless",       "worried",    "worry",     "worse",      "worst",         "wrong"};

static bool is_before(const struct chip_reading *r, size_t word, const char *other)
{
    return word > 0 && strcmp(r->texts[word - 1], other) == 0;
}

static bool is_after(const struct chip_reading *r, size_t word, const char *other)
{
    return word + 1 < r->talk.n_words && strcmp(r->texts[word + 1], other) == 0;
}

static bool has(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

static int tone_of(const struct chip_reading *r, size_t word, size_t first)
{
    const char *text = r->texts[word];
    int tone = has(good, sizeof good / sizeof *good, text) ? 1
               : has(bad, sizeof bad / sizeof *bad, text)  ? -1
                                                           : 0;
    if (tone == 0)
        return 0;
    /* "Good morning" and "would like" are manners. */
    static const char *const manners[] = {"morning", "afternoon", "evening", "point"};
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++)
        if (is_after(r, word, manners[i]))
            return 0;
    if (strcmp(text, "like") == 0 && !is_before(r, word, "i") && !is_before(r, word, "really"))
        return 0;
    for (size_t i = word; i-- > first && i + NEGATED >= word;)
        if (strcmp(r->texts[i], "not") == 0 || strcmp(r->texts[i], "no") == 0 ||
            strcmp(r->texts[i], "never") == 0)
            return -tone;
    return tone;
}

json_t *chip_sentiment_of(const struct chip_reading *r, struct chip_range sentences)
{
    int sum = 0, hits = 0;
    for (size_t s = sentences.from; s < sentences.to; s++) {
        struct chip_range words = r->talk.sentences[s].words;
        for (size_t w = words.from; w < words.to; w++) {
            int tone = tone_of(r, w, words.from);
            sum += tone;
            hits += tone != 0;
        }
    }
    if (hits < MIN_HITS)
        return json_pack("{s:s}", "insufficient_evidence", "too-few-words");
    double score = (double)sum / (hits + CAUTION);
    return json_pack("{s:s, s:f}", "label",
                     score > NEUTRAL    ? "positive"
                     : score < -NEUTRAL ? "negative"
                                        : "neutral",
                     "score", round(score * 100) / 100);
}
