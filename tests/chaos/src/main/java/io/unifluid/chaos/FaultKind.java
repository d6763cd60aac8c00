package io.unifluid.chaos;

/** What is done to the system. */
enum FaultKind {
    KILL_WORKER("kill -9 worker"),
    KILL_STREAMS("kill -9 streams app"),
    KILL_BROKER("kill -9 broker"),
    PAUSE_WORKER("SIGSTOP worker"),
    PAUSE_STREAMS("SIGSTOP streams app"),
    PAUSE_BROKER("SIGSTOP broker"),
    PARTITION_WORKER("network partition of worker"),
    PARTITION_STREAMS("network partition of streams app"),
    PARTITION_BROKER("network partition of broker"),
    FULL_DISK_STREAMS("full disk of streams app"),
    FULL_DISK_BROKER("full disk of broker"),
    PAUSE_REGISTRY("SIGSTOP registry"),
    REGISTRY_OUTAGE("registry outage"),
    BLOB_OUTAGE("blob store outage");

    private final String title;

    FaultKind(String title) {
        this.title = title;
    }

    /** For people. */
    String title() {
        return title;
    }
}
