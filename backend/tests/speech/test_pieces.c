#include "../test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "speech/pieces.h"

/* The queue between reader and recognisers, alone and from many threads. */

enum { LENGTH = 100 /* samples of most pieces */ };

/* A piece whose first sample says which one it is. */
static struct chip_speech piece(size_t i, size_t n_samples)
{
    struct chip_speech speech = {.n_samples = n_samples, .n_spans = 1};
    speech.pcm = calloc(n_samples, sizeof *speech.pcm);
    speech.spans = calloc(1, sizeof *speech.spans);
    assert_true(speech.pcm && speech.spans);
    speech.pcm[0] = (float)i;
    return speech;
}

static struct chip_pieces *queue(size_t max_samples)
{
    struct chip_pieces *q;
    assert_int_equal(chip_pieces_new(&q, max_samples, NULL), CHIP_OK);
    return q;
}

static void put(struct chip_pieces *q, size_t i)
{
    struct chip_speech speech = piece(i, LENGTH);
    assert_true(chip_pieces_put(q, &speech));
    assert_null(speech.pcm); /* it is the queue's now */
}

static void take(struct chip_pieces *q, size_t i)
{
    struct chip_piece out;
    assert_int_equal(chip_pieces_take(q, -1, &out), CHIP_PIECES_GOT);
    assert_int_equal(out.index, i);
    assert_true(out.speech.pcm[0] == (float)i);
    chip_speech_done(&out.speech);
}

static void pieces_come_in_order_and_are_numbered(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(1000000);
    for (size_t i = 0; i < 300; i += 3) { /* more than once around the ring */
        put(q, i);
        put(q, i + 1);
        put(q, i + 2);
        take(q, i);
        take(q, i + 1);
        take(q, i + 2);
    }
    chip_pieces_free(q);
}

static void an_empty_queue_gives_wait_then_end(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(1000);
    struct chip_piece out;
    assert_int_equal(chip_pieces_take(q, 0, &out), CHIP_PIECES_WAIT);
    int64_t before = chip_clock_ms();
    assert_int_equal(chip_pieces_take(q, 30, &out), CHIP_PIECES_WAIT);
    assert_true(chip_clock_ms() - before >= 29);
    put(q, 0);
    chip_pieces_end(q);
    take(q, 0); /* what was put before the end is still given */
    assert_int_equal(chip_pieces_take(q, -1, &out), CHIP_PIECES_END);
    assert_int_equal(chip_pieces_take(q, 0, &out), CHIP_PIECES_END);
    chip_pieces_free(q);
}

static void a_stopped_queue_takes_and_gives_nothing(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(1000);
    put(q, 0);
    chip_pieces_stop(q);
    struct chip_piece out;
    assert_int_equal(chip_pieces_take(q, -1, &out), CHIP_PIECES_END);
    struct chip_speech late = piece(1, LENGTH);
    assert_false(chip_pieces_put(q, &late));
    assert_null(late.pcm); /* and was freed */
    chip_pieces_free(q);   /* frees piece 0; NULL is accepted too */
    chip_pieces_free(NULL);
}

/* ---- with other threads ---- */

struct writer {
    pthread_t thread;
    struct chip_pieces *q;
    size_t n;
    _Atomic size_t n_put;
    bool ends, stopped;
};

static void *write_all(void *arg)
{
    struct writer *w = arg;
    for (size_t i = 0; i < w->n && !w->stopped; i++) {
        struct chip_speech speech = piece(i, LENGTH);
        w->stopped = !chip_pieces_put(w->q, &speech);
        w->n_put += !w->stopped;
    }
    if (w->ends)
        chip_pieces_end(w->q);
    return NULL;
}

static void start(struct writer *w, struct chip_pieces *q, size_t n, bool ends)
{
    *w = (struct writer){.q = q, .n = n, .ends = ends};
    assert_int_equal(pthread_create(&w->thread, NULL, write_all, w), 0);
}

static void wait_until_put(const struct writer *w, size_t n)
{
    while (w->n_put < n)
        sched_yield();
}

static void a_put_waits_while_too_much_is_queued(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(10 * LENGTH);
    struct writer w;
    start(&w, q, 1000, true);
    for (size_t i = 0; i < 1000; i++) {
        wait_until_put(&w, i + 11 < 1000 ? i + 11 : 1000);
        assert_true(w.n_put - i <= 11); /* "more than 1000 samples" are queued with the 11th */
        take(q, i);
    }
    pthread_join(w.thread, NULL);
    assert_int_equal(w.n_put, 1000);
    chip_pieces_free(q);
}

