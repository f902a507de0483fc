"""Reads a declaration file into its model, or says every fault by file, place and field."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kb.errors import Declared

Model = TypeVar("Model", bound=BaseModel)


class NotUtf8(Declared):
    """Raised for a file that is not UTF-8."""


def read_text(path: Path) -> str:
    """The file as text; Declared where it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")  # Windows puts a mark before it
    except FileNotFoundError:
        raise Declared([f"{path} is missing"], hint="put the file there") from None
    except IsADirectoryError:
        raise Declared([f"{path} is a folder"], hint="name a file") from None
    except UnicodeDecodeError as error:
        raise NotUtf8([f"{path}: not UTF-8 at byte {error.start}"]) from None


def parse_toml(text: str, model: type[Model], *, name: str) -> Model:
    """The text of a TOML file as its model.

    Raises:
        Declared: with the line where the syntax is broken, else one fault for each bad
            field: the file, the table with its key or number, the field, and the value.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        where = place.group(1) if place else "an unknown line"
        what = re.sub(r" \(at .*", "", str(error))
        raise Declared([f"{name}, {where}: {what}"]) from None
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise Declared([f"{name}: {fault}" for fault in faults(error, content)]) from None


def parse_rows(
    text: str, model: type[Model], *, name: str, check: Callable[[Model], list[str]]
) -> list[tuple[int, Model]]:
    """The rows of a JSONL file as models with their numbers; blank lines are passed over.

    `check` returns further faults of one row. Raises Declared naming every bad row.
    """
    rows, faults_found = [], []
    for number, line in _lines(text):
        faulty: list[str] = []
        try:
            content = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            faulty = [f"not JSON: {getattr(error, 'msg', 'too deep')}"]
        else:
            row, faulty = _row(content, model)
            if row is not None:
                faulty += check(row)
                rows.append((number, row))
        faults_found += [f"{name}, row {number}: {fault}" for fault in faulty]
    if faults_found:
        raise Declared(faults_found)
    return rows


def _row(content: object, model: type[Model]) -> tuple[Model | None, list[str]]:
    """The row with its faults; where fields are faulty, the row without them, to be checked on.

    None where too little is left to check.
    """
    try:
        return model.model_validate(content), []
    except ValidationError as error:
        faulty = faults(error, content)
        if not isinstance(content, dict):
            return None, faulty
        wrong = {each["loc"][0] for each in error.errors() if each["loc"]}
    rest = {key: value for key, value in content.items() if key not in wrong}
    try:
        return model.model_validate(rest), faulty
    except ValidationError:
        return None, faulty


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def faults(error: ValidationError, content: object) -> list[str]:
    """One line a fault: the table with its key or number, the field, what is wrong, the value."""
    return [_fault(each["loc"], each["msg"], each.get("input"), content) for each in error.errors()]


def _fault(loc: Sequence[int | str], message: str, value: object, content: object) -> str:
    tables, field = _place(loc, content)
    where = " ".join([*tables, f"field {field!r}" if field else ""]).strip()
    message = message.removeprefix("Value error, ")
    shown = "" if isinstance(value, dict | BaseModel) else f", got {_short(value)}"
    return f"{where}: {message}{shown}" if where else f"{message}{shown}"


def _place(loc: Sequence[int | str], content: object) -> tuple[list[str], str]:
    """The tables on the way, each list item named by its key, and the field at the end."""
    tables: list[str] = []
    fields: list[str] = []
    here: Any = content
    for step in loc:
        known = isinstance(here, dict) and step in here
        listed = isinstance(here, list) and isinstance(step, int) and step < len(here)
        here = here[step] if known or listed else None
        if isinstance(step, int) and isinstance(here, dict):
            tables.append(f"{'.'.join(fields)} {step + 1}{_key(here)}")
            fields = []
        elif isinstance(step, int):
            fields.append(f"item {step + 1}")
        else:
            fields.append(step)
    return tables, ".".join(fields)


def _key(table: dict[str, Any]) -> str:
    for name in ("key", "name", "slug", "says", "body"):
        if isinstance(table.get(name), str):
            return f" ({table[name]})"
    return ""


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
