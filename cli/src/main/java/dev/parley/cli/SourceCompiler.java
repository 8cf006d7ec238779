package dev.parley.cli;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import dev.parley.javadoc.JavadocProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Compiles one source file in memory, with parameter names, and loads what it declares. */
final class SourceCompiler {
    private final JavaCompiler javac;
    private final Path file;
    private final String classPath;

    /**
     * A compiler of one file.
     *
     * @param classPath what the source may use besides the JDK
     * @throws CommandException if this Java has no compiler
     */
    SourceCompiler(Path file, String classPath) {
        JavaCompiler found = ToolProvider.getSystemJavaCompiler();
        if (found == null) {
            throw CommandException.usage("this Java has no compiler: use a JDK, or compile " + file
                    + " and give its class and --class-path");
        }
        this.javac = found;
        this.file = file;
        this.classPath = classPath;
    }

    /**
     * Compiles, and loads the class to serve: the top-level one with the file's name, else the first. Doc comments of
     * methods become what introspection shows.
     *
     * @param parent finds the classes that the source uses
     * @throws CommandException with the compiler's own messages if the file does not compile
     */
    Class<?> compile(ClassLoader parent) {
        String source = read();
        Result result = compile(source, new ArrayList<>(), List.of(new JavadocProcessor()));
        if (result == null) {
            // Again without a processor: with one, the compiler stops at the first kind of errors.
            List<String> errors = new ArrayList<>();
            result = compile(source, errors, List.of());
            if (result == null) {
                throw CommandException.compilation(file.toString(), errors);
            }
        }
        try {
            return Class.forName(result.mainClass(file), false, result.classes().loader(parent));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the compiler did not write what it declared", e);
        }
    }

    /** What was compiled: the names of its top-level classes in order, and all classes. */
    private record Result(List<String> names, MemoryClasses classes) {
        String mainClass(Path file) {
            String wanted = file.getFileName().toString().replaceFirst("\\.java$", "");
            return names.stream()
                    .filter(name -> name.substring(name.lastIndexOf('.') + 1).equals(wanted))
                    .findFirst()
                    .or(() -> names.stream().findFirst())
                    .orElseThrow(() -> CommandException.usage(file + " declares no class"));
        }
    }

    private String read() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw CommandException.usage("cannot read " + file + ": " + e, e);
        }
    }

    private @Nullable Result compile(String source, List<String> errors, List<Processor> processors) {
        MemoryClasses classes = new MemoryClasses(javac);
        List<String> names = new ArrayList<>();
        JavacTask task = (JavacTask) javac.getTask(
                null,
                classes,
                (Diagnostic<? extends JavaFileObject> diagnostic) -> {
                    if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                        errors.add(diagnostic.toString());
                    }
                },
                List.of("-parameters", "-classpath", classPath),
                null,
                List.of(new MemoryClasses.Source(file, source)));
        task.setProcessors(processors);
        task.addTaskListener(new TaskListener() {
            @Override
            public void finished(TaskEvent event) {
                if (event.getKind() == TaskEvent.Kind.PARSE) {
                    names.addAll(declared(event.getCompilationUnit()));
                }
            }
        });
        return task.call() && errors.isEmpty() ? new Result(names, classes) : null;
    }

    private static List<String> declared(CompilationUnitTree unit) {
        String prefix = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
        List<String> names = new ArrayList<>();
        for (Tree type : unit.getTypeDecls()) {
            if (type instanceof ClassTree declared) {
                names.add(prefix + declared.getSimpleName());
            }
        }
        return names;
    }
}
