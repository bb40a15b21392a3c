"""Times the training step of PyTorch's DCGAN example at the sizes of `gen bench`.

usage: peer.py dcgan32|dcgan64 [--threads N] [--mode eager|channels_last|compile] [--steps N]

Prints a line of JSON: the median length of a step, images a second, parameters, peak memory. Needs the
environment that `setup` makes.
"""
import argparse
import json
import resource
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("model", choices=["dcgan32", "dcgan64"])
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--mode", choices=["eager", "channels_last", "compile"], default="eager")
parser.add_argument("--steps", type=int, default=8)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
torch.set_flush_denormal(True)

BATCH, LATENT, WIDTH = 64, 100, 64


def placed(x):
    return x.to(memory_format=torch.channels_last) if options.mode == "channels_last" else x


def networks(size, channels):
    def up(i, o):
        return [nn.ConvTranspose2d(i, o, 4, 2, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(True)]

    def down(i, o):
        return [nn.Conv2d(i, o, 4, 2, 1, bias=False), nn.BatchNorm2d(o), nn.LeakyReLU(0.2, True)]

    top = WIDTH * size // 8
    generator = [nn.ConvTranspose2d(LATENT, top, 4, 1, 0, bias=False), nn.BatchNorm2d(top), nn.ReLU(True)]
    discriminator = [nn.Conv2d(channels, WIDTH, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)]
    width = top
    while width > WIDTH:
        generator += up(width, width // 2)
        width //= 2
    while width < top:
        discriminator += down(width, width * 2)
        width *= 2
    generator += [nn.ConvTranspose2d(WIDTH, channels, 4, 2, 1, bias=False), nn.Tanh()]
    discriminator += [nn.Conv2d(top, 1, 4, 1, 0, bias=False)]
    return nn.Sequential(*generator), nn.Sequential(*discriminator)


size, channels = (64, 3) if options.model == "dcgan64" else (32, 1)
G, D = networks(size, channels)
parameters = sum(p.numel() for network in (G, D) for p in network.parameters())
adam_g = torch.optim.Adam(G.parameters(), 2e-4, (0.5, 0.999))
adam_d = torch.optim.Adam(D.parameters(), 2e-4, (0.5, 0.999))
G, D = placed(G), placed(D)
if options.mode == "compile":
    G, D = torch.compile(G), torch.compile(D)
real = placed(torch.rand(BATCH, channels, size, size) * 2 - 1)


def loss(logits, target):
    logits = logits.view(-1)
    return F.binary_cross_entropy_with_logits(logits, target(logits))


def step():
    adam_d.zero_grad()
    loss(D(real), torch.ones_like).backward()
    fake = G(torch.randn(BATCH, LATENT, 1, 1))
    loss(D(fake.detach()), torch.zeros_like).backward()
    adam_d.step()
    adam_g.zero_grad()
    loss(D(fake), torch.ones_like).backward()
    adam_g.step()


for _ in range(2):
    step()
times = []
for _ in range(options.steps):
    start = time.perf_counter()
    step()
    times.append(time.perf_counter() - start)
seconds = statistics.median(times)
print(json.dumps(dict(
    model=options.model, mode=options.mode, threads=options.threads, step_s=round(seconds, 5),
    items_per_s=round(BATCH / seconds, 2), params=parameters,
    peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)))
