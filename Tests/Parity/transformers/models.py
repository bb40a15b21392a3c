"""The part of Tests/Checks/transformers that needs transformers.

usage: models.py text FILE           writes a text to learn from
       models.py expect RUNS FOLDERS each model of FOLDERS tells what follows some of the text; the tokens go
                                     to input.safetensors of the run of that name, the logits to
                                     expected.safetensors
       models.py compare RUNS        holds output.safetensors of each run against expected.safetensors
       models.py save FOLDERS TO     opens each model and tokenizer, and saves them again
       models.py same FOLDERS TO     compares the tensors and tokenizers of folders of the same name
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

torch.set_num_threads(1)
logging.disable_progress_bar()

TEXT = (
    "It was the best of times, it was the worst of times;\n\n  naïve café — Ωμέγα «да» 世界 🙂!\n"
    "\tDon't   we'll  1234 \"quotes\" \\ back/slash <tag> & Å Å.\r\n"
)


def text(path):
    pathlib.Path(path).write_text(TEXT * 20, newline="")


def expect(runs, folders):
    for folder in sorted(pathlib.Path(folders).iterdir()):
        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokens = tokenizer(TEXT)["input_ids"]
        units = list(TEXT.encode()) if folder.name.endswith("byte") else [ord(c) for c in TEXT]
        if folder.name.endswith("character"):
            # In the order of their code points.
            alphabet = sorted(set(units))
            units = [alphabet.index(unit) for unit in units]
        assert tokens == units, f"{folder}: other tokens"
        assert tokenizer.decode(tokens) == TEXT, f"{folder}: another text"
        model = AutoModelForCausalLM.from_pretrained(folder).eval()
        assert type(model).__name__ == "GPT2LMHeadModel"
        context = model.config.n_positions
        batch = torch.tensor([tokens[:context], tokens[-context:]])
        with torch.no_grad():
            logits = model(batch).logits
            written = model.generate(batch[:, :5], max_new_tokens=8, do_sample=False)
        assert written.shape == (2, 13)
        run = pathlib.Path(runs) / folder.name
        save_file({"tokens": batch.float()}, run / "input.safetensors")
        save_file({"logits": logits.contiguous()}, run / "expected.safetensors")


def compare(runs):
    for run in sorted(pathlib.Path(runs).iterdir()):
        ours = load_file(run / "output.safetensors")["logits"]
        theirs = load_file(run / "expected.safetensors")["logits"]
        assert ours.shape == theirs.shape, f"{run.name}: {ours.shape} {theirs.shape}"
        difference = (ours - theirs).abs().max().item()
        print(f"{run.name}: {difference:.2e} of {theirs.abs().max():.2f}")
        assert difference < 1e-4


def save(folders, to):
    for folder in sorted(pathlib.Path(folders).iterdir()):
        target = pathlib.Path(to) / folder.name
        AutoModelForCausalLM.from_pretrained(folder).save_pretrained(target)
        AutoTokenizer.from_pretrained(folder).save_pretrained(target)


def same(folders, others):
    for folder in sorted(pathlib.Path(folders).iterdir()):
        other = pathlib.Path(others) / folder.name
        a, b = (load_file(path / "model.safetensors") for path in (folder, other))
        assert a.keys() == b.keys(), f"{folder.name}: {a.keys() ^ b.keys()}"
        for name in a:
            assert torch.equal(a[name], b[name]), f"{folder.name}: {name}"
        for name in ["tokenizer.json", "config.json"]:
            a, b = (json.loads((path / name).read_text()) for path in (folder, other))
            assert a == b, f"{folder.name}: {name}"
        print(f"{folder.name}: the same")


globals()[sys.argv[1]](*sys.argv[2:])
