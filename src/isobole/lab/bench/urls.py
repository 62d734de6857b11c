"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder

urlpatterns = [
    path("studies/<str:study_id>/bench", placeholder, name="bench"),
    path("studies/<str:study_id>/kindling", placeholder, name="kindling"),
]
