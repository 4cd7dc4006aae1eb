"""The messages of a finished chat that HTTP carries, in words and as layers."""

from __future__ import annotations

from labkit.protocols.envelopes import Batch, Carried, Lost
from labkit.trace.layers import MAX_LAYER_SHOWN, MAX_TEXT_SHOWN, Field, Layer, hide_ids, show_hex
from labkit.untrusted import plain_text

MAX_MESSAGES_SHOWN = 50
"""Messages of one answer that have a layer of their own."""

CURSOR = "the number of the last message, behind the server's epoch, which is random"
"""What a cursor means."""


def carried_text(carried: Carried) -> str:
    """Say what a message holds, in one line."""
    if isinstance(carried.content, bytes):
        return show_hex(carried.content)
    return plain_text(carried.content, MAX_TEXT_SHOWN)


def lost_text(lost: Lost) -> str:
    """Say how many messages are lost."""
    if lost.at_most is None:
        return "nobody knows how many messages: the cursor is another server's"
    several = "message is" if lost.at_most == 1 else "messages are"
    return f"at most {lost.at_most} {several} no longer in the history"


def batch_text(batch: Batch) -> str:
    """Say what an answer or a posted body holds."""
    lost = [] if batch.lost is None else [f"lost: {lost_text(batch.lost)}"]
    return "; ".join([*lost, *map(carried_text, batch.messages)]) or "no message"


def message_layer(carried: Carried) -> Layer:
    """Return the uppermost layer of a message: what was said."""
    data = carried.data
    return Layer("message", carried_text(carried), len(data), (), data[:MAX_LAYER_SHOWN])


def batch_layers(batch: Batch, length: int) -> tuple[Layer, ...]:
    """Return the layers of all messages of a body.

    Parameters
    ----------
    batch
        What the body holds.
    length
        Bytes of the body on the wire.
    """
    layers = [message_layer(each) for each in batch.messages[:MAX_MESSAGES_SHOWN]]
    if not batch.next:  # it was posted, as it is
        return tuple(layers)
    fields = [
        Field("id", each.id, f"cursor behind {carried_text(each)!r}", 0, 0, varies=True)
        for each in batch.messages[:MAX_MESSAGES_SHOWN]
        if each.id
    ]
    if batch.lost is not None:
        shown = "null" if batch.lost.at_most is None else str(batch.lost.at_most)
        fields.append(Field("lost", shown, lost_text(batch.lost), 0, 0))
    fields.append(Field("next", batch.next, CURSOR, 0, 0, varies=True))
    several = "message" if batch.count == 1 else "messages"
    added = length - sum(layer.added for layer in layers)
    summary = f"{batch.count} {several}, next {hide_ids(batch.next)}"
    return (*layers, Layer("JSON", summary, added, tuple(fields)))
