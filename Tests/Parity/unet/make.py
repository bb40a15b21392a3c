"""Writes CASE.safetensors and training.safetensors for UNetParityTests: small UNets of diffusers.

usage: python make.py     (PyTorch 2, diffusers and safetensors; writes beside itself)

CASE.safetensors has a model of random weights and what it computes, in PyTorch's layouts:

    parameters   all parameters in the order of their names, one after the other; the names are in
                 the metadata (exact in float16, as are the images)
    sample       images [N, C, H, W]
    timesteps    their times [N]
    classes      their classes [N], as floats, if the model has any
    output       the model's output [N, C', H, W]

training.safetensors has ten steps of one model with AdamW, whose gradients are clipped:

    parameters   as above, before the first step
    sample.0, noise.0, timesteps.0 ...     noisy images, the noise in them and their times, which
                 the steps take in turn
    gradients    those of the first step, of the mean squared error to the noise, in the same order
    losses       the losses of all steps

All of it is computed in float32; that it hardly depends on rounding is checked in float64.
"""

import itertools
import pathlib

import torch
import torch.nn.functional as F
from diffusers import DDPMScheduler, UNet2DModel
from safetensors.torch import save_file
from torch import nn

STEPS, BATCHES = 10, 3
OUTPUT_TOLERANCE, GRADIENT_TOLERANCE, LOSS_TOLERANCE = 2e-6, 2e-6, 1e-5

TINY = dict(
    sample_size=4,
    block_out_channels=(4, 4),
    down_block_types=("DownBlock2D", "AttnDownBlock2D"),
    up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    layers_per_block=1,
    norm_num_groups=2,
)
# Each with the shape of its images and their times.
CASES = {
    "defaults": (
        dict(TINY, block_out_channels=(4, 6), attention_head_dim=3),
        (2, 3, 8, 8),
        [0, 999],
    ),
    "ddpm": (
        dict(
            TINY,
            sample_size=6,
            downsample_padding=0,
            flip_sin_to_cos=False,
            freq_shift=1,
            attention_head_dim=None,
            norm_eps=1e-6,
            layers_per_block=2,
        ),
        (2, 3, 6, 6),
        [17, 500],
    ),
    "scale-shift": (
        dict(
            TINY,
            resnet_time_scale_shift="scale_shift",
            num_class_embeds=5,
            mid_block_scale_factor=1.4142,
            attention_head_dim=4,
        ),
        (3, 3, 4, 4),
        [1, 250, 998],
    ),
    "scale-shift-norm": (
        dict(
            TINY,
            in_channels=1,
            out_channels=2,
            resnet_time_scale_shift="scale_shift",
            attn_norm_num_groups=4,
            attention_head_dim=2,
            dropout=0.1,
            downsample_padding=0,
        ),
        (1, 1, 4, 8),
        [250.5],
    ),
    "resnet-blocks": (
        dict(
            TINY,
            block_out_channels=(4, 4, 4),
            down_block_types=("AttnDownBlock2D", "ResnetDownsampleBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D"),
            downsample_type="resnet",
            upsample_type="resnet",
            attention_head_dim=2,
            attn_norm_num_groups=1,
        ),
        (2, 3, 8, 8),
        [3, 700],
    ),
    "no-attention": (
        dict(
            TINY,
            in_channels=2,
            out_channels=5,
            center_input_sample=True,
            time_embedding_dim=12,
            block_out_channels=(3, 3),
            down_block_types=("DownBlock2D", "ResnetDownsampleBlock2D"),
            up_block_types=("ResnetUpsampleBlock2D", "UpBlock2D"),
            norm_num_groups=3,
            layers_per_block=3,
            add_attention=False,
        ),
        (1, 2, 6, 6),
        [620],
    ),
    "no-middle": (
        dict(
            TINY,
            sample_size=5,
            block_out_channels=(6,),
            down_block_types=("AttnDownBlock2D",),
            up_block_types=("AttnUpBlock2D",),
            mid_block_type=None,
            attention_head_dim=3,
            layers_per_block=2,
        ),
        (2, 3, 5, 7),
        [40, 41],
    ),
}
TRAINING = dict(
    TINY,
    block_out_channels=(4, 6),
    attention_head_dim=3,
    downsample_padding=0,
    freq_shift=1,
)


