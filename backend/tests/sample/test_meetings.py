"""actions.json of each meeting in samples/meetings and samples/heldout says what its script says."""
import datetime
import json
import os
import unittest

import meeting
import word_times

KINDS = ('decisions', 'action_items', 'questions', 'disagreements')


def plain(text):
    return ' '.join(part for word in text.split() for part in word_times.plain(word))


class Meetings(unittest.TestCase):
    def each(self):
        folders = [os.path.join(group, name) for group in (meeting.MEETINGS, meeting.HELDOUT)
                   for name in sorted(os.listdir(group))]
        self.assertGreaterEqual(len(folders), 7)
        for folder in folders:
            with open(os.path.join(folder, 'actions.json'), encoding='utf-8') as file:
                data = json.load(file)
            with self.subTest(os.path.basename(folder)):
                yield folder, data, {int(line['id']): line for line in meeting.script(folder)}

    def test_lines_are_numbered_in_order_and_spoken_by_the_people(self):
        for folder, data, lines in self.each():
            self.assertEqual(list(lines), list(range(1, len(lines) + 1)))
            self.assertGreaterEqual(len(lines), 40)
            self.assertEqual(data['meeting']['people'], meeting.people(folder))
            self.assertEqual({line['speaker'] for line in lines.values()},
                             set(meeting.people(folder)))

    def test_one_written_word_is_one_spoken_word(self):
        for _, _, lines in self.each():
            for line in lines.values():
                self.assertNotRegex(line['text'], r'[0-9$%]')

    def test_every_item_cites_lines_that_exist(self):
        for _, data, lines in self.each():
            for kind in KINDS:
                for item in data[kind]:
                    self.assertTrue(item.get('what') or item.get('about'))
                    self.assertTrue(item['lines'])
                    self.assertLessEqual(set(item['lines']), set(lines))

    def test_an_owner_takes_the_task_in_a_cited_line(self):
        for _, data, lines in self.each():
            for item in data['action_items']:
                self.assertIn(item['owner'], [lines[i]['speaker'] for i in item['lines']], item)

    def test_due_is_said_in_the_cited_lines(self):
        for _, data, lines in self.each():
            held = datetime.date.fromisoformat(data['meeting']['date'])
            for item in data['action_items'] + [data['meeting']['next_meeting']]:
                self.assertEqual(item['due'] is None, item['due_date'] is None, item)
                if item['due'] is None:
                    continue
                text = ' '.join(plain(lines[i]['text']) for i in item['lines'])
                self.assertIn(plain(item['due']), text)
                self.assertGreaterEqual(datetime.date.fromisoformat(item['due_date']), held)

    def test_a_question_is_asked_and_one_stays_open(self):
        for _, data, lines in self.each():
            for item in data['questions']:
                asked = lines[item['lines'][0]]
                self.assertEqual(asked['speaker'], item['asked_by'])
                self.assertIn('?', asked['text'])
            self.assertIn(None, [item['answer'] for item in data['questions']])

    def test_each_side_of_a_disagreement_speaks(self):
        for _, data, lines in self.each():
            for item in data['disagreements']:
                for person, said in item['sides'].items():
                    self.assertEqual({lines[i]['speaker'] for i in said}, {person})


if __name__ == '__main__':
    unittest.main()
