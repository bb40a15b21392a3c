"""Reads the event files of runs with TensorBoard, and compares them with what else the runs have written.

pip install tensorboard==2.21.0; python check.py RUN..."""

import json
import pathlib
import struct
import sys
import textwrap

from tensorboard import context
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.data import server_ingester
from tensorboard.util import grpc_util


def float32(value):
    return struct.unpack("<f", struct.pack("<f", float(value)))[0]


def expected(run):
    """What the run's other files say: scalars, images and texts by tag as (step, value)."""
    scalars = {}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        record = json.loads(line)
        step = record.pop("step")
        for name, value in record.items():
            scalars.setdefault(name, []).append((step, float32(value)))
    for line in (run / "timings.jsonl").read_text().splitlines():
        record = json.loads(line)
        rate = (record["step"], float32(record["items_per_second"]))
        scalars.setdefault("items_per_second", []).append(rate)
    samples = sorted((run / "samples").iterdir())
    step = lambda path: int(path.stem.removeprefix("step-"))
    images = [(step(path), path.read_bytes()) for path in samples if path.suffix == ".png"]
    texts = [(step(path), path.read_text()) for path in samples if path.suffix == ".txt"]
    return scalars, images, texts


def plain(text):
    """Text that was indented, so that Markdown shows it as it is."""
    return textwrap.dedent(text.decode())


def accumulated(run):
    """What EventAccumulator reads."""
    events = EventAccumulator(
        str(run / "tensorboard"), size_guidance={"scalars": 0, "images": 0, "tensors": 0}
    )
    events.Reload()
    tags = events.Tags()
    scalars = {
        tag: [(event.step, float32(event.value)) for event in events.Scalars(tag)]
        for tag in tags["scalars"]
    }
    images = [
        (event.step, event.encoded_image_string)
        for tag in tags["images"]
        for event in events.Images(tag)
    ]
    texts = {
        tag: [(event.step, plain(event.tensor_proto.string_val[0])) for event in events.Tensors(tag)]
        for tag in tags["tensors"]
    }
    return scalars, images, texts


def served(run):
    """What the data server tells, which `tensorboard --logdir` asks."""
    ingester = server_ingester.SubprocessServerDataIngester(
        server_binary=server_ingester.get_server_binary(), logdir=str(run), reload_interval=0,
        channel_creds_type=grpc_util.ChannelCredsType.LOCAL,
        samples_per_plugin={"scalars": 0, "images": 0, "text": 0},
    )
    ingester.start()
    data = ingester.data_provider
    asked = context.RequestContext()
    runs = [entry.run_name for entry in data.list_runs(asked, experiment_id="")]
    assert runs == ["tensorboard"], runs
    scalars = data.read_scalars(asked, experiment_id="", plugin_name="scalars", downsample=1 << 20)
    scalars = {
        tag: [(point.step, float32(point.value)) for point in points]
        for tag, points in scalars.get("tensorboard", {}).items()
    }
    images = []
    blobs = data.read_blob_sequences(
        asked, experiment_id="", plugin_name="images", downsample=1 << 20
    )
    for points in blobs.get("tensorboard", {}).values():
        for point in points:
            # Width and height come before the image.
            key = point.values[2].blob_key
            images.append((point.step, data.read_blob(asked, blob_key=key)))
    tensors = data.read_tensors(asked, experiment_id="", plugin_name="text", downsample=1 << 20)
    texts = {
        tag: [(point.step, plain(point.numpy.flat[0])) for point in points]
        for tag, points in tensors.get("tensorboard", {}).items()
    }
    return scalars, images, texts


for path in map(pathlib.Path, sys.argv[1:]):
    scalars, images, texts = expected(path)
    for reader in [accumulated, served]:
        found_scalars, found_images, found_texts = reader(path)
        assert found_scalars == scalars, (reader, found_scalars, scalars)
        assert found_images == images, (reader, [step for step, _ in found_images])
        assert found_texts.pop("recipe/text_summary")[0][1] == (path / "recipe.yaml").read_text() or (
            path.name == "killed"  # whose resume has changed the recipe
        )
        assert found_texts.pop("command/text_summary")[0][1] == (path / "command.txt").read_text()
        found = found_texts.pop("samples/text_summary", [])
        assert found == texts, (reader, found, texts)
        assert not found_texts, found_texts
    files = sorted(file.name for file in (path / "tensorboard").iterdir())
    points = sum(map(len, scalars.values()))
    print(f"{path}: {points} scalars under {len(scalars)} tags, {len(images)} images and "
          f"{len(texts)} texts are the same to EventAccumulator and the data server "
          f"({len(files)} files)")
    assert points > 0 and (images or texts)
