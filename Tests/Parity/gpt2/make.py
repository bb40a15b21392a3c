"""Makes small GPT-2s with random weights with transformers, and the logits of some tokens by each.

new.safetensors    as save_pretrained writes it, in halves: `transformer.` before names, gelu_new, tied
erf.safetensors    as GPT-2 was published, in bfloat16: no prefix, masks; gelu, untied, a narrow perceptron

Each *.json is the model's config.json; the file of weights also has the tokens, and the logits in F32.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

torch.set_num_threads(1)
folder = pathlib.Path(__file__).parent


def make(name, dtype, prefix, **settings):
    torch.manual_seed(len(name) + settings["vocab_size"])
    config = GPT2Config(n_embd=32, n_layer=2, n_head=4, n_positions=16, bos_token_id=None,
                        eos_token_id=None, **settings)
    model = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            # Large enough that the activations differ.
            noise = torch.randn_like(parameter) * 0.2
            parameter.copy_((parameter + noise).to(dtype).float())
        tokens = torch.randint(0, config.vocab_size, (2, 16))
        logits = model(tokens).logits
    state = {key: value.to(dtype).contiguous() for key, value in model.state_dict().items()}
    if config.tie_word_embeddings:
        del state["lm_head.weight"]
    if not prefix:
        state = {key.removeprefix("transformer."): value for key, value in state.items()}
        for layer in range(config.n_layer):
            state[f"h.{layer}.attn.bias"] = torch.ones(16, 16, dtype=torch.bool).tril()[None, None]
            state[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    save_file(state, folder / f"{name}.safetensors", metadata={"format": "pt"})
    save_file({"tokens": tokens.float(), "logits": logits}, folder / f"{name}-logits.safetensors")
    settings = config.to_diff_dict() | {"architectures": ["GPT2LMHeadModel"]}
    (folder / f"{name}.json").write_text(json.dumps(settings, indent=1, sort_keys=True) + "\n")


make("new", torch.float16, True, vocab_size=24, activation_function="gelu_new")
make("erf", torch.bfloat16, False, vocab_size=20, activation_function="gelu", n_inner=24,
     tie_word_embeddings=False, layer_norm_epsilon=1e-3)
