"""The training step of PyTorch's DCGAN example: both networks, both optimizers, a batch of 64."""
import torch
import torch.nn as nn
import torch.nn.functional as F

BATCH, LATENT, WIDTH = 64, 100, 64


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


def step(model, placed, compiled):
    """The step of dcgan32 or dcgan64: a function, its items, and the number of parameters."""
    size, channels = (64, 3) if model == "dcgan64" else (32, 1)
    G, D = networks(size, channels)
    parameters = sum(p.numel() for network in (G, D) for p in network.parameters())
    adam_g = torch.optim.Adam(G.parameters(), 2e-4, (0.5, 0.999))
    adam_d = torch.optim.Adam(D.parameters(), 2e-4, (0.5, 0.999))
    G, D = compiled(placed(G)), compiled(placed(D))
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

    return step, BATCH, parameters
