"""Which strands a text bears on."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "bearing",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("ended", sa.Integer(), sa.ForeignKey("act.id"), nullable=True),
        sa.Column("revision", sa.Integer(), sa.ForeignKey("revision.id"), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("strands", sa.String(), nullable=False),
    )
    for column in ("made", "ended", "revision"):
        op.create_index(f"ix_bearing_{column}", "bearing", [column])
