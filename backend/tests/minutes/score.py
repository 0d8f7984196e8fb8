#!/usr/bin/env python3
"""How good the built-in analyst's minutes are.  Standard library only.

usage: score.py CHIP [--json] [FOLDER [TRANSCRIPT.json]]...

FOLDER holds a scripted meeting: script.tsv, people.tsv, actions.json (samples/README.md). Without a
TRANSCRIPT.json its transcript is made from the script, with made-up times.

An item that was found matches one of actions.json if

- its evidence touches a line that the true item cites: words of that line, by their times or, in a
  transcript of a recording, by the words themselves; and
- it says the same: a third of the content words of the true item's `what`, by their first four
  letters, are in the item's text or quotes; and
- for an action item, its owner is that person.

Each is matched once, the best pairs first. Precision is the share of the found items that match,
recall that of the true ones. Due dates are counted apart: among the matched tasks, those whose date
is right (none where there is none).
"""
import csv
import json
import os
import re
import subprocess
import sys
import tempfile

MIN_SHARED = 1 / 3
PREFIX = 4
EMPTY = set('''a about again all also an and any are as at be before by can do does for from get give
has have he her his how if in is it its let make more my not of on one or our out she so some than
that the their them then there they this to two until up us was we well what when which who will
with you your yes no'''.split())


def table(path):
    with open(path, encoding='utf-8', newline='') as file:
        rows = (row for row in file if not row.startswith('#'))
        return list(csv.DictReader(rows, delimiter='\t', quoting=csv.QUOTE_NONE))


def transcript_of(folder, named=True):
    """A transcript of the script: 250 ms for each word, 400 ms between lines."""
    names = [row['name'] for row in table(os.path.join(folder, 'people.tsv'))]
    order = []
    for line in table(os.path.join(folder, 'script.tsv')):
        if line['speaker'] not in order:
            order.append(line['speaker'])
    at, segments, turns = 0.0, [], []
    for line in table(os.path.join(folder, 'script.tsv')):
        speaker, words, start = 'S%d' % (1 + order.index(line['speaker'])), [], at
        for word in line['text'].split():
            words.append({'word': word, 'start': round(at, 3), 'end': round(at + 0.24, 3),
                          'confidence': 0.9, 'speaker': speaker})
            at += 0.25
        segments.append({'id': len(segments), 'start': start, 'end': round(at, 3),
                         'text': line['text'], 'confidence': 0.9, 'speaker': speaker,
                         'words': words})
        turns.append({'start': start, 'end': round(at, 3), 'speaker': speaker, 'confidence': 0.9})
        at = round(at + 0.4, 3)
    merged = []
    for turn in turns:
        if merged and merged[-1]['speaker'] == turn['speaker']:
            merged[-1]['end'] = turn['end']
        else:
            merged.append(turn)
    return {'schema': 'chip.transcript/1', 'model': 'script', 'language': 'en', 'duration': at,
            'speech': at,
            'speakers': [{'id': 'S%d' % (1 + i), 'name': name if named else ''}
                         for i, name in enumerate(order)],
            'turns': merged, 'segments': segments, 'audit': []}, names


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower().replace('\u2019', "'"))


def content(text):
    return {word[:PREFIX] for word in words(text) if word not in EMPTY and len(word) > 1}


def share(true, found):
    return len(true & found) / len(true) if true else 0


