#include "minutes/analyst/names.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "minutes/analyst/calendar.h"
#include "minutes/pattern.h"
#include "minutes/plain.h"

enum { MAX_NAMES = 200, LONGEST = 40, FAR = 50 /* sentences that a call may be from its answer */ };

/* What is a reason to believe that a name is somebody's. */
enum { CALLED = 2, INTRODUCED = 6, SAYS_IT = -3 };

struct chip_name {
    char plain[LONGEST], shown[LONGEST];
    int speaker; /* -1: of nobody who is known to speak */
    int *votes;  /* [n_speakers] */
    bool given;  /* by the transcript */
};

void chip_names_done(struct chip_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->names[i].votes);
    free(names->names);
    free(names->proper);
    free(names->capital);
    *names = (struct chip_names){0};
}

static struct chip_name *find(const struct chip_names *names, const char *plain)
{
    for (size_t i = 0; i < names->n; i++)
        if (strcmp(names->names[i].plain, plain) == 0)
            return &names->names[i];
    return NULL;
}

static struct chip_name *add(struct chip_names *names, const char *plain, const char *shown)
{
    struct chip_name *name = find(names, plain);
    if (name || names->n == MAX_NAMES)
        return name;
    name = &names->names[names->n];
    *name = (struct chip_name){.speaker = -1};
    name->votes = calloc(names->talk->transcript->n_speakers + 1, sizeof *name->votes);
    if (!name->votes) {
        names->failed = true;
        return NULL;
    }
    names->n++;
    strncpy(name->plain, plain, LONGEST - 1);
    for (size_t i = 0; *shown && i + 1 < LONGEST; shown++)
        if (isalnum((unsigned char)*shown) || (unsigned char)*shown >= 0x80 || *shown == '-')
            name->shown[i++] = *shown;
    return name;
}

/* ---- names that are said ----------------------------------------------------------------------
 */

/* Is a word always written with a capital, and nothing that is everybody's? */
static bool is_proper(const struct chip_said *talk, const bool *is_lowered, size_t word)
{
    static const char *const known[] = {"everyone", "everybody", "guys", "folks", "team", "all"};
    const char *plain = talk->words[word].text;
    const struct chip_token *token = &talk->tokens[talk->words[word].token];
    if (token->n != 1 || strlen(plain) >= LONGEST || !isupper((unsigned char)token->text[0]) ||
        !islower((unsigned char)token->text[1]) || !chip_plain_is_content(plain) ||
        chip_calendar_weekday_named(plain) >= 0 || chip_calendar_month_named(plain))
        return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], plain) == 0)
            return false;
    return !is_lowered[talk->words[word].stem];
}

/* @return [n_stems] whether a word is anywhere written without a capital; NULL: out of memory */
static bool *find_lowered(const struct chip_said *talk)
{
    bool *lowered = calloc(talk->n_stems + 1, sizeof *lowered);
    for (size_t i = 0; i < talk->n_words && lowered; i++)
        if (talk->words[i].stem >= 0 &&
            islower((unsigned char)talk->tokens[talk->words[i].token].text[0]))
            lowered[talk->words[i].stem] = true;
    return lowered;
}

/* @param inside only where something of a sentence is before it. @return [n_stems] or NULL */
static bool *find_proper(const struct chip_said *talk, const bool *lowered, bool inside)
{
    bool *proper = calloc(talk->n_stems + 1, sizeof *proper);
    for (size_t s = 0; s < talk->n_sentences && proper; s++) {
        struct chip_range words = talk->sentences[s].words;
        size_t from = inside ? chip_pattern_opening(talk, words) + 1 : words.from;
        for (size_t w = from; w < words.to; w++)
            if (is_proper(talk, lowered, w))
                proper[talk->words[w].stem] = true;
    }
    return proper;
}

static char mark_after(const struct chip_said *talk, size_t word)
{
    return talk->tokens[talk->words[word].token].mark;
}

/* A call stands between marks, or before or after one at an end of the sentence. */
static bool stands_apart(const struct chip_said *talk, struct chip_range in, size_t word)
{
    bool begins = word == in.from || mark_after(talk, word - 1);
    bool ends = word + 1 == in.to || mark_after(talk, word);
    if (!begins) /* "And Miguel, please": only an opening before it */
        begins = chip_pattern_opening(talk, (struct chip_range){in.from, word}) == word;
    static const char *const asks[] = {"?please can|could|will|would you", "please"};
    for (size_t i = 0; i < sizeof asks / sizeof *asks && begins && !ends; i++)
        ends = chip_pattern_at(talk, (struct chip_range){word + 1, in.to}, asks[i], NULL);
    return begins && ends;
}

static int other_speaker(const struct chip_said *talk, size_t sentence, int step)
{
    const struct chip_sentence *s = &talk->sentences[sentence];
    size_t i = sentence;
    for (int n = 0; n < FAR; n++) {
        i += (size_t)step; /* before the first, it is beyond the last */
        if (i >= talk->n_sentences)
            return -1;
        if (talk->sentences[i].turn != s->turn)
            return talk->sentences[i].speaker;
    }
    return -1;
}

static void vote(struct chip_names *names, struct chip_name *name, int speaker, int weight)
{
    if (speaker >= 0 && (size_t)speaker < names->talk->transcript->n_speakers)
        name->votes[speaker] += weight;
}

