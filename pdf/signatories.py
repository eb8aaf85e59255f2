"""Who signs for this house 签名者, from its settings: a key in a file, the test authority, or a plug-in.

A plug-in is written `module:function`; the function is given the ``SigningOrder`` and returns a pyHanko
``Signer`` – for a token behind PKCS#11 pyHanko brings one, for 国密 somebody writes one.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cryptography import x509
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper

from documents.rules.signatures import NONE, TEST, SigningOrder
from pdf import signing_keys, trial_authority
from pdf.signature_checks import Roots, from_asn1
from pdf.signatures import Signatory, certificate_of, simple_signer
from pdf.signing_keys import Certificate, KeyUnfit
from pdf.time_stamps import AskedStamper, Post, trial_stamper

Plugin = Callable[[SigningOrder], Signer]


def signatory(order: SigningOrder, post: Post) -> Signatory:
    """Who signs; `post` carries questions to the time-stamp authority. Raises KeyUnfit."""
    signer, anchor = _signer(order)
    further = signing_keys.trusted_file(order.trust)
    stampers = (*further, *_test_root(order))
    return Signatory(signer, _stamper(order, post), Roots((anchor, *further), stampers))


def _signer(order: SigningOrder) -> tuple[Signer, Certificate]:
    if order.is_plugin:
        signer = _from_plugin(order)
        return signer, _top(signer)
    key = signing_keys.load(order)
    return simple_signer(key), key.anchor


def _from_plugin(order: SigningOrder) -> Signer:
    module, _, name = order.key.partition(":")
    try:
        plugin: Plugin = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise KeyUnfit(f"签名插件 {order.key} 无法加载：{error}") from error
    signer = plugin(order)
    if not isinstance(signer, Signer):
        raise KeyUnfit(f"签名插件 {order.key} 没有返回 pyHanko 签名器")
    return signer


def _top(signer: Signer) -> Certificate:
    """The topmost certificate that the plug-in knows."""
    own = certificate_of(signer)
    others = [from_asn1(one) for one in signer.cert_registry]
    return signing_keys.top_of(own, signing_keys.ordered(own, others))


def _stamper(order: SigningOrder, post: Post) -> TimeStamper | None:
    if order.authority == NONE:
        return None
    if order.authority == TEST:
        return trial_stamper(trial_authority.ensure(order.folder))
    return AskedStamper(post)


def _test_root(order: SigningOrder) -> tuple[Certificate, ...]:
    """The root of the test authority, where that stamps."""
    if order.authority != TEST:
        return ()
    _key, certificate = trial_authority.ensure(order.folder).stamper
    return tuple(x509.load_pem_x509_certificates(certificate.read_bytes())[-1:])
