package dev.parley.javadoc;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the Javadoc of public methods as plain text in {@code META-INF/parley/javadoc/CLASS.properties} of the compiled
 * classes, one file for each class that has some: what a method does, its parameters, its result and its exceptions.
 * A Parley server shows it in {@code rpc.discover}, {@code system.methodHelp} and the like.
 *
 * <p>Every class is looked at, since any can be served. The option {@value #CLASSES} restricts that to classes whose
 * full names match one of several patterns, separated by commas, in which {@code *} stands for any text:
 * {@code -Aparley.javadoc=com.example.api.*}.
 *
 * <p>Confined to the compiler's thread.
 */
public final class JavadocProcessor extends AbstractProcessor {
    /** The option that names the classes to keep the Javadoc of; all of them if it is absent. */
    public static final String CLASSES = "parley.javadoc";

    private static final String FOLDER = "META-INF/parley/javadoc/";

    private Pattern classes = Pattern.compile(".*");

    /** As the compiler makes it. */
    public JavadocProcessor() {}

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of("*");
    }

    @Override
    public Set<String> getSupportedOptions() {
        return Set.of(CLASSES);
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        String patterns = processingEnv.getOptions().get(CLASSES);
        if (patterns != null) {
            classes = Pattern.compile(List.of(patterns.split(",")).stream()
                    .map(pattern -> Pattern.quote(pattern.strip()).replace("*", "\\E.*\\Q"))
                    .collect(Collectors.joining("|")));
        }
        types(round.getRootElements());
        return false;
    }

    private void types(Iterable<? extends Element> elements) {
        for (TypeElement type : ElementFilter.typesIn(toSet(elements))) {
            String name = processingEnv.getElementUtils().getBinaryName(type).toString();
            if (classes.matcher(name).matches()) {
                keep(type, name);
            }
            types(type.getEnclosedElements());
        }
    }

    private static Set<Element> toSet(Iterable<? extends Element> elements) {
        Set<Element> set = new LinkedHashSet<>();
        elements.forEach(set::add);
        return set;
    }

    private void keep(TypeElement type, String name) {
        Properties texts = new Properties();
        for (ExecutableElement method : ElementFilter.methodsIn(type.getEnclosedElements())) {
            String comment = processingEnv.getElementUtils().getDocComment(method);
            if (comment != null && method.getModifiers().contains(Modifier.PUBLIC)) {
                texts(method, JavadocComment.parse(comment), texts);
            }
        }
        if (texts.isEmpty()) {
            return;
        }
        try (Writer file = processingEnv
                .getFiler()
                .createResource(StandardLocation.CLASS_OUTPUT, "", FOLDER + name + ".properties", type)
                .openWriter()) {
            file.write(text(texts));
        } catch (IOException e) {
            processingEnv
                    .getMessager()
                    .printMessage(Diagnostic.Kind.ERROR, "the Javadoc of " + name + " cannot be kept: " + e, type);
        }
    }

    private void texts(ExecutableElement method, JavadocComment comment, Properties texts) {
        String key = method.getSimpleName()
                + method.getParameters().stream().map(this::erased).collect(Collectors.joining(",", "(", ")"));
        put(texts, key, comment.text());
        put(texts, key + "@return", comment.result());
        comment.parameters().forEach((parameter, text) -> put(texts, key + "@param " + parameter, text));
        comment.exceptions()
                .forEach((exception, text) -> put(texts, key + "@throws " + thrown(method, exception), text));
    }

    private static void put(Properties texts, String key, @Nullable String text) {
        if (text != null && !text.isBlank()) {
            texts.setProperty(key, text);
        }
    }

    /** The full name of an exception as the method declares it; the name as it is written if it does not. */
    private String thrown(ExecutableElement method, String written) {
        for (TypeMirror type : method.getThrownTypes()) {
            if (type instanceof DeclaredType declared
                    && declared.asElement() instanceof TypeElement element
                    && (element.getQualifiedName().contentEquals(written)
                            || element.getQualifiedName().toString().endsWith("." + written))) {
                return element.getQualifiedName().toString();
            }
        }
        return written.substring(written.lastIndexOf('.') + 1);
    }

    /** A parameter's type as {@code Class.getName()} has it, with brackets for arrays. */
    private String erased(VariableElement parameter) {
        return name(processingEnv.getTypeUtils().erasure(parameter.asType()));
    }

    private String name(TypeMirror type) {
        if (type instanceof ArrayType array) {
            return name(array.getComponentType()) + "[]";
        }
        if (type.getKind() == TypeKind.DECLARED
                && processingEnv.getTypeUtils().asElement(type) instanceof TypeElement element) {
            return processingEnv.getElementUtils().getBinaryName(element).toString();
        }
        // A primitive type may have annotations, which its text shows.
        return type.getKind().isPrimitive() ? type.getKind().name().toLowerCase(Locale.ROOT) : type.toString();
    }

    /** The file: the same texts make the same bytes, so without the date that {@code Properties} writes. */
    private static String text(Properties texts) {
        StringWriter written = new StringWriter();
        try {
            texts.store(written, null);
        } catch (IOException e) {
            throw new UncheckedIOException("all is in memory", e);
        }
        return written.toString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
