"""What transformers makes of the settings beside a GPT-2's tokenizer and model.

usage: settings.py fixture       writes settings.json: for each of the cases below the tokens of some texts
       settings.py check GEN     imports each case with a small model, and compares the greedy texts of
                                 `GEN sample` with those of generate; then the same after an export

A case is a folder made of Tests/Parity/tokenizers/bytes.json: pieces of tokenizer.json that are replaced,
whether that is cut into vocab.json and merges.txt, and files beside it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel
from transformers.utils import logging

torch.set_num_threads(1)
logging.disable_progress_bar()
logging.set_verbosity_error()

here = pathlib.Path(__file__).parent
source = (here.parent / "tokenizers" / "bytes.json").read_text()
END = "<|endoftext|>"
TEXTS = [
    "", " ", "the", " the", "Hello you", "a <|endoftext|> the t two he!", "the<|endoftext|>\n<|end|>we",
    "\u00e9 zzz  <|endoftext|>", "🙂 the theory\n", "x_=_the the9 the-the the",
]
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": END, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
               {"SpecialToken": {"id": "<|end|>", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {END: {"id": END, "ids": [0], "tokens": [END]},
                       "<|end|>": {"id": "<|end|>", "ids": [1], "tokens": ["<|end|>"]}},
}


def added(content, special=False, **flags):
    default = {"lstrip": False, "rstrip": False, "single_word": False, "normalized": not special}
    return {"content": content, **default, "special": special, **flags}


PREFIX = ['"ByteLevel",\n    "add_prefix_space": false', '"ByteLevel",\n    "add_prefix_space": true']
STRIPS = ['"single_word": false,\n      "lstrip": false,\n      "rstrip": false,\n      "normalized": false,\n'
          '      "special": true\n    },\n    {',
          '"single_word": false,\n      "lstrip": true,\n      "rstrip": true,\n      "normalized": false,\n'
          '      "special": true\n    },\n    {']
WORD = ['"added_tokens": [',
        '"added_tokens": [{"id": 300, "content": "the", "single_word": true, "lstrip": false, '
        '"rstrip": false, "normalized": true, "special": false},']
BACKEND = {"tokenizer_class": "TokenizersBackend"}


def case(name, settings=None, replace=(), split=False, **files):
    files = {f"{file}.json": json.dumps(value) for file, value in files.items()}
    if settings is not None:
        files["tokenizer_config.json"] = json.dumps(settings)
    return {"name": name, "replace": list(replace), "split": split, "files": files}


CASES = [
    case("nothing said"),
    case("prefix in the settings", {"tokenizer_class": "GPT2TokenizerFast", "add_prefix_space": True}),
    case("prefix, no class", {"add_prefix_space": True, "tokenizer_class": None}),
    case("prefix in the tokenizer", BACKEND, [PREFIX]),
    case("prefix in the tokenizer, class GPT-2", {"tokenizer_class": "GPT2Tokenizer"}, [PREFIX]),
    case("prefix in the tokenizer, nothing said", None, [PREFIX]),
    case("prefix in the settings of another class", BACKEND | {"add_prefix_space": True}),
    case("class in config.json", {"add_prefix_space": True}, config={"tokenizer_class": "PreTrainedTokenizerFast"}),
    case("vocabulary and merges", None, split=True),
    case("vocabulary, prefix", {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True}, split=True),
    case("vocabulary, first token", {"add_bos_token": True, "model_max_length": 10**30}, split=True),
    case("vocabulary, first and last", {"add_bos_token": True, "add_eos_token": True, "bos_token": "<|end|>"}, split=True),
    case("first token, but a tokenizer's file", {"add_bos_token": True}),
    case("template", BACKEND, [['"post_processor": null', '"post_processor": ' + json.dumps(TEMPLATE)]]),
    case("template, prefix", {"add_prefix_space": True}, [['"post_processor": null', '"post_processor": ' + json.dumps(TEMPLATE)]]),
    case("strips", BACKEND, [STRIPS]),
    case("strips, prefix", {"add_prefix_space": True}, [STRIPS]),
    case("a word", BACKEND, [WORD]),
    case("listed", {"added_tokens_decoder": {"0": added(END, True, lstrip=True), "1": added("<|end|>", True),
                                             "5": added("he", lstrip=True, single_word=True)}}),
    case("listed, another class", BACKEND | {"added_tokens_decoder": {"0": added(END, True, rstrip=True)}}),
    case("named", BACKEND | {"pad_token": "!", "unk_token": "he", "additional_special_tokens": ["y", "z"]}),
    case("named elsewhere", {"tokenizer_class": "GPT2Tokenizer"}, split=True,
         special_tokens_map={role: added(END, lstrip=True, rstrip=True, normalized=False)
                             for role in ["bos_token", "eos_token", "unk_token"]} | {"pad_token": "!"}),
    case("added elsewhere", None, split=True, added_tokens={"he": 300, "!": 301}),
    case("cleaned", {"clean_up_tokenization_spaces": True, "tokenizer_class": "PreTrainedTokenizerFast"}),
    case("unknown", BACKEND, [['"unk_token": null', f'"unk_token": "{END}"'], ['\n      "_": ', '\n      "missing": ']]),
    case("unknown, fused", BACKEND, [['"unk_token": null', f'"unk_token": "{END}"'], ['"fuse_unk": false', '"fuse_unk": true'],
                                     ['\n      "_": ', '\n      "missing": '], ['\n      "=": ', '\n      "missing2": ']]),
]
# What follows is checked against generate alone, which begins a text without a prompt only where a first token is named.
GENERATION = [
    case("an end", generation_config={"eos_token_id": 300, "bos_token_id": 5}),
    case("several ends", generation_config={"eos_token_id": [*range(30, 230)], "bos_token_id": 0}),
    case("an end in config.json", config={"eos_token_id": [*range(100, 300)], "bos_token_id": 7}),
    case("no end, whatever config.json says", config={"eos_token_id": [*range(2, 380)]}, generation_config={"eos_token_id": None, "bos_token_id": 0}),
    case("a key that is absent", config={"eos_token_id": [*range(2, 380)]}, generation_config={"bos_token_id": 3}),
]


def fill(folder, case):
    folder.mkdir(parents=True)
    text = source
    for old, new in case["replace"]:
        assert text.count(old) == 1, (case["name"], old, text.count(old))
        text = text.replace(old, new)
    config = {"model_type": "gpt2", "vocab_size": 390, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 64,
              "bos_token_id": 0, "eos_token_id": 389}
    for name, content in case["files"].items():
        if name == "config.json":
            config |= json.loads(content)
        else:
            (folder / name).write_text(content)
    (folder / "config.json").write_text(json.dumps(config))
    if case["split"]:
        model = json.loads(text)["model"]
        (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
        merges = [" ".join(pair) for pair in model["merges"]]
        (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")
    else:
        (folder / "tokenizer.json").write_text(text)
    return folder


def fixture():
    with tempfile.TemporaryDirectory() as work:
        for number, case in enumerate(CASES):
            tokenizer = AutoTokenizer.from_pretrained(fill(pathlib.Path(work) / str(number), case))
            case["texts"] = [[text, tokenizer(text)["input_ids"]] for text in TEXTS]
    lines = ",\n".join(json.dumps(case) for case in CASES)
    (here / "settings.json").write_text(f"[\n{lines}\n]\n")


def greedy(folder):
    """The texts that generate writes, without what marks their beginning and end."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    texts = []
    for text in TEXTS:
        tokens = tokenizer(text, return_tensors="pt")["input_ids"].long()
        prompt = tokens[0].tolist()
        arguments = [tokens] if prompt else []
        with torch.no_grad():
            output = model.generate(*arguments, max_new_tokens=20, do_sample=False)[0].tolist()
        start = len(prompt) or 1
        written = output[start:]
        if written and written[-1] in ends:
            written = written[:-1]
        # Without the tokens that the tokenizer itself puts around the text.
        plain = tokenizer(text, add_special_tokens=False)["input_ids"]
        if tokenizer._tokenizer.post_processor is not None:
            prompt = [int(token) for token in plain]
        texts.append(tokenizer._tokenizer.decode(prompt + written, skip_special_tokens=False))
    return texts


