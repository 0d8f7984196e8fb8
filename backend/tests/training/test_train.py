"""A training run on flite's voices: it learns, stops, goes on, evaluates and exports."""
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import toy
from toy import torch

from training import data, evaluate, network, train, weights

SIZES = ['--labels', '6', '--channels', '32', '--hidden', '64', '--held-out', '0']


@unittest.skipUnless(shutil.which('flite'), 'flite is not installed')
class Train(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(made.cleanup)
        cls.root = made.name
        cls.people = os.path.join(cls.root, 'people')
        toy.flite_speaks(cls.people)
        cls.decoded = os.path.join(cls.root, 'decoded')
        cls.recordings = data.Recordings(cls.people, cls.decoded, say=lambda _: None)

    def out(self, name):
        """A new folder for a run, with the sound already decoded."""
        path = os.path.join(self.root, name)
        shutil.copytree(self.decoded, os.path.join(path, 'cache'))
        return path

    def program(self, main, *args):
        """Calls a program's main(). @return what it printed, and why it gave up if it did"""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            try:
                main(args)
            except SystemExit as end:
                said.write(str(end.code))
        return said.getvalue()

    def test_a_few_steps_lower_the_loss(self):
        given = train.arguments([self.people, self.out('learns'), '--steps', '30', *SIZES])
        run = train.Run(given, data.Crops(self.recordings, 0, given.seed))

        def loss_of_unseen():
            with torch.no_grad():
                return sum(run.margin(run.net(mel), labels, 0.0)[0].item()
                           for mel, labels in (run.features(10 ** 6 + i) for i in range(4))) / 4

        before = loss_of_unseen()
        while run.step < given.steps:
            run.advance()
        after = loss_of_unseen()
        print('loss %.2f, then %.2f' % (before, after))
        self.assertLess(after, 0.7 * before)

    def test_a_stopped_run_ends_as_one_that_was_not_stopped(self):
        through, stopped = self.out('through'), self.out('stopped')
        args = ['--steps', '5', *SIZES]
        done = subprocess.run([sys.executable, '-m', 'training.train', self.people, through, *args],
                              cwd=toy.ROOT, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        said = self.program(train.main, self.people, stopped, *args, '--minutes', '0')
        self.assertIn('stopped after step 1', said)
        self.assertFalse(os.path.exists(os.path.join(stopped, 'speaker.safetensors')))
        said = self.program(train.main, self.people, stopped, *args)
        self.assertIn('step 1 of 5', said)
        self.assertIn('speaker.safetensors is ready', said)

        for name in ('speaker.safetensors', 'golden.safetensors'):
            with open(os.path.join(through, name), 'rb') as file:
                expected = file.read()
            with open(os.path.join(stopped, name), 'rb') as file:
                self.assertTrue(file.read() == expected, name + ' differs')

        made = os.path.join(through, 'speaker.safetensors')
        self.assertEqual(network.load(made).c1.out_channels, 32)
        self.assertEqual(weights.read_with_metadata(made)[1]['speakers'], '4')
        said = self.program(evaluate.main, made, self.people, '--cache', self.decoded)
        self.assertRegex(said, r'1\.5 s +4 .* \d+\.\d\d %')

        said = self.program(train.main, self.people, through, *args, '--seed', '2')
        self.assertIn('another seed', said)

    def test_weights_to_start_with_are_taken_as_they_are(self):
        torch.manual_seed(9)
        start = os.path.join(self.root, 'start.safetensors')
        weights.write(start, network.Speaker(32, 64).arrays())
        given = train.arguments([self.people, self.out('start'), '--start', start, *SIZES])
        net = train.Run(given, data.Crops(self.recordings, 0, 1)).net
        for name, array in net.arrays().items():
            self.assertTrue((array == weights.read(start)[name]).all(), name)

    def test_wrong_calls_say_what_is_wrong(self):
        empty = os.path.join(self.root, 'empty')
        os.makedirs(empty)
        said = self.program(train.main, empty, os.path.join(self.root, 'none'))
        self.assertIn('SPEAKER/*.flac', said)
        said = self.program(train.main, self.people, self.out('few'), '--labels', '64')
        self.assertEqual(said, '--labels 64, but there are only 12')


if __name__ == '__main__':
    unittest.main()
