"""What was measured, as rows of a table: value, budget, verdict."""
import statistics

PASS, FAIL, NONE = 'pass', 'FAIL', ''


class Budget:
    """A limit that must hold, and perhaps a goal beyond it that is only worth a remark."""

    def __init__(self, op, limit=None, goal=None):
        assert op in ('<=', '>=') and (limit is not None or goal is not None)
        self.op, self.limit, self.goal = op, limit, goal

    def _holds(self, value, limit):
        return value <= limit if self.op == '<=' else value >= limit

    def verdict(self, value):
        return NONE if self.limit is None else PASS if self._holds(value, self.limit) else FAIL

    def reaches_goal(self, value):
        return None if self.goal is None else self._holds(value, self.goal)

    def text(self):
        parts = [] if self.limit is None else ['%s %g' % (self.op, self.limit)]
        if self.goal is not None:
            parts.append('goal %s%g' % ('' if parts else self.op + ' ', self.goal))
        return ', '.join(parts)

    def record(self):
        return {'op': self.op, 'limit': self.limit, 'goal': self.goal}


class Row:
    """One line. `values` are the rounds; the table shows their median and their best."""

    def __init__(self, name, values, unit='', better='less', budget=None, digits=None, note=''):
        self.name, self.unit, self.budget, self.note = name, unit, budget, note
        self.values = list(values) if isinstance(values, (list, tuple)) else [values]
        self.better, self.digits = better, digits

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def best(self):
        return min(self.values) if self.better == 'less' else max(self.values)

    @property
    def verdict(self):
        return self.budget.verdict(self.median) if self.budget else NONE

    def remark(self):
        """'pass', 'pass, goal reached', 'FAIL', 'not at the goal yet', or nothing."""
        reached = self.budget.reaches_goal(self.median) if self.budget else None
        parts = [self.verdict] if self.verdict else []
        if reached:
            parts.append('goal reached')
        elif reached is False and not parts:
            parts.append('not at the goal yet')
        return ', '.join(parts)

    def show(self, value):
        text = '%.*f' % (self.digits, value) if self.digits is not None else significant(value)
        return text + (' ' + self.unit if self.unit else '')

    def record(self):
        return {'name': self.name, 'unit': self.unit, 'median': self.median, 'best': self.best,
                'better': self.better, 'digits': self.digits, 'values': self.values,
                'budget': self.budget.record() if self.budget else None,
                'verdict': self.verdict, 'note': self.note}

    @classmethod
    def from_record(cls, r):
        budget = Budget(**r['budget']) if r['budget'] else None
        return cls(r['name'], r['values'], r['unit'], r['better'], budget, r['digits'], r['note'])

    def cells(self):
        best = self.show(self.best) if len(self.values) > 1 else ''
        return (self.name, self.show(self.median), best,
                self.budget.text() if self.budget else '', self.remark(), self.note)


def significant(value):
    """Three figures that matter: 0.0123, 4.57, 61.2, 1234."""
    if value == 0:
        return '0'
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.1 else 4
    return '%.*f' % (digits, value)


HEAD = ('', 'median', 'best', 'budget', '', '')


def table(title, rows):
    """A heading and aligned lines, names to the left and numbers to the right."""
    lines = [HEAD] + [row.cells() for row in rows]
    width = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    out = [title]
    for name, median, best, budget, remark, note in lines:
        out.append(('  %-*s  %*s  %*s  %-*s  %-*s  %s' % (
            width[0], name, width[1], median, width[2], best, width[3], budget, width[4], remark,
            note)).rstrip())
    return '\n'.join(out)


def markdown(title, rows):
    out = ['### ' + title, '', '| what | median | best | budget | verdict |',
           '| --- | ---: | ---: | --- | --- |']
    for row in rows:
        name, median, best, budget, remark, note = row.cells()
        verdict = ', '.join(part for part in (remark, note) if part)
        out.append('| %s | %s | %s | %s | %s |' % (name, median, best, budget, verdict))
    return '\n'.join(out)
