"""The first form of the store."""

import sqlalchemy as sa
from alembic import op

import kb.keep.acts

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", kb.keep.acts.UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_at"), ["at"], unique=False)

    op.create_table(
        "declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_declaration_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_declaration_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_declaration_name"), ["name"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("last_seen", kb.keep.acts.UtcDateTime(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=True),
        sa.Column("asked_at", kb.keep.acts.UtcDateTime(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "key"),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_source"), ["source"], unique=False)

    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug"),
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_initiative_made"), ["made"], unique=False)

    op.create_table(
        "looked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("looked", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_looked_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_looked_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_looked_source"), ["source"], unique=False)

    op.create_table(
        "notsame",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("a", sa.Integer(), nullable=False),
        sa.Column("b", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notsame", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notsame_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_notsame_made"), ["made"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started", kb.keep.acts.UtcDateTime(), nullable=False),
        sa.Column("finished", kb.keep.acts.UtcDateTime(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("running", "ok", "partial", "failed", "blocked", name="outcome"),
            nullable=False,
        ),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.Column("errors", sa.JSON(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_source"), ["source"], unique=False)

    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("read_to", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_watch_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_watch_name"), ["name"], unique=False)

    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_url"), ["url"], unique=False)

    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("file", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["file"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_file"), ["file"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_made"), ["made"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_made"), ["made"], unique=False)

    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.Column("into", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["into"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merge_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_into"), ["into"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_made"), ["made"], unique=False)

    op.create_table(
        "profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("organisation_kind", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("url_is", sa.String(), nullable=True),
        sa.Column("started", sa.String(), nullable=True),
        sa.Column("status_seen", sa.Date(), nullable=True),
        sa.Column("learning", sa.String(), nullable=False),
        sa.Column("checked", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("profile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_profile_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_profile_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_profile_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_profile_made"), ["made"], unique=False)

    op.create_table(
        "relation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.Column("to", sa.Integer(), nullable=False),
        sa.Column(
            "kinship",
            sa.Enum("part_of", "adopts", "succeeds", "evaluates", name="kinship"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to"],
            ["initiative.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_to"), ["to"], unique=False)

    op.create_table(
        "resolved",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=True),
        sa.Column("strand", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("resolved", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolved_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_resolved_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_resolved_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_resolved_made"), ["made"], unique=False)

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("fetched_at", kb.keep.acts.UtcDateTime(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_from", sa.String(), nullable=False),
        sa.Column("updated_on", sa.Date(), nullable=True),
        sa.Column("updated_from", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("archived", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revision_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_sha256"), ["sha256"], unique=False)

    op.create_table(
        "screening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column(
            "decision", sa.Enum("include", "exclude", "unsure", name="decision"), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("screening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screening_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_screening_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_screening_made"), ["made"], unique=False)

    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_made"), ["made"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.Column("strand", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum("duplicates", "overlaps", "complements", "no_overlap", name="level"),
            nullable=False,
        ),
        sa.Column("basis", sa.Enum("proposed", "confirmed", name="basis"), nullable=False),
        sa.Column("same_purpose", sa.Boolean(), nullable=True),
        sa.Column("same_audience", sa.Boolean(), nullable=True),
        sa.Column("same_means", sa.Boolean(), nullable=True),
        sa.Column("open_now", sa.Boolean(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("strand_version", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["revision"],
            ["revision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_strand"), ["strand"], unique=False)

    op.create_table(
        "relevance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("lexicon", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["revision"],
            ["revision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("relevance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relevance_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_relevance_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_relevance_revision"), ["revision"], unique=False)

    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("initiative", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("changed", sa.String(), nullable=False),
        sa.Column("setting", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["initiative"],
            ["initiative.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["revision"],
            ["revision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("result", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_result_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_result_initiative"), ["initiative"], unique=False)
        batch_op.create_index(batch_op.f("ix_result_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_result_revision"), ["revision"], unique=False)

    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("live", "moved", "gone", name="state"), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document"],
            ["document.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made"],
            ["act.id"],
        ),
        sa.ForeignKeyConstraint(
            ["revision"],
            ["revision.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_standing_document"), ["document"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_ended"), ["ended"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_made"), ["made"], unique=False)
        batch_op.create_index(batch_op.f("ix_standing_revision"), ["revision"], unique=False)
