#include "minutes/ask/question.h"

#include <string.h>

#include "meeting/transcript.h"

/* Words by which a kind of question is known; they say nothing about its subject. */
struct cue {
    enum chip_question_kind kind;
    const char *pattern; /* minutes/pattern.h */
    const char *words;   /* of it that are no terms, blanks around each */
};

static const struct cue cues[] = {
    {CHIP_QUESTION_OPEN, "question|questions|point|points ?* ?* ?* open|unanswered|unresolved|left",
     " question questions point points open unanswered unresolved left remain remained "},
    {CHIP_QUESTION_TALK, "how long|much did|does|has|have * talk|talked|speak|spoken|spoke",
     " long much talk talked speak spoken spoke "},
    {CHIP_QUESTION_TALK, "who talked|spoke|talks|speaks|talk|speak ?the most|least|longest",
     " talked spoke talks speaks talk speak most least longest "},
    {CHIP_QUESTION_TALK, "talking|speaking time|share", " talking speaking time share "},
    {CHIP_QUESTION_OPEN,
     "open|unanswered|unresolved|outstanding question|questions|point|points|issue|"
     "issues",
     " open unanswered unresolved outstanding question questions point points issue issues "},
    {CHIP_QUESTION_OPEN,
     "what|which is|are|was|were|remains|remain ?still ?left open|unclear|unanswered|"
     "unresolved|undecided",
     " remains remain still left open unclear unanswered unresolved undecided "},
    {CHIP_QUESTION_RISKS, "risk|risks|concern|concerns|danger|dangers",
     " risk risks concern concerns danger dangers mentioned raised "},
    {CHIP_QUESTION_RISKS, "go|goes|went wrong", " go goes went wrong "},
    {CHIP_QUESTION_DECISIONS,
     "what|which|did|was|were|list|any|all * ?* ?* decide|decided|decision|"
     "decisions|agree|agreed|settled",
     " decide decided decision decisions agree agreed settled list meeting team group "},
    {CHIP_QUESTION_DECISIONS, "decisions", " decisions made taken list meeting "},
    {CHIP_QUESTION_TASKS, "action|to items|item|do|dos|points",
     " action items item points dos list meeting "},
    {CHIP_QUESTION_TASKS, "tasks|todos|todo|deadline|deadlines|responsible|assigned",
     " tasks todos todo deadline deadlines responsible assigned meeting list "},
    {CHIP_QUESTION_TASKS, "next steps|step", " next steps step meeting "},
    {CHIP_QUESTION_TASKS, "who does|will|is|has|should|must|shall what", " "},
    {CHIP_QUESTION_TASKS, "^who will|is|has|should|must|shall|takes|writes|does",
     " takes task job "},
    {CHIP_QUESTION_TASKS,
     "^what will|does|should|must|shall|has|is * ?* ?do|doing|have|need|going|promise|"
     "send|prepare",
     " do doing have need going promise send prepare "},
    {CHIP_QUESTION_TASKS, "^what did * promise|promised|offer|agree|commit",
     " promise promised offer agree commit "},
    {CHIP_QUESTION_TASKS, "^?by when will|is|are|does|do|must|should|has",
     " ready due done finished "},
    {CHIP_QUESTION_SUMMARY, "summary|summarise|summarize|overview|recap|gist",
     " summary summarise summarize overview recap gist meeting call talk give "},
    {CHIP_QUESTION_SUMMARY,
     "what is|was|were the|this|it|they|we ?meeting|call|talk|conversation about",
     " meeting call talk conversation "},
    {CHIP_QUESTION_SUMMARY, "main|key|which|what topics|points|subjects",
     " main key topics points subjects meeting discussed covered "},
};

/* By which a person's own words are asked for. */
static const char says[] = "say|said|says|tell|told|mention|mentioned|think|thinks|thought|suggest|"
                           "suggested|propose|proposed|argue|argued|answer|answered|claim|claimed|"
                           "object|objected|want|wanted|ask|asked";

/* Words of questions; that the meeting lacks them says little. */
static const char *const weak[] = {
    "agenda",    "amount",   "answer", "ask",     "asked",     "call",    "change",    "changed",
    "current",   "date",     "day",    "discuss", "discussed", "exact",   "happen",    "happened",
    "happens",   "idea",     "left",   "meet",    "meeting",   "mention", "mentioned", "name",
    "new",       "number",   "old",    "opinion", "people",    "person",  "plan",      "planned",
    "propose",   "proposed", "raise",  "raised",  "reason",    "remain",  "remaining", "suggest",
    "suggested", "talk",     "talked", "team",    "tell",      "thought", "time",      "told",
    "total",     "use",      "used",   "week",    "work",      "year"};

static bool is_weak(const char *word)
{
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        if (strcmp(word, weak[i]) == 0)
            return true;
    return false;
}

/* Does a list have the word, with blanks around it? */
static bool is_listed(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; n > 0 && (at = strstr(at, word)); at += n)
        if (at[-1] == ' ' && at[n] == ' ')
            return true;
    return false;
}

