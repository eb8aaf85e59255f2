"""What can happen to a house 故障: each is done, lasts a moment, and is over when its function returns."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.faults.gates import CUT, OPEN, STALLED
from tests.faults.household import Household
from tests.faults.trio import Member, Trio, wait
from tests.faults.wrong_time import NOTE


@dataclass
class Scene:
    """What there is to break."""

    trio: Trio
    house: Household
    chance: random.Random
    lasting: float = 4.0  # seconds that a hang or a cut lasts at most

    def while_it_lasts(self) -> None:
        """Let time pass."""
        time.sleep(self.chance.uniform(self.lasting / 2, self.lasting))


Harm = Callable[[Scene], None]


def _killed(member: Member, scene: Scene) -> None:
    member.kill()
    time.sleep(scene.chance.uniform(0.2, 1.0))
    member.start()


def kill_primary(scene: Scene) -> None:
    """kill -9 of the database that takes writes; it comes back when another has taken over."""
    first = scene.trio.wait_for_primary()
    first.kill()
    scene.trio.wait_for_primary()
    first.start()


def kill_secondary(scene: Scene) -> None:
    """kill -9 of a database that follows."""
    _killed(scene.trio.secondary(), scene)


def kill_web(scene: Scene) -> None:
    """kill -9 of the web server with both of its processes."""
    scene.house.kill(*scene.house.web_processes(), *scene.house.pids("web"))


def kill_web_process(scene: Scene) -> None:
    """kill -9 of one of the two web processes."""
    scene.house.kill(*scene.house.web_processes()[:1])


def kill_worker(scene: Scene) -> None:
    """kill -9 of a worker, whatever it is about to do."""
    scene.house.kill(*scene.house.pids("worker")[:1])


def kill_clock(scene: Scene) -> None:
    """kill -9 of the clock."""
    scene.house.kill(*scene.house.pids("clock"))


def kill_valkey(scene: Scene) -> None:
    """kill -9 of Valkey."""
    scene.house.kill(*scene.house.pids("valkey"))


def hang_primary(scene: Scene) -> None:
    """The machine of the primary stands still, and goes on as if nothing had been."""
    _frozen(scene.trio.wait_for_primary(), scene)


def hang_secondary(scene: Scene) -> None:
    """The machine of a secondary stands still."""
    _frozen(scene.trio.secondary(), scene)


def _frozen(member: Member, scene: Scene) -> None:
    member.freeze(True)
    try:
        scene.while_it_lasts()
    finally:
        member.freeze(False)


def slow_disk(scene: Scene) -> None:
    """The primary and a secondary get forward by fits and starts."""
    slow = [scene.trio.wait_for_primary(), scene.trio.secondary()]
    until = time.monotonic() + scene.lasting
    while time.monotonic() < until:
        for still, seconds in ((True, 0.3), (False, 0.1)):
            for member in slow:
                member.freeze(still)
            time.sleep(seconds)


def cut_primary(scene: Scene) -> None:
    """Nobody reaches the primary, which reaches everybody."""
    _closed([scene.trio.wait_for_primary()], CUT, scene)


def stall_primary(scene: Scene) -> None:
    """What is sent to the primary never arrives, and no connection breaks."""
    _closed([scene.trio.wait_for_primary()], STALLED, scene)


def cut_all(scene: Scene) -> None:
    """No database is reached at all, for longer than a page waits for one."""
    _closed(scene.trio.members, CUT, replace(scene, lasting=5 * scene.lasting))


def _closed(members: list[Member], state: str, scene: Scene) -> None:
    for member in members:
        member.gate.become(state)
    try:
        scene.while_it_lasts()
    finally:
        for member in members:
            member.gate.become(OPEN)


def fill_disk(scene: Scene) -> None:
    """The primary's disk takes nothing more, until somebody makes room."""
    first = scene.trio.wait_for_primary()
    first.fill_disk()
    until = time.monotonic() + 3 * scene.lasting
    while first.alive and time.monotonic() < until:
        time.sleep(0.1)
    _killed(first, scene)


def fill_valkey_disk(scene: Scene) -> None:
    """Valkey can write nothing more to its append-only file."""
    for pid in scene.house.pids("valkey"):
        subprocess.run(["prlimit", "--pid", str(pid), "--fsize=1024"], check=False)
    scene.while_it_lasts()
    scene.house.kill(*scene.house.pids("valkey"))


def wrong_time(scene: Scene) -> None:
    """Beside the right clock another works, on a machine whose time is hours ahead or behind."""
    ahead = scene.chance.choice((-7_200, 3_600, 86_400))
    wrong = scene.house.start("tests.faults.hasty", "astray", "--ahead", str(ahead))
    time.sleep(2.0)
    scene.while_it_lasts()
    wrong.kill()
    wrong.wait()


def wrong_web_time(scene: Scene) -> None:
    """All that answers people runs on a machine whose time is a day or hours wrong."""
    note = scene.house.folder / NOTE
    note.write_text(str(scene.chance.choice((86_400, 86_400, -7_200))))
    scene.house.kill(*scene.house.web_processes())

    def astray() -> bool:
        pids = scene.house.web_processes()
        return len(pids) == 2 and all((note.parent / f"{NOTE}-{pid}").exists() for pid in pids)

    wait(astray)
    scene.while_it_lasts()
    scene.while_it_lasts()
    note.unlink()
    scene.house.kill(*scene.house.web_processes())


HARMS: dict[str, Harm] = {
    "kill primary": kill_primary,
    "kill secondary": kill_secondary,
    "kill web server": kill_web,
    "kill web process": kill_web_process,
    "kill worker": kill_worker,
    "kill clock": kill_clock,
    "kill Valkey": kill_valkey,
    "hang primary": hang_primary,
    "hang secondary": hang_secondary,
    "slow disk": slow_disk,
    "cut primary off": cut_primary,
    "stall primary's line": stall_primary,
    "cut all databases off": cut_all,
    "database disk full": fill_disk,
    "Valkey disk full": fill_valkey_disk,
    "wrong machine time": wrong_time,
    "wrong web time": wrong_web_time,
}


def heal(scene: Scene, seconds: float = 120) -> None:
    """Until everything runs again."""
    for member in scene.trio.members:
        if not member.alive:
            member.start()
    scene.trio.wait_for_primary()
    wait(scene.house.whole, seconds)
