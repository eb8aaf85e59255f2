"""Mails 电子邮件: head, text and attachments, whatever encoding and however broken."""

from __future__ import annotations

import base64

import pytest

from documents.rules.rendition import Rendition
from pdf.renditions import mail_words
from pdf.renditions.limits import Allowance
from pdf.renditions.making import rendition
from tests.pdf import bombs, samples, uploads


def drawn(content: bytes, name: str = "投诉.eml", **allowed: int) -> Rendition:
    """The pages of a mail."""
    return rendition(samples.enclosure(name, "message/rfc822", content), Allowance(**allowed))


def text(found: Rendition) -> str:
    """All lines of all pages."""
    return "\n".join(line for sheet in found.sheets for line in sheet.lines)


def outcomes(found: Rendition) -> dict[str, str]:
    """What became of each attachment."""
    return {row[1]: row[3] for sheet in found.sheets if sheet.table for row in sheet.table.rows}


def test_the_head_is_a_table_and_the_body_is_text() -> None:
    (sheet,) = drawn(uploads.mail().as_bytes()).sheets
    assert sheet.facts == (
        ("发件人", "李建国 <li.jianguo@example.cn>"),
        ("收件人", "云溪联社合规部 <hegui@example.cn>"),
        ("抄送", "省联社 <sheng@example.cn>"),
        ("日期", "2026-02-13 16:40"),
        ("主题", "关于城东信用社排队两小时的投诉"),
    )
    assert "请书面答复。" in sheet.lines


def test_each_attachment_is_drawn_by_its_own_kind() -> None:
    mail = uploads.mail()
    uploads.attach(mail, "小票.png", "image/png", samples.photograph())
    uploads.attach(mail, "排班.pdf", "application/pdf", samples.scanned_pdf(2))
    uploads.attach(mail, "说明.txt", "application/octet-stream", "说明".encode("gb18030"))
    uploads.attach(mail, "材料.zip", "application/zip", uploads.zipped({"a.txt": b"1"}))
    uploads.attach(mail, "录音.mp3", "audio/mpeg", b"ID3" + bytes(99))
    uploads.attach(mail, "空.pdf", "application/pdf", b"")
    found = drawn(mail.as_bytes())
    assert [sheet.title for sheet in found.sheets] == [
        "", "邮件附件 1　小票.png", "邮件附件 2　排班.pdf", "邮件附件 2　排班.pdf", "邮件附件 3　说明.txt",
        "邮件附件 4　材料.zip",
    ]  # fmt: skip
    assert outcomes(found) == {
        "小票.png": "翻印 1 页", "排班.pdf": "翻印 2 页", "说明.txt": "翻印 1 页",
        "材料.zip": "仅列清单，1 页",
        "录音.mp3": "在邮件原件内：MP3 录音，不能转换为页面，请用播放软件打开原件",
        "空.pdf": "在邮件原件内：文件为空（0 字节）", "a.txt": "2026-02-13 16:40",
    }  # fmt: skip
    assert not found.is_original_only
    assert "邮件附件“录音.mp3”仅存原件：MP3 录音，不能转换为页面，请用播放软件打开原件" in found.warnings


def test_mails_within_mails_are_opened_to_a_depth() -> None:
    mail = uploads.mail("最里层", Subject="第0层")
    for depth in range(1, 7):
        outer = uploads.mail(f"第{depth}层正文", Subject=f"第{depth}层")
        outer.add_attachment(mail)
        mail = outer
    found = drawn(mail.as_bytes())
    assert [sheet.lines[0] for sheet in found.sheets] == ["第6层正文", "第5层正文", "第4层正文", "第3层正文"]
    assert found.sheets[3].title == "邮件附件 1　第5层.eml › 邮件附件 1　第4层.eml › 邮件附件 1　第3层.eml"
    assert outcomes(found)["第2层.eml"] == "在邮件原件内：未打开，见邮件原件"


