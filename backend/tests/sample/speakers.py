#!/usr/bin/env python3
"""Whether a transcript of the sample meeting says rightly who spoke.  Standard library only.

usage: speakers.py FOLDER TRANSCRIPT.json [--json]

FOLDER is the sample meeting (samples/README.md), whose words.tsv and turns.rttm are the truth;
TRANSCRIPT.json is chip's json. Prints how many people were found, and:

- by words: ours are aligned with the true ones by edit distance (samples/word_times.py), and of those
  that match the share is counted that has the right speaker;
- by time: each of our words, heard right or wrong, has the speaker who truly speaks in its middle, or
  whose word is nearest to it;
- talk time: how far that of each person is from the truth. Pauses under a second in which nobody else
  speaks count as speech on both sides, as docs/METRICS.md defines it.

Which of our speakers is whom is chosen, one to one, so that as many matched words as possible agree.
"""
import argparse
import collections
import itertools
import json
import os
import sys

import meeting
import word_times

JOIN_MS = 1000  # shorter pauses are part of the speech around them

Word = collections.namedtuple('Word', 'word start end speaker')
Turn = collections.namedtuple('Turn', 'start end speaker')


def true_words(folder):
    return [Word(r['word'], int(r['start_ms']), int(r['end_ms']), r['speaker'])
            for r in meeting.table(os.path.join(folder, 'words.tsv'))]


def true_turns(folder):
    with open(os.path.join(folder, 'turns.rttm'), encoding='utf-8') as file:
        rows = [line.split() for line in file]
    return [Turn(1000 * float(r[3]), 1000 * (float(r[3]) + float(r[4])), r[7]) for r in rows]


def our_words(transcript):
    return [Word(w['word'], 1000 * w['start'], 1000 * w['end'], w.get('speaker'))
            for segment in transcript['segments'] for w in segment['words']]


def our_turns(transcript):
    return [Turn(1000 * t['start'], 1000 * t['end'], t['speaker'])
            for t in transcript.get('turns', ())]


def spoken(words):
    """What word_times.align() takes, and beside it who says each."""
    parts = [(part, w.speaker) for w in words for part in word_times.timed([(w.word, w.start)])]
    return [part for part, _ in parts], [speaker for _, speaker in parts]


def matched_speakers(truth, ours):
    """[(our speaker, true speaker)] of the words that match by edit distance."""
    (a, true_speakers), (b, our_speakers) = spoken(truth), spoken(ours)
    return [(our_speakers[j], true_speakers[i]) for i, j in word_times.align(a, b)]


def name_speakers(pairs):
    """{our speaker: true speaker}, one to one, with the most agreeing pairs. Who is left over on
    either side has no partner."""
    counts = collections.Counter(pairs)
    ours = sorted({o for o, _ in counts if o is not None})
    true = sorted({t for _, t in counts})

    def agreeing(naming):
        return sum(counts[pair] for pair in naming)

    if len(ours) <= len(true):
        namings = (list(zip(ours, some)) for some in itertools.permutations(true, len(ours)))
    else:
        namings = (list(zip(some, true)) for some in itertools.permutations(ours, len(true)))
    return dict(max(namings, key=agreeing))


def speakers_at(truth, start, end):
    """Who truly speaks in the middle of a word; where nobody does, who is nearest."""
    middle = (start + end) / 2
    away = [max(w.start - middle, middle - w.end, 0) for w in truth]
    nearest = min(away)
    return {w.speaker for w, distance in zip(truth, away) if distance == nearest}


def talk_times(turns):
    """{speaker: ms}: own turns joined over short pauses in which nobody else speaks."""
    times = collections.Counter()
    ends = {}
    for turn in sorted(turns):
        end = ends.get(turn.speaker)
        if end is not None:
            interrupted = any(t.speaker != turn.speaker and t.start < turn.start and t.end > end
                              for t in turns)
            joined = turn.start - end < JOIN_MS and not interrupted
            start = end if joined else max(turn.start, end)
        else:
            start = turn.start
        times[turn.speaker] += max(0, turn.end - start)
        ends[turn.speaker] = max(turn.end, end or 0)
    return times


def percent(part, whole):
    return 100.0 * part / whole if whole else 0.0


def compare(truth, turns, transcript):
    """The numbers: truth and turns are what is true, transcript is chip's json as an object."""
    ours = our_words(transcript)
    pairs = matched_speakers(truth, ours)
    names = name_speakers(pairs)
    by_words = sum(names.get(o) == t for o, t in pairs)
    by_time = sum(names.get(w.speaker) in speakers_at(truth, w.start, w.end) for w in ours)
    true_ms = talk_times(turns)
    our_ms = talk_times(our_turns(transcript))
    named_ms = {true: our_ms[our] for our, true in names.items()}
    return {
        'found': len(transcript.get('speakers', ())), 'true': len(true_ms),
        'words': len(ours), 'matched': len(pairs),
        'by_words_percent': percent(by_words, len(pairs)),
        'by_time_percent': percent(by_time, len(ours)),
        'talk_s': {name: named_ms.get(name, 0) / 1000 for name in sorted(true_ms)},
        'true_talk_s': {name: true_ms[name] / 1000 for name in sorted(true_ms)},
        'talk_off_percent': {name: percent(named_ms.get(name, 0) - true_ms[name], true_ms[name])
                             for name in sorted(true_ms)},
    }


def read_and_compare(folder, path):
    with open(path, encoding='utf-8') as file:
        transcript = json.load(file)
    return compare(true_words(folder), true_turns(folder), transcript)


def show(result):
    lines = ['speakers: %(found)d found, %(true)d true' % result,
             'right speaker: %(by_words_percent).2f %% of %(matched)d matched words, '
             '%(by_time_percent).2f %% of all %(words)d by time' % result]
    lines += ['%s talks for %.1f s, truly %.1f s (%+.1f %%)' % (
        name, result['talk_s'][name], result['true_talk_s'][name], off)
              for name, off in result['talk_off_percent'].items()]
    return '\n'.join(lines)


def main(argv):
    parser = argparse.ArgumentParser(description='Whether a transcript says rightly who spoke.')
    parser.add_argument('folder')
    parser.add_argument('transcript')
    parser.add_argument('--json', action='store_true')
    args = parser.parse_args(argv)
    result = read_and_compare(args.folder, args.transcript)
    print(json.dumps(result) if args.json else show(result))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
