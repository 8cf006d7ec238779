package dev.parley.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/** Keeps what a compiler and its annotation processors write, and loads it. */
final class MemoryClasses extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> resources = new ConcurrentHashMap<>();

    MemoryClasses(JavaCompiler javac) {
        super(javac.getStandardFileManager(null, null, null));
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
            Location location, String className, JavaFileObject.Kind kind, @Nullable FileObject sibling) {
        return new Output(className.replace('.', '/') + kind.extension, kind, classes, className);
    }

    @Override
    public FileObject getFileForOutput(
            Location location, String packageName, String relativeName, @Nullable FileObject sibling) {
        String path = packageName.isEmpty() ? relativeName : packageName.replace('.', '/') + "/" + relativeName;
        return new Output(path, JavaFileObject.Kind.OTHER, resources, path);
    }

    @Override
    public @Nullable FileObject getFileForInput(Location location, String packageName, String relativeName)
            throws IOException {
        // None is there before it is written; the files of the working folder do not count.
        return location == StandardLocation.CLASS_OUTPUT
                ? null
                : super.getFileForInput(location, packageName, relativeName);
    }

    /** A file that is being written. */
    private static final class Output extends SimpleJavaFileObject {
        private final Map<String, ByteArrayOutputStream> files;
        private final String name;

        Output(String path, Kind kind, Map<String, ByteArrayOutputStream> files, String name) {
            super(URI.create("memory:///" + path.replace("$", "%24")), kind);
            this.files = files;
            this.name = name;
        }

        @Override
        public OutputStream openOutputStream() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            files.put(name, bytes);
            return bytes;
        }
    }

    /** A loader of all that was written; what it lacks comes from the parent. */
    ClassLoader loader(ClassLoader parent) {
        return new ClassLoader(parent) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                ByteArrayOutputStream bytes = classes.get(name);
                if (bytes == null) {
                    throw new ClassNotFoundException(name);
                }
                return defineClass(name, bytes.toByteArray(), 0, bytes.size());
            }

            @Override
            public @Nullable InputStream getResourceAsStream(String name) {
                ByteArrayOutputStream bytes = resources.get(name);
                return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes.toByteArray());
            }
        };
    }

    /** A source file whose text is at hand; the compiler's messages name it as the user did. */
    static final class Source extends SimpleJavaFileObject {
        private final Path file;
        private final String text;

        Source(Path file, String text) {
            super(file.toUri(), Kind.SOURCE);
            this.file = file;
            this.text = text;
        }

        @Override
        public String getName() {
            return file.toString();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
