"""The command line: which file has a command, and what an error looks like."""

import gc
import importlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kb.errors import KBError
from kb.home import Settings

# Group to command to the file that has it, in the order shown. A lazy door: a file is imported
# when one of its commands is called, so that `kb search` does not load what `kb crawl` needs.
GROUPS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Sources": {"sources": "sources", "crawl": "collecting", "runs": "sources"},
        "Screening": {
            **{"review": "reviewing", "inbox": "screening", "screen": "screening"},
            **dict.fromkeys(("same", "merge", "split", "conflicts", "resolve"), "identifying"),
            **dict.fromkeys(("assign", "agreement", "flow"), "screening"),
        },
        "Register": {
            **{"initiatives": "register", "show": "register", "search": "find"},
            **{"watch": "watching", "tag": "register", "edit": "register"},
            **{"add-page": "collecting", "attach": "attaching", "import": "importing"},
            "decisions": "register",
            **{"undo": "identifying", "forget": "identifying"},
        },
        "Assessing": {
            **{"offer": "assessing", "assess": "assessing", "suggest": "working"},
            **{"result": "working", "worked": "working", "recheck": "rechecking"},
            **{"changes": "rechecking", "overlaps": "assessing", "gaps": "assessing"},
            "moved": "rechecking",
        },
        "Reports": {
            "export": "reporting",
            **dict.fromkeys(("map", "brief", "pack", "digest"), "publishing"),
        },
        "Upkeep": {
            **{"init": "start", "guide": "guide", "demo": "demo", "status": "start"},
            "doctor": "operate",
            **{"schedule": "scheduling", "upkeep": "upkeep", "declarations": "newer"},
            **dict.fromkeys(("backup", "restore", "reindex"), "operate"),
        },
    }
)
COMMANDS = {name: module for group in GROUPS.values() for name, module in group.items()}


class Sentences(TyperGroup):
    """A group whose help says of each command its whole first sentence."""

    def sections(self) -> Mapping[str, Iterable[str]]:
        """The headings of the help, with the commands under each."""
        return {"Commands": self.commands}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The commands by section."""
        for title, names in self.sections().items():
            commands: list[tuple[str, Any]] = [
                (name, self.get_command(ctx, name)) for name in names
            ]
            with formatter.section(title):
                formatter.write_dl(
                    [(name, str(command.help).partition("\n\n")[0]) for name, command in commands]
                )


class Commands(Sentences):
    """The group of all commands; each is loaded when it is asked for."""

    def sections(self) -> Mapping[str, Iterable[str]]:
        """The groups of the table."""
        return GROUPS

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        if self.commands.get(cmd_name) is None:
            module = importlib.import_module(f"kb.cli.{COMMANDS[cmd_name]}")
            self.commands.update(typer.main.get_group(module.app).commands)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As the group does; the nearest name comes from the whole table."""
        loaded: dict[str, Any] = dict(self.commands)
        self.commands = dict.fromkeys(COMMANDS) | loaded
        try:
            return super().resolve_command(ctx, args)
        finally:
            self.commands = {name: each for name, each in self.commands.items() if each}


app = typer.Typer(
    cls=Commands,
    name="kb",
    rich_markup_mode=None,  # help is plain text: quick, and fit for a screen reader
    add_completion=False,
    no_args_is_help=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def start(
    ctx: typer.Context,
    home: Annotated[
        str | None, typer.Option("--home", metavar="FOLDER", help="Where the knowledge base is.")
    ] = None,
) -> None:
    """Keep a horizon scan of race-equality initiatives alive.

    `kb` alone prints what waits for you.

    Example: kb --home scan gaps
    """
    ctx.obj = (home, Settings.read(os.environ))
    if ctx.invoked_subcommand is None:
        importlib.import_module("kb.cli.start").waiting(ctx)


# A command reads thousands of rows, none of them garbage, and is done in seconds: to look for
# cycles after every 700 of them, as Python does, takes a quarter of its time.
ROWS_AT_ONCE = 100_000


def main(args: list[str] | None = None) -> None:
    """Runs a command and exits with its status; an error is two lines on stderr."""
    gc.set_threshold(ROWS_AT_ONCE)
    for stream in (sys.stdin, sys.stdout, sys.stderr):  # what is typed may be of no encoding
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        status = app(args, prog_name="kb", standalone_mode=False)
    except KBError as error:
        _say(str(error), error.hint)
        status = error.exit_status
    except typer.TyperException as error:
        _say(error.format_message(), _usage_hint(error))
        status = 2
    except BrokenPipeError:
        # Whoever read our output has seen enough, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except SystemExit as ended:
        # Typer ends by itself, with 1, where whoever read our output has seen enough.
        status = 0 if isinstance(ended.__context__, BrokenPipeError) else ended.code
        if status == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _say(f"{error.strerror or error}: {error.filename or ''}", "nothing was changed")
        status = 1
    except typer.Abort:
        _say("stopped", "")
        status = 1
    gc.freeze()  # the process ends: to look for cycles in all of it once more takes 0.3 s
    sys.exit(status if isinstance(status, int) else 0)


def _say(message: str, hint: str) -> None:
    lines = message.splitlines()
    if os.environ.get("KB_LOG") == "json":
        at = datetime.now(UTC).isoformat(timespec="seconds")
        said = {"at": at, "level": "error", "message": _plain(message), "hint": _plain(hint)}
        print(json.dumps(said, ensure_ascii=False), file=sys.stderr)  # noqa: T201
        return
    for line in [f"error: {line}" for line in lines] + ([f"hint: {hint}"] if hint else []):
        print(_plain(line), file=sys.stderr)  # noqa: T201 - Rich is not loaded for an error


def _plain(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line)


def _usage_hint(error: typer.TyperException) -> str:
    if getattr(error, "option_name", "") == "--home":  # of an option that does not exist
        return "--home goes before the command: kb --home FOLDER COMMAND"
    ctx = getattr(error, "ctx", None)
    return f"{ctx.command_path} --help" if ctx else "kb --help"
