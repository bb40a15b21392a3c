"""Reads a file with the reference package and compares the means with what `gen inspect` printed.

usage: safetensors.py FILE INSPECTED
"""
import re
import sys

import numpy
from safetensors.numpy import load_file

tensors = load_file(sys.argv[1])
printed = {}
for line in open(sys.argv[2]):
    found = re.match(r"(\S+)\s+F32\s+(\[.*?\])\s+(\S+)\s+(\S+)\s+(\S+)", line)
    if found:
        printed[found[1]] = (found[2], float(found[4]))
assert tensors.keys() == printed.keys(), tensors.keys() ^ printed.keys()
for name, tensor in tensors.items():
    shape, mean = printed[name]
    assert str(list(tensor.shape)) == shape, (name, tensor.shape, shape)
    assert abs(tensor.astype(numpy.float64).mean() - mean) < 1e-5, name
print(f"safetensors: {len(tensors)} tensors of {sys.argv[1]} as the reference reads them")
