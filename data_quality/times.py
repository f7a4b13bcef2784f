"""People's time by a second route: worked out anew from the facts, by other means than the models'.

Belongs here: for every share or sum of people's time, what each team and the portfolio must come to in a month.
Does not belong here: counts of events (events.py), how two numbers are judged (reconciliation.py).

What is people's is no sum of what is of services: a service has no capacity. So these metrics are left out of the
checks that add services up, and are held to the teams' own facts instead.
"""

import duckdb

from data_quality.connection import LANDED, has_table, quoted

Connection = duckdb.DuckDBPyConnection
TOIL, MINUTES, UNPLANNED = "toil_share", "manual_intervention_minutes", "unplanned_work_share"
TIMES = (TOIL, MINUTES, UNPLANNED)
"""The metrics that are judged here."""
MICROSECONDS = {TOIL: 3_600_000_000, MINUTES: 60_000_000, UNPLANNED: 3_600_000_000}
_ENTRIES, _ANSWERS = "toil.fct_toil_entries", "toil.fct_incident_responses"
# Pieces of capacity are rounded down to the microsecond, each of them: a month has far less than this many.
_ROUNDING = 1_000
_NOTHING = "select null::varchar, null::bigint, null::bigint where false"
_COVERED = f"""
    select coverage.metric_id, coverage.entity_type, coverage.entity_id, coverage.covered_from,
        coalesce(coverage.covered_to, run.as_of) as covered_to, coverage.covered_to is null as is_open
    from scorecard.coverage as coverage cross join {LANDED}.run as run
"""
_CAPACITIES = """
    select team_id, capacity_hours_per_week as hours, coalesce(valid_from, timestamp '1970-01-01') as held_from,
        coalesce(lead(valid_from) over (partition by team_id order by coalesce(valid_from, timestamp '1970-01-01')),
            case when bool_and(valid_to is not null) over (partition by team_id)
                then max(valid_to) over (partition by team_id) end, timestamp '2200-01-01') as held_to
    from core.dim_team
"""
# Time in which something is known to be worked against: covered for the team, of known capacity.
_ABLE = """
    select metric_id, team_id, hours, greatest(covered_from, held_from) as able_from,
        least(covered_to, held_to) as able_to, is_open and covered_to <= held_to as is_open
    from covered inner join capacities on entity_type = 'team' and entity_id = team_id
    where hours > 0 and least(covered_to, held_to) > greatest(covered_from, held_from)
"""


def worked_against_entries(con: Connection) -> str:
    """Item: a team (or all) and month. Microseconds of toil_share's numerator, from the entries themselves."""
    if not has_table(con, _ENTRIES):
        return _NOTHING
    return f"""
        with {_bases(con)},
        facts as ({_with_portfolio(f"select team_id, month, worked as micros from ({_standing(con, TOIL)})")})
        {_compared(TOIL, "numerator")}
    """


def unplanned_against_facts(con: Connection) -> str:
    """Item: a team (or all) and month. Microseconds of unplanned_work_share's numerator: entries and answers."""
    if not (has_table(con, _ENTRIES) and has_table(con, _ANSWERS)):
        return _NOTHING
    return f"""
        with {_bases(con)},
        {_under_way()},
        answered as (
            select entity_id as team_id, month,
                epoch_us(least(next_moment, able_to)) - epoch_us(greatest(moment, able_from)) as micros
            from under_way inner join able on entity_type = 'team' and entity_id = team_id
                and moment < able_to and next_moment > able_from
            where answers > 0 and metric_id = '{UNPLANNED}'
        ),
        facts as ({
        _with_portfolio(f'''
            select team_id, month, worked as micros from ({_standing(con, UNPLANNED)}) where incident_id is null
            union all
            select team_id, month, micros from answered
        ''')
    })
        {_compared(UNPLANNED, "numerator")}
    """


def capacity_against_teams(con: Connection) -> str:
    """Item: a team (or all) and month. Microseconds of capacity, from coverage and the teams' hours."""
    if not has_table(con, _ENTRIES):
        return _NOTHING

    def facts(metric: str) -> str:
        return _with_portfolio(f"""
            select team_id, month, cast((epoch_us(least(able_to, to_at)) - epoch_us(greatest(able_from, from_at)))
                * (hours / 168) as bigint) as micros
            from able inner join months on from_at < able_to and to_at > able_from where metric_id = '{metric}'
        """)

    both = " union all ".join(
        f"(with facts as ({facts(metric)}) {_compared(metric, 'denominator')})" for metric in (TOIL, UNPLANNED)
    )
    return f"with {_bases(con)} {both}"


def answers_against_incidents(con: Connection) -> str:
    """Item: a service, team (or all) and month. Microseconds in which anybody answered, by counting who comes and goes.

    At every instant at which an answer begins or ends it is known how many are under way; the time with any is summed.
    """
    if not has_table(con, _ANSWERS):
        return _NOTHING
    return f"""
        with {_bases(con)},
        {_under_way()},
        alone as (
            select entity_type, entity_id, month,
                coalesce(sum(epoch_us(next_moment) - epoch_us(moment)) filter (where answers > 0), 0)::bigint as micros
            from under_way group by all
        ),
        facts as (
            select entity_id, entity_type, month, micros from alone where entity_type <> 'nobody'
            union all
            select organisation, 'portfolio', month, sum(micros)::bigint
            from alone cross join {LANDED}.run where entity_type <> 'service' group by all
        )
        {_compared(MINUTES, "numerator")}
    """