def test_a_mail_alone_names_its_attachments_and_opens_none() -> None:
    mail = uploads.mail()
    uploads.attach(mail, "炸弹.pdf", "application/pdf", b"%PDF-")
    found = drawn(mail.as_bytes(), depth=0)
    assert len(found.sheets) == 1
    assert outcomes(found) == {"炸弹.pdf": "在邮件原件内：未打开，见邮件原件"}


def test_of_alternatives_plain_text_is_shown_and_html_otherwise() -> None:
    html = (
        "<html><head><style>body{background:url(http://127.0.0.1:9/x)}</style><title>t</title></head>"
        "<body><p>第一段</p><p>第二段&amp;<br>换行</p><table><tr><td>甲</td><td>乙</td></tr></table>"
        "<img src='http://127.0.0.1:9/track.png'><script>alert(1)</script></body></html>"
    )
    assert text(drawn(uploads.mail("纯文本", html=html).as_bytes())) == "纯文本"
    blank = uploads.mail(" ", html=html).as_bytes()
    assert text(drawn(blank)).splitlines() == ["第一段", "", "第二段&", "换行", "", "甲　乙"]


def _raw(headers: bytes, body: bytes = b"x") -> bytes:
    return b"From: a@example.cn\r\nMIME-Version: 1.0\r\n" + headers + b"\r\n\r\n" + body


GB = base64.b64encode("转账手续费𠮷".encode("gb18030")).decode()


@pytest.mark.parametrize(
    ("headers", "body", "subject", "said"),
    [
        pytest.param(
            f"Subject: =?gb2312?B?{GB}?=".encode(), b"x", "转账手续费𠮷", "x", id="gb2312 that is gb18030"
        ),
        pytest.param("Subject: 投诉".encode("gb18030"), b"x", "投诉", "x", id="raw GB bytes"),
        pytest.param("Subject: 投诉".encode(), b"x", "投诉", "x", id="raw UTF-8 bytes"),
        pytest.param(
            b"Subject: =?utf-8?Q?=E6=8A?=\r\n =?utf-8?Q?=95=E8=AF=89?=", b"x", None, "x", id="cut in two"
        ),
        pytest.param(b"Subject: =?no-such?B?5oqV?=", b"x", "投", "x", id="unknown set"),
        pytest.param(b"Subject: =?utf-8?B?5oqV6K+J=====?=", b"x", None, "x", id="bad base64"),
        pytest.param(
            b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: quoted-printable",
            b"=CD=B6=CB=DF",
            "（无主题）",
            "投诉",
            id="quoted-printable",
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=no-such", "投诉".encode(), "（无主题）", "投诉", id="bad set"
        ),
        pytest.param(
            b"Content-Type: text/plain", "投诉".encode("gb18030"), "（无主题）", "投诉", id="no set"
        ),
        pytest.param(
            b"Content-Type: multipart/mixed", "投诉".encode(), "（无主题）", "投诉", id="no boundary"
        ),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b", b"--b\r\n\r\nhalf", "（无主题）", "half", id="cut"
        ),
        pytest.param(b"Content-Type: ;;;=", b"x", "（无主题）", "x", id="broken type"),
        pytest.param(b"Content-Transfer-Encoding: base64", b"%%%", "（无主题）", None, id="broken base64"),
    ],
)
def test_every_encoding_is_read(headers: bytes, body: bytes, subject: str | None, said: str | None) -> None:
    found = drawn(_raw(headers, body))
    if subject is not None:
        assert dict(found.sheets[0].facts)["主题"] == subject
    if said is not None:
        assert text(found) == said


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"attachment; filename*=GB18030''%CD%B6%CB%DF.txt", "投诉.txt"),
        (b"attachment; filename*0*=UTF-8''%E6%8A%95; filename*1=.txt", "投.txt"),
        (b'attachment; filename="=?utf-8?B?5oqV6K+J?=.txt"', "投诉.txt"),
        ('attachment; filename="投诉.txt"'.encode("gb18030"), "投诉.txt"),
        (b'attachment; filename="../../etc/\r\n passwd"', "../../etc/ passwd"),
        (b"attachment; filename*=no-such''%CD%B6.txt", None),
        (b"attachment", "未命名附件1"),
    ],
)
def test_every_way_to_name_a_file_is_read(written: bytes, name: str | None) -> None:
    part = b"--b\r\nContent-Type: text/plain\r\nContent-Disposition: " + written + b"\r\n\r\nx\r\n--b--"
    (found,) = outcomes(drawn(_raw(b"Content-Type: multipart/mixed; boundary=b", b"--b\r\n\r\nt\r\n" + part)))
    assert name is None or found == name


