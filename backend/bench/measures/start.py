"""d: how soon there is a transcript of one second, and how long opening a model takes."""
import glob
import os

import audio
from rows import Budget, Row
from work import MODELS

OPEN = Budget('<=', limit=200)  # ms, warm
EVICTED_SHARE = 0.05            # of the bytes may still be in memory for a start to count as cold


def evict(work, model):
    """Takes the program and the model out of memory. Returns whether the system really did that."""
    files = [work.chip]
    for name in (model, 'silero-vad'):
        files += sorted(glob.glob(os.path.join(work.models, name, '*')))
    left = work.run_json([work.engine, 'evict'] + [f for f in files if os.path.isfile(f)])
    return left['bytes_after'] <= EVICTED_SHARE * sum(os.path.getsize(f) for f in files)


def measure(work, reference):
    del reference
    second = audio.one_second(work)
    tables, raw = [], {}
    for model in MODELS:
        work.transcribe(model, second)  # warm
        cold, warm, is_cold = [], [], True
        for _ in range(work.options.starts):
            is_cold = evict(work, model) and is_cold
            cold.append(1000 * work.transcribe(model, second).wall)
            warm.append(1000 * work.transcribe(model, second).wall)
        opened = work.run_json([work.engine, 'open', model, str(work.options.starts)])['seconds']
        rows = [Row('chip transcribe, one second, warm', warm, 'ms', digits=0),
                Row('opening the model, warm', [1000 * s for s in opened], 'ms', digits=0,
                    budget=OPEN)]
        if is_cold:
            rows.insert(1, Row('the same, cold', cold, 'ms', digits=0,
                               note='program and model evicted, libraries not'))
        else:
            rows.insert(1, Row('the same, as cold as possible', cold, 'ms', digits=0,
                               note='this system does not let go of cached files'))
        tables.append((model + ': start', rows))
        raw[model] = {'warm_ms': warm, 'cold_ms': cold, 'is_cold': is_cold, 'open_s': opened}
    return tables, raw
