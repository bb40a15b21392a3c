"""The reference package's writer on plain bytes, without NumPy."""

import ctypes

from safetensors import TensorSpec, serialize

alive = []


def tensor(dtype, shape, data):
    """Describes a tensor; the reference wants the address of its bytes."""
    alive.append(bytearray(data or b"\0"))
    address = ctypes.addressof(ctypes.c_char.from_buffer(alive[-1]))
    return TensorSpec(dtype=dtype, shape=shape, data_ptr=address, data_len=len(data))


def written(tensors, metadata):
    return bytes(serialize(tensors, metadata))
