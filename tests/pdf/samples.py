"""A small world of papers: one case of an invented cooperative, complete from intake to archive."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from PIL import Image, ImageDraw

from documents.rules.papers import (
    BarChart,
    Figure,
    FilledForm,
    FormField,
    FormSection,
    LetterPaper,
    PaperTable,
    Register,
    RegisterColumn,
    ReportPaper,
    ReportSection,
)
from documents.rules.volume import (
    ClosingNote,
    DeadlineLine,
    Enclosure,
    EventLine,
    Spine,
    SpineSheet,
    VolumeContent,
)
from tests.drawing import strokes

ORGANISATION = "云溪县农村信用合作联社"
NUMBER = "TS-2026-0213-0007"
ARRIVED = datetime(2026, 2, 13, 8, 40, tzinfo=UTC)
STORY = (
    "投诉人于2月13日上午到城东信用社办理存折换折业务，取号后等候近两小时，其间仅开放一个窗口，"
    "大堂无人解释原因。投诉人多次询问何时增开窗口，均未得到答复。"
)


def form(**changes) -> FilledForm:
    facts: dict[str, Any] = {
        "title": "客户投诉处理表",
        "form_key": "handling",
        "number": NUMBER,
        "note": "版式为本系统自定",
        "filled_by": "王敏",
        "filled_at": ARRIVED + timedelta(hours=1),
        "policy_version": "P01 第 3 版",
        "unit": "城东信用社",
        "organisation": ORGANISATION,
        "sections": (
            FormSection(
                "一、投诉人",
                (
                    FormField("姓名", "李建国"),
                    FormField("联系电话", "138****2046"),
                    FormField("证件类型", "居民身份证"),
                    FormField("客户类别", "个人客户"),
                    FormField("联系地址", "云溪县城东镇解放路 18 号 3 栋 502 室", wide=True),
                ),
            ),
            FormSection(
                "二、投诉事项",
                (
                    FormField("投诉渠道", "走访"),
                    FormField("受理时间", "2026-02-13 16:40"),
                    FormField("被投诉单位", "城东信用社"),
                    FormField("投诉类别", "服务质量 / 等候时间"),
                    FormField("事由", "柜面排队两小时无人解释", wide=True),
                    FormField("基本事实", STORY, wide=True),
                    FormField("诉求", "书面说明当日窗口安排，并改进高峰时段的服务。", wide=True),
                ),
                (
                    PaperTable(
                        ("序号", "问题", "认定", "涉及金额（元）"),
                        (
                            ("1", "高峰时段只开一个窗口", "属实", "0.00"),
                            ("2", "大堂无人引导", "部分属实", "0.00"),
                        ),
                        title="逐项认定",
                        widths=(10, 50, 20, 20),
                        numeric=(3,),
                    ),
                ),
            ),
            FormSection(
                "三、处理情况",
                (FormField("处理情况", STORY * 5, wide=True), FormField("处理结果", "当场不能解决")),
            ),
        ),
    }
    return FilledForm(**(facts | changes))


def supervision() -> FilledForm:
    return form(
        title="客户投诉处理督办表",
        form_key="supervision",
        unit="合规部（受理部门）",
        filled_by="陈静",
        filled_at=ARRIVED + timedelta(days=11),
        sections=(
            FormSection(
                "",
                (
                    FormField("督办单位", "城东信用社"),
                    FormField("督办时间", "2026-02-24 09:02"),
                    FormField("办理要求", "核查当日排班与值守，七个工作日内办结并答复投诉人。", wide=True),
                    FormField("签收人", "赵强"),
                    FormField("签收时间", "2026-02-24 10:15"),
                ),
            ),
        ),
    )


def signed() -> FilledForm:
    drawn = FormField("客户签名", "李小明　2026-02-24 09:02", picture=strokes())
    return form(sections=(FormSection("签名", (drawn, FormField("经办人签名", "王敏"))),))


def letter(**changes) -> LetterPaper:
    facts: dict[str, Any] = {
        "title": "投诉处理意见书",
        "organisation": ORGANISATION,
        "document_number": "云信诉〔2026〕7号",
        "addressee": "李建国先生",
        "paragraphs": (
            "您于2026年2月13日反映城东信用社柜面等候时间过长的投诉（编号 TS-2026-0213-0007）收悉。"
            "我社高度重视，"
            "由合规部督办、城东信用社核查，现将处理意见告知如下：",
            "一、关于等候时间。经调阅排队系统和监控录像，当日上午应开放三个窗口，因两名柜员参加培训而仅开放一个，"
            "您实际等候一小时五十二分钟，情况属实。",
            "二、关于无人解释。大堂经理当时在协助自助设备故障处置，未能及时引导说明，我社对此表示歉意。",
            "三、整改措施。自3月1日起，各网点培训一律安排在非营业时段；"
            "等候超过三十分钟时须由网点负责人到场说明并增开窗口。",
        ),
        "appeal_path": "如您对本处理意见有异议，可自收到本意见书之日起，"
        "凭本意见书向当地办事处或者省联社合规部提出书面申诉。",
        "contact": "联系人：陈静，联系电话：0752-0000000。",
        "signed_by": ORGANISATION,
        "signed_on": date(2026, 3, 4),
        "attachments": ("城东信用社窗口排班整改方案", "客户意见回执"),
        "copied_to": ("城东信用社", "联社档案室"),
    }
    return LetterPaper(**(facts | changes))


def events() -> tuple[EventLine, ...]:
    rows = (
        (0, "王敏", "城东信用社", "登记投诉", "渠道：走访；当场不能解决，向投诉人说明原因。"),
        (1, "王敏", "城东信用社", "报送受理部门", "提交《客户投诉处理表》。"),
        (256, "陈静", "合规部（受理部门）", "出具督办表", "督办单位：城东信用社；七个工作日内办结并答复。"),
        (257, "赵强", "城东信用社", "签收督办表", ""),
        (330, "系统", "", "到期前提醒", "提醒承办人：距办理答复期限还有 2 个工作日。"),
        (420, "赵强", "城东信用社", "答复投诉人", "电话答复并寄送《投诉处理意见书》，投诉人表示接受。"),
        (440, "陈静", "合规部（受理部门）", "审核办结", "事实清楚，处理适当，同意办结。"),
    )
    return tuple(
        EventLine(ARRIVED + timedelta(hours=later), who, unit, what, note)
        for later, who, unit, what, note in rows
    )


def deadlines() -> tuple[DeadlineLine, ...]:
    return (
        DeadlineLine(
            "出具督办表",
            ARRIVED + timedelta(hours=1),
            datetime(2026, 2, 25, 9, 30, tzinfo=UTC),
            ARRIVED + timedelta(hours=256),
            "按期完成",
            (
                "2月13日（周五）17:40 收到处理表，当日不计入。",
                "2月14日（周六）为春节调休上班日，计为第 1 个工作日。",
                "2月15日至23日为春节假期，不计入。",
                "2月24日（周二）为第 2 个工作日；营业终了为 17:30。",
            ),
            "指引第十八条第（一）项：2 个工作日",
        ),
        DeadlineLine(
            "办理并答复投诉人",
            ARRIVED + timedelta(hours=257),
            datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
            ARRIVED + timedelta(hours=420),
            "按期完成",
            (
                "2月24日签收，当日不计入。",
                "2月28日（周六）为调休上班日，计入。",
                "3月4日（周三）为第 7 个工作日。",
            ),
            "指引第十八条第（一）项：7 个工作日",
        ),
    )


def enclosure(name: str, media_type: str, content: bytes, **changes) -> Enclosure:
    facts: dict[str, Any] = {
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        "added_by": "王敏",
        "added_at": ARRIVED + timedelta(minutes=20),
    }
    return Enclosure(name=name, media_type=media_type, content=content, **(facts | changes))


def photograph(*, kind: str = "PNG", size: tuple[int, int] = (900, 640)) -> bytes:
    image = Image.new("RGB", size, "#dfe7ee")
    pen = ImageDraw.Draw(image)
    for step in range(0, size[0], 60):
        pen.line((step, 0, size[0] - step, size[1]), fill="#33546d", width=3)
    pen.ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill="#b3261e")
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def scanned_pdf(pages: int = 2) -> bytes:
    sheets = []
    for number in range(pages):
        image = Image.new("L", (1240, 1754), 255)
        pen = ImageDraw.Draw(image)
        pen.rectangle((120, 120, 1120, 1634), outline=0, width=4)
        for line in range(200, 1500, 60):
            pen.line((160, line, 1060 - (line * 7 + number * 31) % 300, line), fill=40, width=6)
        sheets.append(image)
    stream = io.BytesIO()
    undated = {"creationDate": None, "modDate": None}
    sheets[0].save(stream, "PDF", save_all=True, append_images=sheets[1:], resolution=150, **undated)
    return stream.getvalue()


def volume(**changes) -> VolumeContent:
    facts: dict[str, Any] = {
        "volume_number": "Z109-TS·2026-D10-HG-0007",
        "fonds_number": "Z109",
        "fonds_name": ORGANISATION,
        "category": "客户投诉",
        "year": 2026,
        "retention": "10年",
        "unit": "合规部",
        "title": "关于李建国投诉城东信用社柜面排队两小时无人解释的处理材料",
        "case_number": NUMBER,
        "opened_on": date(2026, 2, 13),
        "closed_on": date(2026, 3, 4),
        "secrecy": "内部",
        "policy_title": "广东省农村信用社客户投诉处理工作指引",
        "policy_version": "3",
        "sealed_at": datetime(2026, 3, 6, 2, 0, tzinfo=UTC),
        "forms": (form(), supervision()),
        "letters": (letter(),),
        "events": events(),
        "deadlines": deadlines(),
        "enclosures": (
            enclosure("排队小票.png", "image/png", photograph()),
            enclosure("窗口排班表.pdf", "application/pdf", scanned_pdf()),
            enclosure("通话录音.mp3", "audio/mpeg", b"ID3" + bytes(4000), description="投诉电话录音"),
        ),
        "closing_note": ClosingNote("材料齐全，无缺页。", "陈静", date(2026, 3, 6), "黄伟", date(2026, 3, 6)),
    }
    return VolumeContent(**(facts | changes))


CASES = ("TS-2026-0213-0007", "TS-2026-0214-0001", "TS-2026-0215-0012")
HEADS = tuple(sha256(case.encode()).hexdigest() for case in CASES)


def part(place: int, **changes) -> VolumeContent:
    """One of three cases of a joined volume; the second has a letter and a name that no font shows."""
    facts: dict[str, Any] = {
        "case_number": CASES[place],
        "title": f"关于第{place + 1}件投诉的处理材料",
        "forms": (form(number=CASES[place], filled_by=("王敏", "李😀", "陈𬭳")[place]),),
        "letters": (letter(),) if place == 1 else (),
        "enclosures": (enclosure(f"照片{place}.png", "image/png", photograph()),),
        "policy_version": ("2", "3", "3")[place],
        "events_head": HEADS[place],
    }
    return volume(**(facts | changes))


def joined(**changes) -> VolumeContent:
    facts: dict[str, Any] = dict.fromkeys(("forms", "letters", "events", "deadlines", "enclosures"), ())
    facts |= {"title": "2026年度客户投诉处理材料", "parts": tuple(part(place) for place in range(3))}
    return volume(**(facts | changes))


def spines(count: int = 12) -> SpineSheet:
    titles = (
        "关于李建国投诉城东信用社柜面排队两小时无人解释的处理材料",
        "关于“ATM 吞卡”（2026年）的处理材料",
        "短题名",
        f"关于{'很长的题名' * 60}的处理材料",
        "关于陈𬭳投诉理财产品销售误导、收益与宣传不符的处理材料——附件另存",
    )
    labels = (
        Spine(
            volume_number=f"Z109-TS·2026-D10-HG-{number:04}",
            fonds_number="Z109",
            year=2026,
            retention="10年",
            unit="合规部（受理部门）" if number % 2 else "合规部",
            title=titles[number % len(titles)],
            pages=12 * number,
            cases=1 + number % 3,
            width=(20, 30, 40, 50)[number % 4],
        )
        for number in range(1, count + 1)
    )
    return SpineSheet("2026年度脊背标签", ORGANISATION, ARRIVED, tuple(labels))


def report() -> ReportPaper:
    names = ("服务质量", "等候时间", "收费争议", "自助设备", "贷款业务", "其他")
    categories = tuple(zip(names, (31.0, 22.0, 17.0, 9.0, 6.0, 4.0), strict=True))
    return ReportPaper(
        title="2026年上半年客户投诉处理工作报告",
        organisation=ORGANISATION,
        period="2026年1月1日至6月30日",
        cut_off=date(2026, 6, 10),
        figures=(
            Figure("受理投诉次数", "89", "含上级转办 6 件"),
            Figure("投诉解决次数", "84", "解决率 94.4%"),
            Figure("按期办结", "81", "延期 2 件，逾期 1 件"),
            Figure("不予受理", "3", "均已书面说明"),
        ),
        sections=(
            ReportSection(
                "投诉基本情况",
                ("上半年共受理客户投诉 89 件，同比减少 7 件；已解决 84 件，其余 5 件正在办理且均未到期。",),
                charts=(BarChart("按业务类别分布", categories, "件"),),
            ),
            ReportSection(
                "主要投诉问题及原因分析",
                ("投诉集中于等候时间与服务态度，主要原因是高峰时段窗口不足。", "自助设备故障未及时公告。"),
                (
                    PaperTable(
                        ("原因", "件数", "占比"),
                        (
                            ("窗口不足", "22", "24.7%"),
                            ("解释不到位", "19", "21.3%"),
                            ("公示不清", "17", "19.1%"),
                        ),
                        title="投诉原因统计",
                        widths=(60, 20, 20),
                        numeric=(1, 2),
                    ),
                ),
            ),
            ReportSection("整改措施", ("调整培训时段，增设弹性窗口；自助设备停用须半小时内张贴公告。",)),
        ),
        signed_by=ORGANISATION,
        signed_on=date(2026, 6, 12),
        document_number="云信诉〔2026〕31号",
        addressees=("国家金融监督管理总局云溪监管支局", "云溪县银行业协会"),
        copied_to=("省联社合规部",),
    )


def register(rows: int = 30) -> Register:
    columns = (
        RegisterColumn("序号", 5, numeric=True),
        RegisterColumn("投诉编号", 14),
        RegisterColumn("受理日期", 9),
        RegisterColumn("投诉人", 7),
        RegisterColumn("事由", 25),
        RegisterColumn("承办单位", 11),
        RegisterColumn("办结日期", 9),
        RegisterColumn("结果", 8),
        RegisterColumn("档号", 18),
        RegisterColumn("页数", 5, numeric=True),
    )
    lines = tuple(
        (
            str(number),
            f"TS-2026-0213-{number:04}",
            "2026-02-13",
            "李建国",
            "柜面排队两小时无人解释",
            "城东信用社",
            "2026-03-04",
            "办结",
            f"Z109-TS·2026-D10-HG-{number:04}",
            "12",
        )
        for number in range(1, rows + 1)
    )
    return Register(
        title="客户投诉登记册",
        organisation=ORGANISATION,
        period="2026年度",
        columns=columns,
        rows=lines,
        made_by="陈静",
        made_at=datetime(2026, 12, 31, 2, 0, tzinfo=UTC),
    )
