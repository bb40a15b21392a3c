"""Writes 32.safetensors, 64.safetensors and others for DCGANParityTests: ten steps of small DCGANs.

usage: python make.py [NAME ...]   (PyTorch 2, safetensors and numpy; writes beside itself)

A file, named by the images' side or by what it tries, has everything in gen's names and layouts (images [N, H, W, C],
weights [Kh, Kw, In, Out], of transposed convolutions [Kh, Kw, Out, In]):

    generator.*, discriminator.*      parameters and running statistics before the first step
    real.0 ...                        batches of images, which the steps take in turn
    latents.0 ...                     the latent vectors of each step
    classes.0 ...                     the classes of the images, where there are any
    LOSS.gradient.generator.*  ...    gradients of the first step, for each of the losses
    LOSS.after.generator.*  ...       running statistics after the first step
    LOSS.losses.generator  ...        the losses of all steps
    interpolation.0 ...               where between generated images and real ones a penalty is taken

Gradient penalties are differentiated twice by PyTorch (create_graph). Of several steps of the discriminator,
batches, latents and the rest are numbered on, and the last gives gradients and loss. Spectral norms are PyTorch's,
with one power iteration before each of the discriminator's steps: all its passes then see the same vectors.

A step is the one of PyTorch's DCGAN example: D(real) and D(fake) before the discriminator's update,
then D(fake) again for the generator, with two Adams. All of it is computed in float32.

In networks so small, one activation whose sign rounding decides can move a loss by 1e-3 some steps
on, whoever rounds. So the same is computed in float64, and from weights that are moved by about a
rounding error; the first seed is taken with which all agree far within the tests' tolerance.
"""

import itertools
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import is_parametrized

STEPS, BATCHES, NEIGHBORS = 10, 3, 16
GRADIENT_TOLERANCE, LOSS_TOLERANCE = 2e-6, 1e-5
USUAL = ["non-saturating", "hinge", "least-squares"]
CASES = [
    dict(name="32", size=32, image_channels=1, latent_size=8, channels=4, batch=6),
    dict(name="64", size=64, image_channels=3, latent_size=8, channels=2, batch=3),
    dict(
        name="penalized", size=32, image_channels=1, latent_size=8, channels=4, batch=6, classes=3,
        norm="none", penalties=(0.5, 0.25), losses=[*USUAL, "relativistic"],
    ),
    # Two rates that fall as a cosine, and two steps of the discriminator.
    dict(
        name="two-rates", size=32, image_channels=1, latent_size=4, channels=2, batch=4,
        losses=["non-saturating"], rates=(1e-3, 4e-3), falls_to=0.1, discriminator_steps=2,
    ),
    dict(
        name="wasserstein", size=32, image_channels=1, latent_size=4, channels=2, batch=4,
        norm="none", losses=["wasserstein"], wgan_gp=10,
    ),
    dict(
        name="spectral", size=32, image_channels=1, latent_size=4, channels=2, batch=4,
        norm="spectral", losses=["hinge"], penalties=(0.5, 0.25), every=2,
    ),
    # Three images in a pack.
    dict(
        name="packed", size=32, image_channels=1, latent_size=4, channels=2, batch=6, packing=3,
        norm="none", losses=["relativistic"], penalties=(0.5, 0.25),
    ),
    dict(
        name="residual", size=32, image_channels=1, latent_size=4, channels=2, batch=4, classes=3,
        norm="none", losses=["least-squares"], penalties=(0.5, 0.25), blocks="residual",
    ),
]
CLASS_SIZE = 32


class Up(nn.Module):
    def __init__(self, inputs, outputs, stride, padding):
        super().__init__()
        self.conv = nn.ConvTranspose2d(inputs, outputs, 4, stride, padding, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))


def convolution(*sizes, norm):
    conv = nn.Conv2d(*sizes, bias=norm != "batch")
    return spectral_norm(conv) if norm == "spectral" else conv


class Down(nn.Module):
    def __init__(self, inputs, outputs, norm):
        super().__init__()
        self.conv = convolution(inputs, outputs, 4, 2, 1, norm=norm)
        if norm == "batch":
            self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = self.conv(x)
        return F.leaky_relu(self.norm(y) if hasattr(self, "norm") else y, 0.2)


