#include "models/pickle_machine.h"

#include <stdlib.h>
#include <string.h>

void chip_pickle_broken(struct chip_pickle_machine *m)
{
    if (m->status == CHIP_OK)
        m->status = chip_fail(m->err, CHIP_E_FORMAT, "the pickled data are damaged");
}

/* ---- the parts of the machine ---- */

void chip_pickle_append(struct chip_pickle_machine *m, struct chip_pickle_values *v,
                        struct chip_pickle_value value)
{
    if (m->status != CHIP_OK)
        return;
    if (v->n == v->room) {
        const size_t room = 2 * v->room + 256;
        struct chip_pickle_value *grown = realloc(v->at, room * sizeof *grown);
        if (!grown) {
            m->status = chip_fail(m->err, CHIP_E_NOMEM, "not enough memory for pickled data");
            return;
        }
        v->at = grown;
        v->room = room;
    }
    v->at[v->n++] = value;
}

void chip_pickle_push(struct chip_pickle_machine *m, struct chip_pickle_value value)
{
    chip_pickle_append(m, &m->stack, value);
}

struct chip_pickle_value chip_pickle_pop(struct chip_pickle_machine *m)
{
    if (m->status == CHIP_OK && m->stack.n > 0)
        return m->stack.at[--m->stack.n];
    chip_pickle_broken(m);
    return (struct chip_pickle_value){.kind = CHIP_PICKLE_OTHER};
}

/* The top n values become a tuple's items. */
struct chip_pickle_value chip_pickle_tuple(struct chip_pickle_machine *m, size_t n)
{
    struct chip_pickle_value t = {.kind = CHIP_PICKLE_TUPLE, .first = m->items.n, .n = n};
    if (n > m->stack.n) {
        chip_pickle_broken(m);
        return t;
    }
    for (size_t i = m->stack.n - n; i < m->stack.n; i++)
        chip_pickle_append(m, &m->items, m->stack.at[i]);
    m->stack.n -= n;
    return t;
}

/* How many values lie above the last mark. */
size_t chip_pickle_above_mark(struct chip_pickle_machine *m)
{
    for (size_t n = 0; n < m->stack.n; n++)
        if (m->stack.at[m->stack.n - 1 - n].kind == CHIP_PICKLE_MARK)
            return n;
    chip_pickle_broken(m);
    return 0;
}

void chip_pickle_drop_to_mark(struct chip_pickle_machine *m)
{
    const size_t n = chip_pickle_above_mark(m);
    if (m->status == CHIP_OK)
        m->stack.n -= n + 1;
}

const unsigned char *chip_pickle_take(struct chip_pickle_machine *m, uint64_t n)
{
    static const unsigned char nothing[8];
    if (m->status == CHIP_OK && n <= (uint64_t)(m->end - m->next)) {
        m->next += n;
        return m->next - n;
    }
    chip_pickle_broken(m);
    return nothing;
}

uint64_t chip_pickle_take_number(struct chip_pickle_machine *m, size_t bytes)
{
    const unsigned char *p = chip_pickle_take(m, bytes);
    uint64_t x = 0;
    for (size_t i = 0; i < bytes && m->status == CHIP_OK; i++)
        x |= (uint64_t)p[i] << 8 * i;
    return x;
}

void chip_pickle_push_number(struct chip_pickle_machine *m, int64_t x)
{
    chip_pickle_push(m, (struct chip_pickle_value){.kind = CHIP_PICKLE_NUMBER, .number = x});
}

void chip_pickle_push_text(struct chip_pickle_machine *m, enum chip_pickle_kind kind, uint64_t n)
{
    const unsigned char *p = chip_pickle_take(m, n);
    chip_pickle_push(
        m, (struct chip_pickle_value){.kind = kind, .text = (const char *)p, .len = (size_t)n});
}

void chip_pickle_push_other(struct chip_pickle_machine *m)
{
    chip_pickle_push(m, (struct chip_pickle_value){.kind = CHIP_PICKLE_OTHER});
}

/* A little-endian number of n bytes; more than eight are no number that matters. */
void chip_pickle_push_long(struct chip_pickle_machine *m, uint64_t n)
{
    if (n > 8) {
        (void)chip_pickle_take(m, n);
        chip_pickle_push_other(m);
        return;
    }
    uint64_t x = chip_pickle_take_number(m, (size_t)n);
    if (n > 0 && n < 8 && x >> (8 * n - 1) & 1)
        x |= ~(uint64_t)0 << 8 * n;
    chip_pickle_push_number(m, (int64_t)x);
}

/* A line, without its end. */
struct chip_pickle_value chip_pickle_take_line(struct chip_pickle_machine *m)
{
    const unsigned char *from = m->next, *to = memchr(from, '\n', (size_t)(m->end - from));
    if (!to) {
        chip_pickle_broken(m);
        return (struct chip_pickle_value){.kind = CHIP_PICKLE_OTHER};
    }
    m->next = to + 1;
    return (struct chip_pickle_value){
        .kind = CHIP_PICKLE_GLOBAL, .text = (const char *)from, .len = (size_t)(to - from)};
}

bool chip_pickle_is(struct chip_pickle_value v, enum chip_pickle_kind kind, const char *text)
{
    return v.kind == kind && v.len == strlen(text) && !memcmp(v.text, text, v.len);
}
