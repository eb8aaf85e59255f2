"""The forms of ways out 出口表单: one for robots and systems, one for the SMS gateway."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from admin_views.forms import NEEDED, ChosenField, up_to
from documents.rules.ways_out import METHODS, USUAL_URLS
from documents.way_out import WayOut

# Read as what it is or not at all: “20” would let every answer of 2xx count as success.
STATUSES = Regexp(
    r"\s*(?:[1-5]\d\d(?:[\s,，、;；]+[1-5]\d\d)*)?\s*$", message=_l("请填写三位状态码，例如 200, 202。")
)
LEVELS = [(str(level), str(level)) for level in range(10)]


class WayForm(Form):
    """What every way out says of itself."""

    id = StringField(
        _l("代码"), [NEEDED, up_to(40)], description=_l("小写字母、数字、短横，设立后不能更改，例如 wecom-1")
    )
    name = StringField(_l("名称"), [NEEDED, up_to(60)], description=_l("例如 合规部值班群"))
    url = StringField(_l("网址"), [NEEDED, up_to(2000)], description=_l("须为 https；{token} 处填入令牌"))
    token = StringField(
        _l("令牌的名称"),
        [up_to(40)],
        description=_l("令牌本身放在环境变量 JUANZONG_WAY_ 加大写的名称，或数据目录 secrets 下同名的文件里"),
    )
    active = BooleanField(_l("启用"), default=True)

    def written(self, kind: str) -> dict[str, Any]:
        """The way out as it is kept."""
        texts = {name: (self[name].data or "").strip() for name in ("id", "name", "url", "token")}
        return {**texts, "kind": kind, "active": bool(self.active.data)}


class GroupForm(WayForm):
    """A robot or a system 群机器人或系统."""

    secret = StringField(
        _l("签名密钥的名称"), [up_to(40)], description=_l("存放方式同令牌；钉钉“加签”、业务系统验签时使用")
    )
    units = SelectMultipleField(
        _l("接收哪些单位的通知"), description=_l("含其下级；一个都不选表示全部单位"), choices=[]
    )
    level = ChosenField(
        _l("从第几级起"), LEVELS, default="0", description=_l("0 为普通提醒，1 级及以上为升级")
    )
    mention = BooleanField(_l("按手机号 @ 被通知的人"))

    def written(self, kind: str) -> dict[str, Any]:
        """With which notices it takes."""
        return {
            **super().written(kind),
            "secret": (self.secret.data or "").strip(),
            "units": list(self.units.data or ()),
            "level": int(self.level.data or 0),
            "mention": bool(self.mention.data),
        }


class GatewayForm(WayForm):
    """The SMS gateway 短信网关."""

    method = ChosenField(_l("方法"), [(one, one) for one in METHODS], default="POST")
    headers = TextAreaField(
        _l("请求头"), [up_to(2000)], description=_l("每行一个，例如 Authorization: Bearer {token}")
    )
    body = TextAreaField(
        _l("请求内容"),
        [up_to(4000)],
        description=_l("用 {phone} {text} {id} 填入手机号、短信和编号；以 { 开头按 JSON，其他按表单编码"),
    )
    statuses = StringField(
        _l("成功的状态码"), [up_to(60), STATUSES], description=_l("例如 200, 202；留空为任何 2xx")
    )
    field = StringField(
        _l("应答中的字段"), [up_to(60)], description=_l("JSON 字段，例如 data.code；留空不看")
    )
    value = StringField(_l("字段等于"), [up_to(60)], description=_l("例如 OK 或 0"))

    def written(self, kind: str) -> dict[str, Any]:
        """With how it is asked, and what it answers."""
        lines = [line for line in (self.headers.data or "").splitlines() if line.strip()]
        split = [line.partition(":") for line in lines]
        statuses = [int(one) for one in re.findall(r"\d{3}", self.statuses.data or "")]
        success = {"statuses": statuses, "field": self.field.data or "", "value": self.value.data or ""}
        return {
            **super().written(kind),
            "method": self.method.data,
            "headers": {name.strip(): value.strip() for name, _, value in split},
            "body": self.body.data or "",
            "success": success,
        }


def form_for(kind: str, sent: Any = None, way: WayOut | None = None) -> WayForm:
    """The form of a kind, filled with what is kept or with what is usual."""
    made = GatewayForm if kind == "sms" else GroupForm
    return made(sent, data=_kept(way) if way else _usual(kind))


def _usual(kind: str) -> Mapping[str, Any]:
    body = '{"phone": "{phone}", "content": "{text}", "ref": "{id}"}' if kind == "sms" else ""
    return {"url": USUAL_URLS.get(kind, "https://"), "active": True, "level": "0", "body": body}


def _kept(way: WayOut) -> Mapping[str, Any]:
    success = way.success or {}
    return {
        **{name: way[name] for name in ("id", "name", "url", "token", "active", "secret", "mention")},
        **{"units": list(way.units), "level": str(way.level), "method": way.method, "body": way.body},
        "headers": "\n".join(f"{name}: {value}" for name, value in (way.headers or {}).items()),
        "statuses": ", ".join(str(one) for one in success.get("statuses") or ()),
        **{"field": success.get("field", ""), "value": success.get("value", "")},
    }


def offer_units(form: WayForm, units: list[tuple[str, str]]) -> None:
    """Which units a robot may be told of."""
    if isinstance(form, GroupForm):
        form.units.choices = [SelectChoice(*one) for one in units]