static struct chip_range all_words(const struct chip_question *q)
{
    return (struct chip_range){0, q->said.n_words};
}

static bool fits(const struct chip_question *q, const char *pattern)
{
    return chip_pattern_find(&q->said, all_words(q), pattern, NULL);
}

/* "Who writes the letter?", not "Who was late?" */
static bool is_who_does(const struct chip_question *q)
{
    if (q->said.n_words < 3 || strcmp(q->said.words[0].text, "who") != 0)
        return false;
    const char *verb = q->said.words[1].text;
    size_t n = strlen(verb);
    return n > 3 && verb[n - 1] == 's' && chip_plain_is_content(verb);
}

/* Somebody of the meeting whose name is in the question. */
static void find_speaker(struct chip_question *q, const struct chip_reading *r)
{
    for (size_t i = 0; i < q->said.n_words && q->speaker < 0; i++)
        q->speaker = chip_names_speaker(&r->names, q->said.words[i].text);
    const struct chip_transcript *t = r->talk.transcript;
    for (size_t i = 0; i < q->said.n_tokens && q->speaker < 0; i++) { /* "S2" */
        size_t n = strcspn(q->said.tokens[i].text, "?.,!'");
        for (size_t s = 0; s < t->n_speakers; s++)
            if (strlen(t->speakers[s].label) == n &&
                strncasecmp(q->said.tokens[i].text, t->speakers[s].label, n) == 0)
                q->speaker = (int)s;
    }
    q->by_them = q->speaker >= 0 && chip_pattern_find(&q->said, all_words(q), says, NULL);
}

static bool is_name(const struct chip_question *q, const struct chip_reading *r, const char *word)
{
    return q->speaker >= 0 &&
           (chip_names_speaker(&r->names, word) == q->speaker ||
            strcasecmp(word, r->talk.transcript->speakers[q->speaker].label) == 0);
}

static void take_terms(struct chip_question *q, const struct chip_reading *r, const char *without)
{
    for (size_t i = 0; i < q->said.n_words && q->n_terms < CHIP_QUESTION_TERMS; i++) {
        const char *word = q->said.words[i].text;
        if (!chip_plain_is_content(word) || is_listed(without, word) || is_name(q, r, word) ||
            (q->by_them && chip_pattern_at(&q->said, (struct chip_range){i, i + 1}, says, NULL)))
            continue;
        struct chip_question_term *term = &q->terms[q->n_terms++];
        *term = (struct chip_question_term){.word = word, .weak = is_weak(word)};
        chip_plain_stem(word, term->stem);
        term->groups = chip_groups_of(term->stem);
        for (size_t k = 0; k + 1 < q->n_terms; k++)
            if (strcmp(q->terms[k].stem, term->stem) == 0) {
                q->n_terms--;
                break;
            }
    }
}

static enum chip_status read_words(const char *text, struct chip_question *q, struct chip_err *err)
{
    const struct chip_segment segment = {.text = text, .speaker = -1, .confidence = 1};
    enum chip_status status = chip_transcript_new(&q->transcript, err);
    if (status == CHIP_OK)
        status = chip_transcript_add_segment(q->transcript, &segment, NULL, 0, err);
    return status == CHIP_OK ? chip_said_read(q->transcript, &q->said, err) : status;
}

enum chip_status chip_question_read(const char *text, const struct chip_reading *r,
                                    struct chip_question *question, struct chip_err *err)
{
    struct chip_question *q = question;
    const char *without = " ";
    *q = (struct chip_question){.speaker = -1};
    if (strlen(text) > CHIP_QUESTION_BYTES)
        return chip_fail(err, CHIP_E_INVAL,
                         "the question is longer than %d bytes; ask less at once",
                         CHIP_QUESTION_BYTES);
    enum chip_status status = read_words(text, q, err);
    if (status != CHIP_OK)
        return status;
    if (q->said.n_words == 0)
        return chip_fail(err, CHIP_E_INVAL,
                         "there is no question: ask one, such as 'What was decided?'");
    find_speaker(q, r);
    for (size_t i = 0; i < sizeof cues / sizeof *cues && q->kind == CHIP_QUESTION_ANYTHING; i++) {
        if (!fits(q, cues[i].pattern))
            continue;
        q->kind = cues[i].kind;
        without = cues[i].words;
    }
    if (q->kind == CHIP_QUESTION_ANYTHING && is_who_does(q))
        q->kind = CHIP_QUESTION_TASKS;
    q->wants_number = fits(q, "how many|much|long|often|old|big") ||
                      fits(q, "what does|did|would * ?* cost") ||
                      fits(q, "price|cost|costs|percent|number");
    q->wants_time = fits(q, "when") || fits(q, "what|which day|date|time") || fits(q, "how soon");
    take_terms(q, r, without);
    return CHIP_OK;
}

void chip_question_done(struct chip_question *question)
{
    chip_said_done(&question->said);
    chip_transcript_free(question->transcript);
    question->transcript = NULL;
}
