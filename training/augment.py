"""Sounds as microphones in rooms hear them, made anew for each crop: [batch, n] to [batch, n].

Whatever changes a spectrum (rooms, equalisers, bands) is a response [batch, bins] to multiply the
spectrum by, so that all of them together cost one pair of Fourier transforms. The rest adds
something to the sound. All randomness comes from the generator that is given; a generator lives on
the device of the sounds.
"""
import math

import torch

from training import features

TAIL = 8000                # samples of a room that are kept
TINY = 1e-8


def uniform(gen, low, high, *shape):
    return low + (high - low) * torch.rand(*shape, generator=gen, device=gen.device)


def chosen(gen, share, changed, plain):
    """Row by row, `changed` with the probability `share`."""
    pick = torch.rand(len(plain), 1, generator=gen, device=gen.device) < share
    return torch.where(pick, changed, plain)


def gain(db):
    return 10 ** (db / 20)


def rms(x):
    return x.square().mean(-1, keepdim=True).add(TINY).sqrt()


# ---- responses ----------------------------------------------------------------------------------

def _bins_hz(n_fft, device):
    return torch.arange(n_fft // 2 + 1, device=device) * (features.RATE / n_fft)


def room(gen, n_rows, n_fft):
    """Direct sound, four early reflections, and a tail that fades faster at high frequencies."""
    time = torch.arange(TAIL, device=gen.device) / features.RATE
    t60 = uniform(gen, 0.12, 0.9, n_rows, 1)
    faster = uniform(gen, 0.3, 0.8, n_rows, 1)
    noise = torch.randn(n_rows, TAIL, generator=gen, device=gen.device)
    low = torch.nn.functional.avg_pool1d(noise[:, None], 7, 1, 3)[:, 0]  # below about 1 kHz
    fade = -math.log(1000) / t60
    tail = low * torch.exp(fade * time) + (noise - low) * torch.exp(fade / faster * time)
    tail[:, :32] = 0  # 2 ms: no wall is nearer

    early = (uniform(gen, 0.002, 0.03, n_rows, 4) * features.RATE).long()
    strength = uniform(gen, -0.5, 0.5, n_rows, 4)
    direct_to_tail_db = uniform(gen, -4, 12, n_rows, 1)
    impulse = tail / tail.norm(dim=1, keepdim=True) * gain(-direct_to_tail_db)
    impulse = impulse.scatter_add(1, early, strength)
    impulse[:, 0] = 1
    return torch.fft.rfft(impulse, n_fft)


def equaliser(gen, n_rows, n_fft):
    """A smooth curve through seven random points on an axis of octaves, and a tilt."""
    points = 3.5 * torch.randn(n_rows, 7, generator=gen, device=gen.device)
    points = points + uniform(gen, -4, 4, n_rows, 1) * torch.linspace(-1, 1, 7, device=gen.device)
    octaves = torch.log2((_bins_hz(n_fft, gen.device) / 60).clamp(min=1))
    place = (octaves * (6 / math.log2(8000 / 60))).clamp(max=5.999)
    left = place.long()
    share = place - left
    return gain(points[:, left] * (1 - share) + points[:, left + 1] * share)


def band(gen, n_rows, n_fft):
    """A telephone (300 to 3400 Hz), or nothing above 3 to 7 kHz."""
    phone = torch.rand(n_rows, 1, generator=gen, device=gen.device) < 0.5
    top = torch.where(phone, torch.full_like(phone, 3400, dtype=torch.float),
                      uniform(gen, 3000, 7000, n_rows, 1))
    bottom = torch.where(phone, 300.0, 1.0)
    hz = _bins_hz(n_fft, gen.device).clamp(min=1)
    return 1 / torch.sqrt((1 + (hz / top) ** 16) * (1 + (bottom / hz) ** 8))


def filtered(x, response):
    """x through a response, as loud as before; what would come after x's end is cut."""
    n_fft = 2 * (response.shape[1] - 1)
    y = torch.fft.irfft(torch.fft.rfft(x, n_fft) * response, n_fft)[:, :x.shape[1]]
    return y * (rms(x) / rms(y))


def fft_size(n):
    """A quick even size for n samples and a tail: 2^a 3^b 5^c."""
    size = n + TAIL
    while True:
        size += size % 2
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
        size += 1


# ---- what is added ------------------------------------------------------------------------------

def mixed(x, y, snr_db):
    """x with y, y so much quieter than x."""
    return x + y * (rms(x) / rms(y) * gain(-snr_db))


def coloured_noise(gen, n_rows, n):
    """Noise whose amplitude falls as f^-a, a between 0 (white) and 1 (brown)."""
    white = torch.randn(n_rows, n // 2 + 1, 2, generator=gen, device=gen.device)
    hz = _bins_hz(n, gen.device).clamp(min=20)
    return torch.fft.irfft(torch.view_as_complex(white) * hz ** -uniform(gen, 0, 1, n_rows, 1), n)


def noise(x, gen):
    return mixed(x, coloured_noise(gen, *x.shape), uniform(gen, 5, 28, len(x), 1))


def babble(x, gen, n_labels):
    """Five other people of the batch at once; rows i and i + n_labels are the same person."""
    shifts = 1 + torch.randperm(n_labels - 1, generator=gen, device=gen.device)[:5]
    crowd = sum(x.roll(int(shift), 0) for shift in shifts)
    return mixed(x, crowd.flip(1), uniform(gen, 5, 28, len(x), 1))


def talker(x, gen, n_labels):
    """One other person of the batch, 2 to 15 dB below."""
    shift = torch.randint(1, n_labels, (1,), generator=gen, device=gen.device)
    return mixed(x, x.roll(int(shift), 0), uniform(gen, 2, 15, len(x), 1))


def level(x, gen):
    """Louder or quieter by up to 11 dB, over the noise floor of a recorder."""
    floor = torch.randn(x.shape, generator=gen, device=gen.device)
    floor = floor * gain(uniform(gen, -90, -60, len(x), 1))
    return (x * gain(uniform(gen, -11, 11, len(x), 1)) + floor).clamp(-1, 1)


# ---- all of it ----------------------------------------------------------------------------------

def sounds(x, gen, n_labels, share=1.0):
    """[n_crops * n_labels, n] clean crops, crop by crop, to what is trained on.

    share is that of the crops that are heard in another way; the others only change their level.
    """
    clean = x
    if n_labels > 1:
        x = chosen(gen, 0.33, talker(x, gen, n_labels), x)
    n_fft = fft_size(x.shape[1])
    flat = torch.ones(len(x), n_fft // 2 + 1, device=x.device)
    response = chosen(gen, 0.6, room(gen, len(x), n_fft), flat.to(torch.cfloat))
    response = response * equaliser(gen, len(x), n_fft)
    heard = filtered(x, response * chosen(gen, 0.25, band(gen, len(x), n_fft), flat))
    noisy = noise(heard, gen)
    if n_labels > 1:
        noisy = chosen(gen, 0.35, babble(heard, gen, n_labels), noisy)
    heard = chosen(gen, 0.75, noisy, heard)
    return level(chosen(gen, share, heard, clean), gen)


def masked(mel, gen, fill):
    """Features [batch, time, bands] with one band and one moment of each replaced by `fill`."""
    n_rows, n_time, n_bands = mel.shape

    def mask(size, widest):
        width = uniform(gen, 0, widest, n_rows, 1)
        start = uniform(gen, 0, 1, n_rows, 1) * (size - width)
        at = torch.arange(size, device=mel.device)
        return (at >= start) & (at < start + width)

    hidden = mask(n_time, 0.15 * n_time)[:, :, None] | mask(n_bands, 10)[:, None, :]
    return torch.where(hidden, fill, mel)
