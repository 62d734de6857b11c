"""What the lab stores: people, studies, the record's rows, and the log of access.

The record is the truth about a study; everything else said of a study is derived from
its rows by the rooms below. Rows of `RecordRow` and `AccessRow` are never changed or
deleted: triggers of the database refuse it.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models


class People(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, username: str, password: str, **more: Any) -> User:
        """Store a new account with its password hashed (Argon2)."""
        user: User = self.model(username=username.strip().lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person; `username` is the actor in every row of the record."""

    username = models.CharField(
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z][a-z0-9._-]{1,39}\Z",
                "Two to forty small letters, digits, dots, hyphens or underscores, "
                "beginning with a letter.",
            )
        ],
    )
    display_name = models.CharField(max_length=80)
    is_administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    # Re-entry on a shared tablet; hashed like the password. Empty: none was set.
    pin = models.CharField(max_length=128, blank=True, default="")
    # The password was given by an administrator and is changed at the next log-in.
    must_change = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    def __str__(self) -> str:
        return self.username


class Study(models.Model):
    """A study: its id, and the allocation key as its pharmacist sealed it."""

    study_id = models.CharField(max_length=64, primary_key=True)
    created = models.DateTimeField(auto_now_add=True)
    # Encrypted under a passphrase the lab does not know (the text of a key file).
    sealed_key = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["study_id"]

    def __str__(self) -> str:
        return self.study_id


class StudyFile(models.Model):
    """A file beside the record that no row covers: concentrations, a scale."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["study", "name"], name="one_file_a_name")
        ]


class RecordRow(models.Model):
    """One row of a study's record, as `isobole.studies.Entry` has it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="rows")
    seq = models.PositiveBigIntegerField()
    row_id = models.TextField()
    ts = models.TextField()
    actor = models.TextField()
    device = models.TextField()
    device_seq = models.BigIntegerField()
    action = models.TextField()
    obj = models.TextField()
    data = models.TextField()  # canonical JSON
    supersedes = models.TextField(null=True)
    reason = models.TextField(null=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["study", "seq"], name="one_row_a_number"),
            models.UniqueConstraint(fields=["study", "row_id"], name="one_row_an_id"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["study", "device", "device_seq"], name="by_device")
        ]


class Membership(models.Model):
    """What one person may do in one study."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["study", "user", "role"], name="a_role_once"
            )
        ]


class AccessRow(models.Model):
    """One row of the lab's own log: log-ins, refusals, roles, exports, unblinding.

    Chained like a study's record, by the same hash.
    """

    seq = models.PositiveBigIntegerField(unique=True)
    ts = models.TextField()
    actor = models.TextField()
    address = models.CharField(max_length=64)
    what = models.CharField(max_length=40)
    study_id = models.CharField(max_length=64, blank=True)
    data = models.TextField()  # canonical JSON
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)


class DeviceToken(models.Model):
    """A token by which a device of one person calls the API; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)


class Attempt(models.Model):
    """Failed log-ins in a row, by account or by network address."""

    scope = models.CharField(max_length=12)
    name = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scope", "name"], name="one_count_a_name")
        ]
