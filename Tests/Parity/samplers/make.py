"""The steps of diffusers' schedulers on a denoiser that is the same everywhere.

usage: make.py OUT.safetensors

A case's name says all: scheduler, spacing, steps, what the denoiser tells, the noise schedule, and flags.
It has the mixture before and after each step [steps + 1, 8], the noise of each step [steps, 8] and the
times that the denoiser is told [steps]. The denoiser's answer to an input x at time t is
0.6 x + 0.3 pattern + 0.2 t / 1000.

With the flag "times" the scheduler is given the times of gen, by gen's formula, where these are others than its
own: leading times are not rounded down, the noise where it harms ends with a deviation of e^5.1. DDIM, which
steps down by the same length always, is made to step to the next time. The last step of ddpm gets no noise.
"""
import math
import sys

import numpy
import torch
from diffusers import (
    DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, FlowMatchEulerDiscreteScheduler,
    HeunDiscreteScheduler)
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm
from safetensors.torch import save_file

CASES = """
ddpm leading 10 epsilon linear
ddpm leading 1 epsilon linear
ddpm leading 8 sample linear large
ddpm leading 7 sample linear large times
ddpm trailing 10 velocity cosine large
ddpm linspace 50 epsilon scaled-linear
ddpm leading 10 epsilon sigmoid noclip
ddpm leading 10 epsilon linear offset1 large
ddpm trailing 10 velocity linear zero
ddpm trailing 10 epsilon cosine noclip times
ddim leading 500 epsilon linear
ddim leading 34 epsilon linear times
ddim leading 10 epsilon linear
ddim leading 1 epsilon linear
ddim leading 2 epsilon linear eta1
ddim leading 50 velocity cosine eta0.5
ddim trailing 8 sample linear eta1
ddim trailing 7 sample linear eta1 times
ddim trailing 60 velocity cosine times
ddim linspace 10 epsilon linear noclip times
ddim leading 10 epsilon scaled-linear offset1
ddim trailing 10 velocity linear zero
ddim leading 10 velocity cosine eta0.5 estimate
ddim linspace 7 epsilon linear estimate times
dpm linspace 10 epsilon linear
dpm linspace 1 epsilon linear
dpm linspace 2 epsilon linear
dpm linspace 20 velocity cosine
dpm linspace 20 epsilon cosine times
dpm leading 9 velocity linear
dpm leading 10 velocity linear times
dpm trailing 15 sample linear
dpm linspace 10 epsilon linear karras
dpm linspace 20 velocity cosine karras times
heun linspace 10 epsilon linear
heun trailing 1 epsilon linear
heun leading 8 velocity linear
heun trailing 10 epsilon scaled-linear
heun trailing 20 epsilon linear
heun trailing 50 velocity linear
heun linspace 10 sample linear clip
heun linspace 10 epsilon linear karras
heun linspace 30 epsilon linear karras
euler linspace 10 flow linear
euler linspace 1 flow linear
euler linspace 50 flow linear
""".strip().splitlines()
TARGETS = {"epsilon": "epsilon", "sample": "sample", "velocity": "v_prediction"}
SCHEDULES = {"linear": "linear", "scaled-linear": "scaled_linear", "cosine": "squaredcos_cap_v2",
             "sigmoid": "sigmoid"}
PATTERN = torch.tensor([0.5, -1.0, 0.25, 0.75, -0.5, 1.0, -0.25, 0.0])


def scheduler(kind, spacing, target, schedule, flags):
    if kind == "euler":
        return FlowMatchEulerDiscreteScheduler()
    options = dict(
        beta_start=1e-4, beta_end=0.02, beta_schedule=SCHEDULES[schedule],
        prediction_type=TARGETS[target], timestep_spacing=spacing)
    if kind in ("dpm", "heun"):
        options["use_karras_sigmas"] = "karras" in flags
    if "zero" in flags:
        options["rescale_betas_zero_snr"] = True
    if "offset1" in flags:
        options["steps_offset"] = 1
    if "large" in flags:
        options["variance_type"] = "fixed_large"
    if "clip" in flags or "noclip" in flags:
        options["clip_sample"] = "clip" in flags
    kinds = dict(
        ddpm=DDPMScheduler, ddim=DDIMScheduler, dpm=DPMSolverMultistepScheduler,
        heun=HeunDiscreteScheduler)
    return kinds[kind](**options)


