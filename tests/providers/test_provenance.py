"""Content credentials: found in the bytes, read as they stand there, never guessed."""

import io
import json
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from core.providers.provenance import Provenance, carries_credentials, read


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), "teal").save(file, kind)
    return file.getvalue()


def with_jumbf(jpeg: bytes) -> bytes:
    body = b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumb\x00\x00\x00\x18jumdc2pa\x00"
    return jpeg[:2] + b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def with_chunk(png: bytes) -> bytes:
    body = b"jumb"
    chunk = struct.pack(">I", len(body)) + b"caBX" + body + struct.pack(">I", zlib.crc32(b"caBX" + body))
    return png[:33] + chunk + png[33:]


def with_riff(webp: bytes) -> bytes:
    grown = webp + b"C2PA" + struct.pack("<I", 4) + b"jumb"
    return grown[:4] + struct.pack("<I", len(grown) - 8) + grown[8:]


@pytest.mark.parametrize(
    ("kind", "mark"), [("JPEG", with_jumbf), ("PNG", with_chunk), ("WEBP", with_riff)], ids=["jpeg", "png", "webp"]
)
def test_credentials_are_found_in_the_bytes_and_only_where_they_are(kind: str, mark: Any) -> None:
    assert not carries_credentials(picture(kind))
    assert carries_credentials(mark(picture(kind)))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xeb\x00\x00", b"\x89PNG\r\n\x1a\n\x00", b"nonsense"])
def test_bytes_that_are_no_picture_carry_none(data: bytes) -> None:
    assert read(data, "image/jpeg") == Provenance(found=False)


def test_credentials_that_cannot_be_read_are_found_and_nothing_more_is_said() -> None:
    told = read(with_jumbf(picture("JPEG")), "image/jpeg")

    assert told == Provenance(found=True)
    assert told.facts() == {"found": True, "read": False}


def test_a_picture_without_credentials_says_so() -> None:
    assert read(picture("PNG"), "image/png").facts() == {"found": False, "read": False}


def _signer(c2pa: Any) -> Any:
    """A certificate chain of our own, as C2PA wants its end: digital signature, e-mail protection."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name(common: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test Company"),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def built(subject: str, key: Any, issuer: str, signing: Any, *, authority: bool) -> x509.Certificate:
        usage = x509.KeyUsage(not authority, False, False, False, False, authority, authority, False, False)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        )
        if not authority:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(purpose, critical=False)
        return builder.sign(signing, hashes.SHA256())

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    chain = [built("leaf", leaf, "root", root, authority=False), built("root", root, "root", root, authority=True)]
    secret = leaf.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificates = b"".join(row.public_bytes(pem) for row in chain)
    return c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(alg=b"es256", sign_cert=certificates, private_key=secret, ta_url=None)
    )


def signed(c2pa: Any, data: bytes, media_type: str, *assertions: Any) -> bytes:
    created = {
        "action": "c2pa.created",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
    }
    manifest = {
        "claim_generator_info": [{"name": "Test Painter", "version": "1"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [created]}}, *assertions],
    }
    target = io.BytesIO()
    with c2pa.Builder(json.dumps(manifest)) as builder:
        builder.sign(_signer(c2pa), media_type, io.BytesIO(data), target)
    return target.getvalue()


@pytest.fixture
def c2pa() -> Any:
    import c2pa  # type: ignore[import-untyped]

    return c2pa


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_what_the_credentials_say_is_read(c2pa: Any, kind: str, media_type: str) -> None:
    told = read(signed(c2pa, picture(kind), media_type), media_type)

    assert told.found and told.read and told.intact
    assert told.issuer == "Test Company"
    assert told.generator == "Test Painter"
    assert told.made_by_model
    assert not told.synthid


def test_synthid_is_present_when_the_credentials_declare_it(c2pa: Any) -> None:
    declared = {"label": "com.google.synthid", "data": {"watermark": "SynthID"}}

    assert read(signed(c2pa, picture("PNG"), "image/png", declared), "image/png").synthid


def test_a_picture_that_was_changed_after_signing_is_not_intact(c2pa: Any) -> None:
    whole = signed(c2pa, picture("PNG"), "image/png")
    at = whole.index(b"IDAT") + 12
    changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]

    told = read(changed, "image/png")

    assert told.found and not told.intact


def test_encoding_a_picture_again_drops_its_credentials(c2pa: Any) -> None:
    file = io.BytesIO()
    Image.open(io.BytesIO(signed(c2pa, picture("JPEG"), "image/jpeg"))).save(file, "JPEG")

    assert read(file.getvalue(), "image/jpeg") == Provenance(found=False)
