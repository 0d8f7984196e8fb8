// Names and definitions of the metrics, word for word as docs/METRICS.md has them; a test compares the two. Members are
// in the order in which they are shown.

export interface MetricText {
  title: string;
  definition: string;
  unit: "s" | "share" | "ratio" | "count" | "/min" | "/hour" | "words/min";
  /** what is counted as evidence, and how much there must be of it */
  evidence: string;
  least: number;
}

export const metricGroups: readonly { title: string; keys: readonly string[] }[] = [
  {
    title: "Who talks how much",
    keys: [
      "talk_time",
      "talk_share",
      "talk_to_listen",
      "balance",
      "gini",
      "dominance",
    ],
  },
  {
    title: "Turns",
    keys: [
      "turns",
      "mean_turn",
      "median_turn",
      "longest_monologue",
      "longest_listening",
      "interactivity",
    ],
  },
  {
    title: "Between speakers",
    keys: [
      "patience",
      "immediate_handovers",
      "interruptions_given",
      "interruptions_received",
      "backchannel_rate",
      "overlap_share",
    ],
  },
  {
    title: "Silence",
    keys: [
      "silence_ratio",
      "longest_silence",
      "lapses",
    ],
  },
  {
    title: "Words",
    keys: [
      "pace",
      "articulation",
      "filler_rate",
      "question_rate",
      "questions_answered",
      "vocabulary",
    ],
  },
];

