package io.unifluid.inference.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.DeviceChoice;
import io.unifluid.inference.ModelBundle;
import io.unifluid.inference.ModelInfo;
import io.unifluid.inference.ModelOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The graphs of one model in ONNX Runtime. This class alone touches ONNX Runtime: it owns the sessions, and closes
 * every tensor before a run returns. Any number of threads may run its graphs, each through a {@link Caller} of its own;
 * whoever closes it sees to it that no graph runs any more.
 */
public final class OrtModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrtModel.class);
    private static final String BUILD_FOR_GPU = "build with UNIFLUID_GPU=1 ./unifluid, or with the Maven profile gpu";

    private final Device device;
    private final Concurrency concurrency;
    private final Map<String, OrtSession> sessions;
    /** By graph, the inputs that are wanted as 16-bit floats. */
    private final Map<String, Set<String>> halves = new HashMap<>();

    private volatile boolean closed;

    private OrtModel(Device device, Concurrency concurrency, Map<String, OrtSession> sessions) {
        this.device = device;
        this.concurrency = concurrency;
        this.sessions = sessions;
        sessions.keySet().forEach(graph -> {
            Set<String> wanted = new HashSet<>();
            inputs(graph).forEach((name, spec) -> {
                if (spec.element() == TensorSpec.Element.HALF) {
                    wanted.add(name);
                }
            });
            halves.put(graph, wanted);
        });
    }

    /**
     * Loads graphs.
     *
     * @param graphs file of each graph that is wanted on such a device, by the name that runs give
     * @throws BundleException if a graph does not load, or CUDA was demanded and does not work
     */
    public static OrtModel open(Function<Device.Kind, Map<String, Path>> graphs, ModelOptions options) {
        OrtModel model = switch (options.device()) {
            case CPU -> onCpu(graphs, options, "The CPU was chosen.");
            case CUDA -> demandCuda(graphs, options);
            case AUTO -> cudaOrCpu(graphs, options);
        };
        LOG.info("Model runs on {}: {} {}", model.device.name(), model.device.reason(), model.concurrency.sentence());
        return model;
    }

    private static OrtModel demandCuda(Function<Device.Kind, Map<String, Path>> graphs, ModelOptions options) {
        if (!hasCuda()) {
            throw new BundleException("CUDA was demanded, but this build is for the CPU: " + BUILD_FOR_GPU
                    + ", or set the device to auto or cpu.");
        }
        try {
            return onCuda(graphs, options);
        } catch (OrtException | CudaUnusableException | UnsatisfiedLinkError e) {
            throw new BundleException(
                    "CUDA was demanded and does not work here (set the device to auto or cpu to run without): "
                            + why(e),
                    e);
        }
    }

    private static OrtModel cudaOrCpu(Function<Device.Kind, Map<String, Path>> graphs, ModelOptions options) {
        if (!hasCuda()) {
            return onCpu(graphs, options, "This build is for the CPU; for a GPU " + BUILD_FOR_GPU + ".");
        }
        try {
            return onCuda(graphs, options);
        } catch (OrtException | CudaUnusableException | UnsatisfiedLinkError e) {
            return onCpu(graphs, options, "CUDA does not work here: " + why(e));
        }
    }

    private static boolean hasCuda() {
        return OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
    }

    private static OrtModel onCuda(Function<Device.Kind, Map<String, Path>> graphs, ModelOptions options)
            throws OrtException {
        // Before CUDA's options: without an environment ONNX Runtime has no log, and complains of that instead.
        OrtEnvironment.getEnvironment();
        var concurrency = Concurrency.of(options, Device.Kind.CUDA);
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(0);
                SessionOptions session = sessionOptions(options, concurrency)) {
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            cuda.add("cudnn_conv_algo_search", "HEURISTIC");
            session.addCUDA(cuda);
            // Without it the sessions would open, and every convolution fail.
            var noCudnn = CudaLibrary.CUDNN.problem();
            if (noCudnn.isPresent()) {
                throw new CudaUnusableException(noCudnn.get());
            }
            return new OrtModel(
                    new Device(Device.Kind.CUDA, "CUDA is there and works."),
                    concurrency,
                    sessions(graphs.apply(Device.Kind.CUDA), session));
        }
    }

    private static String why(Throwable e) {
        return e instanceof CudaUnusableException known
                ? known.getMessage()
                : CudaProblem.sentence(String.valueOf(e.getMessage()));
    }

    private static OrtModel onCpu(
            Function<Device.Kind, Map<String, Path>> graphs, ModelOptions options, String reason) {
        var concurrency = Concurrency.of(options, Device.Kind.CPU);
        try (SessionOptions session = sessionOptions(options, concurrency)) {
            return new OrtModel(
                    new Device(Device.Kind.CPU, reason), concurrency, sessions(graphs.apply(Device.Kind.CPU), session));
        } catch (OrtException e) {
            throw new BundleException("Bundle graphs cannot be loaded: " + firstLine(e), e);
        }
    }

    private static SessionOptions sessionOptions(ModelOptions options, Concurrency concurrency) throws OrtException {
        SessionOptions session = new SessionOptions();
        session.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        // Errors come back as exceptions; ONNX Runtime would print them to stderr as well.
        session.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        // It keeps a plan for every combination of shapes, each with a block of its own in the arena, and batches come
        // in hundreds of them: memory would grow for as long as new ones come.
        session.setMemoryPatternOptimization(false);
        session.setIntraOpNumThreads(concurrency.threads());
        session.setInterOpNumThreads(options.interOpThreads());
        if (options.interOpThreads() > 1) {
            session.setExecutionMode(SessionOptions.ExecutionMode.PARALLEL);
        }
        // Idle threads sleep: the broker and the decoders share these cores.
        session.addConfigEntry("session.intra_op.allow_spinning", "0");
        session.addConfigEntry("session.inter_op.allow_spinning", "0");
        return session;
    }

    private static Map<String, OrtSession> sessions(Map<String, Path> graphs, SessionOptions options)
            throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OrtSession> sessions = new HashMap<>();
        try {
            for (Map.Entry<String, Path> graph : graphs.entrySet()) {
                sessions.put(
                        graph.getKey(),
                        environment.createSession(graph.getValue().toString(), options));
            }
            return sessions;
        } catch (OrtException | RuntimeException | Error e) {
            close(sessions);
            throw e;
        }
    }

    /**
     * Adds a graph that was made here, not read from a file; it runs on the CPU, by one thread for each caller. Call it
     * before the model is given to other threads.
     *
     * @param onnx the bytes of an ONNX file
     */
    public void add(String graph, byte[] onnx) {
        try (var options = sessionOptions(new ModelOptions(DeviceChoice.CPU, 1, 1, 1), new Concurrency(1, 1))) {
            sessions.put(graph, OrtEnvironment.getEnvironment().createSession(onnx, options));
        } catch (OrtException e) {
            throw new BundleException("The graph " + graph + " cannot be made: " + firstLine(e), e);
        }
    }

    /** Which model this is, on its device. */
    public ModelInfo info(ModelBundle bundle) {
        return new ModelInfo(bundle.family(), bundle.name(), bundle.version(), device.name(), device.reason());
    }

    public Device device() {
        return device;
    }

    public Concurrency concurrency() {
        return concurrency;
    }

    /** What a graph says that it takes, by name. */
    public Map<String, TensorSpec> inputs(String graph) {
        try {
            return specs(session(graph).getInputInfo());
        } catch (OrtException e) {
            throw new GraphFailure("The graph " + graph + " does not say what it takes: " + firstLine(e), e);
        }
    }

    /** What a graph says that it gives, by name. */
    public Map<String, TensorSpec> outputs(String graph) {
        try {
            return specs(session(graph).getOutputInfo());
        } catch (OrtException e) {
            throw new GraphFailure("The graph " + graph + " does not say what it gives: " + firstLine(e), e);
        }
    }

    private static Map<String, TensorSpec> specs(Map<String, NodeInfo> nodes) {
        Map<String, TensorSpec> specs = new TreeMap<>();
        nodes.forEach((name, node) -> specs.put(
                name,
                node.getInfo() instanceof TensorInfo tensor
                        ? new TensorSpec(
                                element(tensor.type),
                                Arrays.stream(tensor.getShape()).boxed().toList())
                        : new TensorSpec(TensorSpec.Element.OTHER, List.of())));
        return specs;
    }

    private static TensorSpec.Element element(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> TensorSpec.Element.FLOAT;
            case FLOAT16 -> TensorSpec.Element.HALF;
            case INT64 -> TensorSpec.Element.LONG;
            case BOOL -> TensorSpec.Element.FLAG;
            default -> TensorSpec.Element.OTHER;
        };
    }

    public boolean has(String graph) {
        return sessions.containsKey(graph);
    }

    /** Runs graphs for one thread and counts how long that takes. */
    public Caller caller() {
        return new Caller();
    }

    /** For one thread. */
    public final class Caller {
        private long nanos;

        private Caller() {}

        /** Time spent inside graphs by this caller, in nanoseconds. */
        public long nanos() {
            return nanos;
        }

        /**
         * Runs a graph. Inputs that the graph does not have are left out, since exporters drop what a graph never reads.
         *
         * @return every output by its name
         * @throws GraphFailure if the graph fails
         * @throws IllegalStateException if the model is closed
         */
        public Map<String, Tensor> run(String graph, Map<String, Tensor> inputs) {
            try (Kept kept = run(graph, inputs, Kept.NOTHING)) {
                return kept.all();
            }
        }

        /**
         * Runs a graph and leaves what comes of it where it is, for a run that goes on from there.
         *
         * @param before what the graph goes on from, beside {@code inputs}; its owner closes it afterwards
         * @return for the caller to close
         * @throws GraphFailure if the graph fails
         * @throws IllegalStateException if the model is closed
         */
        public Kept run(String graph, Map<String, Tensor> inputs, Kept before) {
            OrtSession session = session(graph);
            return run(graph, inputs, before, session.getOutputNames());
        }

        /**
         * Runs a graph and leaves what comes of it where it is.
         *
         * @param inputs may be {@link Held}
         * @param wanted the outputs that are computed; others are not
         * @return for the caller to close
         * @throws GraphFailure if the graph fails
         * @throws IllegalStateException if the model is closed
         */
        public Kept keep(String graph, Map<String, Tensor> inputs, Set<String> wanted) {
            return run(graph, inputs, Kept.NOTHING, wanted);
        }

        private Kept run(String graph, Map<String, Tensor> inputs, Kept before, Set<String> wanted) {
            long start = System.nanoTime();
            try {
                return new Kept(graph, OrtModel.this.run(graph, inputs, before, wanted));
            } finally {
                nanos += System.nanoTime() - start;
            }
        }

        public boolean has(String graph) {
            return OrtModel.this.has(graph);
        }
    }

    /**
     * What a run gave, inside ONNX Runtime. Of a graph that goes on from it each {@code next_X} becomes the input {@code
     * state_X}, without being copied.
     */
    public static final class Kept implements AutoCloseable {
        public static final String GIVEN = "next_";
        public static final String TAKEN = "state_";

        /** Where a run begins. */
        public static final Kept NOTHING = new Kept("", null);

        private final String graph;
        private final OrtSession.Result result;
        private boolean closed;

        private Kept(String graph, OrtSession.Result result) {
            this.graph = graph;
            this.result = result;
        }

        /** A copy of one output. */
        public Tensor tensor(String name) {
            try {
                return copy(name, (OnnxTensor) result.get(name).orElseThrow());
            } catch (OrtException | OutOfMemoryError e) {
                throw failed(graph, e);
            }
        }

        /** One output, to be given to another run as long as this is open. */
        public Held held(String name) {
            return new Held((OnnxTensor) result.get(name).orElseThrow());
        }

        private Map<String, Tensor> all() {
            try {
                return outputs(result);
            } catch (OrtException | OutOfMemoryError e) {
                throw failed(graph, e);
            }
        }

        private void into(OrtSession session, Map<String, OnnxTensor> tensors) throws OrtException {
            if (result == null) {
                return;
            }
            for (Map.Entry<String, OnnxValue> output : result) {
                if (output.getKey().startsWith(GIVEN) && output.getValue() instanceof OnnxTensor tensor) {
                    String name = TAKEN + output.getKey().substring(GIVEN.length());
                    if (session.getInputNames().contains(name)) {
                        tensors.put(name, tensor);
                    }
                }
            }
        }

        @Override
        public void close() {
            if (result != null && !closed) {
                closed = true;
                result.close();
            }
        }
    }

    private OrtSession.Result run(String graph, Map<String, Tensor> inputs, Kept before, Set<String> wanted) {
        OrtSession session = session(graph);
        Set<String> half = halves.getOrDefault(graph, Set.of());
        Map<String, OnnxTensor> tensors = new HashMap<>();
        Map<String, OnnxTensor> all = new HashMap<>();
        // Native memory with a fixed end: the garbage collector would free direct buffers too late under load.
        try (Arena arena = Arena.ofConfined()) {
            try {
                for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                    String name = input.getKey();
                    if (!session.getInputNames().contains(name)) {
                        continue;
                    }
                    if (input.getValue() instanceof Held held) {
                        all.put(name, held.tensor());
                    } else {
                        tensors.put(name, tensor(arena, input.getValue(), half.contains(name)));
                    }
                }
                all.putAll(tensors);
                before.into(session, all);
                return session.run(all, wanted);
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        } catch (OrtException | OutOfMemoryError e) {
            throw failed(graph, e);
        }
    }

    private static GraphFailure failed(String graph, Throwable e) {
        return new GraphFailure("The graph " + graph + " failed: " + firstLine(e), e);
    }

    private OrtSession session(String graph) {
        if (closed) {
            throw new IllegalStateException("The model is closed.");
        }
        OrtSession session = sessions.get(graph);
        if (session == null) {
            throw new IllegalArgumentException("The model has no graph " + graph + ".");
        }
        return session;
    }

    private static OnnxTensor tensor(Arena arena, Tensor tensor, boolean half) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        return switch (tensor) {
            case Held held -> held.tensor();
            case Tensor.Floats floats
            when half -> {
                short[] values = new short[floats.values().length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.floatToFloat16(floats.values()[i]);
                }
                MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_SHORT, values);
                yield OnnxTensor.createTensor(
                        environment,
                        memory.asByteBuffer().order(ByteOrder.nativeOrder()).asShortBuffer(),
                        floats.shape(),
                        OnnxJavaType.FLOAT16);
            }
            case Tensor.Flags flags -> {
                byte[] values = new byte[flags.values().length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (byte) (flags.values()[i] ? 1 : 0);
                }
                yield OnnxTensor.createTensor(
                        environment,
                        arena.allocateFrom(ValueLayout.JAVA_BYTE, values).asByteBuffer(),
                        flags.shape(),
                        OnnxJavaType.BOOL);
            }
            case Tensor.Floats floats -> {
                MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_FLOAT, floats.values());
                yield OnnxTensor.createTensor(
                        environment,
                        memory.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer(),
                        floats.shape());
            }
            case Tensor.Longs longs -> {
                MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_LONG, longs.values());
                yield OnnxTensor.createTensor(
                        environment,
                        memory.asByteBuffer().order(ByteOrder.nativeOrder()).asLongBuffer(),
                        longs.shape());
            }
        };
    }

    private static Map<String, Tensor> outputs(OrtSession.Result result) throws OrtException {
        Map<String, Tensor> outputs = new HashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
            if (output.getValue() instanceof OnnxTensor tensor) {
                outputs.put(output.getKey(), copy(output.getKey(), tensor));
            }
        }
        return outputs;
    }

    private static Tensor copy(String name, OnnxTensor tensor) throws OrtException {
        long[] shape = tensor.getInfo().getShape();
        if (tensor.getInfo().type == OnnxJavaType.FLOAT || tensor.getInfo().type == OnnxJavaType.FLOAT16) {
            float[] values = new float[Math.toIntExact(tensor.getInfo().getNumElements())];
            tensor.getFloatBuffer().get(values);
            return new Tensor.Floats(values, shape);
        }
        if (tensor.getInfo().type == OnnxJavaType.INT64) {
            long[] values = new long[Math.toIntExact(tensor.getInfo().getNumElements())];
            tensor.getLongBuffer().get(values);
            return new Tensor.Longs(values, shape);
        }
        throw new OrtException(
                "output " + name + " has type " + tensor.getInfo().type + ", not FLOAT, FLOAT16 or INT64");
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            close(sessions);
        }
    }

    private static void close(Map<String, OrtSession> sessions) {
        List<OrtException> failures = new ArrayList<>();
        for (OrtSession session : sessions.values()) {
            try {
                session.close();
            } catch (OrtException e) {
                failures.add(e);
            }
        }
        failures.forEach(e -> LOG.warn("A session did not close", e));
    }
}
