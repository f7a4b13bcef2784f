{#- Disclosure control: what is withheld about people's working time, and what would reveal it by subtraction. -#}

{#- Whether those that are withheld together may be seen in their sum, which anybody gets by subtraction: `withheld` is how
    many have any cell, `steady` how many have one in every period. Nobody; or at least two in every period, who pass
    together the test that each would have to pass alone. -#}
{% macro disclosure_is_safe(withheld, steady, fewest, members) -%}
    {{ withheld }} = 0 or (
        {{ steady }} > 1
        and {{ fewest }} >= {{ var('disclosure_minimum_events') }}
        and {{ members }} >= {{ var('disclosure_minimum_members') }}
    )
{%- endmacro %}

{#- Sums over withheld rows of a relation, which has is_withheld, cells, is_steady, fewest and members. -#}
{% macro disclosure_sums() -%}
    sum(case when is_withheld and cells > 0 then 1 else 0 end) as withheld,
    sum(case when is_withheld and is_steady then 1 else 0 end) as steady,
    sum(case when is_withheld then fewest else 0 end) as fewest,
    sum(case when is_withheld and is_steady then members else 0 end) as members
{%- endmacro %}

{#- Teams, areas and portfolios whose numbers of one grain are withheld in a closed quarter, and why. `coarser`: the
    relation of the next coarser grain, of which everything is withheld here too, so that parts never add up to what is
    withheld. Where the withheld of an area, or of the portfolio, are not safe in their sum, the next smallest beside
    them (by members, which do not change with what comes late) goes with them; where there is none, so does their
    sum. -#}
{% macro disclosure_withheld(grain, coarser=none) -%}
with

tests as (

    select
        tests.*,
        not tests.is_enough{{ ' or coarser.entity_key is not null' if coarser }} as is_withheld
    from {{ ref('int_people_tests') }} as tests
    {% if coarser -%}
    left join {{ ref(coarser) }} as coarser
        on
            tests.kind = coarser.kind
            and tests.entity_key = coarser.entity_key
            and tests.quarter_key = coarser.quarter_key
    {% endif -%}
    where tests.grain = '{{ grain }}'

),

teams as (

    select
        tests.*,
        places.area_key
    from tests
    inner join {{ ref('int_people_places') }} as places
        on
            tests.entity_key = places.team_key
            and tests.quarter_key = places.quarter_key

),

area_sums as (

    select
        kind,
        quarter_key,
        area_key,
        {{ disclosure_sums() }},
        min(case when not is_withheld then members end) as smallest
    from teams
    where area_key is not null
    group by kind, quarter_key, area_key

),

area_partners as (

    select
        area_sums.kind,
        area_sums.quarter_key,
        min(teams.entity_key) as entity_key
    from area_sums
    inner join teams
        on
            area_sums.kind = teams.kind
            and area_sums.quarter_key = teams.quarter_key
            and area_sums.area_key = teams.area_key
            and area_sums.smallest = teams.members
    where
        not teams.is_withheld
        and not ({{ disclosure_is_safe(
            'area_sums.withheld', 'area_sums.steady', 'area_sums.fewest', 'area_sums.members'
        ) }})
    group by area_sums.kind, area_sums.quarter_key, area_sums.area_key

),

joined_teams as (

    select
        teams.kind,
        teams.quarter_key,
        teams.entity_key,
        teams.area_key,
        teams.members,
        teams.fewest,
        teams.cells,
        teams.is_steady,
        partners.entity_key is not null as is_partner,
        teams.is_withheld or partners.entity_key is not null as is_withheld
    from teams
    left join (select distinct kind, quarter_key, entity_key from area_partners) as partners
        on
            teams.kind = partners.kind
            and teams.quarter_key = partners.quarter_key
            and teams.entity_key = partners.entity_key

),

safe_areas as (

    select
        kind,
        quarter_key,
        area_key,
        {{ disclosure_sums() }},
        max(case when is_partner then 1 else 0 end) as partners,
        min(case when not is_withheld then members end) as smallest
    from joined_teams
    where area_key is not null
    group by kind, quarter_key, area_key

),

-- What is not known of an area that is withheld is what is not known of its teams.
areas as (

    select
        tests.kind,
        tests.quarter_key,
        tests.entity_key,
        tests.members,
        tests.fewest,
        tests.cells,
        tests.is_steady,
        safe_areas.withheld as withheld_teams,
        safe_areas.steady as withheld_steady,
        safe_areas.fewest as withheld_fewest,
        safe_areas.members as withheld_members,
        tests.is_withheld
        or not (safe_areas.partners > 0 or {{ disclosure_is_safe(
            'safe_areas.withheld', 'safe_areas.steady', 'safe_areas.fewest', 'safe_areas.members'
        ) }}) as is_withheld
    from tests
    inner join safe_areas
        on
            tests.kind = safe_areas.kind
            and tests.quarter_key = safe_areas.quarter_key
            and tests.entity_key = safe_areas.area_key

),

children as (

    select
        kind,
        quarter_key,
        entity_key,
        case when is_withheld then withheld_members else members end as members,
        case when is_withheld then withheld_fewest else fewest end as fewest,
        case when is_withheld then withheld_teams else cells end as cells,
        case when is_withheld then withheld_steady > 0 else is_steady end as is_steady,
        is_withheld
    from areas

    union all

    select
        kind,
        quarter_key,
        entity_key,
        members,
        fewest,
        cells,
        is_steady,
        is_withheld
    from joined_teams
    where area_key is null

),

top_sums as (

    select
        kind,
        quarter_key,
        {{ disclosure_sums() }},
        min(case when not is_withheld then members end) as smallest
    from children
    group by kind, quarter_key

),

top_partners as (

    select
        top_sums.kind,
        top_sums.quarter_key,
        min(children.entity_key) as entity_key
    from top_sums
    inner join children
        on
            top_sums.kind = children.kind
            and top_sums.quarter_key = children.quarter_key
            and top_sums.smallest = children.members
    where
        not children.is_withheld
        and not ({{ disclosure_is_safe(
            'top_sums.withheld', 'top_sums.steady', 'top_sums.fewest', 'top_sums.members'
        ) }})
    group by top_sums.kind, top_sums.quarter_key

),

-- An area that goes with another has a team that does: else its teams would add up to it.
inner_partners as (

    select
        top_partners.kind,
        top_partners.quarter_key,
        min(joined_teams.entity_key) as entity_key
    from top_partners
    inner join safe_areas
        on
            top_partners.kind = safe_areas.kind
            and top_partners.quarter_key = safe_areas.quarter_key
            and top_partners.entity_key = safe_areas.area_key
    inner join joined_teams
        on
            safe_areas.kind = joined_teams.kind
            and safe_areas.quarter_key = joined_teams.quarter_key
            and safe_areas.area_key = joined_teams.area_key
            and safe_areas.smallest = joined_teams.members
    where safe_areas.withheld = 0 and not joined_teams.is_withheld
    group by top_partners.kind, top_partners.quarter_key

),

portfolios as (

    select
        tests.kind,
        tests.quarter_key,
        tests.entity_key
    from tests
    left join top_sums
        on
            tests.kind = top_sums.kind
            and tests.quarter_key = top_sums.quarter_key
    left join top_partners
        on
            tests.kind = top_partners.kind
            and tests.quarter_key = top_partners.quarter_key
    where
        tests.entity_type = 'portfolio'
        and (
            tests.is_withheld
            or (
                top_partners.entity_key is null
                and not ({{ disclosure_is_safe(
            'top_sums.withheld', 'top_sums.steady', 'top_sums.fewest', 'top_sums.members'
        ) }})
            )
        )

),

withheld as (

    select kind, quarter_key, entity_key from joined_teams where is_withheld
    union
    select kind, quarter_key, entity_key from children where is_withheld
    union
    select kind, quarter_key, entity_key from top_partners
    union
    select kind, quarter_key, entity_key from inner_partners
    union
    select kind, quarter_key, entity_key from portfolios

)

select
    withheld.kind,
    withheld.quarter_key,
    withheld.entity_key,
    '{{ grain }}' as grain,
    case
        when tests.members < {{ var('disclosure_minimum_members') }} then 'few_members'
        when tests.fewest < {{ var('disclosure_minimum_events') }} then 'few_events'
        else 'by_subtraction'
    end as reason
from withheld
inner join tests
    on
        withheld.kind = tests.kind
        and withheld.quarter_key = tests.quarter_key
        and withheld.entity_key = tests.entity_key
{%- endmacro %}

{#- Teams whose splits are withheld, in groups (an area, the portfolio), and whether they may be seen in the group's sums:
    two of them at least have a cell in every period, and the sum of each value passes the test. Nobody sees which
    values such a team has, so that each could have any. `held`: a row for a team and value as int_split_teams. -#}
{% macro disclosure_split_groups(held, group_key) -%}
    select
        kind,
        quarter_key,
        grain,
        group_key,
        min(case when {{ disclosure_is_safe('1', 'steady', 'fewest', 'members') }} then 1 else 0 end) = 1 as is_safe
    from (
        select
            held.kind,
            held.quarter_key,
            held.grain,
            held.{{ group_key }} as group_key,
            held.dimension_value,
            sum(held.fewest) as fewest,
            sum(held.members) as members,
            max(teams.steady) as steady
        from {{ held }} as held
        inner join (
            select
                kind,
                quarter_key,
                grain,
                {{ group_key }} as group_key,
                count(distinct case when is_steady then entity_key end) as steady
            from {{ held }}
            where {{ group_key }} is not null
            group by kind, quarter_key, grain, {{ group_key }}
        ) as teams
            on
                held.kind = teams.kind
                and held.quarter_key = teams.quarter_key
                and held.grain = teams.grain
                and held.{{ group_key }} = teams.group_key
        group by held.kind, held.quarter_key, held.grain, held.{{ group_key }}, held.dimension_value
    ) as by_value
    group by kind, quarter_key, grain, group_key
{%- endmacro %}
