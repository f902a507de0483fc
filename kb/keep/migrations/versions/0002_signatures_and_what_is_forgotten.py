"""Signatures of texts, by which copies are found; what was forgotten."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the two tables."""
    _table(
        "signature",
        sa.Column("revision", sa.Integer(), sa.ForeignKey("revision.id"), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        indexed=("revision",),
    )
    _table(
        "forgotten",
        sa.Column("document", sa.Integer(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        indexed=("document",),
    )


def _table(name: str, *columns: sa.Column[Any], indexed: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("ended", sa.Integer(), sa.ForeignKey("act.id"), nullable=True),
        *columns,
    )
    for column in ("made", "ended", *indexed):
        op.create_index(f"ix_{name}_{column}", name, [column])