static void learn_from(struct chip_names *names, const bool *lowered, size_t sentence)
{
    const struct chip_said *talk = names->talk;
    const struct chip_sentence *s = &talk->sentences[sentence];
    /* "Thanks, Dana" is said to who spoke; "Alan, can you" to who will. */
    bool greets = chip_pattern_find(talk, s->words, "thanks|thank|morning|bye|goodbye", NULL);
    for (size_t w = s->words.from; w < s->words.to; w++) {
        bool introduced = w >= s->words.from + 2 &&
                          (chip_pattern_at(talk, (struct chip_range){w - 2, w}, "i am $", NULL) ||
                           chip_pattern_at(talk, (struct chip_range){w - 2, w}, "name is $", NULL));
        if (!introduced && !stands_apart(talk, s->words, w))
            continue;
        if (!is_proper(talk, lowered, w))
            continue;
        struct chip_name *name =
            add(names, talk->words[w].text, talk->tokens[talk->words[w].token].text);
        if (!name)
            continue;
        if (introduced && mark_after(talk, w)) {
            vote(names, name, s->speaker, INTRODUCED);
            continue;
        }
        vote(names, name, s->speaker, SAYS_IT);
        vote(names, name, other_speaker(talk, sentence, greets ? -1 : 1), CALLED);
    }
}

/* ---- whose they are ---------------------------------------------------------------------------
 */

static void add_given(struct chip_names *names)
{
    const struct chip_transcript *t = names->talk->transcript;
    for (size_t i = 0; i < t->n_speakers; i++) {
        char first[LONGEST] = "", room[CHIP_PLAIN_BYTES(LONGEST)];
        const char *plain[CHIP_PLAIN_WORDS];
        size_t used;
        if (!t->speakers[i].name[0])
            continue;
        size_t len = strcspn(t->speakers[i].name, " ");
        memcpy(first, t->speakers[i].name, len < LONGEST ? len : LONGEST - 1);
        if (!chip_plain_word(first, strlen(first), room, plain, &used))
            continue;
        struct chip_name *name = add(names, plain[0], first);
        if (name && !name->given) {
            name->given = true;
            name->speaker = (int)i;
        }
    }
}

static void decide(struct chip_names *names)
{
    size_t n = names->talk->transcript->n_speakers;
    for (size_t i = 0; i < names->n; i++) {
        struct chip_name *name = &names->names[i];
        int best = -1, second = 0;
        for (size_t k = 0; k < n && !name->given; k++) {
            if (best < 0 || name->votes[k] > name->votes[best]) {
                second = best < 0 ? 0 : name->votes[best];
                best = (int)k;
            } else if (name->votes[k] > second) {
                second = name->votes[k];
            }
        }
        if (best >= 0 && name->votes[best] > 0 && name->votes[best] > second &&
            !names->talk->transcript->speakers[best].name[0])
            name->speaker = best;
    }
}

enum chip_status chip_names_learn(const struct chip_said *talk, struct chip_names *names,
                                  struct chip_err *err)
{
    *names = (struct chip_names){.talk = talk};
    names->names = calloc(MAX_NAMES, sizeof *names->names);
    if (!names->names)
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    bool *lowered = find_lowered(talk);
    names->proper = lowered ? find_proper(talk, lowered, true) : NULL;
    names->capital = lowered ? find_proper(talk, lowered, false) : NULL;
    if (!names->proper || !names->capital) {
        free(lowered);
        chip_names_done(names);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    }
    add_given(names);
    for (size_t i = 0; i < talk->n_sentences; i++)
        learn_from(names, lowered, i);
    free(lowered);
    if (names->failed) {
        chip_names_done(names);
        return chip_fail(err, CHIP_E_NOMEM, "not enough memory to read the transcript");
    }
    decide(names);
    return CHIP_OK;
}

const char *chip_names_of(const struct chip_names *names, int speaker)
{
    const struct chip_transcript *t = names->talk->transcript;
    if (speaker < 0 || (size_t)speaker >= t->n_speakers)
        return NULL;
    if (t->speakers[speaker].name[0])
        return t->speakers[speaker].name;
    const struct chip_name *best = NULL;
    for (size_t i = 0; i < names->n; i++) {
        const struct chip_name *name = &names->names[i];
        if (name->speaker == speaker && (!best || name->votes[speaker] > best->votes[speaker]))
            best = name;
    }
    return best ? best->shown : NULL;
}

int chip_names_speaker(const struct chip_names *names, const char *plain)
{
    const struct chip_name *name = find(names, plain);
    return name ? name->speaker : -1;
}

bool chip_names_has(const struct chip_names *names, const char *plain)
{
    return find(names, plain) != NULL;
}

bool chip_names_is_proper(const struct chip_names *names, size_t word)
{
    int stem = names->talk->words[word].stem;
    return stem >= 0 && names->proper[stem];
}

bool chip_names_may_be(const struct chip_names *names, size_t word)
{
    int stem = names->talk->words[word].stem;
    return stem >= 0 && names->capital[stem];
}

size_t chip_names_called(const struct chip_names *names, struct chip_range words)
{
    for (size_t w = words.from; w < words.to; w++)
        if (chip_names_has(names, names->talk->words[w].text) &&
            stands_apart(names->talk, words, w))
            return w;
    return SIZE_MAX;
}
