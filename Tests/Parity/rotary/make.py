"""Writes rotary.json: queries and keys turned as transformers' Llama turns them, with and without a norm
of each head before, and the gradients of that, for RotaryTests.

usage: python make.py     (PyTorch 2, transformers; run in this folder)
"""

import json

import torch
from torch.nn.functional import rms_norm
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

BATCH, LENGTH, HEADS, SIZE, FIRST = 2, 3, 2, 8, 5
CHANNELS = HEADS * SIZE


def numbers(salt):
    """The function of the same name in the Swift tests."""
    count = BATCH * LENGTH * 3 * CHANNELS
    values = [((i * 7919 + salt * 104729 + 17) % 10007) / 5003.5 - 1 for i in range(count)]
    return torch.tensor(values).view(BATCH, LENGTH, 3 * CHANNELS)


def case(base, epsilon):
    config = LlamaConfig(
        hidden_size=CHANNELS,
        num_attention_heads=HEADS,
        max_position_embeddings=64,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )
    qkv = numbers(0).requires_grad_()
    q, k, v = qkv.chunk(3, dim=-1)
    q, k = (x.unflatten(-1, (HEADS, SIZE)).transpose(1, 2) for x in (q, k))
    if epsilon is not None:
        q, k = (rms_norm(x, (SIZE,), eps=epsilon) for x in (q, k))
    places = torch.arange(FIRST, FIRST + LENGTH).expand(BATCH, -1)
    q, k = apply_rotary_pos_emb(q, k, *LlamaRotaryEmbedding(config)(v, places))
    y = torch.cat([q.transpose(1, 2).flatten(2), k.transpose(1, 2).flatten(2), v], dim=-1)
    y.backward(numbers(1))
    rounded = [[round(x, 7) for x in t.detach().flatten().tolist()] for t in (y, qkv.grad)]
    return {"base": base, "epsilon": epsilon, "output": rounded[0], "gradient": rounded[1]}


torch.set_num_threads(1)
with open("rotary.json", "w") as file:
    json.dump([case(10000.0, None), case(10000.0, 1e-6), case(500.0, 1e-2)], file)
    file.write("\n")
