#include "http/search_query.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

enum { MAX_BYTES = 1000, MAX_TERMS = 32 };

/* ---- what was typed ---------------------------------------------------------------------------
 */

/* Phones write curly quotation marks. @return bytes of the mark; 0: it is none */
static size_t quote_at(const char *text)
{
    static const char *const marks[] = {"\"", "\342\200\234", "\342\200\235", "\342\200\236"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncmp(text, marks[i], strlen(marks[i])) == 0)
            return strlen(marks[i]);
    return 0;
}

static bool is_blank(char c)
{
    return c && strchr(" \t\r\n", c);
}

/* Letters and digits of any script; punctuation beyond ASCII is left to the database. */
static bool has_word(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'))
            return true;
    }
    return false;
}

static bool add_term(json_t *terms, const char *text, size_t n, bool prefix, bool exclude)
{
    if (!has_word(text, n))
        return true;
    return json_array_append_new(terms, json_pack("{s:s%, s:b, s:b}", "text", text, n, "prefix",
                                                  prefix, "exclude", exclude)) == 0;
}

/* One term. @return where the next one may begin; NULL: out of memory */
static const char *read_term(const char *at, json_t *terms)
{
    bool exclude = *at == '-';
    at += exclude;
    size_t quote = quote_at(at), n = 0;
    at += quote;
    while (at[n] && !(quote ? quote_at(at + n) > 0 : is_blank(at[n]) || quote_at(at + n) > 0))
        n++;
    const char *end = at + n + (quote ? quote_at(at + n) : 0);
    bool prefix = n > 0 && at[n - 1] == '*';
    n -= prefix;
    if (quote && *end == '*') {
        prefix = true;
        end++;
    }
    return add_term(terms, at, n, prefix, exclude) ? end : NULL;
}

static bool looks_for_something(const json_t *terms)
{
    size_t i;
    const json_t *term;
    json_array_foreach(terms, i, term)
    {
        if (json_is_false(json_object_get(term, "exclude")))
            return true;
    }
    return false;
}

enum chip_status chip_search_parse(const char *text, json_t **terms, struct chip_err *err)
{
    if (strlen(text) > MAX_BYTES)
        return chip_fail(err, CHIP_E_INVAL, "q: is longer than %d bytes; look for fewer words",
                         MAX_BYTES);
    json_t *made = json_array();
    const char *at = made ? text : NULL;
    while (at && *at) {
        if (is_blank(*at))
            at++;
        else
            at = read_term(at, made);
    }
    enum chip_status status = CHIP_OK;
    if (!at)
        status = chip_fail(err, CHIP_E_NOMEM, "not enough memory to search");
    else if (json_array_size(made) > MAX_TERMS)
        status = chip_fail(err, CHIP_E_INVAL, "q: look for at most %d words at once", MAX_TERMS);
    else if (!looks_for_something(made))
        status = chip_fail(err, CHIP_E_INVAL,
                           "q: name a word to look for, such as budget, \"next week\" or port*");
    if (status == CHIP_OK)
        *terms = made;
    else
        json_decref(made);
    return status;
}

/* ---- what is shown ----------------------------------------------------------------------------
 */

/* Bytes of n characters. */
static size_t bytes_of(const char *text, json_int_t n)
{
    size_t at = 0, step;
    for (; n > 0 && (step = chip_utf8_len(text + at)) > 0; n--)
        at += step;
    return at;
}

static bool add_piece(json_t *pieces, const char *text, size_t n, bool match)
{
    return n == 0 || json_array_append_new(
                         pieces, json_pack("{s:s%, s:b}", "text", text, n, "match", match)) == 0;
}

json_t *chip_search_pieces(const char *text, const json_t *matches)
{
    json_t *pieces = json_array();
    json_int_t at = 0;
    bool fits = pieces != NULL;
    size_t i;
    const json_t *match;
    json_array_foreach(matches, i, match)
    {
        json_int_t from = json_integer_value(json_array_get(match, 0));
        json_int_t to = json_integer_value(json_array_get(match, 1));
        size_t before = bytes_of(text, from - at);
        size_t n = bytes_of(text + before, to - from);
        fits = fits && add_piece(pieces, text, before, false) &&
               add_piece(pieces, text + before, n, true);
        text += before + n;
        at = to;
    }
    if (fits && add_piece(pieces, text, strlen(text), false))
        return pieces;
    json_decref(pieces);
    return NULL;
}

/* As BM25 weighs how often words come up, for passages of about twenty words; that they are rare
 * counts for nothing here, because each passage holds all of them. */
double chip_search_score(const char *text, const json_t *matches)
{
    double words = 1, n = (double)json_array_size(matches);
    for (; *text; text++)
        words += *text == ' ';
    return n / (n + 1.2 * (0.25 + 0.75 * words / 20));
}
