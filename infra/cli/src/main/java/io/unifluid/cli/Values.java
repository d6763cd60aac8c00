package io.unifluid.cli;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/** Values on the command line, refused in a user's words. */
final class Values {
    private Values() {}

    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException(
                    "no file can have the name '" + text + "' here: set a locale with UTF-8, such as LC_ALL=C.UTF-8.");
        }
    }

    static int number(String text) {
        return Math.toIntExact(whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    static long largeNumber(String text) {
        return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static long whole(String text, long least, long most) {
        try {
            var number = new BigInteger(text.strip());
            if (number.compareTo(BigInteger.valueOf(least)) >= 0 && number.compareTo(BigInteger.valueOf(most)) <= 0) {
                return number.longValueExact();
            }
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no whole number.");
        }
        throw new TypeConversionException("'" + text + "' is not from " + least + " to " + most + ".");
    }

    static double decimal(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is no number.");
        }
    }
}
