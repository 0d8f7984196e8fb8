"""How good the built-in analyst is, on the scripted meetings: usage test_score.py CHIP [--write]

--write makes the golden minutes again; look at the difference before you keep it.
"""
import json
import os
import sys
import unittest

import score

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.normpath(os.path.join(HERE, '../../../samples'))
GOLDEN = os.path.join(HERE, 'golden/meeting.txt')

# The promise, for the sample meeting and for all of samples/meetings together: precision and recall.
# The rules were made with these in view; docs/MINUTES.md says how good they are on others.
PROMISED = 0.8


def meetings(group='meetings'):
    folder = os.path.join(SAMPLES, group)
    return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]


def golden(minutes):
    """What of the minutes a person would read, one line each."""
    lines = ['title: ' + minutes['title'], 'short: ' + minutes['summary']['short']]
    lines += ['topic: %s | %s' % (t['title'], t['summary']) for t in minutes['topics']]
    lines += ['decision: %s' % d['text'] for d in minutes['decisions']]
    for item in minutes['action_items']:
        due = item['due'] or {'date': None, 'said': None}
        owner = item['owner'] or {'name': None}
        lines.append('task: %s | %s | %s | %s' % (owner['name'], item['what'], due['said'],
                                                  due['date']))
    lines += ['open: %s' % q['text'] for q in minutes['open_questions']]
    lines += ['risk: %s' % r['text'] for r in minutes['risks']]
    lines += ['figure: %s | %s' % (f['value'], f['kind']) for f in minutes['figures']]
    return '\n'.join(lines) + '\n'


class Sample(unittest.TestCase):
    def setUp(self):
        self.meeting = score.Meeting(os.path.join(SAMPLES, 'meeting'))
        self.minutes = self.meeting.run(CHIP)

    def test_decisions_and_tasks_with_owners_are_found(self):
        result = score.score(self.meeting)
        for kind in ('decisions', 'action_items'):
            self.assertGreaterEqual(result[kind]['precision'], PROMISED, result[kind])
            self.assertGreaterEqual(result[kind]['recall'], PROMISED, result[kind])

    def test_due_dates_and_the_open_question_are_right(self):
        result = score.score(self.meeting)
        self.assertEqual(result['action_items']['due_right'], result['action_items']['matched'])
        self.assertEqual(result['open_questions'], {'true': 1, 'found': 1, 'matched': 1})

    def test_minutes_are_as_they_were(self):
        with open(GOLDEN, encoding='utf-8') as file:
            self.assertEqual(golden(self.minutes), file.read())

    def test_without_names_the_owners_are_the_same_speakers(self):
        unnamed, _ = score.transcript_of(self.meeting.folder, named=False)
        named = [item['owner'] for item in self.minutes['action_items']]
        self.meeting.transcript = unnamed
        found = [item['owner'] for item in self.meeting.run(CHIP)['action_items']]
        self.assertEqual(found, named)


class Others(unittest.TestCase):
    def test_decisions_and_tasks_of_other_kinds_of_meetings_are_found(self):
        total = {kind: [0, 0, 0] for kind in ('decisions', 'action_items')}
        for folder in meetings():
            meeting = score.Meeting(folder)
            meeting.run(CHIP)
            for kind, result in score.score(meeting).items():
                if kind in total:
                    for i, name in enumerate(('matched', 'found', 'true')):
                        total[kind][i] += result[name]
        for kind, (matched, found, true) in total.items():
            self.assertGreaterEqual(matched / found, PROMISED, (kind, total[kind]))
            self.assertGreaterEqual(matched / true, PROMISED, (kind, total[kind]))


class HeldOut(unittest.TestCase):
    """Nothing is promised of what is found here, so that nobody fits a rule to it."""

    def test_what_is_found_in_held_out_meetings_was_said_there_and_the_score_is_printed(self):
        folders = meetings('heldout')
        self.assertGreaterEqual(len(folders), 4)
        for folder in folders:
            meeting = score.Meeting(folder)
            minutes = meeting.run(CHIP)
            said = [segment['text'] for segment in meeting.transcript['segments']]
            for kind in ('decisions', 'action_items', 'open_questions', 'risks', 'figures'):
                for item in minutes[kind]:
                    self.assertTrue(item['evidence'], item)
                    for evidence in item['evidence']:
                        self.assertIn(evidence['quote'], said[evidence['segment']])
            score.show(os.path.basename(folder), score.score(meeting))


class Matching(unittest.TestCase):
    """The rule by which minutes are scored can fail them."""

    def meeting(self, **changes):
        meeting = score.Meeting(os.path.join(SAMPLES, 'meeting'))
        item = {'what': 'Close the five serious bugs', 'owner': {'speaker': 'S4', 'name': 'Alan'},
                'due': None, 'evidence': [{'segment': 17, 'quote': 'I will close them'}], **changes}
        meeting.minutes = {'decisions': [], 'open_questions': [], 'action_items': [item]}
        return score.score(meeting)['action_items']

    def test_the_same_task_matches(self):
        self.assertEqual(self.meeting()['matched'], 1)

    def test_another_owner_does_not_match(self):
        self.assertEqual(self.meeting(owner={'speaker': 'S1', 'name': 'Dana'})['matched'], 0)

    def test_evidence_elsewhere_does_not_match(self):
        evidence = [{'segment': 2, 'quote': 'Good morning.'}]
        self.assertEqual(self.meeting(evidence=evidence)['matched'], 0)

    def test_other_words_do_not_match(self):
        self.assertEqual(self.meeting(what='Paint the office green')['matched'], 0)


if __name__ == '__main__':
    CHIP = os.path.abspath(sys.argv.pop(1))
    if sys.argv[1:] == ['--write']:
        with open(GOLDEN, 'w', encoding='utf-8') as file:
            file.write(golden(score.Meeting(os.path.join(SAMPLES, 'meeting')).run(CHIP)))
        sys.exit()
    unittest.main()
