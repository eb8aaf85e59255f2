"""What is wrong with a bundle 文件包问题: file, line, path, problem and how to put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from documents.rules.broken import PolicyInvalid


@dataclass(frozen=True, order=True)
class Found:
    """One thing to put right 待改正处, with its file, its line (0: the whole file) and its remedy 怎么改."""

    file: str
    line: int
    path: str
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    severity: str = "refuse"  # "warn": may be published, and was probably not meant

    @property
    def where(self) -> str:
        """The file with the line, as editors open it."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_table(self) -> dict[str, Any]:
        """The same as a plain table, for `--json`."""
        return {
            **{"file": self.file, "line": self.line, "path": self.path, "severity": self.severity},
            "problem": {"zh": self.zh, "en": self.en},
            "remedy": {"zh": self.remedy_zh, "en": self.remedy_en},
        }


class BundleRefused(PolicyInvalid):
    """文件包无法读取: everything that keeps a bundle from being read, all at once; nothing of it is used."""

    def __init__(self, found: Iterable[Found]) -> None:
        self.found = tuple(sorted(set(found)))
        first = self.found[0]
        super().__init__("bundle_refused", where=first.where, problem=first.en, count=len(self.found))


def refusal(code: str, file: str, line: int = 0, path: str = "", **facts: object) -> Found:
    """A refusal in words."""
    words = [text.format(file=file, **facts) for text in REFUSALS[code]]
    return Found(file, line, path, *words)


