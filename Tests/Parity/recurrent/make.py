"""Writes steps.safetensors for RecurrentParityTests: ten training steps of small language models.

usage: python make.py     (PyTorch 2 and safetensors; writes beside itself)

Everything is in gen's names and layouts (weights [In, Out]), for each case, lstm and gru:

    CASE.model.*       parameters before the first step
    CASE.gradient.*    gradients of the first step
    CASE.losses        the losses of all steps
    CASE.norms         the norms of their gradients before they are clipped
    CASE.heldOut       the mean loss of the text, read by the trained model from its beginning on
    tokens             a text; a step learns from the next STEPS of its tokens in each of BATCH streams

The state is carried from step to step. The LSTM takes tokens as they are, the GRU has embeddings. All of
it is computed in float64 from numbers that float32 holds.
"""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

CASES = ["lstm", "gru"]
STEPS, BATCH, LENGTH, VOCABULARY, HIDDEN, LAYERS, EMBEDDING = 10, 5, 7, 11, 20, 2, 6
RATE, CLIP = 1e-2, 0.2


class Model(nn.Module):
    def __init__(self, case):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING) if case == "gru" else None
        kind = nn.GRU if case == "gru" else nn.LSTM
        inputs = EMBEDDING if case == "gru" else VOCABULARY
        self.rnn = kind(inputs, HIDDEN, LAYERS, batch_first=True)
        self.head = nn.Linear(HIDDEN, VOCABULARY)

    def forward(self, tokens, state):
        if self.embedding:
            x = self.embedding(tokens)
        else:
            x = F.one_hot(tokens, VOCABULARY).to(self.head.weight.dtype)
        x, state = self.rnn(x, state)
        return self.head(x), state


def ours(name, array):
    if name.startswith("rnn."):
        kind, layer = name[4:].rsplit("_l", 1)
        name = f"rnn.{layer}.{kind}"
    if array.dim() == 2 and "embedding" not in name:
        array = array.T
    return name, array.float().contiguous()


def detached(state):
    return state.detach() if torch.is_tensor(state) else tuple(part.detach() for part in state)


def train(case, tokens):
    model = Model(case)
    content = {}
    for name, parameter in model.named_parameters():
        name, array = ours(name, parameter.detach())
        content[f"{case}.model.{name}"] = array
    model.double()
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    streams = tokens[:-1].view(BATCH, -1), tokens[1:].view(BATCH, -1)
    state, losses, norms = None, [], []
    for step in range(STEPS):
        window = slice(step * LENGTH, (step + 1) * LENGTH)
        logits, state = model(streams[0][:, window], state)
        state = detached(state)
        loss = F.cross_entropy(logits.flatten(0, 1), streams[1][:, window].flatten())
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            for name, parameter in model.named_parameters():
                name, array = ours(name, parameter.grad.clone())
                content[f"{case}.gradient.{name}"] = array
        losses.append(loss.item())
        norms.append(nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
        optimizer.step()
    with torch.no_grad():
        held_out = F.cross_entropy(model(tokens[None, :-1], None)[0][0], tokens[1:]).item()
    for name, values in [("losses", losses), ("norms", norms), ("heldOut", [held_out])]:
        content[f"{case}.{name}"] = torch.tensor(values)
    return content


torch.set_num_threads(1)
torch.manual_seed(4)
tokens = torch.randint(0, VOCABULARY, (BATCH * LENGTH * STEPS + 1,))
content = {"tokens": tokens.float()}
for case in CASES:
    content |= train(case, tokens)
    print(case, content[f"{case}.losses"].tolist(), content[f"{case}.norms"].tolist())
save_file(content, pathlib.Path(__file__).parent / "steps.safetensors")
