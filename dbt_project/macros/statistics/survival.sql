{#- Kaplan-Meier curve of every cell at once. `subjects` has one row per subject: the columns of `cell`, `duration`
    (bigint), `is_event` (false: censored). Gives one row per cell and duration with an event: survival and its 95 %
    log-log band (Kalbfleisch and Prentice; as lifelines.KaplanMeierFitter). Those at risk are the ones that rank at or
    behind the duration. Logarithms are summed as decimals, so that no order of rows and no number of threads changes a
    bit: 16 digits err by less than 1e-9 for up to 10 million subjects in a cell. -#}
{% macro statistics_kaplan_meier(subjects, cell) -%}
    select
        {{ cell }},
        duration,
        case when is_exhausted then 0e0 else exp(log_survival) end as survival,
        case
            when is_exhausted then 0e0
            else exp(-exp({{ statistics_ln('-log_survival') }} - {{ statistics_z() }} * sqrt(greenwood) / log_survival))
        end as survival_low,
        case
            when is_exhausted then 0e0
            else exp(-exp({{ statistics_ln('-log_survival') }} + {{ statistics_z() }} * sqrt(greenwood) / log_survival))
        end as survival_high
    from (
        select
            {{ cell }},
            duration,
            events = at_risk as is_exhausted,
            cast(sum(cast(
                case
                    when events < at_risk
                        then {{ statistics_ln('cast(at_risk - events as double) / cast(at_risk as double)') }}
                    else 0e0
                end as decimal(18, 16)
            )) over (
                partition by {{ cell }} order by duration nulls last
                rows between unbounded preceding and current row
            ) as double) as log_survival,
            cast(sum(cast(
                case
                    when events < at_risk
                        then cast(events as double) / (cast(at_risk as double) * cast(at_risk - events as double))
                    else 0e0
                end as decimal(18, 17)
            )) over (
                partition by {{ cell }} order by duration nulls last
                rows between unbounded preceding and current row
            ) as double) as greenwood
        from (
            select
                {{ cell }},
                duration,
                at_risk,
                cast(count(*) as bigint) as events
            from (
                select
                    {{ cell }},
                    duration,
                    is_event,
                    cast(
                        count(*) over (partition by {{ cell }}) + 1
                        - rank() over (partition by {{ cell }} order by duration nulls last)
                        as bigint
                    ) as at_risk
                from {{ subjects }}
            ) as ranked
            where is_event
            group by {{ cell }}, duration, at_risk
        ) as risks
    ) as curve
{%- endmacro %}

{#- Smallest duration at which a column of the curve is at or below a share; null if never. An aggregate. -#}
{% macro statistics_survival_time(survival, share, tolerance='0e0') -%}
    min(case when {{ survival }} <= {{ share }} + {{ tolerance }} then duration end)
{%- endmacro %}
