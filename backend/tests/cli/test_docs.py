#!/usr/bin/env python3
"""Help, man page and completions come from one table; here they are used as their readers do."""
import re
import shutil
import subprocess
import unittest

from harness import Case, main

OPTION = re.compile(r'^ +(?:-(\w), |    )--([a-z-]+)', re.MULTILINE)


class Docs(Case):
    texts = {}

    def text(self, *args):
        if args not in Docs.texts:
            code, out, err = self.chip(*args)
            self.assertEqual((code, err), (0, ''))
            Docs.texts[args] = out
        return Docs.texts[args]

    def commands(self):
        listed = self.text('--help').split('\nCommands:\n')[1].split('\n\n')[0]
        return re.findall(r'^  (\w+) ', listed, re.MULTILINE)

    def options(self, command):
        """(letter or '', name) of each option, as help shows them."""
        shown = self.text(command, '--help').split('\nOptions:\n')[1].split('\n\n')[0]
        return OPTION.findall(shown)

    def test_there_are_commands_and_options_to_look_at(self):
        self.assertEqual(self.commands(),
                         ['transcribe', 'probe', 'metrics', 'minutes', 'ask', 'relabel', 'voices',
                          'serve', 'worker', 'jobs', 'migrate', 'models', 'doctor', 'completion', 'help'])
        self.assertIn(('f', 'format'), self.options('transcribe'))
        self.assertGreater(len(self.options('transcribe')), 12)

    def test_help_is_the_same_by_all_ways(self):
        for command in self.commands():
            first = self.text(command, '--help')
            self.assertEqual(first, self.text('help', command))
            self.assertEqual(first, self.text(command, '-h'))
        self.assertEqual(self.text('--help'), self.text('help'))

    def test_version_names_program_kernels_and_libraries(self):
        lines = self.text('--version').splitlines()
        self.assertRegex(lines[0], r'^chip \d+\.\d+\.\d+$')
        names = [line.split()[0] for line in lines[1:]]
        for name in ('kernels', 'products', 'oneDNN', 'libavcodec'):
            self.assertIn(name, names)
        self.assertEqual(self.text('-V'), self.text('--version'))


class Man(Docs):
    def test_man_page_has_every_command_and_option(self):
        page = self.text('help', '--man').replace('\\-', '-')
        for command in self.commands():
            section = page.split('.SS "chip %s' % command)[1].split('\n.SS')[0].split('\n.SH')[0]
            for letter, name in self.options(command):
                if name != 'help':
                    self.assertIn('\\fB--%s\\fR' % name, section)
                    if letter:
                        self.assertIn('\\fB-%s\\fR, ' % letter, section)

    def test_man_page_formats_without_warnings(self):
        groff = shutil.which('groff')
        if not groff:
            self.skipTest('groff is not installed')
        done = subprocess.run([groff, '-man', '-ww', '-Tutf8', '-P-cbou'],
                              input=self.text('help', '--man').encode(), capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        shown = done.stdout.decode()
        for title in ('NAME', 'SYNOPSIS', 'COMMANDS', 'EXIT STATUS', 'ENVIRONMENT'):
            self.assertIn('\n%s\n' % title, shown)
        self.assertIn('chip transcribe meeting.mp4', shown)


class Completions(Docs):
    def test_every_shell_knows_every_option(self):
        for shell, spell in (('bash', '--%s'), ('zsh', '--%s'), ('fish', '-l %s ')):
            script = self.text('completion', shell)
            for command in self.commands():
                for _, name in self.options(command):
                    self.assertIn(spell % name, script, shell)

    def bash(self, *words):
        """What bash offers for the last of these words."""
        script = (self.text('completion', 'bash') +
                  'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _chip; '
                  'printf "%s\\n" "${COMPREPLY[@]}"\n')
        done = subprocess.run(['bash', '--norc', '-c', script, 'bash', *words], cwd=self.dir,
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return sorted(done.stdout.split('\n')[:-1])

    def test_bash_completes_what_can_follow(self):
        if not shutil.which('bash'):
            self.skipTest('bash is not installed')
        self.script('a meeting.mp3')
        self.script('b.mp3')
        self.assertEqual(self.bash('chip', 'tr'), ['transcribe'])
        self.assertEqual(self.bash('chip', '--v'), ['--version'])
        self.assertEqual(self.bash('chip', 'help', 'do'), ['doctor'])
        self.assertEqual(self.bash('chip', 'completion', ''), ['bash', 'fish', 'zsh'])
        self.assertEqual(self.bash('chip', 'models', 'i'), ['import'])
        self.assertEqual(self.bash('chip', 'transcribe', '--for'), ['--format'])
        self.assertEqual(self.bash('chip', 'transcribe', '--format', 's'), ['srt'])
        self.assertEqual(self.bash('chip', 'transcribe', '-f', 'srt,v'), ['srt,vtt'])
        self.assertEqual(self.bash('chip', 'transcribe', '--format', '=', 's'), ['srt'])
        self.assertEqual(self.bash('chip', 'transcribe', '--progress', '='),
                         ['auto', 'bar', 'json', 'none'])
        self.assertEqual(self.bash('chip', 'transcribe', '-m', 'moon'),
                         ['moonshine-base', 'moonshine-tiny'])
        self.assertEqual(self.bash('chip', 'transcribe', '-q', ''), ['a meeting.mp3', 'b.mp3'])
        self.assertEqual(self.bash('chip', 'transcribe', '--threads', ''), [''])
        self.assertEqual(self.bash('chip', 'doctor', ''), [''])

    def test_zsh_can_read_its_script(self):
        if not shutil.which('zsh'):
            self.skipTest('zsh is not installed')
        done = subprocess.run(['zsh', '-n'], input=self.text('completion', 'zsh').encode(),
                              capture_output=True)
        self.assertEqual((done.returncode, done.stderr), (0, b''))

    def fish(self, line):
        script = self.text('completion', 'fish') + "complete -C '%s'\n" % line
        done = subprocess.run(['fish', '--no-config', '-c', script], cwd=self.dir,
                              capture_output=True, text=True, env=self.env())
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return sorted(found.split('\t')[0] for found in done.stdout.splitlines())

    def test_fish_completes_what_can_follow(self):
        if not shutil.which('fish'):
            self.skipTest('fish is not installed')
        self.script('b.mp3')
        self.assertEqual(self.fish('chip tr'), ['transcribe'])
        self.assertEqual(self.fish('chip transcribe --for'), ['--format'])
        self.assertEqual(self.fish('chip transcribe --format s'), ['srt'])
        self.assertEqual(self.fish('chip transcribe -f srt,v'), ['srt,vtt'])
        self.assertEqual(self.fish('chip transcribe --progress '), ['auto', 'bar', 'json', 'none'])
        self.assertEqual(self.fish('chip transcribe b'), ['b.mp3'])
        self.assertEqual(self.fish('chip doctor b'), [])
        self.assertEqual(self.fish('chip completion '), ['bash', 'fish', 'zsh'])


if __name__ == '__main__':
    main()
