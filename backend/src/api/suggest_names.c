#include "api/suggest_names.h"

#include <stdlib.h>
#include <time.h>

#include "meeting/transcript.h"
#include "speech/diarize/profiles.h"
#include "speech/diarize/turns.h"

enum chip_status chip_suggest_names(const char *voices_dir, const struct chip_diarization *d,
                                    struct chip_transcript *t, struct chip_err *err)
{
    CHIP_AUTO(chip_profiles) profiles = NULL;
    enum chip_status s = chip_profiles_open(&profiles, voices_dir, err);
    if (s != CHIP_OK)
        return s;
    size_t n = d->n_speakers;
    float(*voices)[CHIP_VOICE_DIM] = calloc(n + 1, sizeof *voices);
    struct chip_profile_match *match = calloc(n + 1, sizeof *match);
    if (voices && match) {
        chip_voice_centers(d->windows, d->label, d->n_windows, n, voices);
        chip_profiles_match(profiles, (const float(*)[CHIP_VOICE_DIM])voices, n,
                            (int32_t)(time(NULL) / (24 * 3600)), match);
        for (size_t i = 0; s == CHIP_OK && i < n && i < t->n_speakers; i++)
            if (match[i].profile)
                s = chip_transcript_suggest_name(t, i, match[i].profile->name, match[i].similarity,
                                                 err);
    } else {
        s = chip_fail(err, CHIP_E_NOMEM, "not enough memory for voices");
    }
    free(voices);
    free(match);
    return s;
}
