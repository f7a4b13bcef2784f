{#- Kaplan-Meier curve of every cell at once. `subjects` has one row per subject: the columns of `cell`, `duration`
    (bigint), `is_event` (false: censored). Gives one row per cell and duration with an event: survival and its 95 %
    log-log band (Kalbfleisch and Prentice; as lifelines.KaplanMeierFitter). Logarithms are summed as decimals, so
    that no order of rows and no number of threads changes a bit. -#}
{% macro statistics_kaplan_meier(subjects, cell) -%}
    select
        {{ cell }},
        duration,
        case when is_exhausted then 0e0 else exp(log_survival) end as survival,
        case
            when is_exhausted then 0e0
            else exp(-exp(ln(-log_survival) - {{ statistics_z() }} * sqrt(greenwood) / log_survival))
        end as survival_low,
        case
            when is_exhausted then 0e0
            else exp(-exp(ln(-log_survival) + {{ statistics_z() }} * sqrt(greenwood) / log_survival))
        end as survival_high
    from (
        select
            {{ cell }},
            duration,
            events = at_risk as is_exhausted,
            cast(sum(cast(
                case when events < at_risk then ln(cast(at_risk - events as double) / cast(at_risk as double)) else 0e0 end
                as decimal(38, 18)
            )) over (partition by {{ cell }} order by duration rows between unbounded preceding and current row) as double)
                as log_survival,
            cast(sum(cast(
                case
                    when events < at_risk
                        then cast(events as double) / (cast(at_risk as double) * cast(at_risk - events as double))
                    else 0e0
                end as decimal(38, 18)
            )) over (partition by {{ cell }} order by duration rows between unbounded preceding and current row) as double)
                as greenwood
        from (
            select
                {{ cell }},
                duration,
                events,
                sum(leaving) over (partition by {{ cell }})
                - sum(leaving) over (partition by {{ cell }} order by duration rows between unbounded preceding and current row)
                + leaving as at_risk
            from (
                select
                    {{ cell }},
                    duration,
                    cast(sum(case when is_event then 1 else 0 end) as bigint) as events,
                    cast(count(*) as bigint) as leaving
                from {{ subjects }}
                group by {{ cell }}, duration
            ) as steps
        ) as risks
        where events > 0
    ) as curve
{%- endmacro %}

{#- Smallest duration at which a column of the curve is at or below a share; null if never. An aggregate. -#}
{% macro statistics_survival_time(survival, share, tolerance='0e0') -%}
    min(case when {{ survival }} <= {{ share }} + {{ tolerance }} then duration end)
{%- endmacro %}
