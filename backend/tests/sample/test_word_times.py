"""samples/word_times.py on cases that a hand can work out."""
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../samples'))
sys.dont_write_bytecode = True
import word_times  # noqa: E402


def words(*pairs):
    return word_times.timed(pairs)


class Plain(unittest.TestCase):
    def test_case_and_punctuation_do_not_count(self):
        self.assertEqual(word_times.plain('"Dana\u2019s,'), ['danas'])
        self.assertEqual(word_times.plain('...'), [])

    def test_hyphens_split(self):
        self.assertEqual(word_times.plain('to-morrow.'), ['to', 'morrow'])

    def test_digits_are_read_out(self):
        for written, spoken in (('6th,', 'sixth'), ('20th?', 'twentieth'), ('31st', 'thirty first'),
                                ('12', 'twelve'), ('$12', 'twelve dollars'),
                                ('$14,000.', 'fourteen thousand dollars'), ('30%', 'thirty percent'),
                                ('6,400', 'six thousand four hundred'), ('0', 'zero'),
                                ('1000000', 'one million')):
            self.assertEqual(' '.join(word_times.plain(written)), spoken, written)

    def test_what_only_looks_like_a_number_stays(self):
        self.assertEqual(word_times.plain('3x'), ['3x'])
        self.assertEqual(word_times.plain('1.5'), ['15'])

    def test_only_the_first_spoken_word_has_the_time(self):
        self.assertEqual(words(('$12', 500)), [('twelve', 500), ('dollars', None)])


class Align(unittest.TestCase):
    def test_a_missing_an_extra_and_a_wrong_word_are_stepped_over(self):
        truth = words(('a', 0), ('b', 100), ('c', 200), ('d', 300))
        heard = words(('a', 10), ('c', 210), ('x', 250), ('e', 310))
        self.assertEqual(word_times.align(truth, heard), [(0, 0), (2, 1)])

    def test_a_repeated_word_goes_to_the_nearest_in_time(self):
        truth = words(('the', 1000), ('the', 2000))
        self.assertEqual(word_times.align(truth, words(('the', 1990))), [(1, 0)])
        self.assertEqual(word_times.align(truth, words(('the', 1010))), [(0, 0)])

    def test_time_never_beats_a_match(self):
        truth = words(('a', 0), ('b', 90000))
        self.assertEqual(word_times.align(truth, words(('b', 0), ('b', 5))), [(1, 1)])

    def test_nothing_aligns_with_nothing(self):
        self.assertEqual(word_times.align([], words(('a', 0))), [])
        self.assertEqual(word_times.align(words(('a', 0)), []), [])


class Compare(unittest.TestCase):
    def test_median_and_95th_percentile_are_of_absolute_errors(self):
        truth = words(*(('w%d' % i, 1000 * i) for i in range(1, 21)))
        heard = words(*(('w%d' % i, 1000 * i + i * (-1) ** i) for i in range(1, 21)))
        result = word_times.compare(truth, heard)
        self.assertEqual((result['median_ms'], result['p95_ms'], result['worst_ms']), (10, 19, 20))
        self.assertEqual(result['matched_percent'], 100.0)

    def test_a_word_without_time_is_matched_but_not_timed(self):
        result = word_times.compare(words(('a', 0), ('b', 10)), words(('a', None), ('b', 13)))
        self.assertEqual((result['matched'], result['timed'], result['median_ms']), (2, 1, 3))


class Program(unittest.TestCase):
    def run_on(self, transcript, *options):
        with tempfile.TemporaryDirectory() as folder:
            truth, heard = os.path.join(folder, 'words.tsv'), os.path.join(folder, 't.json')
            with open(truth, 'w', encoding='utf-8') as file:
                file.write('speaker\tword\tstart_ms\tend_ms\tline\n'
                           'Dana\t"Good\t700\t845\t1\nDana\tmorning,\t845\t1436\t1\n')
            with open(heard, 'w', encoding='utf-8') as file:
                json.dump(transcript, file)
            output = io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
                code = word_times.main([truth, heard, *options])
            return code, output.getvalue()

    GOOD = {'segments': [{'start': 0.7, 'end': 1.4, 'words': [
        {'word': 'Good', 'start': 0.73, 'end': 0.8}, {'word': 'morning.', 'start': 0.835}]}]}

    def test_seconds_become_milliseconds(self):
        code, output = self.run_on(self.GOOD)
        self.assertEqual(code, 0)
        self.assertIn('matched 2 of 2 words (100.0 %)', output)
        self.assertIn('median 10 ms, 95th percentile 30 ms, worst 30 ms', output)

    def test_json_has_the_same_numbers(self):
        result = json.loads(self.run_on(self.GOOD, '--json')[1])
        self.assertAlmostEqual(result['median_ms'], 10)
        self.assertEqual(result['matched'], 2)

    def test_a_missed_limit_fails(self):
        self.assertEqual(self.run_on(self.GOOD, '--max-median', '11', '--max-p95', '31')[0], 0)
        self.assertEqual(self.run_on(self.GOOD, '--max-median', '9')[0], 1)
        self.assertEqual(self.run_on(self.GOOD, '--max-p95', '29')[0], 1)
        half = {'segments': [{'words': self.GOOD['segments'][0]['words'][:1]}]}
        self.assertEqual(self.run_on(half, '--min-matched', '50')[0], 0)
        self.assertEqual(self.run_on(half, '--min-matched', '51')[0], 1)

    def test_an_empty_transcript_fails(self):
        self.assertEqual(self.run_on({'segments': []})[0], 1)


if __name__ == '__main__':
    unittest.main()
