"""What strands became from one accepted offer to the next."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "strandstep",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("made", sa.Integer(), sa.ForeignKey("act.id"), nullable=False),
        sa.Column("ended", sa.Integer(), sa.ForeignKey("act.id"), nullable=True),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("before_version", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("after_version", sa.String(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
    )
    for column in ("made", "ended", "before"):
        op.create_index(f"ix_strandstep_{column}", "strandstep", [column])
