"""What is expected of what is to be published: the scorecard door."""

from data_quality.report import SCORECARD
from data_quality.suites.expectation import STAGING, Expectation, at_most, between, within, zero
from data_quality.suites.published import COLUMNS_EXPECTED

ENTITY_TYPES = ("service", "team", "area", "portfolio")
PERIOD_TYPES = ("week", "month", "quarter")
STATUSES = (
    "ok", "provisional", "insufficient", "no_exposure", "missing_source", "immature", "quarantined", "suppressed",
)  # fmt: skip

_CELLS = "scorecard.metric_values, the cells shown"
_MODEL = "find the metric's model in dbt_project/models/marts and run `dbt build` on it; a dbt test should have said so"


def _cells(name: str, column: str, expected: str, remedy: str = _MODEL) -> Expectation:
    return Expectation(name, SCORECARD, "cells", *zero(column), expected=expected, look=_CELLS, remedy=remedy)


def _changes(name: str, column: str, expected: str) -> Expectation:
    return Expectation(
        name, SCORECARD, "changes", *zero(column), expected=expected,
        look="scorecard.changes beside scorecard.metric_values, the row shown",
        remedy="look at int_cell_pairs and changes in dbt_project/models; `make model M=int_cell_pairs+` builds both",
        show=("example",),
    )  # fmt: skip


def _scores(name: str, frame: str, column: str, expected: str) -> Expectation:
    return Expectation(
        name, SCORECARD, frame, *zero(column), expected=expected,
        look=f"scorecard.{frame} beside scorecard.policy and scorecard.metric_values, the row shown",
        remedy="look at dbt_project/models/intermediate/scores; `make model M=int_score_goals+` builds them",
        show=("example",),
    )  # fmt: skip


def _signals(name: str, column: str, expected: str) -> Expectation:
    return Expectation(
        name, SCORECARD, "signals", *zero(column), expected=expected,
        look="scorecard.integrity_signals, the row shown",
        remedy="look at dbt_project/models/intermediate/integrity; `make model M=int_integrity_events+` builds it anew",
        show=("example",),
    )  # fmt: skip


# Judged first: without these columns the others cannot be counted.
SHAPE_SUITE = (
    Expectation(
        "published_columns", SCORECARD, "columns",
        "expect_column_distinct_values_to_contain_set", {"column": "column", "value_set": list(COLUMNS_EXPECTED)},
        expected="the published tables have the columns that others rely on (interfaces.md)",
        look="the contract of the model in dbt_project/models/scorecard",
        remedy="put the column back, or change the interface with a version and a CHANGELOG entry",
    ),
)  # fmt: skip


