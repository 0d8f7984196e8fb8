"""h: the built-in minutes of an hour's transcript, and what they find in the scripted meetings."""
import itertools
import json
import os
import sys

from rows import Budget, Row
from work import REPOSITORY, write_json

SAMPLES = os.path.join(REPOSITORY, 'samples')
SCORING = os.path.join(REPOSITORY, 'backend', 'tests', 'minutes')
sys.path.insert(0, SCORING)
import score  # noqa: E402

WORDS_PER_SECOND = 2.5                  # 9,000 words in an hour
TIME = Budget('<=', limit=1)            # seconds, for an hour
PROMISED = Budget('>=', limit=80)       # percent, in the sample meeting
KINDS = {'decisions': 'decisions', 'action_items': 'action items with owners'}


def inside(group):
    folder = os.path.join(SAMPLES, group)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def groups():
    """(title, folders of scripted meetings, budget)"""
    return [('the sample meeting', [os.path.join(SAMPLES, 'meeting')], PROMISED),
            ('samples/meetings', inside('meetings'), None),
            ('samples/heldout', inside('heldout'), None)]


def long_transcript(seconds):
    """All scripts one after the other, and again from the first, until there are words enough for
    so many seconds. The first speaker of each script is S1, the second S2, and so on."""
    folders = [folder for _, some, _ in groups() for folder in some]
    n_words, segments, turns, speakers = round(WORDS_PER_SECOND * seconds), [], [], set()
    for segment in itertools.chain.from_iterable(
            score.transcript_of(folder)[0]['segments'] for folder in itertools.cycle(folders)):
        words = segment['words'][:n_words]
        n_words -= len(words)
        start = segments[-1]['end'] if segments else 0.0
        for i, word in enumerate(words):
            word['start'] = round(start + i / WORDS_PER_SECOND, 3)
            word['end'] = round(start + (i + 1) / WORDS_PER_SECOND, 3)
        speaker, end = segment['speaker'], words[-1]['end']
        segments.append(dict(segment, id=len(segments), start=start, end=end, words=words,
                             text=' '.join(word['word'] for word in words)))
        if turns and turns[-1]['speaker'] == speaker:
            turns[-1]['end'] = end
        else:
            turns.append({'start': start, 'end': end, 'speaker': speaker, 'confidence': 0.9})
        speakers.add(speaker)
        if n_words == 0:
            break
    return {'schema': 'chip.transcript/1', 'model': 'script', 'language': 'en', 'duration': end,
            'speech': end, 'speakers': [{'id': s, 'name': ''} for s in sorted(speakers)],
            'turns': turns, 'segments': segments, 'audit': []}


def of_an_hour(work):
    transcript = long_transcript(work.options.hour)
    path = work.path('minutes', 'transcript.json')
    write_json(path, transcript)
    command = [work.chip, 'minutes', path, '--provider', 'builtin', '--date', '2026-03-03',
               '--format', 'json']
    rounds = [work.run(command) for _ in range(work.options.rounds)]
    minutes = json.loads(rounds[-1].output)
    raw = {'words': sum(len(s['words']) for s in transcript['segments']),
           'segments': len(transcript['segments']), 'wall_s': [r.wall for r in rounds],
           'cpu_s': [r.cpu for r in rounds], 'peak_mib': [r.peak_mib for r in rounds],
           'items': minutes['audit']['items']}
    title = 'minutes of %d s of transcript, %d words' % (transcript['duration'], raw['words'])
    return (title, hour_rows(raw)), raw


def hour_rows(raw):
    return [Row('chip minutes, start to end', raw['wall_s'], 's', digits=3, budget=TIME,
                note='%(items)d items in %(segments)d segments' % raw),
            Row('  CPU time', raw['cpu_s'], 's', digits=3),
            Row('  peak memory', raw['peak_mib'], 'MiB', digits=0)]


def total(results):
    """{kind: {count: sum}} over the meetings that score.py judged."""
    return {kind: {count: sum(r[kind][count] for r in results.values())
                   for count in ('true', 'found', 'matched', 'due_right')
                   if all(count in r[kind] for r in results.values())}
            for kind in (*KINDS, 'open_questions')}


def share(part, whole):
    return 100.0 * part / whole if whole else 100.0


def found_rows(counts, budget):
    rows = []
    for kind, name in KINDS.items():
        n = counts[kind]
        note = '%(true)d true, %(found)d found, %(matched)d matched' % n
        rows += [Row(name + ': precision', share(n['matched'], n['found']), '%', 'more', budget, 0,
                     note),
                 Row(name + ': recall', share(n['matched'], n['true']), '%', 'more', budget, 0)]
    tasks, questions = counts['action_items'], counts['open_questions']
    return rows + [
        Row('due dates right, of matched tasks', share(tasks['due_right'], tasks['matched']), '%',
            'more', digits=0, note='%(due_right)d of %(matched)d' % tasks),
        Row('open questions: recall', share(questions['matched'], questions['true']), '%', 'more',
            digits=0, note='%(true)d true, %(found)d found, %(matched)d matched' % questions)]


def measure(work, reference):
    del reference
    hour, raw = of_an_hour(work)
    tables, found = [hour], {}
    for title, folders, budget in groups():
        found[title] = work.run_json(['python3', '-B', os.path.join(SCORING, 'score.py'), work.chip,
                                      '--json', *folders])
        tables.append(('found in ' + title, found_rows(total(found[title]), budget)))
    return tables, {'hour': raw, 'found': found}
