"""speakers.py on cases that a hand can work out."""
import unittest

import speakers
from speakers import Turn, Word


def said(speaker, *words, start=0):
    """A word each 100 ms."""
    return [Word(word, start + 100 * i, start + 100 * i + 100, speaker)
            for i, word in enumerate(words)]


def transcript(words, turns=()):
    """As chip's json has it."""
    return {'speakers': [{'id': s} for s in sorted({w.speaker for w in words})],
            'turns': [{'start': t.start / 1000, 'end': t.end / 1000, 'speaker': t.speaker}
                      for t in turns],
            'segments': [{'words': [{'word': w.word, 'start': w.start / 1000, 'end': w.end / 1000,
                                     'speaker': w.speaker} for w in words]}]}


class Names(unittest.TestCase):
    def test_as_many_words_as_possible_agree(self):
        pairs = 3 * [('S1', 'Ann')] + 2 * [('S1', 'Ben')] + 3 * [('S2', 'Ann')] + [('S2', 'Ben')]
        self.assertEqual(speakers.name_speakers(pairs), {'S1': 'Ben', 'S2': 'Ann'})

    def test_one_too_many_has_no_name(self):
        pairs = [('S1', 'Ann'), ('S2', 'Ben'), ('S2', 'Ben'), ('S3', 'Ben'), (None, 'Ben')]
        self.assertEqual(speakers.name_speakers(pairs), {'S1': 'Ann', 'S2': 'Ben'})

    def test_two_taken_for_one_have_one_name(self):
        self.assertEqual(speakers.name_speakers([('S1', 'Ann'), ('S1', 'Ben'), ('S1', 'Ben')]),
                         {'S1': 'Ben'})

    def test_without_words_there_are_no_names(self):
        self.assertEqual(speakers.name_speakers([]), {})


class TalkTime(unittest.TestCase):
    def test_a_pause_under_a_second_is_speech(self):
        self.assertEqual(speakers.talk_times([Turn(0, 500, 'A'), Turn(1499, 2000, 'A')]),
                         {'A': 2000})
        self.assertEqual(speakers.talk_times([Turn(0, 500, 'A'), Turn(1500, 2000, 'A')]),
                         {'A': 1000})

    def test_not_when_somebody_else_speaks_in_it(self):
        self.assertEqual(
            speakers.talk_times([Turn(0, 500, 'A'), Turn(600, 700, 'B'), Turn(900, 1000, 'A')]),
            {'A': 600, 'B': 100})

    def test_overlap_counts_for_both_and_once_for_each(self):
        self.assertEqual(
            speakers.talk_times([Turn(0, 1000, 'A'), Turn(200, 600, 'A'), Turn(500, 1500, 'B')]),
            {'A': 1000, 'B': 1000})


class Compare(unittest.TestCase):
    TRUTH = said('Ann', 'good', 'morning', 'all') + said('Ben', 'hello', 'Ann', start=300)
    TURNS = [Turn(0, 300, 'Ann'), Turn(300, 500, 'Ben')]

    def test_a_word_of_the_wrong_speaker_counts_by_words_and_by_time(self):
        ours = said('S1', 'good', 'morning') + said('S2', 'all', 'hello', 'Ann', start=200)
        result = speakers.compare(self.TRUTH, self.TURNS, transcript(ours))
        self.assertEqual((result['found'], result['true'], result['matched']), (2, 2, 5))
        self.assertEqual((result['by_words_percent'], result['by_time_percent']), (80, 80))

    def test_a_word_heard_wrong_counts_by_time_only(self):
        ours = said('S1', 'good', 'mourning', 'all') + said('S2', 'hello', start=300) + said(
            'S1', 'and', start=400)
        result = speakers.compare(self.TRUTH, self.TURNS, transcript(ours))
        self.assertEqual((result['matched'], result['by_words_percent']), (3, 100))
        self.assertEqual(result['by_time_percent'], 80)

    def test_talk_time_is_compared_person_by_person(self):
        ours = said('S1', 'good', 'morning', 'all') + said('S2', 'hello', 'Ann', start=300)
        result = speakers.compare(self.TRUTH, self.TURNS, transcript(
            ours, [Turn(0, 330, 'S1'), Turn(330, 500, 'S2')]))
        self.assertAlmostEqual(result['talk_off_percent']['Ann'], 10)
        self.assertAlmostEqual(result['talk_off_percent']['Ben'], -15)

    def test_a_person_who_is_not_found_talks_for_no_time(self):
        ours = said('S1', 'good', 'morning', 'all', 'hello', 'Ann')
        result = speakers.compare(self.TRUTH, self.TURNS, transcript(ours, [Turn(0, 500, 'S1')]))
        self.assertEqual(result['talk_off_percent']['Ben'], -100)
        self.assertEqual(result['by_words_percent'], 60)

    def test_a_transcript_without_speakers_has_nothing_right(self):
        heard = transcript(said(None, 'good', 'morning'))
        del heard['speakers']
        for word in heard['segments'][0]['words']:
            del word['speaker']
        result = speakers.compare(self.TRUTH, self.TURNS, heard)
        self.assertEqual((result['found'], result['by_words_percent'], result['by_time_percent']),
                         (0, 0, 0))


if __name__ == '__main__':
    unittest.main()
