package io.unifluid.inference.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Against libraries that this test compiles, in a process that finds them; nothing of NVIDIA's is needed. */
@EnabledOnOs(OS.LINUX)
final class CudaCheckTest {
    private static final String DRIVER = """
            #include <string.h>
            int cuInit(unsigned flags) { return STATUS; }
            int cuDriverGetVersion(int *version) { *version = VERSION; return 0; }
            int cuDeviceGetCount(int *count) { *count = 2; return 0; }
            int cuDeviceGetName(char *name, int length, int device) { strncpy(name, "A test's GPU", length); return 0; }
            """;

    @TempDir
    private Path folder;

    @Test
    void asksTheSystemsOwnLoader() {
        assertThat(NativeLibraries.problem("libc.so.6")).isEmpty();
        assertThat(NativeLibraries.problem("libunifluid-none.so.1"))
                .contains("libunifluid-none.so.1: cannot open shared object file: No such file or directory");
    }

    @Test
    void saysForEachPartWhatIsMissingAndWhatToDo() throws Exception {
        assumeFalse(CudaLibrary.CUBLAS_LT.problem().isEmpty(), "CUDA is installed here");
        compile("libcublasLt.so.12", "");
        compile("libcurand.so.10", "");
        compile("libcudnn.so.9", "");
        var lines = checked();
        assertThat(lines)
                .contains("CUDNN true libcudnn.so.9 load.")
                .anyMatch(line -> line.startsWith("CUDA false libcublas.so.12 is not found: install NVIDIA's CUDA 12")
                        && line.endsWith(" 1 more of 4 are missing too."));
    }

    @Test
    void asksTheDriverForItsGpu() throws Exception {
        compile("libcuda.so.1", DRIVER.replace("STATUS", "0").replace("VERSION", "12080"));
        assertThat(checked()).contains("DRIVER true A test's GPU and 1 more, its driver made for CUDA 12.8.");
        compile("libcuda.so.1", DRIVER.replace("STATUS", "0").replace("VERSION", "11040"));
        assertThat(checked())
                .anyMatch(
                        line -> line.startsWith("DRIVER false The driver is made for CUDA 11.4, not for 12: install"));
        compile("libcuda.so.1", DRIVER.replace("STATUS", "100").replace("VERSION", "12080"));
        assertThat(checked()).anyMatch(line -> line.startsWith("DRIVER false No NVIDIA GPU is visible: "));
        compile("libcuda.so.1", "");
        assertThat(checked())
                .anyMatch(line -> line.startsWith(
                        "DRIVER false The driver's libcuda.so.1 is not usable (it has no function cuInit"));
    }

    private void compile(String name, String source) throws Exception {
        assumeTrue(
                List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "cc"))),
                "there is no C compiler here");
        var file = Files.writeString(folder.resolve("library.c"), source);
        var compiler = new ProcessBuilder(
                        "cc", "-shared", "-fPIC", "-o", folder.resolve(name).toString(), file.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
    }

    /** What a process says that looks for libraries in this folder first. */
    private List<String> checked() throws Exception {
        var command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        Path.of("target/classes").toAbsolutePath() + ":"
                                + Path.of("target/test-classes").toAbsolutePath(),
                        Asker.class.getName())
                .redirectErrorStream(true);
        command.environment().put("LD_LIBRARY_PATH", folder.toString());
        var process = command.start();
        try (var output = process.inputReader()) {
            var lines = output.readAllLines();
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as("%s", lines).isZero();
            return lines;
        }
    }

    /** Prints every check. */
    public static final class Asker {
        private Asker() {}

        public static void main(String[] arguments) {
            CudaCheck.all()
                    .forEach(check -> System.out.println(check.part() + " " + check.ok() + " " + check.sentence()));
        }
    }
}
