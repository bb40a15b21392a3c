"""Writes adam.json, trajectories of PyTorch's Adam and AdamW, for AdamTests, and schedules.json, those
of whole optimizers with groups, clipping and a rate that changes, and methods.json, those of RMSprop and
of Muon, for OptimizerTests.

usage: python make.py     (PyTorch 2; run in this folder)
"""

import json
import math

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


def scheduled(course, warmup, steps, minimum, clip, rate=1e-2, decay=0.1):
    """AdamW on a matrix that decays and a bias that does not, with both gradients' common norm clipped."""
    weight, bias = [torch.nn.Parameter(numbers(salt) + 2) for salt in (0, 100)]
    average = weight.detach().clone()
    groups = [{"params": [weight], "weight_decay": decay}, {"params": [bias], "weight_decay": 0}]
    stepper = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99), eps=1e-8)

    def factor(done):
        step = done + 1
        if step < warmup:
            return step / warmup
        if course == "constant":
            return 1
        part = min(1, (step - warmup) / (steps - warmup))
        return (minimum + (rate - minimum) * 0.5 * (1 + math.cos(math.pi * part))) / rate

    schedule = torch.optim.lr_scheduler.LambdaLR(stepper, factor)
    rates, norms = [], []
    for step in range(1, STEPS + 1):
        rates.append(schedule.get_last_lr()[0])
        weight.grad, bias.grad = numbers(step), numbers(100 + step)
        norms.append(torch.nn.utils.clip_grad_norm_([weight, bias], clip).item())
        stepper.step()
        schedule.step()
        average.lerp_(weight.detach(), 1 - 0.99)
    return {
        "course": course,
        "warm_up": warmup,
        "steps": steps,
        "minimum_rate": minimum,
        "clip": clip,
        "rate": rate,
        "decay": decay,
        "rates": rates,
        "norms": norms,
        "weight": weight.tolist(),
        "bias": bias.tolist(),
        "average": average.tolist(),
    }


def rmsprop():
    weight = torch.nn.Parameter(numbers(0) + 2)
    stepper = torch.optim.RMSprop([weight], lr=2e-3, alpha=0.95, eps=1e-8)
    for step in range(1, STEPS + 1):
        weight.grad = numbers(step)
        stepper.step()
    return weight.tolist()


def muon(rows, columns, rate=0.02, momentum=0.95, decay=0.1):
    """Jordan's Muon in double precision (PyTorch's own works in bfloat16), for a matrix [inputs, outputs]."""
    weight = (numbers(0) + 2).reshape(rows, columns)
    mean = torch.zeros_like(weight)
    for step in range(1, STEPS + 1):
        gradient = numbers(step).reshape(rows, columns)
        mean = momentum * mean + (1 - momentum) * gradient
        x = momentum * mean + (1 - momentum) * gradient
        x = x / (x.norm() + 1e-7)
        for _ in range(5):
            gram = x @ x.T
            x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
        weight = weight * (1 - rate * decay) - rate * max(1, columns / rows) ** 0.5 * x
    return weight.flatten().tolist()


methods = {"rmsprop": rmsprop(), "wide": muon(4, 5), "tall": muon(10, 2)}
cases = [
    trajectory("Adam", 0, lr=1e-3, betas=[0.9, 0.999], eps=1e-8, weight_decay=0),
    trajectory("Adam", 0, lr=2e-4, betas=[0.5, 0.999], eps=1e-8, weight_decay=0),
    trajectory("Adam", 0.5, lr=1e-2, betas=[0.9, 0.99], eps=1e-6, weight_decay=0.1),
    trajectory("AdamW", 0, lr=1e-3, betas=[0.9, 0.95], eps=1e-8, weight_decay=0.1),
    trajectory("AdamW", 1.0, lr=1e-2, betas=[0.9, 0.999], eps=1e-8, weight_decay=0.01),
]
schedules = [
    scheduled("constant", 0, 20, 0, 1e6),
    scheduled("constant", 7, 20, 0, 2.5),
    scheduled("cosine", 0, 20, 1e-3, 1),
    scheduled("cosine", 5, 15, 0, 2.5),
    scheduled("cosine", 5, 1000, 1e-4, 2.5),
]
for name, content in [("adam", cases), ("schedules", schedules), ("methods", methods)]:
    with open(f"{name}.json", "w") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
