"""`juanzong mail-sink`: an SMTP server on loopback that keeps every message as a file."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.servers import LOOPBACK


class Sink:
    """Writes received mail to a folder, one .eml file a message (演示用收信箱)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one message; the name is fixed by aiosmtpd."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
        draft = self.folder / f"{name}.part"
        draft.write_bytes(envelope.original_content or b"")
        draft.replace(self.folder / f"{name}.eml")
        return "250 kept"


async def receive(folder: Path, port: int) -> None:
    """Take mail until the process is ended."""
    folder.mkdir(parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    sink = Sink(folder)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="juanzong", enable_SMTPUTF8=True), LOOPBACK, port
    )
    async with server:
        await server.serve_forever()


@click.command("mail-sink")
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where the .eml files go.")
@click.option("--port", type=int, required=True, help="The port on loopback.")
def mail_sink(folder: Path, port: int) -> None:
    """接收演示邮件并存为 .eml 文件。 Keep the demo's mail as .eml files."""
    asyncio.run(receive(folder, port))
