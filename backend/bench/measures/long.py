"""c: an hour and three hours: time, and memory that must not grow."""
import audio
from rows import Budget, Row
from work import say

MODEL = 'moonshine-base'
MEMORY = Budget('<=', limit=500)
GROWTH = Budget('<=', limit=20)  # MiB from one hour to three: what an allocator's noise can be
FULL_JOB = Budget('<=', goal=20)  # seconds, speakers and metrics included


def measure(work, reference):
    """The hour is measured before and after the three, so that a drift shows."""
    del reference
    per_hour = max(1, round(work.options.hour / work.options.seconds))
    hour = audio.repeated(work, per_hour)
    three = audio.repeated(work, 3 * per_hour)
    call = audio.as_video_call(work, per_hour)
    runs = {'hour': [], 'three': [], 'call': []}
    for name, path in (('hour', hour), ('three', three), ('call', call), ('hour', hour)):
        done = work.transcribe(MODEL, path)
        runs[name].append({'wall_s': done.wall, 'cpu_s': done.cpu, 'peak_mib': done.peak_mib})
        say('%s: %.1f s, %.0f MiB' % (name, done.wall, done.peak_mib))
    for path in (hour, three, call):
        audio.remove(path)

    length = per_hour * work.options.seconds
    rows = of('one hour, flac', runs['hour'], length, FULL_JOB)
    rows += of('three hours, flac', runs['three'], 3 * length, None)
    rows += of('one hour, m4a (AAC, 48 kHz stereo)', runs['call'], length, None)
    grown = (max(r['peak_mib'] for r in runs['three']) - min(r['peak_mib'] for r in runs['hour']))
    rows.append(Row('memory from one hour to three', grown, 'MiB', digits=1, budget=GROWTH))
    return [('%s: long recordings, %d threads' % (MODEL, work.options.threads), rows)], runs


def of(name, runs, length, budget):
    wall = [r['wall_s'] for r in runs]
    return [Row(name, wall, 's', digits=1, budget=budget),
            Row('  as times real time', [length / w for w in wall], better='more', digits=0),
            Row('  peak memory', [r['peak_mib'] for r in runs], 'MiB', digits=0, budget=MEMORY)]
