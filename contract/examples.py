"""One example of each body and response. Responses are instances of their models, so that a wrong one cannot load."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from contract.responses import AnyModel
from renderiq import __version__
from renderiq.consent_texts import newest_text
from renderiq.domain.access import Role
from renderiq.domain.account_deletion import DeletionReceipt, DeletionStatus
from renderiq.domain.account_export import EXPORT_KEPT_FOR, ExportStatus
from renderiq.domain.audit import AuditAction
from renderiq.domain.consents import ConsentAnswer, ConsentName, ConsentState
from renderiq.domain.credits import LedgerEntryType
from renderiq.domain.device_codes import GRANT_TYPE
from renderiq.domain.figures import Bucket
from renderiq.domain.keys import Scope
from renderiq.domain.plugin_releases import PluginRelease
from renderiq.domain.renders import OutputFormat, Quality, Status
from renderiq.domain.retention import RetentionPeriod
from renderiq.domain.styles import StyleCategory
from renderiq.domain.uploads import Purpose
from renderiq.domain.webhooks import DeliveryState, Event, WebhookType
from renderiq.engines.registry import Models
from renderiq.models.account import AccountDeletionIn, AccountExportOut, DeletionReceiptOut, ExportFileOut
from renderiq.models.auth import MeAnswer, MeOut, SignedOutOut, TokensOut, UserOut
from renderiq.models.capabilities import CapabilitiesOut
from renderiq.models.consents import ConsentIn, ConsentList, ConsentOut
from renderiq.models.credits import CreditsOut, TransactionOut, TransactionPage
from renderiq.models.device_codes import DeviceCodeIn, DeviceCodeOut, DeviceTokenIn, DeviceTokensOut
from renderiq.models.health import ApiOut, HealthOut, OverallState, ServicesOut
from renderiq.models.keys import KeyCreated, KeyIn, KeyOut, KeyPage, KeyRevoked, RotateIn
from renderiq.models.organizations import (
    AcceptIn,
    AuditEntryOut,
    AuditPage,
    InvitationCreated,
    InvitationIn,
    InvitationList,
    InvitationOut,
    InvitationWithdrawn,
    MemberChangesIn,
    MemberList,
    MemberOut,
    MemberRemoved,
    OrganizationChangesIn,
    OrganizationIn,
    OrganizationLimitsOut,
    OrganizationList,
    OrganizationOut,
    PolicyOut,
)
from renderiq.models.passwords import ForgotPasswordIn, PasswordResetOut, PasswordResetRequestedOut, ResetPasswordIn
from renderiq.models.preferences import PreferencesIn, PreferencesOut
from renderiq.models.projects import ProjectChangesIn, ProjectDeleted, ProjectIn, ProjectOut, ProjectPage
from renderiq.models.renders import (
    AspectRatioOption,
    EstimateIn,
    EstimateOut,
    RenderAccepted,
    RenderIn,
    RenderOut,
    RenderPage,
    RepeatIn,
)
from renderiq.models.responses import ResponseModel
from renderiq.models.retention import RetentionIn, RetentionOut
from renderiq.models.sessions import SessionEnded, SessionList, SessionOut
from renderiq.models.sign_in import RefreshIn, SignInIn
from renderiq.models.styles import (
    OwnPartOut,
    OwnStyleList,
    StyleCategoryOut,
    StyleDeleted,
    StyleIn,
    StyleList,
    StyleOut,
)
from renderiq.models.uploads import (
    PartsIn,
    ResumableUploadAnswer,
    ResumableUploadCreated,
    ResumableUploadIn,
    ShownStatus,
    SignedPartList,
    SignedPartOut,
    UploadDeleted,
    UploadIn,
    UploadOut,
    UploadPage,
)
from renderiq.models.usage import UsageFigures, UsageGroup, UsageOut, UsagePeriod
from renderiq.models.webhooks import (
    AttemptOut,
    DeliveryAccepted,
    DeliveryOut,
    DeliveryPage,
    PolledEventOut,
    PolledEventsOut,
    ResultOut,
    RetiredSecretOut,
    RotationIn,
    SecretRotated,
    WebhookChangesIn,
    WebhookDeleted,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookRegistered,
)
from renderiq.models.wire import WireModel
from renderiq.platform import Platform
from renderiq.services.capabilities import Capabilities
from renderiq.services.device_codes import IssuedCodes
from renderiq.services.health import ServiceState

CREATED_AT: Final = datetime(2026, 3, 14, 9, 26, 53, 589000, tzinfo=UTC)
COMPLETED_AT: Final = datetime(2026, 3, 14, 9, 26, 57, 112000, tzinfo=UTC)
RENDER: Final = "01a2045f-da96-7a5e-ab86-15a988b167dd"
PROJECT: Final = "01a2045e-91c3-7b02-9e1d-6f4d2f0c7a11"
KEY: Final = "01a20460-3b7d-7c55-8f6e-0d9b7a5e4c21"
WEBHOOK: Final = "01a20460-8e02-7f4b-a1c0-52d3e9b86f70"
DELIVERY: Final = "01a2045f-e858-8d3c-b7a4-19f0c6e2d583"
SESSION: Final = "01a20459-7c1e-7d90-8a35-c2b64f1e0d47"
STYLE: Final = "01a20461-5d2e-7b1a-9c44-8e0f3a7b6d15"
UPLOAD: Final = "01a2045e-c3d0-7a44-9b1e-3f6a2c8d7e05"
ORGANIZATION: Final = "01a20462-1f3c-7a52-8b0d-4c6e9f2a7d31"
INVITATION: Final = "01a20462-6a90-7e18-b3f4-0d8c5b1e9a62"
USER: Final = "5c0e7f1a-2f0d-4b57-9d55-0a4f5e3c8b21"
_FILES: Final = "https://api.example.com/api/plugins/files/EXAMPLE.EXAMPLE"
_CAPTURE: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAGAAAABAAQAAAADNT0+jAAAAFUlEQVR42mNgGAWDGvxHAqOcQccBAN1qfpCb65+jAAAAAElFTkSuQmCC"
)
"""A PNG of 96 by 64 pixels."""
# They consist of words, so that secret scanners do not report them.
_API_KEY: Final = "rk_live_EXAMPLEexampleEXAMPLEexample00000000"
_REFRESH_TOKEN: Final = f"rt_{SESSION}.EXAMPLEexampleEXAMPLEexampleEXAMPLEexample0"
_DEVICE_CODE: Final = "EXAMPLEexampleEXAMPLEexampleEXAMPLEexample0"
_SECRET: Final = "whsec_RXhhbXBsZSBzZWNyZXQsIG5vdCBpbiB1c2UgYW55d2hlcmU="  # noqa: S105 (an example)

_ORGANIZATION: Final = OrganizationOut(
    organization_id=ORGANIZATION,
    name="Atelier Nord",
    role=Role.OWNER,
    plan="starter",
    limits=OrganizationLimitsOut(requests_per_minute=300, renders_at_once=4, members=10),
    policy=PolicyOut(engines=["preview"], member_monthly_credits=200),
    members=3,
    created_at=CREATED_AT,
)
_MEMBER: Final = MemberOut(
    user_id=USER, email="ada@example.com", name="Ada", role=Role.OWNER, joined_at=CREATED_AT, spent_this_month=35
)
_INVITATION: Final[dict[str, Any]] = {
    "invitation_id": INVITATION,
    "email": "grace@example.com",
    "role": Role.MEMBER,
    "invited_by": USER,
    "created_at": CREATED_AT,
    "expires_at": datetime(2026, 3, 28, 9, 26, 53, 589000, tzinfo=UTC),
}

AUDIT: Final = AuditPage(
    entries=[
        AuditEntryOut(
            id="01a20462-9b11-7f0c-8d25-7a3e6c4b1f90",
            at=COMPLETED_AT,
            actor=USER,
            address="203.0.113.7",
            action=AuditAction.MEMBER_CHANGED,
            subject=f"member#{USER}",
            before={"role": "member"},
            after={"role": "admin"},
        )
    ]
)

_FIGURES: Final[dict[str, Any]] = {
    "ordered": 14,
    "completed": 12,
    "failed": 1,
    "cancelled": 1,
    "credits_used": 95,
    "credits_debited": 110,
    "credits_refunded": 15,
    "seconds_mean": 6.418,
    "seconds_p50": 5.625,
    "seconds_p95": 14.0,
    "delivery_attempts": 13,
    "delivery_failures": 1,
    "delivery_seconds_p95": 0.235,
    "uploads": 2,
    "uploads_failed": 0,
    "groups": [UsageGroup(group="sketchup", ordered=14, completed=12, failed=1, cancelled=1)],
}
USAGE: Final = UsageOut(
    begin=datetime(2026, 3, 14, tzinfo=UTC),
    end=datetime(2026, 3, 15, tzinfo=UTC),
    bucket=Bucket.DAY,
    periods=[UsagePeriod(start=datetime(2026, 3, 14, tzinfo=UTC), **_FIGURES)],
    total=UsageFigures(**_FIGURES),
)

RENDER_EXAMPLE: Final = RenderOut(
    render_id=RENDER,
    status=Status.COMPLETED,
    progress=100,
    output_url=f"{_FILES}/output.png",
    output_url_expires_at=datetime(2026, 3, 15, 9, 27, tzinfo=UTC),
    thumbnail_url=f"{_FILES}/thumbnail.webp",
    input_url=f"{_FILES}/{RENDER}",
    width=3840,
    height=2160,
    processing_time=3.1,
    credits_used=10,
    style="dramatic",
    style_id="dramatic@1",
    quality=Quality.HIGH,
    aspect_ratio=AspectRatioOption.WIDE,
    output_format=OutputFormat.PNG,
    prompt="A house by a lake in late afternoon light",
    structure_strength=0.7,
    seed=271828,
    engine="preview",
    metadata={"job": "A-17"},
    project_id=PROJECT,
    platform=Platform.SKETCHUP,
    created_at=CREATED_AT,
    completed_at=COMPLETED_AT,
)
_PROJECT: Final = ProjectOut(
    id=PROJECT,
    name="House by the lake",
    slug="house-by-the-lake",
    description="Second draft",
    created_at=CREATED_AT,
    updated_at=CREATED_AT,
    render_count=3,
    platform=Platform.SKETCHUP,
)
_KEY_OUT: Final = KeyOut(
    id=KEY,
    name="Night batch",
    key_prefix="rk_live_EXAM",
    scopes=[Scope.CREATE_RENDERS, Scope.READ_RENDERS],
    created_at=CREATED_AT,
    last_used_at=COMPLETED_AT,
    is_active=True,
)
_KEY_CREATED: Final = KeyCreated(key=_API_KEY, **_KEY_OUT.model_dump(by_alias=False, exclude={"last_used_at"}))
_ATTEMPT: Final = AttemptOut(at=COMPLETED_AT, duration_ms=84, status=200, answer="ok")
_RETIRED: Final = RetiredSecretOut(secret="whsec_…3Kw=", expires_at=datetime(2026, 3, 15, 9, 26, 53, tzinfo=UTC))  # noqa: S106
_WEBHOOK: Final = WebhookOut(
    webhook_id=WEBHOOK,
    type=WebhookType.PUSH,
    url="https://hooks.example.com/renderiq",
    events=[Event.RENDER_COMPLETED, Event.RENDER_FAILED],
    description="Office server",
    headers={"X-Office": "Graz"},
    secret="whsec_…ZXJl",  # noqa: S106 (masked)
    retired_secrets=[],
    state="enabled",
    last_result=ResultOut(at=COMPLETED_AT, delivery_id=DELIVERY, succeeded=True, status=200),
    created_at=CREATED_AT,
)
_PART_URL: Final = (
    f"https://renderiq-images.s3.eu-central-1.amazonaws.com/uploads/{USER}/{UPLOAD}"
    "?partNumber=1&uploadId=EXAMPLE&X-Amz-Signature=EXAMPLE"
)
_UPLOAD: Final = UploadOut(
    upload_id=UPLOAD,
    status=ShownStatus.READY,
    file_name="viewport.png",
    content_type="image/png",
    purpose=Purpose.CAPTURE,
    size=20_971_520,
    part_size=8_388_608,
    part_count=3,
    received_bytes=20_971_520,
    progress=100,
    url=f"{_FILES}/{UPLOAD}",
    width=7680,
    height=4320,
    created_at=CREATED_AT,
    expires_at=datetime(2026, 4, 13, 9, 26, 57, tzinfo=UTC),
)
_USER: Final = {"id": USER, "email": "ada@example.com", "name": "Ada"}
_CREDITS: Final = CreditsOut(balance=90, total_earned=100, total_spent=10, monthly_earned=100, monthly_spent=10)
_ME: Final = MeOut(**_USER, created_at=CREATED_AT, credits=_CREDITS)
_TOKENS: Final = TokensOut(
    access_token="eyJhbGciOiJIUzI1NiIsImtpZCI6…",  # noqa: S106 (truncated)
    refresh_token=_REFRESH_TOKEN,
    expires_at=datetime(2026, 3, 14, 10, 26, 53, tzinfo=UTC),
    user=UserOut(**_USER),
)
_CONSENT: Final = ConsentOut.of(
    ConsentState.of(
        newest_text(ConsentName.THIRD_PARTY_AI), ConsentAnswer(ConsentName.THIRD_PARTY_AI, 1, True, CREATED_AT)
    )
)
_CATEGORIES: Final = (StyleCategory("outdoors", "Outdoors"), StyleCategory("evening", "Evening and night", "outdoors"))
_STYLE: Final = StyleOut(
    name="golden-hour",
    style_id="golden-hour@1",
    version=1,
    category="evening",
    title="Golden hour",
    description="Low warm sun, long soft shadows and a golden horizon.",
    cover_url="https://api.example.com/api/plugins/styles/golden-hour@1/cover",
    engines=["preview", "gemini"],
    tags=["warm", "low-sun"],
)
_OWN: Final[dict[str, Any]] = {
    "name": f"my:{STYLE}",
    "style_id": f"my:{STYLE}@2",
    "version": 2,
    "title": "Our evenings",
    "own": OwnPartOut(
        base="golden-hour@1",
        prompt="larch cladding",
        negative_prompt="",
        created_at=CREATED_AT,
        updated_at=COMPLETED_AT,
    ),
}
_CAPABILITIES: Final = Capabilities(
    Models({"preview": "preview"}, default="preview"),
    plugin_releases={
        "sketchup": PluginRelease("1.4.0", "1.0.0", "https://downloads.example.com/renderiq-sketchup-1.4.0.rbz")
    },
    rate_limits={"sketchup": 100, "unknown": 30},
    max_wait_seconds=20,
    style_categories=_CATEGORIES,
)

RESPONSE_EXAMPLES: Final[dict[AnyModel, WireModel | ResponseModel]] = {
    type(example): example
    for example in (
        _TOKENS,
        USAGE,
        DeviceTokensOut(expires_in=3600, **vars(_TOKENS)),
        DeviceCodeOut.of(
            IssuedCodes(device_code=_DEVICE_CODE, user_code="WDJBMJHT"),
            page="https://api.example.com/api/plugins/auth/device",
        ),
        SignedOutOut(),
        PasswordResetRequestedOut(),
        PasswordResetOut(),
        SessionList(
            sessions=[
                SessionOut(
                    id=SESSION,
                    platform=Platform.SKETCHUP,
                    current=True,
                    created_at=CREATED_AT,
                    expires_at=datetime(2026, 4, 13, 9, 26, 53, tzinfo=UTC),
                )
            ]
        ),
        SessionEnded(id=SESSION),
        MeAnswer(user=_ME, data=_ME),
        _CREDITS,
        TransactionPage(
            transactions=[
                TransactionOut(
                    id=RENDER, type=LedgerEntryType.DEBIT, amount=-10, render_id=RENDER, created_at=CREATED_AT
                )
            ]
        ),
        HealthOut(
            success=True,
            status=OverallState.HEALTHY,
            timestamp=CREATED_AT,
            api=ApiOut(version=__version__, platform=Platform.SKETCHUP, version_detected="1.0.0"),
            services=ServicesOut(
                api=ServiceState.OPERATIONAL,
                authentication=ServiceState.UNCHECKED,
                rendering=ServiceState.UNCHECKED,
                storage=ServiceState.UNCHECKED,
            ),
        ),
        KeyPage(keys=[_KEY_OUT]),
        _KEY_CREATED,
        KeyRevoked(id=KEY),
        _PROJECT,
        ProjectPage(projects=[_PROJECT], total=1, limit=50, offset=0),
        ProjectDeleted(id=PROJECT),
        RenderAccepted(
            render_id=RENDER,
            id=RENDER,
            status=Status.PENDING,
            credits_cost=10,
            estimated_time=6,
            engine="preview",
            status_url=f"https://api.example.com/api/plugins/renders/{RENDER}",
        ),
        EstimateOut(credits_cost=15, estimated_time=12, balance=90, sufficient=True),
        CapabilitiesOut.of(_CAPABILITIES),
        RENDER_EXAMPLE,
        RenderPage(renders=[RENDER_EXAMPLE], next_cursor=RENDER),
        PreferencesOut(
            preferences={"quality": "ultra", "notify": True}, created_at=CREATED_AT, updated_at=COMPLETED_AT
        ),
        WebhookRegistered(
            webhook_id=WEBHOOK,
            type=WebhookType.PUSH,
            url=_WEBHOOK.url,
            events=_WEBHOOK.events,
            secret=_SECRET,
            created_at=CREATED_AT,
        ),
        _UPLOAD,
        UploadPage(uploads=[_UPLOAD]),
        UploadDeleted(upload_id=UPLOAD),
        _STYLE,
        StyleList(styles=[_STYLE], categories=[StyleCategoryOut.of(each) for each in _CATEGORIES]),
        OwnStyleList(styles=[_STYLE.model_copy(update=_OWN)]),
        StyleDeleted(name=_OWN["name"]),
        SignedPartList(
            parts=[
                SignedPartOut(
                    part_number=1,
                    size=8_388_608,
                    url=_PART_URL,
                    expires_at=datetime(2026, 3, 14, 10, 26, 53, tzinfo=UTC),
                )
            ]
        ),
        ResumableUploadCreated(
            session_id=UPLOAD,
            upload_url=_PART_URL,
            expires_at=datetime(2026, 3, 14, 10, 26, 53, tzinfo=UTC),
        ),
        ResumableUploadAnswer(url=f"{_FILES}/{UPLOAD}", upload_id=UPLOAD),
        _WEBHOOK,
        WebhookList(webhooks=[_WEBHOOK]),
        WebhookDeleted(webhook_id=WEBHOOK),
        SecretRotated(webhook_id=WEBHOOK, secret=_SECRET, retired_secrets=[_RETIRED]),
        DeliveryAccepted(delivery_id=DELIVERY),
        PolledEventsOut(
            events=[
                PolledEventOut(
                    id=DELIVERY,
                    type=Event.RENDER_COMPLETED,
                    timestamp=COMPLETED_AT,
                    data={
                        "renderId": RENDER,
                        "status": "completed",
                        "styleId": "dramatic@1",
                        "outputUrl": f"{_FILES}/output.png",
                    },
                )
            ],
            cursor="17",
            done=True,
        ),
        DeletionReceiptOut.of(
            DeletionReceipt(RENDER, CREATED_AT, DeletionStatus.DELETING, counts={"renders": 250, "files": 0})
        ),
        AccountExportOut(
            status=ExportStatus.READY,
            requested_at=CREATED_AT,
            expires_at=COMPLETED_AT + EXPORT_KEPT_FOR,
            files=[ExportFileOut(url=f"{_FILES}/renderiq-export-1.zip", size=48_210_113)],
        ),
        _CONSENT,
        RetentionOut(
            captures=RetentionPeriod.WEEK,
            models=RetentionPeriod.MONTH,
            renders=RetentionPeriod.QUARTER,
            is_applied=False,
            updated_at=CREATED_AT,
        ),
        ConsentList(consents=[_CONSENT]),
        _ORGANIZATION,
        OrganizationList(organizations=[_ORGANIZATION]),
        _MEMBER,
        MemberList(members=[_MEMBER]),
        MemberRemoved(user_id=USER),
        InvitationCreated(token=f"inv_{ORGANIZATION}.{INVITATION}.EXAMPLEexampleEXAMPLE", **_INVITATION),
        InvitationList(invitations=[InvitationOut(**_INVITATION)]),
        InvitationWithdrawn(invitation_id=INVITATION),
        AUDIT,
        DeliveryPage(
            deliveries=[
                DeliveryOut(
                    delivery_id=DELIVERY,
                    event=Event.RENDER_COMPLETED,
                    state=DeliveryState.SUCCEEDED,
                    created_at=COMPLETED_AT,
                    attempts=[_ATTEMPT],
                )
            ]
        ),
    )
}

_BODY_EXAMPLES: Final[dict[type[WireModel], dict[str, Any]]] = {
    SignInIn: {"email": "ada@example.com", "password": "Correct-horse-battery-1"},
    ForgotPasswordIn: {"email": "ada@example.com"},
    ResetPasswordIn: {"email": "ada@example.com", "code": "123456", "newPassword": "Correct-horse-battery-1"},
    DeviceCodeIn: {"client_id": "renderiq-sketchup"},
    DeviceTokenIn: {"grant_type": GRANT_TYPE, "device_code": _DEVICE_CODE},
    RefreshIn: {"refresh_token": _REFRESH_TOKEN},
    RenderIn: {
        "uploadedImageData": _CAPTURE,
        "prompt": "A house by a lake in late afternoon light",
        "quality": "high",
        "style": "dramatic",
    },
    RepeatIn: {"changes": {"style": "soft", "quality": "ultra"}},
    StyleIn: {"title": "Our evenings", "base": "golden-hour@1", "prompt": "larch cladding", "season": "autumn"},
    EstimateIn: {"quality": "ultra", "style": "dramatic"},
    ProjectIn: {"name": "House by the lake", "description": "Second draft"},
    ProjectChangesIn: {"name": "House by the lake, final"},
    RetentionIn: {"captures": "7d", "renders": "90d"},
    AccountDeletionIn: {"password": "Correct-horse-battery-1"},
    ConsentIn: {"version": 1, "granted": True},
    PreferencesIn: {"preferences": {"quality": "ultra", "notify": True, "theme": None}},
    OrganizationIn: {"name": "Atelier Nord"},
    OrganizationChangesIn: {"policy": {"engines": ["preview"], "memberMonthlyCredits": 200, "maxKeyDays": 90}},
    MemberChangesIn: {"role": "admin"},
    InvitationIn: {"email": "grace@example.com", "role": "member"},
    AcceptIn: {"token": f"inv_{ORGANIZATION}.{INVITATION}.EXAMPLEexampleEXAMPLE"},
    KeyIn: {"name": "Night batch", "scopes": ["renders:create", "renders:read"]},
    RotateIn: {"gracePeriodSeconds": 86400},
    UploadIn: {"fileName": "viewport.png", "contentType": "image/png", "size": 20_971_520, "purpose": "capture"},
    ResumableUploadIn: {"fileName": "viewport.png", "contentType": "image/png", "totalSize": 20_971_520},
    PartsIn: {"partNumbers": [1, 2, 3]},
    WebhookIn: {"url": _WEBHOOK.url, "events": ["render.completed", "render.failed"], "description": "Office server"},
    WebhookChangesIn: {"events": ["render.completed"], "enabled": True},
    RotationIn: {},
}


def body_example(model: type[WireModel]) -> dict[str, Any]:
    """Returns a body that the model accepts. Raises ``KeyError`` for a model without an example."""
    example = _BODY_EXAMPLES[model]
    model.model_validate(example)
    return example
