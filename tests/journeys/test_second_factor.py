"""The second factor 两步验证 in a browser: forced on an administrator, shown, lost, and the devices ended."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, expect
from pymongo import MongoClient

from documents.demonstration import PASSWORD
from portal.programmes import gunicorn, web_answers
from portal.servers import LOOPBACK, free_port, leashed
from portal.settings import PROJECT
from tests.journeys.house import House
from tests.journeys.visitor import PHONE, Visitor

STEP = 30


@contextmanager
def strict_door(house: House) -> Iterator[str]:
    """A further web server of the house that holds people to the second factor, as outside the demo."""
    port = free_port()
    told = {
        "JUANZONG_FOLDER": str(house.folder),
        "JUANZONG_SECOND_FACTOR": "on",
        "JUANZONG_WEB_PROCESSES": "1",
    }
    process = subprocess.Popen(
        leashed(gunicorn(told, f"{LOOPBACK}:{port}")),
        cwd=PROJECT,
        env={**os.environ, **told, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not web_answers(port):
            assert process.poll() is None
            time.sleep(0.1)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(20)
        addresses = json.loads((house.folder / "run" / "addresses.json").read_text())
        with MongoClient[dict[str, object]](addresses["MONGODB_URI"]) as client:
            client["juanzong"]["second_factors"].delete_many({})  # the other journeys sign in without


class Phone:
    """An authenticator 验证器 that has read the picture, by a library and not by our code."""

    def __init__(self, key: str) -> None:
        self.totp = TOTP(b32decode(key.replace(" ", "")), 6, SHA1(), STEP)  # as phones do  # noqa: S303
        self.at = time.time()

    def code(self, steps: int = 0) -> str:
        """The code of the moment of reading, or of so many half minutes later."""
        return self.totp.generate(int(self.at + steps * STEP)).decode()

    def picture(self) -> str:
        """What the picture of this secret looks like."""
        address = self.totp.get_provisioning_uri("admin", "卷宗")
        return str(segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4, omitsize=True))


def fits(visitor: Visitor) -> None:
    """Nothing stands beyond the edge of a telephone."""
    before = visitor.page.viewport_size
    visitor.page.set_viewport_size(PHONE)
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert before
    visitor.page.set_viewport_size(before)


def comes_to_the_door(visitor: Visitor) -> None:
    visitor.opens("/sign-in")
    visitor.page.get_by_label("登录名").fill("admin")
    visitor.page.get_by_label("密码").fill(PASSWORD)
    visitor.presses("登录")


def shows(visitor: Visitor, code: str) -> None:
    visitor.page.get_by_label("验证码").fill(code)
    visitor.presses("验证并登录")


def sets_it_up(admin: Visitor) -> tuple[Phone, list[str]]:
    """Nothing opens before; the picture is read, and the recovery codes are shown this once."""
    comes_to_the_door(admin)
    admin.sees_title("启用两步验证")
    admin.opens("/admin/people/")
    admin.sees("您的岗位须用两步验证")
    fits(admin)
    phone = Phone(admin.page.locator(".factor-key").inner_text())
    drawn = admin.page.locator(".factor-picture path").last.get_attribute("d")
    assert drawn
    assert drawn in phone.picture()
    admin.page.get_by_label("验证码").fill("000000")
    admin.presses("验证并启用")
    admin.sees("验证码不正确")
    admin.page.get_by_label("验证码").fill(phone.code())
    admin.presses("验证并启用")
    admin.sees_title("恢复码")
    fits(admin)
    codes = admin.page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    admin.presses("我已保存，继续")
    admin.sees_title("人员")
    admin.opens("/second-factor")
    admin.sees("恢复码还剩 10 个")
    assert codes[0] not in admin.page.content()
    return phone, codes


def test_forced_shown_lost_and_ended(house: House, browser: Browser) -> None:
    with strict_door(house) as address:
        admin = Visitor.arrive(browser, address)
        admin.opens(f"/sign-in/reset#{'x' * 43}")  # what stands behind the # is sent in a form, and gone
        admin.sees("这个链接已失效")
        assert admin.page.url == f"{address}/sign-in/reset"
        phone, codes = sets_it_up(admin)
        admin.page.get_by_label("个人菜单").click()
        admin.presses("退出")
        comes_to_the_door(admin)
        admin.sees("还差一步")
        fits(admin)
        shows(admin, phone.code())  # the one that was used
        admin.sees("或已经用过")
        shows(admin, phone.code(1))
        admin.sees_title("工作台")
        # Without the telephone: a recovery code, for once, in another browser.
        other = Visitor.arrive(browser, address, phone=True)
        comes_to_the_door(other)
        shows(other, codes[3])
        other.sees("您用恢复码登录，还剩 9 个")
        other.context.clear_cookies()
        comes_to_the_door(other)
        shows(other, codes[3])
        other.sees("或已经用过")
        shows(other, codes[4].upper().replace("-", " "))
        other.sees_title("工作台")
        # The account shows every device; one press ends another.
        admin.opens("/profile#sign-ins")
        devices = admin.page.locator("#sign-ins .thing")
        expect(devices).to_have_count(3)
        expect(devices.filter(has_text=re.compile("本机"))).to_have_count(1)
        fits(admin)
        admin.presses("退出其他所有设备")
        admin.sees("已退出其他 2 台设备")
        expect(devices).to_have_count(1)
        other.opens("/cases")
        other.sees_title("卷宗")
        for one in (admin, other):
            one.leaves()
