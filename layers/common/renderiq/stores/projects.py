"""Projects in DynamoDB.

PK userId   SK projectId (UUIDv7: newest last), and after all ids
            ``number``             how many projects there are, in all and by platform
            ``removal#<id>``        a deleted project whose renders are still being removed
            ``slug#<slug>``        a slug that is taken
GSI due     dueShard, dueAt        sparse: only removals

Projects, slugs and the number change in one transaction, so that a number is always what counting would give.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.projects import MAX_PROJECTS, Project, ProjectChanges, ProjectDeletion, ProjectListing
from renderiq.domain.recovery import DueItem, QuarantinedRecord
from renderiq.errors import ApiError, ErrorCode
from renderiq.ids import uuid7
from renderiq.stores import due_index as due
from renderiq.stores.items import (
    Action,
    ConditionFailedError,
    Item,
    TransactionRejectedError,
    conditional,
    delete_item,
    from_attributes,
    to_attributes,
    transact,
    update_item,
)

# Ids are hexadecimal: every one of them sorts before this, and removals and slugs after it.
_NUMBER: Final = "number"
_REMOVAL: Final = "removal#"


class SlugTakenError(Exception):
    """Another project of the user has this slug."""


class ProjectStore:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, project: Project) -> None:
        """Stores, reserves the slug and counts, all or nothing. Raises ``SlugTakenError`` or ``QUOTA_EXCEEDED``."""
        slug = {"userId": project.user_id, "projectId": f"slug#{project.slug}", "reservedFor": project.project_id}
        try:
            transact(
                self._client,
                [
                    self._count(project, 1),
                    self._put(_to_item(project)),
                    self._put(slug),
                ],
                token=uuid7(),
            )
        except TransactionRejectedError as rejection:
            if 0 in rejection.rejected:
                raise ApiError(
                    ErrorCode.QUOTA_EXCEEDED, f"An account may have {MAX_PROJECTS:,} projects. Delete one first."
                ) from rejection
            raise SlugTakenError(project.slug) from rejection

    def get(self, user_id: str, project_id: str) -> Project:
        """Another user's project is ``NOT_FOUND``: ids are not an oracle."""
        answer = self._client.get_item(TableName=self._table, Key=_key(user_id, project_id), ConsistentRead=True)
        if "Item" not in answer:
            raise _no_such_project()
        return _from_item(from_attributes(answer["Item"]))

    def page(
        self, user_id: str, *, limit: int, offset: int = 0, before: str | None = None, platform: str | None = None
    ) -> ProjectListing:
        """Newest first, ``offset`` of them passed over.

        The number sorts right above the newest project, so that one query brings both; a page that begins ``before``
        a project costs a second read for it.
        """
        wanted = offset + limit + 1
        number = self._number(user_id) if before else None
        found: list[Project] = []
        query = self._query(user_id, before, platform)
        while len(found) < wanted:
            # With a filter the limit would count what is filtered out.
            answer = self._client.query(**query, **({} if platform else {"Limit": wanted + 1}))
            items = [from_attributes(item) for item in answer["Items"]]
            number = next((item for item in items if item["projectId"] == _NUMBER), number)
            found += [_from_item(item) for item in items if item["projectId"] != _NUMBER]
            if "LastEvaluatedKey" not in answer:
                break
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        shown = found[offset : offset + limit]
        return ProjectListing(
            projects=shown,
            total=(number or {}).get(_counted(platform) if platform else "projects", 0),
            cursor=shown[-1].project_id if shown and len(found) >= wanted else None,
        )

    def change(
        self,
        user_id: str,
        project_id: str,
        changes: ProjectChanges,
        *,
        cover_key: str | None,
        remove_cover: bool,
        now: datetime,
    ) -> Project:
        """Raises ``NOT_FOUND``. A new ``cover_key`` is set; with ``remove_cover`` there is none afterwards."""
        given = {"name": changes.name, "description": changes.description, "coverKey": cover_key}
        values = {name: value for name, value in given.items() if value is not None} | {"updatedAt": to_iso(now)}
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        names = {f"#{name}": name for name in values}
        if remove_cover:
            update += " REMOVE #coverKey"
            names["#coverKey"] = "coverKey"
        try:
            with conditional():
                answer = update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(user_id, project_id),
                    UpdateExpression=update,
                    ConditionExpression="attribute_exists(projectId)",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=to_attributes({f":{name}": value for name, value in values.items()}),
                    ReturnValues="ALL_NEW",
                )
        except ConditionFailedError as error:
            raise _no_such_project() from error
        return _from_item(from_attributes(answer["Attributes"]))

    def remove(self, project: Project, *, due_at: datetime, now: datetime) -> ProjectDeletion:
        """The project is gone, its slug free, and what is left to remove written down. Raises ``NOT_FOUND``."""
        deletion = {
            "userId": project.user_id,
            "projectId": f"{_REMOVAL}{project.project_id}",
            "removedAt": to_iso(now),
            "dueShard": due.shard_of(project.project_id),
            "dueAt": to_iso(due_at),
        }
        delete = {
            "TableName": self._table,
            "Key": _key(project.user_id, project.project_id),
            "ConditionExpression": "attribute_exists(projectId)",
        }
        slug = {"TableName": self._table, "Key": _key(project.user_id, f"slug#{project.slug}")}
        try:
            transact(
                self._client,
                [{"Delete": delete}, {"Delete": slug}, self._count(project, -1), self._put(deletion)],
                token=uuid7(),
            )
        except TransactionRejectedError as rejection:
            raise _no_such_project() from rejection
        return ProjectDeletion(project.user_id, project.project_id, now)

    def deletion(self, user_id: str, project_id: str) -> ProjectDeletion | None:
        """None once everything was removed."""
        answer = self._client.get_item(
            TableName=self._table, Key=_key(user_id, f"{_REMOVAL}{project_id}"), ConsistentRead=True
        )
        if "Item" not in answer:
            return None
        return ProjectDeletion(user_id, project_id, from_iso(from_attributes(answer["Item"])["removedAt"]))

    def postpone(self, deletion: ProjectDeletion, *, due_at: datetime) -> None:
        """A deletion that has ended meanwhile stays ended."""
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(deletion.user_id, f"{_REMOVAL}{deletion.project_id}"),
                    UpdateExpression="SET dueAt = :due",
                    ConditionExpression="attribute_exists(projectId)",
                    ExpressionAttributeValues=to_attributes({":due": to_iso(due_at)}),
                )
        except ConditionFailedError:
            return

    def finish_deletion(self, deletion: ProjectDeletion) -> None:
        """Nothing of the project is left to remove."""
        delete_item(self._client, TableName=self._table, Key=_key(deletion.user_id, f"{_REMOVAL}{deletion.project_id}"))

    def overdue(self, now: datetime) -> Iterator[tuple[str, str]]:
        """User id and project id of removals that stand still, oldest first."""
        return (
            (item["userId"], item["projectId"].removeprefix(_REMOVAL))
            for item in due.overdue(self._client, self._table, now)
        )

    def due_item(self, user_id: str, project_id: str) -> DueItem | None:
        """None once everything was removed, or where it was set aside."""
        answer = self._client.get_item(TableName=self._table, Key=_key(user_id, f"{_REMOVAL}{project_id}"))
        item = from_attributes(answer.get("Item", {}))
        if "dueAt" not in item:
            return None
        return DueItem(user_id, project_id, from_iso(item["removedAt"]), from_iso(item["dueAt"]))

    def reschedule(self, due_item: DueItem, *, until: datetime) -> bool:
        """False where another was quicker, and the deletion is theirs to see to."""
        key = _key(due_item.partition, f"{_REMOVAL}{due_item.item}")
        return due.postpone(self._client, self._table, key, seen=due_item.due_at, until=until)

    def quarantine(self, user_id: str, project_id: str, *, due_by: datetime, now: datetime) -> bool:
        """Takes a deletion that nobody can read out of the due index; False where it was not due by ``due_by``."""
        key = _key(user_id, f"{_REMOVAL}{project_id}")
        return due.quarantine(self._client, self._table, key, due_by=due_by, now=now)

    def aside(self) -> Iterator[QuarantinedRecord]:
        """What was set aside, of all users."""
        found = due.aside(self._client, self._table)
        return (QuarantinedRecord("removal", item["userId"], item["projectId"], item["setAsideAt"]) for item in found)

    def _number(self, user_id: str) -> Item:
        answer = self._client.get_item(TableName=self._table, Key=_key(user_id, _NUMBER), ConsistentRead=True)
        return from_attributes(answer.get("Item", {}))

    def _query(self, user_id: str, before: str | None, platform: str | None) -> dict[str, Any]:
        values = {":user": user_id, ":from": before or _NUMBER}
        query: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": f"userId = :user AND projectId {'<' if before else '<='} :from",
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        if platform:
            values[":platform"] = platform
            # A key may not be filtered by: the number is known by what it alone has.
            query["FilterExpression"] = "platform = :platform OR attribute_exists(projects)"
        return query | {"ExpressionAttributeValues": to_attributes(values)}

    def _put(self, item: Item) -> Action:
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(item),
                "ConditionExpression": "attribute_not_exists(projectId)",
            }
        }

    def _count(self, project: Project, by: int) -> Action:
        update: Action = {
            "TableName": self._table,
            "Key": _key(project.user_id, _NUMBER),
            "UpdateExpression": f"ADD projects :by, {_counted(project.platform)} :by",
        }
        values = {":by": by}
        if by > 0:
            update["ConditionExpression"] = "attribute_not_exists(projects) OR projects < :most"
            values[":most"] = MAX_PROJECTS
        return {"Update": update | {"ExpressionAttributeValues": to_attributes(values)}}


