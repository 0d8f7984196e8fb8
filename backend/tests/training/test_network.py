"""The network and its files: the published weights' golden vector, and what is written is read."""
import os
import struct
import tempfile
import unittest

import numpy as np

import toy
from toy import torch

from training import export, network, weights


def trained_a_little(**sizes):
    """A network whose numbers are all different from those of a new one."""
    torch.manual_seed(3)
    net = network.Speaker(**sizes)
    for value in net.state_dict().values():
        if value.is_floating_point():
            value.copy_(0.05 * torch.randn(value.shape) + (1.0 if value.ndim == 1 else 0.0))
    return net.eval()


class Network(unittest.TestCase):
    def setUp(self):
        made = tempfile.TemporaryDirectory()
        self.addCleanup(made.cleanup)
        self.path = os.path.join(made.name, 'speaker.safetensors')

    @unittest.skipUnless(os.path.exists(toy.SPEAKER_FILE), 'spk_mel.npz is not here')
    def test_published_weights_give_their_golden_embedding(self):
        golden = weights.read(toy.SPEAKER_FILE)
        with torch.no_grad():
            got = network.load(toy.SPEAKER_FILE)(torch.from_numpy(golden['test_input'])[None])[0]
        worst = np.abs(got.numpy() - golden['test_embedding']).max()
        print('largest difference %.1e' % worst)
        self.assertLess(worst, 1e-4)

    @unittest.skipUnless(os.path.exists(toy.SPEAKER_FILE), 'spk_mel.npz is not here')
    def test_export_of_published_weights_changes_no_number(self):
        export.main([toy.SPEAKER_FILE, self.path])
        before, after = weights.read(toy.SPEAKER_FILE), weights.read(self.path)
        self.assertEqual(set(before) - set(after), {'stride', 'test_input', 'test_embedding'})
        for name, array in after.items():
            self.assertEqual(array.dtype, before[name].dtype)
            np.testing.assert_array_equal(array, before[name])

    def test_exported_file_equals_the_network_in_memory(self):
        net = trained_a_little()
        export.save(net, self.path, {'steps': '7'})
        self.assertEqual(weights.read_with_metadata(self.path)[1], {'steps': '7'})
        for name, array in weights.read(self.path).items():
            value = net.state_dict()[name].numpy()
            if array.ndim == 1:
                np.testing.assert_array_equal(array, value)
            else:
                np.testing.assert_array_equal(array, value.astype('f2'))
        mel = torch.randn(2, 80, 64, generator=torch.Generator().manual_seed(4))
        with torch.no_grad():
            far = (network.load(self.path)(mel) - net(mel)).abs().max() / net(mel).abs().max()
        self.assertLess(far.item(), 2e-3)  # f16 matrices

    def test_other_sizes_are_read_from_the_file(self):
        export.save(trained_a_little(channels=64, hidden=96), self.path)
        net = network.load(self.path)
        self.assertEqual((net.c1.out_channels, net.c2.out_channels), (64, 96))

    def test_golden_file_is_what_the_written_weights_give(self):
        export.save(trained_a_little(channels=64, hidden=96), self.path)
        golden_path = self.path + '.golden'
        export.main([self.path, self.path, '--golden', golden_path])
        golden = weights.read(golden_path)
        self.assertEqual(golden['test_input'].shape, (150, 64))
        with torch.no_grad():
            got = network.load(self.path).voices(torch.from_numpy(golden['test_pcm'])[None])[0]
        expected = golden['test_embedding'] / np.linalg.norm(golden['test_embedding'])
        np.testing.assert_allclose(got.numpy(), expected, atol=1e-5)

    def test_tensors_start_at_multiples_of_64_without_holes(self):
        export.save(trained_a_little(), self.path)
        with open(self.path, 'rb') as file:
            data = file.read()
        begin = 8 + struct.unpack_from('<Q', data)[0]
        sizes = [array.nbytes for array in weights.read(self.path).values()]
        self.assertEqual(begin % 64, 0)
        self.assertEqual([size % 64 for size in sizes], [0] * len(sizes))
        self.assertEqual(begin + sum(sizes), len(data))

    def test_two_crops_of_one_length_do_not_disturb_each_other(self):
        net = trained_a_little()
        pcm = toy.buzz(2, 16000)
        with torch.no_grad():
            both = net.voices(pcm)
            alone = net.voices(pcm[:1])
        self.assertTrue(torch.allclose(both[:1], alone, atol=1e-5))
        self.assertTrue(torch.allclose(both.norm(dim=1), torch.ones(2)))


if __name__ == '__main__':
    unittest.main()
