"""Whatever YAML there is, as far as it can be checked without a network: workflows, cloud-run.yaml, cloudbuild.yaml,
Dependabot. The rules are functions, and each is seen to find what it looks for."""
import copy
import os
import re
import shutil
import subprocess
import unittest

import yaml

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..')
SKIP = {'.git', 'node_modules', 'models', 'build', 'build-asan', 'build-clang', 'out', '.next'}


class Strict(yaml.SafeLoader):
    """Refuses a key that is there twice, of which YAML would take the last."""


def unique(loader, node, deep=False):
    keys = [loader.construct_object(key, deep) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, '"%s" is there twice' % key, node.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, unique)


def load(text):
    return yaml.load(text, Loader=Strict)


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def yaml_files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIP]
        for name in names:
            if name.endswith(('.yml', '.yaml')):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


# ---- workflows ----

def step_problems(step):
    if ('run' in step) == ('uses' in step):
        yield 'a step either runs or uses'
    if 'uses' in step and not re.fullmatch(r'[\w.-]+/[\w./-]+@(v\d+(\.\d+)*|[0-9a-f]{40})', step['uses']):
        yield '%s is at no version' % step['uses']
    command = step.get('run', '')
    if re.search(r'\$\{\{\s*(github\.(event|head_ref)|inputs)', command):
        yield 'what strangers write must not become a command: hand it over in env'
    for path in re.findall(r'(?:^|\s)((?:scripts|backend|frontend)/[\w./-]+)', command):
        if not os.path.exists(os.path.join(ROOT, path)):
            yield '%s is not there' % path


def workflow_problems(workflow):
    if not workflow.get(True) and not workflow.get('on'):  # YAML takes "on" for true
        yield 'it never runs'
    if 'write' in str(workflow.get('permissions', 'write')):
        yield 'it may write: permissions belong to the job that needs them'
    for name, job in workflow['jobs'].items():
        for need in ('runs-on', 'timeout-minutes', 'steps'):
            if need not in job:
                yield '%s: %s is missing' % (name, need)
        for other in [job['needs']] if isinstance(job.get('needs'), str) else job.get('needs', []):
            if other not in workflow['jobs']:
                yield '%s: needs %s, which is not there' % (name, other)
        for step in job.get('steps', []):
            for problem in step_problems(step):
                yield '%s: %s' % (name, problem)


# ---- Cloud Run ----

def settings():
    """Names in the table of docs/OPERATIONS.md, and which of them are secret."""
    rows = re.findall(r'^\| `([A-Z_]+)`( \(secret\))? \|', read('docs', 'OPERATIONS.md'), re.M)
    return {name: bool(secret) for name, secret in rows}


def cloud_run_problems(service):
    template = service['spec']['template']
    spec, notes = template['spec'], template['metadata']['annotations']
    container, = spec['containers']
    env = {e['name']: e for e in container['env']}
    known = settings()
    limits = container['resources']['limits']
    expected = {'execution-environment': 'gen2', 'startup-cpu-boost': 'true', 'cpu-throttling': 'false'}
    for name, value in expected.items():
        if notes.get('run.googleapis.com/' + name) != value:
            yield '%s is not %s' % (name, value)
    if (notes['autoscaling.knative.dev/minScale'], notes['autoscaling.knative.dev/maxScale']) != ('0', '10'):
        yield 'it is not 0 to 10 instances'
    if (limits['cpu'], limits['memory']) != ('2', '2Gi'):
        yield 'it is not 2 CPU and 2 GiB'
    if container['ports'][0]['containerPort'] != 8080 or 'PORT' in env:
        yield 'the port is not 8080, or PORT is set, which Cloud Run does'
    if not 1 <= spec['timeoutSeconds'] <= 3600:
        yield 'timeoutSeconds is out of range'
    if int(env['CHIP_WAIT_SECONDS']['value']) > spec['timeoutSeconds'] - 10:
        yield 'CHIP_WAIT_SECONDS leaves less than 10 s before the time-out'
    if int(env['CHIP_MAX_UPLOAD_BYTES']['value']) > 2 ** 31 / 4:
        yield 'a recording in /tmp leaves too little memory'
    startup = container['startupProbe']
    if startup['periodSeconds'] * startup['failureThreshold'] > 240:
        yield 'Cloud Run waits 240 s for a start at most'
    if startup['timeoutSeconds'] > startup['periodSeconds']:
        yield 'a probe takes longer than its period'
    for probe in ('startupProbe', 'livenessProbe'):
        if container[probe]['httpGet']['path'] != '/api/health':
            yield '%s does not ask /api/health' % probe
    for name, variable in env.items():
        if name not in known and name != 'GOOGLE_CLOUD_PROJECT':
            yield '%s is no setting of chip' % name
        if (known.get(name) or name == 'SUPABASE_URL') and 'secretKeyRef' not in variable.get('valueFrom', {}):
            yield '%s is a secret, but not from Secret Manager' % name
        if 'value' in variable and not isinstance(variable['value'], str):
            yield '%s is no text, which Cloud Run refuses' % name