class Stride:
    """A number of steps by which the number of time steps, divided, is any length that is wanted."""

    def __init__(self, length):
        self.length = length

    def __rfloordiv__(self, total):
        return self.length


def plan_times(kind, spacing, steps, target, flags, deviations):
    total = len(deviations)
    if spacing == "leading" and kind == "dpm":
        numbers = [i * total / (steps + 1) for i in range(steps, 0, -1)]
    elif spacing == "leading":
        numbers = [i * total / steps for i in range(steps - 1, -1, -1)]
    elif spacing == "trailing":
        numbers = [total - i * (total / steps) for i in range(steps)]
    else:
        all_steps = steps + 1 if kind == "dpm" else steps
        numbers = numpy.linspace(total - 1, 0, all_steps)[:steps]
    whole = [round(number) - (spacing == "trailing") for number in numbers]
    if target == "epsilon" and (kind == "dpm" or "noclip" in flags):
        last = max(t for t, deviation in enumerate(deviations) if deviation <= math.exp(5.1))
        whole = [min(t, last) for t in whole]
    return whole


def give_times(sampler, kind, spacing, steps, target, flags):
    alphas = sampler.alphas_cumprod
    if "karras" in flags:
        convert = sampler._convert_to_karras
        sampler._convert_to_karras = lambda in_sigmas, **rest: convert(
            in_sigmas=numpy.minimum(in_sigmas, math.exp(5.1)), **rest)
        return sampler.set_timesteps(steps)
    own = plan_times(kind, spacing, steps, target, flags, ((1 - alphas) / alphas).sqrt().tolist())
    if kind == "dpm":
        return sampler.set_timesteps(timesteps=own)
    sampler.set_timesteps(steps)
    sampler.timesteps = torch.tensor(own)


tensors = {}
for name in CASES:
    kind, spacing, steps, target, schedule, *flags = name.split()
    sampler = scheduler(kind, spacing, target, schedule, flags)
    if "times" in flags:
        give_times(sampler, kind, spacing, int(steps), target, flags)
    else:
        sampler.set_timesteps(int(steps))
    if hasattr(sampler, "set_begin_index"):
        # Of equal times the scheduler would begin with the second.
        sampler.set_begin_index(0)
    random = torch.Generator().manual_seed(len(tensors))
    eta = next((float(flag[3:]) for flag in flags if flag.startswith("eta")), 0.0)
    x = torch.randn(8, generator=random)[None] * getattr(sampler, "init_noise_sigma", 1)
    mixtures, noises, times = [x], [], []
    for index, t in enumerate(sampler.timesteps):
        noise = torch.randn(1, 8, generator=random)
        is_last = index + 1 == len(sampler.timesteps)
        if kind == "ddpm" and is_last:
            noise = torch.zeros_like(noise)
        if kind == "ddim" and "times" in flags:
            sampler.num_inference_steps = Stride(t - (-1 if is_last else sampler.timesteps[index + 1]))
        # The schedulers draw their noise in this one place.
        for module in (scheduling_ddpm, scheduling_ddim):
            module.randn_tensor = lambda *_, **__: noise
        model_input = sampler.scale_model_input(x, t) if kind != "euler" else x
        output = 0.6 * model_input + 0.3 * PATTERN + 0.2 * t / 1000
        extra = dict(eta=eta, use_clipped_model_output="estimate" in flags) if kind == "ddim" else {}
        x = sampler.step(output, t, x, **extra).prev_sample
        mixtures.append(x)
        noises.append(noise)
        times.append(float(t))
    tensors[f"{name}/mixtures"] = torch.cat(mixtures).float()
    if kind == "ddpm" or eta > 0:
        tensors[f"{name}/noises"] = torch.cat(noises).float()
    tensors[f"{name}/times"] = torch.tensor(times).float()
save_file(tensors, sys.argv[1])
