"""What the forms of the plan start from: the protocol, and usual guesses."""

from __future__ import annotations

from collections.abc import Sequence

from isobole.studies import Protocol


def _common(protocol: Protocol) -> dict[str, str]:
    treated = [group for group in protocol.groups if group.role != "vehicle"]
    return {
        "n": str(protocol.groups[0].n),
        "power": "80",
        "alpha": f"{100 * (1 - protocol.statistics.level):.3g}",
        "comparisons": str(max(len(treated), 1)),
    }


def protection(protocol: Protocol) -> dict[str, str]:
    """Return the form of a comparison of shares protected as the protocol fills it."""
    return {**_common(protocol), "control": "20", "treated": "80", "test": "fisher"}


def latency(protocol: Protocol) -> dict[str, str]:
    """Return the form of a comparison of latencies as the protocol fills it."""
    return {
        **_common(protocol),
        "window": f"{protocol.observation.window_s:g}",
        "control_events": "95",
        "hazard_ratio": "0.25",
        "deaths": "0",
    }


def severity(protocol: Protocol) -> dict[str, str]:
    """Return the form of a comparison of scores as the protocol fills it."""
    return {**_common(protocol), "superiority": "80"}


def kindling(protocol: Protocol) -> dict[str, str]:
    """Return the form of a comparison of kindling rates as the protocol fills it."""
    most = protocol.kindling.max_sessions if protocol.kindling else 30
    return {
        **_common(protocol),
        "mean": "12",
        "sd": "3",
        "times": "1.5",
        "sessions": str(most),
    }


def _alone(protocol: Protocol) -> dict[str, list[float]]:
    """Return, by substance, the doses above 0 that are given alone."""
    found: dict[str, set[float]] = {}
    for group in protocol.groups:
        active = [dose for dose in group.doses if dose.amount > 0]
        if len(active) == 1:
            found.setdefault(active[0].substance, set()).add(active[0].amount)
    return {name: sorted(doses) for name, doses in found.items()}


def _unit(protocol: Protocol) -> str:
    doses = [dose for group in protocol.groups for dose in group.doses]
    return doses[0].unit if doses else "mg/kg"


def _middle(doses: Sequence[float]) -> str:
    return f"{(doses[0] * doses[-1]) ** 0.5:.3g}" if doses else "100"


def ed50(protocol: Protocol) -> dict[str, str]:
    """Return the form of an ED50 from fixed doses as the protocol fills it."""
    doses = next((d for d in _alone(protocol).values() if len(d) > 1), [])
    return {
        "doses": ", ".join(f"{dose:g}" for dose in doses),
        "n": str(protocol.groups[0].n),
        "ed50": _middle(doses),
        "slope": "6",
        "unit": _unit(protocol),
    }


def interaction(protocol: Protocol) -> dict[str, str]:
    """Return the form of a fixed-ratio interaction study as the protocol fills it."""
    alone = _alone(protocol)
    return {
        "drugs": ", ".join(alone),
        "ed50s": ", ".join(_middle(doses) for doses in alone.values()),
        "slopes": ", ".join("6" for _ in alone),
        "index": "0.7",
        "n": str(protocol.groups[0].n),
        "power": "80",
        "unit": _unit(protocol),
    }


def sequential(protocol: Protocol) -> dict[str, str]:
    """Return the form of doses chosen batch by batch as the protocol fills it."""
    doses = next(iter(_alone(protocol).values()), [])
    return {
        "ed50": _middle(doses),
        "fold": "2.2",
        "batch": str(min(protocol.observation.chambers, 12)),
        "design": "bayes",
        "doses": "",
        "affected": "",
        "unit": _unit(protocol),
    }


def doses(protocol: Protocol) -> dict[str, str]:
    """Return the form of a choice of fixed doses as the protocol fills it."""
    known = next(iter(_alone(protocol).values()), [])
    return {
        "ed50": _middle(known),
        "fold": "2.2",
        "animals": str(sum(g.n for g in protocol.groups if g.role != "vehicle") or 32),
        "counts": "3, 4, 5, 6",
        "unit": _unit(protocol),
    }


def own_control(protocol: Protocol) -> dict[str, str]:
    """Return the form of animals that are their own controls, as it is filled."""
    return {
        **_common(protocol),
        "falls": "0, 1, 3, 5",
        "shares": "25, 25, 25, 25",
        "change": "",
        "within_sd": "",
    }
