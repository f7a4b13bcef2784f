"""What is expected beside the former release."""

from data_quality.suites.expectation import DRIFT, Expectation, at_most, zero

DRIFT_SUITE = (
    Expectation(
        "closed_periods_stand", DRIFT, "drift_closed", *zero("changed_silently"),
        expected=(
            "with the same inputs, the same as_of and the same metric_version, a closed period keeps its value: "
            "published numbers do not change in silence"
        ),
        look="scorecard.metric_values of this build against the former release",
        remedy="a definition changed: raise metric_version in the catalogue, and say so in CHANGELOG.md",
        show=("metric_id", "changed", "compared", "example"),
    ),
    Expectation(
        "entities_remain", DRIFT, "drift_entities", *at_most("half_of_former", "entities"),
        expected="no kind of entity loses more than half of its members from one release to the next",
        look="scorecard.metric_values: entity_type shown", remedy="look for a source or a roster that was cut short",
        show=("entity_type", "former_entities", "entities"),
    ),
    Expectation(
        "as_of_forward", DRIFT, "drift_as_of", *zero("goes_back"),
        expected="as_of does not go back behind the former release, unless that was asked for",
        look="as_of in organisation.yml, and the newest record of each source in scorecard.freshness",
        remedy="if it is meant, give --as-of; else look for a source that lost its newest records",
        show=("former_as_of", "as_of"),
    ),
)  # fmt: skip
