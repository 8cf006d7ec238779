package dev.parley.javadoc;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Renders the markup of doc comments, inline tags and HTML, as plain text: paragraphs are separated by an empty line,
 * items of a list begin with a hyphen, and only {@code <pre>} and code samples keep their line ends. Stateless.
 */
final class JavadocText {
    private static final Set<String> PARAGRAPHS = Set.of(
            "p", "div", "ul", "ol", "dl", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section");
    private static final Set<String> LINES = Set.of("br", "tr", "dt", "dd");
    private static final Map<String, String> ENTITIES = Map.ofEntries(
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("amp", "&"),
            Map.entry("quot", "\""),
            Map.entry("apos", "'"),
            Map.entry("nbsp", " "),
            Map.entry("ndash", "–"),
            Map.entry("mdash", "—"),
            Map.entry("hellip", "…"),
            Map.entry("times", "×"),
            Map.entry("deg", "°"),
            Map.entry("micro", "µ"),
            Map.entry("copy", "©"),
            Map.entry("le", "≤"),
            Map.entry("ge", "≥"),
            Map.entry("ne", "≠"),
            Map.entry("rarr", "→"),
            Map.entry("larr", "←"));

    private final String markup;
    private final StringBuilder out = new StringBuilder();
    private boolean keepLines;
    private int preformatted;

    private JavadocText(String markup) {
        this.markup = markup;
    }

    /** The plain text of a description. */
    static String plain(String markup) {
        JavadocText text = new JavadocText(markup);
        text.render();
        return text.out
                .toString()
                .replaceAll("[ \\t]+\\n", "\n")
                .replaceAll("\\n{3,}", "\n\n")
                .strip();
    }

    /** Where the brace closes that is open before a position; the end of the text if it does not. */
    static int end(String text, int from) {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        return text.length();
    }

    private void render() {
        int i = 0;
        while (i < markup.length()) {
            char c = markup.charAt(i);
            if (c == '{' && markup.startsWith("{@", i)) {
                int end = end(markup, i + 1);
                inline(markup.substring(i + 2, end));
                i = end + 1;
            } else if (c == '<' && isTag(i)) {
                int end = markup.indexOf('>', i);
                element(markup.substring(i + 1, end));
                i = end + 1;
            } else if (c == '&') {
                i = entity(i);
            } else {
                character(c);
                i++;
            }
        }
    }

    /** Whether markup begins here, not a comparison in the text. */
    private boolean isTag(int at) {
        int name = at + 1 < markup.length() && markup.charAt(at + 1) == '/' ? at + 2 : at + 1;
        if (markup.startsWith("<!--", at)) {
            return markup.indexOf('>', at) > 0;
        }
        if (name >= markup.length() || !Character.isLetter(markup.charAt(name))) {
            return false;
        }
        int end = markup.indexOf('>', at);
        int other = markup.indexOf('<', at + 1);
        return end > 0 && (other < 0 || end < other);
    }

    private void character(char c) {
        if (!Character.isWhitespace(c) || keepLines) {
            out.append(c);
        } else if (!out.isEmpty() && !Character.isWhitespace(out.charAt(out.length() - 1))) {
            out.append(' ');
        }
    }

    private void lines(int count) {
        int end = out.length();
        while (end > 0 && Character.isWhitespace(out.charAt(end - 1))) {
            end--;
        }
        out.setLength(end);
        if (end > 0) {
            out.append("\n".repeat(count));
        }
    }

    private void element(String tag) {
        String name =
                tag.replaceFirst("^/", "").replaceFirst("(?s)[\\s/].*", "").toLowerCase(Locale.ROOT);
        boolean closing = tag.startsWith("/");
        if (name.equals("pre")) {
            if (closing && keepLines) {
                String sample = sample(out.substring(preformatted));
                out.setLength(preformatted);
                out.append(sample);
            }
            lines(2);
            keepLines = !closing;
            preformatted = out.length();
        } else if (name.equals("li")) {
            if (!closing) {
                lines(1);
                out.append("- ");
            }
        } else if (name.equals("td") || name.equals("th")) {
            character(' ');
        } else if (PARAGRAPHS.contains(name)) {
            lines(2);
        } else if (LINES.contains(name)) {
            lines(1);
        }
    }

    private void inline(String tag) {
        String name = tag.replaceFirst("(?s)\\s.*", "");
        String content = tag.substring(name.length());
        switch (name) {
            case "code", "literal" ->
                out.append(
                        keepLines
                                ? content.substring(Math.min(1, content.length()))
                                : content.strip().replaceAll("\\s+", " "));
            case "link", "linkplain", "value" ->
                out.append(label(content.strip().replaceAll("\\s+", " ")));
            case "return" -> out.append("Returns ").append(plain(content)).append('.');
            case "summary", "systemProperty" -> out.append(plain(content));
            case "index" -> out.append(plain(content.strip().replaceFirst("^\"([^\"]*)\".*|^(\\S+).*", "$1$2")));
            case "snippet" -> {
                lines(2);
                int body = content.indexOf(':');
                out.append(body < 0 ? "" : sample(content.substring(body + 1)));
                lines(2);
            }
            // Resolved at run time, where the methods that this one overrides are known.
            case "inheritDoc" -> out.append("{@inheritDoc}");
            case "docRoot" -> {
                // A path of the generated pages.
            }
            default -> out.append(plain(content));
        }
    }

    /** Lines without the indentation that they share. */
    private static String sample(String lines) {
        return lines.stripTrailing().stripIndent().replaceFirst("^\\n+", "");
    }

    /** The label of a link, else its target: {@code a map} for {@code java.util.Map a map}. */
    private static String label(String link) {
        int parenthesis = link.indexOf('(');
        int blank = link.indexOf(' ');
        if (parenthesis >= 0 && parenthesis < blank) {
            // The parameters of a method may be separated by blanks.
            int close = link.indexOf(')', parenthesis);
            blank = close < 0 ? -1 : link.indexOf(' ', close);
        }
        if (blank >= 0) {
            return plain(link.substring(blank + 1));
        }
        String target = link.startsWith("#") ? link.substring(1) : link.replace('#', '.');
        int end = target.indexOf('(');
        String name = end < 0 ? target : target.substring(0, end);
        // Packages are of no use to the reader.
        return name.replaceFirst("^(?:[a-z_][a-z0-9_]*\\.)+(?=[A-Z])", "") + (end < 0 ? "" : target.substring(end));
    }

    private int entity(int at) {
        int end = markup.indexOf(';', at);
        if (end > at && end - at <= 10) {
            String name = markup.substring(at + 1, end);
            String known = ENTITIES.get(name);
            if (known == null && name.matches("#([0-9]{1,7}|[xX][0-9a-fA-F]{1,6})")) {
                int code = name.startsWith("x", 1) || name.startsWith("X", 1)
                        ? Integer.parseInt(name.substring(2), 16)
                        : Integer.parseInt(name.substring(1));
                known = Character.isValidCodePoint(code) ? Character.toString(code) : null;
            }
            if (known != null) {
                out.append(known);
                return end + 1;
            }
        }
        out.append('&');
        return at + 1;
    }
}
