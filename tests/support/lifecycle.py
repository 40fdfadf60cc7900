"""What S3 does by the rules of the bucket, which no emulator runs: evaluated for the tags and the age of an object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from local.cloudformation import load
from renderiq.settings import settings
from tests.support.aws import AwsEnvironment
from tests.support.paths import ROOT


@cache
def rules() -> list[dict[str, Any]]:
    bucket = load(ROOT / "template.yaml")["Resources"]["ImagesBucket"]["Properties"]
    return [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if rule["Status"] == "Enabled"]


def expiry(key: str, tags: Mapping[str, str], created_at: datetime) -> datetime | None:
    """Returns when S3 deletes an object: at the midnight after the days of the first rule that applies, or never."""
    days = [
        rule["ExpirationInDays"]
        for rule in rules()
        if "ExpirationInDays" in rule
        and key.startswith(rule.get("Prefix", ""))
        and all(tags.get(each["Key"]) == each["Value"] for each in rule.get("TagFilters", []))
    ]
    if not days:
        return None
    end = created_at + timedelta(days=min(days))
    midnight = end.replace(hour=0, minute=0, second=0, microsecond=0)
    return end if end == midnight else midnight + timedelta(days=1)


def tags_of(aws: AwsEnvironment, key: str) -> dict[str, str]:
    found = aws.client("s3").get_object_tagging(Bucket=settings().images_bucket, Key=key)["TagSet"]
    return {each["Key"]: each["Value"] for each in found}
