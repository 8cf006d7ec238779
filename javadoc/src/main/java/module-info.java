/** An annotation processor that keeps the Javadoc of methods beside the compiled classes, for introspection. */
module dev.parley.javadoc {
    requires java.compiler;
    requires static org.jspecify;

    exports dev.parley.javadoc;

    provides javax.annotation.processing.Processor with
            dev.parley.javadoc.JavadocProcessor;
}
