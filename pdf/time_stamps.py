"""Time stamps 时间戳 for signatures: asked of an authority by RFC 3161, or made by the test authority."""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import pem, tsp
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from pyhanko.sign.timestamps import DummyTimeStamper, TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pdf.trial_authority import TrialAuthority

Post = Callable[[bytes], bytes]  # a query in DER to the authority, its reply back


class AskedStamper(TimeStamper):
    """An authority that is asked over the network; `post` carries the query there."""

    def __init__(self, post: Post) -> None:
        super().__init__()
        self.post = post

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Ask, and refuse an answer to another question; raises TimestampRequestError."""
        said = self.post(req.dump())
        try:
            reply = tsp.TimeStampResp.load(said, strict=True)
            if reply["status"]["status"].native == "granted":
                told = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
                same = told["nonce"].native == req["nonce"].native
                same &= told["message_imprint"].native == req["message_imprint"].native
                if not same:
                    raise TimestampRequestError("the reply answers another question")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TimestampRequestError(f"not an RFC 3161 reply: {error}") from error
        return reply


def trial_stamper(authority: TrialAuthority) -> TimeStamper:
    """The test authority's own stamp; it asks nobody."""
    key, certificate = authority.stamper
    own, *above = certificates(certificate.read_bytes())
    private = PrivateKeyInfo.load(pem.unarmor(key.read_bytes())[2])
    return DummyTimeStamper(own, private, certs_to_embed=SimpleCertificateStore.from_certs(above))


def certificates(content: bytes) -> list[Certificate]:
    """The certificates of a PEM text, as pyHanko takes them."""
    return [Certificate.load(der) for _, _, der in pem.unarmor(content, multiple=True)]
