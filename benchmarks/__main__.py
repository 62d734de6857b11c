"""Run every benchmark and print its ratio beside its target."""

from __future__ import annotations

import os

# One thread, before numpy is imported by what is measured.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"


def main() -> int:
    """Print the table; 1 if a target is missed."""
    from benchmarks import (
        doseresponse,
        interaction,
        lab_load,
        monograph,
        startup,
        studies,
    )

    figures = [
        *doseresponse.figures(),
        *interaction.figures(),
        *monograph.figures(),
        *startup.figures(),
        *studies.figures(),
        *lab_load.figures(),
    ]
    print(f"{'ratio':>10}  {'target':>8}  {'ours (s)':>10}  {'peer (s)':>10}  what")
    for figure in figures:
        mark = "" if figure.met else "  MISSED"
        note = f" ({figure.note})" if figure.note else ""
        print(
            f"{figure.ratio:10.5f}  {figure.target:8.4f}  {figure.ours:10.6f}  "
            f"{figure.peer:10.6f}  {figure.name}{note}{mark}"
        )
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    raise SystemExit(main())
