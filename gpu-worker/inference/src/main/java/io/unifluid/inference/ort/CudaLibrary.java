package io.unifluid.inference.ort;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The libraries without which ONNX Runtime's CUDA provider is of no use, in the order in which it asks for them. It
 * loads all but the last with itself; without cuDNN it begins, and fails at the first convolution.
 */
enum CudaLibrary {
    CUBLAS_LT("libcublasLt.so.12", CudaPart.CUDA),
    CUBLAS("libcublas.so.12", CudaPart.CUDA),
    CURAND("libcurand.so.10", CudaPart.CUDA),
    CUDA_RUNTIME("libcudart.so.12", CudaPart.CUDA),
    DRIVER("libcuda.so.1", CudaPart.DRIVER),
    CUDNN("libcudnn.so.9", CudaPart.CUDNN);

    private final String file;
    private final CudaPart part;

    CudaLibrary(String file, CudaPart part) {
        this.file = file;
        this.part = part;
    }

    /** The name by which the system's loader is asked. */
    String file() {
        return file;
    }

    CudaPart part() {
        return part;
    }

    static List<CudaLibrary> of(CudaPart part) {
        return Arrays.stream(values()).filter(library -> library.part == part).toList();
    }

    /** Why it cannot be loaded here, one sentence; empty when it can be. */
    Optional<String> problem() {
        return NativeLibraries.problem(file).map(said -> CudaProblem.missing(file, said));
    }
}
