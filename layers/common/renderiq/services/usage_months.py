"""Publishing the figures of a month to the webhooks of organisations, as ``usage.month``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from renderiq.clock import Clock
from renderiq.domain.figures import Bucket
from renderiq.domain.months import GIVE_UP_AFTER, Month, last_due, usage_delivery_id
from renderiq.domain.renders import REDELIVERY_DELAY
from renderiq.domain.webhooks import Delivery, Event, WebhookType, message_body
from renderiq.logs import logger
from renderiq.queues import DeliveryJob, Queue
from renderiq.services.usage import Usage, UsageService
from renderiq.stores.deliveries import DeliveryStore
from renderiq.stores.event_streams import EventStreamStore
from renderiq.stores.memberships import MembershipStore
from renderiq.stores.usage_months import UsageMonthStore
from renderiq.stores.webhooks import WebhookStore

_SAVED_EVERY: Final = 50
"""How many organisations are done between two writes of the progress."""


class UsageMonthError(Exception):
    """The figures could not be published to some organisations. The next run tries it again."""


@dataclass(slots=True)
class MonthResult:
    """What a run has done.

    ``organizations`` were looked at, and ``subscribed`` of them have a webhook for the event. ``new`` deliveries were
    stored, ``known`` ones had been before, and ``polled`` poll endpoints have the event. ``is_complete`` tells that the
    run has come to the end. ``queue_available`` is false once the queue has refused a message.
    """

    month: Month
    organizations: int = 0
    subscribed: int = 0
    new: int = 0
    known: int = 0
    polled: int = 0
    failures: int = 0
    is_complete: bool = False
    queue_available: bool = True


@dataclass(frozen=True, slots=True)
class UsageMonthPublisher:
    """Publishes the figures of months. ``describe`` returns them as they are sent.

    An event is the same delivery whenever it is published, so runs may be repeated, be killed, and overlap: each
    webhook gets it once.
    """

    organizations: MembershipStore
    webhooks: WebhookStore
    deliveries: DeliveryStore
    streams: EventStreamStore
    queue: Queue
    usage: UsageService
    progress: UsageMonthStore
    describe: Callable[[Usage], dict[str, Any]]
    clock: Clock

    def run(self, *, budget: timedelta) -> MonthResult | None:
        """Goes on with the last month that is due, and begins no organisation after ``budget``.

        Returns None if the month is published. If organisations failed, the month begins again with the next run, until
        ``GIVE_UP_AFTER``.
        """
        now = self.clock()
        month = last_due(now)
        before = self.progress.progress(month)
        if before.is_finished:
            return None
        result = self._publish_to_all(month, after=before.after, deadline=now + budget)
        if not result.is_complete:
            return result
        if not self.progress.progress(month).has_failed:
            self.progress.finish(month, self.clock())
        elif self.clock() < month.end + GIVE_UP_AFTER:
            self.progress.restart(month)
        else:
            logger.error("gave up publishing the figures of a month to some organisations", extra={"month": str(month)})
            self.progress.finish(month, self.clock())
        return result

    def publish_again(self, month: Month) -> MonthResult:
        """Publishes a month to every organisation, whatever was done before. Who has got the event gets nothing.

        Raises ``ValueError`` if the month is not due yet, or if its figures are not kept any more.
        """
        now = self.clock()
        if not month.is_due(now):
            raise ValueError(f"the figures of {month} are published from 6 hours after its end on")
        if month.begin + Bucket.DAY.length + Bucket.DAY.retention <= now:
            raise ValueError(f"the figures of {month} are not kept any more")
        result = MonthResult(month)
        for organization_id, created_at in self.organizations.organizations(after=None):
            self._try_publish(organization_id, created_at, result)
        result.is_complete = True
        return result

    def _publish_to_all(self, month: Month, *, after: str | None, deadline: datetime) -> MonthResult:
        result, saved = MonthResult(month), 0
        for organization_id, created_at in self.organizations.organizations(after=after):
            if self.clock() >= deadline:
                break
            self._try_publish(organization_id, created_at, result)
            after = organization_id
            if result.organizations - saved >= _SAVED_EVERY:
                self.progress.save(month, after, has_failed=result.failures > 0)
                saved = result.organizations
        else:
            result.is_complete = True
        if after and result.organizations > saved:
            self.progress.save(month, after, has_failed=result.failures > 0)
        return result

    def _try_publish(self, organization_id: str, created_at: datetime, result: MonthResult) -> None:
        result.organizations += 1
        try:
            if created_at < result.month.end:
                self._publish(organization_id, result)
        except Exception:  # one organisation must not stop the run
            extra = {"organizationId": organization_id, "month": str(result.month)}
            logger.exception("the figures of a month could not be published", extra=extra)
            result.failures += 1

    def _publish(self, organization_id: str, result: MonthResult) -> None:
        month, now = result.month, self.clock()
        webhooks = [each for each in self.webhooks.of_user(organization_id) if each.is_subscribed_to(Event.USAGE_MONTH)]
        # The list of organisations may be minutes old: nothing is stored for one that is being deleted.
        if not webhooks or self.organizations.find(organization_id, None, now) is None:
            return
        result.subscribed += 1
        usage = self.usage.usage(organization_id, Bucket.DAY, month.begin, month.end, now=now)
        data = {"organizationId": organization_id, "month": str(month), "usage": self.describe(usage)}
        body = message_body(Event.USAGE_MONTH, data, now=now)
        for webhook in webhooks:
            delivery_id = usage_delivery_id(organization_id, month, webhook.webhook_id)
            if webhook.type is WebhookType.POLL:
                result.polled += self.streams.append(webhook, delivery_id, body, now=now)
                continue
            delivery = Delivery(
                target=webhook.webhook_id,
                delivery_id=delivery_id,
                user_id=organization_id,
                event=Event.USAGE_MONTH,
                body=body,
                created_at=now,
            )
            if self.deliveries.add(delivery, due_at=now + REDELIVERY_DELAY):
                result.new += 1
                # Each message to an unavailable queue takes seconds. The sweeper sends those that are left out.
                job = DeliveryJob(webhook.webhook_id, delivery_id)
                result.queue_available = result.queue_available and self.queue.enqueue(job)
            else:
                result.known += 1
