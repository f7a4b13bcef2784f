"""What is expected of disclosure control at the scorecard door (disclosure_frames.py makes the frames).

Belongs here: the expectations, each with what a stranger needs to know when it fails.
"""

from data_quality.report import SCORECARD
from data_quality.suites.expectation import DRIFT, Expectation, zero

_LOOK = "scorecard.suppressions beside scorecard.metric_values, the cell shown"
_MODELS = "look at the models in dbt_project/models/intermediate/disclosure"


def _rules(*rules: tuple[str, str, str]) -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            name, SCORECARD, "disclosure", *zero(column), expected=expected, look=_LOOK, remedy=_MODELS,
            show=("example",),
        )
        for name, column, expected in rules
    )  # fmt: skip


DISCLOSURE_SUITE = (
    *_rules(
        ("withheld_has_no_number", "with_a_number", "a withheld cell has no number: neither value, limits nor parts"),
        ("withheld_says_why", "without_reason", "every withheld cell has its reason in suppressions"),
        ("suppressions_belong", "without_cell", "every row of suppressions is of a withheld cell"),
        ("withheld_splits_have_no_row", "splits_with_a_row", "splits that are withheld have no row"),
        ("people_are_in_teams", "of_services", "what people worked is shown of no service"),
        ("people_when_closed", "open", "what people worked is shown of no period that can still grow"),
        ("few_members_withheld", "of_few_members", "what people worked is shown of no team of fewer than 5 members"),
        ("few_events_withheld", "of_few_events", "what people worked is shown of no team with fewer than 10 records"),
        ("withheld_not_in_changes", "in_changes", "no change is of a withheld cell"),
        ("withheld_not_in_scores", "in_scores", "no score is made of a withheld cell"),
        ("withheld_not_in_gaps", "in_gaps", "no gap to a target is of a withheld cell"),
        ("people_not_in_parts", "in_parts", "metric_parts has no metric of people's working time"),
    ),
    Expectation(
        "withheld_does_not_follow", SCORECARD, "attack", *zero("follow"),
        expected=(
            "no number of few members or few records follows from what is shown, by any adding and subtracting over "
            "teams, areas, periods, splits and metrics"
        ),
        look=_LOOK, remedy=_MODELS, show=("withheld", "example"),
    ),
)  # fmt: skip
DISCLOSURE_DRIFT_SUITE = (
    Expectation(
        "withheld_does_not_follow_with_the_former", DRIFT, "attack_across", *zero("follow"),
        expected="nothing that is withheld follows from this release together with the former one",
        look="scorecard.suppressions of both releases, the cell shown",
        remedy=(
            "members or areas of teams were changed for a quarter that is over: give the row of teams.csv that changed "
            "a valid_from after it"
        ),
        show=("withheld", "example"),
    ),
)  # fmt: skip
