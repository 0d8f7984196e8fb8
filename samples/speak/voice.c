#include "voice.h"

#include "script.h"

#include <math.h>
#include <string.h>

#include <flite/flite.h>

/* The voices' libraries come without headers. */
cst_voice *register_cmu_us_awb(const char *);
cst_voice *register_cmu_us_kal16(const char *);
cst_voice *register_cmu_us_rms(const char *);
cst_voice *register_cmu_us_slt(const char *);

static const struct {
    const char *name;
    cst_voice *(*open)(const char *);
} voices[] = {
    {"awb", register_cmu_us_awb},
    {"kal16", register_cmu_us_kal16},
    {"rms", register_cmu_us_rms},
    {"slt", register_cmu_us_slt},
};

static size_t sample_at(double seconds)
{
    return (size_t)lround(seconds * VOICE_RATE_HZ);
}

/** Widens the word by the phones of one of flite's words ("Dana's" is two: "dana", "'s"). */
static void add_phones(struct voice_word *word, const cst_item *spoken)
{
    const cst_item *syllable = item_daughter(item_as(spoken, "SylStructure"));
    for (; syllable; syllable = item_next(syllable)) {
        for (const cst_item *phone = item_daughter(syllable); phone; phone = item_next(phone)) {
            const cst_item *segment = item_as(phone, "Segment");
            const cst_item *before = item_prev(segment);
            if (!word->end)
                word->start = before ? sample_at(item_feat_float(before, "end")) : 0;
            word->end = sample_at(item_feat_float(segment, "end"));
        }
    }
}

/** The line's words as written, one for each of flite's tokens. */
static void find_words(struct voice_line *line, cst_utterance *utterance, const char *text)
{
    char *rest = take_copy(text);
    line->words = take((strlen(text) / 2 + 1) * sizeof *line->words);

    const cst_item *token = relation_head(utt_relation(utterance, "Token"));
    for (char *written; (written = strsep(&rest, " "));) {
        if (!token)
            die("flite has fewer words than '%s'", text);
        struct voice_word word = {.text = written};
        for (const cst_item *w = item_daughter(token); w; w = item_next(w))
            add_phones(&word, w);
        if (word.end <= word.start)
            die("flite does not speak '%s' of '%s'", written, text);
        line->words[line->n_words++] = word;
        token = item_next(token);
    }
    if (token)
        die("flite has more words than '%s'", text);
}

static cst_voice *voice_named(const char *name)
{
    static cst_voice *opened[sizeof voices / sizeof voices[0]];
    flite_init();
    for (size_t i = 0; i < sizeof voices / sizeof voices[0]; i++) {
        if (strcmp(voices[i].name, name) != 0)
            continue;
        if (!opened[i])
            opened[i] = voices[i].open(NULL);
        return opened[i];
    }
    die("no voice '%s'", name);
}

struct voice_line voice_speak(const char *voice, const char *text)
{
    cst_utterance *utterance = flite_synth_text(text, voice_named(voice));
    if (!utterance)
        die("flite can't speak '%s'", text);
    const cst_wave *wave = utt_wave(utterance);
    if (wave->sample_rate != VOICE_RATE_HZ || wave->num_channels != 1)
        die("voice '%s' is not mono at %d Hz", voice, VOICE_RATE_HZ);

    struct voice_line line = {.n_pcm = (size_t)wave->num_samples};
    line.pcm = take(line.n_pcm * sizeof *line.pcm);
    for (size_t i = 0; i < line.n_pcm; i++)
        line.pcm[i] = (float)wave->samples[i] / 32768.0F;
    find_words(&line, utterance, text);
    delete_utterance(utterance);
    return line;
}
