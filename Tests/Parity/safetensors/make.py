"""Writes the fixtures of SafetensorsTests with the reference package: pip install safetensors==0.8.0"""

import pathlib
import struct

from reference import tensor, written

here = pathlib.Path(__file__).parent


def floats(*values):
    return struct.pack(f"<{len(values)}f", *values)


# Read back, and written again by ours to the same bytes.
plain = {
    "b.weight": tensor("float32", [2, 3], floats(0, -1.5, 2.25, 1e-40, float("inf"), 3.1415927)),
    "a": tensor("float32", [], floats(42)),
    "empty": tensor("float32", [0, 4], b""),
    "é \"quoted\"": tensor("float32", [1], floats(-0.0)),
}
(here / "plain.safetensors").write_bytes(written(plain, {"format": "gen \"1\""}))

# Other types, in the order that the reference gives them.
mixed = {
    "half": tensor("float16", [4], struct.pack("<4e", 1, -2.5, 65504, 6e-8)),
    "brain": tensor("bfloat16", [3], struct.pack("<3H", 0x3F80, 0xC0A0, 0x7F80)),
    "count": tensor("int64", [], struct.pack("<q", 7)),
    "bytes": tensor("uint8", [3], bytes([1, 2, 3])),
    "full": tensor("float32", [2], floats(1, 2)),
}
(here / "mixed.safetensors").write_bytes(written(mixed, None))
