import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Brings the classes in jars that were compiled for Java 1.5 or older to the class file format of Java 8, with the stack
 * maps of that format. The JVM keeps no older class in its class cache, nor what refers to one, and loading and verifying
 * picocli, which is compiled for Java 1.5, was a quarter of the time that the command takes to start.
 *
 * <p>Run as {@code java UpgradeClasses.java JAR...} with JDK 24 or later. A jar whose classes are newer is left as it is.
 */
final class UpgradeClasses {
    /** Java 6's format, the oldest with stack maps. */
    private static final int OLDEST_KEPT = 50;

    private UpgradeClasses() {}

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            upgrade(Path.of(jar));
        }
    }

    private static void upgrade(Path jar) throws IOException {
        Path upgraded = Files.createTempFile(jar.toAbsolutePath().getParent(), "upgraded", ".jar");
        try {
            Files.copy(jar, upgraded, StandardCopyOption.REPLACE_EXISTING);
            if (upgradeClasses(jar, upgraded)) {
                Files.move(upgraded, jar, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(upgraded);
        }
    }

    private static boolean upgradeClasses(Path original, Path upgraded) throws IOException {
        boolean changed = false;
        try (URLClassLoader loader = new URLClassLoader(new URL[] {original.toUri().toURL()});
                FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + upgraded.toUri()), Map.of())) {
            ClassFile classFile = ClassFile.of(
                    // With the old constants, methods would be copied as they are.
                    ConstantPoolSharingOption.NEW_POOL,
                    StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (Path file : classes(files.getPath("/"))) {
                var model = classFile.parse(Files.readAllBytes(file));
                if (model.majorVersion() < OLDEST_KEPT) {
                    byte[] bytes = classFile.transformClass(
                            model,
                            ClassTransform.ACCEPT_ALL.andThen(
                                    ClassTransform.endHandler(builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0))));
                    try (OutputStream out = Files.newOutputStream(file)) {
                        out.write(bytes);
                    }
                    changed = true;
                }
            }
        }
        return changed;
    }

    private static List<Path> classes(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }
}
