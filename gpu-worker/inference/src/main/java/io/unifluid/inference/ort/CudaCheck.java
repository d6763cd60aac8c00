package io.unifluid.inference.ort;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether this process could use CUDA, asked of the very libraries that ONNX Runtime would load; ONNX Runtime itself is
 * not needed for that.
 *
 * @param part of what NVIDIA offers
 * @param sentence what is there, or what is wrong and what to do
 */
public record CudaCheck(CudaPart part, boolean ok, String sentence) {
    private static final FunctionDescriptor ONE_INT = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final FunctionDescriptor INTO_INT = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    private static final FunctionDescriptor INTO_NAME = FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    private static final int LEAST_CUDA = 12_000;
    private static final int NO_DEVICE = 100;
    private static final int LONGEST_NAME = 256;

    /** One for each part. */
    public static List<CudaCheck> all() {
        return Arrays.stream(CudaPart.values()).map(CudaCheck::of).toList();
    }

    private static CudaCheck of(CudaPart part) {
        var libraries = CudaLibrary.of(part);
        var missing = libraries.stream()
                .map(CudaLibrary::problem)
                .flatMap(Optional::stream)
                .toList();
        if (missing.size() == 1) {
            return new CudaCheck(part, false, missing.getFirst());
        }
        if (!missing.isEmpty()) {
            return new CudaCheck(
                    part,
                    false,
                    missing.getFirst() + " " + (missing.size() - 1) + " more of " + libraries.size()
                            + " are missing too.");
        }
        return part == CudaPart.DRIVER
                ? driver()
                : new CudaCheck(
                        part,
                        true,
                        libraries.stream().map(CudaLibrary::file).collect(Collectors.joining(", ", "", " load.")));
    }

    private static CudaCheck driver() {
        try (Arena arena = Arena.ofConfined()) {
            var driver = NativeLibraries.load(CudaLibrary.DRIVER.file());
            int status = (int) driver.function("cuInit", ONE_INT).invokeExact(0);
            if (status == NO_DEVICE) {
                return wrong(CudaProblem.noDevice());
            }
            if (status != 0) {
                return wrong("The driver does not start (CUDA error " + status + "): see what nvidia-smi says.");
            }
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            int version = ask(driver.function("cuDriverGetVersion", INTO_INT), number);
            int devices = ask(driver.function("cuDeviceGetCount", INTO_INT), number);
            if (devices == 0) {
                return wrong(CudaProblem.noDevice());
            }
            var cuda = String.format(Locale.ROOT, "CUDA %d.%d", version / 1000, version % 1000 / 10);
            if (version < LEAST_CUDA) {
                return wrong("The driver is made for " + cuda + ", not for 12: " + CudaPart.DRIVER.remedy() + ".");
            }
            MemorySegment name = arena.allocate(LONGEST_NAME);
            status = (int) driver.function("cuDeviceGetName", INTO_NAME).invokeExact(name, LONGEST_NAME, 0);
            return new CudaCheck(
                    CudaPart.DRIVER,
                    true,
                    (status == 0 ? name.getString(0) : "A GPU")
                            + (devices == 1 ? "" : " and " + (devices - 1) + " more") + ", its driver made for " + cuda
                            + ".");
        } catch (Throwable e) {
            return wrong("The driver's " + CudaLibrary.DRIVER.file() + " is not usable (" + e.getMessage() + "): "
                    + CudaPart.DRIVER.remedy() + ".");
        }
    }

    private static int ask(MethodHandle function, MemorySegment into) throws Throwable {
        int status = (int) function.invokeExact(into);
        if (status != 0) {
            throw new IllegalStateException("CUDA error " + status);
        }
        return into.get(ValueLayout.JAVA_INT, 0);
    }

    private static CudaCheck wrong(String sentence) {
        return new CudaCheck(CudaPart.DRIVER, false, sentence);
    }
}
