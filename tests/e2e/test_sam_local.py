"""The built functions and layers under the Lambda runtime, in Docker, against emulated AWS on Docker's bridge."""

from __future__ import annotations

import ipaddress
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image

from local import queues
from local.aws import CREDENTIALS, client
from local.emulator import Emulator
from local.paths import ROOT, TEMPLATE, emulator_python
from local.provisioners import Resource
from local.resources import create_resources, environment
from local.template import REGION, Template
from local.users import DEMO_USER, ensure_user

SAM: Final = ROOT / ".venv-sam/bin/sam"
PYTHON: Final = Path(os.environ.get("PYTHON313") or shutil.which("python3.13") or "python3.13")
ARCHITECTURE: Final = "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"
"""The functions run on this machine."""
Answer = dict[str, Any]


@cache
def bridge() -> str | None:
    """Returns the address of Docker's bridge, which this machine and its containers can both reach, or None."""
    try:
        asked = subprocess.run(["docker", "network", "inspect", "bridge"], capture_output=True, timeout=20, check=True)
        (network,) = json.loads(asked.stdout)[0]["IPAM"]["Config"]
        address = network.get("Gateway") or str(next(ipaddress.ip_network(network["Subnet"]).hosts()))
        with socket.socket() as probe:
            probe.bind((address, 0))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return None
    return str(address)


def missing() -> str:
    """Returns what this machine lacks, as the reason for skipping; an empty string if it lacks nothing."""
    if not SAM.exists():
        return "sam is not installed: make .venv-sam"
    if not emulator_python().exists():
        return "emulated AWS is not installed: make .venv-emulator"
    version = subprocess.run([PYTHON, "--version"], capture_output=True, text=True) if shutil.which(PYTHON) else None
    if version is None or not version.stdout.startswith("Python 3.13"):
        return "sam build needs python3.13"
    return "" if bridge() else "Docker does not answer, or its bridge is not on this machine"


MISSING: Final = missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


class Lambda:
    """Emulated AWS with the template's resources, and ``sam local`` to invoke the template's functions in it."""

    def __init__(self, built: Path, emulator: Emulator, scratch: Path) -> None:
        self.url = emulator.url
        self._built = built
        self._scratch = scratch
        self._parameters = {
            "Architecture": ARCHITECTURE,
            "EmulatorUrl": self.url,
            "AllowLoopbackUrls": "true",
            "WelcomeCredits": "1000",
            "PublicUrl": "https://api.example.com",
        }
        self._template = Template(TEMPLATE, self._parameters)
        self.resources: Mapping[str, Resource] = create_resources(self._template, self.url)
        ensure_user(DEMO_USER, self.resources["UserPool"].ref, self.url)
        variables = {name: environment(self._template, name, self.resources) for name in self._template.functions}
        (scratch / "variables.json").write_text(json.dumps(variables), encoding="utf-8")

    def invoke(self, function: str, event: Mapping[str, Any]) -> Answer:
        """Returns the function's response. Fails with the log if there is none, as after a failed cold start."""
        (self._scratch / "event.json").write_text(json.dumps(event), encoding="utf-8")
        run = sam(
            "local",
            "invoke",
            function,
            f"--template={self._built / 'template.yaml'}",
            f"--event={self._scratch / 'event.json'}",
            f"--env-vars={self._scratch / 'variables.json'}",
            "--skip-pull-image",
            "--parameter-overrides",
            " ".join(f"{name}={value}" for name, value in self._parameters.items()),
        )
        assert run.stdout.strip(), run.stderr
        answer = json.loads(run.stdout.strip().splitlines()[-1])
        assert isinstance(answer, dict), run.stderr
        assert "errorType" not in answer, f"{answer}\n{run.stderr}"
        return answer


