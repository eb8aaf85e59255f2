"""The typefaces of all paper, Noto Sans SC (黑体) and Noto Serif SC (宋体), and a fontconfig for them.

No package that the installer may use has a bold Noto Serif SC: bold text and headings are Noto Sans SC.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

SANS = "Noto Sans SC"
SERIF = "Noto Serif SC"
FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "NotoSerifSC-Regular.ttf")
LICENCES = ("OFL-NotoSansSC.txt", "OFL-NotoSerifSC.txt")
CONFIGURATION = "fonts.conf"
PROJECT = Path(__file__).resolve().parent.parent

FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}</dir>
  <cachedir>{folder}/cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""


class FontsMissing(Exception):
    """The typefaces have not been cut yet (字体尚未安装)."""


def folder() -> Path:
    """Where the typefaces lie: `var/fonts`, or JUANZONG_FONTS."""
    return Path(os.environ.get("JUANZONG_FONTS", PROJECT / "var" / "fonts"))


def missing() -> list[str]:
    """The files that are not there."""
    return [name for name in (*FILES, *LICENCES) if not (folder() / name).is_file()]


def prepare() -> Path:
    """Show this process the two typefaces and no others; call it before the first rendering."""
    if missing():
        raise FontsMissing(
            f"缺少字体 {'、'.join(missing())}。请运行 ./start --setup。\n"
            f"Missing typefaces in {folder()}: {', '.join(missing())}. Run ./start --setup."
        )
    os.environ["FONTCONFIG_FILE"] = str(write_configuration())
    return folder()


def write_configuration() -> Path:
    """Write the private fontconfig file again if the folder it names has moved."""
    path = folder() / CONFIGURATION
    text = FONTS_CONF.format(folder=folder())
    if not path.exists() or path.read_text() != text:
        # Renamed into place, because several workers may prepare at once.
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(text)
        draft.replace(path)
    return path


def digests() -> dict[str, str]:
    """The SHA-256 of each typeface, for the record of how a page was made."""
    found = {}
    for name in FILES:
        with (folder() / name).open("rb") as file:  # block by block: together they are 35 MB
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