def _zone(con: Connection) -> str:
    (zone,) = con.execute(f"select time_zone from {LANDED}.run").fetchone() or ("UTC",)
    return quoted(str(zone))


def _local(zone: str, instant: str, period: str) -> str:
    return f"cast(date_trunc('{period}', timezone('{zone}', timezone('UTC', {instant}))) as date)"


def _bases(con: Connection) -> str:
    """SQL: covered, capacities, able, months."""
    zone = _zone(con)
    return f"""
        covered as ({_COVERED}),
        capacities as ({_CAPACITIES}),
        able as ({_ABLE}),
        months as (
            select distinct period_start_on as month,
                timezone('UTC', timezone('{zone}', period_start_on::timestamp)) as from_at,
                timezone('UTC', timezone('{zone}', period_start_on + interval 1 month)) as to_at
            from scorecard.metric_values where period_type = 'month'
        )
    """


def _standing(con: Connection, metric: str) -> str:
    """SQL: the entries that count for a metric, each with its month and microseconds."""
    zone = _zone(con)
    return f"""
        select team_id, incident_id, {_local(zone, "performed_at", "month")} as month,
            cast(round(minutes * 6e7) as bigint) as worked
        from {_ENTRIES} as entry
        where team_id is not null and minutes is not null and basis is not null and exists (
            select 1 from able where able.team_id = entry.team_id and metric_id = '{metric}'
                and performed_at >= able_from and (performed_at < able_to or (is_open and performed_at = able_to))
        ) and not exists (
            select 1 from {_ENTRIES} as ticket
            where ticket.basis = 'ticket' and ticket.minutes is not null and ticket.team_id = entry.team_id and (
                (entry.basis = 'survey' and ticket.incident_id is null
                    and {_local(zone, "ticket.performed_at", "week")} = {_local(zone, "entry.performed_at", "week")})
                or (entry.basis = 'derived' and ticket.incident_id = entry.incident_id))
        )
    """


def _under_way() -> str:
    """SQL: for services, teams and nobody, in each month, from every moment to the next how many answers run."""
    return f"""
        spoken as (
            select incident_id, service_id, team_id, greatest(first_action_at, covered_from) as starts_at,
                least(ended_at, covered_to) as ends_at
            from {_ANSWERS} cross join {LANDED}.run inner join covered
                on metric_id = '{MINUTES}' and first_action_at < covered_to and ended_at > covered_from
                and entity_type = case when service_id is not null then 'service' when team_id is not null then 'team'
                    else 'portfolio' end
                and entity_id = coalesce(service_id, team_id, organisation)
        ),
        pieces as (
            select spoken.* replace (greatest(starts_at, from_at) as starts_at, least(ends_at, to_at) as ends_at), month
            from spoken inner join months on starts_at < to_at and ends_at > from_at
        ),
        groups as (
            select 'service' as entity_type, service_id as entity_id, month, starts_at, ends_at
            from pieces where service_id is not null
            union all
            select case when team_id is null then 'nobody' else 'team' end,
                coalesce(team_id, service_id, ''), month, starts_at, ends_at from pieces
        ),
        steps as (
            select entity_type, entity_id, month, moment, sum(change) as change
            from (
                select * exclude (starts_at, ends_at), starts_at as moment, 1 as change from groups
                union all select * exclude (starts_at, ends_at), ends_at, -1 from groups
            ) group by all
        ),
        under_way as (
            select *, sum(change) over here as answers, lead(moment) over here as next_moment
            from steps window here as (partition by entity_type, entity_id, month order by moment)
        )
    """


def _with_portfolio(by_team: str) -> str:
    """SQL: microseconds of each team and of all, by month, from a query of (team_id, month, micros)."""
    return f"""
        with by_team as (select team_id, month, sum(micros)::bigint as micros from ({by_team}) group by all)
        select team_id as entity_id, 'team' as entity_type, month, micros from by_team
        union all
        select organisation, 'portfolio', month, sum(micros)::bigint from by_team cross join {LANDED}.run group by all
    """


def _compared(metric: str, part: str) -> str:
    """SQL: facts against the cells of the same types of entity, by month: as measured, before any is withheld."""
    return f"""
        select concat_ws(' ', '{metric}', entity_type, entity_id, 'month', month), coalesce(facts.micros, 0),
            case when abs(coalesce(facts.micros, 0) - cells.micros) <= {_ROUNDING} then coalesce(facts.micros, 0)
                else cells.micros end
        from (
            select entity_type, entity_id, period_start_on as month,
                cast(round({part} * {MICROSECONDS[metric]}) as bigint) as micros
            from intermediate.int_measured_cells
            inner join intermediate.int_entities using (entity_key)
            inner join intermediate.int_periods using (period_key)
            where metric_id = '{metric}' and period_type = 'month' and dimension is null
                and entity_type in (select entity_type from facts)
        ) as cells
        full outer join facts using (entity_type, entity_id, month)
    """
