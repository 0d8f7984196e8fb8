#!/usr/bin/env python3
"""chip minutes: from a transcript's file to what was decided."""
import json
import os
import unittest

from harness import Case, main

LINES = [('S1', 'Good morning, Tom. We have to talk about the locks for the bikes.'),
         ('S2', 'The locks cost thirty five dollars, and that is a lot of money for us.'),
         ('S1', 'Let us order no *new* locks until the city has answered.'),
         ('S2', 'Agreed. I will ask the city office again by Friday.'),
         ('S1', 'Who pays for the locks in the end?'), ('S2', 'I do not know yet.')]


def transcript():
    segments, at = [], 0.0
    for i, (speaker, text) in enumerate(LINES):
        words = [{'word': word, 'start': at + k / 4, 'end': at + (k + 1) / 4, 'confidence': 0.9,
                  'speaker': speaker} for k, word in enumerate(text.split())]
        segments.append({'id': i, 'start': at, 'end': words[-1]['end'], 'text': text,
                         'confidence': 0.9, 'speaker': speaker, 'words': words})
        at = words[-1]['end'] + 0.5
    return {'schema': 'chip.transcript/1', 'model': 'm', 'language': 'en', 'duration': at,
            'speech': at, 'speakers': [{'id': 'S1', 'name': 'Dana'}, {'id': 'S2', 'name': 'Tom'}],
            'turns': [], 'segments': segments, 'audit': []}


class Minutes(Case):
    def setUp(self):
        super().setUp()
        with open(self.path('meeting.json'), 'w', encoding='utf-8') as file:
            json.dump(transcript(), file)

    def ok(self, *args):
        code, out, err = self.chip('minutes', *args)
        self.assertEqual((code, err), (0, ''))
        return out

    def fails(self, want, *args):
        code, out, err = self.chip('minutes', *args)
        self.assertEqual((code, out), (want, ''))
        return err

    def test_prints_decisions_and_tasks_to_read(self):
        out = self.ok('meeting.json', '--date', '2026-03-03')
        self.assertIn('Decisions\n  - Order no *new* locks until the city has answered '
                      '[00:00:', out)
        self.assertIn('  - Tom: Ask the city office again, by Friday (2026-03-06) [00:00:', out)
        self.assertIn('Open questions\n  - Who pays for the locks in the end?', out)
        self.assertIn('  - $35: ', out)

    def test_json_has_everything(self):
        result = json.loads(self.ok('meeting.json', '--format', 'json', '--date', '2026-03-03'))
        self.assertEqual((result['schema'], result['provider']), ('chip.minutes/1', 'builtin'))
        task = result['action_items'][0]
        self.assertEqual(task['owner'], {'speaker': 'S2', 'name': 'Tom'})
        self.assertEqual(task['due'], {'date': '2026-03-06', 'said': 'by Friday'})
        evidence = task['evidence'][0]
        self.assertEqual((evidence['segment'], evidence['quote']),
                         (3, 'I will ask the city office again by Friday.'))

    def test_markdown_cannot_be_broken_by_what_is_said(self):
        out = self.ok('meeting.json', '--format', 'md')
        self.assertTrue(out.startswith('# '))
        self.assertIn('\n## Decisions\n\n- ', out)
        self.assertIn(r'\*new\*', self.ok('meeting.json', '--format', 'md'))

    def test_without_a_date_days_are_only_as_said(self):
        out = self.ok('meeting.json')
        self.assertIn('Ask the city office again, by Friday [', out)
        self.assertIn('The date of the meeting is not known', out)

    def test_output_goes_to_a_file_and_never_over_the_transcript(self):
        self.assertEqual(self.ok('meeting.json', '-o', 'minutes.txt'), '')
        with open(self.path('minutes.txt'), encoding='utf-8') as file:
            self.assertEqual(file.read(), self.ok('meeting.json'))
        self.assertIn('overwrite', self.fails(2, 'meeting.json', '-o', 'meeting.json'))

    def test_wrong_use_is_explained(self):
        self.assertIn('2026-03-03', self.fails(2, 'meeting.json', '--date', 'Friday'))
        self.assertIn('one transcript', self.fails(2, 'meeting.json', 'meeting.json'))
        with open(self.path('other.json'), 'w', encoding='utf-8') as file:
            file.write('{}')
        self.assertIn('other.json', self.fails(4, 'other.json'))
        self.assertNotEqual(self.chip('minutes', 'missing.json')[0], 0)
        self.assertTrue(os.path.exists(self.path('meeting.json')))


if __name__ == '__main__':
    main()
