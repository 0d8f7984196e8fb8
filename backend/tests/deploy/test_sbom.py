"""scripts/sbom.py: all that chip is made of, in CycloneDX's shape, the same each time."""
import json
import os
import re
import subprocess
import sys
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..')
SCRIPT = os.path.join(ROOT, 'scripts', 'sbom.py')


def run(*args, **env):
    return subprocess.run([sys.executable, SCRIPT, *args], capture_output=True, text=True, check=False,
                          env={'PATH': os.environ['PATH'], **env})


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = run('--program', os.environ['CHIP']).stdout
        cls.document = json.loads(cls.text)
        cls.parts = {part['purl']: part for part in cls.document['components']}

    def named(self, kind, name):
        return [part for purl, part in self.parts.items() if purl.startswith('pkg:' + kind) and part['name'] == name]

    def test_it_has_the_shape_of_cyclonedx_and_each_part_once(self):
        self.assertEqual((self.document['bomFormat'], self.document['specVersion']), ('CycloneDX', '1.5'))
        self.assertRegex(self.document['serialNumber'], r'^urn:uuid:[0-9a-f-]{36}$')
        self.assertEqual(self.document['metadata']['component']['name'], 'chip')
        self.assertEqual(len(self.parts), len(self.document['components']))
        for purl, part in self.parts.items():
            self.assertRegex(purl, r'^pkg:(deb/debian|npm)/[^@ ]+@[^@ ]+$')
            self.assertIn(part['scope'], ('required', 'optional', 'excluded'))
            self.assertTrue(part['name'] and part['version'])
            for sum_ in part.get('hashes', []):
                self.assertRegex(sum_['content'], r'^[0-9a-f]+$')
        refs = set(self.parts)
        for dependency in self.document['dependencies']:
            self.assertLessEqual(set(dependency['dependsOn']), refs)

    def test_libraries_that_the_program_loads_are_required_with_their_versions(self):
        for name in ('libc6', 'libdnnl2', 'libjansson4', 'zlib1g'):
            part, = self.named('deb', name)
            self.assertEqual(part['scope'], 'required')
            version = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', name], capture_output=True, text=True,
                                     check=True).stdout
            self.assertEqual(part['version'], version)

    def test_what_only_builds_is_there_but_not_required(self):
        part, = self.named('deb', 'meson')
        self.assertEqual(part['scope'], 'excluded')

    def test_every_package_of_the_web_app_is_there(self):
        with open(os.path.join(ROOT, 'frontend', 'package-lock.json'), encoding='utf-8') as file:
            packages = json.load(file)['packages']
        for place, package in packages.items():
            if place:
                name = place.rsplit('node_modules/', 1)[1]
                self.assertIn('pkg:npm/%s@%s' % (name.replace('@', '%40'), package['version'].replace('+', '%2B')),
                              self.parts)
        part, = self.named('npm', 'next')
        self.assertEqual((part['scope'], part['hashes'][0]['alg']), ('required', 'SHA-512'))
        self.assertEqual(self.named('npm', 'vitest')[0]['scope'], 'excluded')

    def test_the_packages_of_models_are_there(self):
        part, = self.named('npm', '@ricky0123/vad-web')
        self.assertEqual(part['purl'], 'pkg:npm/%40ricky0123/vad-web@' + part['version'])

    def test_the_same_input_gives_the_same_bytes(self):
        self.assertEqual(run('--program', os.environ['CHIP']).stdout, self.text)
        timed = json.loads(run(SOURCE_DATE_EPOCH='0').stdout)
        self.assertEqual(timed['metadata']['timestamp'], '1970-01-01T00:00:00Z')
        self.assertNotEqual(timed['serialNumber'], self.document['serialNumber'])  # without the libraries

    def test_a_program_that_is_not_there_is_told(self):
        done = run('--program', '/nowhere/chip')
        self.assertEqual(done.returncode, 1)
        self.assertIn('make build', done.stderr)
        self.assertEqual(done.stdout, '')

    def test_nothing_of_this_machine_is_in_it(self):
        self.assertFalse(re.search(re.escape(os.path.realpath(ROOT)), self.text))


if __name__ == '__main__':
    unittest.main()
