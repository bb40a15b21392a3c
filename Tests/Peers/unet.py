"""Diffusion with diffusers' UNet2DModel: a step of training, and a step of sampling."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from diffusers import UNet2DModel

# Attention on the lowest level of 28x28 pixels in grey, and google/ddpm-cifar10-32's configuration.
CONFIGURATIONS = {
    "unet-s": dict(
        sample_size=28, in_channels=1, out_channels=1, layers_per_block=2,
        block_out_channels=(64, 128, 128),
        down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D")),
    "unet-cifar": dict(
        sample_size=32, in_channels=3, out_channels=3, layers_per_block=2,
        block_out_channels=(128, 256, 256, 256), attention_head_dim=None,
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
        downsample_padding=0, flip_sin_to_cos=False, freq_shift=1),
}


def step(model, placed, compiled):
    """The step of a configuration, or with -sample one pass: a function, its items, and the number of
    parameters."""
    sampling = model.endswith("-sample")
    configuration = CONFIGURATIONS[model.removesuffix("-sample")]
    network = UNet2DModel(**configuration)
    parameters = sum(p.numel() for p in network.parameters())
    network = placed(network)
    batch = 8 if configuration["in_channels"] == 3 else 16 if sampling else 32
    size = configuration["sample_size"]
    images = placed(torch.rand(batch, configuration["in_channels"], size, size) * 2 - 1)
    if sampling:
        network.eval()
        noisy, run = placed(torch.randn_like(images)), compiled(network)

        def sample():
            with torch.inference_mode():
                run(noisy, torch.full((batch,), 500))

        return sample, batch, parameters

    optimizer = torch.optim.AdamW(network.parameters(), 2e-4)
    alphas = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
    run = compiled(network)

    def train():
        times, noise = torch.randint(0, 1000, (batch,)), torch.randn_like(images)
        alpha = alphas[times].view(-1, 1, 1, 1)
        optimizer.zero_grad()
        output = run(alpha.sqrt() * images + (1 - alpha).sqrt() * noise, times).sample
        F.mse_loss(output, noise).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()

    return train, batch, parameters
