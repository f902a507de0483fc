"""What a person is asked before a source is declared: whose it is, and what it covers."""

from collections.abc import Mapping

from kb.base import KnowledgeBase
from kb.cli.asking import Asking, Back, Stopped
from kb.contract import Source
from kb.declare.bodies import Body
from kb.text.clean import clean
from kb.workspace.sources import owner

NEAREST = 5
NEW = "n"
ALL = "all"


def declaring(base: KnowledgeBase, source: Source, organisation: str) -> tuple[Source, Body | None]:
    """The source as it is to be declared, with its body where that is new.

    Raises Stopped where the person does not want it.
    """
    asking = Asking()
    while True:
        try:
            return _asked(base, asking, source, organisation)
        except Back:  # to the first question: there are three
            continue


def _asked(
    base: KnowledgeBase, asking: Asking, source: Source, organisation: str
) -> tuple[Source, Body | None]:
    guess = owner(base.workspace, source.start[0])
    named = organisation or asking.line("whose site is it?", default=guess.name if guess else "")
    body, is_new = _body(base, asking, named)
    covers = _strands(base, asking)
    declared = source.model_copy(update={"organisation": body.name, "covers": covers})
    if asking.key("declare it?", {"y": "es", "n": "o"}, default="y") == "n":
        raise Stopped
    return declared, body if is_new else None


def _body(base: KnowledgeBase, asking: Asking, named: str) -> tuple[Body, bool]:
    """The body of that name, one of those nearest to it, or a new one; whether it is new."""
    bodies = base.workspace.declarations.bodies
    while not named.strip():
        named = asking.line("whose site is it?")
    if known := bodies.find(named):
        return known, False
    nearest = {str(n): each for n, each in enumerate(bodies.nearest(named, NEAREST), 1)}
    if nearest:
        asking.say(f"bodies.toml has no {named!r}. The nearest:")
        for number, each in nearest.items():
            asking.say(f"  {number}  {each.name}")
        choices = {**dict.fromkeys(nearest, ""), NEW: "ew body"}
        number = asking.choice("which is it?", choices, default=NEW)
        if number != NEW:
            return nearest[number], False
    codes = base.workspace.declarations.book.codes
    kind = _code(asking, f"what kind of body is {named}?", codes["organisation_kind"])
    region = _code(asking, "where does it work?", codes["region"])
    return Body(name=clean(named), kind=kind, region=region), True


def _code(asking: Asking, question: str, codes: Mapping[str, object]) -> str:
    """One of the codes, by its number."""
    numbered = {str(number): code for number, code in enumerate(codes, 1)}
    asking.say("  ".join(f"{number} {code}" for number, code in numbered.items()))
    return numbered[asking.choice(question, dict.fromkeys(numbered, ""))]


def _strands(base: KnowledgeBase, asking: Asking) -> tuple[str, ...]:
    """The strands that the source covers: all, or those named."""
    known = {strand.key: strand.name for strand in base.workspace.declarations.offer.strand}
    for key, title in known.items():
        asking.say(f"  {key}: {title}")
    while True:
        typed = asking.line("which strands does it cover?", default=ALL).replace(",", " ").split()
        wrong = [key for key in typed if key not in known]
        if typed == [ALL] or not wrong:
            return tuple(dict.fromkeys(typed))
        asking.say(f"no strand {wrong[0]!r}; {ALL}, or some of: {' '.join(known)}")
