"""What a policy needs from the house 对照: units, people and a calendar, against what is there.

These are bindings: they are never part of a policy. An import says what is still to be set up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from documents.rules.policy_house import Binding, House, HouseUnit, words_of
from documents.rules.policy_portable import tables
from documents.rules.policy_problems import Definition, as_list, elements, table

MOST_NAMES = 5


def bindings(definition: Definition, house: House) -> list[Binding]:
    """Everything a policy needs from the house, in order, met or not."""
    return [
        *_calendar(definition, house),
        *_kinds(definition, house),
        *_slots(definition, house),
        *_roles(definition, house),
        *_posts(definition, house),
        *_contacts(definition, house),
        *_duties(definition, house),
        *_fonds(definition, house),
        *_mail(house),
    ]


def _calendar(definition: Definition, house: House) -> Iterator[Binding]:
    key = str(table(definition.get("policy")).get("calendar", ""))
    if key not in house.calendars:
        yield Binding(
            False,
            "calendar",
            key,
            f"没有工作日历“{key}”",
            f"there is no work calendar “{key}”",
            "请在“工作日历”中建立它，或改 policy.calendar",
            "make it under Calendars, or change policy.calendar",
        )
    elif house.year not in house.calendars[key]:
        yield Binding(
            False,
            "calendar",
            key,
            f"工作日历“{key}”没有 {house.year} 年的节假日",
            f"the work calendar “{key}” does not cover {house.year}",
            "请在“工作日历”中录入这一年",
            "enter that year under Calendars",
        )
    else:
        yield Binding(True, "calendar", key, f"工作日历“{key}”", f"work calendar “{key}”")


def _kinds(definition: Definition, house: House) -> Iterator[Binding]:
    for one in elements(definition, "unit_kinds"):
        key, (zh, en) = str(one.get("key")), _label(one)
        number = len(house.of_kind(key))
        if number:
            yield Binding(True, "unit_kind", key, f"{zh}：{number} 个单位", f"{en}: {number} units")
        else:
            yield Binding(
                False,
                "unit_kind",
                key,
                f"没有“{zh}”这类单位",
                f"there is no unit of the kind “{en}”",
                f"请在“单位”中新增，类型选 {key}",
                f"add one under Units, of the kind {key}",
            )


def _slots(definition: Definition, house: House) -> Iterator[Binding]:
    """`within` wants one unit directly below each unit of the slot above; `above` one on the way up."""
    rules, labels = table(definition.get("slots")), table(definition.get("slot_labels"))
    for name, rule in rules.items():
        zh, en = words_of(labels.get(name), name)
        kind = table(rule).get("kind")
        if "within" in table(rule):
            above = table(rules.get(rule["within"])).get("kind")
            for unit in house.of_kind(above):
                yield _below(
                    name, (zh, en), unit, [one for one in house.of_kind(kind) if one.parent == unit.id]
                )
        elif "above" in table(rule):
            yield from _above(name, (zh, en), kind, definition, house)


def _below(name: str, words: tuple[str, str], unit: HouseUnit, found: list[HouseUnit]) -> Binding:
    zh, en = words
    here_zh, here_en = words_of(unit.name, unit.id)
    if len(found) == 1:
        return Binding(True, "slot", name, f"{here_zh}的{zh}", f"{en} of {here_en}")
    if not found:
        return Binding(
            False,
            "slot",
            name,
            f"“{here_zh}”之下没有{zh}",
            f"“{here_en}” has no {en} directly below it",
            "请在“单位”中新增或移到其下",
            "add one under Units, or move it there",
        )
    first = min(one.id for one in found)
    return Binding(
        False,
        "slot",
        name,
        f"“{here_zh}”之下有 {len(found)} 个{zh}，只会用到 {first}",
        f"“{here_en}” has {len(found)} of {en} below it; only {first} is used",
        "请只保留一个，其余停用或改类型",
        "keep one; retire the others or change their kind",
    )


def _above(
    name: str, words: tuple[str, str], kind: Any, definition: Definition, house: House
) -> Iterator[Binding]:
    zh, en = words
    roles = registering(definition)
    starts = [house.units[unit] for role, unit in house.posts if role in roles and unit in house.units]
    kinds = {unit.id: unit.ancestors for unit in house.of_kind(kind)}
    # A unit that has such units below it is a superior body: its own cases go without the slot.
    superior = {above for ancestors in kinds.values() for above in ancestors}
    lost = sorted(
        {unit.id for unit in starts if not kinds.keys() & set(unit.ancestors) and unit.id not in superior}
    )
    if lost:
        some = "、".join(lost[:MOST_NAMES]) + ("……" if len(lost) > MOST_NAMES else "")
        yield Binding(
            False,
            "slot",
            name,
            f"{len(lost)} 个登记单位的上级中没有{zh}：{some}",
            f"{len(lost)} registering units have no {en} above them: {', '.join(lost[:MOST_NAMES])}",
            "请把它们移到这样的单位之下；否则这一角色空缺",
            "move them below such a unit; the slot stays empty otherwise",
        )
    elif kinds:
        yield Binding(True, "slot", name, f"{zh}：向上可找到", f"{en}: found above")


def registering(definition: Definition) -> set[str]:
    """The roles that may register a case; linked cases are opened by a step, wherever it leads."""
    types = [one for one in elements(definition, "case_types") if not one.get("linked_only")]
    registers = [table(one.get("register")) for one in types]
    return {
        str(who["role"])
        for register in registers
        for who in as_list(register.get("who"))
        if isinstance(who, Mapping) and "role" in who
    }


def _roles(definition: Definition, house: House) -> Iterator[Binding]:
    for one in elements(definition, "roles"):
        key, (zh, en) = str(one.get("key")), _label(one)
        number = house.holders(key)
        if number:
            yield Binding(True, "role", key, f"{zh}：{number} 人次", f"{en}: {number} posts")
        else:
            yield Binding(
                False,
                "role",
                key,
                f"没有人担任“{zh}”",
                f"nobody is “{en}”",
                f"请在“人员”中给人这个岗位（{key}）",
                f"give somebody this post under People ({key})",
            )


def _posts(definition: Definition, house: House) -> Iterator[Binding]:
    """Whoever acts or is told at a slot of a known kind is there in every unit of that kind."""
    rules, labels = table(definition.get("slots")), table(definition.get("slot_labels"))
    roles = {str(one.get("key")): _label(one) for one in elements(definition, "roles")}
    for role, part, slot in sorted(wanted_at(definition)):
        units = house.of_kind(table(rules.get(slot)).get("kind"))
        where_zh, where_en = words_of(labels.get(slot), slot)
        if role and role in roles and house.holders(role):
            empty = [unit for unit in units if not house.posts.get((role, unit.id))]
            who_zh, who_en = roles[role]
            if empty:
                yield _vacant("post", f"{role}@{slot}", (who_zh, who_en), (where_zh, where_en), empty)
        elif part in ("head", "deputy"):
            empty = [unit for unit in units if not getattr(unit, part)]
            who = {"head": ("负责人", "head"), "deputy": ("副职", "deputy")}[part]
            if empty:
                yield _vacant("head", f"{part}@{slot}", who, (where_zh, where_en), empty)


def wanted_at(definition: Definition) -> set[tuple[str, str, str]]:
    """(role, part, slot) of everybody who acts or is told at a slot."""
    found = set()
    for _, one in tables({name: definition.get(name) for name in ("workflows", "ladders")}):
        if isinstance(one.get("at"), str) and (isinstance(one.get("role"), str) or one.get("is")):
            found.add((str(one.get("role", "")), str(one.get("is", "")), one["at"]))
    return found


def _vacant(
    about: str, key: str, who: tuple[str, str], where: tuple[str, str], empty: list[HouseUnit]
) -> Binding:
    some_zh = "、".join(words_of(unit.name, unit.id)[0] for unit in empty[:MOST_NAMES])
    some_en = ", ".join(words_of(unit.name, unit.id)[1] for unit in empty[:MOST_NAMES])
    more_zh, more_en = ("……", ", …") if len(empty) > MOST_NAMES else ("", "")
    return Binding(
        False,
        about,
        key,
        f"{where[0]}没有{who[0]}：{some_zh}{more_zh}",
        f"{where[1]} without {who[1]}: {some_en}{more_en}",
        "请在“人员”或“单位”中补上；否则由上一级接收",
        "fill the post under People or Units; the word goes one higher otherwise",
    )


def _contacts(definition: Definition, house: House) -> Iterator[Binding]:
    """Somebody at work is chosen for every named contact; the unit's head is told otherwise."""
    remedy = (
        "请在“本单位对照”中选定；否则通知单位负责人",
        "choose somebody under Bindings of this house; the head of the unit is told otherwise",
    )
    for one in elements(definition, "contacts"):
        key, (zh, en) = str(one.get("key")), _label(one)
        chosen = house.contacts.get(key)
        person = house.people.get(chosen or "")
        if person is not None:
            yield Binding(True, "contact", key, f"{zh}：{person.name}", f"{en}: {person.name}")
        elif chosen:
            words = f"指定联系人“{zh}”（{chosen}）已不在岗", f"the named contact “{en}” ({chosen}) has left"
            yield Binding(False, "contact", key, *words, *remedy)
        else:
            words = f"没有选定指定联系人“{zh}”", f"nobody is chosen as the named contact “{en}”"
            yield Binding(False, "contact", key, *words, *remedy)