export const metricTexts: Readonly<Record<string, MetricText>> = {
  talk_time: {
    title: "Talk time",
    definition:
      "Length of all of a speaker's speech, pauses under 1 s included. For the meeting: the sum over speakers, so that overlap counts for each of them.",
    unit: "s",
    evidence: "pieces of speech",
    least: 1,
  },
  talk_share: {
    title: "Talk share",
    definition:
      "A speaker's talk time / the talk time of all speakers. The denominator is speech, not the recording: silence belongs to nobody, and the shares sum to 1.",
    unit: "share",
    evidence: "pieces of speech",
    least: 1,
  },
  talk_to_listen: {
    title: "Talk to listen",
    definition:
      "A speaker's talk time / the talk time of all others. 1: as much talking as listening.",
    unit: "ratio",
    evidence: "pieces of speech",
    least: 1,
  },
  balance: {
    title: "Balance",
    definition:
      "Entropy of the talk shares p: -sum(p ln p) / ln N over the N speakers who speak. 1: all talk equally long.",
    unit: "share",
    evidence: "pieces of speech",
    least: 2,
  },
  gini: {
    title: "Inequality",
    definition:
      "Gini coefficient of the talk times x of the N speakers who speak: sum over all pairs of |x_i - x_j| / (2 N sum x). 0: all talk equally long.",
    unit: "share",
    evidence: "pieces of speech",
    least: 2,
  },
  dominance: {
    title: "Dominance",
    definition:
      "Over windows of 150 s, one every 30 s, that hold at least 10 s of speech: the share of windows in which a speaker talks longer than all others together. For the meeting: the mean over windows of the largest talk share.",
    unit: "share",
    evidence: "windows",
    least: 1,
  },
  turns: {
    title: "Turns",
    definition:
      "Turns taken. A turn is speech of one speaker, joined over pauses under 2 s in which nobody else says anything but backchannels; a backchannel is no turn.",
    unit: "count",
    evidence: "turns",
    least: 1,
  },
  mean_turn: {
    title: "Mean turn",
    definition:
      "Mean length of a turn, from its first to its last sound.",
    unit: "s",
    evidence: "turns",
    least: 2,
  },
  median_turn: {
    title: "Median turn",
    definition:
      "Median length of a turn: half of the turns are shorter. One monologue does not move it.",
    unit: "s",
    evidence: "turns",
    least: 3,
  },
  longest_monologue: {
    title: "Longest monologue",
    definition:
      "Length of the longest turn. Backchannels of listeners do not end it.",
    unit: "s",
    evidence: "turns",
    least: 1,
  },
  longest_listening: {
    title: "Longest listening",
    definition:
      "Longest time between the first and the last speech of the meeting in which a speaker takes no turn. Own backchannels do not end it.",
    unit: "s",
    evidence: "turns",
    least: 1,
  },
  interactivity: {
    title: "Switches",
    definition:
      "Switches from one speaker's turn to another's / minutes of the recording.",
    unit: "/min",
    evidence: "turns",
    least: 2,
  },
  patience: {
    title: "Patience",
    definition:
      "Median silence from the end of another's turn to the start of one's own, over gaps of 0.25 s to 5 s: shorter ones cannot be measured, longer ones are lapses.",
    unit: "s",
    evidence: "gaps",
    least: 3,
  },
  immediate_handovers: {
    title: "Immediate handovers",
    definition:
      "Share of handovers to a speaker that come less than 0.25 s after the other's end, or before it. Usual in fluent talk, and no sign of impatience.",
    unit: "share",
    evidence: "handovers",
    least: 3,
  },
  interruptions_given: {
    title: "Possible interruptions",
    definition:
      "Possible interruptions: turns that begin inside another's turn, at least 0.3 s after its start and 0.3 s before its end, whereupon the other stops within 2 s and the new turn goes on for at least 2 s. Backchannels are none. People who annotate such places agree poorly (kappa 0.31 to 0.35), and overlap that went unheard is missing.",
    unit: "count",
    evidence: "handovers",
    least: 1,
  },
  interruptions_received: {
    title: "Possibly interrupted",
    definition:
      "The same possible interruptions, counted for whom they stop.",
    unit: "count",
    evidence: "handovers",
    least: 1,
  },
  backchannel_rate: {
    title: "Backchannels",
    definition:
      "Backchannels (uh-huh, right, okay) / minutes in which others speak; for the meeting / minutes of speech. A backchannel is speech of at most 5 words that are all in the language's list, or, for languages without one, of at most 1 s and 3 words; the same other speaker talks less than 2 s before and after it, and has not just asked a question.",
    unit: "/min",
    evidence: "pieces of speech of others",
    least: 3,
  },
  overlap_share: {
    title: "Overlap, at least",
    definition:
      "Time in which two or more speak at once, for at least 0.3 s each time, / time in which anybody speaks. Models hear 74 to 88 % of it, so it is a lower limit.",
    unit: "share",
    evidence: "pieces of speech",
    least: 2,
  },
  silence_ratio: {
    title: "Silence",
    definition:
      "Time of the recording in which nobody speaks / its length. Overlap does not hide silence; pauses under 1 s inside one speaker's speech are speech.",
    unit: "share",
    evidence: "pieces of speech",
    least: 1,
  },
  longest_silence: {
    title: "Longest silence",
    definition:
      "Longest time between two pieces of speech in which nobody speaks. Silence before the first and after the last speech does not count.",
    unit: "s",
    evidence: "silences",
    least: 1,
  },
  lapses: {
    title: "Lapses",
    definition:
      "Silences longer than 5 s between two pieces of speech.",
    unit: "count",
    evidence: "pieces of speech",
    least: 2,
  },
  pace: {
    title: "Pace",
    definition:
      "Words / minutes of talk time, pauses under 1 s included.",
    unit: "words/min",
    evidence: "words",
    least: 20,
  },
  articulation: {
    title: "Articulation",
    definition:
      "Median over utterances of words / minute. An utterance is words of one speaker without a pause of 0.3 s, at least 1.5 s long. Pauses do not slow it down.",
    unit: "words/min",
    evidence: "utterances",
    least: 3,
  },
  filler_rate: {
    title: "Fillers, at least",
    definition:
      "Fillers (um, uh, er) / words, times 100. Speech models leave many fillers out, so it is a lower limit.",
    unit: "share",
    evidence: "words",
    least: 50,
  },
  question_rate: {
    title: "Questions",
    definition:
      "Sentences that end with a question mark / hours of the recording.",
    unit: "/hour",
    evidence: "sentences",
    least: 3,
  },
  questions_answered: {
    title: "Questions answered",
    definition:
      "Share of a speaker's questions after which, within 10 s, others begin at least 3 words, or one word that answers by itself (yes, no).",
    unit: "share",
    evidence: "questions",
    least: 2,
  },
  vocabulary: {
    title: "Vocabulary",
    definition:
      "Different words / words, as the mean over all runs of 50 words of a speaker (moving average type-token ratio), which does not fall as people talk longer.",
    unit: "share",
    evidence: "words",
    least: 100,
  },
};
