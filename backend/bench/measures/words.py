"""e: how exact word times are, on the sample meeting, whose truth the synthesiser gave."""
import json
import os

from rows import Budget, Row
from work import MODELS, REPOSITORY, Skip

MEDIAN = Budget('<=', limit=80)  # ms
P95 = Budget('<=', limit=250)


def sample(work):
    """The folder of the sample meeting; made if it can be."""
    folder = os.path.join(work.build, 'sample')
    speak = os.path.join(work.build, 'tests', 'sample', 'speak')
    if os.access(speak, os.X_OK):
        work.run([os.path.join(REPOSITORY, 'samples', 'make.sh'), speak, folder])
    if not os.path.exists(os.path.join(folder, 'words.tsv')):
        raise Skip('the sample meeting is not made: run make sample')
    return folder


def measure(work, reference):
    del reference
    folder = sample(work)
    tables, raw = [], {}
    for model in MODELS:
        heard = work.path('words', model + '.json')
        with open(heard, 'w', encoding='utf-8') as file:
            file.write(work.transcribe(model, os.path.join(folder, 'meeting.mp4')).output)
        result = json.loads(work.run(
            ['python3', '-B', os.path.join(REPOSITORY, 'samples', 'word_times.py'),
             os.path.join(folder, 'words.tsv'), heard, '--json']).output)
        raw[model] = result
        tables.append((model + ': word starts in the sample meeting', [
            Row('median error', result['median_ms'], 'ms', digits=0, budget=MEDIAN),
            Row('95th percentile', result['p95_ms'], 'ms', digits=0, budget=P95),
            Row('worst', result['worst_ms'], 'ms', digits=0),
            Row('words that were matched', result['matched_percent'], '%', digits=1,
                note='%(matched)d of %(words)d' % result)]))
    return tables, raw
