#include "models/pickle.h"

#include <stdlib.h>
#include <string.h>

#include "models/pickle_machine.h"

/* ---- what torch does with it ---- */

/* ("storage", type, key, place, size) */
static void load_persistent(struct chip_pickle_machine *m)
{
    const struct chip_pickle_value id = chip_pickle_pop(m);
    const struct chip_pickle_value *items = m->items.at + id.first;
    if (id.kind == CHIP_PICKLE_TUPLE && id.n == 5 &&
        chip_pickle_is(items[0], CHIP_PICKLE_TEXT, "storage") &&
        items[1].kind == CHIP_PICKLE_GLOBAL && items[2].kind == CHIP_PICKLE_TEXT)
        chip_pickle_push(m, (struct chip_pickle_value){.kind = CHIP_PICKLE_STORAGE,
                                                       .text = items[2].text,
                                                       .len = items[2].len,
                                                       .first = id.first + 1});
    else
        chip_pickle_push_other(m);
}

/* (storage, offset, size, stride, ...) makes a tensor; (tensor, ...) a parameter that is one. */
static void call(struct chip_pickle_machine *m)
{
    const struct chip_pickle_value arguments = chip_pickle_pop(m), function = chip_pickle_pop(m);
    const struct chip_pickle_value *items = m->items.at + arguments.first;
    if (chip_pickle_is(function, CHIP_PICKLE_GLOBAL, "_rebuild_tensor_v2") &&
        arguments.kind == CHIP_PICKLE_TUPLE && arguments.n >= 4 &&
        items[0].kind == CHIP_PICKLE_STORAGE && items[1].kind == CHIP_PICKLE_NUMBER &&
        items[2].kind == CHIP_PICKLE_TUPLE && items[3].kind == CHIP_PICKLE_TUPLE &&
        items[2].n == items[3].n)
        chip_pickle_push(m, (struct chip_pickle_value){
                                .kind = CHIP_PICKLE_TENSOR, .first = arguments.first, .n = 4});
    else if (chip_pickle_is(function, CHIP_PICKLE_GLOBAL, "_rebuild_parameter") &&
             arguments.kind == CHIP_PICKLE_TUPLE && arguments.n >= 1 &&
             items[0].kind == CHIP_PICKLE_TENSOR)
        chip_pickle_push(m, items[0]);
    else
        chip_pickle_push_other(m);
}

static void note(struct chip_pickle_machine *m, struct chip_pickle_value key,
                 struct chip_pickle_value value)
{
    if (m->status != CHIP_OK || key.kind != CHIP_PICKLE_TEXT || value.kind != CHIP_PICKLE_TENSOR)
        return;
    const struct chip_pickle_value *items = m->items.at + value.first;
    const struct chip_pickle_value storage = items[0], type = m->items.at[storage.first];
    struct chip_pickle_tensor t = {.name = key.text,
                                   .name_len = key.len,
                                   .storage = storage.text,
                                   .storage_len = storage.len,
                                   .type = type.text,
                                   .type_len = type.len,
                                   .offset = (uint64_t)items[1].number,
                                   .rank = (int)items[2].n};
    if (items[2].n > CHIP_PICKLE_MAX_RANK || items[1].number < 0) {
        chip_pickle_broken(m);
        return;
    }
    for (int d = 0; d < t.rank; d++) {
        const struct chip_pickle_value size = m->items.at[items[2].first + (size_t)d];
        const struct chip_pickle_value stride = m->items.at[items[3].first + (size_t)d];
        if (size.kind != CHIP_PICKLE_NUMBER || stride.kind != CHIP_PICKLE_NUMBER) {
            chip_pickle_broken(m);
            return;
        }
        t.shape[d] = size.number;
        t.stride[d] = stride.number;
    }
    m->status = m->found(m->user, &t, m->err);
}

static void set_items(struct chip_pickle_machine *m)
{
    const size_t n = chip_pickle_above_mark(m);
    if (n % 2)
        chip_pickle_broken(m);
    for (size_t i = 0; m->status == CHIP_OK && i < n; i += 2) {
        const struct chip_pickle_value *pair = m->stack.at + m->stack.n - n + i;
        note(m, pair[0], pair[1]);
    }
    chip_pickle_drop_to_mark(m);
}

static void set_item(struct chip_pickle_machine *m)
{
    const struct chip_pickle_value value = chip_pickle_pop(m), key = chip_pickle_pop(m);
    note(m, key, value);
}

/* ---- memory ---- */