def _duties(definition: Definition, house: House) -> Iterator[Binding]:
    for one in elements(definition, "duties"):
        owner = table(one.get("owner"))
        units = house.of_kind(owner.get("kind"))
        held = any(house.posts.get((str(owner.get("role")), unit.id)) for unit in units)
        zh, en = _label(one)
        if not held:
            yield Binding(
                False,
                "duty",
                str(one.get("key")),
                f"周期事项“{zh}”没有承担人",
                f"nobody is there for the duty “{en}”",
                f"请在“人员”中给人 {owner.get('role')} 岗位（单位类型 {owner.get('kind')}）",
                f"give somebody the post {owner.get('role')} in a unit of the kind {owner.get('kind')}",
            )


def fonds_units(definition: Definition, house: House) -> list[HouseUnit]:
    """The units whose fonds 全宗 the files of this policy stand in."""
    rules, owners = (
        table(definition.get("slots")),
        as_list(table(definition.get("archive")).get("fonds_slots")),
    )
    return house.of_kind(table(rules.get(owners[0])).get("kind")) if owners else []


def _fonds(definition: Definition, house: House) -> Iterator[Binding]:
    for unit in fonds_units(definition, house):
        zh, en = words_of(unit.name, unit.id)
        if unit.fonds:
            yield Binding(True, "fonds", unit.id, f"{zh}：全宗号 {unit.fonds}", f"{en}: fonds {unit.fonds}")
        else:
            yield Binding(
                False,
                "fonds",
                unit.id,
                f"“{zh}”没有全宗号，档号将用默认的 {table(definition.get('archive')).get('fonds_default')}",
                f"“{en}” has no fonds number; archive numbers fall back to the default",
                "请在“单位”中填写全宗号",
                "enter it under Units",
            )


def _mail(house: House) -> Iterator[Binding]:
    if house.mail:
        yield Binding(True, "server", "mail", "邮件服务器", "mail server")
    elif house.mail is not None:
        yield Binding(
            False,
            "server",
            "mail",
            "没有设置邮件服务器：提醒只在系统内显示",
            "no mail server is set: reminders show in the portal only",
            "请设置 JUANZONG_SMTP_URL 后重启",
            "set JUANZONG_SMTP_URL and start again",
        )


def _label(one: Definition) -> tuple[str, str]:
    return words_of(one.get("label"), str(one.get("key")))
