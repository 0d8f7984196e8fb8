"""What the tests of training share: torch or a skip, flite's people, and where things are.

Every test imports this first.
"""
import os
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
SPEAKER_FILE = os.path.join(ROOT, '../shared/models/spk_mel.npz')
SKIPPED = 77  # meson's exit code for it
VOICES = ('slt', 'rms', 'awb', 'kal16')
SPOKEN = ('The birch canoe slid on the smooth planks, and the juice of lemons makes fine punch.',
          'Four hours of steady work faced us. A large size in stockings is hard to sell.')

sys.path.insert(0, ROOT)
try:
    import torch
except ImportError:
    print('skipped: %s has no torch; Debian has it as python3-torch' % sys.executable)
    sys.exit(SKIPPED)

torch.set_num_threads(1)


def flite_speaks(folder):
    """Two recordings of each of four voices, folder/VOICE/N.wav."""
    for voice in VOICES:
        os.makedirs(os.path.join(folder, voice))
        for number, text in enumerate(SPOKEN):
            path = os.path.join(folder, voice, '%d.wav' % number)
            subprocess.run(['flite', '-voice', voice, '-t', text, '-o', path], check=True,
                           stdout=subprocess.DEVNULL)


def buzz(n_rows, n, seed=1):
    """[n_rows, n] sounds with harmonics and pauses, a different one in each row."""
    gen = torch.Generator().manual_seed(seed)
    time = torch.arange(n) / 16000
    pitch = 90 + 120 * torch.rand(n_rows, 1, generator=gen)
    sound = sum(torch.sin(6.2832 * k * pitch * time) / k for k in range(1, 20))
    loud = (torch.sin(6.2832 * 3 * time + 6 * torch.rand(n_rows, 1, generator=gen)) > -0.5).float()
    return 0.1 * sound * loud
