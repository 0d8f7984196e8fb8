#include "models/pickle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum kind { OTHER, MARK, NUMBER, TEXT, GLOBAL, TUPLE, STORAGE, TENSOR };

/* TEXT, GLOBAL (its name without the module) and STORAGE (its key) have text; a TUPLE has items; a
 * TENSOR's items are those of the call that makes it. */
struct value {
    enum kind kind;
    int64_t number;
    const char *text;
    size_t len;
    size_t first, n; /* in `items`; a STORAGE has its type there */
};

struct values {
    struct value *at;
    size_t n, room;
};

struct machine {
    const unsigned char *next, *end;
    size_t size; /* of all of it: more places than bytes cannot be in use */
    struct values stack, items, memo;
    enum chip_status (*found)(void *, const struct chip_pickle_tensor *, struct chip_err *);
    void *user;
    enum chip_status status; /* the first failure; everything after it does nothing */
    struct chip_err *err;
};

static void broken(struct machine *m)
{
    if (m->status == CHIP_OK)
        m->status = chip_fail(m->err, CHIP_E_FORMAT, "the pickled data are damaged");
}

/* ---- the parts of the machine ---- */

static void append(struct machine *m, struct values *v, struct value value)
{
    if (m->status != CHIP_OK)
        return;
    if (v->n == v->room) {
        const size_t room = 2 * v->room + 256;
        struct value *grown = realloc(v->at, room * sizeof *grown);
        if (!grown) {
            m->status = chip_fail(m->err, CHIP_E_NOMEM, "not enough memory for pickled data");
            return;
        }
        v->at = grown;
        v->room = room;
    }
    v->at[v->n++] = value;
}

static void push(struct machine *m, struct value value)
{
    append(m, &m->stack, value);
}

static struct value pop(struct machine *m)
{
    if (m->status == CHIP_OK && m->stack.n > 0)
        return m->stack.at[--m->stack.n];
    broken(m);
    return (struct value){.kind = OTHER};
}

/* The top n values become a tuple's items. */
static struct value tuple(struct machine *m, size_t n)
{
    struct value t = {.kind = TUPLE, .first = m->items.n, .n = n};
    if (n > m->stack.n) {
        broken(m);
        return t;
    }
    for (size_t i = m->stack.n - n; i < m->stack.n; i++)
        append(m, &m->items, m->stack.at[i]);
    m->stack.n -= n;
    return t;
}

/* How many values lie above the last mark. */
static size_t above_mark(struct machine *m)
{
    for (size_t n = 0; n < m->stack.n; n++)
        if (m->stack.at[m->stack.n - 1 - n].kind == MARK)
            return n;
    broken(m);
    return 0;
}

static void drop_to_mark(struct machine *m)
{
    const size_t n = above_mark(m);
    if (m->status == CHIP_OK)
        m->stack.n -= n + 1;
}

static const unsigned char *take(struct machine *m, uint64_t n)
{
    static const unsigned char nothing[8];
    if (m->status == CHIP_OK && n <= (uint64_t)(m->end - m->next)) {
        m->next += n;
        return m->next - n;
    }
    broken(m);
    return nothing;
}

static uint64_t take_number(struct machine *m, size_t bytes)
{
    const unsigned char *p = take(m, bytes);
    uint64_t x = 0;
    for (size_t i = 0; i < bytes && m->status == CHIP_OK; i++)
        x |= (uint64_t)p[i] << 8 * i;
    return x;
}

static void push_number(struct machine *m, int64_t x)
{
    push(m, (struct value){.kind = NUMBER, .number = x});
}

static void push_text(struct machine *m, enum kind kind, uint64_t n)
{
    const unsigned char *p = take(m, n);
    push(m, (struct value){.kind = kind, .text = (const char *)p, .len = (size_t)n});
}

static void push_other(struct machine *m)
{
    push(m, (struct value){.kind = OTHER});
}

/* A little-endian number of n bytes; more than eight are no number that matters. */
static void push_long(struct machine *m, uint64_t n)
{
    if (n > 8) {
        (void)take(m, n);
        push_other(m);
        return;
    }
    uint64_t x = take_number(m, (size_t)n);
    if (n > 0 && n < 8 && x >> (8 * n - 1) & 1)
        x |= ~(uint64_t)0 << 8 * n;
    push_number(m, (int64_t)x);
}

