"""f: who spoke: error rates, the sample meeting, and what an hour of four people costs."""
import json
import os

import audio
from measures import der
from measures.words import sample
from rows import Budget, Row
from work import MODELS, REPOSITORY, say

COMPARE = os.path.join(REPOSITORY, 'backend', 'tests', 'sample', 'speakers.py')
RIGHT_WORDS = Budget('>=', limit=97)    # percent
TALK_OFF = Budget('<=', limit=3)        # percent of a person's talk time
HOUR_MODEL = 'moonshine-base'
COST = Budget('<=', limit=8)            # seconds that telling speakers apart adds
WHOLE_JOB = Budget('<=', limit=20)      # seconds: transcript, speakers, metrics
MEMORY = Budget('<=', limit=500)        # MiB
RELABEL = Budget('<=', limit=50)        # ms
VOICES = Budget('<=', limit=100)        # kB an hour
RELABELS = 20                           # rounds of what takes milliseconds


def of_sample(work):
    folder = sample(work)
    tables, raw = [], {}
    for model in MODELS:
        heard = work.path('speakers', model + '.json')
        with open(heard, 'w', encoding='utf-8') as file:
            file.write(work.transcribe(model, os.path.join(folder, 'meeting.mp4')).output)
        result = work.run_json(['python3', '-B', COMPARE, folder, heard, '--json'])
        raw[model] = result
        tables.append((model + ': who speaks in the sample meeting', sample_rows(result)))
    return tables, raw


def sample_rows(result):
    off = result['talk_off_percent']
    return [
        Row('speakers found', result['found'], better='more', digits=0,
            budget=Budget('>=', limit=result['true']), note='%(true)d true' % result),
        Row('speakers too many', max(0, result['found'] - result['true']), digits=0,
            budget=Budget('<=', limit=0)),
        Row('words with the right speaker', result['by_words_percent'], '%', 'more', digits=1,
            budget=RIGHT_WORDS, note='of %(matched)d that match by edit distance' % result),
        Row('  by time, all words', result['by_time_percent'], '%', 'more', digits=1,
            note='of %(words)d' % result),
        Row('talk time, furthest from truth', max(map(abs, off.values())), '%', digits=1,
            budget=TALK_OFF,
            note=', '.join('%s %+.1f %%' % item for item in off.items()))]


def one_round(work, path, transcript):
    """The hour with and without speakers, one after the other, then its metrics."""
    with_speakers = work.transcribe(HOUR_MODEL, path)
    without = work.transcribe(HOUR_MODEL, path, more=['--no-diarize'])
    with open(transcript, 'w', encoding='utf-8') as file:
        file.write(with_speakers.output)
    metrics = work.run([work.chip, 'metrics', transcript])
    say('an hour: %.1f s, without speakers %.1f s, metrics %.2f s' % (
        with_speakers.wall, without.wall, metrics.wall))
    return {name: {'wall_s': done.wall, 'cpu_s': done.cpu, 'peak_mib': done.peak_mib}
            for name, done in (('speakers', with_speakers), ('plain', without),
                               ('metrics', metrics))}


def of_hour(work):
    path, origin, n_true = audio.conversation(work)
    transcript = work.path('hour', 'hour.json')
    rounds = [one_round(work, path, transcript) for _ in range(work.options.rounds)]
    audio.remove(path)
    with open(transcript, encoding='utf-8') as file:
        heard = json.load(file)
    raw = {'source': origin, 'rounds': rounds, 'found': len(heard.get('speakers', ())),
           'voices_bytes': len(heard.get('voices', '')),
           'relabel_s': work.run_json([work.engine, 'relabel', transcript, str(n_true - 1),
                                       str(RELABELS)])['seconds'],
           'relabel_program_s': [work.run([work.chip, 'relabel', transcript, '--speakers',
                                           str(n_true - 1)]).wall for _ in range(RELABELS)]}
    title = '%s: %g minutes of %d people (%s), %d threads' % (
        HOUR_MODEL, work.options.hour / 60, n_true, origin, work.options.threads)
    return [(title, hour_rows(raw, n_true, work.options.hour / 3600))], raw


def cost_row(rounds):
    """A difference is judged only where the same run takes about the same time each time."""
    plain = [r['plain']['wall_s'] for r in rounds]
    differences = [r['speakers']['wall_s'] - r['plain']['wall_s'] for r in rounds]
    name = 'telling speakers apart, the difference'
    if max(plain) - min(plain) > COST.limit:
        return Row(name, differences, 's', digits=1, note='not judged: without speakers the same '
                   'run took %.0f to %.0f s' % (min(plain), max(plain)))
    return Row(name, differences, 's', digits=1, budget=COST)


def hour_rows(raw, n_true, hours):
    def row(name, get, unit='s', **more):
        return Row(name, [get(r) for r in raw['rounds']], unit, **more)

    return [
        row('whole job: transcript, speakers, metrics',
            lambda r: r['speakers']['wall_s'] + r['metrics']['wall_s'], digits=1,
            budget=WHOLE_JOB),
        row('  CPU time, all threads', lambda r: r['speakers']['cpu_s'] + r['metrics']['cpu_s'],
            digits=1),
        row('  peak memory', lambda r: max(r['speakers']['peak_mib'], r['metrics']['peak_mib']),
            'MiB', digits=0, budget=MEMORY),
        row('without speakers (--no-diarize)', lambda r: r['plain']['wall_s'], digits=1),
        row('  CPU time, all threads', lambda r: r['plain']['cpu_s'], digits=1),
        row('  peak memory', lambda r: r['plain']['peak_mib'], 'MiB', digits=0),
        cost_row(raw['rounds']),
        row('  CPU time, all threads', lambda r: r['speakers']['cpu_s'] - r['plain']['cpu_s'],
            digits=1),
        row('chip metrics', lambda r: 1000 * r['metrics']['wall_s'], 'ms', digits=0),
        Row('another number of speakers, library call', [1000 * s for s in raw['relabel_s']], 'ms',
            digits=1, budget=RELABEL),
        Row('  chip relabel, start to end', [1000 * s for s in raw['relabel_program_s']], 'ms',
            digits=0),
        Row('voices that are kept, an hour', raw['voices_bytes'] / 1000 / hours, 'kB', digits=0,
            budget=VOICES),
        Row('speakers found', raw['found'], digits=0, note='%d true' % n_true),
    ]


def measure(work, reference):
    del reference
    tables, raw = [], {}
    parts = [('der', der.measure), ('sample', of_sample)]
    if not work.options.quick:
        parts.append(('hour', of_hour))
    for name, part in parts:
        more, raw[name] = part(work)
        tables += more
    return tables, raw
