package io.unifluid.inference.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtProvider;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.Fixtures;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelOptions;
import io.unifluid.inference.families.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a build with ONNX Runtime's GPU jar, which {@code tests/gpu/run} makes; any other build skips it. */
final class GpuJarTest {
    @BeforeAll
    static void onlyWithTheGpuJar() {
        assumeTrue(
                OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA),
                "this build is for the CPU; tests/gpu/run makes the other one");
    }

    private static Optional<String> firstProblem() {
        return Arrays.stream(CudaLibrary.values())
                .map(CudaLibrary::problem)
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Test
    void runsOnTheCpuAndNamesTheLibraryThatIsMissing() {
        var problem = firstProblem();
        assumeFalse(problem.isEmpty(), "CUDA is installed here");
        try (var model = Models.load(bundle(), options(DeviceChoice.AUTO))) {
            assertThat(model.info().device()).isEqualTo("cpu");
            assertThat(model.info().deviceReason()).isEqualTo("CUDA does not work here: " + problem.get());
            model.warmUp();
        }
        assertThatThrownBy(() -> Models.load(bundle(), options(DeviceChoice.CUDA)))
                .isInstanceOf(BundleException.class)
                .hasMessageStartingWith("CUDA was demanded and does not work here")
                .hasMessageEndingWith(problem.get());
    }

    @Test
    void runsOnTheGpuWhereAllIsThere() {
        assumeTrue(CudaCheck.all().stream().allMatch(CudaCheck::ok), "there is no GPU here");
        try (var model = Models.load(bundle(), options(DeviceChoice.AUTO))) {
            assertThat(model.info().device()).as(model.info().deviceReason()).isEqualTo("cuda:0");
            model.warmUp();
        }
    }

    /** What {@link CudaCheck} asks for is what the provider asks for, in its order. */
    @Test
    void theListOfLibrariesIsTheProvidersOwn(@TempDir Path folder) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        var provider = folder.resolve("provider.so");
        try (var in = OrtEnvironment.class.getResourceAsStream(
                "/ai/onnxruntime/native/linux-x64/libonnxruntime_providers_cuda.so")) {
            Files.copy(in, provider);
        }
        var needed = ElfNeeds.of(provider).stream()
                .filter(name -> name.startsWith("libcu") || name.startsWith("libnv"))
                .toList();
        assertThat(Arrays.stream(CudaLibrary.values())
                        .filter(library -> library != CudaLibrary.CUDNN)
                        .map(CudaLibrary::file))
                .containsExactlyElementsOf(needed);
    }

    private static ModelBundle bundle() {
        return ModelBundle.open(Fixtures.tinyBundle());
    }

    private static ModelOptions options(DeviceChoice device) {
        return new ModelOptions(device, 0, 1, 1);
    }
}
