"""The settings of sign-on through a provider 统一登录: whom to ask, and what of the answer counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

YES = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class ProviderOrder:
    """One OpenID Connect provider 统一登录服务; without an issuer there is none."""

    issuer: str = ""
    client: str = ""
    secret: str = field(default="", repr=False)
    name: str = "统一登录"  # on the button
    claim: str = "preferred_username"  # that names the login
    only: bool = False  # passwords of this portal open nothing
    factor: frozenset[str] = frozenset()  # values of acr or amr that say a second factor was shown there

    @classmethod
    def of(cls, known: Mapping[str, str]) -> ProviderOrder | None:
        """The order from the variables; None where no issuer is named."""
        issuer = known.get("JUANZONG_OIDC_ISSUER", "").strip().rstrip("/")
        if not issuer:
            return None
        file = known.get("JUANZONG_OIDC_SECRET_FILE")
        counts = known.get("JUANZONG_OIDC_FACTOR", "").split(",")
        return cls(
            issuer=issuer,
            client=known.get("JUANZONG_OIDC_CLIENT", "juanzong"),
            secret=Path(file).read_text().strip() if file else "",
            name=known.get("JUANZONG_OIDC_NAME", cls.name),
            claim=known.get("JUANZONG_OIDC_CLAIM", cls.claim),
            only=known.get("JUANZONG_OIDC_ONLY", "").lower() in YES,
            factor=frozenset(one.strip() for one in counts if one.strip()),
        )

    def saw_factor(self, claims: Mapping[str, object]) -> bool:
        """Whether the provider says that a second factor was shown."""
        amr = claims.get("amr")
        shown = {claims.get("acr"), *(amr if isinstance(amr, list) else ())}
        return bool(self.factor & shown)
