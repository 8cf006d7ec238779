package dev.parley.javadoc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavadocTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Plain text.                                    | Plain text.
            {@code List<String>} and {@literal <b>}        | List<String> and <b>
            {@code {a: {b}}} ends                          | {a: {b}} ends
            {@link java.util.Map.Entry#getKey()}           | Map.Entry.getKey()
            {@link java.util.Map#get(Object) Map.get(key)} | Map.get(key)
            {@link #add(int, int)}                         | add(int, int)
            {@link #add(int, int) the sum}                 | the sum
            {@linkplain String the {@code text}}           | the text
            {@value #LIMIT} bytes                          | LIMIT bytes
            {@return the size}                             | Returns the size.
            {@summary In short.} Long.                     | In short. Long.
            {@systemProperty user.home} {@index "a b" x}   | user.home a b
            {@inheritDoc} More.                            | {@inheritDoc} More.
            {@unknown what it says}                        | what it says
            a &lt; b &amp;&amp; c &gt; d&nbsp;e            | a < b && c > d e
            &#65;&#x42; &unknown; & a;                     | AB &unknown; & a;
            if a < b or a <= c and x<y                     | if a < b or a <= c and x<y
            <b>bold</b>, <a href="x">a link</a>            | bold, a link
            an open {@code brace                           | an open brace
            a <!-- hidden --> comment                      | a comment
            """)
    void markupBecomesText(String markup, String text) {
        assertThat(JavadocText.plain(markup)).isEqualTo(text);
    }

    @Test
    void paragraphsAndListsKeepTheirLines() {
        assertThat(JavadocText.plain("""
                 First
                 line.
                 <p>Second, with
                 <ul>
                   <li>one
                   <li>two</li>
                 </ul>
                 and<br>more.
                 <pre>
                 a
                   b
                 </pre>
                 End.
                """))
                .isEqualTo("First line.\n\nSecond, with\n- one\n- two\n\nand\nmore.\n\na\n  b\n\nEnd.");
    }

    @Test
    void samplesKeepTheirLines() {
        assertThat(JavadocText.plain("""
                Use it so:
                {@snippet lang="java" :
                    @Test
                    void f() {}
                }
                """)).isEqualTo("Use it so:\n\n@Test\nvoid f() {}");
    }

    @Test
    void anAnnotationInASampleIsNoTag() {
        JavadocComment comment = JavadocComment.parse("""
                 Does it.
                 {@snippet :
                 @Test void f() {}
                 }
                 @param x one
                 @author nobody
                 @return {@code true} or
                     @false
                """);

        assertThat(comment.text()).isEqualTo("Does it.\n\n@Test void f() {}");
        assertThat(comment.parameters()).containsOnlyKeys("x").containsEntry("x", "one");
        assertThat(comment.result()).isEqualTo("true or");
    }
}
