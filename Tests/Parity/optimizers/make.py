"""Writes adam.json: trajectories of PyTorch's Adam and AdamW, for AdamTests.

usage: python make.py     (PyTorch 2; run in this folder)
"""

import json

import torch

STEPS, COUNT = 20, 20


def numbers(salt):
    """The function of the same name in the Swift tests."""
    values = [((i * 7919 + salt * 104729 + 17) % 10007) / 5003.5 - 1 for i in range(COUNT)]
    return torch.tensor(values, dtype=torch.float64)


def trajectory(optimizer, clip, **options):
    parameter = torch.nn.Parameter(numbers(0) + 2)
    average = parameter.detach().clone()
    stepper = getattr(torch.optim, optimizer)([parameter], **options)
    for step in range(1, STEPS + 1):
        parameter.grad = numbers(step)
        if clip:
            torch.nn.utils.clip_grad_norm_([parameter], clip)
        stepper.step()
        average.lerp_(parameter.detach(), 1 - 0.99)
    state = stepper.state[parameter]
    return {
        "optimizer": optimizer,
        "clip": clip,
        "options": options,
        "parameters": parameter.tolist(),
        "first": state["exp_avg"].tolist(),
        "second": state["exp_avg_sq"].tolist(),
        "average": average.tolist(),
    }


cases = [
    trajectory("Adam", 0, lr=1e-3, betas=[0.9, 0.999], eps=1e-8, weight_decay=0),
    trajectory("Adam", 0, lr=2e-4, betas=[0.5, 0.999], eps=1e-8, weight_decay=0),
    trajectory("Adam", 0.5, lr=1e-2, betas=[0.9, 0.99], eps=1e-6, weight_decay=0.1),
    trajectory("AdamW", 0, lr=1e-3, betas=[0.9, 0.95], eps=1e-8, weight_decay=0.1),
    trajectory("AdamW", 1.0, lr=1e-2, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.01),
]
with open("adam.json", "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
