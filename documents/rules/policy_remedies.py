"""How to put a problem of a policy right 怎么改: one remedy for each kind of problem, in both languages."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

Words = tuple[str, str]  # Chinese, English

MOST_NAMES: Final = 8
MOST_COMPARED: Final = 100  # names before and behind a wrong one that may be the right one
# What the Chinese sentence of a problem says → what to do. The first that fits counts.
REMEDIES: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "缺少这一部分",
        "请补上这一部分；没有内容时写空列表 []",
        "add the section; an empty list [] when there is nothing",
    ),
    ("不认识的部分", "请改正部分的名称，或删去", "correct its name, or take it out"),
    ("应为键值表", "请写成“名称: 值”的形式", "write it as “name: value”"),
    (
        "应为列表",
        "请写成以“- ”开头的列表，每项有 key",
        "write a list: each item begins with “- ” and has a key",
    ),
    (
        "应为选项列表",
        "请写成列表：- {key: …, label: {zh: …, en: …}}",
        "write a list of {key: …, label: {zh: …, en: …}}",
    ),
    ("必须填写", "请填写", "fill it in"),
    ("不合要求", "请改为小写英文字母开头的代码，如 intake_2", "use a key such as intake_2"),
    ("重复", "请改掉其中一个的 key，或删去一个", "give one of them another key, or take it out"),
    ("没有可选的选项", "请至少留一个未停用的选项", "keep at least one option that is not retired"),
    ("缺少中英文文字", "请写 {zh: …, en: …}", "write {zh: …, en: …}"),
    ("缺少中文文字", "请补上 zh: …", "add zh: …"),
    ("缺少英文文字", "请补上 en: …", "add en: …"),
    (
        "依据“",
        "basis 只能是 stated（条文明载）、inferred（推定）或 ours（本系统默认）",
        "basis is stated, inferred or ours",
    ),
    ("是保留字", "请换一个 key，如加上前缀", "use another key, for example with a word before it"),
    ("循环引用", "请改掉其中一处的条件或算式", "change one of these conditions or calculations"),
    ("表达式", "请对照可用的写法和字段名改正", "correct it: see the expressions and the keys of the fields"),
    ("不认识的效果", "请对照效果表改正", "correct it: see the table of effects"),
    ("字段类型“", "请从字段类型表中选用", "use one of the types of fields"),
    ("中类型是", "请统一类型，或给其中一个字段换 key", "use one type, or give one of the fields another key"),
    ("大于最大值", "请把 min 改到不大于 max", "make min no larger than max"),
    ("最大长度", "请写大于 0 的 max，或删去", "give a max above 0, or none"),
    ("表单没有字段", "请在 sections 下加入字段", "add fields under sections"),
    ("分组内没有字段", "请在 fields 下加入字段，或删去分组", "add fields, or take the group out"),
    ("明细表没有栏目", "请在 fields 下列出栏目", "list its columns under fields"),
    ("明细表内", "请把这个字段移到明细表之外", "move the field out of the table"),
    ("没有算式", "请写 value: <表达式>", "write value: <expression>"),
    ("没有登记方式", "请写 register: {form, who, columns, to}", "write register: {form, who, columns, to}"),
    ("没有人可以", "请在 who 中写 [{role: …, at: …}]", "name somebody under who: [{role: …, at: …}]"),
    ("没有说明事由", "请写 columns: {title: <字段>}", "write columns: {title: <field>}"),
    ("最后一个分支", "请在最后加一个没有 when 的 {go: …}", "end with a branch that has no when: {go: …}"),
    ("没有起始环节", "请写 from: [环节] 或 from: any_open", "write from: [stage], or from: any_open"),
    (
        "没有事项类型从这个流程开始",
        "请让某个事项类型使用它，或删去流程",
        "let a case type use it, or take it out",
    ),
    (
        "任何流转都到不了",
        "请让某个流转的 to 指向它，或删去这个环节",
        "let a transition lead to it, or take it out",
    ),
    (
        "没有人能离开",
        "请加一个从它出发的流转，或把 status 改为 closed",
        "add a transition from it, or make it closed",
    ),
    (
        "走不到办结",
        "请加一条最终通向 closed 环节的流转",
        "add a transition that leads to a closed stage in the end",
    ),
    ("编号存为什么", "请写 into: <名称>", "write into: <name>"),
    ("两案的关系", "请写 link: <关系>", "write link: <relation>"),
    ("看不懂的人员", "请写 {role: …, at: …} 或 {is: handler}", "write {role: …, at: …} or {is: handler}"),
    ("哪个单位的负责人", "请写 at: <单位角色>", "write at: <slot>"),
    ("指明取自哪个字段", "请写 agreed_field: <日期字段>", "write agreed_field: <date field>"),
    ("没有任何一级", "请在 rungs 下至少写一级", "write at least one rung"),
    ("没有接收人", "请写 tell: [{role: …, at: …}]", "write tell: [{role: …, at: …}]"),
    ("没有提醒时刻", "请写 remind: [due-3wd, due]", "write remind: [due-3wd, due]"),
    ("没有流水号", "请在 pattern 中加 {seq:4}", "put {seq:4} into the pattern"),
    ("缺少编号格式", "请写 pattern: 'TS-{yyyy}-{seq:4}'", "write pattern: 'TS-{yyyy}-{seq:4}'"),
    (
        "编号格式无法使用",
        "只能用 {yyyy} {mm} {dd} {seq:4} 和单位角色名",
        "use {yyyy} {mm} {dd} {seq:4} and unit slots only",
    ),
    (
        "缺少报告期间",
        "请写 period: {from: 01-01, cut_off: 05-31}",
        "write period: {from: 01-01, cut_off: 05-31}",
    ),
    ("没有收件人", "请写 addressee: '{{ complainant_name }}'", "write addressee: '{{ complainant_name }}'"),
    ("没有正文", "请写 paragraphs: [{zh: …, en: …}]", "write paragraphs: [{zh: …, en: …}]"),
    ("并入的字段", "请改为某张表单中的字段 key", "merge the key of a field of some form"),
    ("没有缺省的保管期限", "请在最后加一项没有 when 的保管期限", "end with a period that has no when"),
    ("永远用不到", "请把没有 when 的一项移到最后", "move the one without when to the end"),
    ("outcomes", "请在 outcomes 列表中加上同 key 的选项", "add an option of this key to the list “outcomes”"),
    ("无法识别", "请对照说明改正数值或写法", "correct the value: see the description of the attribute"),
    ("不认识", "请对照说明改正，或删去", "correct it, or take it out"),
    ("引用的", "请改为已有的代码，或先定义它", "name one that exists, or define it first"),
)
OTHERWISE: Final = ("请对照《制度文件格式》改正", "see the description of the format")


def remedy_for(problem: str) -> Words:
    """What to do about a problem, told by its Chinese sentence."""
    return next(((zh, en) for part, zh, en in REMEDIES if part in problem), OTHERWISE)


def instead_of(name: object, known: Iterable[str]) -> Words:
    """What may stand in place of a name that leads nowhere: the nearest one, or what there is."""
    names = sorted(known)
    place = bisect(names, str(name))
    near = get_close_matches(
        str(name)[:60], names[max(0, place - MOST_COMPARED) : place + MOST_COMPARED], n=1
    )
    if near:
        return f"是否应为“{near[0]}”？", f"did you mean “{near[0]}”?"
    if not names:
        return "请先定义它，或删去这一项", "define it first, or take this out"
    shown, more = names[:MOST_NAMES], len(names) > MOST_NAMES
    return (
        f"可用：{'、'.join(shown)}{'……' if more else ''}",
        f"there is: {', '.join(shown)}{', …' if more else ''}",
    )
