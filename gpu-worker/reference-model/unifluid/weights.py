"""The files of a bundle that hold its weights (ONNX external data)."""
import hashlib

import numpy as np
import onnx


class Bin:
    """A file of weights, written anew; equal contents are stored once."""

    def __init__(self, path):
        self.name, self.f, self.at, self.off = path.name, open(path, "wb"), {}, 0

    def add(self, name: str, a: np.ndarray) -> onnx.TensorProto:
        """-> the initializer of that name, whose numbers lie in the file"""
        raw = a.tobytes()
        key = (hashlib.sha256(raw).digest(), a.dtype, a.shape)
        if key not in self.at:
            self.f.write(b"\0" * (-self.off % 64))
            self.off += -self.off % 64
            self.at[key] = self.off
            self.f.write(raw)
            self.off += len(raw)
        t = onnx.TensorProto(name=name, data_type=onnx.helper.np_dtype_to_tensor_dtype(a.dtype), dims=a.shape, data_location=onnx.TensorProto.EXTERNAL)
        for k, v in (("location", self.name), ("offset", self.at[key]), ("length", len(raw))):
            t.external_data.add(key=k, value=str(v))
        return t
