"""What the numbers were measured on."""
import datetime
import os
import platform
import resource
import subprocess
import time

from work import REPOSITORY

QUIET_PERCENT = 5  # of the CPUs; with more, times are not worth quoting


def cpu_model():
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as file:
            for line in file:
                if line.startswith('model name'):
                    return line.split(':', 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def memory_mib():
    return os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 20


def git(*arguments):
    """What git prints, or None without git or outside a repository."""
    try:
        return subprocess.run(('git', '-C', REPOSITORY) + arguments, capture_output=True,
                              check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


class Others:
    """How much of the CPUs other programs, and other machines on this host, take meanwhile."""

    def __init__(self):
        self.start = self._now()

    @staticmethod
    def _busy_s():
        """Seconds that all CPUs together were busy or stolen since boot; None if not told."""
        try:
            with open('/proc/stat', encoding='ascii') as file:
                user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
        except (OSError, ValueError):
            return None
        return (user + nice + system + irq + soft + steal) / os.sysconf('SC_CLK_TCK')

    @classmethod
    def _now(cls):
        ours = sum(u.ru_utime + u.ru_stime for u in map(
            resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
        return time.monotonic(), cls._busy_s(), ours

    def percent(self):
        """Of all CPUs since the start; None if the system does not tell."""
        (t0, busy0, ours0), (t1, busy1, ours1) = self.start, self._now()
        if busy0 is None or busy1 is None or t1 <= t0:
            return None
        others = busy1 - busy0 - (ours1 - ours0)
        return max(0.0, 100 * others / ((t1 - t0) * (os.cpu_count() or 1)))


def facts(work, reference):
    """A dictionary for results.json. `reference` is what the peer is, or None."""
    engine = work.engine_facts
    changed = git('status', '--porcelain', '--untracked-files=no')
    return {
        'date': datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'),
        'revision': git('rev-parse', '--short=12', 'HEAD'),
        'changed_files': len(changed.splitlines()) if changed is not None else None,
        'cpu': cpu_model(),
        'cpus': engine['cpus'],
        'features': engine['features'],
        'memory_mib': memory_mib(),
        'system': '%s %s' % (platform.system(), platform.release()),
        'chip': engine['chip'],
        'kernels': engine['kernels'],
        'products': engine['products'],
        'libraries': engine['libraries'],
        'peer': reference,
        'settings': {name: os.environ[name] for name in ('CHIP_GEMM', 'CHIP_KERNELS')
                     if os.environ.get(name)},
    }


def lines(f):
    """The facts that a reader of the table needs."""
    changed = ' with %d changed files' % f['changed_files'] if f['changed_files'] else ''
    out = ['%s, %d CPUs, %d MiB; %s; %s' % (
               f['cpu'], f['cpus'], f['memory_mib'], ', '.join(f['features']) or 'no AVX2',
               f['system']),
           'chip %s at %s%s; kernels %s, products %s; oneDNN %s; %s' % (
               f['chip'], f['revision'] or 'no revision', changed, f['kernels'], f['products'],
               f['libraries']['oneDNN'], f['date'])]
    if f['settings']:
        out.append('not as users run it: ' + ', '.join('%s=%s' % s for s in
                                                       sorted(f['settings'].items())))
    if f.get('others_percent') is None:
        out.append('this system does not say whether other programs ran meanwhile')
    elif f['others_percent'] > QUIET_PERCENT:
        out.append('other programs took %.0f %% of the CPUs meanwhile: do not quote these numbers'
                   % f['others_percent'])
    return out
