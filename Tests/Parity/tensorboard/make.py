"""Writes the fixture of EventLogTests with the real package: pip install tensorboard==2.21.0

Events as TensorBoard's own writer frames and encodes them: a version, a start, a scalar, an image and a
text."""

import pathlib

from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

here = pathlib.Path(__file__).parent


def event(step=0, **content):
    return event_pb2.Event(wall_time=1700000000.25, step=step, **content)


def summary(tag, **value):
    return summary_pb2.Summary(value=[summary_pb2.Summary.Value(tag=tag, **value)])


text = summary(
    "samples/text_summary",
    tensor=tensor_pb2.TensorProto(
        dtype=7,
        tensor_shape=tensor_shape_pb2.TensorShapeProto(
            dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]
        ),
        string_val=["to be, é".encode()],
    ),
    metadata=summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text")
    ),
)
image = summary_pb2.Summary.Image(
    height=2, width=300, colorspace=3, encoded_image_string=bytes(range(256))
)
with open(here / "events", "wb") as file:
    writer = RecordWriter(file)
    for record in [
        event(file_version="brain.Event:2"),
        event(501, session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START)),
        event(550, summary=summary("loss", simple_value=0.7)),
        event(550, summary=summary("samples", image=image)),
        event(1 << 40, summary=text),
    ]:
        writer.write(record.SerializeToString(deterministic=True))
    writer.flush()
