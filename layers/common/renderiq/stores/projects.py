"""Projects in DynamoDB.

PK userId   SK projectId (UUIDv7: newest last), and after all ids
            ``number``             how many projects there are, in total and by platform
            ``removal#<id>``       a deleted project whose renders are still being deleted
            ``request#<key>``      an idempotency key, with what it created
            ``slug#<slug>``        a slug that is in use
GSI due     dueShard, dueAt        sparse: only ``removal#`` items

Projects, slugs and the number change in one transaction, so that the number is always correct.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.idempotency import IdempotencyClaim
from renderiq.domain.projects import MAX_PROJECTS, Project, ProjectChanges, ProjectDeletion, ProjectListing
from renderiq.domain.recovery import DueItem
from renderiq.errors import not_found
from renderiq.ids import uuid7
from renderiq.stores.due_index import DueIndex, DueKey, due_attributes
from renderiq.stores.idempotency import AlreadyAcceptedError, claim_action
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

# Ids are hexadecimal: the number sorts after every id, and deletions and slugs sort after the number.
_NUMBER: Final = "number"
_DELETION: Final = "removal#"


class SlugTakenError(Exception):
    """Another project of the user has this slug."""


class ProjectLimitError(Exception):
    """The user has ``MAX_PROJECTS`` projects already."""


class ProjectStore:
    """Reads and writes projects. ``due_index`` has the deletions that are not finished, by project id."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self.due_index = DueIndex(
            client, table, kind="removal", key=DueKey("userId", "projectId", _DELETION), decode=_due_item_from_item
        )

    def add(self, project: Project, claim: IdempotencyClaim | None = None) -> None:
        """Stores and counts the project, reserves its slug and claims the idempotency key, in one transaction.

        Raises ``AlreadyAcceptedError``, ``SlugTakenError`` or ``ProjectLimitError``.
        """
        slug = {"userId": project.user_id, "projectId": f"slug#{project.slug}", "reservedFor": project.project_id}
        actions = [self._count(project, 1), self._put(_to_item(project)), self._put(slug)]
        if claim:
            actions.append(
                claim_action(
                    self._table,
                    {"userId": project.user_id, "projectId": f"request#{claim.key}"},
                    claim,
                    claimed_by=project.project_id,
                    key_attribute="projectId",
                    now=project.created_at,
                )
            )
        try:
            transact(self._client, actions, token=uuid7())
        except TransactionRejectedError as rejection:
            if 3 in rejection.rejected:
                raise AlreadyAcceptedError.of(rejection.rejected[3]) from rejection
            if 0 in rejection.rejected:
                raise ProjectLimitError from rejection
            raise SlugTakenError(project.slug) from rejection

    def get(self, user_id: str, project_id: str) -> Project:
        """Raises ``NOT_FOUND``, also for a project of another user."""
        response = self._client.get_item(TableName=self._table, Key=_key(user_id, project_id), ConsistentRead=True)
        if "Item" not in response:
            raise not_found("project")
        return _from_item(from_attributes(response["Item"]))

    def page(
        self, user_id: str, *, limit: int, offset: int = 0, before: str | None = None, platform: str | None = None
    ) -> ProjectListing:
        """Returns a page of projects, newest first, without the first ``offset`` ones.

        The item with the number sorts next to the newest project, so that one query returns both. A page that starts
        ``before`` a project needs a second read for the number.
        """
        wanted = offset + limit + 1
        number = self._number(user_id) if before else None
        found: list[Project] = []
        query = self._query(user_id, before, platform)
        while len(found) < wanted:
            # DynamoDB applies the limit before the filter.
            response = self._client.query(**query, **({} if platform else {"Limit": wanted + 1}))
            items = [from_attributes(item) for item in response["Items"]]
            number = next((item for item in items if item["projectId"] == _NUMBER), number)
            found += [_from_item(item) for item in items if item["projectId"] != _NUMBER]
            if "LastEvaluatedKey" not in response:
                break
            query["ExclusiveStartKey"] = response["LastEvaluatedKey"]
        shown = found[offset : offset + limit]
        return ProjectListing(
            projects=shown,
            total=(number or {}).get(_count_attribute(platform) if platform else "projects", 0),
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
        """Changes a project. Raises ``NOT_FOUND``.

        ``cover_key`` is the key of a new cover image. With ``remove_cover`` the project has none afterwards.
        """
        given = {"name": changes.name, "description": changes.description, "coverKey": cover_key}
        values = {name: value for name, value in given.items() if value is not None} | {"updatedAt": to_iso(now)}
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        names = {f"#{name}": name for name in values}
        if remove_cover:
            update += " REMOVE #coverKey"
            names["#coverKey"] = "coverKey"
        try:
            with conditional():
                response = update_item(
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
            raise not_found("project") from error
        return _from_item(from_attributes(response["Attributes"]))

    def remove(self, project: Project, *, due_at: datetime, now: datetime) -> ProjectDeletion:
        """Deletes the project, frees its slug, and stores that its renders are to be deleted. Raises ``NOT_FOUND``.

        The sweeper sends the message of the deletion again at ``due_at``.
        """
        deletion = {
            "userId": project.user_id,
            "projectId": f"{_DELETION}{project.project_id}",
            "removedAt": to_iso(now),
            **due_attributes(project.project_id, due_at),
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
            raise not_found("project") from rejection
        return ProjectDeletion(project.user_id, project.project_id, now)

    def deletion(self, user_id: str, project_id: str) -> ProjectDeletion | None:
        """Returns the deletion of a project, or None if it is finished."""
        response = self._client.get_item(
            TableName=self._table, Key=_key(user_id, f"{_DELETION}{project_id}"), ConsistentRead=True
        )
        if "Item" not in response:
            return None
        return ProjectDeletion(user_id, project_id, from_iso(from_attributes(response["Item"])["removedAt"]))

    def reschedule_deletion(self, deletion: ProjectDeletion, *, due_at: datetime) -> None:
        """Changes when the sweeper sends the message of a deletion again. Does nothing if it is finished."""
        try:
            with conditional():
                update_item(
                    self._client,
                    TableName=self._table,
                    Key=_key(deletion.user_id, f"{_DELETION}{deletion.project_id}"),
                    UpdateExpression="SET dueAt = :due",
                    ConditionExpression="attribute_exists(projectId)",
                    ExpressionAttributeValues=to_attributes({":due": to_iso(due_at)}),
                )
        except ConditionFailedError:
            return

    def finish_deletion(self, deletion: ProjectDeletion) -> None:
        """Removes the record of a deletion, because nothing of the project is left."""
        delete_item(
            self._client, TableName=self._table, Key=_key(deletion.user_id, f"{_DELETION}{deletion.project_id}")
        )

    def _number(self, user_id: str) -> Item:
        response = self._client.get_item(TableName=self._table, Key=_key(user_id, _NUMBER), ConsistentRead=True)
        return from_attributes(response.get("Item", {}))

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
            # A filter cannot use the sort key, so the number is recognised by an attribute that only it has.
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
            "UpdateExpression": f"ADD projects :by, {_count_attribute(project.platform)} :by",
        }
        values = {":by": by}
        if by > 0:
            update["ConditionExpression"] = "attribute_not_exists(projects) OR projects < :most"
            values[":most"] = MAX_PROJECTS
        return {"Update": update | {"ExpressionAttributeValues": to_attributes(values)}}


def count_renders(table: str, user_id: str, project_id: str, count: int) -> Action:
    """Returns the action of a transaction that counts renders on their project.

    It is rejected if the user has no such project.
    """
    return {
        "Update": {
            "TableName": table,
            "Key": _key(user_id, project_id),
            "UpdateExpression": "ADD renderCount :count",
            "ConditionExpression": "attribute_exists(projectId)",
            "ExpressionAttributeValues": to_attributes({":count": count}),
        }
    }


def _due_item_from_item(item: Item) -> DueItem:
    project_id = item["projectId"].removeprefix(_DELETION)
    return DueItem(item["userId"], project_id, from_iso(item["removedAt"]), from_iso(item["dueAt"]))


def _count_attribute(platform: str) -> str:
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
        "createdBy": project.created_by,
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
        created_by=item.get("createdBy"),
    )
