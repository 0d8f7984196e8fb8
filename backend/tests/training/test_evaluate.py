"""The equal error rate by hand, and the windows that it is taken of."""
import os
import tempfile
import unittest

import numpy as np

import toy
from test_data import Folder

from training import data, evaluate, network


class EqualErrorRate(unittest.TestCase):
    def test_by_hand(self):
        for same, different, expected in (
                ([0.9, 0.8], [0.1, 0.2], 0.0),
                ([0.9, 0.8, 0.3], [0.7, 0.2, 0.1], 1 / 3),
                ([0.9, 0.8, 0.7, 0.3], [0.75, 0.2, 0.1, 0.0], 0.25),
                ([0.1], [0.9], 1.0),
                ([0.5, 0.5], [0.5, 0.5, 0.5], 0.5)):  # a network that knows nothing
            with self.subTest((same, different)):
                got = evaluate.equal_error_rate(np.array(same), np.array(different))
                self.assertAlmostEqual(got, expected)

    def test_two_normal_distributions_meet_where_theory_says(self):
        rng = np.random.default_rng(1)
        got = evaluate.equal_error_rate(rng.normal(2, 1, 40000), rng.normal(0, 1, 60000))
        self.assertAlmostEqual(got, 0.1587, delta=0.004)  # one deviation from each mean


class Windows(Folder):
    def test_lie_side_by_side_in_recordings_of_held_out_speakers(self):
        recordings = self.people(seconds=3.4)
        pcm, whose = evaluate.cut(recordings, 1.5, 1)
        self.assertEqual(pcm.shape, (8, 24000))
        self.assertEqual(whose.tolist(), [0, 0, 1, 1, 2, 2, 3, 3])
        first = next(p for p in recordings.pieces if p.speaker == 'ann' and p.speed == 1)
        np.testing.assert_array_equal(pcm[1], recordings.pcm(first, 24000, 24000))

        _, whose = evaluate.cut(recordings, 1.5, 0.25)
        names = {recordings.speakers[i] for i in whose}
        self.assertEqual(names, {n for n in recordings.speakers if data.is_held_out(n, 0.25)})
        self.assertEqual(names, {'cas', 'dov'})

    def test_nobody_gives_more_than_twenty(self):
        recordings = self.people(seconds=70)
        _, whose = evaluate.cut(recordings, 1.5, 1)
        self.assertEqual(np.bincount(whose).tolist(), [20] * 4)

    def test_windows_that_nobody_fills_have_no_rate(self):
        rows = evaluate.evaluate(network.Speaker(32, 32), self.people(seconds=2.5), 1)
        self.assertIsNone(rows[2]['eer'])
        self.assertEqual(rows[2]['speakers'], 0)
        self.assertIn('-', evaluate.table(rows).splitlines()[3])


if __name__ == '__main__':
    unittest.main()
