"""Who is to read what, how second readers code, and what was described to us."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds three tables, empty."""
    _table(
        "assignment",
        _to("document", none=True),
        _to("initiative", none=True),
        _text("strand"),
        _text("person"),
        sa.Column("again", sa.Boolean(), nullable=False),
        _text("why"),
        indexed=("document", "initiative", "person"),
    )
    _table(
        "secondcode",
        *(_to("initiative"), _text("person"), _text("facet"), _text("codes")),
        indexed=("initiative",),
    )
    _table(
        "described",
        *(_to("document"), _text("told_by"), sa.Column("told_on", sa.Date(), nullable=False)),
        _text("file_name"),
        indexed=("document",),
    )


def _table(name: str, *columns: Any, indexed: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("ended", sa.Integer(), sa.ForeignKey("act.id")),
        *columns,
    )
    for column in ("made", "ended", *indexed):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _to(table: str, *, none: bool = False) -> sa.Column[int]:
    return sa.Column(table, sa.Integer(), sa.ForeignKey(f"{table}.id"), nullable=none)
