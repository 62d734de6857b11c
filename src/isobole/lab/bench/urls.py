"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder
from isobole.lab.bench import views

urlpatterns = [
    path("bench-worker.js", views.worker, name="service-worker"),
    path("studies/<str:study_id>/bench", views.choose, name="bench"),
    path("studies/<str:study_id>/bench/<str:run>", views.bench, name="bench-run"),
    path(
        "studies/<str:study_id>/bench/<str:run>/complete",
        views.complete,
        name="bench-complete",
    ),
    path("studies/<str:study_id>/kindling", placeholder, name="kindling"),
]
