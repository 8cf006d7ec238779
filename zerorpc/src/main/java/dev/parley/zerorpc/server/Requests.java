package dev.parley.zerorpc.server;

import dev.parley.InvalidArgumentsException;
import dev.parley.ProtocolException;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.msgpack.MsgpackException;
import dev.parley.zerorpc.msgpack.MsgpackType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** Reads the arguments and the context of an event that asks for a call or cast. */
final class Requests {
    private Requests() {}

    /**
     * A parser before the arguments.
     *
     * @throws InvalidArgumentsException if they are not a list
     */
    static JsonParser arguments(Event request, ObjectMapper mapper) {
        if (request.args().peek() != MsgpackType.ARRAY) {
            throw new InvalidArgumentsException("the arguments of " + request.name()
                    + " must be a list, not a value of type " + request.args().peek());
        }
        return mapper.createParser(request.bytes(), request.argsStart(), request.bytes().length - request.argsStart());
    }

    /**
     * The keys of the header that are not the protocol's.
     *
     * @throws ProtocolException if the header cannot be read
     */
    static Map<String, @Nullable Object> context(Event request, ObjectMapper mapper) {
        if (!request.hasExtraHeaders()) {
            return Map.of();
        }
        try (JsonParser parser = mapper.createParser(
                request.bytes(), request.headerStart(), request.headerEnd() - request.headerStart())) {
            Map<String, @Nullable Object> header = new LinkedHashMap<>();
            parser.nextToken();
            for (String key = parser.nextName(); key != null; key = parser.nextName()) {
                parser.nextToken();
                header.put(key, parser.readValueAs(Object.class));
            }
            header.remove(Event.MESSAGE_ID);
            header.remove(Event.VERSION);
            header.remove(Event.TIMEOUT);
            return Collections.unmodifiableMap(header);
        } catch (JacksonException | MsgpackException e) {
            throw new ProtocolException("the header of the call cannot be read: " + e.getMessage());
        }
    }
}
