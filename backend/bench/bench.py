#!/usr/bin/env python3
"""Measures chip and prints a table; docs/BENCHMARKS.md says what each number means.

usage: bench.py [--quick] [--only a,b,...] [--build FOLDER] [--rounds N] [--seconds N]
                [--hour N] [--threads N] [--shared FOLDER]
                [--markdown] [--from RESULTS.json]

  a speed      ten minutes of speech, against onnxruntime-node; where the time goes
  b wer        word error rate, beside onnxruntime-node's
  c long       an hour and three hours: time and memory
  d start      one second of audio, cold and warm; opening a model
  e words      word times of the sample meeting
  f speakers   who spoke: error rates, the sample meeting, what an hour costs
  g service    chip serve: start, polls against FastAPI, listeners, queue
  h minutes    an hour's transcript: time and memory; what is found in the scripted meetings

--quick takes one round and leaves hours of audio (c, the end of f) out. --seconds and --hour, with
less speech and seconds in an hour than they should have, try this script; --shared is where eval/
with the real speech is; --from prints a run again.

Writes FOLDER/bench/results.json (FOLDER: build). Exits with 1 when a budget is missed or a measure
failed, 2 when nothing could be measured. Standard library only.
"""
import argparse
import os
import signal
import sys

sys.dont_write_bytecode = True

import machine  # noqa: E402
import rows  # noqa: E402
from measures import long, minutes, service, speakers, speed, start, wer, words  # noqa: E402
from reference import Reference  # noqa: E402
from work import (REPOSITORY, Failure, Skip, Work, read_json, say,  # noqa: E402
                  write_json)

MEASURES = {'a': ('speed', speed.measure), 'b': ('wer', wer.measure), 'c': ('long', long.measure),
            'd': ('start', start.measure), 'e': ('words', words.measure),
            'f': ('speakers', speakers.measure), 'g': ('service', service.measure),
            'h': ('minutes', minutes.measure)}
SCHEMA = 'chip.bench/1'


def letters(text):
    """'a,wer' -> ['a', 'b']"""
    names = {name: letter for letter, (name, _) in MEASURES.items()}
    out = []
    for word in text.split(','):
        letter = names.get(word.strip(), word.strip())
        if letter not in MEASURES:
            raise argparse.ArgumentTypeError("'%s' is none of %s" % (
                word, ', '.join('%s (%s)' % (k, v[0]) for k, v in MEASURES.items())))
        out.append(letter)
    return sorted(set(out))


def parse(argv):
    p = argparse.ArgumentParser(usage=__doc__, add_help=False)
    p.add_argument('--quick', action='store_true')
    p.add_argument('--only', type=letters)
    p.add_argument('--build', default=os.path.join(REPOSITORY, 'build'))
    p.add_argument('--rounds', type=int)
    p.add_argument('--seconds', type=int, default=600)
    p.add_argument('--hour', type=int, default=3600)
    p.add_argument('--threads', type=int, default=2)
    p.add_argument('--shared', default=os.path.join(os.path.dirname(REPOSITORY), 'shared'))
    p.add_argument('--markdown', action='store_true')
    p.add_argument('--from', dest='results')
    p.add_argument('--help', '-h', action='store_true')
    options = p.parse_args(argv)
    if options.help:
        print(__doc__.strip())
        sys.exit(0)
    options.only = options.only or [m for m in MEASURES if not (options.quick and m == 'c')]
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.starts = 3 if options.quick else 10
    if min(options.rounds, options.seconds, options.hour, options.threads) < 1:
        p.error('numbers are at least 1')
    return options


def find_reference(work):
    """The peer, or None with a reason."""
    try:
        return Reference(work), None
    except Skip as why:
        say('no comparison: %s' % why)
        return None, str(why)


def measure_all(work):
    reference, why = find_reference(work)
    others = machine.Others()
    o = work.options
    results = {
        'schema': SCHEMA,
        'machine': machine.facts(work, reference.facts() if reference else None),
        'options': {'rounds': o.rounds, 'seconds': o.seconds, 'hour': o.hour,
                    'threads': o.threads,
                    'measures': o.only},
        'tables': [], 'raw': {}, 'skipped': {}, 'failed': {},
    }
    if why:
        results['skipped']['peer'] = why
    for letter in o.only:
        name, measure = MEASURES[letter]
        say('%s (%s)' % (name, letter))
        try:
            tables, raw = measure(work, reference)
        except Skip as reason:
            results['skipped'][name] = str(reason)
            continue
        except Failure as reason:
            results['failed'][name] = str(reason)
            continue
        results['raw'][name] = raw
        results['tables'] += [{'measure': name, 'title': title,
                               'rows': [row.record() for row in measured]}
                              for title, measured in tables]
    results['machine']['others_percent'] = others.percent()
    results['missed'] = missed(results)
    return results


def missed(results):
    return ['%s; %s' % (t['title'], r['name'].strip()) for t in results['tables']
            for r in t['rows'] if r['verdict'] == rows.FAIL]


def show(results, as_markdown):
    form = rows.markdown if as_markdown else rows.table
    facts = machine.lines(results['machine'])
    o = results['options']
    if (o['seconds'], o['hour']) != (600, 3600):
        facts.append('less speech than the real measure has: do not quote these numbers')
    parts = ['\n'.join('- ' + fact if as_markdown else fact for fact in facts)]
    parts += [form(t['title'], [rows.Row.from_record(r) for r in t['rows']])
              for t in results['tables']]
    ends = ['skipped %s: %s' % item for item in results['skipped'].items()]
    ends += ['failed %s: %s' % item for item in results['failed'].items()]
    ends += ['missed: ' + what for what in results['missed']]
    if ends:
        parts.append('\n'.join('- ' + line if as_markdown else line for line in ends))
    return '\n\n'.join(parts)


def main(argv):
    options = parse(argv)
    if options.results:
        results = read_json(options.results)
        if not results or results.get('schema') != SCHEMA:
            print("bench: '%s' holds no results" % options.results, file=sys.stderr)
            return 2
    else:
        try:
            work = Work(options.build, options)
            results = measure_all(work)
            write_json(work.path('results.json'), results)
        except Failure as why:
            print('bench: %s' % why, file=sys.stderr)
            return 2
    print(show(results, options.markdown))
    return 1 if results['missed'] or results['failed'] else 0


if __name__ == '__main__':
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # bench.py --from ... | head
    sys.exit(main(sys.argv[1:]))