def sam(*arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = (
        os.environ
        | CREDENTIALS
        | {
            "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}",
            "AWS_DEFAULT_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
            "ARCH": ARCHITECTURE,  # for the layers' Makefiles
        }
    )
    return subprocess.run([SAM, *arguments], cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=300)


def sample(function: str, *, token: str = "") -> Any:
    text = (ROOT / "events" / f"{function}.json").read_text(encoding="utf-8")
    return json.loads(text.replace("ACCESS_TOKEN", token))


def body(answer: Answer) -> Any:
    return json.loads(answer["body"])


# ---------------------------------------------------------------- one render, from sign-in to picture


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder of a fresh `sam build`."""
    build = sam("build", "--parameter-overrides", f"Architecture={ARCHITECTURE}")
    assert build.returncode == 0, build.stderr
    return ROOT / ".aws-sam/build"


@pytest.fixture(scope="module")
def aws(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lambda]:
    with Emulator(host=bridge() or "") as emulator:
        yield Lambda(built, emulator, tmp_path_factory.mktemp("sam"))


@pytest.fixture(scope="module")
def signed_in(aws: Lambda) -> Answer:
    return aws.invoke("AuthSigninFunction", sample("auth_signin"))


@pytest.fixture(scope="module")
def accepted(aws: Lambda, signed_in: Answer) -> Answer:
    return aws.invoke("RendersFunction", sample("renders", token=body(signed_in)["access_token"]))


@pytest.fixture(scope="module")
def worked(aws: Lambda, accepted: Answer) -> Answer:
    """The response of the render worker to the message of ``accepted``."""
    queue = aws.resources["RenderQueue"]
    asked = client("sqs", aws.url).receive_message(QueueUrl=queue.ref, AttributeNames=["All"], WaitTimeSeconds=5)
    assert len(asked.get("Messages", ())) == 1, accepted
    return aws.invoke("RenderWorkerFunction", queues.to_event(asked["Messages"], queue.attributes["Arn"]))


def test_health_answers_without_a_call_to_aws(aws: Lambda) -> None:
    answer = aws.invoke("HealthFunction", sample("health"))

    assert (answer["statusCode"], body(answer)["status"]) == (200, "healthy")


def test_signing_in_creates_the_account(aws: Lambda, signed_in: Answer) -> None:
    (account,) = client("dynamodb", aws.url).scan(TableName=aws.resources["AccountsTable"].ref)["Items"]

    assert (signed_in["statusCode"], body(signed_in)["user"]["email"]) == (200, DEMO_USER.email)
    assert account["userId"]["S"] == body(signed_in)["user"]["id"]


def test_a_render_is_accepted_and_debited(aws: Lambda, accepted: Answer) -> None:
    (account,) = client("dynamodb", aws.url).scan(TableName=aws.resources["AccountsTable"].ref)["Items"]

    assert (accepted["statusCode"], body(accepted)["data"]["creditsCost"]) == (202, 5)
    assert account["balance"]["N"] == "995"


def test_the_worker_completes_the_render(aws: Lambda, signed_in: Answer, accepted: Answer, worked: Answer) -> None:
    event = json.dumps(sample("renders_id", token=body(signed_in)["access_token"]))
    sampled = sample("renders_id")["pathParameters"]["renderId"]

    render = body(
        aws.invoke("RendersIdFunction", json.loads(event.replace(sampled, body(accepted)["data"]["renderId"])))
    )

    assert worked == {"batchItemFailures": []}
    assert (render["data"]["status"], render["data"]["progress"]) == ("completed", 100)
    token_and_name = render["data"]["outputUrl"].partition("/files/")[2]
    link = json.dumps(sample("files_id_id")).replace("EXAMPLE.EXAMPLE/output.png", token_and_name)
    redirect = aws.invoke("FilesIdIdFunction", json.loads(link))
    assert redirect["statusCode"] == 302
    with urllib.request.urlopen(redirect["headers"]["Location"]) as linked:
        assert Image.open(BytesIO(linked.read())).size == (1920, 1080)


def test_the_worker_stores_the_images_in_the_bucket(aws: Lambda, worked: Answer) -> None:
    listed = client("s3", aws.url).list_objects_v2(Bucket=aws.resources["ImagesBucket"].ref)["Contents"]

    sizes = {each["Key"].partition("/")[0] + "/" + each["Key"].rpartition("/")[2]: each["Size"] for each in listed}
    assert worked
    assert {"renders/output.png", "renders/thumbnail.webp"} <= sizes.keys()
    assert min(sizes.values()) > 0


# ---------------------------------------------------------------- what the layers promise


@pytest.fixture
def on_lambda(built: Path) -> Any:
    """Runs a program with only the layers' packages and returns its output. An error fails the test."""

    def run(program: str) -> str:
        layers = [built / layer / "python" for layer in ("CommonLayer", "ImagingLayer")]
        path = f"import sys; sys.path[:0] = {[str(layer) for layer in layers]!r}\n"
        done = subprocess.run([PYTHON, "-I", "-S", "-c", path + program], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


ON_AWS = (
    "import os; os.environ |= {'AWS_REGION': 'eu-central-1', 'AWS_DEFAULT_REGION': 'eu-central-1'}\n"
    "os.environ |= {'EMULATOR_URL': '', 'AWS_ACCESS_KEY_ID': 'x', 'AWS_SECRET_ACCESS_KEY': 'x'}\n"
    "from renderiq.stores.aws import client\n"
)
needs_linux = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="the layers are x86_64"
)


@needs_linux
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pillow_writes_and_reads_the_formats_that_the_layer_keeps(on_lambda: Any, kind: str) -> None:
    on_lambda(
        "import io; from PIL import Image\n"
        f"file = io.BytesIO(); Image.new('RGB', (64, 64), 'teal').save(file, {kind!r})\n"
        f"Image.open(file, formats=({kind!r},)).load()\n"
    )


@needs_linux
@pytest.mark.parametrize("service", ["bedrock-runtime", "cognito-idp", "dynamodb", "s3", "secretsmanager", "sqs"])
def test_botocore_knows_the_services_and_their_endpoints(on_lambda: Any, service: str) -> None:
    address = on_lambda(f"{ON_AWS}print(client({service!r}).meta.endpoint_url)\n")

    assert address.strip() == f"https://{service}.eu-central-1.amazonaws.com"


@needs_linux
def test_botocore_presigns_links(on_lambda: Any) -> None:
    on_lambda(
        f"{ON_AWS}assert client('s3').generate_presigned_url('get_object', Params={{'Bucket': 'b', 'Key': 'k'}})\n"
    )


@needs_linux
def test_numpy_and_vips_work_together(on_lambda: Any) -> None:
    on_lambda(
        "import numpy, pyvips\n"
        "picture = pyvips.Image.new_from_array(numpy.full((64, 64, 3), 128, numpy.uint8))\n"
        "assert pyvips.Image.new_from_buffer(picture.resize(2).webpsave_buffer(), '').width == 128\n"
    )


def test_every_module_is_compiled_with_unchecked_hashes(built: Path) -> None:
    """Unchecked-hash: the second word of a .pyc is 0b01, so Python neither compares times nor reads the source."""
    for layer in ("CommonLayer", "ImagingLayer"):
        for source in (built / layer).rglob("*.py"):
            compiled = source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc"
            assert compiled.read_bytes()[4:8] == b"\x01\0\0\0", source
