package io.unifluid.connect;

import io.unifluid.archive.Glob;
import io.unifluid.archive.Selection;
import io.unifluid.archive.run.Task;
import io.unifluid.blobs.BlobStores;
import io.unifluid.blobs.S3Settings;
import io.unifluid.schemas.access.SettingNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Recommender;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Validator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/**
 * What the source is told. Lists stand one entry a line, since names of files, patterns and questions have commas in them.
 */
final class ImageArchiveConfig extends AbstractConfig {
    static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    /** Which of so many tasks a task is; the connector says it. */
    static final String TASK = "unifluid.task";

    static final String TASKS = "unifluid.tasks";

    private static final String SOURCES = "sources";
    private static final String ASKED = "task";
    private static final String HINT = "caption.hint";
    private static final String MAX_TOKENS = "caption.max.tokens";
    private static final String QUESTIONS = "ask.questions";
    private static final String CHOICES = "ask.choices";
    private static final String INSTRUCTION = "edit.instruction";
    private static final String SEED = "edit.seed";
    private static final String STEPS = "edit.steps";
    private static final String GUIDANCE = "edit.guidance";
    private static final String TENANT = "tenant";
    private static final String MODEL = "model.name";
    private static final String RUN = "run";
    private static final String INCLUDE = "include";
    private static final String EXCLUDE = "exclude";
    private static final String HIDDEN = "hidden";
    private static final String LINKS = "links";
    private static final String ALL = "all";
    private static final String COLUMN = "column";
    private static final String BY_REFERENCE = "by.reference";
    private static final String PRIVATE_HOSTS = "private.hosts";
    private static final String S3_KEY = "s3.access.key.id";
    private static final String S3_SECRET = "s3.secret.access.key";
    private static final String BLOB_STORE = "blob.store";
    private static final String PARTS = "parts";
    private static final String BATCH = "batch.items";
    private static final String RATE = "limit.rate";
    private static final String RESCAN = "rescan.interval.ms";
    private static final String FAILURES = "failures.topic";
    private static final String PATIENCE = "patience.ms";

    private static final int MOST_PARTS = 1024;
    private static final int MOST_BATCH = 10_000;
    /** Request ids have 200 characters at most, of which the item takes 33. */
    private static final int LONGEST_RUN = 160;

    private static final String SOURCE_GROUP = "Archive";
    private static final String TASK_GROUP = "What is asked";
    private static final String PATH_GROUP = "Where it goes";

    /** What Connect itself reads of a source connector's settings. */
    private static final Set<String> CONNECTS_OWN = Set.of(
            "name",
            "connector.class",
            "connector.plugin.version",
            "tasks.max",
            "tasks.max.enforce",
            "key.converter",
            "key.converter.*",
            "value.converter",
            "value.converter.*",
            "header.converter",
            "header.converter.*",
            "transforms",
            "transforms.*",
            "predicates",
            "predicates.*",
            "config.action.reload",
            "errors.*",
            "topic.creation.*",
            "exactly.once.support",
            "transaction.boundary",
            "transaction.boundary.*",
            "offsets.storage.topic",
            "producer.override.*",
            "consumer.override.*",
            "admin.override.*");

    static final ConfigDef DEF = RegistryConfig.define(define());

    ImageArchiveConfig(Map<String, String> given) {
        super(DEF, given, false);
    }

    private enum Asked {
        CAPTION,
        ASK,
        EDIT
    }

