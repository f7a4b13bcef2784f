{#- The integrity signals that a person may review; the seed of that name says what each is. -#}
{% macro integrity_signals() -%}
    {{ return([
        'severity_downgrade', 'late_edit', 'backdating', 'incident_splitting', 'silent_incident', 'quick_close_reopen',
        'trivial_padding', 'credit_for_self_clearing', 'slo_loosening', 'exclusion_abuse', 'deployment_splitting',
        'relabelled_rollback', 'shrinking_denominator', 'threshold_bunching', 'minute_heaping',
    ]) }}
{%- endmacro %}
