#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the dmdr authors
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/io/: files of the formats' own Python packages, against which the C++ readers and writers are tested.

Needs: numpy 2.4.6, safetensors 0.8.0, tensorboard 2.21.0, protobuf 7.36.2, pillow 13.0.0, and xxhsum 0.8 on the path.
Run:   python3 tests/golden/generate_io.py
"""

import pathlib
import struct
import subprocess

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

OUT = pathlib.Path(__file__).resolve().parent.parent / "data" / "io"


def tensors():
    """Small tensors of every dtype that both sides know; bfloat16 has no numpy type and is left out."""
    return {
        "weight": (np.arange(12, dtype=np.float32) / 8 - 0.5).reshape(3, 4),
        "bias": np.array([1e-300, -0.0, np.pi], dtype=np.float64),
        "half": np.array([[1.5], [-65504.0]], dtype=np.float16),
        "steps": np.array([-(2**62), 7], dtype=np.int64),
        "index": np.array([[[1, -2, 3]]], dtype=np.int32),
        "pixels": np.arange(5, dtype=np.uint8),
        "scalar": np.array(2.5, dtype=np.float32),
        "empty": np.zeros((0, 3), dtype=np.float32),
        'name "with" \\ and\ttab, \x01, é and 字': np.array([1], dtype=np.uint8),
    }


def safetensors_files():
    save_file(tensors(), OUT / "python.safetensors")
    save_file(tensors(), OUT / "python_metadata.safetensors", metadata={"format": 'pt "quoted"\n'})
    save_file({}, OUT / "python_empty.safetensors")


def event_file():
    """Events as TensorBoard's own classes write them: version, session start, two scalars, a picture."""
    png = (OUT / "python_rgb.png").read_bytes()
    events = [
        Event(wall_time=1700000000.25, file_version="brain.Event:2"),
        Event(wall_time=1700000000.25, step=3, session_log=SessionLog(status=SessionLog.START)),
        Event(wall_time=1700000001.5, step=0, summary=Summary(value=[Summary.Value(tag="loss/dmd", simple_value=0.0)])),
        Event(wall_time=1700000002.5, step=300, summary=Summary(value=[Summary.Value(tag="reward é", simple_value=-1.5)])),
        Event(
            wall_time=1700000003.5,
            step=2**40,
            summary=Summary(
                value=[
                    Summary.Value(
                        tag="samples",
                        image=Summary.Image(height=2, width=3, colorspace=3, encoded_image_string=png),
                    )
                ]
            ),
        ),
    ]
    with open(OUT / "python.tfevents", "wb") as file:
        writer = RecordWriter(file)
        for event in events:
            writer.write(event.SerializeToString(deterministic=True))
        writer.flush()


def pictures():
    rgb = (np.arange(18, dtype=np.uint8) * 13).reshape(2, 3, 3)
    grey = (np.arange(20, dtype=np.uint8) * 11).reshape(4, 5)
    Image.fromarray(rgb, "RGB").save(OUT / "python_rgb.png")
    Image.fromarray(grey, "L").save(OUT / "python_grey.png")
    Image.fromarray(rgb, "RGB").quantize(8).save(OUT / "python_palette.png")
    Image.fromarray(np.dstack([rgb, rgb[:, :, :1]]), "RGBA").save(OUT / "python_rgba.png")
    Image.fromarray((np.arange(6, dtype=np.uint16) * 9000).reshape(2, 3)).save(OUT / "python_grey16.png")


def digests():
    """XXH3-128 by xxhsum of byte strings 0, 1, 2, ... of several lengths, at the borders of the algorithm's branches."""
    lines = []
    for length in (0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1024, 5000):
        data = bytes((i * 7 + 3) % 256 for i in range(length))
        text = subprocess.run(["xxhsum", "-H2", "-"], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()
        lines.append(f"{length} {text.split()[0]}\n")
    (OUT / "xxh3_128.txt").write_text("".join(lines))


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    safetensors_files()
    pictures()
    event_file()
    digests()
    assert struct.unpack("<Q", (OUT / "python.safetensors").read_bytes()[:8])[0] % 8 == 0


if __name__ == "__main__":
    main()