def _gates(*rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, "guardrails", *zero(column), expected=expected,
            look="scorecard.guardrails", remedy="look at the guardrail's model in intermediate/guardrails",
            show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


def _awards(*rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, "awards", *zero(column), expected=expected,
            look="scorecard.awards beside scorecard.guardrails and scorecard.award_tests",
            remedy="look at int_award_reasons", show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


def _proven(table: str, *rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, table, *zero(column), expected=expected,
            look=f"scorecard.{table} beside the facts that it names",
            remedy="look at the models in dbt_project/models/intermediate/recognition", show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


SCORECARD_SUITE = (
    Expectation(
        "metric_values_not_empty", SCORECARD, "totals", *between("rows", 1, None),
        expected="metric_values has rows", look="scorecard.metric_values",
        remedy="look for the first empty table upstream, from landing to scorecard",
    ),
    Expectation(
        "metric_values_key", SCORECARD, "totals", *zero("double_keys"),
        expected="entity, metric, period and dimension name one cell only", look="scorecard.metric_values",
        remedy="a join multiplies rows in the metric's model",
    ),
    Expectation(
        "one_as_of", SCORECARD, "totals", *zero("other_as_of"),
        expected="every cell is stated as of the run's instant", look="as_of of scorecard.metric_values, landing.run",
        remedy="build every model in one run: `scorecard run --full-refresh`",
    ),
    Expectation(
        "exclusions_belong", SCORECARD, "totals", *zero("orphan_exclusions"),
        expected="every row of exclusions belongs to a cell of metric_values", look="scorecard.exclusions",
        remedy="exclusions and values of the metric count over different spines: " + _MODEL,
    ),
    Expectation(
        "exclusions_counted", SCORECARD, "totals", *zero("empty_exclusions"),
        expected="every row of exclusions has a reason and counts at least one row", look="scorecard.exclusions",
        remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_status", SCORECARD, "cells", *within("status", STATUSES),
        expected="status is one of the eight of metrics.md", look=_CELLS, remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_entity_type", SCORECARD, "cells", *within("entity_type", ENTITY_TYPES),
        expected="entity_type is service, team, area or portfolio: never a person", look=_CELLS, remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_period_type", SCORECARD, "cells", *within("period_type", PERIOD_TYPES),
        expected="period_type is week, month or quarter", look=_CELLS, remedy=_MODEL,
    ),
    Expectation(
        "vocabulary_metric", SCORECARD, "catalogue", *zero("not_in_catalogue"),
        expected="every metric_id of metric_values stands in the catalogue", look="scorecard.metric_catalogue",
        remedy="add its row to dbt_project/seeds/metric_catalogue.csv",
    ),
    Expectation(
        "every_metric_present", SCORECARD, "catalogue", *zero("not_in_values"),
        expected="every metric of the catalogue has cells: what cannot be known is said, not left out",
        look="scorecard.metric_values", remedy="the metric's model is empty or is not united into metric_values",
    ),
    _cells("unit_and_version", "unit_or_version", "unit and metric_version of a cell are those of the catalogue"),
    _cells("ratio_range", "ratio_out_of_range", "a ratio lies between 0 and 1"),
    _cells("numerator_within", "numerator_above_denominator", "the numerator of a ratio is not above its denominator"),
    _cells("interval_order", "interval_out_of_order", "low <= value <= high"),
    _cells("unknown_has_no_value", "value_while_unknown", "a cell that is neither ok nor provisional shows no value"),
    _cells("nothing_counted_without_source", "counted_without_source",
           "a service or portfolio of which no source speaks has nothing in a numerator"),
    _cells("known_has_value", "value_missing",
           "a cell that is ok or provisional shows its value (a median not reached has no upper bound either)"),
    _cells("parts_not_negative", "negative_part", "numerator, denominator, n and censored are not negative"),
    _cells("numbers_finite", "not_finite", "no value is infinite or NaN"),
    _cells("status_follows_n", "status_against_n",
           "ok has n >= 20, provisional 5 to 19, insufficient under 5, no_exposure 0"),
    _cells("parts_of_ratio", "value_is_not_its_parts", "the value of a ratio is numerator / denominator"),
    _cells("period_starts", "period_misplaced",
           "a week starts on a Monday, a month on the 1st, a quarter in Jan, Apr, Jul, Oct"),
    _cells("closed_periods", "closed_misjudged",
           "is_closed says whether the period ended before as_of, in the reporting zone"),
    _cells("dimension_pairs", "dimension_unpaired", "dimension and dimension_value are both given or both null"),
    _cells("names_given", "name_missing", "every cell names its entity"),
    _changes("every_shown_cell_is_compared", "cells_without_change",
             "every shown cell of a closed period has a row in changes, with or without a change"),
    _changes("changes_belong", "changes_without_cell",
             "every row of changes is of a shown cell of a closed period in metric_values"),
    _changes("changes_state_their_cells", "other_values",
             "value and previous_value are those of metric_values in the period and in the one before"),
    _changes("changes_follow_from_their_cells", "other_change",
             "a change and its limits are those that the values and limits of the two cells give"),
    _changes("verdicts_follow_from_their_limits", "other_verdict",
             "a verdict is what the limits and the catalogue's `better` say, a reason what the two cells say"),
    _scores("every_metric_of_the_policy_is_judged", "metric_scores", "cells_without_score",
            "every team, area and the portfolio has each metric of its policy in metric_scores, and no other"),
    _scores("metric_scores_state_their_cells", "metric_scores", "other_cell", "value and n are those of metric_values"),
    _scores("metric_scores_range", "metric_scores", "out_of_range", "scores and their bands lie from 0 to 100"),
    _scores("metric_scores_in_band", "metric_scores", "outside_band", "a score lies in its band, which has both ends"),
    _scores("metric_scores_known", "metric_scores", "known_misjudged", "a score is there where the status says"),
    _scores("metric_scores_goals", "metric_scores", "other_goals",
            "floor, target and weight are the means of the policy's tiers by days of services owned"),
    _scores("metric_scores_follow", "metric_scores", "other_score",
            "a score is where the shrunk value lies between floor and target"),
    _scores("metric_scores_shrink", "metric_scores", "shrunk_beyond",
            "a shrunk value lies between the raw one and the portfolio's, and enough data weigh at least half"),
    _scores("no_cohort_is_scored_early", "metric_scores", "scored_early",
            "a team is shown in the periods that begin from its cohort's starts_on on, and scored from scored_from on"),
    _scores("gaps_are_open_or_reached", "metric_scores", "other_gap",
            "a gap is open where the raw value is worse than the target"),
    _scores("pillars_belong", "scores", "pillars_apart", "scores has the pillars of metric_scores, and overall"),
    _scores("scores_range", "scores", "out_of_range", "scores and their bands lie from 1 to 100"),
    _scores("scores_in_band", "scores", "outside_band", "a score lies in its band, which has both ends"),
    _scores("scores_known", "scores", "known_misjudged", "a score is there exactly where the status says"),
    _scores("score_weights", "scores", "weights_apart", "the weights of a pillar's metrics sum to 1, and the pillars'"),
    _scores("scores_follow", "scores", "other_mean",
            "a score is the weighted geometric mean of its parts, incomplete where one is missing"),
    _signals("signal_rates_at_least_probabilities", "rates_below_probabilities",
             "the false discovery rate of a signal is no smaller than its probability"),
    _signals("signal_rates_follow_from_probabilities", "other_rates",
             "false discovery rates are those of Benjamini and Hochberg over the tests of the quarter"),
    _signals("signals_that_fire_have_evidence", "fired_without_evidence",
             "a signal that fires, or that a review cleared, names its evidence"),
    _signals("signal_evidence_exists", "unknown_evidence",
             "every record that a signal names as evidence is in the facts"),
    Expectation(
        "plausible_rate", SCORECARD, "cells", *at_most("largest_value", "plausible_limit"),
        expected="values are plausible: minutes under ten years, rates under 10 million a week or month",
        look=_CELLS, remedy="look for a wrong unit or a time of the wrong century in the source",
        show=("metric_id", "largest_value", "plausible_limit"),
    ),
    Expectation(
        "spine_complete", SCORECARD, "spine", *zero("missing_cells"),
        expected="every entity has every metric in every period of its life: a missing cell is a defect",
        look="scorecard.metric_values without dimension, the entity shown",
        remedy="the metric's model starts from events and not from the spine",
    ),
    Expectation(
        "portfolio_is_sum", SCORECARD, "portfolio", *zero("disagreeing_periods"),
        expected="the portfolio's numerator is the sum over its services and of what belongs to no service's cell",
        look="scorecard.metric_values of the metric, portfolio against services", remedy=_MODEL,
    ),
    Expectation(
        "teams_within_portfolio", SCORECARD, "portfolio", *zero("teams_above_portfolio"),
        expected="numerators of teams, and of areas, do not add up to more than the portfolio's",
        look="scorecard.metric_values of the metric",
        remedy="an event is counted for two owners: see int_service_ownership",
    ),
    Expectation(
        "no_person_named", SCORECARD, "persons", *zero("rows_naming_a_person"),
        expected="no published text names a person (an address of mail, an @handle, `Caller 123`, `Updated by …`)",
        look="the column shown",
        remedy="stop selecting that column in staging, and do not declare it in the dbt source",
    ),
    *_gates(
        ("guardrails_complete", "missing",
         "every team and the portfolio has every guardrail in every month and quarter: none passes by being left out"),
        ("guardrails_known", "not_known", "every guardrail is one of the seven"),
        ("guardrails_unknown_is_not_held", "held_without_ground",
         "held is null where n is 0, where no source speaks, and where the log does not say enough"),
        ("guardrails_follow_from_their_limits", "against_its_limit",
         "a guardrail is breached where what failed is beyond its limit, and nowhere else"),
    ),
    *_awards(
        ("awards_need_their_guardrails", "beside_a_guardrail",
         "a granted award has every guardrail held, or without exposure, in each of its quarters"),
        ("awards_need_improvement", "without_improvement",
         "a granted award has a metric that was better in each quarter and beyond chance"),
        ("awards_say_why_not", "withheld_in_silence", "an award is granted, or says why it is withheld"),
    ),
    *_proven(
        "recognition",
        ("recognition_complete", "missing",
         "every team has every item of recognition in every month and quarter: nothing is left out for being nothing"),
        ("recognition_known", "not_known", "every item of recognition is one of the seven"),
        ("recognition_evidence_exists", "unknown_evidence",
         "every record that recognition names is in the facts, of that team, and no reuse is by the team itself"),
        ("recognition_counts_its_evidence", "miscounted", "what is recognised is as many as the records that it names"),
        ("recognition_unknown_is_not_zero", "zero_for_unknown", "there is a count exactly where a source speaks"),
    ),
    *_proven(
        "highlights",
        ("highlight_evidence_exists", "unknown_evidence",
         "every row that a highlight names is in the facts, of that team, holds what it says, and is counted once"),
        ("highlights_follow_from_their_rows", "other_sentences", "a highlight says what the rows that it names say"),
        ("highlights_are_few", "too_many", "a team has five highlights a quarter at most"),
    ),
    Expectation(
        "quarantine_threshold", STAGING, "quarantine", *at_most("quarantined_share", "threshold"),
        expected="the share of quarantined rows is within the threshold that was set before the data was seen",
        look="staging.quarantine of the warehouse: column, value and reason of every row",
        remedy="correct the rows at their source; raise quarantine_threshold in organisation.yml only with a reason",
        show=("quarantined", "rows", "quarantined_share", "threshold", "main_reason"),
    ),
    Expectation(
        "fates_are_known", STAGING, "quarantine", *zero("unknown_fates"),
        expected="every fate is staged, quarantined, superseded, deleted or not_applicable, the last with a reason",
        look="intermediate.int_row_fates", remedy=_MODEL,
    ),
)  # fmt: skip
