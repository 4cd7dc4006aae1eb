"""Say something to a WebSocket server without a library, and print each frame that comes.

python 02_websocket_by_hand.py 127.0.0.1 8765 "hello"      # at most 125 bytes; Ctrl-C ends it
"""

import asyncio
import os
import sys
from contextlib import suppress


def frame(opcode, payload):
    """Return a masked frame; up to 125 bytes the length fits into the second byte."""
    mask = os.urandom(4)
    hidden = bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload[:125]))
    return bytes([0b1000_0000 | opcode, 0b1000_0000 | len(hidden)]) + mask + hidden


async def main(host, port, text):
    """Shake hands (with the RFC's sample key), say one thing, and answer pings until the end."""
    reader, writer = await asyncio.open_connection(host, port)  # a public server wants ssl=True
    lines = ["GET / HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""]
    writer.write("\r\n".join(lines).encode())
    print((await reader.readuntil(b"\r\n\r\n")).decode(), end="", flush=True)
    writer.write(frame(1, text.encode()))
    with suppress(asyncio.CancelledError, EOFError):  # Ctrl-C; an end without a close frame
        first = 0
        while first & 0b1111 != 8:
            first, length = await reader.readexactly(2)  # a server's frames have no mask
            if length > 125:
                length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8))
            payload = await reader.readexactly(length)
            print(f"opcode {first & 0b1111}, {length} bytes: {payload[:60]}", flush=True)
            if first & 0b1111 == 9:  # a ping wants a pong
                writer.write(frame(10, payload))
    writer.write(frame(8, b"\x03\xe8"))  # 1000: normal closure; a close is answered by a close


asyncio.run(main(*sys.argv[1:4]))
