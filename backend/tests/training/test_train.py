"""A training run on flite's voices: it learns, stops, goes on, evaluates and exports."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import toy
from toy import torch

from training import data, network, train, weights

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

    def program(self, module, *args):
        """Runs a program of training. @return (exit code, what it printed)"""
        done = subprocess.run([sys.executable, '-m', 'training.' + module, *args], cwd=toy.ROOT,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

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
        code, said = self.program('train', self.people, through, *args)
        self.assertEqual(code, 0, said)
        code, said = self.program('train', self.people, stopped, *args, '--minutes', '0')
        self.assertEqual(code, 0, said)
        self.assertIn('stopped after step 1', said)
        self.assertFalse(os.path.exists(os.path.join(stopped, 'speaker.safetensors')))
        code, said = self.program('train', self.people, stopped, *args)
        self.assertEqual(code, 0, said)
        self.assertIn('step 1 of 5', said)

        for name in ('speaker.safetensors', 'golden.safetensors'):
            with open(os.path.join(through, name), 'rb') as file:
                expected = file.read()
            with open(os.path.join(stopped, name), 'rb') as file:
                self.assertTrue(file.read() == expected, name + ' differs')

        made = os.path.join(through, 'speaker.safetensors')
        self.assertEqual(network.load(made).c1.out_channels, 32)
        self.assertEqual(weights.read_with_metadata(made)[1]['speakers'], '4')
        code, said = self.program('evaluate', made, self.people)
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r'1\.5 s +4 .* \d+\.\d\d %')

        code, said = self.program('train', self.people, through, *args, '--seed', '2')
        self.assertIn('another seed', said)
        self.assertEqual(code, 1)

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
        code, said = self.program('train', empty, os.path.join(self.root, 'none'))
        self.assertEqual((code, said.count('\n')), (1, 1), said)
        self.assertIn('SPEAKER/*.flac', said)
        code, said = self.program('train', self.people, self.out('few'), '--labels', '64')
        self.assertEqual(code, 1)
        self.assertIn('--labels 64, but there are only 12', said)


if __name__ == '__main__':
    unittest.main()