class Files(unittest.TestCase):
    def test_all_yaml_can_be_read_and_has_no_key_twice(self):
        paths = sorted(yaml_files())
        self.assertIn('backend/cloud-run.yaml', paths)
        self.assertIn('.github/workflows/ci.yml', paths)
        for path in paths:
            with self.subTest(path):
                text = read(path)
                self.assertNotIn('\t', text)
                self.assertTrue(load(text))
        with self.assertRaises(yaml.YAMLError):
            load('a: 1\na: 2\n')


class Workflows(unittest.TestCase):
    def each(self):
        folder = os.path.join(ROOT, '.github', 'workflows')
        for name in sorted(os.listdir(folder)):
            yield name, load(read('.github', 'workflows', name))

    def test_they_have_no_problems(self):
        for name, workflow in self.each():
            with self.subTest(name):
                self.assertEqual(list(workflow_problems(workflow)), [])

    def test_they_build_test_sanitize_fuzz_lint_and_make_the_image(self):
        workflows = dict(self.each())
        self.assertLessEqual({'test', 'fuzz', 'lint', 'frontend', 'image', 'sbom'}, set(workflows['ci.yml']['jobs']))
        self.assertEqual(workflows['ci.yml']['jobs']['test']['strategy']['matrix']['folder'], ['build', 'build-asan'])
        self.assertEqual(workflows['deploy.yml'][True]['push']['tags'], ['v*'])

    @unittest.skipUnless(shutil.which('shellcheck'), 'needs shellcheck')
    def test_their_commands_are_sound_shell(self):
        for name, workflow in self.each():
            for job in workflow['jobs'].values():
                for step in job['steps']:
                    text = re.sub(r'\$\{\{[^}]*\}\}', 'value', step.get('run', ''))
                    done = subprocess.run(['shellcheck', '-s', 'bash', '-'], input=text, capture_output=True, text=True,
                                          check=False)
                    self.assertEqual(done.returncode, 0, name + done.stdout)

    def test_each_rule_finds_what_it_looks_for(self):
        good = dict(self.each())['ci.yml']
        job = lambda w: w['jobs']['lint']
        cases = [
            ('never runs', lambda w: w.pop(True)),
            ('may write', lambda w: w.update(permissions='write-all')),
            ('may write', lambda w: w.pop('permissions')),
            ('timeout-minutes is missing', lambda w: job(w).pop('timeout-minutes')),
            ('which is not there', lambda w: job(w).update(needs='dance')),
            ('either runs or uses', lambda w: job(w)['steps'].append({'name': 'nothing'})),
            ('at no version', lambda w: job(w)['steps'].append({'uses': 'actions/checkout@main'})),
            ('strangers', lambda w: job(w)['steps'].append({'run': 'echo ${{ github.event.issue.title }}'})),
            ('scripts/none.sh is not there', lambda w: job(w)['steps'].append({'run': 'scripts/none.sh'})),
        ]
        for message, change in cases:
            broken = copy.deepcopy(good)
            change(broken)
            self.assertIn(message, ' '.join(workflow_problems(broken)))


