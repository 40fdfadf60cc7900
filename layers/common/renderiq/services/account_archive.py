"""Writing the ZIP files of an export, in the background."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from renderiq.clock import to_iso
from renderiq.domain.account_deletion import RecordKind
from renderiq.domain.account_export import (
    VOLUME_BYTES,
    ExportFile,
    export_key,
    without_secrets,
)
from renderiq.domain.account_tasks import AccountTask
from renderiq.stores.account_files import AccountFiles
from renderiq.stores.account_records import AccountRecords
from renderiq.stores.exports import ExportStore

_README: Final = """This is everything that Renderiq stores of an account or an organization, as it was on {at}.

account.json         the account: e-mail address, name, credits, preferences, retention
records/*.jsonl      the records by kind, one JSON object a line
organizations.jsonl  your memberships; of an organization its members, invitations and policy
audit.jsonl          the audit log of an organization
figures.jsonl        the figures of the account by hour and day
files/               captures, uploads, project covers and renders

Secrets are left out: passwords, keys, signing secrets, and their hashes. A large account has several ZIP files. Only
the first one has the records.
"""


@dataclass(frozen=True, slots=True)
class AccountExport:
    """Writes one ZIP file at a time. The cursor of the task is the key of the last file that is in one."""

    exports: ExportStore
    records: AccountRecords
    files: AccountFiles
    volume_bytes: int = VOLUME_BYTES
    folder: Callable[[], tempfile.TemporaryDirectory[str]] = tempfile.TemporaryDirectory

    def begin(self, task: AccountTask, *, now: datetime) -> bool:  # noqa: ARG002 (part of the protocol)
        """Nothing must come first."""
        return True

    def work(self, task: AccountTask, *, now: datetime) -> AccountTask | None:
        """Writes the next ZIP file. Returns the task as it goes on, or None if it was the last one."""
        volume = int(task.step or "1")
        with self.folder() as folder:
            path = Path(folder) / "export.zip"
            last = self._write(path, task, volume, now)
            key = export_key(task.user_id, task.version, volume)
            self.files.put(key, path, "application/zip")
            self.exports.add_file(task, volume, ExportFile(key, path.stat().st_size))
        if last is not None:
            return replace(task, step=str(volume + 1), cursor=last)
        self.exports.complete(task, now=now)
        return None

    def _write(self, path: Path, task: AccountTask, volume: int, now: datetime) -> str | None:
        """Returns the key of the last file that it has, if there are more."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            if volume == 1:
                self._write_records(archive, task.user_id, now)
            written = 0
            cursor = ""
            for key, size in self.files.keys(task.user_id, after=task.cursor, with_exports=False):
                if written and written + size > self.volume_bytes:
                    return cursor
                kind, _, rest = key.split("/", 2)
                with archive.open(f"files/{kind}/{rest}", "w", force_zip64=True) as target:
                    self.files.copy(key, target)
                written += size
                cursor = key
        return None

    def _write_records(self, archive: zipfile.ZipFile, user_id: str, now: datetime) -> None:
        archive.writestr("README.txt", _README.format(at=to_iso(now)))
        account = json.dumps(without_secrets(self.records.account(user_id)), indent=2, ensure_ascii=False)
        archive.writestr("account.json", account, zipfile.ZIP_DEFLATED)
        for kind in RecordKind:
            _write_lines(archive, f"records/{kind}", (each.item for each in self.records.find(kind, user_id)))
        _write_lines(archive, "organizations", self.records.memberships(user_id))
        _write_lines(archive, "audit", self.records.audit_log(user_id))
        _write_lines(archive, "figures", self.records.figures(user_id))


def _write_lines(archive: zipfile.ZipFile, name: str, items: Iterable[Mapping[str, object]]) -> None:
    with archive.open(f"{name}.jsonl", "w") as target:
        for item in items:
            target.write((json.dumps(without_secrets(item), ensure_ascii=False) + "\n").encode())
