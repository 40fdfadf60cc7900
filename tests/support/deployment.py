"""`sam deploy` of the built template to emulated AWS, which runs the functions itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from local.aws import CREDENTIALS, client
from local.cloudformation import load
from tests.support.paths import ROOT

SAM: Final = ROOT / ".venv-sam/bin/sam"
EMULATOR: Final = ROOT / ".venv-deploy/bin/python"
BUILD: Final = ROOT / ".aws-sam/build"
REGION: Final = "us-east-1"
STACK: Final = "renderiq-deployment-test"
_START_SECONDS: Final = 30.0
_FUNCTION_OF_URI: Final = re.compile(r"\$\{(\w+Function)\.Arn\}")


@contextmanager
def emulated_cloudformation(port: int) -> Iterator[str]:
    """Runs the emulator with CloudFormation, SAM's transform and Lambda; yields its endpoint URL."""
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="renderiq-deploy-") as scratch:
        environment = {
            "PATH": f"{EMULATOR.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": scratch,
            "TMPDIR": scratch,
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "PERSIST_STATE": "0",
            "STATE_DIR": f"{scratch}/aws",
            "LOG_LEVEL": "WARNING",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "COGNITO_EMAIL_ENABLED": "false",
            "DOCKER_HOST": f"unix://{scratch}/no-docker",
        }
        log = Path(scratch) / "emulator.log"
        with log.open("wb") as output:
            process = subprocess.Popen([EMULATOR, "-m", "ministack"], env=environment, stdout=output, stderr=output)
        try:
            _wait_for(f"{url}/_ministack/health")
            yield url
        finally:
            process.kill()
            process.wait()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _emulated(build: Path) -> Path:
    """Writes the built template without what the emulator refuses: alarms on several metrics."""
    template = load(build / "template.yaml")
    template["Resources"] = {
        name: each
        for name, each in template["Resources"].items()
        if not (each["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in each["Properties"])
    }
    path = build / "emulated.json"
    path.write_text(json.dumps(template))
    return path


class Deployment:
    """One stack that ``sam deploy`` made."""

    def __init__(self, endpoint_url: str, stack: str = STACK) -> None:
        self.endpoint_url = endpoint_url
        self.stack = stack
        self._base = ""

    def deploy(self, build: Path) -> None:
        """Creates or updates the stack out of a build folder, as CI does on AWS."""
        self._sam(
            "deploy",
            "--image-repository=localhost/none",  # as samconfig.toml says
            f"--template-file={_emulated(build)}",
            "--resolve-s3",
            "--capabilities=CAPABILITY_IAM",
            "--no-confirm-changeset",
            "--no-fail-on-empty-changeset",
            "--parameter-overrides",
            f"Stage=local AllowLoopbackUrls=true EmulatorUrl={self.endpoint_url}",
        )
        self._connect_routes()

    def delete(self) -> None:
        """Deletes the stack."""
        self._sam("delete", "--no-prompts")

    def resources(self) -> dict[str, str]:
        """Physical ids of the stack's resources by logical id; empty if there is no stack."""
        cloudformation = client("cloudformation", self.endpoint_url)
        try:
            pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.stack)
            found = [each for page in pages for each in page["StackResourceSummaries"]]
        except cloudformation.exceptions.ClientError:
            return {}
        return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def code_hashes(self) -> dict[str, str]:
        """SHA-256 of each deployed function's code, by logical id."""
        functions = client("lambda", self.endpoint_url)
        return {
            name: functions.get_function(FunctionName=physical)["Configuration"]["CodeSha256"]
            for name, physical in self.resources().items()
            if name.endswith("Function")
        }

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Calls the API through the emulated API Gateway."""
        return httpx.request(method, f"{self._base}/api/plugins{path}", timeout=60, trust_env=False, **request)

    def _connect_routes(self) -> None:
        """Creates the routes of the OpenAPI body that SAM makes: the emulator does not import them, AWS does."""
        resources = self.resources()
        api = resources["PluginApi"]
        self._base = f"{self.endpoint_url}/_aws/execute-api/{api}/$default"
        gateway = client("apigatewayv2", self.endpoint_url)
        known = {route["RouteKey"] for route in gateway.get_routes(ApiId=api)["Items"]}
        for key, function in self._routes().items():
            if key in known:
                continue
            integration = gateway.create_integration(
                ApiId=api,
                IntegrationType="AWS_PROXY",
                IntegrationUri=f"arn:aws:lambda:{REGION}:000000000000:function:{resources[function]}",
                PayloadFormatVersion="2.0",
            )
            gateway.create_route(ApiId=api, RouteKey=key, Target=f"integrations/{integration['IntegrationId']}")

    def _routes(self) -> Mapping[str, str]:
        """Logical ids of functions by route key, out of the template that CloudFormation processed."""
        template: Any = client("cloudformation", self.endpoint_url).get_template(
            StackName=self.stack, TemplateStage="Processed"
        )["TemplateBody"]
        paths = template["Resources"]["PluginApi"]["Properties"]["Body"]["paths"]
        routes = {}
        for path, operations in paths.items():
            for operation in operations.values():
                uri = json.dumps(operation["x-amazon-apigateway-integration"]["uri"])
                function = _FUNCTION_OF_URI.search(uri)
                assert function
                routes["$default" if path.endswith("$default") else f"ANY {path}"] = function[1]
        return routes

    def _sam(self, command: str, *arguments: str) -> None:
        environment = {
            **os.environ,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_DEFAULT_REGION": REGION,
            "SAM_CLI_TELEMETRY": "0",
        }
        done = subprocess.run(
            [SAM, command, f"--stack-name={self.stack}", f"--region={REGION}", "--config-env=none", *arguments],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"sam {command} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
