"""The first form of the store that is kept."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes every table."""
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        _text("by"),
        _text("kind"),
        _text("subject"),
        sa.Column("undoes", sa.Integer(), sa.ForeignKey("act.id")),
        _text("why"),
        *(_text("command"), _text("token")),
    )
    op.create_index("ix_act_at", "act", ["at"])
    _crawled()
    _decisions()
    _assessments()


def _crawled() -> None:
    _table(
        "document",
        *(_text("source"), _text("key"), sa.Column("last_seen", sa.DateTime(), nullable=False)),
        *(sa.Column("last_run", sa.Integer()), sa.Column("asked_at", sa.DateTime())),
        *(sa.Column("missed", sa.Integer(), nullable=False), _text("etag", none=True)),
        _text("last_modified", none=True),
        sa.UniqueConstraint("source", "key"),
        indexed=("source",),
    )
    _table(
        "revision",
        *(_to("document"), sa.Column("fetched_at", sa.DateTime(), nullable=False)),
        *map(_text, ("sha256", "body_sha256", "reader", "title", "summary", "text")),
        *(sa.Column("published_on", sa.Date()), _text("published_from")),
        *(sa.Column("updated_on", sa.Date()), _text("updated_from")),
        *map(_text, ("language", "media_type", "archived")),
        indexed=("document", "sha256"),
    )
    _table(
        "standing",
        *(_to("document"), _to("revision"), _text("state"), _text("url")),
        indexed=("document", "revision"),
    )
    _table("alias", _to("document"), _text("url"), indexed=("document", "url"))
    _table("link", _to("document"), _to("document", "file"), indexed=("document", "file"))
    hashes = sa.Column("hashes", sa.LargeBinary(), nullable=False)
    _table("signature", _to("revision"), _text("form"), hashes, indexed=("revision",))
    _table("strandmatch", _to("revision"), _text("terms"), _text("strands"), indexed=("revision",))
    _table("forgotten", _to("document"), _text("sha256"), _flag("whole"), indexed=("document",))
    _table(
        "relevance",
        *(_to("revision"), _text("lexicon"), sa.Column("score", sa.Float(), nullable=False)),
        sa.Column("terms", sa.JSON()),
        indexed=("revision",),
    )
    _table(
        "run",
        *(sa.Column("number", sa.Integer(), nullable=False), _text("source")),
        *(sa.Column("started", sa.DateTime(), nullable=False), _text("outcome")),
        sa.Column("finished", sa.DateTime()),
        *(sa.Column(name, sa.JSON()) for name in ("counts", "errors", "evidence")),
        _text("why"),
        indexed=("number", "source"),
    )
    on = sa.Column("on", sa.Date(), nullable=False)
    count = sa.Column("found", sa.Integer(), nullable=False)
    _table("manualsearch", _text("source"), on, count, _text("why"), indexed=("source",))
    _table("declaration", _text("name"), _text("text"), indexed=("name",))


def _decisions() -> None:
    _table("initiative", _text("slug"), sa.UniqueConstraint("slug"))
    _table(
        "screening",
        _to("document"),
        *map(_text, ("person", "decision", "reason", "why")),
        indexed=("document",),
    )
    both = ("document", "initiative")
    _table("membership", *map(_to, both), indexed=both)
    _table(
        "profile",
        _to("initiative"),
        *map(_text, ("title", "organisation", "organisation_kind", "summary")),
        *(_text(name, none=True) for name in ("url", "address", "url_is", "started")),
        *(sa.Column("status_seen", sa.Date()), _text("learning"), _text("checked")),
        indexed=("initiative", "address"),
    )
    _table("tag", _to("initiative"), _text("facet"), _text("code"), indexed=("initiative",))
    ends = (_to("initiative"), _to("initiative", "to"))
    _table("relation", *ends, _text("kind"), indexed=("initiative", "to"))
    ends = (_to("initiative"), _to("initiative", "into"))
    _table("merge", *ends, indexed=("initiative", "into"))
    pair = (sa.Column(name, sa.Integer(), nullable=False) for name in ("a", "b"))
    _table("notsame", _text("what"), *pair)
    _table(
        "resolved",
        *(_to("document", none=True), _to("initiative", none=True)),
        *map(_text, ("strand", "outcome", "why")),
        indexed=both,
    )
    read_to = sa.Column("read_to", sa.Integer(), nullable=False)
    _table("watch", *map(_text, ("name", "query", "why")), read_to, indexed=("name",))


def _assessments() -> None:
    answers = ("same_purpose", "same_audience", "same_means", "open_now")
    _table(
        "assessment",
        *(_to("initiative"), *map(_text, ("strand", "person", "level", "basis"))),
        *(sa.Column(name, sa.Boolean()) for name in answers),
        *(_text("why"), _text("quote"), _to("revision", none=True)),
        *(sa.Column("place", sa.Integer()), _text("strand_version")),
        indexed=("initiative", "strand", "revision"),
    )
    _table(
        "result",
        *(_to("initiative"), *map(_text, ("person", "changed", "setting", "quote"))),
        *(_to("revision"), sa.Column("place", sa.Integer())),
        indexed=("initiative", "revision"),
    )
    step = ("before", "before_version", "after", "after_version")
    _table("strandstep", *map(_text, step), _flag("minor"), indexed=("before",))


def _table(name: str, *columns: Any, indexed: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("ended", sa.Integer(), sa.ForeignKey("act.id")),
        *columns,
    )
    for column in ("made", "ended", *indexed):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _text(name: str, *, none: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=none)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _to(table: str, name: str = "", *, none: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{table}.id")
    return sa.Column(name or table, sa.Integer(), key, nullable=none)
