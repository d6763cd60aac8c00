package io.unifluid.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_DESCRIPTION;

import io.unifluid.blobs.BlobException;
import io.unifluid.client.Failure;
import io.unifluid.client.UnsentException;
import io.unifluid.client.Why;
import io.unifluid.inference.BundleException;
import io.unifluid.inference.families.Models;
import io.unifluid.schemas.access.EnvironmentProblem;
import io.unifluid.stack.StackSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code unifluid} command: a whole local system in one process tree, and a client for it. */
@Command(
        name = "unifluid",
        description = "Captions, questions, generation and editing of pictures over a local event stream.",
        mixinStandardHelpOptions = true,
        version = "UniFluid Streams 0.1.0",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:some requests failed",
            "2:the command line or a setting is wrong",
            "3:the machine is in the way: a port, a folder, a missing part",
            "130:stopped by Control-C"
        })
public final class UniFluid implements Runnable {
    /** As the help lists them. */
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            CaptionCommand.class,
            AskCommand.class,
            GenerateCommand.class,
            EditCommand.class,
            ArchiveCommand.class,
            CancelCommand.class,
            DeadLettersCommand.class,
            PolicyCommand.class,
            ModerationCommand.class,
            BlobsCommand.class,
            ModelCommand.class,
            TenantsCommand.class,
            WebhooksCommand.class,
            StatusCommand.class,
            TransactionsCommand.class,
            AuditCommand.class,
            DoctorCommand.class);

    private UniFluid() {}

    public static void main(String[] arguments) {
        LoggerFactory.getILoggerFactory(); // once, before threads of the stack ask for it at the same time
        int code;
        try {
            code = commandLine(arguments).execute(arguments);
        } catch (Throwable problem) { // also an Error, which picocli lets through
            code = exitCode(commandLine(arguments), problem);
        }
        if (code != ExitCode.OK && code != ExitCode.SOME_FAILED) {
            KeptClasses.poor();
        }
        Interruption.ofThisProcess().exit(code);
    }

    /** With all commands. */
    static CommandLine commandLine() {
        return commandLine(new String[0]);
    }

    /**
     * Messages go to the error stream as one sentence; only surprises keep their stack trace, in a file that is named.
     *
     * @param given where it names one of the commands, that one alone is there: to read what all of them take is half of
     *     the start
     */
    static CommandLine commandLine(String... given) {
        var line = new CommandLine(new UniFluid());
        var named = COMMANDS.stream()
                .filter(command -> given.length > 0
                        && command.getAnnotation(Command.class).name().equals(given[0]))
                .findFirst();
        named.map(List::<Class<?>>of).orElse(COMMANDS).forEach(line::addSubcommand);
        if (named.isEmpty()) {
            line.addSubcommand(CommandLine.HelpCommand.class);
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A file whose name begins with @ is a file, and not a list of further arguments.
        line.setExpandAtFiles(false);
        line.registerConverter(Path.class, Values::path);
        line.registerConverter(int.class, Values::number);
        line.registerConverter(Integer.class, Values::number);
        line.registerConverter(Long.class, Values::largeNumber);
        line.registerConverter(long.class, Values::largeNumber);
        line.registerConverter(Double.class, Values::decimal);
        line.getHelpSectionMap().put(SECTION_KEY_DESCRIPTION, help -> help.description() + purpose(help));
        line.setParameterExceptionHandler((problem, arguments) -> {
            var where = problem.getCommandLine();
            say(where, problem.getMessage().replaceFirst("^Error: ", ""));
            UnmatchedArgumentException.printSuggestions(problem, where.getErr());
            where.getErr().println("Try '" + where.getCommandSpec().qualifiedName() + " --help'.");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((problem, where, parsed) -> exitCode(where, problem));
        return line;
    }

    @Override
    public void run() {
        commandLine().usage(System.out);
    }

    /** Of the model that comes with the project; nothing is loaded for it. */
    private static String purpose(CommandLine.Help help) {
        try {
            var shipped = StackSettings.shippedModel(StackOptions.checkout());
            var sentence = Models.card(shipped.toString()).purpose().orElse("");
            return CommandLine.Help.join(
                            help.ansi(),
                            help.commandSpec().usageMessage().width(),
                            help.commandSpec().usageMessage().adjustLineBreaksForWideCJKCharacters(),
                            new String[] {Visible.text(sentence).replace("%", "%%")},
                            new StringBuilder())
                    .toString();
        } catch (BundleException e) {
            return ""; // no complete checkout; whoever starts it is told so
        }
    }

    private static int exitCode(CommandLine where, Throwable problem) {
        return switch (problem) {
            case CompletionException wrapped when wrapped.getCause() != null -> exitCode(where, wrapped.getCause());
            case EnvironmentProblem known -> said(where, known.getMessage(), ExitCode.ENVIRONMENT);
            case BlobException known -> said(where, known.getMessage(), ExitCode.ENVIRONMENT);
            case BundleException known -> said(where, known.getMessage(), ExitCode.ENVIRONMENT);
            case UnsentException known ->
                said(
                        where,
                        known.getMessage(),
                        known.failure().kind().equals(Failure.NOT_TAKEN) ? ExitCode.ENVIRONMENT : ExitCode.USAGE);
            case KafkaException known ->
                said(where, "The broker does not answer as it should (" + Why.of(known) + ").", ExitCode.ENVIRONMENT);
            case IllegalArgumentException known -> said(where, known.getMessage(), ExitCode.USAGE);
            default -> said(where, "Something unexpected happened; " + Surprise.kept(problem), ExitCode.ENVIRONMENT);
        };
    }

    private static int said(CommandLine where, String sentence, int code) {
        say(where, sentence);
        return code;
    }

    private static void say(CommandLine where, String sentence) {
        PrintWriter err = where.getErr();
        err.println("unifluid: " + Visible.line(sentence));
        err.flush();
    }
}
