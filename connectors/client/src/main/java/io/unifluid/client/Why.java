package io.unifluid.client;

import io.unifluid.blobs.BlobException;
import io.unifluid.schemas.RegistryUnavailableException;
import io.unifluid.schemas.access.EnvironmentProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;

/** An exception of the JDK or of a library in the words of a sentence, to stand in brackets: without names of classes. */
public final class Why {
    private static final Pattern THROWN = Pattern.compile("(?:\\w+\\.){2,}[A-Z]\\w*(?:Exception|Error):? *");
    private static final Pattern PACKAGE = Pattern.compile("\\b(?:[a-z_]\\w*\\.){2,}(?=[A-Z])");

    private Why() {}

    public static String of(Throwable problem) {
        return switch (problem) {
            case NoSuchFileException _ -> "it is not there";
            case AccessDeniedException _ -> "no permission";
            case FileAlreadyExistsException _ -> "it exists already";
            case NotDirectoryException _ -> "it is not a folder";
            case FileSystemLoopException _ -> "links lead round in a circle";
            case FileSystemException e when e.getReason() != null -> begun(e.getReason());
            case CharacterCodingException _ -> "it is not text in UTF-8";
            case UnknownHostException e -> "the host name " + e.getMessage() + " is not known";
            case ConnectException _ -> "nothing answers there";
            case SocketTimeoutException _ -> "no answer came in time";
            case org.apache.kafka.common.errors.TimeoutException _ -> "no answer came in time";
            case CompletionException e when e.getCause() != null -> of(e.getCause());
            case ExecutionException e when e.getCause() != null -> of(e.getCause());
            case UncheckedIOException e -> of(e.getCause());
            case DirectoryIteratorException e -> of(e.getCause());
            case RegistryUnavailableException e -> words(e);
            // What the outer one says is "failed to construct" or "error retrieving".
            case KafkaException e when e.getCause() != null -> of(e.getCause());
            case IOException e when e.getMessage() == null && e.getCause() != null -> of(e.getCause());
            default -> words(problem);
        };
    }

    /** One that stands alone: our own exceptions have one already. */
    public static String sentence(Throwable problem) {
        return problem instanceof EnvironmentProblem || problem instanceof BlobException
                ? problem.getMessage()
                : "It failed (" + of(problem) + ").";
    }

    private static String words(Throwable problem) {
        if (problem.getMessage() == null) {
            return problem.getCause() == null ? "no reason is known" : of(problem.getCause());
        }
        var text = THROWN.matcher(problem.getMessage()).replaceAll("");
        text = PACKAGE.matcher(text).replaceAll("").strip();
        return text.isEmpty() ? "no reason is known" : begun(text.replaceFirst("\\.$", ""));
    }

    /** Goes on within a sentence; an abbreviation keeps its capitals. */
    private static String begun(String text) {
        return text.length() > 1 && Character.isLowerCase(text.charAt(1))
                ? Character.toLowerCase(text.charAt(0)) + text.substring(1)
                : text;
    }
}
