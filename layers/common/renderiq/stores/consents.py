"""Answers to consents in DynamoDB.

PK userId   SK consentKey  ``current#<name>``  the last answer to a consent
                           ``answer#<id>``     every answer (UUIDv7: newest last); it is never changed
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from renderiq.clock import from_iso, to_iso
from renderiq.domain.consents import ConsentAnswer, ConsentName
from renderiq.ids import uuid7
from renderiq.stores.items import Action, Item, from_attributes, to_attributes, transact

_CURRENT: Final = "current#"
_ANSWER: Final = "answer#"


class ConsentStore:
    """Reads and writes the answers of users."""

    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def find(self, user_id: str, name: ConsentName) -> ConsentAnswer | None:
        """Returns the last answer to a consent, or None."""
        response = self._client.get_item(
            TableName=self._table,
            Key=to_attributes({"userId": user_id, "consentKey": f"{_CURRENT}{name}"}),
            ConsistentRead=True,
        )
        return _from_item(from_attributes(response["Item"])) if "Item" in response else None

    def current(self, user_id: str) -> dict[ConsentName, ConsentAnswer]:
        """Returns the last answer to each consent that was answered."""
        return {each.name: each for each in self._query(user_id, _CURRENT)}

    def history(self, user_id: str) -> list[ConsentAnswer]:
        """Returns every answer, oldest first."""
        return list(self._query(user_id, _ANSWER))

    def add(self, user_id: str, answer: ConsentAnswer, *, further: Sequence[Action] = ()) -> None:
        """Records an answer, which is the last one from now on. With ``further``, all is written or nothing is."""
        record_id = uuid7()
        transact(
            self._client,
            [
                self._put(user_id, f"{_CURRENT}{answer.name}", answer),
                self._put(user_id, f"{_ANSWER}{record_id}", answer),
                *further,
            ],
            token=record_id,
        )

    def _put(self, user_id: str, key: str, answer: ConsentAnswer) -> Action:
        return {
            "Put": {
                "TableName": self._table,
                "Item": to_attributes(
                    {
                        "userId": user_id,
                        "consentKey": key,
                        "name": answer.name,
                        "version": answer.version,
                        "granted": answer.granted,
                        "answeredAt": to_iso(answer.answered_at),
                    }
                ),
            }
        }

    def _query(self, user_id: str, prefix: str) -> Iterator[ConsentAnswer]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="userId = :user AND begins_with(consentKey, :prefix)",
            ExpressionAttributeValues=to_attributes({":user": user_id, ":prefix": prefix}),
            ConsistentRead=True,
        )
        return (_from_item(from_attributes(item)) for page in pages for item in page["Items"])


def _from_item(item: Item) -> ConsentAnswer:
    return ConsentAnswer(ConsentName(item["name"]), item["version"], item["granted"], from_iso(item["answeredAt"]))
