#include "http/openai_prompt.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"
#include "speech/hotwords.h"

enum {
    MAX_ENTRY_WORDS = 3, /* longer ones are sentences */
    MIN_COMMON = 4       /* letters of a word in a list that is spelled like any other */
};

#define BLANKS " \t\r\n\v\f"
#define QUOTES "\"'`()[]{}<>"
#define ENDS ".!?"

/* A part of the prompt: [at, end). */
struct part {
    const char *at, *end;
};

static bool is_one_of(const char *set, char c)
{
    return c && strchr(set, c);
}

static struct part trim(struct part p)
{
    while (p.at < p.end && is_one_of(BLANKS QUOTES, *p.at))
        p.at++;
    while (p.at < p.end && is_one_of(BLANKS QUOTES ENDS ",;:", p.end[-1]))
        p.end--;
    return p;
}

/* The next stretch between separators of `set`; false at the end. */
static bool next_part(const char **rest, const char *end, const char *set, struct part *out)
{
    if (*rest >= end)
        return false;
    out->at = *rest;
    while (*rest < end && !is_one_of(set, **rest))
        ++*rest;
    out->end = *rest;
    if (*rest < end)
        ++*rest;
    return true;
}

static size_t count_words(struct part p)
{
    size_t n = 0;
    struct part word;
    for (const char *rest = p.at; next_part(&rest, p.end, BLANKS, &word);)
        n += word.at < word.end;
    return n;
}

/* "GPT-3", "iPhone"; with `inside` false, "Siobhan" too. */
static bool is_special(struct part p, bool inside)
{
    for (const char *c = p.at + (inside ? 1 : 0); c < p.end; c++)
        if (isupper((unsigned char)*c) || isdigit((unsigned char)*c))
            return true;
    return false;
}

static void add(json_t *words, struct part p)
{
    char text[4 * CHIP_HOTWORD_MAX_CHARS + 1];
    size_t n = (size_t)(p.end - p.at);
    if (n < 2 || n >= sizeof text || json_array_size(words) >= CHIP_HOTWORDS_MAX)
        return;
    memcpy(text, p.at, n);
    text[n] = '\0';
    if (chip_utf8_count(text) <= CHIP_HOTWORD_MAX_CHARS)
        json_array_append_new(words, json_string(text)); /* NULL for what is not UTF-8: not added */
}

static void add_entry(json_t *words, struct part p)
{
    if (p.end - p.at >= MIN_COMMON || is_special(p, false))
        add(words, p);
}

/* "I" and "I'm" are nobody's name. */
static bool is_i(struct part p)
{
    return p.at < p.end && *p.at == 'I' && (p.end - p.at == 1 || p.at[1] == '\'');
}

static void add_of_sentences(json_t *words, struct part text)
{
    bool begins = true;
    struct part raw;
    for (const char *rest = text.at; next_part(&rest, text.end, BLANKS, &raw);) {
        struct part word = trim(raw);
        if (word.at == word.end)
            continue;
        if (is_special(word, begins) && !is_i(word))
            add(words, word);
        begins = is_one_of(ENDS ":", raw.end[-1]);
    }
}

/* Behind the last heading. */
static struct part without_heading(struct part p)
{
    for (const char *c = p.end - 1; c > p.at; c--)
        if (c[-1] == ':' && is_one_of(BLANKS, *c))
            return (struct part){c, p.end};
    return p;
}

static bool is_list(const char *prompt, const char *end)
{
    struct part p;
    for (const char *rest = prompt; next_part(&rest, end, ",;\n", &p);)
        if (count_words(trim(without_heading(p))) > MAX_ENTRY_WORDS)
            return false;
    return true;
}

void chip_openai_prompt_hotwords(const char *prompt, json_t *words)
{
    const char *end = prompt + strlen(prompt);
    struct part p;
    if (!is_list(prompt, end)) {
        add_of_sentences(words, (struct part){prompt, end});
        return;
    }
    for (const char *rest = prompt; next_part(&rest, end, ",;\n", &p);)
        add_entry(words, trim(without_heading(p)));
}

void chip_openai_add_hotword(json_t *words, const char *text)
{
    add(words, trim((struct part){text, text + strlen(text)}));
}