def half(tensor):
    """The nearest values that float16 has."""
    return tensor.half().float()


def model(configuration):
    """A model with PyTorch's weights, and gains and biases of norms that would be missed."""
    unet = UNet2DModel(**configuration).eval()
    for module in unet.modules():
        if isinstance(module, nn.GroupNorm):
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.2)
    unet.load_state_dict({name: half(value) for name, value in unet.state_dict().items()})
    return unet


def flat(arrays):
    """Arrays by name, one after the other in the order of the names."""
    return torch.cat([array.flatten() for _, array in sorted(arrays.items())])


def distance(array, exact):
    """|a - b| / |b|."""
    return ((array.double() - exact.double()).norm() / exact.double().norm()).item()


def make_output(name, configuration, shape, times):
    unet = model(configuration)
    sample, times = half(torch.randn(shape)), torch.tensor(times)
    count = configuration.get("num_class_embeds")
    classes = torch.arange(shape[0]) * 2 % count if count else None
    with torch.inference_mode():
        output = unet(sample, times, classes).sample
        exact = unet.double()(sample.double(), times, classes).sample
    off = (output - exact).abs().max().item()
    print(f"{name}: {sum(p.numel() for p in unet.parameters())} parameters, {off:.1e}")
    assert off <= OUTPUT_TOLERANCE
    content = {
        "sample": sample.half(),
        "timesteps": times.float(),
        "output": output.contiguous(),
    }
    if count:
        content["classes"] = classes.float()
    return unet.state_dict(), content


def train(configuration, initial, batches, dtype):
    """Ten steps: the gradients of the first, and the losses of all."""
    unet = UNet2DModel(**configuration)
    unet.load_state_dict(initial)
    unet.to(dtype)
    decayed = [p for p in unet.parameters() if p.dim() > 1]
    others = [p for p in unet.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [dict(params=decayed), dict(params=others, weight_decay=0)], 1e-3, weight_decay=0.1
    )
    gradients, losses = {}, []
    for step in range(STEPS):
        sample, noise, times = batches[step % BATCHES]
        optimizer.zero_grad()
        loss = F.mse_loss(unet(sample.to(dtype), times).sample, noise.to(dtype))
        loss.backward()
        losses.append(loss.item())
        if not gradients:
            gradients = {name: p.grad.clone() for name, p in unet.named_parameters()}
        nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
    return gradients, torch.tensor(losses, dtype=dtype)


def make_training(seed):
    """The content of the file, or nothing if a seed's rounding errors grow."""
    torch.manual_seed(seed)
    initial = model(TRAINING).state_dict()
    images = torch.tanh(F.interpolate(torch.randn(3, 3, 3, 3), size=(8, 8), mode="bicubic"))
    batches = []
    for _ in range(BATCHES):
        noise, times = half(torch.randn(images.shape)), torch.randint(1000, (3,))
        batches.append((half(DDPMScheduler().add_noise(images, noise, times)), noise, times))
    exact, exact_losses = train(TRAINING, initial, batches, torch.float64)
    single, losses = train(TRAINING, initial, batches, torch.float32)
    # Softmax does not feel what is added to all keys: that gradient is nothing but rounding.
    off = max(distance(single[n], exact[n]) for n in exact if not n.endswith("to_k.bias"))
    losses_off = (losses - exact_losses).abs().max().item()
    print(f"training, seed {seed}: {off:.1e}, losses {losses_off:.1e}")
    if off > GRADIENT_TOLERANCE or losses_off > LOSS_TOLERANCE:
        return None
    content = {"gradients": flat(single), "losses": losses}
    for index, (sample, noise, times) in enumerate(batches):
        content[f"sample.{index}"] = sample.half()
        content[f"noise.{index}"] = noise.half()
        content[f"timesteps.{index}"] = times.float()
    return initial, content


def write(name, state, content):
    save_file(
        content | {"parameters": flat(state).half()},
        pathlib.Path(__file__).parent / f"{name}.safetensors",
        metadata={"names": " ".join(sorted(state))},
    )


torch.set_num_threads(1)
for seed, (name, case) in enumerate(CASES.items()):
    torch.manual_seed(seed)
    write(name, *make_output(name, *case))
write("training", *next(filter(None, (make_training(seed) for seed in itertools.count(1)))))
