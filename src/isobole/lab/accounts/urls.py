"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab._placeholder import placeholder

urlpatterns = [
    path("login", placeholder, name="login"),
    path("logout", placeholder, name="logout"),
    path("lock", placeholder, name="lock"),
    path("unlock", placeholder, name="unlock"),
    path("setup", placeholder, name="setup"),
    path("account", placeholder, name="account"),
    path("users", placeholder, name="users"),
    path("studies/<str:study_id>/roles", placeholder, name="members"),
    path("studies/<str:study_id>/audit", placeholder, name="audit"),
]
