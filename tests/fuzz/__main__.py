"""Generates cases from the contract and runs them against the local stack: `python -m tests.fuzz --max-examples 200`.

All checks of Schemathesis are on, and its stateful phase follows the contract's links. Exits with its status.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from local.stack import Stack
from local.users import User
from tests.fuzz.lenient import lenient
from tests.fuzz.sessions import Sessions
from tests.support.contract import document

HERE = Path(__file__).parent
# Enough credits for a few dozen renders, so that the worker keeps up and 402 is reached too.
PARAMETERS = {
    "RateLimits": json.dumps({"unknown": 1_000_000}),
    "SignInsPerAddress": "1000000",
    "WelcomeCredits": "150",
}
OWNER = User("fuzz@example.com", "Fuzz-everything-1", "Fuzz")
STRANGER = User("stranger@example.com", "Fuzz-everything-1", "Stranger")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--max-examples", type=int, default=200, help="cases for each operation and phase")
    parser.add_argument("--seed", type=int, default=None, help="the same cases as a run of this seed")
    given, others = parser.parse_known_args()
    with Stack(parameters=PARAMETERS) as stack, tempfile.TemporaryDirectory() as folder:
        sessions = Sessions(stack.environment("AuthSigninFunction"), stack.resources["UserPool"].ref)
        accounts, contract = Path(folder, "accounts.json"), Path(folder, "openapi.json")
        contract.write_text(json.dumps(lenient(document())))
        tokens = {user: sessions.sign_in(user) for user in (OWNER, STRANGER)}
        accounts.write_text(json.dumps({"auth": [_account(user, token) for user, token in tokens.items()]}))
        command = [
            str(Path(sys.executable).with_name("st")),
            f"--config-file={HERE / 'schemathesis.toml'}",
            "run",
            str(contract),
            f"--url={stack.url}",
            f"--auth-wfc={accounts}",
            f"--max-examples={given.max_examples}",
            "--continue-on-failure",
            "--no-color",
            *([f"--seed={given.seed}"] if given.seed is not None else []),
            *others,
        ]
        fuzzing = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks", "FUZZ_TOKEN": tokens[OWNER], **sessions.environment}
        return subprocess.run(command, cwd=HERE.parents[1], env={**os.environ, **fuzzing}, check=False).returncode


def _account(user: User, token: str) -> dict[str, object]:
    return {"name": user.name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


if __name__ == "__main__":
    sys.exit(main())
