#include "meeting.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const double speech_rms = 0.089;  /* -21 dBFS; louder, the liveliest voice would clip */
static const double room_peak = 0.00087; /* -66 dBFS rms, evenly spread: no room is silent */
static const float loudest = 0.97F;      /* -0.3 dBFS, so that no codec clips */
enum { MARGIN_MS = 700 };                /* before the first word and after the last */

static size_t samples_of_ms(long ms)
{
    return (size_t)ms * VOICE_RATE_HZ / 1000;
}

/** The factor that gives a person's words, without the pauses, speech_rms over the meeting. */
static float gain_of(const struct meeting *meeting, const struct script *script, size_t person)
{
    double energy = 0, n = 0;
    for (size_t i = 0; i < script->n_lines; i++) {
        const struct voice_line *line = &meeting->said[i];
        if (script->lines[i].person != person)
            continue;
        for (size_t w = 0; w < line->n_words; w++) {
            n += (double)(line->words[w].end - line->words[w].start);
            for (size_t k = line->words[w].start; k < line->words[w].end && k < line->n_pcm; k++)
                energy += (double)line->pcm[k] * line->pcm[k];
        }
    }
    return energy > 0 ? (float)(speech_rms / sqrt(energy / n)) : 0;
}

/**
 * Finds each line's place: its first word comes gap_ms after the last word that anybody said.
 * The silence that flite puts around a line overlaps with its neighbours.
 */
static void lay_out(struct meeting *meeting, const struct script *script)
{
    size_t heard_until = samples_of_ms(MARGIN_MS);
    for (size_t i = 0; i < script->n_lines; i++) {
        const struct voice_line *line = &meeting->said[i];
        long first = (long)heard_until + script->lines[i].gap_ms * (VOICE_RATE_HZ / 1000);
        if (first < (long)line->words[0].start)
            die("line %d begins before the meeting", script->lines[i].id);
        meeting->start[i] = (size_t)first - line->words[0].start;

        size_t last = meeting->start[i] + line->words[line->n_words - 1].end;
        if (last > heard_until)
            heard_until = last;
    }
    meeting->n_pcm = heard_until + samples_of_ms(MARGIN_MS);
}

static void fill_with_room(float *pcm, size_t n)
{
    uint32_t seed = 1;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525U + 1013904223U;
        pcm[i] = (float)(room_peak * ((double)seed / 2147483648.0 - 1.0));
    }
}

void meeting_speak(struct meeting *meeting, const struct script *script)
{
    for (size_t i = 0; i < script->n_lines; i++) {
        const struct script_line *line = &script->lines[i];
        meeting->said[i] = voice_speak(script->people[line->person].voice, line->text);
    }
    lay_out(meeting, script);

    meeting->pcm = take(meeting->n_pcm * sizeof *meeting->pcm);
    fill_with_room(meeting->pcm, meeting->n_pcm);
    float gains[SCRIPT_MAX_PEOPLE];
    for (size_t p = 0; p < script->n_people; p++)
        gains[p] = gain_of(meeting, script, p);

    float peak = 0;
    for (size_t i = 0; i < script->n_lines; i++) {
        const struct voice_line *line = &meeting->said[i];
        float gain = gains[script->lines[i].person];
        for (size_t k = 0; k < line->n_pcm && meeting->start[i] + k < meeting->n_pcm; k++) {
            float *sample = &meeting->pcm[meeting->start[i] + k];
            *sample += gain * line->pcm[k];
            peak = fmaxf(peak, fabsf(*sample));
        }
    }
    if (peak > loudest)
        die("the meeting clips: its peak is %.2f", (double)peak);
}