static void the_number_of_pieces_is_bounded_too(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(1000000);
    struct writer w;
    start(&w, q, 300, true);
    wait_until_put(&w, 128);
    assert_int_equal(w.n_put, 128);
    for (size_t i = 0; i < 300; i++)
        take(q, i);
    pthread_join(w.thread, NULL);
    chip_pieces_free(q);
}

static void a_piece_larger_than_the_bound_passes(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(10);
    for (size_t i = 0; i < 3; i++) {
        put(q, i);
        take(q, i);
    }
    chip_pieces_free(q);
}

static void stopping_wakes_a_put_that_waits(void **state)
{
    (void)state;
    struct chip_pieces *q = queue(LENGTH);
    struct writer w;
    start(&w, q, 10, false);
    wait_until_put(&w, 2); /* the third waits, or will */
    chip_pieces_stop(q);
    pthread_join(w.thread, NULL);
    assert_true(w.stopped);
    assert_int_equal(w.n_put, 2);
    chip_pieces_free(q);
}

struct reader {
    pthread_t thread;
    struct chip_pieces *q;
    pthread_barrier_t *ready;
    _Atomic int *seen; /* by piece */
    size_t n_taken, last;
    bool in_order;
};

static void *read_all(void *arg)
{
    struct reader *r = arg;
    struct chip_piece out;
    r->in_order = true;
    for (int i = 0;; i++) {
        enum chip_pieces_got got = chip_pieces_take(r->q, i % 3 - 1, &out);
        if (got == CHIP_PIECES_END)
            return NULL;
        if (got == CHIP_PIECES_WAIT)
            continue;
        r->in_order = r->in_order && (r->n_taken == 0 || out.index > r->last);
        r->last = out.index;
        r->n_taken++;
        r->seen[out.index]++;
        chip_speech_done(&out.speech);
    }
}

enum { READERS = 4, PIECES = 5000 };

static void each_piece_goes_to_one_of_many_takers(void **state)
{
    (void)state;
    static _Atomic int seen[PIECES];
    struct chip_pieces *q = queue(10 * LENGTH);
    struct reader readers[READERS];
    for (size_t i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.q = q, .seen = seen};
        assert_int_equal(pthread_create(&readers[i].thread, NULL, read_all, &readers[i]), 0);
    }
    struct writer w;
    start(&w, q, PIECES, true);
    pthread_join(w.thread, NULL);
    size_t total = 0;
    for (size_t i = 0; i < READERS; i++) {
        pthread_join(readers[i].thread, NULL);
        assert_true(readers[i].in_order);
        total += readers[i].n_taken;
    }
    assert_int_equal(total, PIECES);
    for (size_t i = 0; i < PIECES; i++)
        assert_int_equal(seen[i], 1);
    chip_pieces_free(q);
}

static void *wait_for_end(void *arg)
{
    struct reader *r = arg;
    struct chip_piece out;
    pthread_barrier_wait(r->ready);
    r->in_order = chip_pieces_take(r->q, -1, &out) == CHIP_PIECES_END;
    return NULL;
}

/* Often, so that now and then all of them wait already; it hangs here if one is not woken. */
static void end_and_stop_wake_takers_that_wait(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct chip_pieces *q = queue(1000);
        struct reader readers[READERS];
        pthread_barrier_t ready;
        pthread_barrier_init(&ready, NULL, READERS + 1);
        for (size_t i = 0; i < READERS; i++) {
            readers[i] = (struct reader){.q = q, .ready = &ready};
            assert_int_equal(pthread_create(&readers[i].thread, NULL, wait_for_end, &readers[i]),
                             0);
        }
        pthread_barrier_wait(&ready);
        for (int i = 0; i < round; i++)
            sched_yield();
        if (round % 2)
            chip_pieces_stop(q);
        else
            chip_pieces_end(q);
        for (size_t i = 0; i < READERS; i++) {
            pthread_join(readers[i].thread, NULL);
            assert_true(readers[i].in_order);
        }
        pthread_barrier_destroy(&ready);
        chip_pieces_free(q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_come_in_order_and_are_numbered),
        cmocka_unit_test(an_empty_queue_gives_wait_then_end),
        cmocka_unit_test(a_stopped_queue_takes_and_gives_nothing),
        cmocka_unit_test(a_put_waits_while_too_much_is_queued),
        cmocka_unit_test(the_number_of_pieces_is_bounded_too),
        cmocka_unit_test(a_piece_larger_than_the_bound_passes),
        cmocka_unit_test(stopping_wakes_a_put_that_waits),
        cmocka_unit_test(each_piece_goes_to_one_of_many_takers),
        cmocka_unit_test(end_and_stop_wake_takers_that_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
