package io.unifluid.local;

import io.unifluid.blobs.BlobStoreException;
import io.unifluid.local.stack.EnvironmentProblem;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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
            "3:the machine is in the way: a port, a folder, a missing part"
        },
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            CaptionCommand.class,
            AskCommand.class,
            GenerateCommand.class,
            EditCommand.class,
            CancelCommand.class,
            DeadLettersCommand.class,
            BlobsCommand.class,
            StatusCommand.class,
            AuditCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        })
public final class UniFluid implements Runnable {
    private UniFluid() {}

    public static void main(String[] arguments) {
        LoggerFactory.getILoggerFactory(); // once, before threads of the stack ask for it at the same time
        System.exit(commandLine().execute(arguments));
    }

    /** Messages go to the error stream as one sentence; only surprises keep their stack trace, in the log file. */
    static CommandLine commandLine() {
        var line = new CommandLine(new UniFluid());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((problem, arguments) -> {
            var where = problem.getCommandLine();
            say(where, problem.getMessage());
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

    private static int exitCode(CommandLine where, Throwable problem) {
        return switch (problem) {
            case CompletionException wrapped when wrapped.getCause() != null -> exitCode(where, wrapped.getCause());
            case EnvironmentProblem known -> {
                say(where, known.getMessage());
                yield ExitCode.ENVIRONMENT;
            }
            case BlobStoreException known -> {
                say(where, known.getMessage());
                yield ExitCode.ENVIRONMENT;
            }
            case IllegalArgumentException known -> {
                say(where, known.getMessage());
                yield ExitCode.USAGE;
            }
            default -> {
                LoggerFactory.getLogger(UniFluid.class).error("Unexpected", problem);
                say(where, "Something unexpected happened: " + problem + ".");
                yield ExitCode.ENVIRONMENT;
            }
        };
    }

    private static void say(CommandLine where, String sentence) {
        PrintWriter err = where.getErr();
        err.println("unifluid: " + sentence);
        err.flush();
    }
}
