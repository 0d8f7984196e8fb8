#!/usr/bin/env python3
"""What `ninja install` leaves behind, used as others would use it.  Run by meson.

$CHIP_BUILD is the build folder, $CHIP_SOURCE that of the sources (backend/), $MESON and $CC what they
say, $CHIP_PREFIX, $CHIP_LIBDIR and $CHIP_MANDIR where meson was told to install.
"""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

ENV = os.environ
BUILD, SOURCE, PREFIX, LIBDIR = (ENV.get('CHIP_' + n, '') for n in
                                 ('BUILD', 'SOURCE', 'PREFIX', 'LIBDIR'))


def run(*args, **options):
    done = subprocess.run(args, capture_output=True, text=True, timeout=300, **options)
    if done.returncode:
        raise AssertionError('%s: %d\n%s%s' % (' '.join(args), done.returncode, done.stdout,
                                               done.stderr))
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='chip-test-install-')
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        run(ENV['MESON'], 'install', '-C', BUILD, '--no-rebuild', '--destdir', cls.dir)
        cls.root = cls.dir + PREFIX

    def at(self, *names):
        return os.path.join(self.root, *names)

    def pkg_config(self, *args):
        """chip.pc where it lies now, below DESTDIR."""
        env = {**ENV, 'PKG_CONFIG_PATH': self.at(LIBDIR, 'pkgconfig')}
        return run('pkg-config', '--define-variable=prefix=' + self.root, *args, 'chip',
                   env=env).split()

    def test_everything_lands_below_destdir(self):
        self.assertEqual(os.listdir(self.dir), [PREFIX.strip('/').split('/')[0]])
        for name in ('bin/chip', 'include/chip/chip.h', LIBDIR + '/libchip.a',
                     LIBDIR + '/libchip.so', LIBDIR + '/libchip.so.0', LIBDIR + '/pkgconfig/chip.pc',
                     'share/chip/catalogue.json', ENV['CHIP_MANDIR'] + '/man1/chip.1',
                     'share/bash-completion/completions/chip', 'share/zsh/site-functions/_chip',
                     'share/fish/vendor_completions.d/chip.fish'):
            self.assertTrue(os.path.exists(self.at(name)), name)
            self.assertGreater(os.path.getsize(self.at(name)), 100, name)
        self.assertEqual(os.listdir(self.at('include')), ['chip'])
        self.assertEqual(sorted(os.listdir(self.at('include/chip'))), ['chip.h', 'metrics.h'])

    def test_the_installed_program_runs(self):
        out = run(self.at('bin/chip'), '--version')
        self.assertEqual(out.split()[:2], ['chip', self.pkg_config('--modversion')[0]])
        with open(self.at(ENV['CHIP_MANDIR'], 'man1/chip.1')) as page:
            self.assertEqual(page.read(), run(self.at('bin/chip'), 'help', '--man'))

    def test_only_the_functions_of_the_header_are_visible(self):
        text = ''
        for name in ('chip.h', 'metrics.h'):
            with open(self.at('include/chip', name)) as header:
                text += re.sub(r'/\*.*?\*/|#[^\n]*', '', header.read(), flags=re.DOTALL)
        declared = re.findall(r'CHIP_API [^;{(]*?(\w+)\(', text)
        symbols = run('nm', '-D', '--defined-only', self.at(LIBDIR, 'libchip.so'))
        visible = [line.split()[-1] for line in symbols.splitlines()]
        self.assertGreater(len(declared), 8)
        self.assertEqual(sorted(visible), sorted(declared))

    def test_the_shared_library_has_its_soname(self):
        self.assertEqual(os.readlink(self.at(LIBDIR, 'libchip.so')), 'libchip.so.0')
        self.assertRegex(run('readelf', '-d', self.at(LIBDIR, 'libchip.so')),
                         r'SONAME.*\[libchip\.so\.0\]')

    def check_example(self, *link):
        program = os.path.join(self.dir, 'example')
        run(ENV['CC'], '-Wall', '-Wextra', '-Werror', '-std=c11', '-D_GNU_SOURCE', '-o', program,
            os.path.join(SOURCE, 'examples/transcribe.c'), *self.pkg_config('--cflags'), *link)
        env = {**ENV, 'LD_LIBRARY_PATH': self.at(LIBDIR), 'CHIP_MODELS_DIR': '/nonexistent'}
        done = subprocess.run([program, 'a.mp3'], capture_output=True, text=True, env=env)
        os.remove(program)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertIn('moonshine-base', done.stderr)  # which is not installed there

    def test_the_example_builds_with_pkg_config(self):
        self.check_example(*self.pkg_config('--libs'))

    def test_the_example_builds_with_the_static_library(self):
        """With the shared libraries that it needs itself; theirs need not be installed for that."""
        needed = self.pkg_config('--print-requires-private')
        names = [name for name in needed if name[0].isalpha()]
        with open(self.at(LIBDIR, 'pkgconfig/chip.pc')) as file:
            private = re.search(r'^Libs\.private: (.*)$', file.read(), re.MULTILINE).group(1).split()
        self.assertIn('libavcodec', names)
        self.check_example(self.at(LIBDIR, 'libchip.a'), *private,
                           *run('pkg-config', '--libs', *names).split())

    def test_the_header_stands_alone_in_c_and_cpp(self):
        flags = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only',
                 '-I' + self.at('include'), '-']
        source = '#include <chip/chip.h>\nint main(void) { return chip_version() == 0; }\n'
        run(ENV['CC'], '-std=c99', '-x', 'c', *flags, input=source)
        run(ENV['CC'], '-std=c++11', '-x', 'c++', *flags, input=source)


if __name__ == '__main__':
    unittest.main()