    private static ConfigDef define() {
        var def = new ConfigDef();
        int order = 0;
        def.define(
                SOURCES,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                valid(ImageArchiveConfig::requireSources),
                Importance.HIGH,
                "Archives, one a line: folders, tar, tar.gz, zip and Parquet files, lists of URLs, patterns such as"
                        + " /data/{00000..00099}.tar, and s3://bucket/prefix. Every worker must see the same.",
                SOURCE_GROUP,
                order++,
                Width.LONG,
                "Sources");
        for (var list : List.of(
                List.of(INCLUDE, "Patterns of names or paths, one a line, one of which must match; none takes all."),
                List.of(EXCLUDE, "Patterns of names or paths, one a line, none of which may match."))) {
            def.define(
                    list.getFirst(),
                    Type.STRING,
                    "",
                    valid(text -> lines(text).forEach(Glob::of)),
                    Importance.LOW,
                    list.getLast(),
                    SOURCE_GROUP,
                    order++,
                    Width.MEDIUM,
                    list.getFirst());
        }
        for (var flag : List.of(
                List.of(HIDDEN, "Take what begins with a dot, too."),
                List.of(LINKS, "Follow links, as far as they stay in the folder."),
                List.of(ALL, "Take what is no picture by name or first bytes, too."),
                List.of(BY_REFERENCE, "Send only where the picture lies, where the workers may read it themselves."),
                List.of(PRIVATE_HOSTS, "Listed URLs may lie on this network, too."))) {
            def.define(
                    flag.getFirst(),
                    Type.BOOLEAN,
                    false,
                    Importance.LOW,
                    flag.getLast(),
                    SOURCE_GROUP,
                    order++,
                    Width.SHORT,
                    flag.getFirst());
        }
        def.define(
                COLUMN,
                Type.STRING,
                "",
                Importance.LOW,
                "Of a table, where the picture or its URL is; empty finds it by its kind and name.",
                SOURCE_GROUP,
                order++,
                Width.MEDIUM,
                COLUMN);
        def.define(
                S3_KEY,
                Type.STRING,
                "",
                Importance.MEDIUM,
                "Of the sources on S3; empty takes the credentials of the worker's environment.",
                SOURCE_GROUP,
                order++,
                Width.MEDIUM,
                S3_KEY);
        def.define(
                S3_SECRET,
                Type.PASSWORD,
                "",
                Importance.MEDIUM,
                "Of " + S3_KEY + ".",
                SOURCE_GROUP,
                order++,
                Width.MEDIUM,
                S3_SECRET);
        def.define(
                PARTS,
                Type.INT,
                32,
                Range.between(1, MOST_PARTS),
                Importance.MEDIUM,
                "Into how many parts the files of a folder or prefix are split by their hash; tasks share them. Another"
                        + " number reads the archive from its beginning.",
                SOURCE_GROUP,
                order++,
                Width.SHORT,
                PARTS);
        def.define(
                RESCAN,
                Type.LONG,
                0L,
                Range.atLeast(0),
                Importance.LOW,
                "How long after the end to look for what has come since, behind what was read and in new sources of a"
                        + " pattern; 0 never looks again.",
                SOURCE_GROUP,
                order++,
                Width.SHORT,
                RESCAN);

        order = 0;
        def.define(
                ASKED,
                Type.STRING,
                "caption",
                ConfigDef.CaseInsensitiveValidString.in(names().toArray(String[]::new)),
                Importance.HIGH,
                "What is asked of every picture: caption, ask or edit.",
                TASK_GROUP,
                order++,
                Width.SHORT,
                "Task",
                List.of(HINT, MAX_TOKENS, QUESTIONS, CHOICES, INSTRUCTION, SEED, STEPS, GUIDANCE),
                choices());
        for (var text : List.of(
                List.of(HINT, "What captions may take into account."),
                List.of(QUESTIONS, "Of task ask, one question a line."),
                List.of(
                        CHOICES,
                        "Closed answers of every question, one a line, each with a score; none: free answers."),
                List.of(INSTRUCTION, "Of task edit: what to change."),
                List.of(SEED, "Of edits, the same for every picture; empty takes another each time."),
                List.of(GUIDANCE, "Of edits; empty takes the model's."))) {
            def.define(
                    text.getFirst(),
                    Type.STRING,
                    "",
                    validOfTask(text.getFirst()),
                    Importance.MEDIUM,
                    text.getLast(),
                    TASK_GROUP,
                    order++,
                    Width.LONG,
                    text.getFirst(),
                    ofItsTask());
        }
        for (var number : List.of(
                List.of(MAX_TOKENS, "Of a caption; 0 takes the model's."),
                List.of(STEPS, "Of edits; 0 takes the model's."))) {
            def.define(
                    number.getFirst(),
                    Type.INT,
                    0,
                    Range.atLeast(0),
                    Importance.LOW,
                    number.getLast(),
                    TASK_GROUP,
                    order++,
                    Width.SHORT,
                    number.getFirst(),
                    ofItsTask());
        }
        def.define(
                MODEL,
                Type.STRING,
                "",
                Importance.MEDIUM,
                "Only by the model of this name; empty takes whatever the workers run.",
                TASK_GROUP,
                order++,
                Width.MEDIUM,
                MODEL);

        order = 0;
        def.define(
                TENANT,
                Type.STRING,
                "default",
                new ConfigDef.NonEmptyString(),
                Importance.HIGH,
                "Whose requests they are.",
                PATH_GROUP,
                order++,
                Width.MEDIUM,
                TENANT);
        def.define(
                RUN,
                Type.STRING,
                "",
                valid(ImageArchiveConfig::requireRun),
                Importance.MEDIUM,
                "What request ids begin with, and offsets are kept under; empty takes the connector's name. Another one asks"
                        + " for everything again.",
                PATH_GROUP,
                order++,
                Width.MEDIUM,
                RUN);
        def.define(
                BLOB_STORE,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                valid(text -> BlobStores.open(text).close()),
                Importance.HIGH,
                "The workers' store for pictures above 256 KiB: a folder, or s3://bucket/prefix.",
                PATH_GROUP,
                order++,
                Width.LONG,
                BLOB_STORE);
        def.define(
                FAILURES,
                Type.STRING,
                "",
                Importance.MEDIUM,
                "The topic that gets a record of JSON for every item that cannot be sent; empty: they are counted and stand in"
                        + " the log.",
                PATH_GROUP,
                order++,
                Width.MEDIUM,
                FAILURES);
        def.define(
                BATCH,
                Type.INT,
                200,
                Range.between(1, MOST_BATCH),
                Importance.LOW,
                "Requests of one batch, which is one transaction where Connect writes exactly once.",
                PATH_GROUP,
                order++,
                Width.SHORT,
                BATCH);
        def.define(
                RATE,
                Type.DOUBLE,
                0.0,
                Range.atLeast(0),
                Importance.MEDIUM,
                "Requests a second of each task at most; 0 sets no limit.",
                PATH_GROUP,
                order++,
                Width.SHORT,
                RATE);
        def.define(
                PATIENCE,
                Type.LONG,
                600_000L,
                Range.atLeast(0),
                Importance.LOW,
                "How long a task goes on trying while the archive's store, the blob store or the registry is away, before it"
                        + " fails.",
                PATH_GROUP,
                order,
                Width.SHORT,
                PATIENCE);
        return def;
    }

