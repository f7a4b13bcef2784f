"""The one file that runs Great Expectations; a program of its own, started by worker.py.

Belongs here: turning declarations and small frames into Great Expectations' verdicts.
Does not belong here: what is expected (suites/), the frames (landing_frames.py, scorecard_frames.py).

Request: list of (frame name, columns: {name: values}, index columns, [(check name, expectation type, arguments)]).
Answer: list of Verdict. Frames have tens to thousands of rows, never millions. Nothing is written anywhere: the
context is in memory, analytics are off (environment set by worker.py), and standard output carries answers only.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import IO, Any

# Great Expectations imports these for two expectations about distributions (Kullback-Leibler, Kolmogorov-Smirnov) that
# no suite here uses; they are a third of its import time. An empty module in their place raises when it is used.
for _unused in ("scipy.stats", "altair"):
    sys.modules.setdefault(_unused, ModuleType(_unused))

import great_expectations as gx  # noqa: E402
import pandas as pd  # noqa: E402
from great_expectations.expectations.registry import get_expectation_impl  # noqa: E402

from data_quality.worker import receive, send  # noqa: E402

Request = tuple[str, Mapping[str, Sequence[object]], Sequence[str], Sequence[tuple[str, str, Mapping[str, object]]]]
Verdict = dict[
    str, Any
]  # check, success, seen: list of {index and value}, observed: value or None, error: text or None


def evaluate(context: Any, requests: Sequence[Request]) -> list[Verdict]:
    """Verdict of every expectation, in the order asked."""
    verdicts: list[Verdict] = []
    source = context.data_sources.add_or_update_pandas("frames")
    for name, columns, index, expectations in requests:
        frame = pd.DataFrame(dict(columns))
        asset = source.add_dataframe_asset(f"{name}_{len(verdicts)}")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
        suite = gx.ExpectationSuite(name=name)
        for check, kind, arguments in expectations:
            suite.add_expectation(get_expectation_impl(kind)(**arguments, meta={"check": check}))
        wanted = {"result_format": "COMPLETE", "unexpected_index_column_names": list(index)}
        found = batch.validate(suite, result_format=wanted)
        by_check = {result.expectation_config.meta["check"]: _verdict(result) for result in found.results}
        verdicts += [by_check[check] for check, _, _ in expectations]
    return verdicts


def _verdict(result: Any) -> Verdict:
    raised = result.exception_info or {}
    error = raised.get("exception_message") or next(
        (v.get("exception_message") for v in raised.values() if isinstance(v, dict)), None
    )
    detail = result.result or {}
    return {
        "check": result.expectation_config.meta["check"],
        "success": bool(result.success),
        "seen": [
            {key: _plain(value) for key, value in row.items()} for row in detail.get("unexpected_index_list") or []
        ],
        "observed": _plain(detail.get("observed_value")),
        "error": error,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the other side closes."""
    while True:
        try:
            asked = receive(requests)
        except EOFError:
            return
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        send(answers, evaluate(context, asked))


def main() -> None:
    """Keep standard output for answers: whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
