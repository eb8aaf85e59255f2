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
from pdf.verifier import read_der

GRANTED = 0
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
            _check_granted(said)
            reply = tsp.TimeStampResp.load(said, strict=True)
            told = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
            same = told["nonce"].native == req["nonce"].native
            same &= told["message_imprint"].native == req["message_imprint"].native
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise TimestampRequestError(f"not an RFC 3161 reply: {str(error)[:120]}") from error
        if not same:
            raise TimestampRequestError("the reply answers another question")
        return reply


def _check_granted(reply: bytes) -> None:
    """A refusal has no token, which asn1crypto does not read; the status comes first of all."""
    status = int.from_bytes(read_der(reply).parts[0].parts[0].content, "big")
    if status != GRANTED:
        raise TimestampRequestError(f"the authority refused, status {status}")


def trial_stamper(authority: TrialAuthority) -> TimeStamper:
    """The test authority's own stamp; it asks nobody."""
    key, certificate = authority.stamper
    own, *above = certificates(certificate.read_bytes())
    private = PrivateKeyInfo.load(pem.unarmor(key.read_bytes())[2])
    return DummyTimeStamper(own, private, certs_to_embed=SimpleCertificateStore.from_certs(above))


def certificates(content: bytes) -> list[Certificate]:
    """The certificates of a PEM text, as pyHanko takes them."""
    return [Certificate.load(der) for _, _, der in pem.unarmor(content, multiple=True)]
