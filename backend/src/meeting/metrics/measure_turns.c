#include "meeting/metrics/measure.h"

#include <string.h>

#include "meeting/metrics/latest.h"

/* Turn lengths of one speaker, or of all (speaker -1). */
static void measure_lengths(struct chip_scene *scene, int speaker, struct chip_sample *out)
{
    size_t n = 0, row = speaker < 0 ? scene->talk->n_speakers : (size_t)speaker;
    double sum = 0, longest = 0, *lengths = scene->numbers;
    for (size_t i = 0; i < scene->n_floors; i++) {
        const struct chip_floor *turn = &scene->floors[i];
        if (speaker >= 0 && turn->speaker != speaker)
            continue;
        lengths[n] = (double)(turn->end_ms - turn->start_ms) / 1000;
        sum += lengths[n];
        longest = lengths[n] > longest ? lengths[n] : longest;
        n++;
    }
    if (!n)
        return;
    int64_t evidence = (int64_t)n;
    chip_sample_set(out, row, CHIP_METRIC_TURNS, (double)n, evidence);
    chip_sample_set(out, row, CHIP_METRIC_MEAN_TURN, sum / (double)n, evidence);
    chip_sample_set(out, row, CHIP_METRIC_MEDIAN_TURN, chip_median(lengths, n), evidence);
    chip_sample_set(out, row, CHIP_METRIC_LONGEST_MONOLOGUE, longest, evidence);
}

/* The longest time without a turn of the speaker, from the first to the last speech of all. */
static void measure_listening(const struct chip_scene *scene, struct chip_sample *out)
{
    size_t n_speakers = scene->talk->n_speakers;
    if (!scene->n_floors)
        return;
    int64_t first_ms = scene->floors[0].start_ms, last_ms = first_ms;
    int64_t ends[CHIP_TALK_MAX_SPEAKERS], longest[CHIP_TALK_MAX_SPEAKERS] = {0};
    for (size_t s = 0; s < n_speakers; s++)
        ends[s] = first_ms;
    for (size_t i = 0; i < scene->n_floors; i++) {
        const struct chip_floor *turn = &scene->floors[i];
        int64_t waited_ms = turn->start_ms - ends[turn->speaker];
        if (waited_ms > longest[turn->speaker])
            longest[turn->speaker] = waited_ms;
        if (turn->end_ms > ends[turn->speaker])
            ends[turn->speaker] = turn->end_ms;
        last_ms = turn->end_ms > last_ms ? turn->end_ms : last_ms;
    }
    for (size_t s = 0; s < n_speakers; s++) {
        int64_t waited_ms = last_ms - ends[s];
        chip_sample_set(out, s, CHIP_METRIC_LONGEST_LISTENING,
                        (double)(waited_ms > longest[s] ? waited_ms : longest[s]) / 1000,
                        (int64_t)scene->n_floors);
    }
}

/* ---- handovers ------------------------------------------------------------------------------- */

/* Counts of one speaker, or of the meeting. */
struct counts {
    int64_t handovers, immediate, given, received, backchannels, others;
};

static bool is_interruption(const struct chip_floor *turn, const struct chip_floor *other)
{
    return turn->start_ms - other->start_ms >= CHIP_TALK_OVERLAP_MS &&
           other->end_ms - turn->start_ms >= CHIP_TALK_OVERLAP_MS &&
           other->end_ms - turn->start_ms <= CHIP_TALK_YIELD_MS &&
           turn->end_ms - turn->start_ms >= CHIP_TALK_TAKEOVER_MS;
}

/* Goes through the handovers. @param gaps_of -1: all gaps, else those before this speaker */
static size_t collect_gaps(const struct chip_scene *scene, int gaps_of, double *gaps)
{
    struct chip_latest latest = {0};
    size_t n = 0;
    for (size_t i = 0; i < scene->n_floors; i++) {
        const struct chip_floor *turn = &scene->floors[i];
        const struct chip_last_heard *other = chip_latest_other(&latest, turn->speaker);
        bool is_handover = i > 0 && scene->floors[i - 1].speaker != turn->speaker;
        int64_t gap_ms = other ? turn->start_ms - other->end_ms : 0;
        if (is_handover && (gaps_of < 0 || gaps_of == turn->speaker) &&
            gap_ms >= CHIP_TALK_COLLAR_MS && gap_ms <= CHIP_TALK_LAPSE_MS)
            gaps[n++] = (double)gap_ms / 1000;
        chip_latest_add(&latest, (struct chip_last_heard){turn->end_ms, turn->speaker, i});
    }
    return n;
}

