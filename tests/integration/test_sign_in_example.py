"""The program of docs/sign-in.md signs in while somebody approves its code."""

from __future__ import annotations

import re
import subprocess
import sys

import httpx

from local.stack import Stack
from local.users import DEMO_USER
from tests.support.paths import ROOT


def test_the_program_of_the_page_signs_in() -> None:
    page = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8")
    [program] = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    with Stack() as stack:
        program = program.replace("http://127.0.0.1:3000/api/plugins", stack.url)
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout
            asked = re.fullmatch(r"Open (\S+) and approve (\S+)\n", running.stdout.readline())
            assert asked
            address, _, code = asked[1].partition("?user_code=")
            with httpx.Client(timeout=30) as browser:
                shown = browser.post(
                    address,
                    data={"user_code": code, "email": DEMO_USER.email, "password": DEMO_USER.password},
                ).text
                approval = shown.partition('name="approval" value="')[2].partition('"')[0]
                decided = browser.post(address, data={"approval": approval, "decision": "approve"})
            output, _ = running.communicate(timeout=60)

    assert (decided.status_code, asked[2]) == (200, code)
    assert output == f"signed in as {DEMO_USER.email}\n"
