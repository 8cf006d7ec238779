package dev.parley.jsonrpc.client;

import dev.parley.InvalidTargetException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line in an address: words separated by blanks, with quotes and backslashes as in a shell, and percent
 * escapes for the characters that an address has a use for. No shell is involved. Stateless and thread-safe.
 */
final class ChildCommand {
    private ChildCommand() {}

    /**
     * The words of a command line.
     *
     * @throws InvalidTargetException if a quote is not closed, or a percent escape is malformed
     */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                inWord = true;
            } else if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                inWord = true;
            } else if (Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(decode(word.toString()));
                    word.setLength(0);
                }
                inWord = false;
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new InvalidTargetException("the command '" + line + "' has a quote without its end");
        }
        if (inWord) {
            words.add(decode(word.toString()));
        }
        return words;
    }

    private static String decode(String word) {
        try {
            return URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new InvalidTargetException(
                    "the command has a malformed percent escape in '" + word + "'; write %25 for a percent sign");
        }
    }
}
