#include "meeting/metrics/measure.h"

#include <math.h>

#include "meeting/metrics/latest.h"

/* Moves the k-th smallest number to numbers[k], none larger before it. Hoare 1961, algorithm 65 */
static double nth(double *numbers, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = numbers[low + (high - low) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (numbers[i] < pivot)
                i++;
            while (numbers[j] > pivot)
                j--;
            if (i >= j)
                break;
            double swapped = numbers[i];
            numbers[i++] = numbers[j];
            numbers[j--] = swapped;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return numbers[k];
}

double chip_median(double *numbers, size_t n)
{
    double upper = nth(numbers, n, n / 2);
    if (n % 2)
        return upper;
    double lower = numbers[0]; /* the largest of those before it */
    for (size_t i = 1; i < n / 2; i++)
        lower = numbers[i] > lower ? numbers[i] : lower;
    return (lower + upper) / 2;
}

static void measure_talk(const struct chip_scene *scene, struct chip_sample *out)
{
    size_t n_speakers = scene->talk->n_speakers;
    int64_t pieces[CHIP_TALK_MAX_SPEAKERS] = {0};
    for (size_t i = 0; i < scene->n_pieces; i++)
        pieces[scene->pieces[i].speaker]++;
    double all = (double)scene->all_talk_ms;
    for (size_t s = 0; s < n_speakers; s++) {
        double own = (double)scene->talk_ms[s];
        chip_sample_set(out, s, CHIP_METRIC_TALK_TIME, own / 1000, pieces[s]);
        if (all > 0)
            chip_sample_set(out, s, CHIP_METRIC_TALK_SHARE, own / all, pieces[s]);
        if (all > own)
            chip_sample_set(out, s, CHIP_METRIC_TALK_TO_LISTEN, own / (all - own), pieces[s]);
    }
    chip_sample_set(out, n_speakers, CHIP_METRIC_TALK_TIME, all / 1000, (int64_t)scene->n_pieces);
}

/* How evenly talk time is spread over those who speak. */
static void measure_balance(const struct chip_scene *scene, struct chip_sample *out)
{
    size_t n_speakers = scene->talk->n_speakers;
    double all = (double)scene->all_talk_ms, entropy = 0, differences = 0, n = 0;
    for (size_t i = 0; i < n_speakers; i++) {
        if (!scene->talk_ms[i])
            continue;
        n++;
        double share = (double)scene->talk_ms[i] / all;
        entropy -= share * log(share);
        for (size_t j = 0; j < n_speakers; j++)
            if (scene->talk_ms[j])
                differences += fabs((double)(scene->talk_ms[i] - scene->talk_ms[j]));
    }
    if (n < 2)
        return;
    int64_t evidence = (int64_t)scene->n_pieces;
    chip_sample_set(out, n_speakers, CHIP_METRIC_BALANCE, fmin(entropy / log(n), 1), evidence);
    chip_sample_set(out, n_speakers, CHIP_METRIC_GINI, differences / (2 * n * all), evidence);
}

static void measure_silence(const struct chip_scene *scene, struct chip_sample *out)
{
    size_t meeting = scene->talk->n_speakers;
    int64_t end_ms = 0, longest_ms = 0, n_silences = 0, n_lapses = 0;
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_piece *p = &scene->pieces[i];
        int64_t silence_ms = i ? p->start_ms - end_ms : 0;
        n_silences += silence_ms > 0;
        n_lapses += silence_ms > CHIP_TALK_LAPSE_MS;
        longest_ms = silence_ms > longest_ms ? silence_ms : longest_ms;
        end_ms = p->end_ms > end_ms ? p->end_ms : end_ms;
    }
    double duration = (double)scene->talk->duration_ms;
    int64_t evidence = (int64_t)scene->n_pieces;
    if (duration > 0)
        chip_sample_set(out, meeting, CHIP_METRIC_SILENCE_RATIO,
                        (duration - (double)scene->union_ms) / duration, evidence);
    chip_sample_set(out, meeting, CHIP_METRIC_LONGEST_SILENCE, (double)longest_ms / 1000,
                    n_silences);
    chip_sample_set(out, meeting, CHIP_METRIC_LAPSES, (double)n_lapses, evidence);
}

/* Stretches in which two or more speak: where a piece begins inside another speaker's. */
static void measure_overlap(const struct chip_scene *scene, struct chip_sample *out)
{
    struct chip_latest latest = {0};
    int64_t from_ms = 0, to_ms = 0, all_ms = 0;
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_piece *p = &scene->pieces[i];
        const struct chip_last_heard *other = chip_latest_other(&latest, p->speaker);
        int64_t end_ms = other && other->end_ms < p->end_ms ? other->end_ms : p->end_ms;
        if (other && end_ms > p->start_ms) {
            if (p->start_ms > to_ms) {
                all_ms += to_ms - from_ms >= CHIP_TALK_OVERLAP_MS ? to_ms - from_ms : 0;
                from_ms = p->start_ms;
            }
            to_ms = end_ms > to_ms ? end_ms : to_ms;
        }
        chip_latest_add(&latest, (struct chip_last_heard){p->end_ms, p->speaker, i});
    }
    all_ms += to_ms - from_ms >= CHIP_TALK_OVERLAP_MS ? to_ms - from_ms : 0;
    if (scene->union_ms > 0)
        chip_sample_set(out, scene->talk->n_speakers, CHIP_METRIC_OVERLAP_SHARE,
                        (double)all_ms / (double)scene->union_ms, (int64_t)scene->n_pieces);
}

void chip_measure_time(struct chip_scene *scene, struct chip_sample *out)
{
    measure_talk(scene, out);
    measure_balance(scene, out);
    measure_silence(scene, out);
    measure_overlap(scene, out);
}
