package dev.parley.cli;

import dev.parley.spi.PrintableText;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the command line reads and writes it. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(
                    JsonFactory.builder().characterEscapes(new Hidden()).build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Escapes what a terminal might obey and nobody would see, beyond what JSON asks for. */
    private static final class Hidden extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        private static final int DELETE = 0x7f;

        private final int[] ascii = standardAsciiEscapesForJSON();

        Hidden() {
            ascii[DELETE] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            return c > DELETE && !Character.isSurrogate((char) c) && PrintableText.isHidden(c)
                    ? new SerializedString("\\u%04x".formatted(c))
                    : null;
        }
    }

    private Json() {}

    static JsonMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads one value.
     *
     * @throws JacksonException if the text is not exactly one JSON value
     */
    static @Nullable Object read(String text) {
        // Jackson reads empty text as "no value", which is not JSON.
        return text.isBlank() ? MAPPER.readTree("!") : MAPPER.readValue(text, Object.class);
    }

    /**
     * Reads the object that an option holds.
     *
     * @throws CommandException if it is none
     */
    static Map<String, @Nullable Object> object(String option, String text) {
        try {
            Map<String, @Nullable Object> object =
                    MAPPER.readValue(text, new TypeReference<Map<String, @Nullable Object>>() {});
            if (object != null) {
                return object;
            }
        } catch (JacksonException e) {
            throw CommandException.usage(option + " '" + text + "' is not a JSON object: " + e.getOriginalMessage());
        }
        throw CommandException.usage(option + " must be a JSON object, not null");
    }
}
