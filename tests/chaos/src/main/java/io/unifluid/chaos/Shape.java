package io.unifluid.chaos;

/** How many processes of each kind there are; one registry. */
record Shape(int brokers, int streams, int workers) {
    static final Shape FULL = new Shape(3, 2, 2);
    static final Shape SMALLEST = new Shape(1, 1, 1);

    int count(FaultKind kind) {
        return switch (kind) {
            case KILL_WORKER, PAUSE_WORKER, PARTITION_WORKER -> workers;
            case KILL_STREAMS, PAUSE_STREAMS, PARTITION_STREAMS, FULL_DISK_STREAMS -> streams;
            case KILL_BROKER, PAUSE_BROKER, PARTITION_BROKER, FULL_DISK_BROKER -> brokers;
            case PAUSE_REGISTRY, REGISTRY_OUTAGE, BLOB_OUTAGE -> 1;
        };
    }
}
