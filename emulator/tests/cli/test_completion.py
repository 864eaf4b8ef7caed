"""`fauxlate completion` prints a script that a shell reads."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from fauxlate.cli import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_script_knows_every_verb(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(verb in script for verb in ("serve", "wait", "env", "catalog", "check", "scenarios", "completion"))


def test_bash_completes_verbs_and_flags(capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    bash = shutil.which("bash")
    assert bash is not None
    program = (
        capsys.readouterr().out
        + '\nCOMP_WORDS=(fauxlate serve --see); COMP_CWORD=2; _shtab_fauxlate 2>/dev/null; echo "${COMPREPLY[@]}"'
    )
    result = subprocess.run([bash, "-c", program], capture_output=True, text=True, check=False)
    assert result.stdout.split() == ["--seed"]
