package io.unifluid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of a process. */
final class ProcStatus {
    private ProcStatus() {}

    /** Resident memory in KiB, 0 for a process that has ended meanwhile. */
    static long residentKiB(long pid) {
        return kibibytes(pid, "VmRSS:");
    }

    /** The most that it was since the process began, in KiB; 0 for one that has ended meanwhile. */
    static long mostResidentKiB(long pid) {
        return kibibytes(pid, "VmHWM:");
    }

    private static long kibibytes(long pid, String name) {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
