package dev.parley.cli;

import dev.parley.AccessPolicy;
import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the objects to serve from what a command line names: classes, or source files. */
final class EndpointLoader {
    private final ClassLoader loader;
    private final String classPath;

    /**
     * A loader.
     *
     * @param extra jars and folders to look in besides the command's own class path, separated as the platform does;
     *     {@code null} for none
     * @throws CommandException if one of them is not there
     */
    EndpointLoader(@Nullable String extra) {
        ClassLoader own = EndpointLoader.class.getClassLoader();
        String ownPath = System.getProperty("java.class.path");
        if (extra == null) {
            loader = own;
            classPath = ownPath;
            return;
        }
        List<URL> urls = new ArrayList<>();
        for (String entry : extra.split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (!Files.exists(path)) {
                throw CommandException.usage("--class-path: there is no " + entry);
            }
            try {
                urls.add(path.toUri().toURL());
            } catch (MalformedURLException e) {
                throw CommandException.usage("--class-path: " + entry + " cannot be read: " + e.getMessage(), e);
            }
        }
        loader = new URLClassLoader(urls.toArray(URL[]::new), own);
        classPath = extra + File.pathSeparator + ownPath;
    }

    /**
     * A new object of a class, given by its name or by a source file that ends in {@code .java}; or the class itself,
     * if it has public static methods, but no instance methods or no accessible constructor without parameters.
     *
     * @throws CommandException if there is no such class or file, it does not compile, or no object can be made of it
     */
    Object load(String classOrFile) {
        if (classOrFile.endsWith(".java")) {
            Path file = Path.of(classOrFile);
            if (!Files.isRegularFile(file)) {
                throw CommandException.usage("there is no file " + classOrFile);
            }
            return endpoint(new SourceCompiler(file, classPath).compile(loader));
        }
        return endpoint(find(classOrFile));
    }

    /** By binary name, or with a dot before nested classes as in source. */
    private Class<?> find(String name) {
        String candidate = name;
        while (true) {
            try {
                return Class.forName(candidate, true, loader);
            } catch (ClassNotFoundException e) {
                int dot = candidate.lastIndexOf('.');
                if (dot < 0) {
                    throw CommandException.usage(
                            "there is no class " + name + " on the class path; --class-path adds jars and folders");
                }
                candidate = candidate.substring(0, dot) + "$" + candidate.substring(dot + 1);
            } catch (LinkageError e) {
                throw CommandException.usage("class " + name + " cannot be loaded: " + e, e);
            }
        }
    }

    private static Object endpoint(Class<?> type) {
        boolean statics = Arrays.stream(type.getMethods()).anyMatch(EndpointLoader::isStatic);
        boolean instances = Arrays.stream(type.getMethods()).anyMatch(AccessPolicy::callable);
        return statics && (!instances || !hasConstructor(type)) ? type : instance(type);
    }

    private static boolean isStatic(Method method) {
        return Modifier.isStatic(method.getModifiers()) && !method.isSynthetic();
    }

    private static boolean hasConstructor(Class<?> type) {
        try {
            return !Modifier.isAbstract(type.getModifiers())
                    && type.getDeclaredConstructor().trySetAccessible();
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static Object instance(Class<?> type) {
        String name = type.getTypeName();
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw CommandException.usage(name + " is an interface or abstract: name a class that implements it");
        }
        if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
            throw CommandException.usage(name + " is an inner class: make it static");
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (NoSuchMethodException e) {
            throw CommandException.usage(name + " has no constructor without parameters", e);
        } catch (InvocationTargetException e) {
            throw CommandException.usage("new " + name + "() failed: " + e.getCause(), e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw CommandException.usage(name + " cannot be made an object of: " + e, e);
        } catch (ExceptionInInitializerError e) {
            throw CommandException.usage(name + " failed to initialize: " + e.getCause(), e);
        }
    }
}
