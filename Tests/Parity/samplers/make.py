"""The steps of diffusers' schedulers on a denoiser that is the same everywhere.

usage: make.py OUT.safetensors

A case's name says all: scheduler, spacing, steps, what the denoiser tells, the noise schedule, and flags.
It has the mixture before and after each step [steps + 1, 8], the noise of each step [steps, 8] and the
times that the denoiser is told [steps]. The denoiser's answer to an input x at time t is
0.6 x + 0.3 pattern + 0.2 t / 1000.
"""
import sys

import torch
from diffusers import (
    DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler, FlowMatchEulerDiscreteScheduler,
    HeunDiscreteScheduler)
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm
from safetensors.torch import save_file

CASES = """
ddpm leading 10 epsilon linear
ddpm leading 1 epsilon linear
ddpm leading 7 sample linear large
ddpm trailing 10 velocity cosine large
ddpm linspace 50 epsilon scaled-linear
ddpm leading 10 epsilon sigmoid noclip
ddpm leading 10 epsilon linear offset1 large
ddpm trailing 10 velocity linear zero
ddim leading 500 epsilon linear
ddim leading 10 epsilon linear
ddim leading 1 epsilon linear
ddim leading 2 epsilon linear eta1
ddim leading 50 velocity cosine eta0.5
ddim trailing 7 sample linear eta1
ddim linspace 10 epsilon linear noclip
ddim leading 10 epsilon scaled-linear offset1
ddim trailing 10 velocity linear zero
ddim leading 10 velocity cosine eta0.5 estimate
ddim linspace 7 epsilon linear estimate
dpm linspace 10 epsilon linear
dpm linspace 1 epsilon linear
dpm linspace 2 epsilon linear
dpm linspace 20 epsilon cosine
dpm leading 10 velocity linear
dpm trailing 15 sample linear
dpm linspace 10 epsilon linear karras
dpm linspace 20 velocity cosine karras
heun linspace 10 epsilon linear
heun linspace 1 epsilon linear
heun linspace 2 epsilon linear
heun leading 7 velocity linear
heun trailing 10 epsilon scaled-linear
heun linspace 10 sample linear clip
heun linspace 10 epsilon linear karras
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


tensors = {}
for name in CASES:
    kind, spacing, steps, target, schedule, *flags = name.split()
    sampler = scheduler(kind, spacing, target, schedule, flags)
    sampler.set_timesteps(int(steps))
    if hasattr(sampler, "set_begin_index"):
        # Of equal times the scheduler would begin with the second.
        sampler.set_begin_index(0)
    random = torch.Generator().manual_seed(len(tensors))
    eta = next((float(flag[3:]) for flag in flags if flag.startswith("eta")), 0.0)
    x = torch.randn(8, generator=random)[None] * getattr(sampler, "init_noise_sigma", 1)
    mixtures, noises, times = [x], [], []
    for t in sampler.timesteps:
        noise = torch.randn(1, 8, generator=random)
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
