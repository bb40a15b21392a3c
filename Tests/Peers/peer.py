"""Times a step of a PyTorch model at the sizes of `gen bench`.

usage: peer.py MODEL [--threads N] [--mode eager|channels_last|compile] [--steps N]

MODEL is dcgan32, dcgan64, unet-s, unet-cifar, unet-s-sample, unet-cifar-sample, lstm, gpt-cpu, gpt-baby, or for
writing text gpt-cpu-generate or gpt-baby-generate, with -cached behind it by transformers. Prints a line of
JSON: the median length of a step, items a second, parameters, peak memory, and that before the model was
made. Needs the environment that `setup`
makes.
"""
import argparse
import importlib
import json
import os
import resource
import statistics
import time

import torch

parser = argparse.ArgumentParser()
parser.add_argument("model", choices=[
    "dcgan32", "dcgan64", "unet-s", "unet-cifar", "unet-s-sample", "unet-cifar-sample", "lstm", "gpt-cpu",
    "gpt-baby", "gpt-cpu-generate", "gpt-baby-generate", "gpt-cpu-generate-cached",
    "gpt-baby-generate-cached"])
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--mode", choices=["eager", "channels_last", "compile"], default="eager")
parser.add_argument("--steps", type=int, default=8)
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
torch.set_flush_denormal(True)


def placed(x):
    return x.to(memory_format=torch.channels_last) if options.mode == "channels_last" else x


def compiled(model):
    return torch.compile(model) if options.mode == "compile" else model


families = {"dcgan32": "dcgan", "dcgan64": "dcgan", "unet": "unet", "lstm": "charrnn", "gpt": "gpt"}
family = importlib.import_module(families[options.model.split("-")[0]])
if "cached" in options.model:
    # Otherwise imported as the model is made, and no part of it.
    import transformers.models.gpt2.modeling_gpt2  # noqa: F401
with open("/proc/self/statm") as statm:
    idle = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
step, items, parameters = family.step(options.model, placed, compiled)
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
    items_per_s=round(items / seconds, 2), params=parameters,
    peak_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, idle_mib=idle >> 20)))