def test_dates_are_told_on_the_clock_of_beijing_or_as_written() -> None:
    assert (
        dict(drawn(uploads.mail(Date="Fri, 13 Feb 2026 08:40:00 -0000").as_bytes()).sheets[0].facts)["日期"]
        == "2026-02-13 16:40"
    )
    assert dict(drawn(_raw(b"Date: yesterday")).sheets[0].facts)["日期"] == "yesterday"


def test_a_signed_mail_says_so() -> None:
    signature = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n"
    body = b"--b\r\n\r\nhello\r\n--b\r\n" + signature + b"--b--"
    found = drawn(_raw(b"Content-Type: multipart/signed; boundary=b", body))
    assert found.sheets[0].notes == ("邮件带有数字签名，请以原件为准（翻印时未作验证）",)
    assert "smime.p7s" in outcomes(found)


def test_small_pictures_of_the_body_take_no_page() -> None:
    mail = uploads.mail("正文", html="<img src='cid:logo'>")
    list(mail.iter_parts())[1].add_related(samples.photograph(size=(20, 20)), "image", "png", cid="<logo>")
    found = drawn(mail.as_bytes())
    assert len(found.sheets) == 1
    assert list(outcomes(found).values()) == ["在邮件原件内：正文内的小图"]
    assert found.warnings == ()


def test_pages_and_attachments_are_counted() -> None:
    mail = uploads.mail("长" * 300_000)
    for number in range(50):
        uploads.attach(mail, f"{number}.txt", "text/plain", b"a\n" * 42 * 3)
    found = drawn(mail.as_bytes(), pages=30)
    pages = [sheet for sheet in found.sheets if sheet.lines]
    assert len(pages) == 30
    assert sum(sheet.title == "" for sheet in pages) == 20
    assert "页数已到限度" in outcomes(found)["30.txt"]
    assert any("另有 10 个未翻印" in said for said in found.warnings)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bombs.nested_mail(5000), id="multiparts"),
        pytest.param(b"From: a@b\n" + b"Content-Type: message/rfc822\n\n" * 5000, id="mails"),
        pytest.param(
            b"From: a@b\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 30_000, id="parts"
        ),
        pytest.param(b"From: a@b\n" + b"X-A: 1\n" * 100_000 + b"\nx", id="headers"),
        pytest.param(b"From: a@b\nContent-Type: text/html\n\n" + b"<a " * 200_000, id="open tags"),
        pytest.param(b"From: a@b\nContent-Type: text/html\n\n" + b"<div>" * 200_000, id="nested tags"),
        pytest.param(b"From: a@b\nContent-Type: text/html\n\n" + b"<!--" * 200_000, id="open comments"),
        pytest.param(b"From: a@b\nContent-Type: text/html\n\n" + b"&" * 200_000, id="ampersands"),
        pytest.param(b"From: " + b"=?utf-8?Q?" * 20_000 + b"\nDate: x\n\nx", id="encoded words"),
    ],
)
def test_hostile_mails_end_soon(content: bytes) -> None:
    assert drawn(content).sheets


def test_html_is_reduced_to_words() -> None:
    assert mail_words.reduced("<p>a</p>\n\n\n<p>b</p><script>x</script><style>y</style>c") == "a\n\nb\nc"
    assert mail_words.reduced("<svg><text>no</text></svg>yes<script>never closed") == "yes"