static void count_handovers(const struct chip_scene *scene, struct counts *counts)
{
    struct chip_latest latest = {0};
    struct counts *all = &counts[scene->talk->n_speakers];
    for (size_t i = 0; i < scene->n_floors; i++) {
        const struct chip_floor *turn = &scene->floors[i];
        const struct chip_last_heard *other = chip_latest_other(&latest, turn->speaker);
        struct counts *own = &counts[turn->speaker];
        if (i > 0 && scene->floors[i - 1].speaker != turn->speaker) {
            bool is_immediate = turn->start_ms - other->end_ms < CHIP_TALK_COLLAR_MS;
            own->handovers++;
            own->immediate += is_immediate;
            all->handovers++;
            all->immediate += is_immediate;
        }
        if (other && is_interruption(turn, &scene->floors[other->item])) {
            own->given++;
            all->given++;
            counts[other->speaker].received++;
        }
        chip_latest_add(&latest, (struct chip_last_heard){turn->end_ms, turn->speaker, i});
    }
}

static void count_backchannels(const struct chip_scene *scene, struct counts *counts)
{
    size_t n_speakers = scene->talk->n_speakers;
    for (size_t i = 0; i < scene->n_pieces; i++) {
        const struct chip_piece *p = &scene->pieces[i];
        counts[p->speaker].backchannels += p->is_backchannel;
        counts[n_speakers].backchannels += p->is_backchannel;
        counts[p->speaker].others--; /* all pieces are added below */
    }
    for (size_t s = 0; s <= n_speakers; s++)
        counts[s].others += (int64_t)scene->n_pieces;
}

/* ---------------------------------------------------------------------------------------------- */

void chip_measure_turns(struct chip_scene *scene, struct chip_sample *out)
{
    size_t n_speakers = scene->talk->n_speakers;
    struct counts counts[CHIP_TALK_MAX_SPEAKERS + 1];
    memset(counts, 0, (n_speakers + 1) * sizeof *counts);
    count_handovers(scene, counts);
    count_backchannels(scene, counts);
    measure_listening(scene, out);

    double minutes = (double)scene->talk->duration_ms / 60000;
    int64_t handovers = counts[n_speakers].handovers;
    if (minutes > 0)
        chip_sample_set(out, n_speakers, CHIP_METRIC_INTERACTIVITY, (double)handovers / minutes,
                        (int64_t)scene->n_floors);
    for (size_t row = 0; row <= n_speakers; row++) {
        const struct counts *c = &counts[row];
        int speaker = row < n_speakers ? (int)row : -1;
        measure_lengths(scene, speaker, out);
        size_t n_gaps = collect_gaps(scene, speaker, scene->numbers);
        if (n_gaps)
            chip_sample_set(out, row, CHIP_METRIC_PATIENCE, chip_median(scene->numbers, n_gaps),
                            (int64_t)n_gaps);
        if (c->handovers)
            chip_sample_set(out, row, CHIP_METRIC_IMMEDIATE_HANDOVERS,
                            (double)c->immediate / (double)c->handovers, c->handovers);
        chip_sample_set(out, row, CHIP_METRIC_INTERRUPTIONS_GIVEN, (double)c->given, handovers);
        chip_sample_set(out, row, CHIP_METRIC_INTERRUPTIONS_RECEIVED, (double)c->received,
                        handovers);
        int64_t heard_ms =
            row < n_speakers ? scene->all_talk_ms - scene->talk_ms[row] : scene->union_ms;
        if (heard_ms > 0)
            chip_sample_set(out, row, CHIP_METRIC_BACKCHANNEL_RATE,
                            (double)c->backchannels * 60000 / (double)heard_ms, c->others);
    }
}
