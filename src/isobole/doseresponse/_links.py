"""The three link functions: log-likelihood of counts and its derivatives in eta.

Everything is elementwise and broadcasts, so that one table, a batch of tables and
several curves use the same lines. Tails are taken on the log scale throughout.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit, log_ndtr, logit, ndtr, ndtri

Link = Literal["probit", "logit", "cloglog"]
LINKS: tuple[Link, ...] = get_args(Link)

FloatArray = NDArray[np.float64]

_LOG_ROOT_2PI = 0.5 * math.log(2 * math.pi)
# Beyond these the likelihood is linear (or quadratic) in eta to machine precision.
_ETA_LIMIT = {"probit": 1e4, "logit": 1e4, "cloglog": 500.0}


def probability(link: Link, eta: FloatArray) -> FloatArray:
    """Return F(eta), the response probability without natural response."""
    if link == "probit":
        return np.asarray(ndtr(eta))
    if link == "logit":
        return np.asarray(expit(eta))
    return np.asarray(-np.expm1(-np.exp(np.minimum(eta, 500.0))))


def quantile(link: Link, p: FloatArray | float) -> FloatArray:
    """Return F^-1(p), the linear predictor at probability p."""
    if link == "probit":
        return np.asarray(ndtri(p))
    if link == "logit":
        return np.asarray(logit(p))
    return np.asarray(np.log(-np.log1p(-np.asarray(p, dtype=float))))


def _normal_log_tails(eta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return log Phi(eta) and log Phi(-eta) from the smaller tail alone."""
    tail = log_ndtr(-np.abs(eta))
    rest = np.log1p(-np.exp(tail))
    positive = eta > 0
    return np.where(positive, rest, tail), np.where(positive, tail, rest)


def log_tails(link: Link, eta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return log F(eta) and log(1 - F(eta)), accurate in both tails."""
    eta = np.clip(eta, -_ETA_LIMIT[link], _ETA_LIMIT[link])
    if link == "probit":
        return _normal_log_tails(eta)
    if link == "logit":
        return log_expit(eta), log_expit(-eta)
    u = np.exp(eta)
    return np.log(-np.expm1(-u)), -u


def score(
    link: Link, eta: FloatArray, r: FloatArray, s: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log-likelihood, first derivative and observed information in eta.

    Parameters
    ----------
    link : str
    eta : array
        Linear predictor.
    r, s : array
        Affected and not affected animals.

    Returns
    -------
    loglik, d1, w : arrays
        r log F + s log(1 - F), its derivative, and minus its second derivative
        (>= 0 for all three links: they are log-concave).
    """
    eta = np.minimum(np.maximum(eta, -_ETA_LIMIT[link]), _ETA_LIMIT[link])
    if link == "probit":
        log_p, log_q = _normal_log_tails(eta)
        log_pdf = -0.5 * eta * eta - _LOG_ROOT_2PI
        up = np.exp(log_pdf - log_p)  # d log F / d eta
        down = np.exp(log_pdf - log_q)  # -d log(1 - F) / d eta
        rate_r, rate_s = r * up, s * down
        return (
            r * log_p + s * log_q,
            rate_r - rate_s,
            rate_r * (up + eta) + rate_s * (down - eta),
        )
    if link == "logit":
        p = expit(eta)
        n = r + s
        return r * eta + n * log_expit(-eta), r - n * p, n * p * (1 - p)
    u = np.exp(eta)
    survived = -np.expm1(-u)
    steep = u / survived  # up * exp(u)
    up = steep * np.exp(-u)
    return (
        r * np.log(survived) - s * u,
        r * up - s * u,
        r * up * (steep - 1) + s * u,
    )


def linear_loglik(
    link: Link, design: FloatArray, theta: FloatArray, r: FloatArray, s: FloatArray
) -> tuple[float, FloatArray, FloatArray]:
    """Return log-likelihood, gradient and Hessian in theta of eta = design @ theta."""
    value, d1, w = score(link, design @ theta, r, s)
    return float(value.sum()), design.T @ d1, -(design.T * w) @ design


def expected_weight(link: Link, eta: FloatArray, n: FloatArray) -> FloatArray:
    """Return n f(eta)^2 / (F (1 - F)), the expected information in eta."""
    eta = np.clip(eta, -_ETA_LIMIT[link], _ETA_LIMIT[link])
    if link == "probit":
        log_pdf = -0.5 * eta * eta - _LOG_ROOT_2PI
        log_p, log_q = _normal_log_tails(eta)
        return np.asarray(n * np.exp(2 * log_pdf - log_p - log_q))
    if link == "logit":
        p = expit(eta)
        return np.asarray(n * p * (1 - p))
    u = np.exp(eta)
    return np.asarray(n * u * u * np.exp(-u) / -np.expm1(-u))


def density(link: Link, eta: FloatArray) -> FloatArray:
    """Return f(eta) = dF / d eta."""
    eta = np.clip(eta, -_ETA_LIMIT[link], _ETA_LIMIT[link])
    if link == "probit":
        return np.asarray(np.exp(-0.5 * eta * eta - _LOG_ROOT_2PI))
    if link == "logit":
        p = expit(eta)
        return np.asarray(p * (1 - p))
    u = np.exp(eta)
    return np.asarray(u * np.exp(-u))


def log_density_slope(link: Link, eta: FloatArray) -> FloatArray:
    """Return f'(eta) / f(eta), needed by bias reduction."""
    eta = np.clip(eta, -_ETA_LIMIT[link], _ETA_LIMIT[link])
    if link == "probit":
        return np.asarray(-eta)
    if link == "logit":
        return np.asarray(1 - 2 * expit(eta))
    return np.asarray(1 - np.exp(eta))


def density_slope(link: Link, eta: FloatArray) -> FloatArray:
    """Return f'(eta), needed by models of dependence."""
    return np.asarray(density(link, eta) * log_density_slope(link, eta))
