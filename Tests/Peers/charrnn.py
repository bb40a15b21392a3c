"""char-rnn's language model: github.com/karpathy/char-rnn, with its defaults."""
import torch
import torch.nn.functional as F
from torch import nn

VOCABULARY, HIDDEN, LAYERS, LENGTH, BATCH = 65, 128, 2, 50, 50


def step(model, placed, compiled):
    """The step of lstm: a function, its items, and the number of parameters."""
    network = nn.ModuleDict(dict(
        rnn=nn.LSTM(VOCABULARY, HIDDEN, LAYERS, batch_first=True),
        head=nn.Linear(HIDDEN, VOCABULARY)))
    optimizer = torch.optim.RMSprop(network.parameters(), 2e-3, 0.95)
    tokens = F.one_hot(torch.randint(VOCABULARY, (BATCH, LENGTH)), VOCABULARY).float()
    targets = torch.randint(VOCABULARY, (BATCH, LENGTH)).view(-1)

    def loss():
        hidden, _ = network["rnn"](tokens)
        return F.cross_entropy(network["head"](hidden).reshape(-1, VOCABULARY), targets)

    loss = compiled(loss)

    def step():
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step, BATCH * LENGTH, sum(p.numel() for p in network.parameters())
