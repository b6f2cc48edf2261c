"""Releases are prepared first and public by approval alone: they move to core, and views show what is public.

Every release of before was a draft: it goes over as a prepared one, and is approved by nobody. What it did not hold
(numerators, how far a figure reaches) it does not hold now, so the next night prepares a whole one of each month.

Follows: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = (
    ("indicator_id", sa.Text(), "The indicator, DO01 to DO30."),
    ("measure", sa.Text(), "Which of the indicator's measures, such as count or rate."),
    ("area_code", sa.Text(), "GSS code of an authority or of Wales, or the code of a region."),
    ("period_kind", sa.Text(), "month, quarter or year (financial)."),
    ("period_start", sa.Date(), "First day of the period."),
    ("breakdown", sa.Text(), "What the figure is broken down by; all where it is not."),
    ("category", sa.Text(), "Code of the breakdown's category; ALL where there is none."),
)
_NAMES = ", ".join(name for name, *_ in _KEY)


def upgrade() -> None:
    _release()
    _release_decision()
    _released_figure()
    _move()
    op.drop_table("indicator_value", schema="release_v1")
    op.drop_table("release", schema="release_v1")


def _column(name: str, kind: sa.types.TypeEngine, about: str, *, is_null: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=is_null, comment=about)


def _release() -> None:
    op.create_table(
        "release",
        _column("release_id", sa.Text(), "The month and the release's number in it, such as 2026-08-r1."),
        _column("period", sa.Date(), "First day of the month that the release is about."),
        _column("number", sa.Integer(), "1 for the first release of the month, 2 for the next, and so on."),
        _column("created_at", sa.DateTime(timezone=True), "When the release was made."),
        _column(
            "content_sha256", sa.Text(), "SHA-256 of what the release says: its figures, their quality and the policy."
        ),
        _column("disclosure_control", sa.Text(), "Which disclosure control the figures went through."),
        _column("population_vintage", sa.Text(), "The estimate of the population that rates were divided by."),
        _column("policy", postgresql.JSON(), "The rules in force: thresholds, floors and the like."),
        _column("quality", postgresql.JSON(), "How complete the month's returns were, and what was waived."),
        _column("audit", postgresql.JSON(), "What the audit of the disclosure control looked at and found."),
        _column(
            "compared_with",
            sa.Text(),
            "The published release of the same month that it was compared with; null for a first one.",
            is_null=True,
        ),
        _column(
            "rests_on",
            postgresql.ARRAY(sa.Text()),
            "Published releases whose figures it was compared with or drew curves from.",
        ),
        sa.ForeignKeyConstraint(
            ["compared_with"], ["core.release.release_id"], name=op.f("fk_release_compared_with_release")
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release")),
        sa.UniqueConstraint("period", "number", name=op.f("uq_release_period_number")),
        schema="core",
        comment="Releases, prepared and published: each is frozen when it is made, and a later one never changes it.",
    )


def _release_decision() -> None:
    op.create_table(
        "release_decision",
        _column("release_id", sa.Text(), "The release decided on."),
        _column("decision", sa.Text(), "approved or withdrawn; each once."),
        _column("decided_by", sa.Text(), "The role of who decided it."),
        _column("decided_at", sa.DateTime(timezone=True), "When it was decided."),
        _column("reason", sa.Text(), "Why: of an approval, why figures are revised; empty for a first release."),
        _column("publish_at", sa.DateTime(timezone=True), "Of an approval: when it becomes public.", is_null=True),
        _column(
            "time_reason",
            sa.Text(),
            "Of an approval: why it is not at 9:30 on a working day; null where it is.",
            is_null=True,
        ),
        sa.CheckConstraint("decision in ('approved', 'withdrawn')", name=op.f("ck_release_decision_decision")),
        sa.CheckConstraint(
            "(decision = 'approved') = (publish_at is not null)", name=op.f("ck_release_decision_publish_at")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["core.release.release_id"], name=op.f("fk_release_decision_release_id_release")
        ),
        sa.PrimaryKeyConstraint("release_id", "decision", name=op.f("pk_release_decision")),
        schema="core",
        comment="The trail of decisions about releases. Nothing of it is changed or deleted.",
    )


def _released_figure() -> None:
    numeric, integer = sa.Numeric(), sa.Integer()
    op.create_table(
        "released_figure",
        _column("release_id", sa.Text(), "The release it is in."),
        *(_column(*one) for one in _KEY),
        _column("position", integer, "Place in the order in which people read the release, from 1."),
        _column("area_level", sa.Text(), "authority, region or country."),
        _column("version", integer, "Version of the indicator's definition."),
        _column(
            "through", sa.Date(), "First day of the last month that it counts: a year so far ends before its time."
        ),
        _column(
            "value", numeric, "The figure as published; null where it is confidential or not available.", is_null=True
        ),
        _column("lower", numeric, "Lower end of its 95% interval; null where it has none.", is_null=True),
        _column("upper", numeric, "Upper end of its 95% interval; null where it has none.", is_null=True),
        _column(
            "note_codes", postgresql.ARRAY(sa.Text()), "Note codes of the figure, sorted; empty where there are none."
        ),
        _column(
            "coverage",
            numeric,
            "Services returned divided by services expected; null where none was.",
            is_null=True,
        ),
        _column("services_expected", integer, "Services that ought to have returned."),
        _column("services_returned", integer, "Of those, services that a current return is about."),
        _column(
            "missing_authorities",
            postgresql.ARRAY(sa.Text()),
            "Authorities of the area whose services were expected and did not return at all: they are in no sum.",
        ),
        _column(
            "numerator",
            numeric,
            "What was counted or divided, before rounding: what later releases must not give away.",
            is_null=True,
        ),
        _column("denominator", numeric, "What it was divided by; null for a plain count.", is_null=True),
        sa.ForeignKeyConstraint(
            ["release_id"], ["core.release.release_id"], name=op.f("fk_released_figure_release_id_release")
        ),
        sa.PrimaryKeyConstraint("release_id", *(name for name, *_ in _KEY), name=op.f("pk_released_figure")),
        schema="core",
        comment="Figures of every release, prepared and published, with what they were made of. Not for publication.",
    )


def _move() -> None:
    op.execute("""
        insert into core.release
        select release_id, period, number, created_at, content_sha256, disclosure_control, 'mid2020',
            '{}', '{}', '{}', null, '{}'
        from release_v1.release
    """)
    op.execute(f"""
        insert into core.released_figure (
            release_id, {_NAMES}, position, area_level, version, through, value, note_codes, coverage,
            services_expected, services_returned, missing_authorities
        )
        select
            figure.release_id, {_NAMES},
            row_number() over (partition by figure.release_id order by definition.position, {_NAMES}),
            area_level, coalesce(definition.version, 1),
            least(
                release.period,
                case period_kind
                    when 'month' then period_start
                    when 'quarter' then cast(period_start + interval '2 months' as date)
                    else cast(period_start + interval '11 months' as date)
                end
            ),
            value, note_codes, coverage, 0, 0, '{{}}'
        from release_v1.indicator_value as figure
        join release_v1.release as release using (release_id)
        left join release_v1.indicator_definition as definition using (indicator_id, measure)
    """)  # noqa: S608 - our own names