def count_render(table: str, user_id: str, project_id: str) -> Action:
    """The transaction's part that counts a render on its project; refused where the user has no such project."""
    return {
        "Update": {
            "TableName": table,
            "Key": _key(user_id, project_id),
            "UpdateExpression": "ADD renderCount :one",
            "ConditionExpression": "attribute_exists(projectId)",
            "ExpressionAttributeValues": to_attributes({":one": 1}),
        }
    }


def _no_such_project() -> ApiError:
    return ApiError(ErrorCode.NOT_FOUND, "There is no such project.")


def _counted(platform: str) -> str:
    return f"projects_{platform}"


def _key(user_id: str, project_id: str) -> dict[str, Any]:
    return to_attributes({"userId": user_id, "projectId": project_id})


def _to_item(project: Project) -> Item:
    return {
        "userId": project.user_id,
        "projectId": project.project_id,
        "name": project.name,
        "slug": project.slug,
        "description": project.description,
        "platform": project.platform,
        "createdAt": to_iso(project.created_at),
        "updatedAt": to_iso(project.updated_at),
        "renderCount": project.render_count,
        "coverKey": project.cover_key,
        "pluginVersion": project.plugin_version,
        "agent": project.agent,
    }


def _from_item(item: Item) -> Project:
    return Project(
        project_id=item["projectId"],
        user_id=item["userId"],
        name=item["name"],
        slug=item["slug"],
        description=item["description"],
        platform=item["platform"],
        created_at=from_iso(item["createdAt"]),
        updated_at=from_iso(item["updatedAt"]),
        render_count=item["renderCount"],
        cover_key=item.get("coverKey"),
        plugin_version=item.get("pluginVersion"),
        agent=item.get("agent", ""),
    )
