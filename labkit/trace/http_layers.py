"""The layers of an HTTP message: its headers, and the packets or messages in its body."""

from __future__ import annotations

from labkit.protocols.decoded import Packet
from labkit.protocols.engineio import size_of
from labkit.protocols.envelopes import Batch
from labkit.protocols.handshake import Finding
from labkit.protocols.http1 import HttpMessage
from labkit.protocols.redaction import SECRET_HEADERS
from labkit.protocols.sizes import size_in_words
from labkit.trace.chat_layers import batch_layers
from labkit.trace.layers import MAX_LAYER_SHOWN, MAX_TEXT_SHOWN, Field, Layer
from labkit.trace.packet_layers import packet_layers
from labkit.untrusted import plain_text

VARYING = ("host", "date", "server", "user-agent", "sec-websocket-key", "sec-websocket-accept")
"""Headers whose values are others in each run, or with each version."""


def http_layers(
    message: HttpMessage,
    findings: tuple[Finding, ...] = (),
    packets: tuple[Packet, ...] = (),
    batch: Batch | None = None,
) -> tuple[Layer, ...]:
    """Return the layers of an HTTP message, with the packets or messages in its body."""
    layers = [layer for packet in packets for layer in packet_layers(*packet)]
    layers += [] if batch is None else batch_layers(batch, message.length)
    judged = {finding.name.lower(): finding for finding in findings}
    first, _, rest = message.head.partition(b"\r\n")
    fields = [Field("", first.decode("latin-1"), "", 0, len(first))]
    at = len(first) + 2
    for line in rest.split(b"\r\n"):
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            found = judged.get(name.strip().lower())
            meaning = "" if found is None else found.purpose
            if found is not None and found.problem:
                meaning = f"{meaning}; but {found.problem}"
            if message.redacted and name.strip().lower() in SECRET_HEADERS:
                meaning = "a secret, redacted"
            varies = name.strip().lower() in VARYING
            fields.append(Field(name.strip(), value.strip(), meaning, at, len(line), varies))
        at += len(line) + 2
    absent = [
        Field(finding.name, "", f"{finding.purpose}; but {finding.problem}", 0, 0)
        for finding in findings
        if finding.problem == "it is missing"
    ]
    if message.body:
        text = plain_text(message.content.decode("utf-8", "backslashreplace"), MAX_TEXT_SHOWN)
        unpacked = "compressed on the wire" if message.content != message.body else ""
        fields.append(Field("body", text, unpacked, at - 2, 0))
    body = "an event stream" if message.opens_stream else f"{size_in_words(message.length)} of body"
    content = sum(size_of(engine.encoded) for engine, _ in packets)
    content += 0 if batch is None else message.length
    return (
        *layers,
        Layer(
            "HTTP request" if message.is_request else "HTTP response",
            f"{message.start_line}, {body}",
            message.size - content,
            (*fields, *absent),
            (message.head + message.body)[:MAX_LAYER_SHOWN],
        ),
    )