class Generator(nn.Module):
    def __init__(self, widths, image_channels, latent_size, classes):
        super().__init__()
        widths = widths[::-1]
        if classes:
            self.class_embedding = nn.Embedding(classes, CLASS_SIZE)
        self.project = Up(latent_size + (CLASS_SIZE if classes else 0), widths[0], 1, 0)
        self.up = nn.Sequential(*(Up(i, o, 2, 1) for i, o in zip(widths, widths[1:])))
        self.output = nn.ConvTranspose2d(widths[-1], image_channels, 4, 2, 1, bias=False)

    def forward(self, z, classes):
        if classes is not None:
            z = torch.cat([z, self.class_embedding(classes)[:, :, None, None]], 1)
        return torch.tanh(self.output(self.up(self.project(z))))


def logits(outputs, classes):
    y = outputs.flatten(1)
    return y[:, 0] if classes is None else y[:, 0] + y.gather(1, 1 + classes[:, None])[:, 0]


class Discriminator(nn.Module):
    def __init__(self, widths, image_channels, classes, norm):
        super().__init__()
        self.input = convolution(image_channels, widths[0], 4, 2, 1, norm=norm)
        self.down = nn.Sequential(*(Down(i, o, norm) for i, o in zip(widths, widths[1:])))
        self.output = convolution(widths[-1], 1 + classes, 4, 1, 0, norm=norm)

    def iterate(self):
        """The power iteration of each spectral norm, which passes in training would have each time."""
        for conv in (module for module in self.modules() if isinstance(module, nn.Conv2d)):
            if is_parametrized(conv):
                conv.train()
                conv.weight
                conv.eval()

    def forward(self, x, classes):
        return logits(self.output(self.down(F.leaky_relu(self.input(x), 0.2))), classes)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels // 2, 1)
        self.conv2 = nn.Conv2d(channels // 2, channels // 2, 3, padding=1)
        self.conv3 = nn.Conv2d(channels // 2, channels, 1)

    def forward(self, x):
        y = F.leaky_relu(self.conv1(x), 0.2)
        return x + self.conv3(F.leaky_relu(self.conv2(y), 0.2))


def resized(x, factor):
    return F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False)


class ResidualGenerator(nn.Module):
    def __init__(self, widths, image_channels, latent_size, classes):
        super().__init__()
        widths = widths[::-1]
        if classes:
            self.class_embedding = nn.Embedding(classes, CLASS_SIZE)
        self.project = nn.ConvTranspose2d(latent_size + (CLASS_SIZE if classes else 0), widths[0], 4)
        self.blocks = nn.ModuleList(Block(width) for width in widths)
        self.up = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in zip(widths, widths[1:]))
        self.output = nn.Conv2d(widths[-1], image_channels, 1)

    def forward(self, z, classes):
        if classes is not None:
            z = torch.cat([z, self.class_embedding(classes)[:, :, None, None]], 1)
        x = self.blocks[0](self.project(z))
        for conv, block in zip(self.up, self.blocks[1:]):
            x = block(resized(conv(x), 2))
        return torch.tanh(self.output(x))


class ResidualDiscriminator(nn.Module):
    def __init__(self, widths, image_channels, classes, norm):
        super().__init__()
        self.input = nn.Conv2d(image_channels, widths[0], 1)
        self.blocks = nn.ModuleList(Block(width) for width in widths)
        self.down = nn.ModuleList(nn.Conv2d(i, o, 1) for i, o in zip(widths, widths[1:]))
        self.output = nn.Conv2d(widths[-1], 1 + classes, 4)

    def iterate(self):
        pass

    def forward(self, x, classes):
        x = self.blocks[0](self.input(x))
        for conv, block in zip(self.down, self.blocks[1:]):
            x = block(conv(resized(x, 0.5)))
        return logits(self.output(x), classes)


def cross_entropy(logits, target):
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))


# The discriminator's loss and the generator's, of which few need the logits of images of the data.
LOSSES = {
    "non-saturating": (
        lambda real, fake: cross_entropy(real, 1) + cross_entropy(fake, 0),
        lambda fake, real: cross_entropy(fake, 1),
    ),
    "hinge": (
        lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(),
        lambda fake, real: -fake.mean(),
    ),
    "least-squares": (
        lambda real, fake: ((real - 1).square().mean() + fake.square().mean()) / 2,
        lambda fake, real: (fake - 1).square().mean() / 2,
    ),
    "relativistic": (
        lambda real, fake: F.softplus(fake - real).mean(),
        lambda fake, real: F.softplus(real() - fake).mean(),
    ),
    "wasserstein": (
        lambda real, fake: fake.mean() - real.mean(),
        lambda fake, real: -fake.mean(),
    ),
}


