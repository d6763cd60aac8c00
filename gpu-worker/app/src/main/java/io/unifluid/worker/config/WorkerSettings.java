package io.unifluid.worker.config;

/**
 * All settings of a worker; what exists is valid.
 *
 * @param worker its name in outcomes and logs, unique among the workers that run
 * @param httpHost address on which metrics and health are served; anybody who reaches it may read them
 * @param httpPort where metrics and health are served, 0 for nowhere
 */
public record WorkerSettings(
        String worker,
        KafkaSettings kafka,
        ModelSettings model,
        FlowSettings flow,
        PictureSettings pictures,
        String httpHost,
        int httpPort) {
    /** Nobody beyond this machine. */
    public static final String LOOPBACK = "127.0.0.1";

    public WorkerSettings {
        Preconditions.notBlank("name", worker, "give the worker a name of its own");
        Preconditions.notBlank(
                "http-host", httpHost, "give " + LOOPBACK + ", or 0.0.0.0 for every address of this machine");
        Preconditions.within("http-port", httpPort, 0, 65535);
    }

    /** Documented defaults for everything else; no HTTP port. */
    public static WorkerSettings of(String bootstrapServers, String registryUrl, String model, String blobStore) {
        return new WorkerSettings(
                "worker-" + ProcessHandle.current().pid(),
                KafkaSettings.of(bootstrapServers, registryUrl),
                ModelSettings.of(model),
                FlowSettings.defaults(),
                PictureSettings.of(blobStore),
                LOOPBACK,
                0);
    }

    public WorkerSettings withWorker(String name) {
        return new WorkerSettings(name, kafka, model, flow, pictures, httpHost, httpPort);
    }

    public WorkerSettings withKafka(KafkaSettings settings) {
        return new WorkerSettings(worker, settings, model, flow, pictures, httpHost, httpPort);
    }

    public WorkerSettings withModel(ModelSettings settings) {
        return new WorkerSettings(worker, kafka, settings, flow, pictures, httpHost, httpPort);
    }

    public WorkerSettings withFlow(FlowSettings settings) {
        return new WorkerSettings(worker, kafka, model, settings, pictures, httpHost, httpPort);
    }

    public WorkerSettings withPictures(PictureSettings settings) {
        return new WorkerSettings(worker, kafka, model, flow, settings, httpHost, httpPort);
    }

    public WorkerSettings withHttpPort(int port) {
        return new WorkerSettings(worker, kafka, model, flow, pictures, httpHost, port);
    }
}
