"""The frame of scorecard.recognition: its rows beside the facts that their evidence names.

Belongs here: counting violations. Does not belong here: what is expected of the counts (suites/).
By another way than the models: evidence is looked up in the facts, of the very team and taken up by another one.
"""

from collections.abc import Mapping
from typing import NamedTuple

import duckdb

from data_quality.connection import has_table
from data_quality.frames import Frame, frame


class Proof(NamedTuple):
    """Where the evidence of an item is a fact, and what must hold of its row."""

    table: str
    holds: str


ITEMS: Mapping[str, Proof] = {
    **{
        f"contribution_{kind}": Proof("learning.fct_contributions", f"kind = '{kind}'")
        for kind in ("recipe", "instrumentation", "training", "review")
    },
    "contribution_reused": Proof("learning.fct_contributions", "reused_by_team_id <> team_id"),
    "recipe_reused": Proof("automation.fct_recipe_reuses", "by_team_id <> team_id"),
    "review_published": Proof("learning.fct_postmortems", "published_at is not null"),
}
_NOTHING = "select null::varchar as item_id, null::varchar as entity_id, null::varchar as record_id where false"


def recognition_frame(con: duckdb.DuckDBPyConnection) -> Frame:
    """One row per item: rows whose evidence is not there or not counted, and teams' months and quarters without it."""
    known = " union all ".join(
        f"select '{item}' as item_id, team_id as entity_id, "
        f"replace(concat_ws('/', source, source_record_id), ',', ';') as record_id from {proof.table} "
        f"where {proof.holds}"
        for item, proof in ITEMS.items()
        if has_table(con, proof.table)
    )
    items = ", ".join(f"('{item}')" for item in ITEMS)
    sql = f"""
        with recognition as (
            select *, row_number() over (order by item_id, entity_id, period_type, period_start_on) as number
            from scorecard.recognition
        ),
        items as (select * from (values {items}) as names(item_id)),
        places as (
            select distinct entity_id, period_type, period_start_on from scorecard.metric_values
            where entity_type = 'team' and period_type in ('month', 'quarter')
        ),
        missing as (
            select item_id, count(*) as missing, min(concat_ws(' ', entity_id, period_type, period_start_on)) as example
            from places cross join items
            anti join recognition using (item_id, entity_id, period_type, period_start_on) group by item_id
        ),
        known as (select distinct item_id, entity_id, record_id from ({known or _NOTHING})),
        named as (
            select number, item_id, entity_id, unnest(string_split(evidence_ids, ',')) as record_id from recognition
        ),
        strangers as (select distinct number from named anti join known using (item_id, entity_id, record_id)),
        counted as (select number, count(distinct record_id) as ids from named group by number),
        judged as (
            select recognition.*, strangers.number is not null as has_stranger,
                coalesce(ids, 0) <> coalesce(records, 0) as is_miscounted,
                coalesce(records is null, true) <> (status = 'missing_source') as is_zero_for_unknown
            from recognition left join counted using (number) left join strangers using (number)
        ),
        broken as (
            select item_id, count(*) filter (where has_stranger) as unknown_evidence,
                count(*) filter (where is_miscounted) as miscounted,
                count(*) filter (where is_zero_for_unknown) as zero_for_unknown,
                min(concat_ws(' ', entity_id, period_type, period_start_on, 'records', records, evidence_ids)[:200])
                    filter (where has_stranger or is_miscounted or is_zero_for_unknown) as example
            from judged group by item_id
        )
        select coalesce(items.item_id, broken.item_id) as item_id, cast(items.item_id is null as int) as not_known,
            coalesce(missing, 0) as missing, coalesce(unknown_evidence, 0) as unknown_evidence,
            coalesce(miscounted, 0) as miscounted, coalesce(zero_for_unknown, 0) as zero_for_unknown,
            concat_ws('; ', missing.example, broken.example) as example
        from items full outer join broken using (item_id) left join missing using (item_id)
        order by all
    """
    return frame(con, sql, ("item_id",))
