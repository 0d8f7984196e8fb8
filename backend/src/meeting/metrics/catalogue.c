#include "meeting/metrics/catalogue.h"

#include <string.h>

enum { BOTH = CHIP_FOR_SPEAKERS | CHIP_FOR_MEETING };

static const struct row {
    struct chip_metric_info info;
    unsigned needs; /* bits of enum chip_metric_needs */
} rows[CHIP_N_METRICS] = {
    [CHIP_METRIC_TALK_TIME] =
        {{"talk_time", "Talk time", "s", BOTH, "pieces of speech", 1,
          "Length of all of a speaker's speech, pauses under 1 s included. For the meeting: the "
          "sum over speakers, so that overlap counts for each of them.",
          "Amazon Transcribe (TalkTime), Zoom, Symbl"},
         0},
    [CHIP_METRIC_TALK_SHARE] =
        {{"talk_share", "Talk share", "share", CHIP_FOR_SPEAKERS, "pieces of speech", 1,
          "A speaker's talk time / the talk time of all speakers. The denominator is speech, not "
          "the recording: silence belongs to nobody, and the shares sum to 1.",
          "Gong (talk ratio); the best single sign of perceived dominance: Jayagopi et al. 2009"},
         CHIP_NEEDS_SPEAKERS},
    [CHIP_METRIC_TALK_TO_LISTEN] =
        {{"talk_to_listen", "Talk to listen", "ratio", CHIP_FOR_SPEAKERS, "pieces of speech", 1,
          "A speaker's talk time / the talk time of all others. 1: as much talking as listening.",
          "Rafiki, Vocal Analytics"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_TURNS] =
        {{"turns", "Turns", "count", BOTH, "turns", 1,
          "Turns taken. A turn is speech of one speaker, joined over pauses under 2 s in which "
          "nobody else says anything but backchannels; a backchannel is no turn.",
          "OpenTranscribe, Speakr; joining as in docs/METRICS.md"},
         CHIP_NEEDS_SPEAKERS},
    [CHIP_METRIC_MEAN_TURN] = {{"mean_turn", "Mean turn", "s", BOTH, "turns", 2,
                                "Mean length of a turn, from its first to its last sound.",
                                "OpenTranscribe, Speakr"},
                               CHIP_NEEDS_SPEAKERS},
    [CHIP_METRIC_MEDIAN_TURN] =
        {{"median_turn", "Median turn", "s", BOTH, "turns", 3,
          "Median length of a turn: half of the turns are shorter. One monologue does not move it.",
          "robust companion of the mean"},
         CHIP_NEEDS_SPEAKERS},
    [CHIP_METRIC_LONGEST_MONOLOGUE] =
        {{"longest_monologue", "Longest monologue", "s", BOTH, "turns", 1,
          "Length of the longest turn. Backchannels of listeners do not end it.",
          "Gong, Zoom (longest spiel)"},
         CHIP_NEEDS_SPEAKERS},
    [CHIP_METRIC_LONGEST_LISTENING] =
        {{"longest_listening", "Longest listening", "s", CHIP_FOR_SPEAKERS, "turns", 1,
          "Longest time between the first and the last speech of the meeting in which a speaker "
          "takes no turn. Own backchannels do not end it.",
          "Gong (longest customer story), seen from the listener"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_INTERACTIVITY] =
        {{"interactivity", "Switches", "/min", CHIP_FOR_MEETING, "turns", 2,
          "Switches from one speaker's turn to another's / minutes of the recording.",
          "Gong (interactivity), as the raw rate"},
         CHIP_NEEDS_SPEAKERS},
    [CHIP_METRIC_PATIENCE] =
        {{"patience", "Patience", "s", BOTH, "gaps", 3,
          "Median silence from the end of another's turn to the start of one's own, over gaps of "
          "0.25 s to 5 s: shorter ones cannot be measured, longer ones are lapses.",
          "Gong, Zoom (patience)"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_IMMEDIATE_HANDOVERS] =
        {{"immediate_handovers", "Immediate handovers", "share", BOTH, "handovers", 3,
          "Share of handovers to a speaker that come less than 0.25 s after the other's end, or "
          "before it. Usual in fluent talk, and no sign of impatience.",
          "Nojoin: over half of all handovers, so kept apart from patience"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_INTERRUPTIONS_GIVEN] =
        {{"interruptions_given", "Possible interruptions", "count", BOTH, "handovers", 1,
          "Possible interruptions: turns that begin inside another's turn, at least 0.3 s after "
          "its start and 0.3 s before its end, whereupon the other stops within 2 s and the new "
          "turn goes on for at least 2 s. Backchannels are none. People who annotate such places "
          "agree poorly (kappa 0.31 to 0.35), and overlap that went unheard is missing.",
          "Amazon Transcribe (interruptions); Lebourdais et al. 2024 on agreement"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO | CHIP_NEEDS_OVERLAP},
    [CHIP_METRIC_INTERRUPTIONS_RECEIVED] =
        {{"interruptions_received", "Possibly interrupted", "count", CHIP_FOR_SPEAKERS, "handovers",
          1, "The same possible interruptions, counted for whom they stop.",
          "Amazon Transcribe (interruptions)"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO | CHIP_NEEDS_OVERLAP},
    [CHIP_METRIC_BACKCHANNEL_RATE] =
        {{"backchannel_rate", "Backchannels", "/min", BOTH, "pieces of speech of others", 3,
          "Backchannels (uh-huh, right, okay) / minutes in which others speak; for the meeting / "
          "minutes of speech. A backchannel is speech of at most 5 words that are all in the "
          "language's list, or, for languages without one, of at most 1 s and 3 words; the same "
          "other speaker talks less than 2 s before and after it, and has not just asked a "
          "question.",
          "ConvoKit; threshold for other languages: judgement"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_OVERLAP_SHARE] =
        {{"overlap_share", "Overlap, at least", "share", CHIP_FOR_MEETING, "pieces of speech", 2,
          "Time in which two or more speak at once, for at least 0.3 s each time, / time in which "
          "anybody speaks. Models hear 74 to 88 % of it, so it is a lower limit.",
          "Symbl; Nojoin measured the models on AMI"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO | CHIP_NEEDS_OVERLAP_MODEL},
    [CHIP_METRIC_SILENCE_RATIO] =
        {{"silence_ratio", "Silence", "share", CHIP_FOR_MEETING, "pieces of speech", 1,
          "Time of the recording in which nobody speaks / its length. Overlap does not hide "
          "silence; pauses under 1 s inside one speaker's speech are speech.",
          "Amazon Transcribe (non-talk time), Symbl"},
         0},
    [CHIP_METRIC_LONGEST_SILENCE] =
        {{"longest_silence", "Longest silence", "s", CHIP_FOR_MEETING, "silences", 1,
          "Longest time between two pieces of speech in which nobody speaks. Silence before the "
          "first and after the last speech does not count.",
          "call-ai-metrics"},
         0},
    [CHIP_METRIC_LAPSES] = {{"lapses", "Lapses", "count", CHIP_FOR_MEETING, "pieces of speech", 2,
                             "Silences longer than 5 s between two pieces of speech.",
                             "Nojoin; Google (silence)"},
                            0},
    [CHIP_METRIC_PACE] = {{"pace", "Pace", "words/min", BOTH, "words", 20,
                           "Words / minutes of talk time, pauses under 1 s included.",
                           "Amazon Transcribe (talk speed), Symbl (pace)"},
                          CHIP_NEEDS_WORDS},
    [CHIP_METRIC_ARTICULATION] =
        {{"articulation", "Articulation", "words/min", BOTH, "utterances", 3,
          "Median over utterances of words / minute. An utterance is words of one speaker without "
          "a pause of 0.3 s, at least 1.5 s long. Pauses do not slow it down.",
          "Nojoin (articulation); the same talk gives 164 to 236 by the denominator alone"},
         CHIP_NEEDS_WORDS},
    [CHIP_METRIC_FILLER_RATE] = {{"filler_rate", "Fillers, at least", "share", BOTH, "words", 50,
                                  "Fillers (um, uh, er) / words, times 100. Speech models leave "
                                  "many fillers out, so it is a lower limit.",
                                  "Zoom, Gong, Deepgram"},
                                 CHIP_NEEDS_WORDS | CHIP_NEEDS_LANGUAGE},
    [CHIP_METRIC_QUESTION_RATE] =
        {{"question_rate", "Questions", "/hour", BOTH, "sentences", 3,
          "Sentences that end with a question mark / hours of the recording.", "Gong"},
         CHIP_NEEDS_WORDS},
    [CHIP_METRIC_QUESTIONS_ANSWERED] =
        {{"questions_answered", "Questions answered", "share", BOTH, "questions", 2,
          "Share of a speaker's questions after which, within 10 s, others begin at least 3 words, "
          "or one word that answers by itself (yes, no).",
          "Nojoin; words that answer by themselves: judgement"},
         CHIP_NEEDS_WORDS | CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_VOCABULARY] =
        {{"vocabulary", "Vocabulary", "share", BOTH, "words", 100,
          "Different words / words, as the mean over all runs of 50 words of a speaker (moving "
          "average type-token ratio), which does not fall as people talk longer.",
          "Covington and McFall 2010"},
         CHIP_NEEDS_WORDS},
    [CHIP_METRIC_BALANCE] = {{"balance", "Balance", "share", CHIP_FOR_MEETING, "pieces of speech",
                              2,
                              "Entropy of the talk shares p: -sum(p ln p) / ln N over the N "
                              "speakers who speak. 1: all talk equally long.",
                              "Pielou 1966 (evenness); MeetOnMemory"},
                             CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_GINI] = {{"gini", "Inequality", "share", CHIP_FOR_MEETING, "pieces of speech", 2,
                           "Gini coefficient of the talk times x of the N speakers who speak: sum "
                           "over all pairs of |x_i - x_j| / (2 N sum x). 0: all talk equally long.",
                           "Gini 1912; MeetOnMemory"},
                          CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
    [CHIP_METRIC_DOMINANCE] =
        {{"dominance", "Dominance", "share", BOTH, "windows", 1,
          "Over windows of 150 s, one every 30 s, that hold at least 10 s of speech: the share of "
          "windows in which a speaker talks longer than all others together. For the meeting: the "
          "mean over windows of the largest talk share.",
          "ConvoKit (talk-time sharing in sliding windows)"},
         CHIP_NEEDS_SPEAKERS | CHIP_NEEDS_TWO},
};

const struct chip_metric_info *chip_metric_info(size_t metric)
{
    return metric < CHIP_N_METRICS ? &rows[metric].info : NULL;
}

int chip_metric_find(const char *key)
{
    for (int i = 0; key && i < CHIP_N_METRICS; i++)
        if (strcmp(rows[i].info.key, key) == 0)
            return i;
    return -1;
}

unsigned chip_metric_needs(enum chip_metric metric)
{
    return rows[metric].needs;
}

const char *chip_lack_name(enum chip_lack lack)
{
    switch (lack) {
    case CHIP_LACK_NONE:
        return "none";
    case CHIP_LACK_SCOPE:
        return "not-defined-here";
    case CHIP_LACK_SPEAKERS:
        return "no-speakers";
    case CHIP_LACK_ONE_SPEAKER:
        return "one-speaker";
    case CHIP_LACK_OVERLAP:
        return "no-overlap-model";
    case CHIP_LACK_WORDS:
        return "no-words";
    case CHIP_LACK_LANGUAGE:
        return "no-word-list";
    case CHIP_LACK_FEW:
        return "too-few";
    }
    return "unknown";
}
