package dev.parley.security;

import java.util.List;

/**
 * A method's name in which {@code *} stands for any characters. Matching takes linear time, since callers choose the
 * names. Immutable.
 */
final class MethodPattern {
    private final List<String> parts;

    MethodPattern(String pattern) {
        this.parts = List.of(pattern.split("\\*", -1));
    }

    boolean matches(String method) {
        String first = parts.getFirst();
        String last = parts.getLast();
        if (parts.size() == 1) {
            return method.equals(first);
        }
        if (!method.startsWith(first) || !method.endsWith(last) || method.length() < first.length() + last.length()) {
            return false;
        }
        int end = method.length() - last.length();
        int at = first.length();
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = method.indexOf(part, at);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            at = found + part.length();
        }
        return true;
    }
}
