"""Trains the speaker network on recordings of many people.

FOLDER holds SPEAKER/*.flac (any audio format), or a manifest.tsv with the columns path and speaker.
OUT gets, in this order: cache/ (decoded sound), checkpoint.pt (where the run stands), and when all
steps are done speaker.safetensors (the network), golden.safetensors (what the C tests compare with)
and the table of evaluation.txt.

A run that was stopped (Ctrl-C, --minutes, a power cut) goes on when the same command is given again,
and ends as if it had not been stopped.
"""
import argparse
import math
import os
import signal
import sys
import time

import torch

from training import augment, data, evaluate, export, features, loss, network

MARGIN = 0.2
HEARD = 0.8            # of the crops are augmented, from a third of the steps on
WARM_UP = 100          # steps
WEIGHT_DECAY = 5e-3
LAST_RATE = 0.01       # of the first
SAID_EVERY, SAVED_EVERY = 50, 200
BATCHES_MEASURED = 8   # for the mean and the deviation of the features

# What two runs must have in common so that one can go on where the other stopped.
SAME = ('steps', 'rate', 'labels', 'crops', 'channels', 'hidden', 'held_out', 'seed', 'start')


def arguments(args=None):
    parser = argparse.ArgumentParser(
        prog='python3 -m training.train', description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', metavar='FOLDER')
    parser.add_argument('out', metavar='OUT')

    def option(name, kind, default, text, **more):
        parser.add_argument('--' + name, type=kind, default=default,
                            help='%s (default %s)' % (text, default), **more)

    option('steps', int, 6000, 'how long; each step sees LABELS x CROPS crops')
    option('rate', float, 2e-3, 'learning rate at the top; it falls to a hundredth as a cosine')
    option('labels', int, 64, 'different voices in a step')
    option('crops', int, 2, 'crops of each voice in a step, each heard in another way')
    option('channels', int, 192, 'width of the convolutions')
    option('hidden', int, 320, 'width of what is pooled')
    option('held-out', float, 0.05, 'share of speakers kept for evaluation, chosen by name',
           metavar='SHARE')
    option('seed', int, 1, 'another seed is another run; the same one gives the same weights')
    option('threads', int, 1, 'CPU threads')
    option('device', str, 'cpu', "where to compute, 'cpu' or 'cuda'")
    parser.add_argument('--start', metavar='WEIGHTS',
                        help='begin with these weights (safetensors or npz) instead of chance')
    parser.add_argument('--minutes', type=float, default=math.inf,
                        help='stop after so long; give the command again to go on')
    return parser.parse_args(args)


class Run:
    """A network on its way: the weights, the optimiser, and how many steps are done."""

    def __init__(self, given, crops):
        self.given, self.crops, self.step = given, crops, 0
        torch.manual_seed(given.seed)
        if given.start:
            net = network.load(given.start)
        else:
            net = network.Speaker(given.channels, given.hidden)
        self.net = net.to(given.device).train()
        self.margin = loss.Margin(len(crops.labels), network.DIM).to(given.device)
        self.optimiser = torch.optim.AdamW(
            [*self.net.parameters(), *self.margin.parameters()], lr=given.rate,
            weight_decay=WEIGHT_DECAY)
        self.gen = torch.Generator(given.device)
        self.path = os.path.join(given.out, 'checkpoint.pt')
        self.settings = {name: getattr(given, name) for name in SAME}
        self.settings['names'] = crops.labels
        if os.path.exists(self.path):
            self.restore()
        elif not given.start:
            self.measure()

    def features(self, number):
        """The features and labels of a step. They depend on the seed and its number alone."""
        pcm, labels = self.crops.batch(number, self.given.labels, self.given.crops)
        self.gen.manual_seed(self.given.seed * 2 ** 32 + number)
        pcm = torch.from_numpy(pcm).to(self.given.device)
        labels = torch.from_numpy(labels).to(self.given.device)
        # A new network that hears nothing but noisy crops learns the noise first.
        share = HEARD * min(1, 3 * number / self.given.steps)
        mel = features.log_mel(augment.sounds(pcm, self.gen, self.given.labels, share))
        return mel, labels

    def measure(self):
        """Sets mean and deviation of each band, from batches that no step sees."""
        bands = torch.cat([self.features(self.given.steps + i)[0].flatten(0, 1)
                           for i in range(BATCHES_MEASURED)])
        self.net.mu.copy_(bands.mean(0))
        self.net.sd.copy_(bands.std(0))

    def rate(self):
        """The learning rate of this step."""
        done = self.step / self.given.steps
        warm = min(1, (self.step + 1) / min(WARM_UP, 1 + self.given.steps // 10))
        cosine = LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * done)) / 2
        return self.given.rate * warm * cosine

    def advance(self):
        """One step. @return (loss, share of crops that were known), tensors"""
        for group in self.optimiser.param_groups:
            group['lr'] = self.rate()
        mel, labels = self.features(self.step)
        voices = self.net(augment.masked(mel, self.gen, self.net.mu))
        margin = MARGIN * min(1, 4 * self.step / self.given.steps)
        value, known = self.margin(voices, labels, margin)
        self.optimiser.zero_grad()
        value.backward()
        self.optimiser.step()
        self.step += 1
        return value.detach(), known

    def save(self):
        torch.save({'settings': self.settings, 'step': self.step, 'net': self.net.state_dict(),
                    'margin': self.margin.state_dict(),
                    'optimiser': self.optimiser.state_dict()}, self.path + '.part')
        os.replace(self.path + '.part', self.path)

    def restore(self):
        kept = torch.load(self.path, map_location=self.given.device)
        for name, value in self.settings.items():
            if kept['settings'].get(name) != value:
                sys.exit('%s is of a run with another %s: give the same options, or another OUT' % (
                    self.path, 'set of speakers' if name == 'names' else name))
        self.step = kept['step']
        self.net.load_state_dict(kept['net'])
        self.margin.load_state_dict(kept['margin'])
        self.optimiser.load_state_dict(kept['optimiser'])


class Interrupts:
    """Ctrl-C and SIGTERM end the run after the step, not in the middle of one."""

    def __init__(self):
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.note)

    def note(self, *_):
        self.came = True


