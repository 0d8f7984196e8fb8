"""Features: the definition in numbers, and what the published network's file fixes."""
import math
import unittest

import toy
from toy import torch

from training import features


def plainly(pcm):
    """The definition, one frame and one bin at a time, in double precision."""
    mel = [2595 * math.log10(1 + hz / 700) for hz in (60, 7600)]
    corners = [700 * (10 ** ((mel[0] + (mel[1] - mel[0]) * i / 65) / 2595) - 1) for i in range(66)]
    rows = []
    for start in range(0, len(pcm) - 399, 160):
        frame = [pcm[start + i] * (0.5 - 0.5 * math.cos(2 * math.pi * i / 399))
                 for i in range(400)]
        power = torch.fft.rfft(torch.tensor(frame, dtype=torch.float64), 512).abs() ** 2
        row = []
        for low, top, high in zip(corners, corners[1:], corners[2:]):
            total = 0.0
            for k, value in enumerate(power.tolist()):
                hz = k * 16000 / 512
                total += value * max(0.0, min((hz - low) / (top - low), (high - hz) / (high - top)))
            row.append(math.log(total + 1e-6))
        rows.append(row)
    return torch.tensor(rows)


class Features(unittest.TestCase):
    def test_equal_the_definition(self):
        pcm = toy.buzz(1, 1500)[0]
        pcm = pcm + 0.01 * torch.randn(1500, generator=torch.Generator().manual_seed(2))
        expected = plainly(pcm.double().tolist())
        got = features.log_mel(pcm)
        worst = (got - expected).abs().max().item()
        print('largest difference %.1e' % worst)
        self.assertEqual(got.shape, expected.shape)
        self.assertLess(worst, 1e-4)

    def test_whole_frames_only(self):
        for n, frames in ((400, 1), (559, 1), (560, 2), (16000, 98)):
            self.assertEqual(features.n_frames(n), frames)
            self.assertEqual(features.log_mel(torch.zeros(n)).shape, (frames, 64))
        self.assertEqual(features.n_frames(399), 0)

    def test_silence_is_the_logarithm_of_the_floor(self):
        self.assertTrue(torch.allclose(features.log_mel(torch.zeros(400)),
                                       torch.tensor(math.log(1e-6))))

    def test_a_batch_is_its_rows(self):
        pcm = toy.buzz(3, 4000)
        together = features.log_mel(pcm)
        for row, mel in zip(pcm, together):
            self.assertTrue(torch.allclose(features.log_mel(row), mel, atol=1e-5))


if __name__ == '__main__':
    unittest.main()
