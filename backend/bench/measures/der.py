"""Diarization error rate of ../shared/eval/diar: built conversations and real excerpts apart."""
import csv
import os
import re

from rows import Budget, Row
from work import Failure, say

# Turns come from voices alone: the speech model changes nothing in them, so the small one will do.
MODEL = 'moonshine-tiny'
GROUPS = (('built conversations', lambda kind: kind.startswith('synthetic'), Budget('<=', limit=5)),
          ('real excerpts', lambda kind: kind.startswith('real'), Budget('<=', limit=26)))
RIGHT = {'built conversations': Budget('>=', limit=100)}  # percent of the speaker counts


def read_recordings(evaluation):
    """[{'name', 'flac', 'rttm', 'speakers', 'kind'}] of diar.tsv"""
    with open(os.path.join(evaluation, 'diar.tsv'), encoding='utf-8', newline='') as file:
        rows = csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE)
        return [{'name': os.path.splitext(os.path.basename(r['path']))[0],
                 'flac': os.path.join(evaluation, r['path']),
                 'rttm': os.path.join(evaluation, r['rttm']),
                 'speakers': int(r['speakers']), 'kind': r['kind']} for r in rows]


def read_rttm(path):
    """Its lines, as fields."""
    with open(path, encoding='utf-8') as file:
        return [line.split() for line in file if line.strip()]


def join(to, paths, change=lambda fields: fields):
    """Writes the lines of several RTTM files as one file."""
    with open(to, 'w', encoding='utf-8') as out:
        for path in paths:
            out.writelines(' '.join(change(fields)) + '\n' for fields in read_rttm(path))


def as_one_speaker(fields):
    return fields[:7] + ['one'] + fields[8:]


def read_score(output):
    """The last line that score_der.py prints, which is of all recordings, in percent."""
    lines = output.strip().split('\n')
    match = re.search(r'DER ([\d.]+)%  miss ([\d.]+)%  false alarm ([\d.]+)%  '
                      r'confusion ([\d.]+)%  scored ([\d.]+) s', lines[-1])
    if not match:
        raise Failure('score_der.py printed no rates: ' + output[:200])
    return dict(zip(('der', 'miss', 'false_alarm', 'confusion', 'scored_s'),
                    map(float, match.groups())))


def score(work, truth, heard, collar):
    return read_score(work.run(['python3', '-B', os.path.join(work.shared, 'eval', 'score_der.py'),
                                truth, heard, '--collar', str(collar)]).output)


def score_group(work, name, recordings, folder):
    """Everything about one group, as a dictionary."""
    base = os.path.join(folder, name.split()[0])
    heard = [os.path.join(folder, r['name'] + '.rttm') for r in recordings]
    files = {'truth': base + '.truth', 'heard': base + '.heard', 'one': base + '.one',
             'true-one': base + '.true-one'}
    truth = [r['rttm'] for r in recordings]
    join(files['truth'], truth)
    join(files['heard'], heard)
    join(files['one'], heard, as_one_speaker)
    join(files['true-one'], truth, as_one_speaker)
    return {
        'collar': score(work, files['truth'], files['heard'], 0.25),
        'exact': score(work, files['truth'], files['heard'], 0),
        'one': score(work, files['truth'], files['one'], 0.25),
        'true_one': score(work, files['truth'], files['true-one'], 0.25),
        'recordings': [{'name': r['name'], 'true': r['speakers'],
                        'found': len({fields[7] for fields in read_rttm(path)}),
                        'collar': score(work, r['rttm'], path, 0.25)}
                       for r, path in zip(recordings, heard)],
    }


def table_rows(name, budget, result):
    each = result['recordings']
    right = sum(r['found'] == r['true'] for r in each)
    collar = result['collar']
    return [
        Row('DER, collar 0.25 s', collar['der'], '%', digits=1, budget=budget,
            note='%.0f s scored' % collar['scored_s']),
        Row('  missed', collar['miss'], '%', digits=1),
        Row('  false alarm', collar['false_alarm'], '%', digits=1),
        Row('  wrong speaker', collar['confusion'], '%', digits=1),
        Row('DER, no collar', result['exact']['der'], '%', digits=1),
        Row('DER if all were one speaker', result['one']['der'], '%', digits=1,
            note='our speech detection'),
        Row('  with true speech', result['true_one']['der'], '%', digits=1),
        Row('speaker counts right', 100 * right / len(each), '%', better='more', digits=0,
            budget=RIGHT.get(name), note='%d of %d' % (right, len(each)))] + [
        Row('  ' + r['name'], r['collar']['der'], '%', digits=1,
            note='%d speakers found, %d true' % (r['found'], r['true'])) for r in each]


def measure(work):
    """(tables, raw); a table without rows says why there is nothing."""
    evaluation = os.path.join(work.shared, 'eval')
    if not os.path.exists(os.path.join(evaluation, 'diar.tsv')):
        return [('who speaks when: not measured, ../shared/eval is absent', [])], None
    recordings = read_recordings(evaluation)
    folder = work.folder_for('der')
    say('diarization error rate, %d recordings' % len(recordings))
    work.transcribe(MODEL, *(r['flac'] for r in recordings), folder=folder, form='rttm')
    tables, raw = [], {}
    for name, belongs, budget in GROUPS:
        result = score_group(work, name, [r for r in recordings if belongs(r['kind'])], folder)
        raw[name] = result
        tables.append(('who speaks when: %s' % name, table_rows(name, budget, result)))
    return tables, raw
