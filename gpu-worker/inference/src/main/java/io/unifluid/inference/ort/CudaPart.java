package io.unifluid.inference.ort;

/** What must be installed for CUDA, as NVIDIA packages it. */
public enum CudaPart {
    DRIVER("the NVIDIA driver", "install NVIDIA's driver for this GPU, version 525 or newer"),
    CUDA(
            "CUDA 12",
            "install NVIDIA's CUDA 12 libraries (such as its package cuda-libraries-12-9), or name their folder in"
                    + " LD_LIBRARY_PATH"),
    CUDNN(
            "cuDNN 9",
            "install NVIDIA's cuDNN 9 for CUDA 12 (its package libcudnn9-cuda-12), or name its folder in"
                    + " LD_LIBRARY_PATH");

    private final String title;
    private final String remedy;

    CudaPart(String title, String remedy) {
        this.title = title;
        this.remedy = remedy;
    }

    public String title() {
        return title;
    }

    /** What to do where it is missing; the middle of a sentence. */
    String remedy() {
        return remedy;
    }
}
