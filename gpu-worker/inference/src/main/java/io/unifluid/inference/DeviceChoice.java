package io.unifluid.inference;

/** Where a model runs: AUTO takes CUDA where it works and the CPU otherwise; CUDA fails where it does not work. */
public enum DeviceChoice {
    AUTO,
    CPU,
    CUDA
}
