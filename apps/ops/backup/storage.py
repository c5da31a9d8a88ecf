"""Where backups lie: a folder or an S3-compatible bucket (BACKUP_URL)."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext as _

from apps.core.errors import Conflict, Invalid

from .streams import CHUNK, Stream

# Two parts of 16 MB in memory; 10,000 of them are 160 GB.
_TRANSFER = TransferConfig(multipart_chunksize=16 * CHUNK, max_concurrency=2)


class Storage(ABC):
    """Names and bytes. A name that is there is complete."""

    def __init__(self, url: str) -> None:
        self.url = url

    @abstractmethod
    def put(self, name: str, stream: Stream) -> None: ...

    @abstractmethod
    def open(self, name: str) -> BinaryIO: ...

    @abstractmethod
    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every name with the moment it was written."""

    @abstractmethod
    def delete(self, name: str) -> None: ...

    @abstractmethod
    def drop_unfinished(self, before: datetime) -> None:
        """What a killed upload left behind."""

    @contextmanager
    def explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, Boto3Error, BotoCoreError, ClientError) as error:
            raise Conflict(
                "backup_storage",
                _("%(url)s: %(reason)s") % {"url": self.url, "reason": error},
            ) from error


class Folder(Storage):
    def __init__(self, url: str, path: str) -> None:
        super().__init__(url)
        self.root = Path(path)

    def put(self, name: str, stream: Stream) -> None:
        target = self.root / name
        unfinished = target.with_name(target.name + ".partial")
        with self.explained():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with open(unfinished, "wb", opener=_private) as file:
                    while chunk := stream.read(CHUNK):
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.rename(target)
            except BaseException:
                self.delete(f"{name}.partial")
                raise

    def open(self, name: str) -> BinaryIO:
        with self.explained():
            return (self.root / name).open("rb")

    def names(self) -> Iterator[tuple[str, datetime]]:
        for path in sorted(self.root.glob("*/*/*")):
            if path.suffix != ".partial":
                yield str(path.relative_to(self.root)), _written(path)

    def delete(self, name: str) -> None:
        with self.explained():
            path = self.root / name
            path.unlink(missing_ok=True)
            if not any(path.parent.iterdir()):
                path.parent.rmdir()

    def drop_unfinished(self, before: datetime) -> None:
        for path in self.root.glob("*/*/*.partial"):
            if _written(path) < before:
                self.delete(str(path.relative_to(self.root)))


class Bucket(Storage):
    def __init__(self, url: str, bucket: str, prefix: str) -> None:
        super().__init__(url)
        self.bucket, self.prefix = bucket, prefix
        retries = Config(retries={"max_attempts": 5, "mode": "standard"})
        with self.explained():
            self.client: Any = boto3.client("s3", config=retries)

    def put(self, name: str, stream: Stream) -> None:
        with self.explained():
            self.client.upload_fileobj(
                stream, self.bucket, self.prefix + name, Config=_TRANSFER
            )

    def open(self, name: str) -> BinaryIO:
        with self.explained():
            found = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)
            return found["Body"]

    def names(self) -> Iterator[tuple[str, datetime]]:
        with self.explained():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            for page in pages:
                for found in page.get("Contents", []):
                    name = found["Key"].removeprefix(self.prefix)
                    yield name, found["LastModified"]

    def delete(self, name: str) -> None:
        with self.explained():
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def drop_unfinished(self, before: datetime) -> None:
        with self.explained():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            for page in pages:
                for upload in page.get("Uploads", []):
                    if upload["Initiated"] < before:
                        self.client.abort_multipart_upload(
                            Bucket=self.bucket,
                            Key=upload["Key"],
                            UploadId=upload["UploadId"],
                        )


UNFINISHED_AFTER = timedelta(days=1)  # no backup runs so long


def storage_at(url: str) -> Storage:
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and len(parts.path) > 1:
        return Folder(url, parts.path)
    if parts.scheme == "s3" and parts.netloc:
        prefix = parts.path.strip("/")
        return Bucket(url, parts.netloc, f"{prefix}/" if prefix else "")
    raise Invalid(
        "backup_url",
        _("%s is no place for backups: use file:///folder or s3://bucket/prefix.")
        % url,
    )


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
