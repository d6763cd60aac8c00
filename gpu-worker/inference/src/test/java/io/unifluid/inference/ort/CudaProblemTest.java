package io.unifluid.inference.ort;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Messages as ONNX Runtime 1.29 and glibc write them. */
final class CudaProblemTest {
    @Test
    void namesTheMissingLibraryAndWhatToInstall() {
        assertThat(CudaProblem.sentence("ai.onnxruntime.OrtException: Error code - ORT_FAIL - message:"
                        + " /onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:1988 onnxruntime::Provider&"
                        + " onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library"
                        + " /tmp/onnxruntime-java105/libonnxruntime_providers_cuda.so with error: libcublasLt.so.12:"
                        + " cannot open shared object file: No such file or directory\n\n"))
                .isEqualTo("libcublasLt.so.12 is not found: install NVIDIA's CUDA 12 libraries (such as its package"
                        + " cuda-libraries-12-9), or name their folder in LD_LIBRARY_PATH.");
    }

    @Test
    void tellsDriverAndCudnnAndTheSystemsOwnApart() {
        var notFound = ": cannot open shared object file: No such file or directory";
        assertThat(CudaProblem.sentence("libcuda.so.1" + notFound))
                .isEqualTo("libcuda.so.1 is not found: install NVIDIA's driver for this GPU, version 525 or newer.");
        assertThat(CudaProblem.sentence("libcudnn.so.9" + notFound))
                .startsWith("libcudnn.so.9 is not found: install NVIDIA's cuDNN 9 for CUDA 12");
        assertThat(CudaProblem.sentence("libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /tmp/x.so)"))
                .isEqualTo("libstdc++.so.6 does not load (version `GLIBCXX_3.4.32' not found (required by /tmp/x.so)):"
                        + " install it, or a newer version of this system.");
    }

    @Test
    void namesTheLibraryThatAnotherNeeds() {
        assertThat(CudaProblem.missing(
                        "libcudnn.so.9", "libcublas.so.12: cannot open shared object file: No such file or directory"))
                .startsWith("libcudnn.so.9 does not load without another library: libcublas.so.12 is not found: install"
                        + " NVIDIA's CUDA 12 libraries");
    }

    @Test
    void readsTheNumbersThatTellOfTheMachine() {
        assertThat(CudaProblem.sentence("CUDA failure 100: no CUDA-capable device is detected ; GPU=-1"))
                .startsWith("no NVIDIA GPU is visible: see what nvidia-smi says");
        assertThat(CudaProblem.sentence(
                        "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version ; GPU=0"))
                .startsWith("the NVIDIA driver is older than CUDA 12 needs: install");
    }

    @Test
    void leavesOutWhereInItsSourcesOnnxRuntimeFailed() {
        assertThat(CudaProblem.sentence("Error code - ORT_EP_FAIL - message: /onnxruntime_src/a.cc:17 bool f()"
                        + " [ONNXRuntimeError] : 11 : EP_FAIL : CUDA failure 2: out of memory"))
                .isEqualTo("CUDA failure 2: out of memory.");
        assertThat(CudaProblem.sentence("\n")).isEqualTo("it gave no reason.");
    }
}
