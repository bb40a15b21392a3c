"""Writes CASE.safetensors for TransformerParityTests: ten training steps of small transformers in PyTorch.

usage: python make.py     (PyTorch 2 and safetensors; writes beside itself)

Each file has, under the names of our checkpoints and in our layouts, `model.NAME`, the parameters before
the first step; `gradient.NAME`, the gradients of the first step; `tokens` [10, BATCH, CONTEXT + 1], as
floats, of which each step learns to tell all but the first of a row; and `losses` [10]. Steps are AdamW's, of
clipped gradients.

The networks are written down here from their papers; that the losses hardly depend on rounding is checked
by doing the same in float64.
"""

import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

STEPS, BATCH, CONTEXT, VOCABULARY, LAYERS, HEADS, WIDTH = 10, 3, 8, 11, 2, 2, 12
HIDDEN = {"swiglu": 20}
EPSILON = 1e-5

CASES = {
    "nano": dict(positions="learned", norm="layer", activation="gelu", qk=False, tied=True, bias=False),
    "gpt2": dict(positions="learned", norm="layer", activation="gelu_tanh", qk=False, tied=False, bias=True),
    "modern": dict(positions="rotary", norm="rms", activation="swiglu", qk=False, tied=False, bias=False),
    "default": dict(positions="rotary", norm="rms", activation="relu_squared", qk=True, tied=False, bias=False),
    "mixed": dict(positions="learned", norm="layer", activation="relu_squared", qk=True, tied=True, bias=True),
}


def parameters(case):
    generator = torch.Generator().manual_seed(1)

    def normal(*shape, scale=0.3, mean=0.0):
        return torch.randn(*shape, generator=generator) * scale + mean

    hidden = HIDDEN.get(case["activation"], 4 * WIDTH)
    gated = case["activation"] == "swiglu"
    model = {"wte.weight": normal(VOCABULARY, WIDTH)}
    if case["positions"] == "learned":
        model["wpe.weight"] = normal(CONTEXT, WIDTH)

    def norm(name):
        model[f"{name}.weight"] = normal(WIDTH, scale=0.1, mean=1)
        if case["bias"] and case["norm"] == "layer":
            model[f"{name}.bias"] = normal(WIDTH, scale=0.1)

    def linear(name, inputs, outputs):
        model[f"{name}.weight"] = normal(inputs, outputs)
        if case["bias"]:
            model[f"{name}.bias"] = normal(outputs, scale=0.1)

    for layer in range(LAYERS):
        norm(f"h.{layer}.ln_1")
        linear(f"h.{layer}.attn.c_attn", WIDTH, 3 * WIDTH)
        linear(f"h.{layer}.attn.c_proj", WIDTH, WIDTH)
        norm(f"h.{layer}.ln_2")
        linear(f"h.{layer}.mlp.c_fc", WIDTH, 2 * hidden if gated else hidden)
        linear(f"h.{layer}.mlp.c_proj", hidden, WIDTH)
    norm("ln_f")
    if not case["tied"]:
        model["lm_head.weight"] = normal(WIDTH, VOCABULARY)
    return model


def logits(case, model, tokens):
    batch, length = tokens.shape

    def linear(name, x):
        y = x @ model[f"{name}.weight"]
        return y + model[f"{name}.bias"] if f"{name}.bias" in model else y

    def norm(name, x):
        if case["norm"] == "layer":
            return F.layer_norm(x, (WIDTH,), model[f"{name}.weight"], model.get(f"{name}.bias"), EPSILON)
        return F.rms_norm(x, (WIDTH,), model[f"{name}.weight"], EPSILON)

    def rotated(x):
        if case["qk"]:
            x = F.rms_norm(x, (x.shape[-1],), None, EPSILON)
        if case["positions"] == "learned":
            return x
        half = x.shape[-1] // 2
        frequencies = 10000.0 ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.outer(torch.arange(length, dtype=torch.float64), frequencies)
        cosine, sine = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        a, b = x[..., :half], x[..., half:]
        return torch.cat([a * cosine - b * sine, b * cosine + a * sine], -1)

    def activated(x):
        match case["activation"]:
            case "gelu":
                return F.gelu(x)
            case "gelu_tanh":
                return F.gelu(x, approximate="tanh")
            case "relu_squared":
                return F.relu(x) ** 2
            case "swiglu":
                a, b = x.chunk(2, -1)
                return F.silu(a) * b

    x = model["wte.weight"][tokens]
    if case["positions"] == "learned":
        x = x + model["wpe.weight"][:length]
    for layer in range(LAYERS):
        qkv = linear(f"h.{layer}.attn.c_attn", norm(f"h.{layer}.ln_1", x))
        q, k, v = (
            part.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2) for part in qkv.split(WIDTH, 2)
        )
        scores = rotated(q) @ rotated(k).transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        scores = scores.masked_fill(torch.ones(length, length).triu(1).bool(), -math.inf)
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, WIDTH)
        x = x + linear(f"h.{layer}.attn.c_proj", mixed)
        x = x + linear(f"h.{layer}.mlp.c_proj", activated(linear(f"h.{layer}.mlp.c_fc", norm(f"h.{layer}.ln_2", x))))
    x = norm("ln_f", x)
    return x @ (model["wte.weight"].T if case["tied"] else model["lm_head.weight"])


def train(case, dtype):
    tokens = torch.randint(VOCABULARY, (STEPS, BATCH, CONTEXT + 1), generator=torch.Generator().manual_seed(2))
    start = parameters(case)
    model = {name: torch.nn.Parameter(value.to(dtype, copy=True)) for name, value in start.items()}
    groups = [
        {"params": [p for p in model.values() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.values() if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.99), eps=1e-8)
    losses, gradients = [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        told = logits(case, model, tokens[step, :, :-1])
        loss = F.cross_entropy(told.reshape(-1, VOCABULARY), tokens[step, :, 1:].reshape(-1))
        loss.backward()
        if step == 0:
            gradients = {name: parameter.grad.clone() for name, parameter in model.items()}
        torch.nn.utils.clip_grad_norm_(list(model.values()), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return start, tokens, gradients, torch.tensor(losses)


folder = pathlib.Path(__file__).parent
torch.set_num_threads(1)
for name, case in CASES.items():
    start, tokens, gradients, losses = train(case, torch.float32)
    _, _, exact, exact_losses = train(case, torch.float64)
    for path, gradient in gradients.items():
        error = (gradient - exact[path]).norm() / exact[path].norm()
        assert error < 3e-6, (name, path, error)
    assert (losses - exact_losses).abs().max() < 1e-5, name
    arrays = {"tokens": tokens.float(), "losses": losses}
    arrays |= {f"model.{path}": value for path, value in start.items()}
    arrays |= {f"gradient.{path}": value.float().contiguous() for path, value in exact.items()}
    save_file(arrays, folder / f"{name}.safetensors")
