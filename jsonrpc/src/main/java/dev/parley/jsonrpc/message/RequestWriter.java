package dev.parley.jsonrpc.message;

import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.SerializationException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ValueErrors;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.ObjectMapper;

/**
 * Writes requests. Always with {@code params}, which some servers require. Thread-safe.
 *
 * @param version1 whether they are of JSON-RPC 1.0
 * @param ascii whether characters beyond ASCII are escaped
 */
public record RequestWriter(ObjectMapper mapper, boolean version1, boolean ascii) {
    /**
     * A request, or a notification if there is no id.
     *
     * @param auth the extra member {@code auth} of Zabbix up to 7.0; none if null
     * @throws SerializationException if an argument cannot be encoded
     */
    public byte[] write(ClientCall call, @Nullable Long id, @Nullable String auth) {
        ByteArrayBuilder out = new ByteArrayBuilder();
        try (JsonGenerator generator = open(out)) {
            generator.writeStartObject();
            if (!version1) {
                generator.writeStringProperty("jsonrpc", "2.0");
            }
            generator.writeStringProperty("method", call.qualifiedMethod());
            generator.writeName("params");
            write(generator, call.args());
            if (auth != null) {
                generator.writeStringProperty("auth", auth);
            }
            if (id != null) {
                generator.writeNumberProperty("id", id);
            } else if (version1) {
                generator.writeNullProperty("id");
            }
            generator.writeEndObject();
        } catch (JacksonException e) {
            throw new SerializationException(
                    "an argument of " + call.qualifiedMethod() + " cannot be encoded: " + ValueErrors.text(e), e);
        }
        return out.toByteArray();
    }

    public ArgumentStyle argumentStyle() {
        return version1 ? ArgumentStyle.POSITIONAL : ArgumentStyle.EITHER;
    }

    private JsonGenerator open(ByteArrayBuilder out) {
        return ascii
                ? mapper.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII).createGenerator(out)
                : mapper.createGenerator(out);
    }

    private void write(JsonGenerator generator, Args args) {
        switch (args) {
            case Args.Positional positional -> {
                generator.writeStartArray();
                for (Object value : positional.values()) {
                    mapper.writeValue(generator, value);
                }
                generator.writeEndArray();
            }
            case Args.Named named -> {
                generator.writeStartObject();
                for (Map.Entry<String, @Nullable Object> entry : named.values().entrySet()) {
                    generator.writeName(entry.getKey());
                    mapper.writeValue(generator, entry.getValue());
                }
                generator.writeEndObject();
            }
        }
    }
}
