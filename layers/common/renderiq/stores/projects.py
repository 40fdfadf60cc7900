"""Projects in DynamoDB. PK userId   SK projectId"""

from __future__ import annotations

from typing import Any

from renderiq.stores.items import to_attributes


def count_render(table: str, user_id: str, project_id: str) -> dict[str, Any]:
    """The transaction's part that counts a render on its project; refused where the user has no such project."""
    return {
        "Update": {
            "TableName": table,
            "Key": to_attributes({"userId": user_id, "projectId": project_id}),
            "UpdateExpression": "ADD renderCount :one",
            "ConditionExpression": "attribute_exists(projectId)",
            "ExpressionAttributeValues": to_attributes({":one": 1}),
        }
    }
