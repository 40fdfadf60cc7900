"""Code that was compiled when the layer was built, so that no cold start compiles it again.

``dataclasses`` writes the methods of a class as text and executes it, and ``re`` translates patterns: a quarter of what
POST /renders took to start. ``layers/common/precompile.py`` stores what both make, by what they make it of, in
the layer. What is not stored is compiled as ever; a laptop, which has no such file, compiles everything.
"""

import dataclasses
import marshal
import re
import sys
from pathlib import Path
from types import CodeType
from typing import Any, Final

FILE: Final = Path(__file__).with_name(f"precompiled.{sys.implementation.cache_tag}.bin")
"""The tag is that of .pyc files: another version of Python finds no file."""

Globals = dict[str, Any]


def install(file: Path = FILE) -> None:
    """Makes ``dataclasses`` and ``re`` use what a file has stored. Does nothing if there is no such file."""
    try:
        stored = marshal.loads(file.read_bytes())  # noqa: S302 (a file of the layer, like its .pyc files)
    except FileNotFoundError:
        return
    # A name of the module hides the builtin function: the text is executed here, in the same namespaces.
    dataclasses.exec = _Executor(stored["texts"])  # type: ignore[attr-defined]
    compiler: Any = getattr(re, "_compiler", None)
    if compiler is not None and stored["magic"] == compiler.MAGIC:
        compiler.compile = _PatternCompiler(stored["patterns"], compiler)


class _Executor:
    """``exec`` for texts. ``texts`` has the marshalled code of those that are stored."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def __call__(self, text: str, namespace: Globals, local: Globals) -> None:
        """Executes a text in the namespaces."""
        stored = self._texts.get(text)
        code: CodeType = marshal.loads(stored) if stored else compile_text(text)  # noqa: S302
        exec(code, namespace, local)  # noqa: S102 (what dataclasses does)


class _PatternCompiler:
    """``re._compiler.compile``. ``patterns`` has the arguments of its last step for those that are stored."""

    def __init__(self, patterns: dict[tuple[str | bytes, int], bytes], compiler: Any) -> None:
        self._patterns = patterns
        self._compile = compiler.compile
        self._finish = compiler._sre.compile

    def __call__(self, pattern: Any, flags: int = 0) -> Any:
        """Returns the compiled pattern."""
        stored = self._patterns.get((pattern, int(flags))) if isinstance(pattern, str | bytes) else None
        if stored is None:
            return self._compile(pattern, flags)
        return self._finish(pattern, *marshal.loads(stored))  # noqa: S302


def compile_text(text: str) -> CodeType:
    """Returns the code of a text, as ``exec`` compiles it for ``dataclasses``."""
    return compile(text, "<string>", "exec", dont_inherit=True)