# code → (what, in Chinese and English; what to do, in Chinese and English)
REFUSALS: dict[str, tuple[str, str, str, str]] = {
    "not_there": (
        "没有这个文件夹或 ZIP 文件",
        "there is no such folder or ZIP file",
        "请检查路径",
        "check the path",
    ),
    "empty": (
        "里面没有制度文件",
        "there are no policy files in it",
        "至少要有 policy.yaml；可先运行 juanzong policy export 得到样例",
        "there must be at least policy.yaml; `juanzong policy export` writes an example",
    ),
    "unknown_file": (
        "不认识的文件",
        "unknown file",
        "请移走，或改为：{known}",
        "move it away, or name it one of: {known}",
    ),
    "not_a_file": (
        "不是普通文件（符号链接、文件夹或设备）",
        "is no plain file (a link, a folder or a device)",
        "请换成普通文件；制度文件都放在同一层",
        "put a plain file there; all files of a policy lie side by side",
    ),
    "not_readable": (
        "无法读取：{problem}",
        "cannot be read: {problem}",
        "请检查文件权限",
        "check its permissions",
    ),
    "file_too_large": (
        "文件过大（{size} 字节，上限 {limit}）",
        "the file is too large ({size} bytes; at most {limit})",
        "请删去无关内容；附件和案件数据不属于制度",
        "take out what is no part of a policy: attachments and cases do not belong here",
    ),
    "bundle_too_large": (
        "文件包总计过大（上限 {limit} 字节）",
        "the bundle is too large (at most {limit} bytes together)",
        "请删去无关内容；附件和案件数据不属于制度",
        "take out what is no part of a policy: attachments and cases do not belong here",
    ),
    "zip_bad": (
        "ZIP 文件已损坏或不受支持：{problem}",
        "the ZIP is damaged or of an unsupported kind: {problem}",
        "请重新压缩（普通 ZIP、不加密）后再试",
        "pack it again as a plain ZIP without a password",
    ),
    "zip_path": (
        "ZIP 内有不安全的路径“{name}”",
        "the ZIP holds the unsafe path “{name}”",
        "ZIP 内只放制度文件本身，最多套一层文件夹",
        "put only the files themselves into the ZIP, in one folder at most",
    ),
    "zip_twice": (
        "ZIP 内有两个同名文件“{name}”",
        "the ZIP holds two files named “{name}”",
        "只保留一个",
        "keep one of them",
    ),
    "zip_many": (
        "ZIP 内文件过多（上限 {limit} 个）",
        "the ZIP holds too many files (at most {limit})",
        "ZIP 内只放制度文件本身",
        "put only the files of the policy into the ZIP",
    ),
    "not_utf8": (
        "不是 UTF-8 编码",
        "is not UTF-8",
        "请在编辑器中“另存为 UTF-8（无 BOM）”",
        "save it as UTF-8 without a byte order mark",
    ),
    "bom": (
        "文件开头有字节序标记（BOM）",
        "begins with a byte order mark",
        "请在编辑器中“另存为 UTF-8（无 BOM）”",
        "save it as UTF-8 without a byte order mark",
    ),
    "control_character": (
        "含有控制字符 {character}",
        "holds the control character {character}",
        "请删除这个字符；缩进用空格，换行只用 LF 或 CRLF",
        "delete it; indent with spaces, end lines with LF or CRLF",
    ),
    "yaml": (
        "YAML 写法有误：{problem}",
        "malformed YAML: {problem}",
        "请检查本行和上一行：缩进是否对齐、冒号后是否有空格、引号和括号是否成对；含“: ”或“ #”的文字要加引号",
        "look at this line and the one above: indentation, a space after each colon, closed quotes "
        "and brackets; quote texts that hold “: ” or “ #”",
    ),
    "several_documents": (
        "一个文件里有多份文档（---）",
        "the file holds several documents (---)",
        "请删去 --- 分隔行，一个文件一份",
        "delete the line ---: one document in a file",
    ),
    "yaml_version": (
        "声明了 YAML {version}",
        "declares YAML {version}",
        "请删去 %YAML 行；这里一律按 YAML 1.2 读取",
        "delete the %YAML line; everything is read as YAML 1.2",
    ),
    "not_a_table": (
        "文件内容应为“部分: …”的键值表",
        "the file must be a table of sections",
        "请以“部分名:”开头，例如 forms:",
        "begin with the name of a section, such as forms:",
    ),
    "duplicate_key": (
        "键“{key}”重复（第 {first} 行已有）",
        "the key “{key}” stands twice (first in line {first})",
        "只保留一个，或改名",
        "keep one, or rename it",
    ),
    "bad_key": (
        "键“{key}”不可用",
        "“{key}” cannot be a key",
        "键须为文字，不能为空，不能含“.”，不能以“$”开头",
        "a key is a word; it is not empty, holds no “.” and does not begin with “$”",
    ),
    "merge_key": (
        "不支持合并键“<<”",
        "merge keys “<<” are not supported",
        "请把各属性写全，或用 &锚 和 *别名 引用整个元素",
        "write the attributes out, or refer to a whole element by &anchor and *alias",
    ),
    "tag": (
        "不允许类型标记“{tag}”",
        "the tag “{tag}” is not allowed",
        "请删去标记；文字、数字、真假会自动识别，要当文字就加引号",
        "delete it; texts, numbers and truth values are told apart without, and quotes make a text",
    ),
    "alias_unknown": (
        "别名“*{name}”没有对应的锚",
        "the alias “*{name}” has no anchor",
        "请先在同一文件中写 &{name}，或删去别名；以 * 开头的文字要加引号",
        "write &{name} before it in the same file, or quote a text that begins with *",
    ),
    "alias_cycle": (
        "别名“*{name}”引用了自己所在的元素",
        "the alias “*{name}” refers to what it stands in",
        "请把内容写全，不要循环引用",
        "write it out; nothing can contain itself",
    ),
    "too_deep": (
        "嵌套超过 {limit} 层",
        "nested more than {limit} deep",
        "请减少层次；制度最深也不到二十层",
        "nest less; no policy needs twenty levels",
    ),
    "too_many": (
        "内容过多（别名展开后超过 {limit} {unit_zh}）",
        "too much content (more than {limit} {unit_en} once aliases are written out)",
        "请减少别名的层层引用，或删去无关内容",
        "use fewer aliases of aliases, or take out what is no part of a policy",
    ),
    "too_slow": (
        "读取时间过长（超过 {limit} 秒）",
        "takes too long to read (more than {limit} seconds)",
        "请简化文件；正常制度一秒内读完",
        "simplify the file; a policy is read within a second",
    ),
    "number_too_long": (
        "数字“{text}”过长，无法准确保存",
        "the number “{text}” is too long to be kept exactly",
        "请加引号作为文字，或减少位数",
        "quote it as a text, or use fewer digits",
    ),
    "section_twice": (
        "“{section}”部分在 {other} 里已有",
        "the section “{section}” stands in {other} already",
        "合并到一个文件里",
        "put both into one file",
    ),
    "newer_format": (
        "文件包格式 {format} 比本系统支持的 {ours} 新（由 {product} 导出）",
        "the bundle has format {format}, newer than our {ours} (made by {product})",
        "请先升级本系统，或在新系统中按旧格式导出",
        "upgrade this product first",
    ),
    "bad_format": (
        "文件包格式“{format}”不认识",
        "the bundle's format “{format}” is unknown",
        "请写 format: {ours}，或删去 bundle.yaml",
        "write format: {ours}, or delete bundle.yaml",
    ),
    "file_missing": (
        "清单（bundle.yaml）里列出的文件不在包内",
        "is listed in bundle.yaml but missing",
        "请补上这个文件，或从 bundle.yaml 的 files 中删去这一行",
        "add the file, or delete its line in bundle.yaml",
    ),
    "not_writable": (
        "这份定义写成文件后读不回原样",
        "this definition would not read back as it is",
        "请检查过长的数字和空的名称",
        "look for numbers that are too long and for empty names",
    ),
}