/* A line, without its end. */
static struct value take_line(struct machine *m)
{
    const unsigned char *from = m->next, *to = memchr(from, '\n', (size_t)(m->end - from));
    if (!to) {
        broken(m);
        return (struct value){.kind = OTHER};
    }
    m->next = to + 1;
    return (struct value){.kind = GLOBAL, .text = (const char *)from, .len = (size_t)(to - from)};
}

static bool is(struct value v, enum kind kind, const char *text)
{
    return v.kind == kind && v.len == strlen(text) && !memcmp(v.text, text, v.len);
}

/* ---- what torch does with it ---- */

/* ("storage", type, key, place, size) */
static void load_persistent(struct machine *m)
{
    const struct value id = pop(m);
    const struct value *items = m->items.at + id.first;
    if (id.kind == TUPLE && id.n == 5 && is(items[0], TEXT, "storage") && items[1].kind == GLOBAL &&
        items[2].kind == TEXT)
        push(m, (struct value){.kind = STORAGE,
                               .text = items[2].text,
                               .len = items[2].len,
                               .first = id.first + 1});
    else
        push_other(m);
}

/* (storage, offset, size, stride, ...) makes a tensor; (tensor, ...) a parameter that is one. */
static void call(struct machine *m)
{
    const struct value arguments = pop(m), function = pop(m);
    const struct value *items = m->items.at + arguments.first;
    if (is(function, GLOBAL, "_rebuild_tensor_v2") && arguments.kind == TUPLE && arguments.n >= 4 &&
        items[0].kind == STORAGE && items[1].kind == NUMBER && items[2].kind == TUPLE &&
        items[3].kind == TUPLE && items[2].n == items[3].n)
        push(m, (struct value){.kind = TENSOR, .first = arguments.first, .n = 4});
    else if (is(function, GLOBAL, "_rebuild_parameter") && arguments.kind == TUPLE &&
             arguments.n >= 1 && items[0].kind == TENSOR)
        push(m, items[0]);
    else
        push_other(m);
}

static void note(struct machine *m, struct value key, struct value value)
{
    if (m->status != CHIP_OK || key.kind != TEXT || value.kind != TENSOR)
        return;
    const struct value *items = m->items.at + value.first;
    const struct value storage = items[0], type = m->items.at[storage.first];
    struct chip_pickle_tensor t = {.name = key.text,
                                   .name_len = key.len,
                                   .storage = storage.text,
                                   .storage_len = storage.len,
                                   .type = type.text,
                                   .type_len = type.len,
                                   .offset = (uint64_t)items[1].number,
                                   .rank = (int)items[2].n};
    if (items[2].n > CHIP_PICKLE_MAX_RANK || items[1].number < 0) {
        broken(m);
        return;
    }
    for (int d = 0; d < t.rank; d++) {
        const struct value size = m->items.at[items[2].first + (size_t)d];
        const struct value stride = m->items.at[items[3].first + (size_t)d];
        if (size.kind != NUMBER || stride.kind != NUMBER) {
            broken(m);
            return;
        }
        t.shape[d] = size.number;
        t.stride[d] = stride.number;
    }
    m->status = m->found(m->user, &t, m->err);
}

static void set_items(struct machine *m)
{
    const size_t n = above_mark(m);
    if (n % 2)
        broken(m);
    for (size_t i = 0; m->status == CHIP_OK && i < n; i += 2) {
        const struct value *pair = m->stack.at + m->stack.n - n + i;
        note(m, pair[0], pair[1]);
    }
    drop_to_mark(m);
}

static void set_item(struct machine *m)
{
    const struct value value = pop(m), key = pop(m);
    note(m, key, value);
}

/* ---- memory ---- */

static void put(struct machine *m, uint64_t at)
{
    if (m->status != CHIP_OK || m->stack.n == 0 || at > m->size) {
        broken(m);
        return;
    }
    while (m->status == CHIP_OK && m->memo.n <= at)
        append(m, &m->memo, (struct value){.kind = OTHER});
    if (m->status == CHIP_OK)
        m->memo.at[at] = m->stack.at[m->stack.n - 1];
}

static void get(struct machine *m, uint64_t at)
{
    if (at < m->memo.n)
        push(m, m->memo.at[at]);
    else
        broken(m);
}