static void put(struct chip_pickle_machine *m, uint64_t at)
{
    if (m->status != CHIP_OK || m->stack.n == 0 || at > m->size) {
        chip_pickle_broken(m);
        return;
    }
    while (m->status == CHIP_OK && m->memo.n <= at)
        chip_pickle_append(m, &m->memo, (struct chip_pickle_value){.kind = CHIP_PICKLE_OTHER});
    if (m->status == CHIP_OK)
        m->memo.at[at] = m->stack.at[m->stack.n - 1];
}

static void get(struct chip_pickle_machine *m, uint64_t at)
{
    if (at < m->memo.n)
        chip_pickle_push(m, m->memo.at[at]);
    else
        chip_pickle_broken(m);
}

/* ---- instructions ---- */

/* Those that only bring a value. @return false: it is none of them */
static bool bring(struct chip_pickle_machine *m, unsigned char op)
{
    switch (op) {
    case '(':
        chip_pickle_push(m, (struct chip_pickle_value){.kind = CHIP_PICKLE_MARK});
        return true;
    case 'K':
    case 'M':
        chip_pickle_push_number(m, (int64_t)chip_pickle_take_number(m, op == 'K' ? 1 : 2));
        return true;
    case 'J':
        chip_pickle_push_number(m, (int32_t)chip_pickle_take_number(m, 4));
        return true;
    case 0x8a:
        chip_pickle_push_long(m, chip_pickle_take_number(m, 1));
        return true;
    case 'X': /* texts, and bytes, which may be texts of Python 2 */
    case 'B':
    case 'T':
        chip_pickle_push_text(m, CHIP_PICKLE_TEXT, chip_pickle_take_number(m, 4));
        return true;
    case 'U':
    case 'C':
    case 0x8c:
        chip_pickle_push_text(m, CHIP_PICKLE_TEXT, chip_pickle_take_number(m, 1));
        return true;
    case 0x8d:
    case 0x8e:
        chip_pickle_push_text(m, CHIP_PICKLE_TEXT, chip_pickle_take_number(m, 8));
        return true;
    case 'G':
        (void)chip_pickle_take(m, 8);
        chip_pickle_push_other(m);
        return true;
    case 'N':  /* None */
    case 0x88: /* True, False */
    case 0x89:
    case '}': /* a dictionary, a list, a set */
    case ']':
    case 0x8f:
        chip_pickle_push_other(m);
        return true;
    case 'c':
        (void)chip_pickle_take_line(m);
        chip_pickle_push(m, chip_pickle_take_line(m));
        return true;
    case 'h':
    case 'j':
        get(m, chip_pickle_take_number(m, op == 'h' ? 1 : 4));
        return true;
    default:
        return false;
    }
}

/* Those that work on the stack. @return false: it is none of them */
static bool work(struct chip_pickle_machine *m, unsigned char op)
{
    switch (op) {
    case 0x80: /* the protocol's number; the length of a frame */
    case 0x95:
        (void)chip_pickle_take(m, op == 0x80 ? 1 : 8);
        return true;
    case ')':
    case 0x85:
    case 0x86:
    case 0x87:
        chip_pickle_push(m, chip_pickle_tuple(m, op == ')' ? 0 : (size_t)op - 0x84));
        return true;
    case 't': {
        const struct chip_pickle_value t = chip_pickle_tuple(m, chip_pickle_above_mark(m));
        (void)chip_pickle_pop(m); /* the mark */
        chip_pickle_push(m, t);
        return true;
    }
    case 'q':
    case 'r':
        put(m, chip_pickle_take_number(m, op == 'q' ? 1 : 4));
        return true;
    case 0x94:
        put(m, m->memo.n);
        return true;
    case 0x93: { /* a global from two texts */
        struct chip_pickle_value name = chip_pickle_pop(m);
        (void)chip_pickle_pop(m);
        name.kind = name.kind == CHIP_PICKLE_TEXT ? CHIP_PICKLE_GLOBAL : CHIP_PICKLE_OTHER;
        chip_pickle_push(m, name);
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
            (void)chip_pickle_pop(m);
        chip_pickle_push_other(m);
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
        (void)chip_pickle_pop(m);
        return true;
    case 'e':
    case 0x90:
    case '1':
        chip_pickle_drop_to_mark(m);
        return true;
    case '2':
        chip_pickle_push(m, m->stack.n ? m->stack.at[m->stack.n - 1]
                                       : (struct chip_pickle_value){.kind = CHIP_PICKLE_OTHER});
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
    struct chip_pickle_machine m = {
        .next = data, .end = data + n, .size = n, .found = found, .user = user, .err = err};
    bool stopped = false;
    while (m.status == CHIP_OK && !stopped) {
        const unsigned char op = *chip_pickle_take(&m, 1);
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