    /** What is wrong beyond single values is added to the values that it is about. */
    static void check(Map<String, String> given, List<ConfigValue> values) {
        complain(given, values, "key.converter");
        complain(given, values, "value.converter");
        if (values.stream().anyMatch(value -> !value.errorMessages().isEmpty())) {
            return;
        }
        new SettingNames(known(), "connectors/connect/README.md")
                .unknown(given.keySet())
                .ifPresent(sentence -> error(values, SOURCES, sentence));
        var config = new ImageArchiveConfig(given);
        try {
            config.task();
        } catch (IllegalArgumentException e) {
            error(values, ASKED, e.getMessage());
        }
        try {
            config.registry();
        } catch (IllegalArgumentException e) {
            error(values, RegistryConfig.URL, e.getMessage());
        }
        if (config.getString(S3_KEY).isEmpty()
                != config.getPassword(S3_SECRET).value().isEmpty()) {
            error(values, S3_KEY, "Give both of " + S3_KEY + " and " + S3_SECRET + ", or neither.");
        }
    }

    /** Another converter would make something of the requests that no streams app can read. */
    private static void complain(Map<String, String> given, List<ConfigValue> values, String name) {
        if (!BYTES.equals(given.get(name))) {
            error(
                    values,
                    name,
                    "The connector writes records as bytes that are complete: set " + name + "=" + BYTES + ".");
        }
    }

    private static void error(List<ConfigValue> values, String name, String sentence) {
        values.stream()
                .filter(value -> value.name().equals(name))
                .findFirst()
                .orElseGet(() -> {
                    var value = new ConfigValue(name);
                    values.add(value);
                    return value;
                })
                .addErrorMessage(sentence);
    }

    private static Set<String> known() {
        var known = new HashSet<>(CONNECTS_OWN);
        known.addAll(DEF.names());
        known.add(RegistryConfig.BEFORE + "*");
        return known;
    }

    List<String> sources() {
        return lines(getString(SOURCES));
    }

    Selection selection() {
        return new Selection(
                lines(getString(INCLUDE)),
                lines(getString(EXCLUDE)),
                getBoolean(HIDDEN),
                getBoolean(LINKS),
                getBoolean(ALL),
                text(COLUMN),
                getBoolean(BY_REFERENCE),
                false);
    }

    boolean privateHosts() {
        return getBoolean(PRIVATE_HOSTS);
    }

    Optional<S3Settings.Credentials> credentials() {
        return text(S3_KEY)
                .map(key ->
                        new S3Settings.Credentials(key, getPassword(S3_SECRET).value()));
    }

    /** @throws IllegalArgumentException one sentence, where it is not said what to ask, or said of another task */
    Task task() {
        var asked = Asked.valueOf(getString(ASKED).toUpperCase(Locale.ROOT));
        requireOnly(asked, Asked.CAPTION, HINT, MAX_TOKENS);
        requireOnly(asked, Asked.ASK, QUESTIONS, CHOICES);
        requireOnly(asked, Asked.EDIT, INSTRUCTION, SEED, STEPS, GUIDANCE);
        return switch (asked) {
            case CAPTION -> new Task.OfCaption(getInt(MAX_TOKENS), text(HINT));
            case ASK -> {
                var questions = lines(getString(QUESTIONS));
                if (questions.isEmpty()) {
                    throw new IllegalArgumentException("The task ask needs a question: give " + QUESTIONS + ".");
                }
                yield new Task.OfQuestions(questions, lines(getString(CHOICES)));
            }
            case EDIT ->
                new Task.OfEdit(
                        text(INSTRUCTION)
                                .orElseThrow(() -> new IllegalArgumentException(
                                        "The task edit needs to know what to change: give " + INSTRUCTION + ".")),
                        text(SEED).map(Long::valueOf),
                        getInt(STEPS),
                        text(GUIDANCE).map(Double::valueOf));
        };
    }

