"""One process owns a store, and who that is can be found out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index_store import Store, StoreOwnedError

PROJECT = Path(__file__).parent.parent

HOLD = """
import sys
from pathlib import Path
from index_store import Store
store = Store.open(Path(sys.argv[1]))
store.set_address("http://127.0.0.1:7860")
print("held", flush=True)
sys.stdin.read()
store.close()
"""


def hold(directory: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()


def test_a_second_opener_learns_who_owns_it_and_where(tmp_path: Path) -> None:
    owner = hold(tmp_path)
    try:
        with pytest.raises(StoreOwnedError, match="in use by process") as caught:
            Store.open(tmp_path)
        assert caught.value.address == "http://127.0.0.1:7860"
        assert caught.value.pid == owner.pid
    finally:
        end(owner)
    Store.open(tmp_path).close()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_dead_owner_is_taken_over(tmp_path: Path) -> None:
    owner = hold(tmp_path)
    os.kill(owner.pid, signal.SIGKILL)
    end(owner)
    with Store.open(tmp_path), pytest.raises(StoreOwnedError) as caught:
        Store.open(tmp_path)
    assert caught.value.pid == os.getpid()
    assert caught.value.address is None


def test_closing_twice_gives_up_only_what_is_held(tmp_path: Path) -> None:
    first = Store.open(tmp_path)
    first.close()
    with Store.open(tmp_path):
        first.close()
        with pytest.raises(StoreOwnedError):
            Store.open(tmp_path)


def test_an_address_can_be_taken_back(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.set_address("http://127.0.0.1:1")
        store.set_address(None)
        with pytest.raises(StoreOwnedError) as caught:
            Store.open(tmp_path)
        assert caught.value.address is None


def test_a_garbled_owner_file_does_not_hide_that_the_store_is_owned(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        (tmp_path / "owner.json").write_text("[]", encoding="utf-8")
        with pytest.raises(StoreOwnedError, match="another process"):
            Store.open(tmp_path)
