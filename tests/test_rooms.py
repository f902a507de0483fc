"""How the code is divided: composed rooms, typed rows, nothing read out of what is printed."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
    for package in ("kb", "spiders")
    for path in sorted((ROOT / package).rglob("*.py"))
}
OURS = {path: tree for path, tree in FILES.items() if path.startswith("kb/")}
EXPORTERS = ("kb/cli/", "kb/report/", "kb/table.py")
TAKES_APART = {"split", "partition", "rpartition", "rsplit", "startswith", "endswith", "find"}


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    for path, tree in OURS.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield path, node


def places(nodes: Iterator[tuple[str, ast.AST]]) -> list[str]:
    return [f"{path}:{getattr(node, 'lineno', 0)}" for path, node in nodes]


def test_no_two_classes_share_a_name() -> None:
    counts = Counter(node.name for _, node in classes())
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_class_has_two_bases_of_ours() -> None:
    names = {node.name for _, node in classes()}
    crowded = [
        node.name
        for _, node in classes()
        if sum(isinstance(base, ast.Name) and base.id in names for base in node.bases) > 1
    ]
    assert crowded == []


def test_the_facade_is_short_and_inherits_nothing() -> None:
    assert len((ROOT / "kb/base.py").read_text().splitlines()) <= 200
    bases = [node.name for path, node in classes() if path == "kb/base.py" and node.bases]
    assert bases == []
    calls = [node for node in ast.walk(OURS["kb/base.py"]) if isinstance(node, ast.Name)]
    assert not {"getattr", "setattr", "__getattr__"} & {node.id for node in calls}


def test_rows_are_taken_apart_by_exporters_alone() -> None:
    """A row is a dataclass; `row["name"]` belongs to what writes files and tables."""
    by_key = [
        (path, node)
        for path, tree in OURS.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "row"
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    ]
    assert places((path, node) for path, node in by_key if not path.startswith(EXPORTERS)) == []
    in_words = [path for path, node in by_key if "str(row[" in ast.unparse(parent_of(path, node))]
    assert len(in_words) <= 5


def parent_of(path: str, child: ast.AST) -> ast.AST:
    return next(node for node in ast.walk(OURS[path]) if child in list(ast.iter_child_nodes(node)))


def test_no_list_of_dicts_goes_from_room_to_room() -> None:
    """A function outside the exporters gives typed rows, not dicts of columns."""
    untyped = [
        (path, node)
        for path, tree in OURS.items()
        if not path.startswith(EXPORTERS)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.returns is not None
        and "[dict[str, object]]" in ast.unparse(node.returns)
    ]
    assert places(iter(untyped)) == []


def test_nothing_reads_the_command_of_an_act() -> None:
    """It is text for people: shown, and never compared or cut."""

    def is_command(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "command"

    read = [
        (path, node)
        for path, tree in OURS.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Compare) and any(map(is_command, ast.walk(node))))
        or (isinstance(node, ast.Attribute) and is_command(node.value))
        or (isinstance(node, ast.Subscript) and is_command(node.value))
    ]
    assert places(iter(read)) == []


def test_nothing_cuts_what_stands_between_slashes_or_equals_signs_in_a_row() -> None:
    cut = [
        (path, node)
        for path, tree in OURS.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in TAKES_APART
        and any(isinstance(each, ast.Constant) and each.value == " / " for each in node.args)
    ]
    assert places(iter(cut)) == []


def test_no_method_of_another_object_is_replaced() -> None:
    """Nothing puts a function in the place of a method: what varies is passed."""
    replaced = [
        (path, node)
        for path, tree in FILES.items()
        if path != "kb/find/index.py"  # a function of Whoosh 2.7.4: the reason stands there
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Attribute) and not of_itself(each) for each in node.targets)
        and (
            isinstance(node.value, ast.Lambda)
            or (isinstance(node.value, ast.Name) and node.value.id in functions_in(tree))
        )
    ]
    assert places(iter(replaced)) == []


def of_itself(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id == "self"


def functions_in(tree: ast.AST) -> set[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
