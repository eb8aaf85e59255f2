"""What the portal's settings tell the jobs (设置到作业)."""

from __future__ import annotations

from jobs.surroundings import Surroundings
from portal.settings import Settings


def house(settings: Settings) -> Surroundings:
    """The part of the settings that jobs need."""
    return Surroundings(
        mongodb_uri=settings.mongodb_uri,
        database_name=settings.database_name,
        redis_url=settings.redis_url,
        smtp_url=settings.smtp_url,
        mail_from=settings.mail_from,
        base_url=settings.base_url,
        plain_hosts=settings.plain_hosts,
        signing=settings.signing,
        clamd=settings.clamd,
        verapdf=settings.verapdf,
        fixity_days=settings.fixity_days,
        copy_folder=settings.copy_folder,
        closes_copies=settings.closes_copies,
        folder=settings.data_folder,
        audit_key=settings.audit_key,
        checkpoint_folder=settings.checkpoint_folder,
        data_key=settings.master_key,
    )