class CloudRun(unittest.TestCase):
    def test_it_is_as_designed(self):
        self.assertEqual(list(cloud_run_problems(load(read('backend', 'cloud-run.yaml')))), [])

    def test_every_secret_of_deploy_sh_is_in_it_and_no_other(self):
        listed = re.search(r"^secrets='([^']*)'", read('backend', 'deploy-secrets.sh'), re.M).group(1).split()
        container, = load(read('backend', 'cloud-run.yaml'))['spec']['template']['spec']['containers']
        refs = [e['valueFrom']['secretKeyRef']['name'] for e in container['env'] if 'valueFrom' in e]
        self.assertEqual(sorted(refs), sorted(listed))
        for name in ('supabase-url', 'supabase-service-role-key', 'gemini-api-key', 'openai-api-key',
                     'anthropic-api-key', 'api-key'):
            self.assertIn(name, listed)

    def test_each_rule_finds_what_it_looks_for(self):
        good = load(read('backend', 'cloud-run.yaml'))
        container = lambda s: s['spec']['template']['spec']['containers'][0]
        variable = lambda s, name: next(e for e in container(s)['env'] if e['name'] == name)
        notes = lambda s: s['spec']['template']['metadata']['annotations']
        cases = [
            ('gen2', lambda s: notes(s).update({'run.googleapis.com/execution-environment': 'gen1'})),
            ('0 to 10', lambda s: notes(s).update({'autoscaling.knative.dev/maxScale': '100'})),
            ('2 GiB', lambda s: container(s)['resources']['limits'].update(memory='512Mi')),
            ('PORT is set', lambda s: container(s)['env'].append({'name': 'PORT', 'value': '1'})),
            ('out of range', lambda s: s['spec']['template']['spec'].update(timeoutSeconds=4000)),
            ('less than 10 s', lambda s: variable(s, 'CHIP_WAIT_SECONDS').update(value='295')),
            ('too little memory', lambda s: variable(s, 'CHIP_MAX_UPLOAD_BYTES').update(value='2147483648')),
            ('240 s', lambda s: container(s)['startupProbe'].update(failureThreshold=600)),
            ('its period', lambda s: container(s)['startupProbe'].update(timeoutSeconds=60)),
            ('livenessProbe', lambda s: container(s)['livenessProbe']['httpGet'].update(path='/')),
            ('no setting', lambda s: container(s)['env'].append({'name': 'CHIP_DANCE', 'value': '1'})),
            ('Secret Manager', lambda s: variable(s, 'API_KEY').update(valueFrom={}, value='k')),
            ('no text', lambda s: variable(s, 'CHIP_PUSH').update(value=0)),
        ]
        for message, change in cases:
            broken = copy.deepcopy(good)
            change(broken)
            self.assertIn(message, ' '.join(cloud_run_problems(broken)))


class Others(unittest.TestCase):
    def test_cloudbuild_uses_only_what_is_declared(self):
        text = read('backend', 'cloudbuild.yaml')
        build = load(text)
        self.assertLessEqual(set(re.findall(r'\$\{(_\w+)\}', text)), set(build['substitutions']))
        self.assertTrue(all(step['name'] and step['id'] for step in build['steps']))
        self.assertEqual([step['id'] for step in build['steps']], ['build', 'push', 'deploy'])

    def test_dependabot_looks_where_there_is_something(self):
        updates = load(read('.github', 'dependabot.yml'))['updates']
        marks = {'npm': 'package-lock.json', 'docker': '', 'github-actions': '.github/workflows'}
        for update in updates:
            mark = marks[update['package-ecosystem']]
            self.assertTrue(os.path.exists(os.path.join(ROOT, update['directory'].strip('/'), mark)), update)


if __name__ == '__main__':
    unittest.main()
