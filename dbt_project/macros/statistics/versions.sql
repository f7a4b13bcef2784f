{#- Versions of things that are valid over time, with the time in which each was in force: it ends where the next one
    begins. Of versions that begin at the same instant the one changed last is in force, and the others never were.
    `versions` has valid_from, valid_to (null: no bound), updated_at, recorded_at, source and source_record_id; `thing`
    names what they are versions of. Adds in_force_from and in_force_to. -#}
{% macro versions_in_force(versions, thing) -%}
    select
        *,
        least(coalesce(valid_to, next_from), coalesce(next_from, valid_to)) as in_force_to
    from (
        select
            *,
            lead(in_force_from) over (
                partition by {{ thing }}
                order by
                    in_force_from nulls last, updated_at nulls last, recorded_at nulls last, source nulls last,
                    source_record_id nulls last
            ) as next_from
        from (
            select
                *,
                coalesce(valid_from, {{ epoch_start() }}) as in_force_from
            from {{ versions }}
        ) as begun
    ) as followed
{%- endmacro %}
