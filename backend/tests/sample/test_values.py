"""samples/values.yaml and samples/values.json are the same values, each whole."""
import json
import os
import unittest

import yaml

import meeting


class Values(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(meeting.SAMPLES, 'values.yaml'), encoding='utf-8') as file:
            self.from_yaml = yaml.safe_load(file)
        with open(os.path.join(meeting.SAMPLES, 'values.json'), encoding='utf-8') as file:
            self.from_json = json.load(file)

    def test_yaml_and_json_say_the_same(self):
        self.assertEqual(self.from_yaml, self.from_json)

    def test_each_value_has_a_name_a_description_and_examples(self):
        values = self.from_json['values']
        self.assertEqual(len({value['name'] for value in values}), len(values))
        for value in values:
            self.assertEqual(set(value), {'name', 'description', 'examples'})
            self.assertGreater(len(value['description'].split()), 10, value['name'])
            self.assertGreaterEqual(len(value['examples']), 3, value['name'])


if __name__ == '__main__':
    unittest.main()
