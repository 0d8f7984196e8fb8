"""A transcript as a worker would store it: two people in turn, with voices, so that it can be told apart anew."""
import base64
import random
import struct

DIM = 128


def voice(speaker, seed):
    """A direction of that speaker with a little noise, as signed bytes."""
    kind, noise = random.Random(speaker), random.Random(seed)
    return bytes((kind.randint(-90, 90) + noise.randint(-20, 20)) & 0xff for _ in range(DIM))


def voices(tracklets):
    """@param tracklets [(start_ms, length_ms, labelled speaker, real speaker)]"""
    data = struct.pack('<BBI', 1, DIM, len(tracklets))
    for seed, (start, length, label, real) in enumerate(tracklets):
        data += struct.pack('<IIB', start, length, label) + voice(real, seed)
    return base64.b64encode(data).decode()


def transcript(n=6, words=4, labels=2, real=2):
    """n segments of 4 s, one after the other; spoken by `real` people, told apart as `labels`."""
    segments, turns, tracklets = [], [], []
    for i in range(n):
        start = i * 4.0
        speaker = 'S%d' % (i % labels + 1)
        said = ['word%d' % (i * words + k) for k in range(words)]
        step = 4.0 / words
        segments.append({
            'id': i, 'start': start, 'end': start + 4, 'speaker': speaker, 'text': ' '.join(said) + '',
            'confidence': 0.9, 'words': [
                {'word': word, 'start': round(start + k * step, 3), 'end': round(start + (k + 1) * step, 3),
                 'confidence': 0.9, 'speaker': speaker} for k, word in enumerate(said)]})
        if turns and turns[-1]['speaker'] == speaker:
            turns[-1]['end'] = start + 4
        else:
            turns.append({'start': start, 'end': start + 4, 'speaker': speaker, 'confidence': 0.8})
        tracklets.append((int(start * 1000), 4000, i % labels, i % real))
    return {
        'schema': 'chip.transcript/1', 'model': 'moonshine-base', 'language': 'en', 'duration': n * 4.0,
        'speech': n * 4.0, 'speakers': [{'id': 'S%d' % (i + 1), 'name': ''} for i in range(labels)],
        'turns': turns, 'voices': voices(tracklets), 'segments': segments, 'audit': []}


def analysis(**shape):
    """Columns as a worker writes them."""
    told = transcript(**shape)
    return {'title': 'Stand-up', 'language': 'en', 'model': 'moonshine-base',
            'duration_ms': int(told['duration'] * 1000), 'n_speakers': len(told['speakers']), 'transcript': told,
            'speakers': told['speakers'], 'metrics': {'schema': 'chip.metrics/1'}, 'summary': None,
            'receipt': {'chip': '0.1.0', 'model_files': {'en_coder.safetensors': 'abc'}}}