    private void requireOnly(Asked asked, Asked of, String... names) {
        for (var name : names) {
            boolean given = get(name) instanceof Integer number
                    ? number != 0
                    : !getString(name).isBlank();
            if (given && asked != of) {
                throw new IllegalArgumentException(name + " is about the task "
                        + of.name().toLowerCase(Locale.ROOT) + " alone: remove it, or change " + ASKED + ".");
            }
        }
    }

    String tenant() {
        return getString(TENANT);
    }

    Optional<String> model() {
        return text(MODEL);
    }

    String run() {
        return text(RUN)
                .or(() -> Optional.ofNullable((String) originals().get("name")))
                .filter(name -> name.length() <= LONGEST_RUN)
                .orElseThrow(() -> new ConfigException("The connector's name is longer than " + LONGEST_RUN
                        + " characters: give a shorter " + RUN + "."));
    }

    /** What is asked, in words that are the same for the same question. */
    String words() {
        return task().words() + "\nmodel=" + model().orElse("");
    }

    /** What is asked of which pictures, in hex digits: another question, or other pictures, begin at the beginning. */
    String asked() {
        try {
            var hash = MessageDigest.getInstance("SHA-256")
                    .digest((words() + "\n" + selection()).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }

    String blobStore() {
        return getString(BLOB_STORE);
    }

    Map<String, String> registry() {
        return RegistryConfig.of(this);
    }

    int parts() {
        return getInt(PARTS);
    }

    int batchItems() {
        return getInt(BATCH);
    }

    OptionalDouble rate() {
        double rate = getDouble(RATE);
        return rate > 0 ? OptionalDouble.of(rate) : OptionalDouble.empty();
    }

    /** Milliseconds; 0 never. */
    long rescan() {
        return getLong(RESCAN);
    }

    Optional<String> failuresTopic() {
        return text(FAILURES);
    }

    /** Milliseconds. */
    long patience() {
        return getLong(PATIENCE);
    }

    private Optional<String> text(String name) {
        return Optional.of(getString(name)).filter(text -> !text.isBlank());
    }

    private static List<String> lines(String text) {
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    private static Validator validOfTask(String name) {
        return switch (name) {
            case SEED -> valid(ImageArchiveConfig::requireSeed);
            case GUIDANCE -> valid(ImageArchiveConfig::requireGuidance);
            default -> null;
        };
    }

    private static Validator valid(Consumer<String> check) {
        return (name, value) -> {
            try {
                if (value != null) {
                    check.accept((String) value);
                }
            } catch (IllegalArgumentException e) {
                throw new ConfigException(name + ": " + e.getMessage());
            }
        };
    }

    private static Recommender choices() {
        return new Recommender() {
            @Override
            public List<Object> validValues(String name, Map<String, Object> parsed) {
                return List.copyOf(names().toList());
            }

            @Override
            public boolean visible(String name, Map<String, Object> parsed) {
                return true;
            }
        };
    }

    /** Settings begin with the task that they are about. */
    private static Recommender ofItsTask() {
        return new Recommender() {
            @Override
            public List<Object> validValues(String name, Map<String, Object> parsed) {
                return List.of();
            }

            @Override
            public boolean visible(String name, Map<String, Object> parsed) {
                return parsed.get(ASKED) instanceof String task && name.startsWith(task.toLowerCase(Locale.ROOT) + ".");
            }
        };
    }

    private static Stream<String> names() {
        return Stream.of(Asked.values()).map(one -> one.name().toLowerCase(Locale.ROOT));
    }

    private static void requireSources(String text) {
        var sources = lines(text);
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("Name an archive: a folder, a file, or s3://bucket/prefix.");
        }
        sources.stream().filter(source -> source.startsWith("s3://")).forEach(S3Settings::parse);
    }

    private static void requireSeed(String text) {
        if (!text.isBlank() && !text.matches("-?\\d{1,18}")) {
            throw new IllegalArgumentException("A seed is a whole number.");
        }
    }

    private static void requireGuidance(String text) {
        if (!text.isBlank() && !text.matches("\\d{1,6}(\\.\\d{1,9})?")) {
            throw new IllegalArgumentException("Guidance is a number such as 3.5.");
        }
    }

    private static void requireRun(String text) {
        if (text.length() > LONGEST_RUN) {
            throw new IllegalArgumentException("It has " + text.length() + " characters; give " + LONGEST_RUN
                    + " at most, since request ids begin with it.");
        }
    }
}
