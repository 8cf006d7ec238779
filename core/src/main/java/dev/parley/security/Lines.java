package dev.parley.security;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of a file of names and values. Stateless. */
final class Lines {
    /** A file of more bytes than this is not one of these. */
    private static final int MAX_BYTES = 64 << 20;

    private Lines() {}

    /** Takes a line. */
    interface Reader {
        /**
         * Reads a line.
         *
         * @throws IllegalArgumentException if it is malformed; the message does not contain secrets
         */
        void read(String name, String value);
    }

    /**
     * Reads the lines {@code NAME:VALUE}; those that are blank or begin with {@code #} are left out.
     *
     * @param last whether the last colon separates them, not the first
     * @throws InvalidTargetException if the file cannot be read, or a line is malformed; the message names the place
     */
    static void read(Path file, boolean last, Reader reader) {
        String text;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidTargetException(file + " has more than " + MAX_BYTES + " bytes");
            }
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InvalidTargetException(file + " cannot be read as UTF-8 text: " + e, e);
        }
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            try {
                int colon = last ? line.lastIndexOf(':') : line.indexOf(':');
                if (colon < 1 || line.substring(0, colon).isBlank()) {
                    throw new IllegalArgumentException("a line is NAME:VALUE");
                }
                reader.read(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            } catch (IllegalArgumentException e) {
                throw new InvalidTargetException("line " + number + " of " + file + ": " + e.getMessage());
            }
        }
    }
}