def written(gen, run, work):
    texts = []
    for text in TEXTS:
        words = [gen, "sample", run, "--temperature", "0", "--length", "20", "--prompt", text]
        result = subprocess.run(words, cwd=work, capture_output=True)
        assert result.returncode == 0, result.stderr.decode()
        texts.append(result.stdout.decode())
    return texts


def check(gen):
    gen = str(pathlib.Path(gen).absolute())
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        torch.manual_seed(3)
        model = GPT2LMHeadModel(GPT2Config(vocab_size=390, n_embd=32, n_layer=2, n_head=4, n_positions=64))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.2)
        model.save_pretrained(work / "model")
        for number, case in enumerate(CASES + GENERATION):
            folder = fill(work / str(number), case)
            weights = (work / "model" / "model.safetensors").read_bytes()
            (folder / "model.safetensors").write_bytes(weights)
            expected = greedy(folder)
            runs = [f"run-{number}", f"again-{number}"]
            exported = f"exported-{number}"
            for words in [["import", folder, "--name", runs[0]], ["export", "--to", "transformers", runs[0], "-o", exported],
                          ["import", exported, "--name", runs[1]]]:
                result = subprocess.run([gen, *words], cwd=work, capture_output=True)
                assert result.returncode == 0, (case["name"], result.stderr.decode())
            for kind, texts in [("imported", written(gen, runs[0], work)), ("imported again", written(gen, runs[1], work)),
                                ("exported", [text for text in greedy(work / exported)])]:
                for text, ours, theirs in zip(TEXTS, texts, expected, strict=True):
                    # A line's end is written after a text that has none.
                    ours, theirs = (text.removesuffix("\n") for text in (ours, theirs))
                    assert ours == theirs, f"{case['name']}, {kind}: {text!r} gives {ours!r}, not {theirs!r}"
            print(f"{case['name']}: the same {len(TEXTS)} texts")


if sys.argv[1] == "fixture":
    fixture()
else:
    check(sys.argv[2])