def penalty(discriminator, images, classes, of_slopes):
    """The logits, and the mean of a function of dD/dx [N, numbers]."""
    images = images.detach().requires_grad_()
    logits = discriminator(images, classes)
    (slopes,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return logits, of_slopes(slopes.flatten(1)).mean()


def zero_centered(weight):
    return lambda slopes: weight / 2 * slopes.square().sum(1)


def networks(case):
    widths = [case["channels"] << i for i in range(4 if case["size"] == 64 else 3)]
    generator, discriminator = Generator, Discriminator
    if case.get("blocks") == "residual":
        generator, discriminator = ResidualGenerator, ResidualDiscriminator
        widths.append(8 * case["channels"])
    return {
        "generator": generator(
            widths, case["image_channels"], case["latent_size"], case.get("classes", 0)
        ),
        "discriminator": discriminator(
            widths, case.get("packing", 1) * case["image_channels"], case.get("classes", 0),
            case.get("norm", "batch"),
        ),
    }


def initialize(pair):
    """PyTorch's weights, whose layers all matter to the logits, which those of 0.02 do not in so
    narrow a network; gains and biases of norms that would be missed; and logits beyond 1 and -1,
    where the hinge loss has no slope."""
    for module in (module for network in pair.values() for module in network.modules()):
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1, 0.2)
            nn.init.normal_(module.bias, 0, 0.2)
    output = pair["discriminator"].output
    with torch.no_grad():
        output.bias.mul_(4) if is_parametrized(output) else output.weight.mul_(4)


def images(case):
    """Smooth images, whose values are exact in float16."""
    rough = torch.randn(case["batch"], case["image_channels"], 6, 6)
    smooth = F.interpolate(rough, size=(case["size"],) * 2, mode="bicubic")
    return torch.round(torch.tanh(smooth) * 127) / 128


def layout(tensor):
    """The tensor of a network as gen has it; both kinds of convolution change in the same way."""
    order = (2, 3, 1, 0) if tensor.dim() == 4 else range(tensor.dim())
    return tensor.detach().permute(*order).float().clone(memory_format=torch.contiguous_format)


def renamed(network, name, tensor):
    """A parameter or buffer of a spectral norm under gen's name; the vector v, whose elements are a kernel's, in
    its layout."""
    name = name.replace("parametrizations.weight.original", "weight")
    name = name.replace("parametrizations.weight.0._", "spectral_norm.")
    if name.endswith(".v"):
        conv = network.get_submodule(name.removesuffix(".spectral_norm.v"))
        kernel = conv.parametrizations.weight.original.shape[1:]
        tensor = tensor.reshape(kernel).permute(1, 2, 0).flatten()
    return name, tensor


def arrays(networks, kind):
    """All arrays of a kind by name: "values", "gradients" or "statistics"."""
    for prefix, network in networks.items():
        if kind != "gradients":
            for name, buffer in network.named_buffers():
                if buffer.is_floating_point():
                    name, buffer = renamed(network, name, buffer)
                    yield f"{prefix}.{name}", buffer
        if kind != "statistics":
            for name, parameter in network.named_parameters():
                name, _ = renamed(network, name, parameter)
                yield f"{prefix}.{name}", parameter.grad if kind == "gradients" else parameter


def train(case, loss, initial, inputs, dtype):
    """Ten steps: gradients and statistics of the first, and the losses of all."""
    pair = networks(case)
    optimizers = {}
    for (name, network), rate in zip(pair.items(), case.get("rates", (2e-4, 2e-4))):
        network.load_state_dict(initial[name])
        network.to(dtype)
        optimizers[name] = torch.optim.Adam(network.parameters(), rate, (0.5, 0.999))
    generator, discriminator = pair["generator"], pair["discriminator"]
    discriminator_loss, generator_loss = LOSSES[loss]
    results, curves = {}, {"discriminator": [], "generator": []}
    repeats = case.get("discriminator_steps", 1)
    every = case.get("every", 1)

    def packed(images):
        return torch.cat(images.chunk(case.get("packing", 1)), 1)

    for step in range(STEPS):
        if "falls_to" in case:
            least = case["falls_to"]
            part = least + (1 - least) * (1 + math.cos(math.pi * (step + 1) / STEPS)) / 2
            for optimizer, rate in zip(optimizers.values(), case["rates"]):
                optimizer.param_groups[0]["lr"] = rate * part
        for number in range(step * repeats, (step + 1) * repeats):
            for network in pair.values():
                network.zero_grad()
            labels = inputs["classes"][number % BATCHES]
            real = packed(inputs["real"][number % BATCHES].to(dtype))
            fake = packed(generator(inputs["latents"][number].to(dtype), labels))
            discriminator.iterate()
            weights = [w * every for w in case.get("penalties", (0, 0))]
            real_logits, r1 = penalty(discriminator, real, labels, zero_centered(weights[0]))
            fake_logits, r2 = penalty(discriminator, fake, labels, zero_centered(weights[1]))
            value = discriminator_loss(real_logits, fake_logits)
            if case.get("penalties") and step % every == 0:
                value = value + r1 + r2
            if "wgan_gp" in case:
                part = inputs["interpolation"][number].to(dtype)[:, None, None, None]
                _, distance = penalty(
                    discriminator, part * real + (1 - part) * fake, labels,
                    lambda slopes: case["wgan_gp"] * every * (slopes.norm(dim=1) - 1).square(),
                )
                value = value + distance
            value.backward()
            optimizers["discriminator"].step()
        curves["discriminator"].append(value.item())

        value = generator_loss(
            discriminator(fake, labels), lambda: discriminator(real, labels).detach()
        )
        curves["generator"].append(value.item())
        parameters = list(generator.parameters())
        for parameter, gradient in zip(parameters, torch.autograd.grad(value, parameters)):
            parameter.grad = gradient
        optimizers["generator"].step()

        if step == 0:
            for kind, title in [("gradients", "gradient"), ("statistics", "after")]:
                for name, array in arrays(pair, kind):
                    results[f"{title}.{name}"] = array.detach().clone()
    for name, curve in curves.items():
        results[f"losses.{name}"] = torch.tensor(curve, dtype=dtype)
    return results


