package io.unifluid.inference.ort;

/** Something that CUDA needs is missing; the message is one sentence. */
final class CudaUnusableException extends RuntimeException {
    CudaUnusableException(String sentence) {
        super(sentence);
    }
}
