package dev.parley.oslo.notify.bridge.log;

/** The name of the running program, the counterpart of Python's {@code sys.argv[0]}. Thread-safe. */
public final class ProgramName {
    private ProgramName() {}

    /** The simple name of the main class, or the file name of the jar; {@code java} if the JVM does not tell. */
    public static String get() {
        return of(System.getProperty("sun.java.command", ""));
    }

    /** The name in a command: {@code shop.jar} in {@code /opt/shop.jar --port 80}. The arguments may hold secrets. */
    static String of(String command) {
        String program = command.strip();
        int end = program.indexOf(' ');
        if (end >= 0) {
            program = program.substring(0, end);
        }
        program = program.substring(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
        if (!program.endsWith(".jar")) {
            program = program.substring(program.lastIndexOf('.') + 1);
        }
        return program.isEmpty() ? "java" : program;
    }
}
