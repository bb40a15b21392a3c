"""Writes steps.safetensors for DiffusionParityTests: ten training steps of a small UNet of diffusers.

usage: python make.py     (PyTorch 2, diffusers and safetensors; writes beside itself)

Everything is in gen's names and layouts (images [N, H, W, C], weights [Kh, Kw, In, Out] or [In, Out]):

    unet.*                   parameters before the first step
    images, noise.0 ...      the batch, the same at each step, and each step's noise
    timesteps, times         each step's times [steps, N]: for diffusion, and for a flow
    classes                  each step's classes [steps, N]; the last of the table is none
    CASE.losses              the losses of all steps
    CASE.norms               the norms of their gradients before they are clipped
    CASE.gradient.*          gradients of the first step, of the cases in GRADIENTS
    CASE.average             a checksum of the moving average at the end: its norm

A step: the loss with its weights, the norm clipped, AdamW with a warm-up and a cosine, and the moving
average. All of it is computed in float64 from numbers that float32 holds.
"""

import math
import pathlib

import torch
from diffusers import DDPMScheduler, UNet2DModel
from diffusers.training_utils import compute_snr
from safetensors.torch import save_file

STEPS, BATCH, SIZE, CLASSES = 10, 4, 8, 3
GAMMA, CLIP, RATE, MINIMUM, WARMUP, DECAY, AVERAGE = 5.0, 0.3, 2e-3, 2e-4, 3, 0.05, 0.9
CASES = ["epsilon", "sample", "velocity", "flow"]
GRADIENTS = ["velocity"]
PREDICTION = {"epsilon": "epsilon", "sample": "sample", "velocity": "v_prediction"}


def network():
    return UNet2DModel(
        sample_size=SIZE,
        in_channels=1,
        out_channels=1,
        block_out_channels=(4, 8),
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=2,
        attention_head_dim=4,
        num_class_embeds=CLASSES + 1,
    )


def layout(name, array):
    if array.dim() == 4:
        array = array.permute(2, 3, 1, 0)
    elif array.dim() == 2 and "class_embedding" not in name:
        array = array.T
    return array.float().contiguous()


def factor(done):
    step = done + 1
    if step < WARMUP:
        return step / WARMUP
    part = (step - WARMUP) / (STEPS - WARMUP)
    return (MINIMUM + (RATE - MINIMUM) * 0.5 * (1 + math.cos(math.pi * part))) / RATE


def loss_of(case, unet, scheduler, images, noise, timesteps, times, classes):
    if case == "flow":
        part = (times / 1000).view(-1, 1, 1, 1)
        told = unet((1 - part) * images + part * noise, times, class_labels=classes).sample
        return ((told - (noise - images)) ** 2).mean()
    told = unet(
        scheduler.add_noise(images, noise, timesteps), timesteps, class_labels=classes
    ).sample
    if case == "epsilon":
        return ((told - noise) ** 2).mean()
    # As in diffusers' example of training with --snr_gamma.
    snr = compute_snr(scheduler, timesteps)
    weights = torch.minimum(snr, torch.tensor(GAMMA))
    target = images
    if case == "velocity":
        weights = weights / (snr + 1)
        target = scheduler.get_velocity(images, noise, timesteps)
    return (((told - target) ** 2).mean(dim=(1, 2, 3)) * weights).mean()


def train(case, initial, batch):
    unet = network().double()
    unet.load_state_dict(initial)
    prediction = PREDICTION.get(case, "epsilon")
    scheduler = DDPMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type=prediction)
    scheduler.alphas_cumprod = scheduler.alphas_cumprod.double()
    matrices = [p for p in unet.parameters() if p.dim() >= 2]
    others = [p for p in unet.parameters() if p.dim() < 2]
    groups = [dict(params=matrices, weight_decay=DECAY), dict(params=others, weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.999), eps=1e-8)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    average = {name: p.detach().clone() for name, p in unet.named_parameters()}
    losses, norms, content = [], [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(
            case, unet, scheduler, batch["images"], batch["noise"][step],
            batch["timesteps"][step], batch["times"][step].double(), batch["classes"][step],
        )  # fmt: skip
        loss.backward()
        if step == 0 and case in GRADIENTS:
            for name, parameter in unet.named_parameters():
                content[f"{case}.gradient.{name}"] = layout(name, parameter.grad.clone())
        losses.append(loss.item())
        norms.append(torch.nn.utils.clip_grad_norm_(unet.parameters(), CLIP).item())
        optimizer.step()
        schedule.step()
        decay = min(AVERAGE, (2 + step) / (11 + step))
        for name, parameter in unet.named_parameters():
            average[name].lerp_(parameter.detach(), 1 - decay)
    norm = sum(value.square().sum() for value in average.values()).sqrt()
    for name, values in [("losses", losses), ("norms", norms), ("average", [norm.item()])]:
        content[f"{case}.{name}"] = torch.tensor(values)
    return content


torch.set_num_threads(1)
torch.manual_seed(3)
initial = {name: value.clone() for name, value in network().state_dict().items()}
batch = {
    "images": torch.rand(BATCH, 1, SIZE, SIZE) * 2 - 1,
    "noise": [torch.randn(BATCH, 1, SIZE, SIZE) for _ in range(STEPS)],
    "timesteps": torch.randint(0, 1000, (STEPS, BATCH)),
    "times": torch.rand(STEPS, BATCH) * 1000,
    "classes": torch.randint(0, CLASSES + 1, (STEPS, BATCH)),
}
content = {f"unet.{name}": layout(name, value) for name, value in initial.items()}
content["images"] = batch["images"].permute(0, 2, 3, 1).contiguous()
for step, noise in enumerate(batch["noise"]):
    content[f"noise.{step}"] = noise.permute(0, 2, 3, 1).contiguous()
for name in ["timesteps", "times", "classes"]:
    content[name] = batch[name].float()
batch["images"] = batch["images"].double()
batch["noise"] = [noise.double() for noise in batch["noise"]]
for case in CASES:
    content |= train(case, initial, batch)
    print(case, content[f"{case}.losses"].tolist(), content[f"{case}.norms"].tolist())
save_file(content, pathlib.Path(__file__).parent / "steps.safetensors")
