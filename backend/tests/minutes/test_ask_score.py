#!/usr/bin/env python3
"""Asking without a language model, finds known answers in scripted meetings, and makes none up."""
import json
import os
import sys
import unittest

import ask_score
import score

ASK_MANY = os.path.abspath(sys.argv.pop(1))
SLOWER = 20 if 'asan' in ASK_MANY else 1  # times, with sanitizers
TRIED_WITH = ('meeting', 'incident-review')  # the analyst was made with these in view
OTHERS = ('garden-committee', 'one-on-one', 'sales-call')


class Answers(unittest.TestCase):
    results = {}

    @classmethod
    def setUpClass(cls):
        for meeting in TRIED_WITH + OTHERS:
            cls.results[meeting] = ask_score.run(ASK_MANY, meeting)

    def share(self, meetings, part, whole):
        return sum(self.results[m][part] for m in meetings) / sum(self.results[m][whole] for m in meetings)

    def test_questions_are_many(self):
        self.assertGreaterEqual(self.results['meeting']['asked'], 20)
        self.assertGreaterEqual(sum(r['asked'] for r in self.results.values()), 60)

    def test_known_answers_are_found_in_meetings_it_was_tried_with(self):
        self.assertGreaterEqual(self.share(TRIED_WITH, 'hits', 'asked'), 0.85, self.results)

    def test_known_answers_are_found_in_others(self):
        self.assertGreaterEqual(self.share(OTHERS, 'hits', 'asked'), 0.7, self.results)

    def test_what_was_not_said_is_not_answered(self):
        self.assertEqual(self.share(self.results, 'nothing_right', 'nothing'), 1, self.results)


class Time(unittest.TestCase):
    def test_a_long_meeting_is_answered_within_a_second(self):
        transcript, _ = score.transcript_of(ask_score.folder_of('meeting'))
        lines, long = transcript['segments'], []
        for i in range(1500):
            line = json.loads(json.dumps(lines[i % len(lines)]))
            shift = i // len(lines) * transcript['duration']
            line.update(id=i, start=line['start'] + shift, end=line['end'] + shift)
            for word in line['words']:
                word.update(start=word['start'] + shift, end=word['end'] + shift)
            long.append(line)
        transcript.update(segments=long, turns=[], duration=long[-1]['end'])
        answers = ask_score.ask(ASK_MANY, transcript, ['How much does a lock cost?', 'What was decided?'])
        self.assertLess(max(answer['ms'] for answer in answers), 1000 * SLOWER)


if __name__ == '__main__':
    unittest.main()
