"""Facts of a page beside its relevance; whether a page was drawn by chance to be screened."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds columns that say nothing until the next derivation fills them."""
    for column in (
        sa.Column("kind", sa.String(), nullable=False, server_default=""),
        sa.Column("kind_why", sa.String(), nullable=False, server_default=""),
        sa.Column("of_health", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("speech", sa.Float(), nullable=False, server_default="0"),
        sa.Column("link_share", sa.Float()),
        sa.Column("site", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("relevance", column)
    drawn: sa.Column[bool] = sa.Column(
        "drawn", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("screening", drawn)
