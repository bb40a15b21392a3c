"""Makes pipelines of diffusers with random weights, and compares what its UNet and ours make of them.

usage: pipelines.py make DIR            pipelines of many configurations, each in a folder of its own
       pipelines.py expect DIR...       for each pipeline an input, and the output of its UNet
       pipelines.py compare DIR...      whether gen's outputs are the same
       pipelines.py same DIR AGAIN      whether the pipelines in both folders have the same weights and
                                        configurations
       pipelines.py draw DIR            draws from a pipeline with DDPMPipeline

Tests/Checks/diffusers runs it all.
"""
import json
import pathlib
import sys

import torch
from diffusers import DDPMPipeline, DDPMScheduler, DPMSolverMultistepScheduler, UNet2DModel
from diffusers.utils.logging import disable_progress_bar
from safetensors.torch import load_file, save_file

disable_progress_bar()
torch.set_num_threads(1)
torch.manual_seed(0)

TOLERANCE = 1e-4

TINY = dict(
    sample_size=16, block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=8,
    down_block_types=("DownBlock2D", "AttnDownBlock2D"),
    up_block_types=("AttnUpBlock2D", "UpBlock2D"))

# google/ddpm-cifar10-32: 35,746,307 parameters.
CIFAR = dict(
    sample_size=32, act_fn="silu", attention_head_dim=None, block_out_channels=(128, 256, 256, 256),
    center_input_sample=False, downsample_padding=0, flip_sin_to_cos=False, freq_shift=1,
    in_channels=3, out_channels=3, layers_per_block=2, mid_block_scale_factor=1, norm_eps=1e-6,
    norm_num_groups=32, time_embedding_type="positional",
    down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"))

MODELS = {
    "defaults": TINY,
    "padding-0": TINY | dict(downsample_padding=0, flip_sin_to_cos=False, freq_shift=1, norm_eps=1e-6),
    "heads": TINY | dict(attention_head_dim=4, layers_per_block=2, in_channels=1, out_channels=1),
    "one-head": TINY | dict(attention_head_dim=None, attn_norm_num_groups=4, center_input_sample=True),
    "scale-shift": TINY | dict(resnet_time_scale_shift="scale_shift", time_embedding_dim=48),
    "resnet": TINY | dict(
        down_block_types=("ResnetDownsampleBlock2D", "AttnDownBlock2D", "DownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "ResnetUpsampleBlock2D"),
        block_out_channels=(16, 32, 32), downsample_type="resnet", upsample_type="resnet"),
    "no-middle": TINY | dict(mid_block_type=None, dropout=0.1),
    "plain-middle": TINY | dict(add_attention=False, mid_block_scale_factor=1.5),
    "classes": TINY | dict(num_class_embeds=5),
    "ddpm-cifar10-32": CIFAR,
}

SCHEDULERS = {
    "heads": DDPMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction"),
    "scale-shift": DPMSolverMultistepScheduler(beta_schedule="scaled_linear", prediction_type="sample"),
    "ddpm-cifar10-32": DDPMScheduler(variance_type="fixed_large"),
}


def make(folder):
    for name, configuration in MODELS.items():
        unet = UNet2DModel(**configuration)
        # Norms and biases start at 0 and 1, where many mistakes would not show.
        with torch.no_grad():
            for parameter in unet.parameters():
                if parameter.ndim == 1:
                    parameter.add_(torch.randn_like(parameter) * 0.1)
        pipeline = DDPMPipeline(unet, SCHEDULERS.get(name, DDPMScheduler()))
        pipeline.save_pretrained(folder / name)
    remake_as_old(folder / "heads")
    remake_as_halves(folder / "one-head")


def remake_as_old(folder):
    """Gives a pipeline the names that files of 2022 have, and leaves out what they do not know."""
    old = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}

    def renamed(name):
        for new, former in old.items():
            name = name.replace(new, former)
        return name

    path = folder / "unet/diffusion_pytorch_model.safetensors"
    weights = {renamed(name): tensor for name, tensor in load_file(path).items()}
    save_file(weights, path, metadata={"format": "pt"})
    path = folder / "unet/config.json"
    configuration = json.loads(path.read_text())
    for key in ["down_block_types", "up_block_types"]:
        configuration[key] = ["UNetRes" + name for name in configuration[key]]
    defaults = UNet2DModel(**TINY).config
    kept = {k: v for k, v in configuration.items() if k not in defaults or v != defaults[k]}
    kept |= {k: configuration[k] for k in TINY}
    path.write_text(json.dumps(kept, indent=2))


def remake_as_halves(folder):
    """Rounds a pipeline's weights to bfloat16."""
    path = folder / "unet/diffusion_pytorch_model.safetensors"
    weights = {name: tensor.bfloat16() for name, tensor in load_file(path).items()}
    save_file(weights, path, metadata={"format": "pt"})


def model(folder):
    return UNet2DModel.from_pretrained(folder / "unet", torch_dtype=torch.float32).eval()


def expect(folder):
    unet = model(folder)
    size, channels = unet.config.sample_size, unet.config.in_channels
    sample = torch.randn(2, channels, size, size)
    timesteps = torch.tensor([3.0, 721.0])
    inputs = {"sample": sample, "timesteps": timesteps}
    arguments = {}
    if unet.config.num_class_embeds:
        arguments["class_labels"] = torch.tensor([0, unet.config.num_class_embeds - 1])
        inputs["classes"] = arguments["class_labels"].float()
    with torch.no_grad():
        output = unet(sample, timesteps, **arguments).sample
    save_file(inputs, folder / "input.safetensors")
    save_file({"sample": output}, folder / "expected.safetensors")


def compare(folder):
    ours = load_file(folder / "output.safetensors")["sample"]
    theirs = load_file(folder / "expected.safetensors")["sample"]
    distance = (ours - theirs).abs().max().item()
    count = sum(parameter.numel() for parameter in model(folder).parameters())
    print(
        f"{folder.name}: {count:,} parameters, output at most {distance:.1e} apart, "
        f"of {theirs.abs().max().item():.2f}")
    if not distance <= TOLERANCE:
        sys.exit(f"{folder.name}: more than {TOLERANCE} apart")


def same(first, second):
    a, b = model(first), model(second)
    weights = b.state_dict()
    for name, tensor in a.state_dict().items():
        if not torch.equal(tensor, weights.pop(name)):
            sys.exit(f"{second.name}: {name} differs")
    if weights:
        sys.exit(f"{second.name}: has more tensors: {', '.join(weights)}")
    for key, value in a.config.items():
        if key.startswith("_"):
            continue
        other = b.config[key]
        if isinstance(value, (list, tuple)):
            value = [v.removeprefix("UNetRes") if isinstance(v, str) else v for v in value]
            other = list(other)
        if value != other:
            sys.exit(f"{second.name}: {key} is {b.config[key]}, was {value}")
    schedulers = [DDPMPipeline.from_pretrained(folder).scheduler for folder in (first, second)]
    if not torch.equal(*[scheduler.betas for scheduler in schedulers]):
        sys.exit(f"{second.name}: another schedule")
    # Others become a DDPMScheduler, which has not all of their settings.
    is_same = type(schedulers[0]) is type(schedulers[1])
    for key in schedulers[1].config if is_same else ["prediction_type", "num_train_timesteps"]:
        value, other = [scheduler.config.get(key) for scheduler in schedulers]
        if not key.startswith("_") and value != other:
            sys.exit(f"{second.name}: {key} is {other}, was {value}")
    print(f"{second.name}: the same there and back")


def draw(folder):
    pipeline = DDPMPipeline.from_pretrained(folder)
    pipeline.set_progress_bar_config(disable=True)
    image = pipeline(num_inference_steps=3).images[0]
    print(f"{folder.name}: DDPMPipeline draws {image.size[0]}x{image.size[1]} {image.mode}")


verb, *folders = sys.argv[1:]
folders = [pathlib.Path(folder) for folder in folders]
if verb == "same":
    for folder in sorted(folders[0].iterdir()):
        same(folder, folders[1] / folder.name)
else:
    for folder in folders:
        {"make": make, "expect": expect, "compare": compare, "draw": draw}[verb](folder)
