#!/usr/bin/env python3
"""How exact a transcript's word times are.  Standard library only.

usage: word_times.py WORDS.tsv TRANSCRIPT.json [--json] [--max-median MS] [--max-p95 MS]
                     [--min-matched PERCENT]

WORDS.tsv is the truth (samples/README.md): columns speaker, word, start_ms, end_ms, ... with a
heading row.  TRANSCRIPT.json is chip's json, or WhisperX's: {"segments": [{"words": [{"word",
"start", "end"}]}]} in seconds.  Both are turned into plain words ("$12" -> "twelve dollars"),
aligned by edit distance, and the starts of the words that match are compared.

Prints the share of the true words that were matched, and the median, 95th percentile and worst
of the absolute error.  Exits with 1 when a limit is given and not met.
"""
import argparse
import csv
import json
import math
import re
import sys

ONES = ('zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen '
        'fifteen sixteen seventeen eighteen nineteen').split()
TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split()
ORDINALS = {'one': 'first', 'two': 'second', 'three': 'third', 'five': 'fifth',
            'eight': 'eighth', 'nine': 'ninth', 'twelve': 'twelfth'}


def cardinal(n):
    """14000 -> ['fourteen', 'thousand']"""
    if n < 20:
        return [ONES[n]]
    if n < 100:
        return [TENS[n // 10]] + (cardinal(n % 10) if n % 10 else [])
    for size, name in ((10 ** 9, 'billion'), (10 ** 6, 'million'), (1000, 'thousand'),
                       (100, 'hundred')):
        if n >= size:
            return cardinal(n // size) + [name] + (cardinal(n % size) if n % size else [])
    raise ValueError(n)


def ordinal(n):
    """21 -> ['twenty', 'first']"""
    words = cardinal(n)
    last = words[-1]
    ending = re.sub('y$', 'ie', last) + 'th'
    return words[:-1] + [ORDINALS.get(last, ending)]


def plain(word):
    """The spoken words of a written one, without case and punctuation; may be none."""
    word = word.lower().replace('\u2019', "'")
    number = re.fullmatch(r"[^\w$]*(\$?)(\d{1,3}(?:,\d{3})+|\d{1,12})(st|nd|rd|th|%?)[^\w%]*", word)
    if number:
        dollar, digits, suffix = number.groups()
        n = int(digits.replace(',', ''))
        if suffix and suffix != '%':
            return ordinal(n)
        return cardinal(n) + (['dollars'] if dollar else []) + (['percent'] if suffix else [])
    return [w for w in (re.sub(r"[^\w]", '', part) for part in re.split('[-\u2013\u2014]', word))
            if w]


def timed(words):
    """[(written, start_ms)] -> [(plain word, start_ms, or None when not the first of a written)]"""
    return [(part, start if i == 0 else None)
            for written, start in words for i, part in enumerate(plain(written))]


def read_truth(path):
    with open(path, encoding='utf-8', newline='') as file:
        rows = csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE)
        return timed([(row['word'], int(row['start_ms'])) for row in rows])


def read_transcript(path):
    with open(path, encoding='utf-8') as file:
        segments = json.load(file)['segments']
    return timed([(word['word'], word['start'] * 1000 if 'start' in word else None)
                  for segment in segments for word in segment.get('words', ())])


def align(truth, heard):
    """Pairs (i, j) of equal words on a path of least edit distance; of equally short paths the
    one with the most pairs, then the one whose times lie closest together."""
    def pair_cost(i, j):
        if truth[i][0] != heard[j][0]:
            return 1.0001
        a, b = truth[i][1], heard[j][1]
        return 0.0 if a is None or b is None else min(abs(a - b), 1e5) * 1e-10

    n = len(heard)
    above = [float(j) for j in range(n + 1)]
    steps = []
    for i in range(len(truth)):
        row, step = [i + 1.0], bytearray(n + 1)
        for j in range(n):
            cost, way = above[j] + pair_cost(i, j), 0
            if above[j + 1] + 1 < cost:
                cost, way = above[j + 1] + 1, 1
            if row[j] + 1 < cost:
                cost, way = row[j] + 1, 2
            row.append(cost)
            step[j + 1] = way
        steps.append(step)
        above = row

    pairs, i, j = [], len(truth), n
    while i and j:
        way = steps[i - 1][j]
        if way == 0 and truth[i - 1][0] == heard[j - 1][0]:
            pairs.append((i - 1, j - 1))
        i, j = i - (way != 2), j - (way != 1)
    return pairs[::-1]


def percentile(ordered, share):
    """The smallest value that at least that share of the values does not exceed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def compare(truth, heard):
    pairs = align(truth, heard)
    errors = sorted(abs(truth[i][1] - heard[j][1]) for i, j in pairs
                    if truth[i][1] is not None and heard[j][1] is not None)
    result = {'words': len(truth), 'heard': len(heard), 'matched': len(pairs),
              'matched_percent': 100.0 * len(pairs) / len(truth) if truth else 0.0,
              'timed': len(errors)}
    if errors:
        result.update(median_ms=percentile(errors, 0.5), p95_ms=percentile(errors, 0.95),
                      worst_ms=errors[-1])
    return result


def main(argv):
    parser = argparse.ArgumentParser(description='How exact the word times of a transcript are.')
    parser.add_argument('words')
    parser.add_argument('transcript')
    parser.add_argument('--json', action='store_true')
    parser.add_argument('--max-median', type=float, metavar='MS')
    parser.add_argument('--max-p95', type=float, metavar='MS')
    parser.add_argument('--min-matched', type=float, metavar='PERCENT')
    args = parser.parse_args(argv)

    result = compare(read_truth(args.words), read_transcript(args.transcript))
    if args.json:
        print(json.dumps(result))
    else:
        print('matched %(matched)d of %(words)d words (%(matched_percent).1f %%)' % result)
    if not result['timed']:
        print('no word to compare', file=sys.stderr)
        return 1
    if not args.json:
        print('word starts: median %(median_ms).0f ms, 95th percentile %(p95_ms).0f ms, '
              'worst %(worst_ms).0f ms' % result)

    missed = [what for what, is_missed in (
        ('median', args.max_median is not None and result['median_ms'] > args.max_median),
        ('95th percentile', args.max_p95 is not None and result['p95_ms'] > args.max_p95),
        ('matched', args.min_matched is not None
         and result['matched_percent'] < args.min_matched)) if is_missed]
    if missed:
        print('limit not met: ' + ', '.join(missed), file=sys.stderr)
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
