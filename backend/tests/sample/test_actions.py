"""samples/meeting/actions.json says what the script says."""
import datetime
import json
import os
import re
import unittest

import meeting
import word_times

MONTHS = ('January February March April May June July August September October November '
          'December').split()
DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split()
DATE = re.compile(r'(%s) \w' % '|'.join(MONTHS))


def load():
    with open(os.path.join(meeting.MEETING, 'actions.json'), encoding='utf-8') as file:
        return json.load(file)


def plain(text):
    return ' '.join(part for word in text.split() for part in word_times.plain(word))


def spoken_date(date):
    return '%s %s' % (MONTHS[date.month - 1], ' '.join(word_times.ordinal(date.day)))


class Actions(unittest.TestCase):
    def setUp(self):
        self.data = load()
        self.lines = {int(line['id']): line for line in meeting.script()}
        self.held = datetime.date.fromisoformat(self.data['meeting']['date'])

    def said(self, item):
        return [self.lines[i] for i in item['lines']]

    def test_lines_are_numbered_in_order(self):
        self.assertEqual(list(self.lines), list(range(1, len(self.lines) + 1)))

    def test_there_are_enough_of_each(self):
        self.assertGreaterEqual(len(self.data['decisions']), 4)
        self.assertGreaterEqual(len(self.data['action_items']), 6)
        self.assertGreaterEqual(len(self.data['disagreements']), 1)
        still_open = [q for q in self.data['questions'] if q['answer'] is None]
        self.assertEqual(len(still_open), 1)

    def test_every_item_cites_lines_that_exist(self):
        for kind in ('decisions', 'action_items', 'questions', 'disagreements'):
            for item in self.data[kind]:
                self.assertTrue(item['what'] if kind != 'disagreements' else item['about'])
                self.assertTrue(item['lines'])
                for line in item['lines']:
                    self.assertIn(line, self.lines)

    def test_the_people_are_those_of_the_script(self):
        self.assertEqual(self.data['meeting']['people'], meeting.people())
        self.assertEqual({line['speaker'] for line in self.lines.values()}, set(meeting.people()))

    def test_an_owner_takes_the_task_in_a_cited_line(self):
        for item in self.data['action_items']:
            self.assertIn(item['owner'], [line['speaker'] for line in self.said(item)], item)

    def test_a_question_is_asked_in_its_first_line(self):
        for item in self.data['questions']:
            asked = self.said(item)[0]
            self.assertEqual(asked['speaker'], item['asked_by'])
            self.assertIn('?', asked['text'])

    def test_each_side_of_a_disagreement_speaks(self):
        for item in self.data['disagreements']:
            for person, lines in item['sides'].items():
                for line in lines:
                    self.assertEqual(self.lines[line]['speaker'], person)

    def test_due_is_said_in_the_cited_lines(self):
        for item in self.data['action_items'] + [self.data['meeting']['next_meeting']]:
            text = ' '.join(plain(line['text']) for line in self.said(item))
            self.assertIn(plain(item['due']), text)

    def test_due_dates_are_what_is_said(self):
        for item in self.data['action_items'] + [self.data['meeting']['next_meeting']]:
            date = datetime.date.fromisoformat(item['due_date'])
            self.assertGreater(date, self.held)
            if DATE.search(item['due']):
                self.assertIn(spoken_date(date), item['due'])
            elif item['due'] == 'tomorrow':
                self.assertEqual(date, self.held + datetime.timedelta(days=1))
            else:
                self.assertEqual(item['due'], 'by the end of ' + MONTHS[date.month - 1])
                self.assertEqual((date + datetime.timedelta(days=1)).day, 1)

    def test_a_weekday_in_the_script_belongs_to_its_date(self):
        n = 0
        for line in self.lines.values():
            for day, month, number in re.findall(
                    r'(%s), (%s) ((?:twenty |thirty )?\w+)' % ('|'.join(DAYS), '|'.join(MONTHS)),
                    line['text']):
                date = next(datetime.date(self.held.year, MONTHS.index(month) + 1, d)
                            for d in range(1, 31) if number == ' '.join(word_times.ordinal(d)))
                self.assertEqual(DAYS[date.weekday()], day, line['text'])
                n += 1
        self.assertGreaterEqual(n, 6)


if __name__ == '__main__':
    unittest.main()
