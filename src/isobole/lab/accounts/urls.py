"""Addresses of this part."""

from __future__ import annotations

from django.urls import path

from isobole.lab.accounts import (
    access_log,
    account,
    audit,
    enter,
    first_run,
    members,
    users,
)

urlpatterns = [
    path("login", enter.log_in, name="login"),
    path("logout", enter.log_out, name="logout"),
    path("lock", enter.lock, name="lock"),
    path("unlock", enter.unlock, name="unlock"),
    path("setup", first_run.setup, name="setup"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="account-password"),
    path("account/pin", account.pin, name="account-pin"),
    path("account/tokens", account.token, name="account-token"),
    path("account/tokens/<int:token_id>", account.revoke, name="account-revoke"),
    path("users", users.users, name="users"),
    path("users/<str:username>", users.change, name="user-change"),
    path("access-log", access_log.access_log, name="access-log"),
    path("access-log/verify", access_log.verify, name="access-log-verify"),
    path("access-log.csv", access_log.export, name="access-log-export"),
    path("studies/<str:study_id>/roles", members.members, name="members"),
    path("studies/<str:study_id>/audit", audit.audit, name="audit"),
    path("studies/<str:study_id>/audit/verify", audit.verify, name="audit-verify"),
    path("studies/<str:study_id>/audit.<str:kind>", audit.export, name="audit-export"),
]
