package dev.parley.zerorpc.msgpack;

import java.io.Serial;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.cfg.MapperBuilderState;
import tools.jackson.databind.module.SimpleModule;

/** Reads and writes Java values as MessagePack. Immutable and thread-safe. */
public final class MsgpackMapper extends ObjectMapper {
    private static final long serialVersionUID = 1;

    private MsgpackMapper(Builder builder) {
        super(builder);
    }

    /** A builder of mappers for a format, with its limits. */
    public static Builder builder(MsgpackFactory factory) {
        return new Builder(factory);
    }

    @SuppressWarnings("unchecked")
    @Override
    public Builder rebuild() {
        return new Builder((Builder.State) _savedBuilderState);
    }

    @Override
    public MsgpackFactory tokenStreamFactory() {
        return (MsgpackFactory) super.tokenStreamFactory();
    }

    /** Settings of a mapper. Not thread-safe. */
    public static final class Builder extends MapperBuilder<MsgpackMapper, Builder> {
        private Builder(MsgpackFactory factory) {
            super(factory);
            SimpleModule module = new SimpleModule("parley-msgpack")
                    .addDeserializer(String.class, new TextDeserializer())
                    .addSerializer(new ExtensionSerializer())
                    .setDeserializerModifier(new MsgpackReaders());
            if (factory.writesTimestamps()) {
                module.setSerializerModifier(new TimestampWriters());
            }
            addModule(module);
        }

        private Builder(State state) {
            super(state);
        }

        @Override
        public MsgpackMapper build() {
            return new MsgpackMapper(this);
        }

        @Override
        protected MapperBuilderState _saveState() {
            return new State(this);
        }

        private static final class State extends MapperBuilderState {
            private static final long serialVersionUID = 1;

            State(Builder builder) {
                super(builder);
            }

            @Serial
            @Override
            protected Object readResolve() {
                return new Builder(this).build();
            }
        }
    }
}