def neighbor(initial):
    """The same networks with each number changed by about a rounding error."""

    def moved(value):
        return value * (1 + 2e-7 * torch.randn(value.shape)) if value.is_floating_point() else value

    return {name: {key: moved(v) for key, v in state.items()} for name, state in initial.items()}


def loss_distance(a, b):
    """How far the losses of two runs are apart at most."""
    return max(
        (a[name].double() - b[name].double()).abs().max().item()
        for name in a
        if name.startswith("losses.")
    )


def array_distance(array, exact):
    """|a - b| / |b|."""
    return ((array.double() - exact).norm() / exact.norm()).item()


def make(case, seed):
    """The content of a file, or nothing if a seed's rounding errors grow."""
    torch.manual_seed(seed)
    pair = networks(case)
    initialize(pair)
    initial = {name: network.state_dict() for name, network in pair.items()}
    batches = [images(case) for _ in range(BATCHES)]
    updates = STEPS * case.get("discriminator_steps", 1)
    latents = [torch.randn(case["batch"], case["latent_size"], 1, 1) for _ in range(updates)]
    classes = [
        torch.randint(case["classes"], (case["batch"],)) if case.get("classes") else None
        for _ in range(BATCHES)
    ]
    neighbors = [neighbor(initial) for _ in range(NEIGHBORS)]
    inputs = dict(real=batches, latents=latents, classes=classes)
    if "wgan_gp" in case:
        inputs["interpolation"] = [torch.rand(case["batch"]) for _ in range(updates)]

    content = {name: layout(array) for name, array in arrays(pair, "values")}
    for index, batch in enumerate(batches):
        content[f"real.{index}"] = batch.permute(0, 2, 3, 1).half().contiguous()
    for step, latent in enumerate(latents):
        content[f"latents.{step}"] = latent.permute(0, 2, 3, 1).contiguous()
    for index, labels in enumerate(classes):
        if labels is not None:
            content[f"classes.{index}"] = labels.float()
    for index, part in enumerate(inputs.get("interpolation", [])):
        content[f"interpolation.{index}"] = part
    for loss in case.get("losses", USUAL):
        exact = train(case, loss, initial, inputs, torch.float64)
        single = train(case, loss, initial, inputs, torch.float32)
        arrays_off = max(
            array_distance(single[name], exact[name])
            for name in exact
            if not name.startswith("losses.")
        )
        losses_off = max(
            loss_distance(other, exact)
            for other in [single]
            + [train(case, loss, other, inputs, torch.float32) for other in neighbors]
        )
        print(f"{case['name']} {seed} {loss}: {arrays_off:.1e}, losses {losses_off:.1e}")
        if arrays_off > GRADIENT_TOLERANCE or losses_off > LOSS_TOLERANCE:
            return None
        for name, array in single.items():
            content[f"{loss}.{name}"] = layout(array)
    return content


torch.set_num_threads(1)
for case in CASES:
    if sys.argv[1:] and case["name"] not in sys.argv[1:]:
        continue
    content = next(filter(None, (make(case, seed) for seed in itertools.count(1))))
    save_file(content, pathlib.Path(__file__).parent / f"{case['name']}.safetensors")
