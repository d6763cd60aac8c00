package io.unifluid.worker.config;

/**
 * All settings of a worker. Those that were configured are valid; {@link WorkerConfiguration} has the bounds.
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

    /** Documented defaults for everything else; no HTTP port. */
    public static WorkerSettings of(String bootstrapServers, String registryUrl, String model, String blobStore) {
        return new WorkerSettings(
                nameOfThisProcess(),
                KafkaSettings.of(bootstrapServers, registryUrl),
                ModelSettings.of(model),
                FlowSettings.defaults(),
                PictureSettings.of(blobStore),
                LOOPBACK,
                0);
    }

    static String nameOfThisProcess() {
        return "worker-" + ProcessHandle.current().pid();
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