def walk(run, interrupts, minutes):
    """Steps until all are done or somebody wants to stop. @return whether all are done"""
    began, first, said = time.monotonic(), run.step, []
    while run.step < run.given.steps:
        said.append(torch.stack(run.advance()))
        seconds = time.monotonic() - began
        stop = interrupts.came or seconds > 60 * minutes
        last = run.step == run.given.steps
        if run.step % SAVED_EVERY == 0 or stop or last:
            run.save()
        if run.step % SAID_EVERY == 0 or stop or last:
            value, known = torch.stack(said).mean(0).tolist()
            each = seconds / (run.step - first)
            print('step %d of %d  loss %.3f  known %.1f %%  rate %.1e  %.2f s a step, %.0f min left'
                  % (run.step, run.given.steps, value, 100 * known, run.rate(), each,
                     each * (run.given.steps - run.step) / 60), flush=True)
            said = []
        if stop and not last:
            return False
    return True


def finish(run, recordings):
    """Exports, and evaluates what was exported."""
    given = run.given
    weights_path = os.path.join(given.out, 'speaker.safetensors')
    trained_on = len({speaker for speaker, _ in run.crops.labels})
    export.save(run.net, weights_path, {
        'network': 'chip speaker', 'steps': str(given.steps), 'seed': str(given.seed),
        'speakers': str(trained_on)})
    net = network.load(weights_path)
    export.weights.write(os.path.join(given.out, 'golden.safetensors'), export.golden(net))
    found = evaluate.table(evaluate.evaluate(net, recordings, given.held_out))
    with open(os.path.join(given.out, 'evaluation.txt'), 'w', encoding='utf-8') as file:
        file.write(found + '\n')
    print('%s\n%s is ready' % (found, weights_path))


def main(args=None):
    given = arguments(args)
    torch.set_num_threads(given.threads)
    interrupts = Interrupts()
    try:
        recordings = data.Recordings(given.folder, os.path.join(given.out, 'cache'))
        crops = data.Crops(recordings, given.held_out, given.seed)
    except ValueError as problem:
        sys.exit(str(problem))
    if given.labels > len(crops.labels):
        sys.exit('--labels %d, but there are only %d' % (given.labels, len(crops.labels)))
    run = Run(given, crops)
    print('%d speakers, %d labels, %.1f h with all speeds; step %d of %d' % (
        len(recordings.speakers), len(crops.labels),
        len(recordings.samples) / features.RATE / 3600, run.step, given.steps), flush=True)
    if not walk(run, interrupts, given.minutes):
        print('stopped after step %d; the same command goes on' % run.step)
        return
    finish(run, recordings)


if __name__ == '__main__':
    main()
