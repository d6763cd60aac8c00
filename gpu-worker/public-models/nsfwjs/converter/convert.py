"""Writes layers as an ONNX graph: planes in place of interleaved channels, normalisation folded into the convolution before it.

What is not known is refused by name; nothing is left out silently.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .layers import Layers

OPSET = 20


class Converter:
    def __init__(self, model: Layers):
        self.model = model
        self.by_name = {layer["name"]: layer for layer in model.layers}
        self.users: dict[str, list[str]] = {}
        for layer in model.layers:
            for before in Layers.before(layer):
                self.users.setdefault(before, []).append(layer["name"])
        self.nodes, self.initializers = [], []
        self.values: dict[str, str] = {}  # what a layer gives, by the layer's name
        self.pads: dict[str, list[int]] = {}  # of layers that only pad: top, left, bottom, right
        self.folded: dict[str, str] = {}  # normalisation -> the convolution that does it
        self.input = None

    def convert(self) -> onnx.ModelProto:
        for layer in self.model.layers:
            kind = getattr(self, "on_" + layer["class_name"], None)
            if kind is None:
                raise ValueError(f"layer {layer['name']} is a {layer['class_name']}, which is not converted")
            config = layer["config"]
            if config.get("data_format", "channels_last") != "channels_last":
                raise ValueError(f"layer {layer['name']} has its channels first")
            kind(layer["name"], config, Layers.before(layer))
        (output,) = self.model.outputs
        classes = self.by_name[output]["config"]["units"]
        self.nodes.append(helper.make_node("Identity", [self.values[output]], ["scores"]))
        graph = helper.make_graph(
            self.nodes,
            "classify",
            [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", *self.input])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", classes])],
            self.initializers,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
        onnx.checker.check_model(model, full_check=True)
        return model

    def weight(self, name: str) -> np.ndarray:
        return self.model.weights[name].astype(np.float64)

    def store(self, name: str, values: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def node(self, kind: str, name: str, inputs: list[str], **attributes) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        self.values[name] = name

    def on_InputLayer(self, name, config, _before):
        _, height, width, channels = config["batch_input_shape"]
        self.input = [channels, height, width]
        self.values[name] = "pixels"

    def on_ZeroPadding2D(self, name, config, before):
        (top, bottom), (left, right) = config["padding"]
        if any(self.by_name[user]["config"].get("padding") != "valid" for user in self.users[name]):
            raise ValueError(f"layer {name} pads for more than convolutions without padding")
        self.pads[name] = [top, left, bottom, right]
        self.values[name] = self.values[before[0]]

    def on_Conv2D(self, name, config, before):
        self.convolve(name, config, before, self.weight(f"{name}/kernel").transpose(3, 2, 0, 1), 1)

    def on_DepthwiseConv2D(self, name, config, before):
        kernel = self.weight(f"{name}/depthwise_kernel")
        height, width, channels, multiplier = kernel.shape
        kernel = kernel.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)
        self.convolve(name, config, before, kernel, channels)

    def convolve(self, name, config, before, kernel, group):
        if config["dilation_rate"] != [1, 1]:
            raise ValueError(f"layer {name} is dilated")
        bias = self.weight(f"{name}/bias") if config["use_bias"] else np.zeros(kernel.shape[0])
        users = self.users[name]
        after = self.by_name[users[0]]
        if config["activation"] == "linear" and len(users) == 1 and after["class_name"] == "BatchNormalization":
            scale, shift = self.normalisation(after["name"], after["config"])
            kernel, bias = kernel * scale[:, None, None, None], bias * scale + shift
            self.folded[after["name"]] = name
        inputs = [self.values[before[0]], self.store(f"{name}/W", kernel), self.store(f"{name}/B", bias)]
        attributes = dict(kernel_shape=config["kernel_size"], strides=config["strides"], group=group)
        self.node("Conv", name, inputs, **attributes, **self.padding(config, before, config["kernel_size"]))
        self.activate(name, config["activation"])

    def padding(self, config, before, size) -> dict:
        if config["padding"] == "valid":
            return {"pads": self.pads.get(before[0], [0, 0, 0, 0])}
        if config["strides"] != [1, 1]:
            return {"auto_pad": "SAME_UPPER"}
        (high, wide) = size
        return {"pads": [(high - 1) // 2, (wide - 1) // 2, high // 2, wide // 2]}

    def normalisation(self, name, config):
        variance = self.weight(f"{name}/moving_variance")
        scale = 1 / np.sqrt(variance + config["epsilon"])
        if config["scale"]:
            scale = scale * self.weight(f"{name}/gamma")
        beta = self.weight(f"{name}/beta") if config["center"] else 0
        return scale, beta - self.weight(f"{name}/moving_mean") * scale

    def on_BatchNormalization(self, name, _config, before):
        if name not in self.folded:
            raise ValueError(f"layer {name} normalises something else than one convolution")
        self.values[name] = self.values[before[0]]

    def on_ReLU(self, name, config, before):
        if config.get("negative_slope") or config.get("threshold"):
            raise ValueError(f"layer {name} is a leaky rectifier")
        if config.get("max_value") is None:
            return self.node("Relu", name, [self.values[before[0]]])
        bounds = [self.store(f"{name}/min", np.array(0.0)), self.store(f"{name}/max", np.array(config["max_value"]))]
        self.node("Clip", name, [self.values[before[0]], *bounds])

    def on_Activation(self, name, config, before):
        self.values[name] = self.values[before[0]]
        self.activate(name, config["activation"])

    def activate(self, name, activation):
        kinds = {"relu": "Relu", "softmax": "Softmax"}
        if activation != "linear":
            if activation not in kinds:
                raise ValueError(f"layer {name} has the activation {activation}, which is not converted")
            self.node(kinds[activation], f"{name}/{activation}", [self.values[name]])
            self.values[name] = f"{name}/{activation}"

    def on_Add(self, name, _config, before):
        if len(before) != 2:
            raise ValueError(f"layer {name} adds {len(before)} values")
        self.node("Add", name, [self.values[each] for each in before])

    def on_Concatenate(self, name, config, before):
        if config["axis"] not in (3, -1):
            raise ValueError(f"layer {name} joins along axis {config['axis']}")
        self.node("Concat", name, [self.values[each] for each in before], axis=1)

    def on_MaxPooling2D(self, name, config, before):
        self.pool("MaxPool", name, config, before)

    def on_AveragePooling2D(self, name, config, before):
        self.pool("AveragePool", name, config, before, count_include_pad=0)

    def pool(self, kind, name, config, before, **attributes):
        padding = self.padding(config, before, config["pool_size"])
        self.node(
            kind,
            name,
            [self.values[before[0]]],
            kernel_shape=config["pool_size"],
            strides=config["strides"],
            **padding,
            **attributes,
        )

    def on_Flatten(self, name, _config, before):
        # Of one pixel: of more, channels would come out in another order than they went in. Dense refuses that.
        self.node("Flatten", name, [self.values[before[0]]])

    def on_Dropout(self, name, _config, before):
        self.values[name] = self.values[before[0]]

    def on_Dense(self, name, config, before):
        kernel = self.weight(f"{name}/kernel")
        (source,) = before
        while self.by_name[source]["class_name"] in ("Flatten", "Dropout"):
            (source,) = Layers.before(self.by_name[source])
        if self.by_name[source]["class_name"] != "Dense" and kernel.shape[0] != self.channels(source):
            raise ValueError(f"layer {name} reads more than one pixel of {source}")
        bias = self.weight(f"{name}/bias") if config["use_bias"] else np.zeros(kernel.shape[1])
        inputs = [self.values[before[0]], self.store(f"{name}/W", kernel), self.store(f"{name}/B", bias)]
        self.node("Gemm", name, inputs)
        self.activate(name, config["activation"])

    def channels(self, name) -> int:
        layer = self.by_name[name]
        before = Layers.before(layer)
        if layer["class_name"] == "Conv2D":
            return layer["config"]["filters"]
        if layer["class_name"] == "Concatenate":
            return sum(self.channels(each) for each in before)
        return self.channels(before[0])
