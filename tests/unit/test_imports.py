"""Each function imports only what it needs, because imports are most of a cold start.

An import that joins a function without need fails here. If the need is there, add the module to the function's set.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from tests.support.world import ROOT

FUNCTIONS = sorted(path.parent.name for path in ROOT.glob("functions/*/app.py"))


def modules(names: str) -> frozenset[str]:
    """Returns the full names of modules of the layer, with the packages that they are in."""
    found = {"renderiq"}
    for name in names.split():
        parts = ["renderiq", *name.split(".")]
        found |= {".".join(parts[:length]) for length in range(2, len(parts) + 1)}
    return frozenset(found)


HTTP = modules(
    """
    clock domain.keys domain.rate_limits errors http.api http.guards http.responses ids metrics models.wire platform
    settings wiring.base
    """
)
PARAMETERS = modules("http.bodies http.dependencies.base")
AUTHENTICATED = (
    HTTP
    | PARAMETERS
    | modules(
        """
        http.authentication services.keys stores.aws stores.items stores.keys stores.principals stores.secrets tokens
        wiring.keys wiring.principals wiring.secrets
        """
    )
)
ACCOUNTS = modules("domain.credits services.accounts stores.accounts wiring.accounts")
SESSIONS = ACCOUNTS | modules("domain.sessions models.auth services.sessions stores.sessions stores.user_pool")
SIGN_IN = AUTHENTICATED | SESSIONS | modules("http.dependencies.sessions wiring.sessions")
CREDITS = AUTHENTICATED | ACCOUNTS | modules("http.dependencies.accounts models.credits models.paging")
KEYS = AUTHENTICATED | modules("http.dependencies.keys models.keys")
PROJECTS = AUTHENTICATED | modules(
    """
        captures domain.projects domain.recovery domain.renders http.dependencies.projects http.image_fields
        http.project_form models.paging models.projects services.projects stores.due_index stores.images stores.projects
        wiring.images wiring.projects
        """
)
EVENTS = ACCOUNTS | modules(
    """
    addresses domain.projects domain.reconciliation domain.recovery domain.renders domain.webhooks queues
    services.event_publisher services.url_checks services.webhooks stores.deliveries stores.due_index stores.images
    stores.projects stores.renders stores.webhooks wiring.addresses wiring.images wiring.queues wiring.render_store
    wiring.webhooks
    """
)
RENDERS = (
    AUTHENTICATED
    | EVENTS
    | modules("captures http.dependencies.renders models.paging models.renders services.renders wiring.renders")
)
WEBHOOKS = AUTHENTICATED | EVENTS | modules("http.dependencies.webhooks models.paging models.webhooks")
WORKER = EVENTS | modules(
    """
    clock errors ids metrics platform settings stores.aws stores.items stores.secrets tokens wiring.base wiring.secrets
    workers
    """
)

EXPECTED = {
    "auth_me": AUTHENTICATED | SESSIONS | modules("http.dependencies.accounts models.paging"),
    "auth_refresh": SIGN_IN,
    "auth_signin": SIGN_IN,
    "auth_signout": SIGN_IN,
    "credits": CREDITS,
    "credits_transactions": CREDITS,
    "default": HTTP,
    "docs": HTTP | modules("http.assets"),
    "docs_id": HTTP | modules("http.assets"),
    "health": HTTP | PARAMETERS | modules("http.dependencies.health models.health services.health wiring.health"),
    "keys": KEYS,
    "keys_id": KEYS,
    "keys_id_rotate": KEYS,
    "openapi_json": HTTP | modules("http.assets"),
    "project_cleanup_worker": WORKER
    | modules(
        """
        captures services.project_cleanup services.projects wiring.project_cleanup wiring.projects workers.batches
        workers.cleanup
        """
    ),
    "projects": PROJECTS,
    "projects_id": PROJECTS
    | EVENTS
    | modules("http.dependencies.project_cleanup services.project_cleanup wiring.project_cleanup"),
    "render_worker": WORKER
    | modules("captures engines.registry services.render_worker wiring.engines workers.batches workers.render"),
    "renders": RENDERS | modules("engines.registry http.image_fields http.render_form wiring.engines"),
    "renders_id": RENDERS,
    "settings": AUTHENTICATED
    | modules(
        """
        domain.preferences http.dependencies.preferences models.preferences services.preferences stores.preferences
        wiring.preferences
        """
    ),
    "sweeper": WORKER | modules("captures services.projects services.sweeper wiring.projects workers.sweep"),
    "webhook_delivery_worker": WORKER | modules("outbound services.delivery_worker workers.batches workers.delivery"),
    "webhooks": WEBHOOKS,
    "webhooks_id": WEBHOOKS,
    "webhooks_id_deliveries": WEBHOOKS,
    "webhooks_id_deliveries_id_redeliver": WEBHOOKS,
    "webhooks_id_rotate_secret": WEBHOOKS,
    "webhooks_id_test": WEBHOOKS,
    "webhooks_register": WEBHOOKS,
}

_IMPORT_EACH = """
import json, runpy, sys

loaded = {}
for function in sys.argv[1:]:
    for name in [name for name in sys.modules if name.partition(".")[0] == "renderiq"]:
        del sys.modules[name]
    runpy.run_path(f"functions/{function}/app.py")
    loaded[function] = list(sys.modules)
print(json.dumps(loaded))
"""


@cache
def imported(*functions: str) -> dict[str, frozenset[str]]:
    """Imports the functions one after another in a new interpreter, and returns the loaded modules after each.

    The layer's modules are unloaded before each function. Those of libraries stay.
    """
    process = subprocess.run(
        [sys.executable, "-c", _IMPORT_EACH, *functions],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "layers/common")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return {function: frozenset(names) for function, names in json.loads(process.stdout).items()}


def of_the_layer(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.partition(".")[0] == "renderiq")


def test_every_function_is_listed() -> None:
    assert sorted(EXPECTED) == FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_imports_exactly_these_modules_of_the_layer(function: str) -> None:
    assert of_the_layer(imported(*FUNCTIONS)[function]) == EXPECTED[function]


def test_health_imports_little() -> None:
    loaded = imported("health")["health"]
    libraries = {name.partition(".")[0] for name in loaded}

    assert len(of_the_layer(loaded)) <= 30
    assert not {"boto3", "jwt", "PIL", "httpx", "numpy", "python_multipart"} & libraries
    # Powertools imports the package botocore itself, to find out whether it is installed, but none of its modules.
    assert not [name for name in loaded if name.startswith("botocore.")]


def test_no_function_imports_what_generates_openapi() -> None:
    loaded = {name for names in imported(*FUNCTIONS).values() for name in names}

    assert not {f"aws_lambda_powertools.event_handler.openapi.{name}" for name in ("models", "compat")} & loaded
