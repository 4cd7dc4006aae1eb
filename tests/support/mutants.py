"""Wrong answers that nobody thought of: a solution, changed in one place.

Only lines that the stub does not hold are changed, since a learner does not write the others. A
sample is drawn with a seed, so each run tries the same ones.
"""

from __future__ import annotations

import ast
import copy
import difflib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from labkit.exercises.exercise import Exercise

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.BitOr,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
"""What an operator becomes."""


@dataclass(frozen=True)
class Mutant:
    """A changed solution.

    Attributes
    ----------
    exercise
        Whose solution it is.
    source
        The changed code.
    change
        The lines that differ, "-" before an old one and "+" before a new one, and where they begin
        in the solution as `ast.unparse` writes it.
    """

    exercise: Exercise
    source: str
    change: str

    @property
    def name(self) -> str:
        """A name for reports."""
        return f"{self.exercise.id}: {self.change}"


def all_mutants(exercise: Exercise) -> list[Mutant]:
    """Return every mutant of a solution, each once."""
    whole = ast.parse(exercise.solution)
    given = {line.strip().removesuffix("...").strip() for line in exercise.stub.splitlines()}
    own = {
        number
        for number, line in enumerate(exercise.solution.splitlines(), 1)
        if line.strip() and line.strip() not in given
    }
    before = ast.unparse(whole)
    found: dict[str, Mutant] = {}
    for changed in _changes(whole, own):
        source = ast.unparse(ast.fix_missing_locations(changed))
        if source != before and source not in found:
            found[source] = Mutant(exercise, source, _difference(before, source))
    return list(found.values())


def draw_mutants(exercises: Sequence[Exercise], count: int, seed: str) -> list[Mutant]:
    """Return a sample of the mutants of some exercises, the same one for each seed.

    A larger sample begins with the smaller one.
    """
    every = [mutant for exercise in exercises for mutant in all_mutants(exercise)]
    random.Random(seed).shuffle(every)
    return every[:count]


def _difference(before: str, after: str) -> str:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    first = next(n for n, line in enumerate(lines, 1) if line[0] in "+-")
    changed = " ".join(f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "+-")
    return f"line {first}: {changed}"


def _changes(whole: ast.Module, own: set[int]) -> Iterator[ast.Module]:
    """Yield copies of a program, each changed in one place of some lines."""
    places = [n for n, node in enumerate(ast.walk(whole)) if getattr(node, "lineno", 0) in own]
    for place in places:
        for number in range(len(list(_mutations(_node(whole, place))))):
            changed = copy.deepcopy(whole)
            node = _node(changed, place)
            mutated = list(_mutations(node))[number]
            _replace(changed, node, mutated)
            yield changed
    for place, field in _bodies(whole):
        statements = getattr(_node(whole, place), field)
        for number, statement in enumerate(statements):
            if statement.lineno not in own:
                continue
            changed = copy.deepcopy(whole)
            getattr(_node(changed, place), field)[number] = ast.Pass()
            yield changed
            before = statements[number - 1]
            if (
                number
                and before.lineno in own
                and not isinstance(before, ast.Import | ast.ImportFrom)
            ):
                changed = copy.deepcopy(whole)
                body = getattr(_node(changed, place), field)
                body[number - 1], body[number] = body[number], body[number - 1]
                yield changed


def _node(whole: ast.Module, place: int) -> ast.AST:
    return list(ast.walk(whole))[place]


def _bodies(whole: ast.Module) -> Iterator[tuple[int, str]]:
    for place, node in enumerate(ast.walk(whole)):
        for field in ("body", "orelse", "finalbody"):
            if isinstance(getattr(node, field, None), list):
                yield place, field


def _mutations(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    match node:
        case ast.Compare(ops=[operator, *_]):
            yield _with(node, ops=[_OPERATORS[type(operator)](), *node.ops[1:]])
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator) | ast.AugAssign(op=operator):
            yield _with(node, op=_OPERATORS[type(operator)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant(f"{value}x")
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(value + b"x")
        case ast.Await():
            yield node.value
        case ast.If() | ast.While() | ast.IfExp():
            yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Return(value=ast.expr()):
            yield ast.Return(ast.Constant(None))
        case ast.Call(args=[*_, _]):
            yield _with(node, args=node.args[:-1])
            if len(node.args) > 1:
                yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
        case ast.Slice(lower=ast.expr()):
            yield _with(node, lower=None)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _replace(whole: ast.Module, old: ast.AST, new: ast.AST) -> None:
    class Replacing(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return new if node is old else super().visit(node)  # type: ignore[no-any-return]

    Replacing().visit(whole)
