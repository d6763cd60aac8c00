package io.unifluid.inference.ort;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns what ONNX Runtime and the loader say about CUDA into one sentence: what is wrong and what to do. */
final class CudaProblem {
    /** The loader's words for a library that it does not find, or finds broken. */
    private static final Pattern LIBRARY = Pattern.compile("(lib[\\w+-]+\\.so(?:\\.\\d+)*): (.+)");

    private static final Pattern FAILURE = Pattern.compile("(?i)cuda (?:failure|error) (\\d+)");
    /** What ONNX Runtime puts before the cause: its source file, function and error code. */
    private static final Pattern PREAMBLE = Pattern.compile("^.*\\b(?:FAIL|EP_FAIL|RUNTIME_EXCEPTION) : ");

    private static final String NOT_FOUND = "cannot open shared object file: No such file or directory";

    private static final String NO_DEVICE =
            "no NVIDIA GPU is visible: see what nvidia-smi says, and whether CUDA_VISIBLE_DEVICES hides it";
    /** Of cudaError_t, those that tell of the machine and not of a program. */
    private static final Map<String, String> FAILURES = Map.of(
            "35",
            "the NVIDIA driver is older than CUDA 12 needs: " + CudaPart.DRIVER.remedy(),
            "100",
            NO_DEVICE,
            "803",
            "the NVIDIA driver and its libraries have different versions: restart the machine, or install them anew");

    private CudaProblem() {}

    static String noDevice() {
        return "N" + NO_DEVICE.substring(1) + ".";
    }

    /** @param said ONNX Runtime's message, of any number of lines */
    static String sentence(String said) {
        String line = said.lines().filter(text -> !text.isBlank()).findFirst().orElse("it gave no reason");
        Matcher library = LIBRARY.matcher(line);
        if (library.find()) {
            return missing(library.group(1), library.group(2));
        }
        Matcher failure = FAILURE.matcher(line);
        if (failure.find() && FAILURES.containsKey(failure.group(1))) {
            return FAILURES.get(failure.group(1)) + ".";
        }
        String cause = PREAMBLE.matcher(line).replaceFirst("").strip();
        return cause.endsWith(".") ? cause : cause + ".";
    }

    /** @param said the loader's words, with or without the library's name */
    static String missing(String file, String said) {
        String words = said.startsWith(file + ": ") ? said.substring(file.length() + 2) : said;
        Matcher other = LIBRARY.matcher(words);
        if (other.find()) {
            return file + " does not load without another library: " + missing(other.group(1), other.group(2));
        }
        return file + (words.equals(NOT_FOUND) ? " is not found" : " does not load (" + words + ")") + ": "
                + remedy(file) + ".";
    }

    private static String remedy(String file) {
        if (file.startsWith("libcudnn")) {
            return CudaPart.CUDNN.remedy();
        }
        if (file.startsWith("libcuda.so") || file.startsWith("libnvidia-")) {
            return CudaPart.DRIVER.remedy();
        }
        return file.startsWith("libcu") || file.startsWith("libnv")
                ? CudaPart.CUDA.remedy()
                : "install it, or a newer version of this system";
    }
}
