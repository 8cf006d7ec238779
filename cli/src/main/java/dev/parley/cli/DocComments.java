package dev.parley.cli;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the doc comments of a source's public methods into {@link dev.parley.Doc} annotations, which live on at run
 * time.
 */
final class DocComments {
    private DocComments() {}

    /**
     * The source with an annotation before each public method that has a doc comment and no annotation yet. Line
     * numbers stay.
     *
     * @param parser makes the task that parses a source
     */
    static String toAnnotations(String source, Function<String, JavacTask> parser) {
        JavacTask task = parser.apply(source);
        Map<Integer, String> docs = new TreeMap<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                collect(unit, DocTrees.instance(task), docs);
            }
        } catch (IOException e) {
            throw new IllegalStateException("all is in memory", e);
        }
        StringBuilder annotated = new StringBuilder();
        int from = 0;
        for (Map.Entry<Integer, String> doc : docs.entrySet()) {
            annotated.append(source, from, doc.getKey());
            annotated.append("@dev.parley.Doc(\"").append(doc.getValue()).append("\") ");
            from = doc.getKey();
        }
        return annotated.append(source, from, source.length()).toString();
    }

    private static void collect(CompilationUnitTree unit, DocTrees trees, Map<Integer, String> docs) {
        new TreePathScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
                String comment = trees.getDocComment(getCurrentPath());
                boolean offered = method.getModifiers().getFlags().contains(Modifier.PUBLIC)
                        || isInterface(getCurrentPath().getParentPath());
                boolean annotated = method.getModifiers().getAnnotations().stream()
                        .anyMatch(one -> one.getAnnotationType().toString().matches("(dev\\.parley\\.)?Doc"));
                long start = trees.getSourcePositions().getStartPosition(unit, method);
                if (comment != null && offered && !annotated && start >= 0 && method.getReturnType() != null) {
                    docs.put((int) start, literal(description(comment)));
                }
                return super.visitMethod(method, null);
            }
        }.scan(unit, null);
    }

    private static boolean isInterface(TreePath path) {
        return path.getLeaf() instanceof ClassTree type && type.getKind() == com.sun.source.tree.Tree.Kind.INTERFACE;
    }

    /** The main description as plain text in one line. */
    static String description(String comment) {
        return comment.replaceFirst("(?s)(^|\\R)\\s*@.*", "")
                .replaceAll("\\{@\\w+\\s+([^}]*)}", "$1")
                .replaceAll("</?[a-zA-Z][^>]*>", "")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .strip()
                .replaceAll("\\s+", " ");
    }

    private static String literal(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
