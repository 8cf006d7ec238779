package dev.parley.xmlrpc.format;

import java.io.Serial;
import java.time.ZoneId;
import java.time.ZoneOffset;
import tools.jackson.core.io.IOContext;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.cfg.MapperBuilderState;

/**
 * Reads and writes Java values as XML-RPC values. In addition to what Jackson maps, {@code dateTime.iso8601} is read as
 * and written from {@link java.time.LocalDateTime}, {@link java.time.Instant}, {@link java.time.OffsetDateTime},
 * {@link java.time.ZonedDateTime}, {@link java.time.LocalDate}, {@link java.util.Date} and {@link java.util.Calendar},
 * unless a {@code @JsonFormat} says otherwise.
 *
 * <p>Thread-safe.
 */
public final class XmlRpcMapper extends ObjectMapper {
    @Serial
    private static final long serialVersionUID = 1;

    private XmlRpcMapper(Builder builder) {
        super(builder);
    }

    /** A builder with the default factory; dates and times without an offset are in UTC. */
    public static Builder builder() {
        return builder(XmlRpcFactory.builder().build(), ZoneOffset.UTC);
    }

    /**
     * A builder.
     *
     * @param factory the format, with its limits
     * @param zone the time zone of dates and times without an offset; the specification has no others
     */
    public static Builder builder(XmlRpcFactory factory, ZoneId zone) {
        return new Builder(factory).addModule(new DateTimeModule(zone));
    }

    @Override
    @SuppressWarnings("unchecked")
    public Builder rebuild() {
        return new Builder((Builder.State) _savedBuilderState);
    }

    @Override
    public XmlRpcFactory tokenStreamFactory() {
        return (XmlRpcFactory) _streamFactory;
    }

    /**
     * A parser of part of a message, which reads Java values with this mapper's settings.
     *
     * @param io from {@link XmlRpcFactory#context}
     * @param xml the scanner, on the start tag of the part
     */
    public XmlRpcParser parser(IOContext io, XmlScanner xml, XmlRpcParser.Scope scope) {
        var context = _deserializationContext();
        XmlRpcParser parser = tokenStreamFactory().parser(context, io, xml, scope);
        context.assignAndReturnParser(parser);
        return parser;
    }

    /** Settings of an {@link XmlRpcMapper}. Not thread-safe. */
    public static final class Builder extends MapperBuilder<XmlRpcMapper, Builder> {
        private Builder(XmlRpcFactory factory) {
            super(factory);
        }

        private Builder(State state) {
            super(state);
        }

        @Override
        public XmlRpcMapper build() {
            return new XmlRpcMapper(this);
        }

        @Override
        protected MapperBuilderState _saveState() {
            return new State(this);
        }

        private static final class State extends MapperBuilderState {
            @Serial
            private static final long serialVersionUID = 1;

            State(Builder builder) {
                super(builder);
            }

            @Override
            protected Object readResolve() {
                return new Builder(this).build();
            }
        }
    }
}