class Meeting:
    def __init__(self, folder, transcript=None):
        self.folder = folder
        self.lines = table(os.path.join(folder, 'script.tsv'))
        with open(os.path.join(folder, 'actions.json'), encoding='utf-8') as file:
            self.truth = json.load(file)
        self.made = transcript is None
        if self.made:
            self.transcript, _ = transcript_of(folder)
        else:
            with open(transcript, encoding='utf-8') as file:
                self.transcript = json.load(file)

    def run(self, chip):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'transcript.json')
            with open(path, 'w', encoding='utf-8') as file:
                json.dump(self.transcript, file)
            out = subprocess.run([chip, 'minutes', path, '--provider', 'builtin', '--format',
                                  'json', '--date', self.truth['meeting']['date']],
                                 stdout=subprocess.PIPE, check=True).stdout
        self.minutes = json.loads(out)
        return self.minutes

    def cited(self, evidence):
        """Ids of the script's lines that evidence touches."""
        if self.made:
            return {entry['segment'] + 1 for entry in evidence}
        found = set()
        for entry in evidence:
            said = words(entry['quote'])
            pairs = set(zip(said, said[1:])) or {tuple(said)}
            for line in self.lines:
                there = words(line['text'])
                there = set(zip(there, there[1:])) | {tuple(there)}
                if len(pairs & there) >= max(1, len(pairs) // 3):
                    found.add(int(line['id']))
        return found

    def owner(self, item):
        owner = item['owner']
        if owner is None:
            return None
        if self.made:
            names = {s['id']: s['name'] for s in self.transcript['speakers']}
            return names.get(owner['speaker'], owner['name'])
        # Speakers of a recording are told apart without names: by whom their words are.
        return self.people().get(owner['speaker'], owner['name'])

    def people(self):
        if not hasattr(self, 'known'):
            votes = {}
            for segment in self.transcript['segments']:
                for line in self.lines:
                    same = set(words(segment['text'])) & set(words(line['text']))
                    if len(same) > 3 and len(same) > 0.7 * len(set(words(segment['text']))):
                        votes.setdefault(segment.get('speaker'), []).append(line['speaker'])
            self.known = {speaker: max(set(v), key=v.count) for speaker, v in votes.items()}
        return self.known

    def matches(self, kind, text):
        """[(true index, found index)], the best first, each once."""
        pairs = []
        for i, true in enumerate(self.truth[kind]):
            for k, found in enumerate(self.minutes[kind]):
                if not self.cited(found['evidence']) & set(true['lines']):
                    continue
                said = content(' '.join([found[text]] + [e['quote'] for e in found['evidence']]))
                same = share(content(true['what']), said)
                if same < MIN_SHARED or (kind == 'action_items' and
                                         self.owner(found) != true['owner']):
                    continue
                pairs.append((-same, i, k))
        taken, result = (set(), set()), []
        for _, i, k in sorted(pairs):
            if i not in taken[0] and k not in taken[1]:
                taken[0].add(i)
                taken[1].add(k)
                result.append((i, k))
        return result


def score(meeting):
    result = {}
    for kind, text in (('decisions', 'text'), ('action_items', 'what')):
        pairs = meeting.matches(kind, text)
        n_true, n_found = len(meeting.truth[kind]), len(meeting.minutes[kind])
        result[kind] = {'true': n_true, 'found': n_found, 'matched': len(pairs),
                        'precision': len(pairs) / n_found if n_found else 1.0,
                        'recall': len(pairs) / n_true if n_true else 1.0,
                        'missed': [t['what'] for i, t in enumerate(meeting.truth[kind])
                                   if i not in {p[0] for p in pairs}],
                        'extra': [f[text] for k, f in enumerate(meeting.minutes[kind])
                                  if k not in {p[1] for p in pairs}]}
        if kind == 'action_items':
            right = sum((meeting.minutes[kind][k]['due'] or {}).get('date') ==
                        meeting.truth[kind][i]['due_date'] for i, k in pairs)
            result[kind]['due_right'] = right
    still_open = [q for q in meeting.truth['questions'] if q['answer'] is None]
    found = [meeting.cited(q['evidence']) for q in meeting.minutes['open_questions']]
    result['open_questions'] = {
        'true': len(still_open), 'found': len(found),
        'matched': sum(any(set(q['lines'][:1]) & lines for lines in found) for q in still_open)}
    return result


def show(name, result):
    for kind in ('decisions', 'action_items'):
        r = result[kind]
        print('%-28s %-13s precision %.2f  recall %.2f  (%d true, %d found, %d matched%s)' % (
            name, kind, r['precision'], r['recall'], r['true'], r['found'], r['matched'],
            ', %d due right' % r['due_right'] if 'due_right' in r else ''))
        for what in r['missed']:
            print('    missed: %s' % what)
        for what in r['extra']:
            print('    extra:  %s' % what)
    r = result['open_questions']
    print('%-28s open_questions  %d true, %d found, %d matched' % (
        name, r['true'], r['found'], r['matched']))


def main(args):
    as_json = '--json' in args
    args = [arg for arg in args if arg != '--json']
    if len(args) < 2:
        sys.exit(__doc__)
    chip, rest, results = args[0], args[1:], {}
    while rest:
        folder = rest.pop(0)
        transcript = rest.pop(0) if rest and rest[0].endswith('.json') else None
        meeting = Meeting(folder, transcript)
        meeting.run(chip)
        name = os.path.basename(os.path.normpath(folder)) + (' (recording)' if transcript else '')
        results[name] = score(meeting)
        if not as_json:
            show(name, results[name])
    if as_json:
        print(json.dumps(results, indent=1))


if __name__ == '__main__':
    main(sys.argv[1:])
