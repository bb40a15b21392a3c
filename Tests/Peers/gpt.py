"""nanoGPT's decoder: github.com/karpathy/nanoGPT, at its sizes for a CPU and for Shakespeare ("baby")."""
import math

import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, WRITTEN = 65, 200
# Layers, heads, width, context, batch.
SIZES = {"cpu": (4, 4, 128, 64, 12), "baby": (6, 6, 384, 256, 64)}


class Block(nn.Module):
    """Attention and a perceptron, each behind a layer norm, without biases."""

    def __init__(self, width, heads, layers, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.ln_1 = nn.LayerNorm(width, bias=False)
        self.ln_2 = nn.LayerNorm(width, bias=False)
        self.c_attn = nn.Linear(width, 3 * width, bias=False)
        self.c_proj = nn.Linear(width, width, bias=False)
        self.c_fc = nn.Linear(width, 4 * width, bias=False)
        self.mlp_c_proj = nn.Linear(4 * width, width, bias=False)
        for layer in (self.c_attn, self.c_fc):
            nn.init.normal_(layer.weight, 0, 0.02)
        for layer in (self.c_proj, self.mlp_c_proj):
            nn.init.normal_(layer.weight, 0, 0.02 / math.sqrt(2 * layers))

    def forward(self, x):
        batch, length, width = x.shape
        shape = (batch, length, self.heads, width // self.heads)
        q, k, v = (part.view(shape).transpose(1, 2) for part in self.c_attn(self.ln_1(x)).split(width, 2))
        rate = self.dropout if self.training else 0
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=rate)
        mixed = self.c_proj(mixed.transpose(1, 2).reshape(batch, length, width))
        x = x + F.dropout(mixed, rate)
        return x + F.dropout(self.mlp_c_proj(F.gelu(self.c_fc(self.ln_2(x)))), rate)


class GPT(nn.Module):
    def __init__(self, size, dropout=0.0):
        super().__init__()
        layers, heads, width, self.context, _ = SIZES[size]
        self.wte = nn.Embedding(VOCABULARY, width)
        self.wpe = nn.Embedding(self.context, width)
        self.h = nn.ModuleList(Block(width, heads, layers, dropout) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width, bias=False)
        self.dropout = dropout
        for table in (self.wte, self.wpe):
            nn.init.normal_(table.weight, 0, 0.02)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        x = F.dropout(x, self.dropout, self.training)
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T

    def loss(self, tokens, targets):
        return F.cross_entropy(self(tokens).view(-1, VOCABULARY), targets.reshape(-1))


def optimizer(model, rate=1e-3):
    """AdamW, whose decay leaves the gains of norms alone."""
    groups = [
        {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, rate, (0.9, 0.99))


def writing(size):
    """WRITTEN tokens, one after the other: all that came before is read again for each."""
    model = GPT(size).eval()

    def step():
        text = torch.zeros(1, 1, dtype=torch.long)
        with torch.inference_mode():
            for _ in range(WRITTEN):
                logits = model(text[:, -model.context:])[:, -1] / 0.8
                least = torch.topk(logits, 40).values[:, -1:]
                logits[logits < least] = -math.inf
                text = torch.cat([text, torch.multinomial(logits.softmax(-1), 1)], 1)

    return step, WRITTEN, sum(p.numel() for p in model.parameters())


def cached_writing(size):
    """The same by transformers' GPT-2 of that size, which keeps keys and values."""
    from transformers import GPT2Config, GPT2LMHeadModel

    layers, heads, width, context, _ = SIZES[size]
    model = GPT2LMHeadModel(GPT2Config(
        vocab_size=VOCABULARY, n_positions=max(context, 256), n_embd=width, n_layer=layers, n_head=heads,
        bos_token_id=0, eos_token_id=None)).eval()

    def step():
        with torch.inference_mode():
            model.generate(
                torch.zeros(1, 1, dtype=torch.long), max_new_tokens=WRITTEN, do_sample=True, temperature=0.8,
                top_k=40, pad_token_id=0)

    return step, WRITTEN, sum(p.numel() for p in model.parameters())


def step(name, placed, compiled):
    """The step of a model: a function, its items, and the number of parameters."""
    size = name.split("-")[1]
    if name.endswith("generate"):
        return writing(size)
    if name.endswith("generate-cached"):
        return cached_writing(size)
    model = GPT(size)
    stepper, loss = optimizer(model), compiled(model.loss)
    batch = SIZES[size][4]
    tokens, targets = torch.randint(VOCABULARY, (2, batch, model.context))

    def step():
        loss(tokens, targets).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        stepper.step()
        stepper.zero_grad(set_to_none=True)

    return step, batch * model.context, sum(p.numel() for p in model.parameters())
