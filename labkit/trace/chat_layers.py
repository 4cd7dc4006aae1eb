"""The messages of a finished chat that HTTP carries, in words and as layers."""

from __future__ import annotations

from dataclasses import replace

from labkit.protocols.envelopes import Batch, Carried, ChatFrame, Lost
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
    nothing = f"no message, next {hide_ids(batch.next)}" if batch.next else "no message"
    return "; ".join([*lost, *map(carried_text, batch.messages)]) or nothing


def frame_text(frame: ChatFrame) -> str:
    """Say what a frame says, beside its kind."""
    if frame.carried is not None:
        said = carried_text(frame.carried) or "nothing"
        behind = f"id {hide_ids(frame.carried.id)}" if frame.carried.id else ""
        behind = f"number {frame.number}" if frame.number is not None else behind
        return f"{said}  ({behind})" if behind else said
    if frame.lost is not None:
        return lost_text(frame.lost)
    if frame.number is not None:
        return f"of message {frame.number}" if frame.number else "of nothing"
    return hide_ids(frame.cursor) or f"{frame.seconds:g}"


def frame_layers(frame: ChatFrame, below: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers of a frame.

    Parameters
    ----------
    frame
        What it says.
    below
        Its layers as a message of a WebSocket; the first one is its text.
    """
    text, *others = below
    layers = [] if frame.carried is None else [message_layer(frame.carried)]
    added = text.added - sum(layer.added for layer in layers)
    layers.append(Layer("JSON", hide_ids(text.summary), added, (), text.raw))
    return (*layers, *map(_without_epoch, others))


def _without_epoch(layer: Layer) -> Layer:
    """Mark what differs from run to run where an epoch stands among the bytes."""
    fields = (
        replace(field, varies=field.varies or field.value != hide_ids(field.value))
        for field in layer.fields
    )
    return replace(layer, fields=tuple(fields))


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
