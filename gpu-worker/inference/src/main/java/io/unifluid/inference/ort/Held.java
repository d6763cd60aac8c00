package io.unifluid.inference.ort;

import ai.onnxruntime.OnnxTensor;

/** What a run gave and still lies in ONNX Runtime, to be given to another run as it is. Its {@link OrtModel.Kept} owns it. */
public final class Held implements Tensor {
    private final OnnxTensor tensor;

    Held(OnnxTensor tensor) {
        this.tensor = tensor;
    }

    OnnxTensor tensor() {
        return tensor;
    }

    @Override
    public long[] shape() {
        return tensor.getInfo().getShape();
    }
}
