"""Log-mel features of speech, the same as backend/src/speech/diarize computes them in C.

Frames of 400 samples every 160 (25 ms every 10 ms), not padded; symmetric Hann window; 512-point
FFT; power; 64 triangular filters of height 1, equally spaced in mel from 60 to 7600 Hz; natural
logarithm of (sum + 1e-6).
"""
import functools
import math

import torch

RATE = 16000
FRAME, HOP, FFT = 400, 160, 512
BANDS, LOW_HZ, HIGH_HZ = 64, 60.0, 7600.0
FLOOR = 1e-6


def _mel(hz):
    return 2595 * math.log10(1 + hz / 700)


def n_frames(n_samples):
    """How many whole frames there are in so many samples."""
    return 0 if n_samples < FRAME else (n_samples - FRAME) // HOP + 1


@functools.lru_cache(maxsize=4)
def filters(device='cpu'):
    """[FFT / 2 + 1, BANDS]: what each bin gives to each band; bins are not rounded to corners."""
    steps = torch.linspace(_mel(LOW_HZ), _mel(HIGH_HZ), BANDS + 2, dtype=torch.float64)
    corner = 700 * (10 ** (steps / 2595) - 1)
    hz = (torch.arange(FFT // 2 + 1, dtype=torch.float64) * RATE / FFT)[:, None]
    rise = (hz - corner[:-2]) / (corner[1:-1] - corner[:-2])
    fall = (corner[2:] - hz) / (corner[2:] - corner[1:-1])
    return torch.minimum(rise, fall).clamp(min=0).float().to(device)


@functools.lru_cache(maxsize=4)
def window(device='cpu'):
    """[FRAME]: 0.5 - 0.5 cos(2 pi i / 399)."""
    return torch.hann_window(FRAME, periodic=False, dtype=torch.float64).float().to(device)


def log_mel(pcm):
    """Features of [..., n] samples at 16 kHz, -1..1. @return [..., n_frames(n), BANDS]"""
    frames = pcm.unfold(-1, FRAME, HOP) * window(pcm.device)
    power = torch.view_as_real(torch.fft.rfft(frames, FFT)).square().sum(-1)
    return torch.log(power @ filters(pcm.device) + FLOOR)
