"""The first steps of a training of nanoGPT's network, in PyTorch, for Tests/Checks/nanogpt.

usage: curve.py make TEXT FOLDER SIZE      writes FOLDER/start.safetensors: new weights in our layout and the
                                           tokens of 20 batches of TEXT
       curve.py compare FOLDER SIZE TOLERANCE
                                           takes the same steps, and compares their losses with those in
                                           FOLDER/losses.safetensors
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Peers"))
import gpt  # noqa: E402

STEPS, WARMUP, RATE = 20, 100, 1e-3


def ours(name):
    """Our name of a parameter of the network, and whether it is stored the other way around."""
    if name.startswith("h."):
        layer, part = name.removeprefix("h.").split(".", 1)
        if part.startswith("ln_"):
            return f"h.{layer}.{part}", False
        branch = "mlp" if part.startswith(("mlp", "c_fc")) else "attn"
        return f"h.{layer}.{branch}.{part.removeprefix('mlp_')}", True
    return name, False


def make(text, folder, size):
    torch.manual_seed(0)
    model, text = gpt.GPT(size), pathlib.Path(text).read_text()
    alphabet = {character: number for number, character in enumerate(sorted(set(text)))}
    assert len(alphabet) == gpt.VOCABULARY, f"the text has {len(alphabet)} different characters"
    tokens = torch.tensor([alphabet[character] for character in text])
    length, batch = model.context + 1, gpt.SIZES[size][4]
    places = torch.randint(len(tokens) - length, (STEPS, batch))
    windows = torch.stack([torch.stack([tokens[p:p + length] for p in row]) for row in places.tolist()])
    arrays = {"tokens": windows.float()}
    for name, parameter in model.named_parameters():
        path, is_turned = ours(name)
        arrays[f"model.{path}"] = (parameter.T if is_turned else parameter).detach().contiguous()
    save_file(arrays, folder / "start.safetensors")
    torch.save(model.state_dict(), folder / "start.pt")


def compare(folder, size, tolerance):
    torch.set_num_threads(2)
    model = gpt.GPT(size)
    model.load_state_dict(torch.load(folder / "start.pt"))
    tokens = load_file(folder / "start.safetensors")["tokens"].long()
    losses = load_file(folder / "losses.safetensors")["losses"].tolist()
    optimizer = gpt.optimizer(model)
    worst = 0
    for step, (batch, loss) in enumerate(zip(tokens, losses, strict=True)):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (step + 1) / WARMUP
        optimizer.zero_grad(set_to_none=True)
        theirs = model.loss(batch[:, :-1], batch[:, 1:])
        theirs.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        worst = max(worst, abs(theirs.item() - loss))
        print(f"step {step + 1:2}: {loss:.5f}, PyTorch {theirs.item():.5f}", flush=True)
    print(f"{size}: {STEPS} steps, losses at most {worst:.2g} apart")
    if worst > tolerance:
        sys.exit(f"more than {tolerance}")


if sys.argv[1] == "make":
    make(sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4])
else:
    compare(pathlib.Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
