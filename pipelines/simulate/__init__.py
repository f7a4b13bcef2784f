"""An invented organisation with a known truth: `scorecard simulate`.

How it works, left to right; nothing reads from its right.

    settings -> world -> state -> reported -> versions -> dirt -> logs
                           |         |                      |
                           truth/    truth/planted.csv      truth/defects.csv

- *settings*: the flags, validated. *World*: what does not happen but is: calendar and rhythm (`rhythm`), areas, teams,
  services, markets, dependencies (`structure`), who adopts automation when and what that does (`effects`).
- *State*: what truly happened, one `Table` of numpy columns a record kind (`deployments`, `incidents`, `automations`,
  `alerts`, `toil`, `objectives`, `learning`, `outcomes`). Every test computes its expectation from here.
- *Reported*: what people say happened. Equal to the state, but for the teams that cheat (`cheats`).
- *Versions*: when each fact became known, as the log of a platform has it: several versions of one record, late ones,
  corrected ones (`versions`). *Dirt* (`dirt`) breaks some of their values, each break listed. `writers` drops the rest
  into `logs/<kind>/<day>.jsonl` or `.parquet`, by the day on which it was recorded.
- SLI samples and latency histograms are too many to be held: `measurements` makes and writes them day by day.

Rules. Instants are whole seconds since 1970 in UTC; -1 is "unknown" in every integer column, NaN in every float.
Every random draw comes from a generator that is named (`streams`): adding one moves no other. Nothing reads the clock,
iterates over a set, or leaves an order to threads, so that the same flags give the same bytes.
Nothing here is a person: an actor is `person` or `automation`.
"""
