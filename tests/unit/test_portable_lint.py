"""The lint of the dialect: each rule is seen to fail, sound SQL passes, and so does the whole project."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.portable import PROJECT, findings, findings_of_yaml, main

ELSEWHERE = "is not the same on every engine; use a macro of macros/portable"

REFUSED = [
    (
        "select median(x) from t",
        "function median is not in the portable set; use a macro of macros/portable, or add it",
    ),
    ("select t.list_sum () from t", "function list_sum"),
    ("select unnest(xs) from t", "function unnest"),
    ("select explode(xs) from t", "function explode"),
    ("select now()", "function now"),
    ("select extract(dow from day_on) from t", "function extract dow"),
    ("select {{ name }}(x) from t", "function __jinja__"),
    ("select percentile_cont(1) within group (order by x nulls last) from t", "function percentile_cont"),
    ("select x::bigint from t", f"`::` {ELSEWHERE}"),
    ("select x // 2 from t", "`//`"),
    ("select x from t where x ~ 'a'", "`~`"),
    ("select x ->> 'a' from t", "`->>`"),
    ("select [1, 2] as xs", "`[`"),
    ("select xs[1] from t", "`[`"),
    ("select {'a': 1} as pair", "`{`"),
    ('select "Column" from t', '`"column"`'),
    ("select `column` from t", "`column`"),
    ("select x from t qualify x = 1", "`qualify`"),
    ("select * from t asof join u on t.x >= u.x", "`asof`"),
    ("select x from t where x ilike 'a%'", "`ilike`"),
    ("select list_transform(xs, lambda x: x)", "`lambda`"),
    ("select at + interval 1 day from t", "`interval`"),
    ("select at at time zone 'UTC' from t", "`at time zone`"),
    ("select current_date as today", "`current_date`"),
    ("select x > current_timestamp from t", "`current_timestamp`"),
    ("insert into t select 1", "`insert`"),
    ("merge into t using u on true", "`merge`"),
    ("select a, count(*) from t group by all", "`group by all`"),
    ("select a from t order by all", "`order by all`"),
    ("select * exclude (a) from t", "`exclude`"),
    ("select * except (a) from t", "`* except (`"),
    ("select * replace (1 as a) from t", "`* replace (`"),
    ("select count(*) filter (where x) from t", "`filter (`"),
    ("select max(a ignore nulls) from t", "`ignore nulls`"),
    ("select distinct on (a) a from t", "`distinct on (`"),
    ("select cast(x as varchar) from t", "type varchar"),
    ("select cast(nullif(cast(x as string), 'a') as timestamptz) from t", "type timestamptz"),
    ("select cast(x as decimal) from t", "type decimal"),
    ("select cast(x as string[]) from t", "type string[]"),
    ("select cast(x as struct(a bigint)) from t", "type struct(abigint)"),
    ("select x from t order by x", "order by x puts nulls first or last, by engine; say which"),
    ("select x from t order by x, y nulls last limit 1", "order by x puts"),
    ("select x from t order by x nulls last, y desc", "order by y desc puts"),
    ("select lag(x) over (partition by y order by coalesce(x, 1), y nulls last) from t", "order by coalesce ( x , 1 )"),
    ("select sum(x) over (order by y rows between 1 preceding and current row) from t", "order by y puts"),
    ("select x from t order by rows", "order by rows puts"),
    ("select x from ({{ rows }} order by {{ key }}) as t", "order by __jinja__ puts"),
    ("select 'it''s' as x", "a doubled quote"),
    ("select 'a' 'b' as x", "two texts in a row"),
    ("select 'a\\b' as x", "a backslash within a text"),
    ("select e'a' as x", "a text with the prefix e"),
    ("select x * 1.5 from t", "write the double 1.5e0"),
    ("select x * .5 from t", "write the double .5e0"),
    ("select 10L as x", "10l"),
    ("select 7 / 2 as x", "the division of integers 7 / 2"),
    # Where the template hides it
    ("{% macro a(x, y='epoch(x)') %}select 1{% endmacro %}", "function epoch"),
    ("{% test a(model) %}select age(x) from {{ model }}{% endtest %}", "function age"),
    ("{% if a %}select 1{% elif b %}select age(x){% endif %}", "function age"),
    ("{% set a %}age(x){% endset %}select {{ a }}", "function age"),
    ("{% set a = 'age(' ~ x ~ ')' %}select {{ a }}", "function age"),
    ("{% do xs.append(['age(x)']) %}", "function age"),
    ("""select {{ word("regexp_extract(x, ':', 1)") }}""", "function regexp_extract"),
    ("select {{ f('1', raw={'sql': 'x::date'}) }}", "`::`"),
    ("select {{ 'cast(x as ' ~ 'varchar)' }}", "type varchar"),
    ("{{ rows_of({'x': 'varchar'}) }}", "`varchar`"),
    ("select {{ x }} as a, x::date as b", "`::`"),
]

SOUND = [
    "select coalesce(x, 'a') as x, count(*) as n, count(distinct y) as m from t where x in (1, 2) and not (y or z)",
    "select cast(x as decimal(38, 18)), cast(cast(x as string) as {{ type }}), cast(x as decimal({{ p }}, 2)) from t",
    "select row_number() over (partition by a, b order by x desc nulls last, y nulls first) as n from t",
    "select sum(x) over (order by rows nulls last rows between unbounded preceding and current row) as n from t",
    "select 1.5e0 * x, 1e-9, 6e7 / 2e0, x / 2, -1 % 3, 'a' || 'b' from t where x <> 1 and y >= 2 and z != 3",
    "with a as (select 1 as x), b as (select * from a) select a.* from a inner join b using (x) union all select 2",
    "select * from (values (1, 2)) as t (a, b) where exists (select 1) and (a, b) in (select 3, 4)",
    '-- now(), "x" and it\'s\nselect 1 /* x::int */ as x',
    "{# now() and 1.5 #}{{ config(materialized='table') }}select 'now() :: [x] ~ 1.5' as x",
    "select {{ dates_local_day('x', 'zone') }} as interval, t.qualify, max(extract(year from x)) from {{ ref('t') }} t",
    "{% for a, b in [('x', 1.5), (none, 2)] %}select '{{ a }}' as a{{ ' union all ' if not loop.last }}{% endfor %}",
    'select {{ "case when \'" ~ a ~ "\' = b then c end" }} as x',
]


@pytest.mark.parametrize(("template", "said"), REFUSED)
def test_it_refuses(template: str, said: str) -> None:
    assert [message for _, message in findings(template) if said in message]


@pytest.mark.parametrize("template", SOUND)
def test_it_passes(template: str) -> None:
    assert findings(template) == []


def test_it_names_the_line_of_the_template() -> None:
    template = """{#- two
lines -#}
{{ config(
    sql='age(a)'
) }}

select
    {{ x -}}

    , age(b)
{%- if y %}
    , age(
        'c' ~ 1
    ){% endif %}
{% macro m() -%}


    age(d)
{%- endmacro %}
"""
    assert [line for line, message in findings(template) if "age" in message] == [4, 10, 12, 18]


def test_it_reads_what_yaml_hands_to_tests() -> None:
    text = """
models:
  - name: t
    description: not now(), nor 1.5
    data_tests:
      - holds: {arguments: {expression: "median(x) > 1"}}
unit_tests:
  - given:
      - rows: |
          select 1 as x
          from range(4)
      - rows:
          - {x: now()}
"""
    assert [(line, message.split()[1]) for line, message in findings_of_yaml(text)] == [(6, "median"), (11, "range")]


def test_it_reads_every_folder_but_the_portable_macros(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = ["models/a/b.sql", "macros/checks/c.sql", "tests/generic/d.sql", "macros/portable/e.sql"]
    for place in places:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("select 1\n  , now()\n", encoding="utf-8")
    (tmp_path / "models" / "f.yml").write_text("where: now() > x\n", encoding="utf-8")
    assert main(tmp_path) == 4
    said = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0].removeprefix(f"{tmp_path.name}/") for line in said] == [
        "models/a/b.sql:2",
        "models/f.yml:1",
        "macros/checks/c.sql:2",
        "tests/generic/d.sql:2",
    ]


def test_the_project_has_no_dialect_outside_its_portable_macros(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(list(PROJECT.glob("models/**/*.sql"))) > 90
    assert main() == 0, capsys.readouterr().out
