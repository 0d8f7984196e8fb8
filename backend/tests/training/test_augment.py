"""Each augmentation keeps the length, stays finite, and changes the sound in its own way."""
import unittest

import toy
from toy import torch

from training import augment, features

N = 20000
LABELS, CROPS = 4, 2


def generator(seed=5):
    return torch.Generator().manual_seed(seed)


def heard_through(make):
    """What filters a sound by responses of `make`."""
    def through(x, gen):
        return augment.filtered(x, make(gen, len(x), augment.fft_size(x.shape[1])))
    return through


KINDS = {
    'room': heard_through(augment.room),
    'equaliser': heard_through(augment.equaliser),
    'band': heard_through(augment.band),
    'noise': augment.noise,
    'babble': lambda x, gen: augment.babble(x, gen, LABELS),
    'talker': lambda x, gen: augment.talker(x, gen, LABELS),
    'level': augment.level,
    'sounds': lambda x, gen: augment.sounds(x, gen, LABELS),
}


class Augment(unittest.TestCase):
    def setUp(self):
        self.x = toy.buzz(LABELS, N).repeat(CROPS, 1)

    def test_each_keeps_length_stays_finite_changes_the_sound(self):
        for name, change in KINDS.items():
            with self.subTest(name):
                y = change(self.x, generator())
                self.assertEqual(y.shape, self.x.shape)
                self.assertTrue(torch.isfinite(y).all())
                for before, after in zip(self.x, y):
                    self.assertGreater(((after - before).norm() / before.norm()).item(), 1e-3)

    def test_each_bears_silence(self):
        for name, change in KINDS.items():
            with self.subTest(name):
                y = change(torch.zeros(LABELS * CROPS, N), generator())
                self.assertTrue(torch.isfinite(y).all())
                self.assertLess(y.abs().max().item(), 0.05)

    def test_the_generator_decides_everything(self):
        for name, change in KINDS.items():
            with self.subTest(name):
                first, again = change(self.x, generator()), change(self.x, generator())
                self.assertTrue(torch.equal(first, again))
                self.assertFalse(torch.equal(first, change(self.x, generator(6))))

    def test_two_crops_of_one_voice_are_heard_differently(self):
        y = augment.sounds(self.x, generator(), LABELS)
        for i in range(LABELS):
            self.assertFalse(torch.equal(y[i], y[i + LABELS]))

    def test_the_share_of_augmented_crops_is_kept(self):
        x = toy.buzz(100, 2000)

        def changed(share):  # by more than their level
            y = augment.sounds(x, generator(), 100, share)
            cosine = torch.nn.functional.cosine_similarity(x, y.clamp(-0.99, 0.99))
            return (cosine < 0.98).float().mean().item()

        self.assertEqual(changed(0.0), 0.0)
        self.assertAlmostEqual(changed(0.5), 0.5, delta=0.2)
        self.assertGreater(changed(1.0), 0.9)

    def test_added_sound_is_as_quiet_as_it_should_be(self):
        for name, quietest, loudest in (('noise', 5, 28), ('babble', 5, 28), ('talker', 2, 15)):
            with self.subTest(name):
                added = KINDS[name](self.x, generator()) - self.x
                snr = 20 * torch.log10(augment.rms(self.x) / augment.rms(added))
                self.assertGreater(snr.min().item(), quietest - 0.1)
                self.assertLess(snr.max().item(), loudest + 0.1)

    def test_the_other_talker_is_somebody_else(self):
        voices = torch.eye(LABELS).repeat(CROPS, 1)[:, :, None].expand(-1, -1, 50).reshape(8, -1)
        for seed in range(20):
            added = augment.talker(voices, generator(seed), LABELS) - voices
            self.assertLess((added * voices).abs().max().item(), 1e-6)

    def test_a_room_rings_on_and_leaves_the_direct_sound_in_place(self):
        click = torch.zeros(3, N)
        click[:, 1000] = 1
        y = KINDS['room'](click, generator())
        self.assertEqual(y.abs().argmax(1).tolist(), [1000] * 3)
        self.assertLess((y[:, :990].abs().amax(1) / y.abs().amax(1)).max().item(), 1e-4)
        self.assertTrue((y[:, 1100:4000].square().sum(1) > 1e-3 * y.square().sum(1)).all())

    def test_a_band_takes_the_highest_frequencies(self):
        noise = torch.randn(6, N, generator=generator())
        power = torch.fft.rfft(KINDS['band'](noise, generator())).abs().square()
        hz = torch.fft.rfftfreq(N, 1 / features.RATE)
        self.assertTrue((power[:, hz > 7800].mean(1) <
                         0.2 * power[:, (hz > 1000) & (hz < 2000)].mean(1)).all())

    def test_masks_hide_one_band_and_one_moment(self):
        mel = torch.ones(50, 100, 64)
        hidden = augment.masked(mel, generator(), torch.zeros(64)) == 0
        self.assertEqual(hidden.shape, mel.shape)
        moments, bands = hidden.all(2).sum(1), hidden.all(1).sum(1)
        self.assertTrue(0 < moments.max() <= 16)
        self.assertTrue(0 < bands.max() <= 11)
        self.assertLess(hidden.float().mean().item(), 0.25)


if __name__ == '__main__':
    unittest.main()
