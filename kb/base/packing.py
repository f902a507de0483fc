"""What leaves the house: the lists as one of three readers may see them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kb.base.briefing import Brief, Briefs
from kb.base.core import Rows, chosen
from kb.keep.found import Revision

# Who acted, for readers outside.
IN_PLACE_OF_A_NAME = "policy officer"
# Columns that speak of the offer, of people or of what is not settled.
INSIDE = {
    "gaps": "name if_proposals need prompt unscreened with".split(),
    "overlaps": "made_by why_not_counted".split(),
    "initiatives": "documents last_changed strands".split(),
    "worked": ["strand", "changed"],  # proposals too tie a result to a strand
}
OFFER_WORDING = {"gaps": ["name", "need"]}
CONFLICT = "conflict"  # that staff differ is their own affair
MOST_QUOTED = 300
CAPTURES = "strand initiative url fetched_at sha256".split()


class Audience(StrEnum):
    """Who a pack is for."""

    board = "board"
    partner = "partner"
    public = "public"


@dataclass(frozen=True)
class Pack:
    """Everything that goes into one pack."""

    audience: Audience
    day: date
    lists: Mapping[str, Rows]
    map: dict[str, object]
    brief: Brief | None  # for the board alone
    licence: str


class Packs(Briefs):
    """Gathers packs."""

    def pack(
        self, audience: Audience | str, *, with_offer: bool = False, day: date | None = None
    ) -> Pack:
        """The lists, the map and, for the board, the briefing.

        Partners and the public get what is confirmed alone, without reasons, names of staff and
        the wording of the offer; `with_offer` adds the last. Raises Unknown for another reader.
        """
        reader = chosen(Audience, audience, where="kb pack")
        at = self.act_on(day)
        lists = {
            "gaps": self.gaps(at=at),
            "overlaps": self.overlaps(at=at),
            "initiatives": self.initiatives(at=at),
            "worked": self.worked(at=at),
            "sources": self.sources(at=at),
        }
        content = self.map(at=at)
        if reader != Audience.board:
            lists = {name: _outside(name, rows, with_offer) for name, rows in lists.items()}
            content = _map_outside(content, with_offer)
        lists["captures"] = self._captures(lists["overlaps"], at)
        return Pack(
            audience=reader,
            day=day or self.today(at),
            lists=lists,
            map=content,
            brief=self.brief(day=day) if reader == Audience.board else None,
            licence=LICENCE,
        )

    def _captures(self, overlaps: Rows, at: int | None) -> Rows:
        """For each row what it rests on: address, day and hash of the capture."""
        ranked = self.ranked(at=at)
        slugs = {entry.slug: number for number, entry in ranked.entries.items()}
        rows: list[dict[str, object]] = []
        with self.store.reading(at) as reading:
            for row in overlaps.rows:
                judgement = ranked.judgements[slugs[str(row["initiative"])], str(row["strand"])]
                number = judgement.leading.revision
                revision = reading.get(Revision, number) if number else None
                rows.append(
                    {
                        "strand": row["strand"],
                        "initiative": row["initiative"],
                        "url": row["url"],
                        "fetched_at": revision.fetched_at if revision else None,
                        "sha256": revision.body_sha256 if revision else None,
                    }
                )
        return Rows("captures", tuple(CAPTURES), rows)


LICENCE = (
    "What we wrote (lists, levels, positions) may be used under the Open Government Licence 3.0, "
    "with its source named. Titles and quotes belong to those who published them and are cited "
    "for criticism and review, each with its address."
)


def _outside(name: str, made: Rows, with_offer: bool) -> Rows:
    hidden = [
        column
        for column in INSIDE.get(name, ())
        if not (with_offer and column in OFFER_WORDING.get(name, ()))
    ]
    rows = [
        {column: value for column, value in row.items() if column not in hidden}
        for row in made.rows
        if row.get("basis") in (None, "confirmed") and row.get("level") != CONFLICT
    ]
    for row in rows:
        if row.get("quote"):
            row["quote"] = str(row["quote"])[:MOST_QUOTED]
    if name == "worked":  # without its strand a result is said once
        rows = [row for at, row in enumerate(rows) if row not in rows[:at]]
    columns = tuple(column for column in made.columns if column not in hidden)
    if name == "overlaps":
        columns += ("assessed_by",)
        for row in rows:
            row["assessed_by"] = IN_PLACE_OF_A_NAME
    return replace(made, columns=columns, rows=rows, notes=())


def _map_outside(content: dict[str, object], with_offer: bool) -> dict[str, object]:
    strands: list[dict[str, object]] = content["strands"]  # type: ignore[assignment]
    initiatives: list[dict[str, object]] = content["initiatives"]  # type: ignore[assignment]
    shown = []
    for each in initiatives:
        told: dict[str, dict[str, object]] = each["strands"]  # type: ignore[assignment]
        confirmed = {
            key: said | {"quote": str(said["quote"] or "")[:MOST_QUOTED] or None, "why_not": None}
            for key, said in told.items()
            if said["basis"] == "confirmed" and said["level"] != CONFLICT
        }
        if confirmed:
            shown.append(each | {"strands": confirmed})
    for strand in strands:
        strand |= {"if_proposals": None, "prompt": ""}
        if not with_offer:
            strand |= {"name": str(strand["key"]).replace("-", " "), "need": None}
    title = content["title"] if with_offer else "Race equality initiatives"
    version = content["version"] if with_offer else "not shown"
    made: dict[str, object] = {
        "initiatives": shown,
        "title": title,
        "version": version,
        "settled": True,
    }
    return content | made
