"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab.bench import (
    kindling,
    kindling_decoding,
    kindling_signing,
    views,
)

urlpatterns = [
    path("bench-worker.js", views.worker, name="service-worker"),
    path("studies/<str:study_id>/bench", views.choose, name="bench"),
    path("studies/<str:study_id>/bench/<str:run>", views.bench, name="bench-run"),
    path(
        "studies/<str:study_id>/bench/<str:run>/complete",
        views.complete,
        name="bench-complete",
    ),
    path("studies/<str:study_id>/kindling", kindling.rats, name="kindling"),
    path(
        "studies/<str:study_id>/kindling/rat/<path:animal>",
        kindling.rat,
        name="kindling-rat",
    ),
    path(
        "studies/<str:study_id>/kindling/row/<path:row>",
        kindling.correct,
        name="kindling-correct",
    ),
    path(
        "studies/<str:study_id>/kindling/decode",
        kindling_decoding.decode,
        name="kindling-decode",
    ),
    path(
        "studies/<str:study_id>/kindling/complete",
        kindling_signing.complete,
        name="kindling-complete",
    ),
]
