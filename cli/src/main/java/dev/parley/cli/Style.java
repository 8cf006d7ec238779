package dev.parley.cli;

import dev.parley.spi.PrintableText;

/** Colours of a terminal, as ANSI escape sequences of its own sixteen. */
enum Style {
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    BLUE("34"),
    CYAN("36");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** The printable text in this style, or without one when there is no colour. */
    String apply(String text, boolean colour) {
        String printable = PrintableText.lines(text);
        return colour ? "\033[" + code + "m" + printable + "\033[0m" : printable;
    }
}