/* ---- instructions ---- */

/* Those that only bring a value. @return false: it is none of them */
static bool bring(struct machine *m, unsigned char op)
{
    switch (op) {
    case '(':
        push(m, (struct value){.kind = MARK});
        return true;
    case 'K':
    case 'M':
        push_number(m, (int64_t)take_number(m, op == 'K' ? 1 : 2));
        return true;
    case 'J':
        push_number(m, (int32_t)take_number(m, 4));
        return true;
    case 0x8a:
        push_long(m, take_number(m, 1));
        return true;
    case 'X': /* texts, and bytes, which may be texts of Python 2 */
    case 'B':
    case 'T':
        push_text(m, TEXT, take_number(m, 4));
        return true;
    case 'U':
    case 'C':
    case 0x8c:
        push_text(m, TEXT, take_number(m, 1));
        return true;
    case 0x8d:
    case 0x8e:
        push_text(m, TEXT, take_number(m, 8));
        return true;
    case 'G':
        (void)take(m, 8);
        push_other(m);
        return true;
    case 'N':  /* None */
    case 0x88: /* True, False */
    case 0x89:
    case '}': /* a dictionary, a list, a set */
    case ']':
    case 0x8f:
        push_other(m);
        return true;
    case 'c':
        (void)take_line(m);
        push(m, take_line(m));
        return true;
    case 'h':
    case 'j':
        get(m, take_number(m, op == 'h' ? 1 : 4));
        return true;
    default:
        return false;
    }
}

/* Those that work on the stack. @return false: it is none of them */
static bool work(struct machine *m, unsigned char op)
{
    switch (op) {
    case 0x80: /* the protocol's number; the length of a frame */
    case 0x95:
        (void)take(m, op == 0x80 ? 1 : 8);
        return true;
    case ')':
    case 0x85:
    case 0x86:
    case 0x87:
        push(m, tuple(m, op == ')' ? 0 : (size_t)op - 0x84));
        return true;
    case 't': {
        const struct value t = tuple(m, above_mark(m));
        (void)pop(m); /* the mark */
        push(m, t);
        return true;
    }
    case 'q':
    case 'r':
        put(m, take_number(m, op == 'q' ? 1 : 4));
        return true;
    case 0x94:
        put(m, m->memo.n);
        return true;
    case 0x93: { /* a global from two texts */
        struct value name = pop(m);
        (void)pop(m);
        name.kind = name.kind == TEXT ? GLOBAL : OTHER;
        push(m, name);
        return true;
    }
    case 'Q':
        load_persistent(m);
        return true;
    case 'R':
        call(m);
        return true;
    case 0x81: /* new objects */
    case 0x92:
        for (int i = 0; i < (op == 0x81 ? 2 : 3); i++)
            (void)pop(m);
        push_other(m);
        return true;
    case 's':
        set_item(m);
        return true;
    case 'u':
        set_items(m);
        return true;
    case 'a': /* one item less, as goes into a list or the state of an object */
    case 'b':
    case '0':
        (void)pop(m);
        return true;
    case 'e':
    case 0x90:
    case '1':
        drop_to_mark(m);
        return true;
    case '2':
        push(m, m->stack.n ? m->stack.at[m->stack.n - 1] : (struct value){.kind = OTHER});
        return true;
    default:
        return false;
    }
}

enum chip_status chip_pickle_tensors(const unsigned char *data, size_t n,
                                     enum chip_status (*found)(void *user,
                                                               const struct chip_pickle_tensor *t,
                                                               struct chip_err *err),
                                     void *user, struct chip_err *err)
{
    struct machine m = {
        .next = data, .end = data + n, .size = n, .found = found, .user = user, .err = err};
    bool stopped = false;
    while (m.status == CHIP_OK && !stopped) {
        const unsigned char op = *take(&m, 1);
        if (m.status != CHIP_OK)
            break;
        stopped = op == '.';
        if (!stopped && !bring(&m, op) && !work(&m, op))
            m.status = chip_fail(err, CHIP_E_UNSUPPORTED,
                                 "the pickled data use instruction %d, which no model needs", op);
    }
    free(m.stack.at);
    free(m.items.at);
    free(m.memo.at);
    return m.status;
}
